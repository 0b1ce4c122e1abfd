// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows leave backends that may not have them.
 *
 * Connections do if their service says so of backends that are down, and those
 * that nobody has answered do where new ones fail: the client's next attempt
 * opens another one. Others do always: a client may send datagrams from one
 * socket for ever, so that its flow never becomes idle. Such a flow ends as
 * soon as its backend may not serve it any more; the next datagram opens
 * another one, to a backend that may. If its service says that flows follow the
 * scheduler's hash, it ends as well when that picks another backend.
 */

#include <linux/workqueue.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "alg.h"
#include "bind.h"
#include "core.h"
#include "flow.h"
#include "match.h"
#include "move.h"
#include "net.h"
#include "recent.h"
#include "reset.h"
#include "snapshot.h"

/* The service that a flow would be for if it began now, or NULL. */
static const struct nflb_service *
nflb_move_service(const struct nflb_snapshot *snap, const struct nf_conn *ct,
		  struct nflb_tuple *tuple)
{
	u32 pos;

	nflb_bind_tuple(ct, tuple);
	pos = nflb_match(snap, tuple);
	return pos == NFLB_NONE ? NULL : nflb_snapshot_service(snap, pos);
}

/* But for hairpins, what flows there are can do without conntrack. */
static bool nflb_move_has_no_flows(const struct nflb_service *service,
				   const struct nf_conn *ct)
{
	const struct nflb_flow *flow = nflb_flow_find(ct);

	return nflb_service_is_one_packet(service) &&
	       !(flow && test_bit(NFLB_FLOW_HAIRPIN, &flow->service));
}

/* Is a flow that may be moved better off with another backend? */
static bool nflb_move_is_better(const struct nflb_snapshot *snap,
				const struct nflb_service *service,
				const struct nf_conn *ct,
				const struct nflb_tuple *tuple,
				const struct nflb_backend *backend)
{
	if (!nflb_protocol_moves(nf_ct_protonum(ct)))
		return nflb_decide_fails(snap, service, backend);
	return nflb_move_has_no_flows(service, ct) ||
	       !nflb_decide_may_keep(snap, NULL, service, tuple, backend);
}

/* What no service is there for could not begin anew, so it goes on. */
static bool nflb_move_is_due(struct nflb_net *nn, const struct nf_conn *ct,
			     struct nflb_backend *backend)
{
	const struct nflb_service *service = NULL;
	const struct nflb_snapshot *snap;
	struct nflb_tuple tuple;
	bool is_due;

	if (!nflb_protocol_moves(nf_ct_protonum(ct)) &&
	    !nflb_flow_is_unanswered(ct))
		return false;
	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap)
		service = nflb_move_service(snap, ct, &tuple);
	is_due = service &&
		 nflb_move_is_better(snap, service, ct, &tuple, backend);
	rcu_read_unlock();
	return is_due;
}

/* Is it a connection that its service does not leave to who is down? */
static bool nflb_move_is_cut(struct nflb_net *nn, const struct nf_conn *ct,
			     const struct nflb_backend *backend)
{
	const struct nflb_service *service = NULL;
	const struct nflb_snapshot *snap;
	struct nflb_tuple tuple;
	bool is_cut;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap)
		service = nflb_move_service(snap, ct, &tuple);
	is_cut = service && service->on_down == NFLB_ON_DOWN_RESET &&
		 nflb_decide_is_down(snap, service, backend);
	rcu_read_unlock();
	return is_cut;
}

/**
 * nflb_move_may_begin_again() - tells whether a flow may be opened once more
 * @nn: the namespace
 * @ct: its entry, which both ends have closed; they open it with the same ports
 * @backend: its backend
 *
 * Context: softirq or process.
 * Return: true if its backend may have new flows of a service that there is.
 */
bool nflb_move_may_begin_again(const struct nflb_net *nn,
			       const struct nf_conn *ct,
			       const struct nflb_backend *backend)
{
	const struct nflb_service *service = NULL;
	const struct nflb_snapshot *snap;
	struct nflb_tuple tuple;
	bool may_begin;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap)
		service = nflb_move_service(snap, ct, &tuple);
	may_begin = service && nflb_decide_may_serve(snap, service, backend);
	rcu_read_unlock();
	return may_begin;
}

static int nflb_move_iterate(struct nf_conn *ct, void *data)
{
	struct nflb_cutting *cutting = data;
	struct nflb_backend *backend;
	int ret = 0;

	rcu_read_lock();
	backend = nflb_flow_backend(ct);
	if (backend && nflb_move_is_due(cutting->nn, ct, backend))
		ret = 1;
	else if (backend && nflb_move_is_cut(cutting->nn, ct, backend))
		ret = nflb_reset_take(cutting, ct) == NFLB_TAKE_END;
	rcu_read_unlock();
	return ret;
}

/* One with a helper of its own, whose packets do not come by us. */
static bool nflb_move_ends_alg(struct nflb_net *nn, const struct nf_conn *ct,
			       struct nflb_flow *flow)
{
	if (nflb_move_is_due(nn, ct, flow->backend))
		return true;
	return nflb_move_is_cut(nn, ct, flow->backend) &&
	       nflb_reset_once(nn, ct, flow, NFLB_DOWN_RESETS);
}

/*
 * Packets that have chosen by what was before are counted and in the table once
 * the grace period is over; those that somebody holds longer find out in
 * nflb_flow_open().
 */
static void nflb_move_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(work, struct nflb_net, move_work);
	struct nflb_cutting cutting = {
		.nn = nn,
		.cause = NFLB_DOWN_RESETS,
		.cuts = LIST_HEAD_INIT(cutting.cuts),
	};
	struct nf_ct_iter_data iter = { .net = nn->net, .data = &cutting };

	synchronize_net();
	if (!atomic_read(&nn->n_flows))
		return;
	nf_ct_iterate_cleanup_net(nflb_move_iterate, &iter);
	nflb_reset_begin(&cutting);
	nflb_alg_kill_if(nn, nflb_move_ends_alg);
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

/**
 * nflb_move_hashed() - ends flows that the scheduler's hash gives to another
 * @nn: the namespace, in which it may pick another backend than before
 *
 * As nflb_move_flows(), if there is a service whose flows follow it. What was
 * picked just before is not to be picked again for want of another event.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_move_hashed(struct nflb_net *nn)
{
	const struct nflb_snapshot *snap;
	struct nflb_recent *recent;

	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	if (!snap || !snap->n_hashed)
		return;
	recent = rcu_dereference_protected(nn->recent,
					   lockdep_is_held(&nn->cfg_mutex));
	if (recent)
		nflb_recent_forget(recent);
	nflb_move_flows(nn);
}
