// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows: balanced connections, tied to their conntrack entries.
 *
 * An entry is marked ours before it is confirmed, by a helper extension with
 * our helper. Conntrack calls the helper for every packet of the flow, last
 * of all; there the first packet opens the flow and confirms the entry, in
 * one step, as only a confirmed entry is sure to be destroyed by the
 * callback. Entries that are never confirmed leave nothing behind.
 */

#include <linux/bottom_half.h>
#include <linux/netfilter/nf_conntrack_pptp.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_synproxy.h>

#include "bind.h"
#include "core.h"
#include "counters.h"
#include "drain.h"
#include "edit.h"
#include "fast.h"
#include "floating.h"
#include "flow.h"
#include "match.h"
#include "move.h"
#include "net.h"
#include "outbound.h"
#include "reset.h"
#include "snapshot.h"
#include "synproxy.h"
#include "track.h"
#include "trial.h"

static int nflb_flow_help(struct sk_buff *skb, unsigned int protoff,
			  struct nf_conn *ct, enum ip_conntrack_info ctinfo);
static void nflb_flow_destroy(struct nf_conn *ct);

static const struct nf_conntrack_expect_policy nflb_expect_policy[] =
	NFLB_EXPECT_POLICIES("nflb");

/*
 * Never registered: nobody can ask for it by name, and a flow has it only
 * from nflb_flow_attach(). Root can take it away from an entry by ctnetlink
 * at any time, which tells nobody: that flow counts as active until the
 * namespace ends.
 */
static struct nf_conntrack_helper nflb_helper __read_mostly = {
	.name = "nflb",
	.me = THIS_MODULE,
	.expect_policy = nflb_expect_policy,
	.help = nflb_flow_help,
	.destroy = nflb_flow_destroy,
	.refcnt = REFCOUNT_INIT(1),
};

/* The module goes: namespaces may not be looked at any more. */
static bool nflb_flow_has_stopped;

/**
 * enum nflb_mark_flag - what nflb_mark.flags says
 * @NFLB_MARK_HAIRPIN: the source is translated as well
 * @NFLB_MARK_CLAIMED: a packet has begun to open the flow
 */
enum nflb_mark_flag {
	NFLB_MARK_HAIRPIN,
	NFLB_MARK_CLAIMED,
};

/**
 * struct nflb_mark - what makes an entry ours
 * @fast: the flow; NULL before it is opened and once the entry dies
 * @flags: enum nflb_mark_flag
 *
 * It lives in the private data that conntrack keeps for a helper: the helper's
 * destroy callback runs for every confirmed entry that dies.
 *
 * The kernel takes every helper with a destroy callback for that of PPTP when
 * a GRE connection dies which somebody made its master expect, and frees what
 * stands where PPTP has its keys: so nothing of ours may stand there.
 */
struct nflb_mark {
	struct nflb_fast *fast;
	unsigned long flags;
};

static_assert(sizeof(struct nflb_mark) <=
	      offsetof(struct nf_ct_pptp_master, keymap));

/**
 * nflb_flow_is_stopped() - tells whether flows may be opened at all
 *
 * Return: true if not, nor may the namespace of a packet be looked at.
 */
bool nflb_flow_is_stopped(void)
{
	return READ_ONCE(nflb_flow_has_stopped);
}

static struct nflb_mark *nflb_flow_mark(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);

	if (!help || rcu_access_pointer(help->helper) != &nflb_helper)
		return NULL;
	return (struct nflb_mark *)help->data;
}

static struct nflb_fast *nflb_flow_fast(const struct nf_conn *ct)
{
	struct nflb_mark *mark = nflb_flow_mark(ct);

	/* Pairs with smp_store_release() in nflb_flow_confirm(). */
	return mark ? smp_load_acquire(&mark->fast) : NULL;
}

static struct nflb_mark *nflb_flow_add_mark(struct nf_conn *ct)
{
	struct nf_conn_help *help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);

	if (!help)
		return NULL;
	rcu_assign_pointer(help->helper, &nflb_helper);
	return (struct nflb_mark *)help->data;
}

/**
 * nflb_flow_attach() - marks an entry as a flow of ours
 * @ct: entry that is not confirmed and has no helper
 * @is_hairpin: the source is translated as well
 *
 * Context: softirq or process, under RCU.
 * Return: 0 or -ENOMEM.
 */
int nflb_flow_attach(struct nf_conn *ct, bool is_hairpin)
{
	struct nflb_mark *mark = nflb_flow_add_mark(ct);

	if (!mark)
		return -ENOMEM;
	if (is_hairpin)
		__set_bit(NFLB_MARK_HAIRPIN, &mark->flags);
	return 0;
}

/**
 * nflb_flow_is_attached() - tells whether an entry is marked as ours
 * @ct: the entry
 *
 * Context: under RCU.
 * Return: true if so; the flow may not be open yet, or not any more.
 */
bool nflb_flow_is_attached(const struct nf_conn *ct)
{
	return nflb_flow_mark(ct);
}

