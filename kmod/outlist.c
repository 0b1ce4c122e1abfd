// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of outbound flows: those that have been idle for too long are found
 * there.
 *
 * The wheel of balanced flows turns for them, too, see wheel.c; they have their
 * own slots, as they have no struct nflb_fast. What is over is reset by what
 * conntrack has seen: they do not take the fast path.
 */

#include <linux/sched.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "counters.h"
#include "lease.h"
#include "net.h"
#include "outbound.h"
#include "outlet.h"
#include "outlist.h"
#include "reset.h"

/* Flows that are walked by without a pause, in which packets open none. */
#define NFLB_OUTLIST_BATCH 32

/**
 * nflb_outlist_init() - begins without flows
 * @nn: the namespace, zeroed
 */
void nflb_outlist_init(struct nflb_net *nn)
{
	spin_lock_init(&nn->outlist.lock);
}

/**
 * nflb_outlist_add() - has a flow listed
 * @nn: the namespace
 * @flow: the flow, which has its port
 * @ct: its entry; a reference is taken
 *
 * Context: bottom halves off.
 */
void nflb_outlist_add(struct nflb_net *nn, struct nflb_outbound *flow,
		      struct nf_conn *ct)
{
	struct nflb_outlist *list = &nn->outlist;

	nf_conntrack_get(&ct->ct_general);
	flow->ct = ct;
	flow->stamp = nfct_time_stamp;
	spin_lock(&list->lock);
	hlist_add_head(&flow->node, &list->head[NFLB_OUTLIST_NEW]);
	spin_unlock(&list->lock);
}

static void nflb_outlist_free_rcu(struct rcu_head *rcu)
{
	struct nflb_outbound *flow;

	flow = container_of(rcu, struct nflb_outbound, rcu);
	nf_ct_put(flow->ct);
	kfree(flow);
}

/**
 * nflb_outlist_forget() - lets a flow go
 * @nn: the namespace
 * @flow: the flow, whose port is counted no longer and which only packets
 *	under RCU still have
 *
 * Context: any but hard interrupt.
 */
void nflb_outlist_forget(struct nflb_net *nn, struct nflb_outbound *flow)
{
	spin_lock_bh(&nn->outlist.lock);
	hlist_del(&flow->node);
	spin_unlock_bh(&nn->outlist.lock);
	call_rcu(&flow->rcu, nflb_outlist_free_rcu);
}

/* Which head a flow belongs to. */
static u32 nflb_outlist_place(const struct nflb_outbound *flow, u32 hand)
{
	const struct nflb_block *block = READ_ONCE(flow->block);
	const struct nflb_times *times;
	u32 after;
	s32 idle;

	if (!block || nf_ct_protonum(flow->ct) != IPPROTO_TCP)
		return NFLB_OUTLIST_ASIDE;
	times = &block->outlet->times;
	after = READ_ONCE(times->reset_after);
	if (!after)
		return NFLB_OUTLIST_ASIDE;
	idle = nfct_time_stamp - READ_ONCE(flow->stamp);
	if (idle < (s32)after)
		after -= idle;
	else if (nflb_times_is_over(times, flow->ct, READ_ONCE(flow->stamp)))
		return NFLB_OUTLIST_OVER;
	return NFLB_OUTLIST_SLOTS + nflb_wheel_slot(hand, after);
}

/* Flows may leave the list whenever its lock is free. */
static void nflb_outlist_sort(struct nflb_outlist *list, u32 idx, u32 hand)
{
	struct hlist_head *left = &list->head[NFLB_OUTLIST_WALK];
	struct nflb_outbound *flow;
	u32 n = 0;
	u32 to;

	spin_lock_bh(&list->lock);
	hlist_move_list(&list->head[idx], left);
	while (!hlist_empty(left)) {
		flow = hlist_entry(left->first, struct nflb_outbound, node);
		hlist_del(&flow->node);
		rcu_read_lock();
		to = nflb_outlist_place(flow, hand);
		rcu_read_unlock();
		hlist_add_head(&flow->node, &list->head[to]);
		if (++n % NFLB_OUTLIST_BATCH)
			continue;
		spin_unlock_bh(&list->lock);
		cond_resched();
		spin_lock_bh(&list->lock);
	}
	spin_unlock_bh(&list->lock);
}

/*
 * Resets a connection, unless it has had a packet meanwhile. Who has lost our
 * helper to root is not known to be idle.
 */
