// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drains: waiting for the last flow of a backend, but no longer than said.
 *
 * A backend that drains is watched, in its pool or after it has left that: what
 * ends its last flow wakes the work here, and so does the deadline, at which
 * the flows that are left are ended. Either way listeners are told.
 */

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "alg.h"
#include "drain.h"
#include "event.h"
#include "flow.h"
#include "net.h"
#include "pool.h"
#include "reset.h"

/**
 * nflb_drain_until() - says when a deadline is
 * @deadline_ms: time until then
 *
 * Return: the moment, in jiffies; never 0, which is no deadline.
 */
u64 nflb_drain_until(u32 deadline_ms)
{
	return max_t(u64, 1, get_jiffies_64() + msecs_to_jiffies(deadline_ms));
}

/**
 * nflb_drain_left_ms() - says how long it is to a deadline
 * @until_jiffies: the moment
 *
 * Return: the time, 0 if that has passed.
 */
u32 nflb_drain_left_ms(u64 until_jiffies)
{
	u64 now = get_jiffies_64();

	return now < until_jiffies ? jiffies_to_msecs(until_jiffies - now) : 0;
}

static void nflb_drain_stop(struct nflb_backend *backend)
{
	if (list_empty(&backend->drain_node))
		return;
	list_del_init(&backend->drain_node);
	WRITE_ONCE(backend->is_watched, false);
	nflb_backend_put(backend);
}

/* From the beginning, also if it has been watched already. */
static void nflb_drain_begin(struct nflb_net *nn, struct nflb_backend *backend,
			     u64 until_jiffies)
{
	lockdep_assert_held(&nn->cfg_mutex);
	WRITE_ONCE(backend->drain_until, until_jiffies);
	if (list_empty(&backend->drain_node)) {
		nflb_account_get(&backend->account);
		list_add_tail(&backend->drain_node, &nn->drains);
		WRITE_ONCE(backend->is_watched, true);
	}
	nn->drain_state = get_state_synchronize_rcu();
	nflb_drain_wake(nn);
}

/**
 * nflb_drain_is_overdue() - tells whether a backend is to have no flow any more
 * @backend: the backend
 *
 * Context: any.
 * Return: true if its deadline has passed.
 */
bool nflb_drain_is_overdue(const struct nflb_backend *backend)
{
	u64 until_jiffies = READ_ONCE(backend->drain_until);

	return until_jiffies &&
	       time_after_eq64(get_jiffies_64(), until_jiffies);
}

/**
 * nflb_drain_follow() - does what the configuration says of a member
 * @nn: the namespace
 * @member: a member of a pool that is being published
 *
 * Context: process, under cfg_mutex.
 */
void nflb_drain_follow(struct nflb_net *nn, const struct nflb_member *member)
{
	struct nflb_backend *backend = member->backend;

	if (backend->is_draining == member->is_draining &&
	    backend->drain_until == member->drain_until)
		return;
	backend->is_draining = member->is_draining;
	if (member->is_draining) {
		nflb_drain_begin(nn, backend, member->drain_until);
	} else {
		WRITE_ONCE(backend->drain_until, 0);
		nflb_drain_stop(backend);
	}
}

/**
 * nflb_drain_leaving() - sets the deadline of a backend that has left its pool
 * @nn: the namespace
 * @backend: the backend; one that the pool has again is left alone
 * @until_jiffies: the deadline
 *
 * Context: process, under cfg_mutex.
 */
void nflb_drain_leaving(struct nflb_net *nn, struct nflb_backend *backend,
			u64 until_jiffies)
{
	if (!backend->is_leaving)
		return;
	backend->is_draining = true;
	nflb_drain_begin(nn, backend, until_jiffies);
}

/**
 * nflb_drain_wake() - has drains looked at
 * @nn: the namespace
 *
 * Context: any.
 */
void nflb_drain_wake(struct nflb_net *nn)
{
	mod_delayed_work(nflb_wq, &nn->drain_work, 0);
}

