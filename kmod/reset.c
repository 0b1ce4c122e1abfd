// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets: TCP connections that are ended by telling both ends.
 *
 * An end obeys a reset whose sequence number is exactly what it expects next
 * (RFC 5961, 3.2). What that is, is known when it has acknowledged all that the
 * other end has sent; on a busy connection it is not, as packets are under way
 * or lost. So a flow is cut: nothing of it passes any more, and each end
 *  - is sent a reset that continues what the other end has sent so far, which
 *    is right if that arrives,
 *  - is asked, unless that is sure to be right, with a segment just before what
 *    it has acknowledged: that is not acceptable, and answered with what the
 *    end expects (RFC 9293, 3.10.7.4), as keepalive relies on,
 *  - has whatever it sends answered by a reset with the number that it
 *    acknowledges there, which is right by itself.
 * This is done again some times for ends that have not answered by a reset, as
 * who has none of the connection any more does, and then the entry ends.
 */

#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>

#include "counters.h"
#include "fast.h"
#include "floating.h"
#include "flow.h"
#include "net.h"
#include "reset.h"
#include "segment.h"

/* An end answers such questions once in half a second, if it is Linux. */
static const unsigned int nflb_reset_wait_ms[NFLB_N_RESET_STAGES - 1] = {
	600, 1400, 3000,
};

/* So long lives the entry of a cut flow, which waits for its turns. */
#define NFLB_RESET_HOLD (60 * HZ)

/*
 * Flows that are seen to without a pause, which is a tick: a million of them in
 * less than NFLB_RESET_HOLD.
 */
#define NFLB_RESET_BATCH max(128, 32768 / HZ)

/**
 * struct nflb_cut - a connection that is being ended
 * @node: in nflb_resets.stage
 * @ct: its entry, a reference is held
 * @due_jiffies: when the next stage is due
 */
struct nflb_cut {
	struct list_head node;
	struct nf_conn *ct;
	unsigned long due_jiffies;
};

/*
 * The backend of a floating flow is not where a packet to its address would go.
 * Returns a route with a reference, or NULL.
 */
static struct dst_entry *nflb_reset_find_backend(struct nflb_net *nn,
						 const struct nflb_fast *fast)
{
	const struct nflb_backend *backend = READ_ONCE(fast->flow.backend);

	return backend ? nflb_floating_find_route(nn->net, &backend->addr) :
			 NULL;
}

/*
 * To the end that sends in direction @dir. The backend counts its own bytes
 * with other numbers than the client if a cookie has opened the connection.
 */
static void nflb_reset_send(struct nflb_net *nn, const struct nflb_fast *fast,
			    u8 dir, struct nflb_segment *seg)
{
	struct dst_entry *dst = nflb_fast_held_route(fast, !dir);
	struct dst_entry *found = NULL;

	if (dir == IP_CT_DIR_REPLY && seg->flags & TCPHDR_ACK)
		seg->ack -= nf_ct_seq_offset(fast->ct, dir, seg->ack);
	if (!dst && dir == IP_CT_DIR_REPLY && nflb_floating_is(fast->ct)) {
		found = nflb_reset_find_backend(nn, fast);
		if (!found)
			return;
		dst = found;
	}
	nflb_segment_send(nn->net, &fast->ct->tuplehash[dir].tuple, dst, seg);
	dst_release(found);
}

static void nflb_reset_guess(struct nflb_net *nn, const struct nflb_fast *fast,
			     u8 dir)
{
	const struct nflb_fast_dir *other = &fast->dir[!dir];
	const struct nflb_fast_dir *own = &fast->dir[dir];
	struct nflb_segment seg = { .flags = TCPHDR_RST };

	if (READ_ONCE(other->has_end)) {
		seg.seq = READ_ONCE(other->seq_end);
	} else if (READ_ONCE(own->has_ack)) {
		seg.seq = READ_ONCE(own->ack);
	} else if (READ_ONCE(own->has_end)) {
		/* It has sent SYN and heard nothing (RFC 9293, 3.10.7.3). */
		seg.flags |= TCPHDR_ACK;
		seg.ack = READ_ONCE(own->seq_end);
	} else {
		return;
	}
	nflb_reset_send(nn, fast, dir, &seg);
}