static void nflb_outlist_end(struct nflb_net *nn,
			     const struct nflb_outbound *flow)
{
	const struct nflb_block *block = READ_ONCE(flow->block);
	struct nf_conn *ct = flow->ct;
	struct nflb_lease *lease;

	/* The tuple of one that is dead may be another's. */
	if (!block || nf_ct_is_dying(ct) || nflb_outbound_flow(ct) != flow ||
	    !nflb_times_is_over(&block->outlet->times, ct,
				READ_ONCE(flow->stamp)))
		return;
	nflb_reset_send_once(nn, ct);
	lease = READ_ONCE(block->lease);
	if (lease)
		nflb_lease_count_reset(lease);
	local_bh_disable();
	nflb_reasons_inc(nn->reasons, NFLB_RESET_FLOWS);
	nflb_reasons_inc(nn->reasons, NFLB_IDLE_RESETS);
	local_bh_enable();
	nf_ct_delete(ct, 0, 0);
}

/* The next one that is over, which has a new place; NULL after the last. */
static struct nflb_outbound *nflb_outlist_next(struct nflb_outlist *list,
					       u32 hand)
{
	u32 to = NFLB_OUTLIST_SLOTS + nflb_wheel_slot(hand, 1);
	struct nflb_outbound *flow;

	spin_lock_bh(&list->lock);
	flow = hlist_entry_safe(list->head[NFLB_OUTLIST_OVER].first,
				struct nflb_outbound, node);
	if (flow) {
		hlist_del(&flow->node);
		hlist_add_head(&flow->node, &list->head[to]);
	}
	spin_unlock_bh(&list->lock);
	return flow;
}

/* Not under the list's lock, which is taken when an entry dies. */
static void nflb_outlist_end_all(struct nflb_net *nn, u32 hand)
{
	const struct nflb_outbound *flow;

	do {
		rcu_read_lock();
		flow = nflb_outlist_next(&nn->outlist, hand);
		if (flow)
			nflb_outlist_end(nn, flow);
		rcu_read_unlock();
		cond_resched();
	} while (flow);
}

/**
 * nflb_outlist_turn() - resets connections that have been idle for too long
 * @nn: the namespace
 * @hand: where the wheel has come to
 * @n: how many slots that was
 * @is_stale: some are to be reset at another time than before
 *
 * Context: process, may sleep; of the work of the wheel.
 */
void nflb_outlist_turn(struct nflb_net *nn, u32 hand, u32 n, bool is_stale)
{
	struct nflb_outlist *list = &nn->outlist;
	u32 i;

	if (is_stale)
		nflb_outlist_sort(list, NFLB_OUTLIST_ASIDE, hand);
	nflb_outlist_sort(list, NFLB_OUTLIST_NEW, hand);
	for (i = 0; i < n; i++)
		nflb_outlist_sort(list, NFLB_OUTLIST_SLOTS +
				  (hand - i) % NFLB_N_WHEEL_SLOTS, hand);
	nflb_outlist_end_all(nn, hand);
}

/**
 * nflb_outlist_waits() - tells whether flows wait for the wheel
 * @nn: the namespace
 *
 * Those of a snat that has been removed go on, and have its times still.
 *
 * Context: process; of the work of the wheel.
 * Return: true if so.
 */
bool nflb_outlist_waits(struct nflb_net *nn)
{
	struct nflb_outlist *list = &nn->outlist;
	bool waits = false;
	u32 i;

	spin_lock_bh(&list->lock);
	for (i = NFLB_OUTLIST_SLOTS; i < NFLB_N_OUTLIST_HEADS; i++)
		waits |= !hlist_empty(&list->head[i]);
	spin_unlock_bh(&list->lock);
	return waits;
}

/**
 * nflb_outlist_close() - ends flows whose entries have lost our helper to root
 * @nn: the namespace, whose other flows have ended
 *
 * Nobody has told their end.
 *
 * Context: process, may sleep.
 */
void nflb_outlist_close(struct nflb_net *nn)
{
	struct nflb_outbound *flow;
	struct hlist_node *next;
	u32 i;

	for (i = 0; i < NFLB_N_OUTLIST_HEADS; i++) {
		hlist_for_each_entry_safe(flow, next, &nn->outlist.head[i],
					  node) {
			nflb_outbound_release(flow);
			nflb_outlist_forget(nn, flow);
			cond_resched();
		}
	}
}
