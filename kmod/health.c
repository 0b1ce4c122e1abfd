// SPDX-License-Identifier: GPL-2.0-only
/* Health: what probers report of backends. */

#include <linux/errno.h>
#include <linux/slab.h>
#include <uapi/nflb.h>

#include "agent.h"
#include "alerts.h"
#include "eject.h"
#include "event.h"
#include "health.h"
#include "move.h"
#include "net.h"
#include "ping.h"
#include "ramp.h"
#include "refuse.h"
#include "report.h"
#include "snapshot.h"

static int nflb_health_find_gate(const struct nflb_snapshot *snap,
				 const struct nflb_pool *pool,
				 const struct nflb_health_spec *spec, u32 *gate,
				 const struct nflb_why *why)
{
	u32 pos = nflb_table_find(&snap->probes, spec->probe);

	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_PROBE,
				   "there is no probe %s", spec->probe);
	*gate = nflb_pool_gate_find(pool, pos);
	if (*gate == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_PROBE,
				   "no service of pool %s uses probe %s",
				   spec->pool, spec->probe);
	return 0;
}

/* Takes over the report, and has others told if it changes something. */
static void nflb_health_change(struct nflb_net *nn, struct nflb_pool *pool,
			       u32 pos, u32 gate, struct nflb_report *report)
{
	struct nflb_backend *backend = pool->member[pos].backend;
	bool was_eligible, was_panicking, was_stale, has_changed;
	const struct nflb_snapshot *snap;
	const struct nflb_probe *probe;
	u32 n_eligible;

	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
	was_eligible = nflb_pool_is_eligible(pool, gate, pos);
	was_panicking = nflb_pool_is_panicking(pool, gate);
	n_eligible = nflb_pool_n_eligible(pool, gate);
	has_changed = nflb_pool_set_health(pool, pos, gate, report->state,
					   probe->config.initial ==
						   NFLB_HEALTH_UP);
	was_stale = nflb_report_file(backend, report, has_changed);
	nflb_report_watch(nn, report, probe);
	if (!n_eligible != !nflb_pool_n_eligible(pool, gate))
		nflb_ping_update(snap);
	if (has_changed || was_stale)
		nflb_event_health(nn, backend, report);
	if (!has_changed)
		return;
	nflb_alerts_wake(nn);
	if (pool->ramp[gate])
		nflb_ramp_watch(nn);
	if (pool->eject_after)
		nflb_eject_hear(nn, pool, pos, report->state);
	if (was_panicking != nflb_pool_is_panicking(pool, gate))
		nflb_event_panic(nn, snap, pool, gate);
	/*
	 * One that is not eligible any more, or is now known to be down; the
	 * end of a panic; the first one, whom others have stood in for.
	 */
	if ((was_eligible && !nflb_pool_is_eligible(pool, gate, pos)) ||
	    report->state == NFLB_HEALTH_DOWN ||
	    (was_panicking && !nflb_pool_is_panicking(pool, gate)) ||
	    (!n_eligible && nflb_pool_n_eligible(pool, gate)))
		nflb_move_flows(nn);
	else
		nflb_move_hashed(nn);
}

static int nflb_health_apply(struct nflb_net *nn,
			     const struct nflb_health_spec *spec,
			     const struct nflb_why *why)
{
	const struct nflb_snapshot *snap;
	struct nflb_report *report;
	struct nflb_pool *pool;
	u32 pos = NFLB_NONE;
	u32 gate;
	int err;

	if (spec->claim) {
		err = nflb_agent_check(nn, spec->claim, why);
		if (err)
			return err;
	}
	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	if (snap)
		pos = nflb_table_find(&snap->pools, spec->pool);
	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_POOL,
				   "there is no pool %s", spec->pool);
	pool = nflb_snapshot_pool(snap, pos);
	pos = nflb_pool_find(pool, spec->backend);
	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_BACKEND,
				   "there is no backend %s in pool %s",
				   spec->backend, spec->pool);
	err = nflb_health_find_gate(snap, pool, spec, &gate, why);
	if (err)
		return err;
	report = nflb_report_alloc(spec);
	if (!report)
		return nflb_refuse_memory(why, -ENOMEM);
	/* Who is to come up begins with what it wants. */
	if (spec->state == NFLB_HEALTH_UP && spec->share) {
		err = nflb_pool_want(pool, pos, gate, spec->share);
		if (err < 0) {
			kfree(report);
			return nflb_refuse_memory(why, err);
		}
		if (err)
			nflb_move_hashed(nn);
	}
	nflb_health_change(nn, pool, pos, gate, report);
	return 0;
}

/**
 * nflb_health_set() - takes a prober's report
 * @nn: the namespace
 * @spec: the report
 * @why: where refusals go
 *
 * The next new flow sees it; no table is rebuilt and no generation begun.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_health_set(struct nflb_net *nn, const struct nflb_health_spec *spec,
		    const struct nflb_why *why)
{
	int err;

	mutex_lock(&nn->cfg_mutex);
	err = nflb_health_apply(nn, spec, why);
	mutex_unlock(&nn->cfg_mutex);
	return err;
}