static bool nflb_reset_is_sure(const struct nflb_fast *fast, u8 dir)
{
	const struct nflb_fast_dir *other = &fast->dir[!dir];

	return READ_ONCE(other->has_end) &&
	       READ_ONCE(fast->dir[dir].ack) == READ_ONCE(other->seq_end);
}

static void nflb_reset_ask(struct nflb_net *nn, const struct nflb_fast *fast,
			   u8 dir)
{
	const struct nflb_fast_dir *other = &fast->dir[!dir];
	const struct nflb_fast_dir *own = &fast->dir[dir];
	struct nflb_segment seg = {
		.seq = READ_ONCE(own->ack) - 1,
		.ack = READ_ONCE(other->has_ack) ? READ_ONCE(other->ack) :
						   READ_ONCE(own->seq_end),
		.flags = TCPHDR_ACK,
	};

	if (READ_ONCE(own->has_ack))
		nflb_reset_send(nn, fast, dir, &seg);
}

static void nflb_reset_tell(struct nflb_net *nn, struct nf_conn *ct, int stage)
{
	struct nflb_flow *flow;
	struct nflb_fast *fast;
	int dir;

	flow = nflb_flow_find(ct);
	if (!flow)
		return;
	fast = container_of(flow, struct nflb_fast, flow);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		if (READ_ONCE(fast->is_told[dir]))
			continue;
		nflb_reset_guess(nn, fast, dir);
		if (stage || !nflb_reset_is_sure(fast, dir))
			nflb_reset_ask(nn, fast, dir);
	}
}

static void nflb_reset_put(struct nflb_cut *cut)
{
	nf_ct_put(cut->ct);
	kfree(cut);
}

static void nflb_reset_add(struct nflb_net *nn, struct nflb_cut *cut, int stage)
{
	spin_lock_bh(&nn->resets.lock);
	list_add_tail(&cut->node, &nn->resets.stage[stage]);
	spin_unlock_bh(&nn->resets.lock);
}

static void nflb_reset_step(struct nflb_net *nn, struct nflb_cut *cut,
			    int stage)
{
	bool is_dying = nf_ct_is_dying(cut->ct);

	if (is_dying || stage == NFLB_N_RESET_STAGES - 1) {
		if (!is_dying)
			nf_ct_delete(cut->ct, 0, 0);
		nflb_reset_put(cut);
		return;
	}
	rcu_read_lock();
	nflb_reset_tell(nn, cut->ct, stage);
	rcu_read_unlock();
	cut->due_jiffies = jiffies +
			   msecs_to_jiffies(nflb_reset_wait_ms[stage]);
	nflb_reset_add(nn, cut, stage + 1);
}

/* The next one that is due, not in its list any more, or NULL. */
static struct nflb_cut *nflb_reset_next(struct nflb_net *nn, int stage)
{
	struct nflb_cut *cut;

	spin_lock_bh(&nn->resets.lock);
	cut = list_first_entry_or_null(&nn->resets.stage[stage],
				       struct nflb_cut, node);
	if (cut && time_before(jiffies, cut->due_jiffies))
		cut = NULL;
	if (cut)
		list_del(&cut->node);
	spin_unlock_bh(&nn->resets.lock);
	return cut;
}

/* When the work is to run again, unless there is nothing left for it. */
static void nflb_reset_schedule(struct nflb_net *nn)
{
	unsigned long due_jiffies = 0, now = jiffies;
	bool is_waiting = false;
	struct nflb_cut *cut;
	int stage;

	spin_lock_bh(&nn->resets.lock);
	for (stage = 0; stage < NFLB_N_RESET_STAGES; stage++) {
		cut = list_first_entry_or_null(&nn->resets.stage[stage],
					       struct nflb_cut, node);
		if (cut && (!is_waiting ||
			    time_before(cut->due_jiffies, due_jiffies))) {
			due_jiffies = cut->due_jiffies;
			is_waiting = true;
		}
	}
	spin_unlock_bh(&nn->resets.lock);
	if (!is_waiting)
		return;
	queue_delayed_work(nflb_wq, &nn->resets.work,
			   time_after(due_jiffies, now) ? due_jiffies - now :
							  1);
}