/**
 * nflb_flow_find() - finds the flow of an entry
 * @ct: the entry
 *
 * Context: under RCU.
 * Return: the flow, which may be dying, or NULL.
 */
struct nflb_flow *nflb_flow_find(const struct nf_conn *ct)
{
	struct nflb_fast *fast = nflb_flow_fast(ct);

	return fast ? &fast->flow : NULL;
}

static void nflb_flow_leave(struct nflb_backend *backend,
			    struct nflb_account *service)
{
	atomic_dec(&service->active);
	if (atomic_dec_and_test(&backend->account.active) &&
	    READ_ONCE(backend->is_watched))
		nflb_drain_wake(backend->nn);
}

static void nflb_flow_set_inactive(struct nflb_flow *flow,
				   struct nflb_backend *backend)
{
	if (test_and_clear_bit(NFLB_FLOW_ACTIVE, &flow->service))
		nflb_flow_leave(backend, nflb_flow_service(flow));
}

/*
 * A flow that is open already, whatever the limits. If the entry dies
 * meanwhile, either nflb_flow_put() sees the flag that is set first here, or we
 * see that the backend is gone, which is first there.
 */
static void nflb_flow_set_active(struct nflb_flow *flow,
				 struct nflb_backend *backend)
{
	if (test_and_set_bit(NFLB_FLOW_ACTIVE, &flow->service))
		return;
	atomic_inc(&backend->account.active);
	atomic_inc(&nflb_flow_service(flow)->active);
	if (READ_ONCE(flow->backend) != backend)
		nflb_flow_set_inactive(flow, backend);
}

/* Both ends have been heard of, or none will any more. */
static void nflb_flow_set_answered(struct nflb_flow *flow)
{
	if (test_and_clear_bit(NFLB_FLOW_HALF_OPEN, &flow->service))
		nflb_synproxy_leave(&nflb_flow_service(flow)->synproxy);
}

static bool nflb_flow_is_half_open(const struct nf_conn *ct)
{
	return nflb_times_of_tcp(READ_ONCE(ct->proto.tcp.state), true) ==
	       NFLB_TIME_HALF_OPEN;
}

/* Express flows have not read what an end has said of its window. */
static void nflb_flow_check_answered(const struct nf_conn *ct,
				     struct nflb_flow *flow)
{
	const struct ip_ct_tcp_state *seen;

	if (nflb_flow_is_half_open(ct))
		return;
	seen = &ct->proto.tcp.seen[IP_CT_DIR_REPLY];
	if (READ_ONCE(seen->flags) & IP_CT_TCP_FLAG_WINDOW_SCALE)
		nflb_synproxy_learn(&nflb_flow_service(flow)->synproxy,
				    READ_ONCE(seen->td_scale));
	nflb_flow_set_answered(flow);
}

/* Counts one more flow as open, if nobody has as many as he may. */
static int nflb_flow_enter(struct nflb_backend *backend,
			   struct nflb_account *service)
{
	if (!nflb_account_enter(service))
		return -EDQUOT;
	if (!nflb_account_enter(&backend->account)) {
		atomic_dec(&service->active);
		return -EBUSY;
	}
	if (likely(!READ_ONCE(service->new_flows.rate)) ||
	    nflb_bucket_take(&service->new_flows, ktime_get_ns()))
		return 0;
	nflb_flow_leave(backend, service);
	return -EAGAIN;
}

/**
 * nflb_flow_get() - opens a flow
 * @nn: the namespace
 * @flow: the flow, which nobody else sees yet
 * @backend: its backend; a reference is taken
 * @service: account of its service; a reference is taken
 *
 * Here limits are exact: what was picked may be full by now.
 *
 * Context: softirq or process, under RCU.
 * Return: 0 or a negative errno, of which nflb_flow_refusal() says the reason.
 */
int nflb_flow_get(struct nflb_net *nn, struct nflb_flow *flow,
		  struct nflb_backend *backend, struct nflb_account *service)
{
	int err = nflb_flow_enter(backend, service);

	if (err)
		return err;
	nflb_account_get(&backend->account);
	nflb_account_get(service);
	atomic_inc(&nn->n_flows);
	flow->service |= (unsigned long)service | BIT(NFLB_FLOW_ACTIVE);
	if (unlikely(READ_ONCE(service->synproxy.mark))) {
		flow->service |= BIT(NFLB_FLOW_HALF_OPEN);
		nflb_synproxy_enter(nn, service);
	}
	/* Pairs with smp_load_acquire() in nflb_wheel_place(). */
	smp_store_release(&flow->backend, backend);
	return 0;
}

/**
 * nflb_flow_refusal() - says why a flow could not be opened
 * @err: negative errno
 *
 * Return: what is to be counted.
 */
enum nflb_reason nflb_flow_refusal(int err)
{
	switch (err) {
	case -EBUSY:
		return NFLB_DROP_FULL;
	case -EDQUOT:
		return NFLB_DROP_MAX_FLOWS;
	case -EAGAIN:
		return NFLB_DROP_MAX_RATE;
	default:
		return NFLB_DROP_NO_MEMORY;
	}
}

