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
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include "bind.h"
#include "counters.h"
#include "edit.h"
#include "flow.h"
#include "match.h"
#include "net.h"
#include "snapshot.h"

static int nflb_flow_help(struct sk_buff *skb, unsigned int protoff,
			  struct nf_conn *ct, enum ip_conntrack_info ctinfo);
static void nflb_flow_destroy(struct nf_conn *ct);

/* Without a policy, who makes an entry of ours expect others would crash. */
static const struct nf_conntrack_expect_policy nflb_expect_policy = {
	.name = "nflb",
	.max_expected = 1,
	.timeout = 1,
};

/*
 * Never registered: nobody can ask for it by name, and a flow has it only
 * from nflb_flow_attach(). Root can take it away from an entry by ctnetlink,
 * which tells nobody: that flow counts as active until the module goes.
 */
static struct nf_conntrack_helper nflb_helper __read_mostly = {
	.name = "nflb",
	.me = THIS_MODULE,
	.expect_policy = &nflb_expect_policy,
	.help = nflb_flow_help,
	.destroy = nflb_flow_destroy,
	.refcnt = REFCOUNT_INIT(1),
};

/* The module goes: namespaces may not be looked at any more. */
static bool nflb_flow_is_stopped;

/**
 * struct nflb_flow_loser - flow of an entry that lost the race to the table
 * @flow: without a backend; in place of the service stands the entry
 * @rcu: drops the last reference to the entry
 */
struct nflb_flow_loser {
	struct nflb_flow flow;
	struct rcu_head rcu;
};

static_assert(sizeof(struct nflb_flow) <=
	      offsetof(struct nf_ct_pptp_master, keymap));
static_assert(sizeof(struct nflb_flow_loser) <=
	      sizeof_field(struct nf_conn_help, data));

/**
 * nflb_flow_attach() - marks an entry as a flow of ours
 * @ct: entry that is not confirmed and has no helper
 *
 * Context: softirq or process, under RCU.
 * Return: the empty flow, or NULL without memory.
 */
struct nflb_flow *nflb_flow_attach(struct nf_conn *ct)
{
	struct nf_conn_help *help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);

	if (!help)
		return NULL;
	rcu_assign_pointer(help->helper, &nflb_helper);
	return (struct nflb_flow *)help->data;
}

/**
 * nflb_flow_find() - finds the flow of an entry
 * @ct: the entry
 *
 * Context: under RCU.
 * Return: the flow, maybe not open yet or not any more, or NULL.
 */
struct nflb_flow *nflb_flow_find(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);

	if (!help || rcu_access_pointer(help->helper) != &nflb_helper)
		return NULL;
	return (struct nflb_flow *)help->data;
}

static void nflb_flow_set_inactive(struct nflb_flow *flow,
				   struct nflb_backend *backend)
{
	if (!test_and_clear_bit(NFLB_FLOW_ACTIVE, &flow->service))
		return;
	atomic_dec(&backend->account.active);
	atomic_dec(&nflb_flow_service(flow)->active);
}

/*
 * If the entry dies meanwhile, either nflb_flow_put() sees the flag that is set
 * first here, or we see that the backend is gone, which is first there.
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

/**
 * nflb_flow_get() - opens a flow
 * @nn: the namespace
 * @flow: the flow, which nobody else opens
 * @backend: its backend; a reference is taken
 * @service: account of its service; a reference is taken
 *
 * Context: softirq or process, under RCU.
 */
void nflb_flow_get(struct nflb_net *nn, struct nflb_flow *flow,
		   struct nflb_backend *backend, struct nflb_account *service)
{
	nflb_account_get(&backend->account);
	nflb_account_get(service);
	atomic_inc(&backend->account.active);
	atomic_inc(&service->active);
	atomic_inc(&nn->n_flows);
	WRITE_ONCE(flow->service, flow->service | (unsigned long)service |
				  BIT(NFLB_FLOW_ACTIVE));
	/* Pairs with smp_load_acquire() in nflb_flow_backend(). */
	smp_store_release(&flow->backend, backend);
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
	nflb_account_put(nflb_flow_service(flow));
	nflb_backend_put(backend);
	/* Pairs with synchronize_net() in nflb_txn_update_hooks(). */
	if (atomic_dec_and_test(&nn->n_flows) &&
	    READ_ONCE(nn->has_idle_hooks))
		queue_work(nflb_wq, &nn->idle_work);
}

/* Runs once for every confirmed entry, before it leaves the table. */
static void nflb_flow_destroy(struct nf_conn *ct)
{
	struct nflb_flow *flow = nflb_flow_find(ct);

	if (flow)
		nflb_flow_put(nflb_net(nf_ct_net(ct)), flow);
}