/* All stages have their turn: so the last ones need not wait for the first. */
static void nflb_reset_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, resets.work);
	struct nflb_cut *cut;
	int stage;
	int n;

	for (stage = NFLB_N_RESET_STAGES - 1; stage >= 0; stage--) {
		for (n = 0; n < NFLB_RESET_BATCH; n++) {
			cut = nflb_reset_next(nn, stage);
			if (!cut)
				break;
			nflb_reset_step(nn, cut, stage);
			cond_resched();
		}
	}
	nflb_reset_schedule(nn);
}

/**
 * nflb_reset_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_reset_init(struct nflb_net *nn)
{
	int stage;

	spin_lock_init(&nn->resets.lock);
	for (stage = 0; stage < NFLB_N_RESET_STAGES; stage++)
		INIT_LIST_HEAD(&nn->resets.stage[stage]);
	INIT_DELAYED_WORK(&nn->resets.work, nflb_reset_work);
}

/**
 * nflb_reset_close() - forgets connections that are being ended
 * @nn: the namespace, in which nothing is cut any more
 *
 * Context: process, may sleep.
 */
void nflb_reset_close(struct nflb_net *nn)
{
	struct nflb_cut *cut, *next;
	int stage;

	cancel_delayed_work_sync(&nn->resets.work);
	for (stage = 0; stage < NFLB_N_RESET_STAGES; stage++) {
		list_for_each_entry_safe(cut, next, &nn->resets.stage[stage],
					 node) {
			list_del(&cut->node);
			nflb_reset_put(cut);
		}
	}
}

/* Its idle time might be over first, and nobody would be told. */
static void nflb_reset_hold(struct nf_conn *ct)
{
	if (!test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status) &&
	    nf_ct_expires(ct) < NFLB_RESET_HOLD)
		WRITE_ONCE(ct->timeout, nfct_time_stamp + NFLB_RESET_HOLD);
}

/**
 * nflb_reset_take() - cuts a flow
 * @cutting: the walk through the table
 * @ct: its entry, of an open flow
 *
 * Context: any but hard interrupt, under RCU; nobody ends the entry meanwhile.
 * Return: enum nflb_take.
 */
enum nflb_take nflb_reset_take(struct nflb_cutting *cutting, struct nf_conn *ct)
{
	struct nflb_flow *flow = nflb_flow_find(ct);
	struct nflb_cut *cut = NULL;
	struct nflb_fast *fast;

	/* A closed one is only remembered, and one that dies has been seen. */
	if (nf_ct_is_dying(ct) || !flow ||
	    !test_bit(NFLB_FLOW_ACTIVE, &flow->service))
		return NFLB_TAKE_NONE;
	fast = container_of(flow, struct nflb_fast, flow);
	if (READ_ONCE(fast->is_cut))
		return NFLB_TAKE_NONE;
	if (nf_ct_protonum(ct) == IPPROTO_TCP)
		cut = kmalloc(sizeof(*cut), GFP_ATOMIC | __GFP_NOWARN);
	/* The table and the wheel may be walked at once. */
	if (cut && !nflb_fast_cut(cutting->nn, fast)) {
		kfree(cut);
		return NFLB_TAKE_NONE;
	}
	if (!cut)
		return NFLB_TAKE_END;
	nf_conntrack_get(&ct->ct_general);
	nflb_reset_hold(ct);
	cut->ct = ct;
	cut->due_jiffies = jiffies;
	list_add_tail(&cut->node, &cutting->cuts);
	return NFLB_TAKE_CUT;
}

/* What is cut is not active, as its packets do not pass any more. */
static void nflb_reset_end(const struct nflb_cutting *cutting,
			   const struct nf_conn *ct)
{
	struct nflb_flow *flow;

	rcu_read_lock();
	flow = nflb_flow_find(ct);
	if (flow)
		nflb_flow_end(cutting->nn, flow, cutting->cause);
	rcu_read_unlock();
}

/**
 * nflb_reset_begin() - tells the ends of flows that have been cut
 * @cutting: the walk through the table, which is over
 *
 * After a grace period, so that no packet passes after the resets.
 *
 * Context: process, may sleep; not after nflb_reset_close().
 */