/**
 * nflb_flow_put() - ends a flow; one that has ended stays as it is
 * @nn: the namespace
 * @flow: the flow
 *
 * Context: any but hard interrupt.
 */
void nflb_flow_put(struct nflb_net *nn, struct nflb_flow *flow)
{
	struct nflb_backend *backend = xchg(&flow->backend, NULL);

	if (!backend)
		return;
	nflb_flow_set_inactive(flow, backend);
	if (unlikely(test_bit(NFLB_FLOW_HALF_OPEN, &flow->service)))
		nflb_flow_set_answered(flow);
	nflb_account_put(nflb_flow_service(flow));
	nflb_backend_put(backend);
	nflb_net_put_flow(nn);
}

/* Runs once for every confirmed entry, before it leaves the table. */
static void nflb_flow_destroy(struct nf_conn *ct)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	struct nflb_mark *mark = nflb_flow_mark(ct);
	struct nflb_fast *fast;

	if (!mark)
		return;
	fast = xchg(&mark->fast, NULL);
	if (fast) {
		if (nflb_trial_is_asked(&fast->trial))
			nflb_trial_end(fast);
		else
			nflb_trial_miss(fast);
		nflb_flow_put(nn, &fast->flow);
		nflb_fast_forget(nn, fast);
	}
	/* Whoever still holds the entry may do so when the module has gone. */
	RCU_INIT_POINTER(nfct_help(ct)->helper, NULL);
}

/**
 * nflb_flow_hint() - says whom the next flow to be resolved is for
 * @nn: the namespace
 * @dec: what has been decided of it, a backend
 *
 * Context: softirq or process.
 */
void nflb_flow_hint(struct nflb_net *nn, const struct nflb_decision *dec)
{
	this_cpu_write(nn->hint->service, dec->place);
	this_cpu_write(nn->hint->pool, dec->place_of_pool);
	this_cpu_write(nn->hint->member, dec->choice.member);
}

/* Whom the hint says, if the service may give its flows to him. */
static struct nflb_backend *
nflb_flow_hinted(const struct nflb_net *nn, const struct nflb_snapshot *snap,
		 const struct nflb_service *service)
{
	u32 place = this_cpu_read(nn->hint->pool);
	u32 member = this_cpu_read(nn->hint->member);
	const struct nflb_pool *pool;

	if (!nflb_service_has_pool(service, place))
		return NULL;
	pool = nflb_snapshot_pool(snap, place);
	if (!pool || member >= pool->n_members)
		return NULL;
	return pool->member[member].backend;
}

/* Is the flow's first packet, which is bound, on its way to a backend? */
static bool nflb_flow_is_for(const struct sk_buff *skb,
			     const struct nf_conn *ct,
			     const struct nflb_backend *backend)
{
	const struct nf_conntrack_tuple *reply;
	struct nflb_addr hop __uninitialized;

	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	if (likely(!nflb_floating_is(ct)))
		return nf_inet_addr_cmp(&backend->addr.ip, &reply->src.u3);
	nflb_floating_next_hop(skb, &hop);
	return nf_inet_addr_cmp(&backend->addr.ip, &hop.ip);
}

/*
 * Is the flow for whom the hint says? That may be from another flow, or from
 * another configuration, and have changed between its two halves.
 */
static bool nflb_flow_fits_hint(struct nflb_net *nn,
				const struct nflb_snapshot *snap,
				const struct sk_buff *skb,
				const struct nflb_service **service,
				struct nflb_backend **backend)
{
	const struct nf_conntrack_tuple *orig;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	*service = nflb_snapshot_service(snap,
					 this_cpu_read(nn->hint->service));
	if (!*service || !nflb_match_is_sure(snap, *service, orig))
		return false;
	*backend = nflb_flow_hinted(nn, snap, *service);
	return *backend && nflb_flow_is_for(skb, ct, *backend);
}

/*
 * A backend that has an address in a pool of the service. While those before
 * it cannot serve, one that is eligible in a backup is more likely.
 */
static struct nflb_backend *
nflb_flow_find_addr(const struct nflb_snapshot *snap,
		    const struct nflb_service *service,
		    const struct nflb_addr *addr)
{
	struct nflb_backend *found = NULL;
	const struct nflb_pool *pool;
	u32 pos;
	int i;

	for (i = 0; i < service->n_tiers; i++) {
		pool = nflb_snapshot_tier(snap, service, i);
		pos = nflb_pool_find_addr(pool, addr);
		if (pos == NFLB_NONE)
			continue;
		if (nflb_pool_is_eligible(pool, service->tier[i].gate, pos))
			return pool->member[pos].backend;
		found = found ?: pool->member[pos].backend;
	}
	return found;
}

static bool nflb_flow_look_up(const struct nflb_snapshot *snap,
			      const struct sk_buff *skb,
			      const struct nflb_service **service,
			      struct nflb_backend **backend)
{
	enum ip_conntrack_info ctinfo;
	struct nflb_tuple tuple;
	struct nflb_addr addr;
	struct nf_conn *ct;
	u32 pos;

