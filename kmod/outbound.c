// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outbound flows: those that backends open and that leave by a snat.
 *
 * As the NAT core gives up after some tries to find a port, and a backend has
 * to get every one that is free, the port is found here. That it is in use is
 * counted from when conntrack takes the entry until the flow is closed; this is
 * seen to by a helper of ours, as with balanced flows.
 */

#include <linux/bottom_half.h>
#include <linux/netfilter/nf_conntrack_pptp.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include "alerts.h"
#include "backend.h"
#include "bind.h"
#include "counters.h"
#include "flow.h"
#include "lease.h"
#include "net.h"
#include "outbound.h"
#include "outlet.h"
#include "outlist.h"
#include "snapshot.h"

static int nflb_outbound_help(struct sk_buff *skb, unsigned int protoff,
			      struct nf_conn *ct,
			      enum ip_conntrack_info ctinfo);
static void nflb_outbound_destroy(struct nf_conn *ct);

static const struct nf_conntrack_expect_policy nflb_outbound_expected[] =
	NFLB_EXPECT_POLICIES("nflb-snat");

/* Never registered, as that of balanced flows. */
static struct nf_conntrack_helper nflb_outbound_helper __read_mostly = {
	.name = "nflb-snat",
	.me = THIS_MODULE,
	.expect_policy = nflb_outbound_expected,
	.help = nflb_outbound_help,
	.destroy = nflb_outbound_destroy,
	.refcnt = REFCOUNT_INIT(1),
};

/* How long packets of a connection are on their way that has been closed. */
#define NFLB_OUTBOUND_GUARD_JIFFIES (2 * HZ)

/* Bit of nflb_outbound_mark.flags: a packet has begun to open the flow */
#define NFLB_OUTBOUND_CLAIMED 0

/**
 * struct nflb_outbound_mark - what makes an entry an outbound flow
 * @flow: the flow; NULL before it is opened and once the entry dies
 * @flags: NFLB_OUTBOUND_CLAIMED
 *
 * As with struct nflb_mark, nothing of ours may stand where PPTP has its keys.
 */
struct nflb_outbound_mark {
	struct nflb_outbound *flow;
	unsigned long flags;
};

static_assert(sizeof(struct nflb_outbound_mark) <=
	      offsetof(struct nf_ct_pptp_master, keymap));

/**
 * struct nflb_outbound_search - what a port is looked for
 * @ct: the entry
 * @reply: the answers, as they would be
 */
struct nflb_outbound_search {
	const struct nf_conn *ct;
	struct nf_conntrack_tuple reply;
};

static struct nflb_outbound_mark *nflb_outbound_mark(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);

	if (!help || rcu_access_pointer(help->helper) != &nflb_outbound_helper)
		return NULL;
	return (struct nflb_outbound_mark *)help->data;
}

/**
 * nflb_outbound_flow() - finds the flow of an entry
 * @ct: the entry
 *
 * Context: under RCU.
 * Return: the flow, or NULL if it has none that is open.
 */
struct nflb_outbound *nflb_outbound_flow(const struct nf_conn *ct)
{
	struct nflb_outbound_mark *mark = nflb_outbound_mark(ct);

	/* Pairs with smp_store_release() in nflb_outbound_confirm(). */
	return mark ? smp_load_acquire(&mark->flow) : NULL;
}

/**
 * nflb_outbound_holder() - finds who has the port of a flow
 * @ct: the flow's entry
 * @holder: where that goes
 *
 * Context: under RCU, which what is found stays for.
 * Return: false if the entry has no flow whose port is counted, or not any
 * more.
 */
bool nflb_outbound_holder(const struct nf_conn *ct,
			  struct nflb_holder *holder)
{
	const struct nflb_outbound *flow = nflb_outbound_flow(ct);
	struct nflb_block *block = flow ? READ_ONCE(flow->block) : NULL;
	struct nflb_lease *lease;

