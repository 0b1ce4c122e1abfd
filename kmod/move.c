// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows without a connection leave backends that may not have new ones.
 *
 * A client may send datagrams from one socket for ever, so that its flow never
 * becomes idle. Such a flow ends as soon as its backend may not serve it any
 * more; the next datagram opens another one, to a backend that may.
 */

#include <linux/workqueue.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "alg.h"
#include "bind.h"
#include "flow.h"
#include "match.h"
#include "move.h"
#include "net.h"
#include "snapshot.h"

/* What no service is there for could not begin anew, so it goes on. */
static bool nflb_move_may_stay(const struct nflb_snapshot *snap,
			       const struct nf_conn *ct,
			       const struct nflb_backend *backend)
{
	const struct nflb_service *service;
	const struct nflb_pool *pool;
	struct nflb_tuple tuple;
	u32 pos;

	nflb_bind_tuple(ct, &tuple);
	pos = nflb_match(snap, &tuple);
	if (pos == NFLB_NONE)
		return true;
	service = nflb_snapshot_service(snap, pos);
	pool = nflb_snapshot_pool(snap, service->pool);
	pos = nflb_pool_find_addr(pool, &backend->addr);
	return pos != NFLB_NONE && pool->member[pos].backend == backend &&
	       nflb_pool_is_eligible(pool, service->gate, pos);
}

static bool nflb_move_is_due(struct nflb_net *nn, const struct nf_conn *ct,
			     const struct nflb_backend *backend)
{
	const struct nflb_snapshot *snap;
	bool is_due;

	if (!nflb_protocol_moves(nf_ct_protonum(ct)))
		return false;
	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	is_due = snap && !nflb_move_may_stay(snap, ct, backend);
	rcu_read_unlock();
	return is_due;
}

static int nflb_move_iterate(struct nf_conn *ct, void *data)
{
	const struct nflb_backend *backend;
	bool is_due;

	rcu_read_lock();
	backend = nflb_flow_backend(ct);
	is_due = backend && nflb_move_is_due(data, ct, backend);
	rcu_read_unlock();
	return is_due;
}

/*
 * Packets that have chosen by what was before are counted and in the table once
 * the grace period is over; those that somebody holds longer find out in
 * nflb_flow_open().
 */
static void nflb_move_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(work, struct nflb_net, move_work);
	struct nf_ct_iter_data iter = { .net = nn->net, .data = nn };

	synchronize_net();
	if (!atomic_read(&nn->n_flows))
		return;
	nf_ct_iterate_cleanup_net(nflb_move_iterate, &iter);
	nflb_alg_kill_if(nn, nflb_move_is_due);
}

/**
 * nflb_move_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_move_init(struct nflb_net *nn)
{
	INIT_WORK(&nn->move_work, nflb_move_work);
}

/**
 * nflb_move_flows() - ends those flows that their backends may not have
 * @nn: the namespace, in which a backend may have lost what made it eligible
 *
 * Soon, and for all changes that have been made until then.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_move_flows(struct nflb_net *nn)
{
	queue_work(nflb_wq, &nn->move_work);
}