	ct = nf_ct_get(skb, &ctinfo);
	addr.family = nf_ct_l3num(ct);
	addr.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3;
	if (nflb_floating_is(ct))
		nflb_floating_next_hop(skb, &addr);
	nflb_bind_tuple(ct, &tuple);
	pos = nflb_match(snap, &tuple);
	if (pos == NFLB_NONE)
		return false;
	*service = nflb_snapshot_service(snap, pos);
	*backend = nflb_flow_find_addr(snap, *service, &addr);
	return *backend;
}

/**
 * nflb_flow_resolve() - finds whom a new flow is to be charged to
 * @nn: the namespace
 * @snap: the configuration
 * @skb: the flow's first packet, bound
 * @service: where the service goes
 * @backend: where the backend goes, of the service's pool or a backup
 *
 * The flow was bound some microseconds ago, maybe by another configuration: a
 * backend that the present one lacks gets no flow, so whoever has removed it
 * can rely on that.
 *
 * Context: softirq or process, under RCU.
 * Return: false if the configuration does not have them.
 */
bool nflb_flow_resolve(struct nflb_net *nn, const struct nflb_snapshot *snap,
		       const struct sk_buff *skb,
		       const struct nflb_service **service,
		       struct nflb_backend **backend)
{
	return nflb_flow_fits_hint(nn, snap, skb, service, backend) ||
	       nflb_flow_look_up(snap, skb, service, backend);
}

static bool nflb_flow_port_is_rewritten(const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig, *reply;

	orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	return nf_inet_addr_cmp(&orig->src.u3, &reply->dst.u3) &&
	       orig->src.u.all != reply->dst.u.all;
}

static void nflb_flow_count_reason(struct nflb_net *nn,
				   struct nflb_account *service,
				   enum nflb_reason reason)
{
	nflb_reasons_inc(service->reasons, reason);
	nflb_reasons_inc(nn->reasons, reason);
}

/* That the source is another one behind us is counted by why it is so. */
static void nflb_flow_count_source(struct nflb_net *nn,
				   const struct nf_conn *ct,
				   const struct nflb_flow *flow,
				   struct nflb_account *service)
{
	if (test_bit(NFLB_FLOW_HAIRPIN, &flow->service))
		nflb_flow_count_reason(nn, service, NFLB_HAIRPIN);
	else if (nf_ct_protonum(ct) != IPPROTO_ICMP &&
		 nf_ct_protonum(ct) != IPPROTO_ICMPV6 &&
		 nflb_flow_port_is_rewritten(ct))
		nflb_flow_count_reason(nn, service, NFLB_PORT_REWRITTEN);
}

/*
 * Opens a flow and confirms its entry, which then surely is destroyed by the
 * callback one day. If conntrack does not take the entry, or another packet's
 * instead, the flow has never been. In the latter case the packet has gone
 * over to the winner's entry, but our caller in 6.1 still looks at the
 * loser's: so it stays until the grace period that it is forgotten with.
 */
static int nflb_flow_confirm(struct nflb_net *nn, struct sk_buff *skb,
			     struct nf_conn *ct, struct nflb_mark *mark,
			     struct nflb_fast *fast)
{
	struct nflb_account *service = nflb_flow_service(&fast->flow);
	struct nflb_backend *backend = fast->flow.backend;
	int verdict;

	if (unlikely(nflb_floating_is(ct)))
		nflb_floating_begin(ct);
	nflb_times_begin(&service->times, ct);
	/* Pairs with smp_load_acquire() in nflb_flow_fast(). */
	smp_store_release(&mark->fast, fast);
	verdict = nf_conntrack_confirm(skb);
	/* For its source, maybe, which nobody has asked about before. */
	if (verdict != NF_ACCEPT && nflb_bind_settle_src(skb, ct))
		verdict = nf_conntrack_confirm(skb);
	if (verdict == NF_ACCEPT && skb_nfct(skb) == &ct->ct_general) {
		nflb_flow_count(backend, service, NFLB_NEW_FLOWS);
		nflb_flow_count_source(nn, ct, &fast->flow, service);
		if (nflb_trials_is_on(&backend->trials))
			nflb_trial_begin(fast);
		return verdict;
	}
	/* It may have moved; 6.1 hides it once extensions are outdated. */
	mark = nflb_flow_mark(ct);
	if (mark)
		WRITE_ONCE(mark->fast, NULL);
	nflb_flow_put(nn, &fast->flow);
	nflb_flow_count_reason(nn, service,
			       verdict == NF_ACCEPT ? NFLB_CLASH_MERGED :
						      NFLB_DROP_CONFIRM);
	nflb_fast_forget(nn, fast);
	return verdict;
}

/*
 * Is the backend what the hint says, and may it still be picked? Then it is as
 * nflb_decide_may_serve() would find it.
 */