	if (!block)
		return false;
	/*
	 * Without flows the block is another backend's soon, but then this flow
	 * has none: pairs with xchg() in nflb_outbound_release().
	 */
	lease = smp_load_acquire(&block->lease);
	if (!lease || READ_ONCE(flow->block) != block)
		return false;
	holder->backend = container_of(lease, struct nflb_backend, lease);
	holder->outlet = block->outlet;
	return true;
}

/**
 * nflb_outbound_attach() - marks an entry as an outbound flow
 * @ct: entry that is not confirmed and has no helper
 *
 * Context: softirq or process, under RCU.
 * Return: 0 or -ENOMEM.
 */
int nflb_outbound_attach(struct nf_conn *ct)
{
	struct nf_conn_help *help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);

	if (!help)
		return -ENOMEM;
	rcu_assign_pointer(help->helper, &nflb_outbound_helper);
	return 0;
}

/**
 * nflb_outbound_is_helper() - tells whether a helper is that of outbound flows
 * @helper: the helper, or NULL
 *
 * Return: true if so.
 */
bool nflb_outbound_is_helper(const struct nf_conntrack_helper *helper)
{
	return helper == &nflb_outbound_helper;
}

/**
 * nflb_outbound_is_attached() - tells whether an entry is an outbound flow
 * @ct: the entry
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool nflb_outbound_is_attached(const struct nf_conn *ct)
{
	return nflb_outbound_mark(ct);
}

static bool nflb_outbound_is_ping(u8 protocol)
{
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

static bool nflb_outbound_has_port(u8 protocol)
{
	return nflb_protocol_has_ports(protocol) ||
	       nflb_outbound_is_ping(protocol);
}

/* An id is the same in both directions. */
static __be16 *nflb_outbound_port(struct nf_conntrack_tuple *reply)
{
	return nflb_outbound_is_ping(reply->dst.protonum) ?
		       &reply->src.u.icmp.id : &reply->dst.u.all;
}

static void nflb_outbound_try(struct nflb_outbound_search *search,
			      const struct nflb_block *block, u16 port)
{
	search->reply.dst.u3 = block->outlet->addr.ip;
	*nflb_outbound_port(&search->reply) = htons(port);
}

static bool nflb_outbound_is_free(const struct nflb_block *block, u16 port,
				  void *data)
{
	struct nflb_outbound_search *search = data;

	nflb_outbound_try(search, block, port);
	return !nf_conntrack_tuple_taken(&search->reply, search->ct);
}

/* For how long a connection has been closed. */
static unsigned long nflb_outbound_closed_jiffies(const struct nf_conn *ct)
{
	const struct nf_tcp_net *tn = nf_tcp_pernet(nf_ct_net(ct));
	unsigned long timeout = tn->timeouts[READ_ONCE(ct->proto.tcp.state)];

	return timeout - min(timeout, nf_ct_expires(ct));
}

/*
 * Conntrack remembers a connection that both ends have closed for two minutes.
 * The port may be used again before: if the server takes no packet of the new
 * connection for one of the old, which the first sequence number shows (RFC
 * 6191); or once packets of the old one are on their way no more.
 */
static bool nflb_outbound_may_follow(const struct nf_conn *new,
				     const struct nf_conn *old)
{
	s32 ahead = new->proto.tcp.seen[0].td_end -
		    old->proto.tcp.seen[0].td_end;

	return ahead > 0 ||
	       nflb_outbound_closed_jiffies(old) >= NFLB_OUTBOUND_GUARD_JIFFIES;
}

/* Ends the closed connection that has the port, if it has one. */
static bool nflb_outbound_end_closed(const struct nflb_block *block, u16 port,
				     void *data)
{
	struct nflb_outbound_search *search = data;
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conn *ct;
	bool has_ended;

	nflb_outbound_try(search, block, port);
	hash = nf_conntrack_find_get(nf_ct_net(search->ct),
				     nf_ct_zone(search->ct), &search->reply);
	if (!hash)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(hash);
	has_ended = NF_CT_DIRECTION(hash) == IP_CT_DIR_REPLY &&
		    nflb_outbound_is_attached(ct) && nflb_flow_is_closed(ct) &&
		    nflb_outbound_may_follow(search->ct, ct) && nf_ct_kill(ct);
	nf_ct_put(ct);
	return has_ended;
}