void nflb_reset_begin(struct nflb_cutting *cutting)
{
	struct nflb_resets *resets = &cutting->nn->resets;
	struct nflb_cut *cut;

	if (list_empty(&cutting->cuts))
		return;
	synchronize_net();
	list_for_each_entry(cut, &cutting->cuts, node) {
		nflb_reset_end(cutting, cut->ct);
		cond_resched();
	}
	spin_lock_bh(&resets->lock);
	list_splice_tail_init(&cutting->cuts, &resets->stage[0]);
	spin_unlock_bh(&resets->lock);
	mod_delayed_work(nflb_wq, &resets->work, 0);
}

/**
 * nflb_reset_send_once() - tells both ends of a connection, once
 * @nn: the namespace
 * @ct: its entry
 *
 * By what conntrack has seen, which is all packets.
 *
 * Context: process, under RCU.
 */
void nflb_reset_send_once(struct nflb_net *nn, const struct nf_conn *ct)
{
	struct nflb_segment seg = { .flags = TCPHDR_RST };
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		seg.seq = READ_ONCE(ct->proto.tcp.seen[!dir].td_end);
		/* As the end counts; helpers make packets longer or shorter. */
		seg.seq += nf_ct_seq_offset(ct, !dir, seg.seq);
		nflb_segment_send(nn->net, &ct->tuplehash[dir].tuple, NULL,
				  &seg);
	}
}

/**
 * nflb_reset_once() - ends a flow that has a helper of its own
 * @nn: the namespace
 * @ct: its entry
 * @flow: the flow, a reference is held to whom it is charged to
 * @cause: what that is counted for besides NFLB_RESET_FLOWS
 *
 * Sends resets to both ends of a connection.
 *
 * Context: process.
 * Return: true if the caller is to end the entry, false if the flow is closed
 * already.
 */
bool nflb_reset_once(struct nflb_net *nn, const struct nf_conn *ct,
		     const struct nflb_flow *flow, enum nflb_reason cause)
{
	/* The tuple of one that is dead may be another's. */
	if (nf_ct_is_dying(ct) || !test_bit(NFLB_FLOW_ACTIVE, &flow->service))
		return false;
	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return true;
	rcu_read_lock();
	nflb_reset_send_once(nn, ct);
	rcu_read_unlock();
	nflb_flow_count_for(nn, flow, NFLB_RESET_FLOWS);
	nflb_flow_count_for(nn, flow, cause);
	return true;
}

static void nflb_reset_answer_tcp(struct nflb_net *nn, struct nflb_fast *fast,
				  const struct tcphdr *th, u8 dir)
{
	struct nflb_segment seg = {
		.seq = ntohl(th->ack_seq),
		.flags = TCPHDR_RST,
	};

	if (!th->rst && !th->ack) {
		/* The end is not what it was: its next SYN finds no entry. */
		if (th->syn && dir == IP_CT_DIR_ORIGINAL)
			nf_ct_kill(fast->ct);
		return;
	}
	/* Of those that are sent one, nobody knows whether it arrives. */
	if (th->rst)
		WRITE_ONCE(fast->is_told[dir], true);
	else
		nflb_reset_send(nn, fast, dir, &seg);
}

/**
 * nflb_reset_answer() - answers a packet of a flow that has been cut
 * @nn: the namespace
 * @skb: the packet
 * @protoff: bytes before its TCP header
 * @fast: the flow
 * @ctinfo: what the packet is to that
 *
 * Context: bottom halves off, under RCU.
 * Return: NF_DROP.
 */
unsigned int nflb_reset_answer(struct nflb_net *nn, const struct sk_buff *skb,
			       unsigned int protoff, struct nflb_fast *fast,
			       enum ip_conntrack_info ctinfo)
{
	const struct tcphdr *th = NULL;
	struct tcphdr buf;

	/* An ICMP error has another header there. */
	if (ctinfo != IP_CT_RELATED)
		th = skb_header_pointer(skb, protoff, sizeof(buf), &buf);
	if (th)
		nflb_reset_answer_tcp(nn, fast, th, CTINFO2DIR(ctinfo));
	return NF_DROP;
}