static bool nflb_flow_hint_holds(const struct nflb_net *nn,
				 const struct nflb_snapshot *snap,
				 const struct nflb_service *service,
				 const struct nflb_backend *backend)
{
	const struct nflb_pool *pool = nflb_snapshot_tier(snap, service, 0);
	u32 member = this_cpu_read(nn->hint->member);

	return member < pool->n_members &&
	       pool->member[member].backend == backend &&
	       nflb_pool_is_eligible(pool, service->tier[0].gate, member);
}

/* The hint says nothing of what the hash picks now. */
static bool nflb_flow_may_begin(const struct nflb_net *nn,
				const struct nflb_snapshot *snap,
				const struct nf_conn *ct,
				const struct nflb_service *service,
				const struct nflb_backend *backend)
{
	struct nflb_tuple tuple;

	nflb_bind_tuple(ct, &tuple);
	return nflb_decide_may_keep(snap, rcu_dereference(nn->recent), service,
				    &tuple, backend);
}

/*
 * Somebody may have held the packet for as long as he liked since it was
 * bound; neither a drain's deadline nor nflb_move_flows() has seen its flow.
 */
static bool nflb_flow_may_open(const struct nflb_net *nn,
			       const struct nflb_snapshot *snap,
			       const struct nf_conn *ct,
			       const struct nflb_service *service,
			       const struct nflb_backend *backend)
{
	bool moves = nflb_protocol_moves(nf_ct_protonum(ct));

	if (!moves && !nflb_drain_is_overdue(backend))
		return true;
	if (unlikely(nflb_service_is_hashed(service)) && moves)
		return nflb_flow_may_begin(nn, snap, ct, service, backend);
	return nflb_flow_hint_holds(nn, snap, service, backend) ||
	       nflb_decide_may_serve(snap, service, backend);
}

static int nflb_flow_open(struct nflb_net *nn, struct sk_buff *skb,
			  struct nf_conn *ct, struct nflb_mark *mark)
{
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	const struct nflb_service *service;
	struct nflb_backend *backend;
	struct nflb_fast *fast;
	int err;