static bool nflb_outbound_is_syn(const struct nf_conn *ct)
{
	return nf_ct_protonum(ct) == IPPROTO_TCP &&
	       ct->proto.tcp.state == TCP_CONNTRACK_SYN_SENT;
}

static const struct nflb_block *
nflb_outbound_find(struct nflb_lease *lease, struct nflb_search *how,
		   struct nflb_outbound_search *search, u16 *port)
{
	const struct nflb_block *block;

	how->is_free = nflb_outbound_is_free;
	block = nflb_lease_find(lease, how, port);
	if (block || !nflb_outbound_is_syn(search->ct))
		return block;
	how->is_free = nflb_outbound_end_closed;
	how->n_outlets = 0;
	return nflb_lease_find(lease, how, port);
}

static enum nflb_exit_kind
nflb_outbound_choose_port(const struct nflb_snat *snat,
			  struct nflb_lease *lease,
			  struct nflb_outbound_search *search,
			  struct nflb_exit *exit)
{
	struct nflb_search how = {
		.outlet = snat->outlet,
		.n_outlets = snat->addrs.n,
		.target = {
			.ip = search->reply.src.u3,
			.port = search->reply.src.u.all,
			.protocol = search->reply.dst.protonum,
		},
		.data = search,
	};
	const struct nflb_block *block;

	/* What stands there is the id, which is looked for. */
	if (nflb_outbound_is_ping(how.target.protocol))
		how.target.port = 0;
	block = nflb_outbound_find(lease, &how, search, &exit->port);
	if (!block) {
		nflb_lease_miss(lease, &how.target);
		return NFLB_EXIT_NONE;
	}
	exit->ip = block->outlet->addr.ip;
	return NFLB_EXIT_PORT;
}

/* Nothing tells two flows of such a protocol to one host apart. */
static enum nflb_exit_kind
nflb_outbound_choose_address(const struct nflb_snat *snat,
			     struct nflb_outbound_search *search,
			     struct nflb_exit *exit)
{
	u32 i;

	for (i = 0; i < snat->addrs.n; i++) {
		exit->ip = snat->addrs.addr[i].ip;
		search->reply.dst.u3 = exit->ip;
		if (!nf_conntrack_tuple_taken(&search->reply, search->ct))
			return NFLB_EXIT_ADDRESS;
	}
	return NFLB_EXIT_NONE;
}

/**
 * nflb_outbound_snat() - finds the snat that a new flow leaves by
 * @snap: the configuration
 * @ct: the flow's entry
 * @backend: where the backend goes that opens it
 *
 * Context: softirq or process, under RCU.
 * Return: the snat, or NULL if it leaves as it is.
 */
const struct nflb_snat *nflb_outbound_snat(const struct nflb_snapshot *snap,
					   const struct nf_conn *ct,
					   struct nflb_backend **backend)
{
	struct nflb_addr addr = {
		.family = nf_ct_l3num(ct),
		.ip = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.src.u3,
	};
	const struct nflb_snat *snat;

	snat = nflb_snat_find(nflb_net(nf_ct_net(ct)), snap, &addr, backend);
	if (!snat || (snat->protocol && snat->protocol != nf_ct_protonum(ct)))
		return NULL;
	return snat;
}

/**
 * nflb_outbound_choose() - says where a new flow leaves
 * @snat: the snat
 * @backend: the backend
 * @ct: the flow's entry, whose source nobody has translated
 * @exit: where the address and the port go
 *
 * Context: softirq or process, under RCU.
 * Return: how it leaves.
 */
enum nflb_exit_kind nflb_outbound_choose(const struct nflb_snat *snat,
					 struct nflb_backend *backend,
					 const struct nf_conn *ct,
					 struct nflb_exit *exit)
{
	struct nflb_outbound_search search = {
		.ct = ct,
		.reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple,
	};