/**
 * nflb_flow_resolve() - finds whom a new flow is to be charged to
 * @snap: the configuration
 * @ct: the flow's entry, bound
 * @backend: where the backend goes
 * @service: where the service goes
 *
 * The flow was bound some microseconds ago, maybe by another configuration: a
 * backend that the present one lacks gets no flow, so whoever has removed it
 * can rely on that.
 *
 * Context: softirq or process, under RCU.
 * Return: false if the configuration does not have them.
 */
bool nflb_flow_resolve(const struct nflb_snapshot *snap,
		       const struct nf_conn *ct, struct nflb_backend **backend,
		       const struct nflb_service **service)
{
	struct nflb_addr addr = {
		.family = nf_ct_l3num(ct),
		.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3,
	};
	const struct nflb_pool *pool;
	struct nflb_tuple tuple;
	u32 pos;

	nflb_bind_tuple(ct, &tuple);
	pos = nflb_match_frontend(snap, &tuple.dst);
	if (pos == NFLB_NONE)
		return false;
	pos = nflb_match_service(snap, pos, tuple.protocol, tuple.dst_port);
	if (pos == NFLB_NONE)
		return false;
	*service = nflb_snapshot_service(snap, pos);
	pool = nflb_snapshot_pool(snap, (*service)->pool);
	pos = nflb_pool_find_addr(pool, &addr);
	if (pos == NFLB_NONE)
		return false;
	*backend = pool->member[pos].backend;
	return true;
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

static void nflb_flow_count_new(struct nflb_net *nn, const struct nf_conn *ct,
				const struct nflb_flow *flow,
				struct nflb_backend *backend,
				struct nflb_account *service)
{
	local_bh_disable();
	nflb_counters_new_flow(backend->account.counters);
	nflb_counters_new_flow(service->counters);
	local_bh_enable();
	if (test_bit(NFLB_FLOW_HAIRPIN, &flow->service))
		nflb_flow_count_reason(nn, service, NFLB_HAIRPIN);
	else if (nf_ct_protonum(ct) != IPPROTO_ICMP &&
		 nf_ct_protonum(ct) != IPPROTO_ICMPV6 &&
		 nflb_flow_port_is_rewritten(ct))
		nflb_flow_count_reason(nn, service, NFLB_PORT_REWRITTEN);
}

static void nflb_flow_drop_loser(struct rcu_head *rcu)
{
	struct nflb_flow_loser *loser;

	loser = container_of(rcu, struct nflb_flow_loser, rcu);
	nf_ct_put((struct nf_conn *)nflb_flow_service(&loser->flow));
}

/*
 * The packet has gone over to the winner's entry, but our caller in 6.1 still
 * looks at the loser's. Nobody else does, so its own private data takes it
 * over the grace period.
 */
static void nflb_flow_keep_loser(struct nf_conn *ct, struct nflb_flow *flow)
{
	struct nflb_flow_loser *loser;

	loser = container_of(flow, struct nflb_flow_loser, flow);
	WRITE_ONCE(flow->service, (unsigned long)ct | BIT(NFLB_FLOW_CLAIMED));
	call_rcu(&loser->rcu, nflb_flow_drop_loser);
}

/*
 * Opens a flow and confirms its entry, which then surely is destroyed by the
 * callback one day. If conntrack does not take the entry, or another packet's
 * instead, the flow has never been.
 */
static int nflb_flow_confirm(struct sk_buff *skb, struct nf_conn *ct,
			     struct nflb_flow *flow,
			     struct nflb_backend *backend,
			     struct nflb_account *service)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	int verdict;

	nf_conntrack_get(&ct->ct_general);
	nflb_flow_get(nn, flow, backend, service);
	verdict = nf_conntrack_confirm(skb);
	if (verdict != NF_ACCEPT) {
		nflb_flow_put(nn, flow);
		nflb_flow_count_reason(nn, service, NFLB_DROP_CONFIRM);
		nf_ct_put(ct);
	} else if (skb_nfct(skb) != &ct->ct_general) {
		nflb_flow_put(nn, flow);
		nflb_flow_count_reason(nn, service, NFLB_CLASH_MERGED);
		nflb_flow_keep_loser(ct, flow);
	} else {
		nflb_flow_count_new(nn, ct, flow, backend, service);
		nf_ct_put(ct);
	}
	return verdict;
}

static int nflb_flow_open(struct sk_buff *skb, struct nf_conn *ct,
			  struct nflb_flow *flow)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	const struct nflb_service *service;
	struct nflb_backend *backend;

	if (!snap || !nflb_flow_resolve(snap, ct, &backend, &service)) {
		nflb_reasons_inc(nn->reasons, NFLB_DROP_STALE);
		return NF_DROP;
	}
	return nflb_flow_confirm(skb, ct, flow, backend, service->account);
}