	if (!snap || !nflb_flow_resolve(nn, snap, skb, &service, &backend) ||
	    !nflb_flow_may_open(nn, snap, ct, service, backend)) {
		nflb_reasons_inc(nn->reasons, NFLB_DROP_STALE);
		return NF_DROP;
	}
	fast = nflb_fast_alloc(nn);
	if (!fast) {
		nflb_flow_count_reason(nn, service->account,
				       NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	nf_conntrack_get(&ct->ct_general);
	fast->ct = ct;
	if (test_bit(NFLB_MARK_HAIRPIN, &mark->flags))
		fast->flow.service = BIT(NFLB_FLOW_HAIRPIN);
	err = nflb_flow_get(nn, &fast->flow, backend, service->account);
	if (err) {
		nflb_flow_count_reason(nn, service->account,
				       nflb_flow_refusal(err));
		nflb_fast_forget(nn, fast);
		return NF_DROP;
	}
	return nflb_flow_confirm(nn, skb, ct, mark, fast);
}

/* Marks an entry that its flow is opened with. */
static int nflb_flow_claim(struct nf_conn *ct, struct nflb_fast *fast)
{
	/* 6.1 may not find it by the entry, which it then will not take. */
	struct nflb_mark *mark = nflb_flow_add_mark(ct);

	if (!mark)
		return -ENOMEM;
	__set_bit(NFLB_MARK_CLAIMED, &mark->flags);
	mark->fast = fast;
	return 0;
}

/**
 * nflb_flow_insert() - opens a flow with an entry that no packet has yet
 * @nn: the namespace
 * @fast: the flow, with its entry, which is translated and new from
 *	nf_conntrack_alloc()
 * @backend: whom it is charged to
 * @service: account of its service
 *
 * From the moment that conntrack takes the entry, others may end the flow, but
 * flow and entry stay until the grace period.
 *
 * Context: softirq, under RCU.
 * Return: false if memory is short, a limit is reached, or conntrack does not
 * take the entry, as it has one with a tuple of it, or as the table's chain is
 * too long. Then the flow is gone, and the entry is the caller's.
 */
bool nflb_flow_insert(struct nflb_net *nn, struct nflb_fast *fast,
		      struct nflb_backend *backend,
		      struct nflb_account *service)
{
	struct nf_conn *ct = fast->ct;

	fast->flow.service = BIT(NFLB_FLOW_EXPRESS);
	if (nflb_flow_get(nn, &fast->flow, backend, service))
		goto err_forget;
	if (nflb_flow_claim(ct, fast))
		goto err_put;
	/* The record has the reference that conntrack gives us with it. */
	ct->status |= IPS_CONFIRMED;
	if (nf_conntrack_hash_check_insert(ct))
		goto err_put;
	nflb_flow_count(backend, service, NFLB_NEW_FLOWS);
	nflb_flow_count_reason(nn, service, NFLB_EXPRESS_FLOWS);
	if (nflb_trials_is_on(&backend->trials))
		nflb_trial_begin(fast);
	return true;

err_put:
	nflb_flow_put(nn, &fast->flow);
err_forget:
	nflb_fast_forget(nn, fast);
	/* Not before, as who finds the record in its list finds the entry. */
	fast->ct = NULL;
	return false;
}

/**
 * nflb_flow_count_for() - counts a reason for an open flow
 * @nn: the namespace
 * @flow: the flow
 * @reason: the reason
 *
 * Context: process or softirq, under RCU or with a reference to the accounts.
 */
void nflb_flow_count_for(struct nflb_net *nn, const struct nflb_flow *flow,
			 enum nflb_reason reason)
{
	local_bh_disable();
	nflb_flow_count_reason(nn, nflb_flow_service(flow), reason);
	local_bh_enable();
}

/**
 * nflb_flow_end() - counts a flow that has been cut as ended
 * @nn: the namespace
 * @flow: the flow; its packets do not pass any more
 * @cause: what that is counted for besides NFLB_RESET_FLOWS
 *
 * Context: process or softirq, under RCU.
 */
void nflb_flow_end(struct nflb_net *nn, struct nflb_flow *flow,
		   enum nflb_reason cause)
{
	struct nflb_backend *backend = READ_ONCE(flow->backend);

	if (!backend)
		return;
	nflb_flow_count_for(nn, flow, NFLB_RESET_FLOWS);
	nflb_flow_count_for(nn, flow, cause);
	nflb_flow_set_inactive(flow, backend);
}

/**
 * nflb_flow_is_closed() - tells whether both ends have closed a flow
 * @ct: its entry
 *
 * Return: true if so; never for protocols without connections.
 */
bool nflb_flow_is_closed(const struct nf_conn *ct)
{
	u8 state;

	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		state = READ_ONCE(ct->proto.tcp.state);
		return state == TCP_CONNTRACK_TIME_WAIT ||
		       state == TCP_CONNTRACK_CLOSE;
	case IPPROTO_SCTP:
		/* Conntrack calls it closed before the first answer, too. */
		return READ_ONCE(ct->proto.sctp.state) ==
			       SCTP_CONNTRACK_CLOSED &&
		       test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	default:
		return false;
	}
}

/**
 * nflb_flow_is_unanswered() - tells whether a connection is its client's alone
 * @ct: its entry
 *
 * To end it does nobody harm: the client's next attempt opens another one.
 * One whose client has been answered by a cookie is none.
 *
 * Return: true if so.
 */
bool nflb_flow_is_unanswered(const struct nf_conn *ct)
{
	if (nflb_protocol_moves(nf_ct_protonum(ct)) ||
	    test_bit(IPS_SEEN_REPLY_BIT, &ct->status) || nfct_synproxy(ct))
		return false;
	return nf_ct_protonum(ct) != IPPROTO_TCP ||
	       READ_ONCE(ct->proto.tcp.state) == TCP_CONNTRACK_SYN_SENT;
}

/**
 * nflb_flow_check_closed() - notices that both ends have closed a flow
 * @ct: its entry
 * @flow: the flow
 * @backend: its backend
 *
 * Or that they have opened it again: SCTP associations keep their entry, and so
 * do TCP connections that were reset.
 *
 * Context: any, under RCU or with a reference to the accounts.
 */
void nflb_flow_check_closed(const struct nf_conn *ct, struct nflb_flow *flow,
			    struct nflb_backend *backend)
{
	bool was_active = test_bit(NFLB_FLOW_ACTIVE, &flow->service);

	/* Pairs with nflb_flow_set_inactive(), which is after the state. */
	smp_rmb();
	if (unlikely(test_bit(NFLB_FLOW_HALF_OPEN, &flow->service)))
		nflb_flow_check_answered(ct, flow);
	if (nflb_flow_is_closed(ct))
		nflb_flow_set_inactive(flow, backend);
	else if (!was_active)
		nflb_flow_set_active(flow, backend);
}

/* Has the client asked for it again, which conntrack has let pass? */
static bool nflb_flow_is_asked_for(const struct nf_conn *ct)
{
	if (nf_ct_protonum(ct) == IPPROTO_TCP)
		return READ_ONCE(ct->proto.tcp.state) ==
			       TCP_CONNTRACK_CLOSE &&
		       nflb_track_waits(ct);
	return nf_ct_protonum(ct) == IPPROTO_SCTP &&
	       READ_ONCE(ct->proto.sctp.init[IP_CT_DIR_ORIGINAL]);
}

/**
 * nflb_flow_goes_on() - takes notice of a packet that may change a flow's state
 * @ct: its entry, which has the new state
 * @flow: the flow
 * @backend: its backend
 *
 * As nflb_flow_check_closed(). A flow that was closed may be opened again only
 * if its backend may have new ones: the next attempt finds another.
 *
 * Context: bottom halves off, under RCU.
 * Return: false if it may not. Then it has ended, and the packet is to be
 * dropped.
 */
bool nflb_flow_goes_on(struct nf_conn *ct, struct nflb_flow *flow,
		       struct nflb_backend *backend)
{
	bool was_active = test_bit(NFLB_FLOW_ACTIVE, &flow->service);