static int nflb_drain_iterate(struct nf_conn *ct, void *data)
{
	enum nflb_take take = NFLB_TAKE_NONE;
	struct nflb_cutting *cutting = data;
	struct nflb_backend *backend;

	rcu_read_lock();
	backend = nflb_flow_backend(ct);
	if (backend && READ_ONCE(backend->is_overdue)) {
		take = nflb_flow_is_unanswered(ct) ?
			       NFLB_TAKE_END : nflb_reset_take(cutting, ct);
		if (take != NFLB_TAKE_NONE)
			backend->n_cut++;
	}
	rcu_read_unlock();
	return take == NFLB_TAKE_END;
}

/* One with a helper of its own, whose packets do not come by us. */
static bool nflb_drain_ends_alg(struct nflb_net *nn, const struct nf_conn *ct,
				struct nflb_flow *flow)
{
	struct nflb_backend *backend = flow->backend;

	if (!backend->is_overdue ||
	    !nflb_reset_once(nn, ct, flow, NFLB_DEADLINE_RESETS))
		return false;
	backend->n_cut++;
	return true;
}

/* Ends the flows of the backends that are overdue. */
static void nflb_drain_cut(struct nflb_net *nn)
{
	struct nflb_cutting cutting = {
		.nn = nn,
		.cause = NFLB_DEADLINE_RESETS,
		.cuts = LIST_HEAD_INIT(cutting.cuts),
	};
	struct nf_ct_iter_data iter = { .net = nn->net, .data = &cutting };

	nf_ct_iterate_cleanup_net(nflb_drain_iterate, &iter);
	nflb_reset_begin(&cutting);
	nflb_alg_kill_if(nn, nflb_drain_ends_alg);
}

/* Returns true if there is one whose deadline has passed. */
static bool nflb_drain_find_overdue(struct nflb_net *nn)
{
	struct nflb_backend *backend;
	bool is_found = false;

	list_for_each_entry(backend, &nn->drains, drain_node) {
		backend->n_cut = 0;
		WRITE_ONCE(backend->is_overdue, nflb_drain_is_overdue(backend));
		is_found |= backend->is_overdue;
	}
	return is_found;
}

/* Lets go of those that are done; the others' next deadline, or 0. */
static u64 nflb_drain_finish(struct nflb_net *nn)
{
	struct nflb_backend *backend, *next;
	u64 until_jiffies = 0;

	list_for_each_entry_safe(backend, next, &nn->drains, drain_node) {
		if (backend->is_overdue ||
		    !atomic_read(&backend->account.active)) {
			WRITE_ONCE(backend->is_overdue, false);
			nflb_event_drain(nn, backend);
			nflb_drain_stop(backend);
		} else if (backend->drain_until &&
			   (!until_jiffies ||
			    backend->drain_until < until_jiffies)) {
			until_jiffies = backend->drain_until;
		}
	}
	return until_jiffies;
}

/*
 * Packets that were bound before the drain began have opened their flows once
 * the grace period is over that began with it.
 */
static void nflb_drain_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, drain_work);
	u64 until_jiffies, now;

	mutex_lock(&nn->cfg_mutex);
	if (!list_empty(&nn->drains))
		cond_synchronize_rcu(nn->drain_state);
	if (nflb_drain_find_overdue(nn)) {
		/* Who was still allowed to open a flow has done so then. */
		synchronize_net();
		nflb_drain_cut(nn);
	}
	until_jiffies = nflb_drain_finish(nn);
	now = get_jiffies_64();
	/* If somebody has woken the work meanwhile, it runs before. */
	if (until_jiffies)
		queue_delayed_work(nflb_wq, &nn->drain_work,
				   until_jiffies > now ? until_jiffies - now :
							 0);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_drain_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_drain_init(struct nflb_net *nn)
{
	INIT_LIST_HEAD(&nn->drains);
	INIT_DELAYED_WORK(&nn->drain_work, nflb_drain_work);
}

/**
 * nflb_drain_close() - forgets all drains
 * @nn: the namespace, in which none begins any more
 *
 * The work may still be woken by flows that end, to find nothing.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_drain_close(struct nflb_net *nn)
{
	struct nflb_backend *backend, *next;

	list_for_each_entry_safe(backend, next, &nn->drains, drain_node)
		nflb_drain_stop(backend);
}