	if (nflb_outbound_has_port(nf_ct_protonum(ct)))
		return nflb_outbound_choose_port(snat, &backend->lease, &search,
						 exit);
	return nflb_outbound_choose_address(snat, &search, exit);
}

/* The block of the port that a flow has been given. */
static struct nflb_block *nflb_outbound_block(const struct nflb_snat *snat,
					      struct nf_conntrack_tuple *reply)
{
	u32 port = ntohs(*nflb_outbound_port(reply)) - NFLB_SNAT_PORT_FIRST;
	u32 i;

	for (i = 0; i < snat->addrs.n; i++) {
		if (nf_inet_addr_cmp(&snat->addrs.addr[i].ip, &reply->dst.u3) &&
		    port < NFLB_SNAT_PORTS_MAX)
			return &snat->outlet[i]->block[port / NFLB_SNAT_BLOCK];
	}
	return NULL;
}

/**
 * nflb_outbound_port_of() - tells the port that a flow leaves with
 * @ct: the flow's entry
 *
 * Return: the port, or the id of a ping, in host order.
 */
u16 nflb_outbound_port_of(const struct nf_conn *ct)
{
	struct nf_conntrack_tuple reply;

	reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	return ntohs(*nflb_outbound_port(&reply));
}

/* Whether alerts begin or end is for others to judge, when it may be. */
static void nflb_outbound_look(struct nflb_net *nn, struct nflb_lease *lease)
{
	enum nflb_lease_usage usage = nflb_lease_usage(lease);

	if (usage == READ_ONCE(lease->usage))
		return;
	WRITE_ONCE(lease->usage, usage);
	nflb_alerts_wake(nn);
}

/*
 * Counts the port as used. Somebody may have held the packet for as long as he
 * liked, so whose the port is now is found again.
 */
static struct nflb_block *nflb_outbound_hold(struct nflb_net *nn,
					     const struct nf_conn *ct)
{
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nf_conntrack_tuple reply;
	const struct nflb_snat *snat;
	struct nflb_backend *backend;
	struct nflb_block *block;

	snat = snap ? nflb_outbound_snat(snap, ct, &backend) : NULL;
	if (!snat)
		return NULL;
	reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	block = nflb_outbound_block(snat, &reply);
	if (!block || !nflb_lease_hold(&backend->lease, block,
				       nflb_outbound_port_of(ct)))
		return NULL;
	nflb_outbound_look(nn, &backend->lease);
	nflb_account_get(&backend->account);
	atomic_inc(&nn->n_flows);
	return block;
}

static void nflb_outbound_put(struct nflb_net *nn, const struct nf_conn *ct,
			      struct nflb_block *block)
{
	struct nflb_lease *lease;

	lease = nflb_lease_release(block, nflb_outbound_port_of(ct));
	nflb_outbound_look(nn, lease);
	nflb_backend_put(container_of(lease, struct nflb_backend, lease));
	nflb_net_put_flow(nn);
}

/**
 * nflb_outbound_release() - counts the port of a flow as used no longer
 * @flow: the flow
 *
 * Context: any but hard interrupt.
 */
void nflb_outbound_release(struct nflb_outbound *flow)
{
	struct nflb_block *block = xchg(&flow->block, NULL);

	if (block)
		nflb_outbound_put(nflb_net(nf_ct_net(flow->ct)), flow->ct,
				  block);
}

/* Runs once for every confirmed entry, before it leaves the table. */
static void nflb_outbound_destroy(struct nf_conn *ct)
{
	struct nflb_outbound_mark *mark = nflb_outbound_mark(ct);
	struct nflb_outbound *flow;

	if (!mark)
		return;
	flow = xchg(&mark->flow, NULL);
	if (flow) {
		nflb_outbound_release(flow);
		nflb_outlist_forget(nflb_net(nf_ct_net(ct)), flow);
	}
	/* Whoever still holds the entry may do so when the module has gone. */
	RCU_INIT_POINTER(nfct_help(ct)->helper, NULL);
}