	/* Pairs with nflb_flow_set_inactive(), which is after the state. */
	smp_rmb();
	if (likely(was_active) || nf_ct_is_dying(ct) ||
	    (nflb_flow_is_closed(ct) && !nflb_flow_is_asked_for(ct)) ||
	    nflb_move_may_begin_again(backend->nn, ct, backend)) {
		nflb_flow_check_closed(ct, flow, backend);
		return true;
	}
	nf_ct_kill(ct);
	nflb_reasons_inc(backend->nn->reasons, NFLB_DROP_STALE);
	return false;
}

/**
 * nflb_flow_backend() - finds the backend of an entry that may be ours
 * @ct: the entry
 *
 * Accounts are freed after a grace period, so they may be looked at and
 * counted without a reference even as the entry dies.
 *
 * Context: under RCU.
 * Return: the backend, or NULL when the entry is no open flow of ours.
 */
struct nflb_backend *nflb_flow_backend(const struct nf_conn *ct)
{
	struct nflb_flow *flow = nflb_flow_find(ct);

	return flow ? READ_ONCE(flow->backend) : NULL;
}

/* Both ends' numbers are noted as the client counts. */
static void nflb_flow_note_tcp(const struct sk_buff *skb, unsigned int protoff,
			       const struct nf_conn *ct,
			       struct nflb_fast_dir *dir)
{
	const struct tcphdr *th;
	struct tcphdr buf;
	u32 n_data, seq;

	th = skb_header_pointer(skb, protoff, sizeof(buf), &buf);
	if (!th || th->rst)
		return;
	n_data = skb->len - protoff - 4 * th->doff + th->syn + th->fin;
	seq = ntohl(th->seq);
	seq += nf_ct_seq_offset(ct, dir->idx, seq);
	nflb_fast_note_tcp(dir, seq, n_data, ntohl(th->ack_seq), th->ack);
}

/* A packet to the gateway from itself comes by twice. */
static int nflb_flow_pass(struct nflb_net *nn, const struct sk_buff *skb,
			  unsigned int protoff, struct nflb_fast *fast, u8 dir)
{
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);

	if (!backend || nf_is_loopback_packet(skb))
		return NF_ACCEPT;
	nflb_flow_charge(&fast->flow, backend, skb, dir == IP_CT_DIR_REPLY);
	nflb_flow_count_reason(nn, nflb_flow_service(&fast->flow),
			       NFLB_SLOW_PKTS);
	if (!nflb_flow_goes_on(fast->ct, &fast->flow, backend))
		return NF_DROP;
	nflb_fast_renew(fast);
	if (nflb_trial_is_asked(&fast->trial))
		nflb_trial_see(fast, backend, dir);
	if (nf_ct_protonum(fast->ct) == IPPROTO_TCP)
		nflb_flow_note_tcp(skb, protoff, fast->ct, &fast->dir[dir]);
	nflb_fast_learn(nn, fast, skb, dir);
	return NF_ACCEPT;
}

static int nflb_flow_take(struct sk_buff *skb, unsigned int protoff,
			  struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	struct nflb_mark *mark;
	struct nflb_fast *fast;
	int verdict;

	if (unlikely(!nf_ct_is_confirmed(ct))) {
		mark = nflb_flow_mark(ct);
		if (nflb_flow_is_stopped())
			return NF_DROP;
		/* A reject's answer, or a copy of the first packet. */
		if (ctinfo != IP_CT_NEW || !mark ||
		    test_and_set_bit(NFLB_MARK_CLAIMED, &mark->flags))
			return NF_ACCEPT;
		verdict = nflb_flow_open(nn, skb, ct, mark);
		if (verdict != NF_ACCEPT)
			return verdict;
		ct = nf_ct_get(skb, &ctinfo);
	}
	fast = nflb_flow_fast(ct);
	if (!fast)
		return NF_ACCEPT;
	if (unlikely(READ_ONCE(fast->is_cut)))
		return nflb_reset_answer(nn, skb, protoff, fast, ctinfo);
	/*
	 * An ICMP error has another header there, comes from who knows where,
	 * and is no packet of the flow. Those about packets to the client do
	 * not come by here.
	 */
	if (unlikely(ctinfo == IP_CT_RELATED))
		return NF_ACCEPT;
	return nflb_flow_pass(nn, skb, protoff, fast, CTINFO2DIR(ctinfo));
}

/* Conntrack calls this for every packet of the flow, under RCU. */
static int nflb_flow_help(struct sk_buff *skb, unsigned int protoff,
			  struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	int verdict;

	local_bh_disable();
	verdict = nflb_flow_take(skb, protoff, ct, ctinfo);
	local_bh_enable();
	return verdict;
}

static bool nflb_flow_is_of_pool(const struct nflb_snapshot *snap,
				 const struct nflb_service *service,
				 const char *name)
{
	u32 pos = nflb_table_find(&snap->pools, name);

	return pos != NFLB_NONE && nflb_service_has_pool(service, pos);
}

/*
 * Bound by the former configuration to a backend that the present one lacks,
 * and so never opened, but confirmed all the same. Others may have translated
 * to the backend's address, too: ours has no helper, and a service whose pool
 * had the backend.
 */