static bool nflb_flow_is_closed(const struct nf_conn *ct)
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
 * nflb_flow_check_closed() - notices that both ends have closed a flow
 * @ct: its entry
 * @flow: the flow
 * @backend: its backend
 *
 * Or that they have opened it again: SCTP associations keep their entry.
 *
 * Context: any, under RCU or with a reference to the accounts.
 */
void nflb_flow_check_closed(const struct nf_conn *ct, struct nflb_flow *flow,
			    struct nflb_backend *backend)
{
	if (nflb_flow_is_closed(ct))
		nflb_flow_set_inactive(flow, backend);
	else if (!test_bit(NFLB_FLOW_ACTIVE, &flow->service))
		nflb_flow_set_active(flow, backend);
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

	/* Pairs with smp_store_release() in nflb_flow_get(). */
	return flow ? smp_load_acquire(&flow->backend) : NULL;
}

/* A packet to the gateway from itself comes by twice. */
static void nflb_flow_count(const struct sk_buff *skb, const struct nf_conn *ct,
			    bool is_reply)
{
	struct nflb_backend *backend = nflb_flow_backend(ct);
	struct nflb_flow *flow = nflb_flow_find(ct);
	u32 n_pkts;

	if (!backend || nf_is_loopback_packet(skb))
		return;
	n_pkts = max_t(u32, 1, skb_shinfo(skb)->gso_segs);
	local_bh_disable();
	nflb_counters_packet(backend->account.counters, is_reply, n_pkts,
			     skb->len);
	nflb_counters_packet(nflb_flow_service(flow)->counters, is_reply,
			     n_pkts, skb->len);
	local_bh_enable();
	nflb_flow_check_closed(ct, flow, backend);
}

/* Conntrack calls this for every packet of the flow, under RCU. */
static int nflb_flow_help(struct sk_buff *skb, unsigned int protoff,
			  struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct nflb_flow *flow;
	int verdict;

	if (unlikely(!nf_ct_is_confirmed(ct))) {
		flow = nflb_flow_find(ct);
		if (READ_ONCE(nflb_flow_is_stopped))
			return NF_DROP;
		/* A reject's answer, or a copy of the first packet. */
		if (ctinfo != IP_CT_NEW || !flow ||
		    test_and_set_bit(NFLB_FLOW_CLAIMED, &flow->service))
			return NF_ACCEPT;
		verdict = nflb_flow_open(skb, ct, flow);
		if (verdict != NF_ACCEPT)
			return verdict;
		ct = nf_ct_get(skb, &ctinfo);
	}
	nflb_flow_count(skb, ct, CTINFO2DIR(ctinfo) == IP_CT_DIR_REPLY);
	return NF_ACCEPT;
}

/*
 * Bound by the former configuration to a backend that the present one lacks,
 * and so never opened, but confirmed all the same.
 */
static bool nflb_flow_is_stray(const struct nf_conn *ct,
			       const struct list_head *doomed)
{
	const struct nflb_snapshot *snap;
	const struct nflb_doom *doom;
	struct nflb_tuple tuple;
	struct nflb_addr addr;

	if (!(ct->status & IPS_DST_NAT))
		return false;
	snap = rcu_dereference(nflb_net(nf_ct_net(ct))->snap);
	nflb_bind_tuple(ct, &tuple);
	if (!snap || nflb_match_frontend(snap, &tuple.dst) == NFLB_NONE)
		return false;
	addr.family = nf_ct_l3num(ct);
	addr.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3;
	list_for_each_entry(doom, doomed, node) {
		if (nflb_addr_equal(&doom->backend->addr, &addr))
			return true;
	}
	return false;
}

static int nflb_flow_is_doomed(struct nf_conn *ct, void *data)
{
	struct nflb_backend *backend;
	bool is_doomed;

	rcu_read_lock();
	backend = nflb_flow_backend(ct);
	if (backend)
		is_doomed = READ_ONCE(backend->is_doomed);
	else
		is_doomed = nflb_flow_is_stray(ct, data);
	rcu_read_unlock();
	return is_doomed;
}

static int nflb_flow_is_ours(struct nf_conn *ct, void *data)
{
	return !!nflb_flow_find(ct);
}

/**
 * nflb_flow_kill_doomed() - ends the flows of backends that are doomed
 * @net: the namespace
 * @doomed: struct nflb_doom, the backends
 *
 * Context: process, may sleep.
 */
void nflb_flow_kill_doomed(struct net *net, const struct list_head *doomed)
{
	struct nf_ct_iter_data iter = { .net = net, .data = (void *)doomed };

	nf_ct_iterate_cleanup_net(nflb_flow_is_doomed, &iter);
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

/**
 * nflb_flow_stop() - opens no flows any more, in any namespace
 *
 * Holds for packets on their way after the next grace period.
 *
 * Context: process; the module goes.
 */
void nflb_flow_stop(void)
{
	WRITE_ONCE(nflb_flow_is_stopped, true);
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
}
