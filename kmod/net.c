// SPDX-License-Identifier: GPL-2.0-only
/* What nflb keeps per network namespace. */

#include <linux/slab.h>

#include "alerts.h"
#include "alg.h"
#include "counters.h"
#include "device.h"
#include "drain.h"
#include "eject.h"
#include "fast.h"
#include "flow.h"
#include "force.h"
#include "move.h"
#include "net.h"
#include "owner.h"
#include "ramp.h"
#include "remap.h"
#include "report.h"
#include "reset.h"
#include "snat.h"
#include "synproxy.h"
#include "txn.h"
#include "wheel.h"

static void nflb_net_idle(struct work_struct *work)
{
	struct nflb_net *nn = container_of(work, struct nflb_net, idle_work);

	mutex_lock(&nn->cfg_mutex);
	nflb_txn_update_hooks(nn);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_net_init() - begins with an empty configuration
 * @nn: zeroed memory
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_net_init(struct nflb_net *nn, struct net *net)
{
	int err = -ENOMEM;

	nn->reasons = nflb_reasons_alloc();
	if (!nn->reasons)
		return err;
	nn->hint = alloc_percpu_gfp(struct nflb_hint, GFP_KERNEL_ACCOUNT);
	if (!nn->hint)
		goto err_free_reasons;
	err = nflb_owner_net_init(nn);
	if (err)
		goto err_free_hint;
	err = nflb_fast_net_init(nn);
	if (err)
		goto err_fini_owners;
	nflb_device_net_init(nn);
	nn->net = net;
	mutex_init(&nn->cfg_mutex);
	INIT_LIST_HEAD(&nn->txns);
	spin_lock_init(&nn->leaving_lock);
	INIT_LIST_HEAD(&nn->leaving);
	nflb_alg_init(nn);
	nflb_move_init(nn);
	nflb_reset_init(nn);
	nflb_wheel_init(nn);
	nflb_outlist_init(nn);
	nflb_drain_init(nn);
	nflb_reports_init(nn);
	nflb_ramp_init(nn);
	nflb_remap_init(nn);
	nflb_force_init(nn);
	nflb_eject_init(nn);
	nflb_alerts_init(nn);
	nflb_synproxy_init(nn);
	INIT_LIST_HEAD(&nn->outlets);
	INIT_WORK(&nn->idle_work, nflb_net_idle);
	return 0;

err_fini_owners:
	nflb_owner_net_fini(nn);
err_free_hint:
	free_percpu(nn->hint);
err_free_reasons:
	free_percpu(nn->reasons);
	return err;
}

/**
 * nflb_net_put_flow() - counts a flow as ended
 * @nn: the namespace
 *
 * Context: any but hard interrupt.
 */
void nflb_net_put_flow(struct nflb_net *nn)
{
	/* Pairs with smp_mb() in nflb_txn_update_hooks() */
	if (atomic_dec_and_test(&nn->n_flows) &&
	    READ_ONCE(nn->has_idle_hooks))
		queue_work(nflb_wq, &nn->idle_work);
}

/**
 * nflb_net_end_flows() - ends all flows of a namespace
 * @nn: the namespace; nflb_txn_close() and a grace period have passed, so
 *	packets that were bound before find no snapshot to open a flow with
 *
 * Context: process, may sleep.
 */
void nflb_net_end_flows(struct nflb_net *nn)
{
	cancel_work_sync(&nn->move_work);
	cancel_delayed_work_sync(&nn->report_work);
	cancel_delayed_work_sync(&nn->ramp_work);
	cancel_delayed_work_sync(&nn->remap_work);
	cancel_delayed_work_sync(&nn->force_work);
	cancel_delayed_work_sync(&nn->drain_work);
	cancel_delayed_work_sync(&nn->wheel.work);
	nflb_reset_close(nn);
	nflb_synproxy_close(nn);
	if (nn->is_used) {
		nflb_flow_kill_all(nn->net);
		nflb_alg_close(nn);
	}
	cancel_delayed_work_sync(&nn->drain_work);
	cancel_delayed_work_sync(&nn->eject_work);
	nflb_alerts_close(nn);
	cancel_work_sync(&nn->idle_work);
	cancel_work_sync(&nn->device_work);
}

/**
 * nflb_net_fini() - frees what is left of a namespace
 * @nn: the namespace; its snapshots have been freed, as backends in them use
 *	its lock
 *
 * Context: process, may sleep.
 */
void nflb_net_fini(struct nflb_net *nn)
{
	nflb_outlist_close(nn);
	nflb_snat_close(nn);
	nflb_fast_net_fini(nn);
	nflb_owner_net_fini(nn);
	free_percpu(nn->hint);
	free_percpu(nn->reasons);
}