static bool nflb_flow_is_stray(const struct nf_conn *ct,
			       const struct list_head *doomed)
{
	const struct nflb_service *service;
	const struct nflb_snapshot *snap;
	const struct nflb_doom *doom;
	struct nflb_tuple tuple;
	struct nflb_addr addr;
	u32 pos;

	if (!(ct->status & IPS_DST_NAT) || nfct_help(ct))
		return false;
	snap = rcu_dereference(nflb_net(nf_ct_net(ct))->snap);
	nflb_bind_tuple(ct, &tuple);
	pos = snap ? nflb_match(snap, &tuple) : NFLB_NONE;
	if (pos == NFLB_NONE)
		return false;
	service = nflb_snapshot_service(snap, pos);
	addr.family = nf_ct_l3num(ct);
	addr.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3;
	list_for_each_entry(doom, doomed, node) {
		if (nflb_addr_equal(&doom->backend->addr, &addr) &&
		    nflb_flow_is_of_pool(snap, service, doom->backend->pool))
			return true;
	}
	return false;
}

/**
 * struct nflb_dooming - a walk that ends the flows of backends that are doomed
 * @doomed: struct nflb_doom, the backends
 * @cutting: the connections among them
 */
struct nflb_dooming {
	const struct list_head *doomed;
	struct nflb_cutting cutting;
};

/*
 * Does a flow of a doomed backend end at once? Connections that are open are
 * cut, and end when both ends have been told; some are cut already.
 */
static bool nflb_flow_ends_at_once(struct nflb_dooming *dooming,
				   struct nf_conn *ct)
{
	const struct nflb_fast *fast = nflb_flow_fast(ct);

	if (nflb_flow_is_unanswered(ct))
		return true;
	return !(fast && READ_ONCE(fast->is_cut)) &&
	       nflb_reset_take(&dooming->cutting, ct) != NFLB_TAKE_CUT;
}

static int nflb_flow_is_doomed(struct nf_conn *ct, void *data)
{
	struct nflb_dooming *dooming = data;
	struct nflb_backend *backend;
	bool is_doomed;

	rcu_read_lock();
	backend = nflb_flow_backend(ct);
	if (!backend)
		is_doomed = nflb_flow_is_stray(ct, dooming->doomed);
	else
		is_doomed = READ_ONCE(backend->is_doomed) &&
			    nflb_flow_ends_at_once(dooming, ct);
	rcu_read_unlock();
	return is_doomed;
}

static int nflb_flow_is_ours(struct nf_conn *ct, void *data)
{
	return nflb_flow_is_attached(ct) || nflb_outbound_is_attached(ct);
}

/**
 * nflb_flow_end_doomed() - ends the flows of backends that are doomed
 * @nn: the namespace
 * @doomed: struct nflb_doom, the backends
 *
 * None of their packets passes any more; both ends of connections are told.
 *
 * Context: process, may sleep.
 */
void nflb_flow_end_doomed(struct nflb_net *nn, const struct list_head *doomed)
{
	struct nflb_dooming dooming = {
		.doomed = doomed,
		.cutting.nn = nn,
		.cutting.cause = NFLB_REMOVED_RESETS,
		.cutting.cuts = LIST_HEAD_INIT(dooming.cutting.cuts),
	};
	struct nf_ct_iter_data iter = { .net = nn->net, .data = &dooming };

	nf_ct_iterate_cleanup_net(nflb_flow_is_doomed, &iter);
	nflb_reset_begin(&dooming.cutting);
}

/**
 * nflb_flow_kill_all() - ends the flows of a namespace
 * @net: the namespace, which binds no new ones any more
 *
 * Context: process, may sleep.
 */
void nflb_flow_kill_all(struct net *net)
{
	struct nf_ct_iter_data iter = { .net = net };

	nf_ct_iterate_cleanup_net(nflb_flow_is_ours, &iter);
}

/*
 * Root can make an entry of ours expect another one. As the entry may lose our
 * helper meanwhile, it does not always take that along when it ends.
 */
static bool nflb_flow_is_expected(struct nf_conntrack_expect *exp, void *data)
{
	const struct nf_conntrack_helper *helper;

	helper = rcu_access_pointer(exp->helper);
	return helper == &nflb_helper || nflb_outbound_is_helper(helper);
}

/**
 * nflb_flow_stop() - opens no flows any more, in any namespace
 *
 * Holds for packets on their way after the next grace period.
 *
 * Context: process; the module goes.
 */
void nflb_flow_stop(void)
{
	WRITE_ONCE(nflb_flow_has_stopped, true);
}

/**
 * nflb_flow_exit() - makes sure that nobody calls our helper any more
 *
 * Entries that wait unconfirmed in a queue somewhere are seen to as well.
 *
 * Context: process, may sleep; the module goes and no namespace binds.
 */
void nflb_flow_exit(void)
{
	nf_ct_iterate_destroy(nflb_flow_is_ours, NULL);
	nf_ct_expect_iterate_destroy(nflb_flow_is_expected, NULL);
}