/*
 * Has conntrack take the entry: only one that it has taken is sure to be
 * destroyed by the callback. If the packet has gone over to the entry of
 * another first packet of the flow, our caller in 6.1 still looks at its own:
 * so that stays until the grace period, as the flow's reference does.
 */
static int nflb_outbound_confirm(struct nflb_net *nn, struct sk_buff *skb,
				 struct nf_conn *ct,
				 struct nflb_outbound_mark *mark,
				 struct nflb_outbound *flow)
{
	int verdict;

	nflb_times_begin(&flow->block->outlet->times, ct);
	/* Pairs with smp_load_acquire() in nflb_outbound_flow(). */
	smp_store_release(&mark->flow, flow);
	verdict = nf_conntrack_confirm(skb);
	if (verdict == NF_ACCEPT && skb_nfct(skb) == &ct->ct_general) {
		nflb_reasons_inc(nn->reasons, NFLB_SNAT_FLOWS);
		return verdict;
	}
	/* 6.1 hides it once extensions are outdated. */
	mark = nflb_outbound_mark(ct);
	if (mark)
		WRITE_ONCE(mark->flow, NULL);
	nflb_outbound_release(flow);
	nflb_outlist_forget(nn, flow);
	nflb_reasons_inc(nn->reasons, verdict == NF_ACCEPT ?
					      NFLB_CLASH_MERGED :
					      NFLB_DROP_CONFIRM);
	return verdict;
}

static int nflb_outbound_open(struct sk_buff *skb, struct nf_conn *ct,
			      struct nflb_outbound_mark *mark)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	struct nflb_outbound *flow = kzalloc(sizeof(*flow), GFP_ATOMIC);

	if (!flow) {
		nflb_reasons_inc(nn->reasons, NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	flow->block = nflb_outbound_hold(nn, ct);
	if (!flow->block) {
		kfree(flow);
		nflb_reasons_inc(nn->reasons, NFLB_DROP_STALE);
		return NF_DROP;
	}
	nflb_outlist_add(nn, flow, ct);
	return nflb_outbound_confirm(nn, skb, ct, mark, flow);
}

/* A packet of a flow that is open, which conntrack has let pass. */
static void nflb_outbound_pass(struct nf_conn *ct, struct nflb_outbound *flow)
{
	const struct nflb_block *block = READ_ONCE(flow->block);

	if (!block)
		return;
	if (nf_ct_protonum(ct) == IPPROTO_TCP && nflb_flow_is_closed(ct)) {
		nflb_outbound_release(flow);
		return;
	}
	WRITE_ONCE(flow->stamp, nfct_time_stamp);
	nflb_times_renew(&block->outlet->times, ct);
}

static int nflb_outbound_take(struct sk_buff *skb, struct nf_conn *ct,
			      enum ip_conntrack_info ctinfo)
{
	struct nflb_outbound_mark *mark;
	struct nflb_outbound *flow;

	if (nf_ct_is_confirmed(ct)) {
		flow = nflb_outbound_flow(ct);
		/* An ICMP error is no packet of the flow. */
		if (flow && ctinfo != IP_CT_RELATED)
			nflb_outbound_pass(ct, flow);
		return NF_ACCEPT;
	}
	mark = nflb_outbound_mark(ct);
	if (nflb_flow_is_stopped())
		return NF_DROP;
	/* A reject's answer, or a copy of the first packet. */
	if (ctinfo != IP_CT_NEW || !mark ||
	    test_and_set_bit(NFLB_OUTBOUND_CLAIMED, &mark->flags))
		return NF_ACCEPT;
	return nflb_outbound_open(skb, ct, mark);
}

/* Conntrack calls this for every packet of the flow, under RCU. */
static int nflb_outbound_help(struct sk_buff *skb, unsigned int protoff,
			      struct nf_conn *ct,
			      enum ip_conntrack_info ctinfo)
{
	int verdict;

	local_bh_disable();
	verdict = nflb_outbound_take(skb, ct, ctinfo);
	local_bh_enable();
	return verdict;
}
