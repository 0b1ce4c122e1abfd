// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding: what the NAT core asks us for the first packet of a flow.
 *
 * Registered with the NAT core instead of as packet hooks: it asks once per
 * flow and translates all other packets by itself. No packet is looked into,
 * what is needed stands in the conntrack entry.
 */

#include <linux/bottom_half.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_masquerade.h>
#include <net/route.h>

#include "alg.h"
#include "bind.h"
#include "core.h"
#include "counters.h"
#include "device.h"
#include "floating.h"
#include "flow.h"
#include "hooks.h"
#include "net.h"
#include "outbound.h"
#include "ping.h"
#include "snapshot.h"
#include "stray.h"

/**
 * nflb_bind_read() - reads a tuple of conntrack's
 * @t: the tuple
 * @tuple: where what it says goes
 */
void nflb_bind_read(const struct nf_conntrack_tuple *t,
		    struct nflb_tuple *tuple)
{
	tuple->src.family = t->src.l3num;
	tuple->src.ip = t->src.u3;
	tuple->dst.family = t->src.l3num;
	tuple->dst.ip = t->dst.u3;
	tuple->protocol = t->dst.protonum;
	tuple->src_port = 0;
	tuple->dst_port = 0;
	if (nflb_protocol_has_ports(tuple->protocol)) {
		tuple->src_port = ntohs(t->src.u.all);
		tuple->dst_port = ntohs(t->dst.u.all);
	}
}

/**
 * nflb_bind_write() - takes back nflb_bind_read(), for protocols with ports
 * @tuple: what a packet says
 * @t: where conntrack's tuple of it goes
 */
void nflb_bind_write(const struct nflb_tuple *tuple,
		     struct nf_conntrack_tuple *t)
{
	*t = (struct nf_conntrack_tuple) {
		.src.l3num = tuple->src.family,
		.src.u3 = tuple->src.ip,
		.src.u.all = htons(tuple->src_port),
		.dst.u3 = tuple->dst.ip,
		.dst.u.all = htons(tuple->dst_port),
		.dst.protonum = tuple->protocol,
		.dst.dir = IP_CT_DIR_ORIGINAL,
	};
}

/**
 * nflb_bind_tuple() - tells what the first packet of an entry said
 * @ct: the entry
 * @tuple: where it goes
 */
void nflb_bind_tuple(const struct nf_conn *ct, struct nflb_tuple *tuple)
{
	nflb_bind_read(&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple, tuple);
}

/*
 * What the NAT core would do, at less cost: for one address and one port it
 * looks whether another flow has the tuple already, but then has nothing else
 * to give. It looks again for the source, and that it can change.
 */
static void nflb_bind_set_dst(struct nf_conn *ct, const union nf_inet_addr *ip,
			      __be16 port)
{
	struct nf_conntrack_tuple *reply;

	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	if (!nf_inet_addr_cmp(&reply->src.u3, ip) || reply->src.u.all != port)
		ct->status |= IPS_DST_NAT;
	reply->src.u3 = *ip;
	reply->src.u.all = port;
	ct->status |= IPS_DST_NAT_DONE;
}

/* Port 0 stays what it is. */
static unsigned int nflb_bind_setup(struct nf_conn *ct,
				    const union nf_inet_addr *ip, __be16 port,
				    enum nf_nat_manip_type manip)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr = *ip,
		.max_addr = *ip,
		.min_proto.all = port,
		.max_proto.all = port,
	};

	if (port)
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
	return nf_nat_setup_info(ct, &range, manip);
}

static unsigned int nflb_bind_translate(struct nf_conn *ct,
					const struct nflb_tuple *tuple,
					const struct nflb_decision *dec)
{
	const union nf_inet_addr *ip;
	__be16 port;

	ip = &dec->pool->member[dec->choice.member].backend->addr.ip;
	if (!nflb_protocol_has_ports(tuple->protocol))
		return nflb_bind_setup(ct, ip, 0, NF_NAT_MANIP_DST);
	port = htons(nflb_service_backend_port(dec->service, tuple->dst_port));
	/* A helper's entry is given more by the NAT core. */
	if (nfct_help(ct))
		return nflb_bind_setup(ct, ip, port, NF_NAT_MANIP_DST);
	nflb_bind_set_dst(ct, ip, port);
	return NF_ACCEPT;
}

/**
 * nflb_bind_mark() - makes an entry one whose destination is translated
 * @ct: entry that is not in conntrack's table, with the tuples of a flow that
 *	the NAT core has not been asked about
 *
 * The source is as it was; that this is settled is not noted, as the NAT core
 * would then undo, at some cost, what nobody has done. So, until the first
 * answer, it asks the host's source rules for each packet that goes the slow
 * path, though they cannot change an entry in use any more.
 *
 * Context: softirq.
 */
void nflb_bind_mark(struct nf_conn *ct)
{
	ct->status |= IPS_DST_NAT | IPS_DST_NAT_DONE;
}

/**
 * nflb_bind_count() - counts a reason
 * @nn: the namespace
 * @service: the service that it is counted for, too, or NULL
 * @reason: the reason
 *
 * Context: softirq or process.
 */
void nflb_bind_count(struct nflb_net *nn, const struct nflb_service *service,
		     enum nflb_reason reason)
{
	local_bh_disable();
	nflb_reasons_inc(nn->reasons, reason);
	if (service)
		nflb_reasons_inc(service->account->reasons, reason);
	local_bh_enable();
}

/**
 * nflb_bind_count_eviction() - counts a pick that another client pays for
 * @nn: the namespace
 * @dec: what has been decided of a new flow, a backend
 *
 * Whatever comes of the flow, it does.
 *
 * Context: softirq or process, under RCU.
 */
void nflb_bind_count_eviction(struct nflb_net *nn,
			      const struct nflb_decision *dec)
{
	if (unlikely(dec->choice.evicts))
		nflb_bind_count(nn, dec->service, NFLB_AFFINITY_EVICTIONS);
}

/**
 * nflb_bind_count_pick() - counts a pick that is not just the scheduler's
 * @nn: the namespace
 * @dec: what has been decided of a new flow, a backend
 *
 * Context: softirq or process, under RCU.
 */
void nflb_bind_count_pick(struct nflb_net *nn, const struct nflb_decision *dec)
{
	static const enum nflb_reason reason[] = {
		[NFLB_FALLBACK_BACKUP] = NFLB_BACKUP_PICKS,
		[NFLB_FALLBACK_ALL] = NFLB_ALL_DOWN_PICKS,
		[NFLB_FALLBACK_PANIC] = NFLB_PANIC_PICKS,
		[NFLB_FALLBACK_SPILL] = NFLB_SPILL_PICKS,
	};

	if (unlikely(dec->fallback != NFLB_FALLBACK_NONE))
		nflb_bind_count(nn, dec->service, reason[dec->fallback]);
	if (unlikely(nflb_choice_is_kept(&dec->choice)))
		nflb_bind_count(nn, dec->service, NFLB_AFFINITY_HITS);
	if (unlikely(dec->choice.full != NFLB_NONE))
		nflb_bind_count(nn, dec->service, NFLB_OVERFLOW_PICKS);
}

/* 6.1 takes for a route what a tunnel says of the packet. */
static void nflb_bind_drop_metadata(struct sk_buff *skb)
{
	if (!skb_valid_dst(skb))
		skb_dst_drop(skb);
}

/**
 * nflb_bind_send_reset() - resets the sender of a packet
 * @skb: the packet, of TCP
 * @state: the hook that it is at
 *
 * Context: softirq or process, under RCU.
 */
void nflb_bind_send_reset(struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	nflb_bind_drop_metadata(skb);
	if (state->pf == NFPROTO_IPV4)
		nf_send_reset(state->net, state->sk, skb, state->hook);
	else
		nf_send_reset6(state->net, state->sk, skb, state->hook);
}

static void nflb_bind_send_unreach(struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   int code, unsigned char code6)
{
	nflb_bind_drop_metadata(skb);
	if (state->pf == NFPROTO_IPV4)
		nf_send_unreach(skb, code, state->hook);
	else
		nf_send_unreach6(state->net, skb, code6, state->hook);
}

/* As the host's rules would reject it. */
static void nflb_bind_reject(struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (ct && nf_ct_protonum(ct) == IPPROTO_TCP)
		nflb_bind_send_reset(skb, state);
	else
		nflb_bind_send_unreach(skb, state, ICMP_PORT_UNREACH,
				       ICMPV6_PORT_UNREACH);
}

/* What an echo request to a frontend gets. */
static unsigned int nflb_bind_ping(struct nflb_net *nn, struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct nflb_frontend *frontend)
{
	if (frontend->ping == NFLB_PING_NEVER) {
		nflb_bind_count(nn, NULL, NFLB_PING_DROPS);
		return NF_DROP;
	}
	if (frontend->ping == NFLB_PING_SERVED &&
	    !READ_ONCE(frontend->is_served)) {
		nflb_bind_count(nn, NULL, NFLB_PING_UNREACHABLE);
		nflb_bind_send_unreach(skb, state, ICMP_HOST_UNREACH,
				       ICMPV6_ADDR_UNREACH);
		return NF_DROP;
	}
	if (!nflb_ping_is_within_limit(&frontend->ping_limit) ||
	    !nflb_ping_reply(state->net, skb, state->pf)) {
		nflb_bind_count(nn, NULL, NFLB_PING_DROPS);
		return NF_DROP;
	}
	nflb_bind_count(nn, NULL, NFLB_PING_REPLIES);
	return NF_STOLEN;
}

/* What a new flow gets that nobody can serve. */
static unsigned int nflb_bind_refuse(struct nflb_net *nn, struct sk_buff *skb,
				     const struct nf_hook_state *state,
				     const struct nflb_decision *dec)
{
	bool is_full = dec->verdict == NFLB_VERDICT_FULL;

	if (dec->service->all_down == NFLB_ALL_DOWN_REJECT) {
		nflb_bind_count(nn, dec->service, is_full ?
				NFLB_REJECT_FULL : NFLB_REJECT_NO_BACKEND);
		nflb_bind_reject(skb, state);
	} else {
		nflb_bind_count(nn, dec->service, is_full ?
				NFLB_DROP_FULL : NFLB_DROP_NO_BACKEND);
	}
	return NF_DROP;
}

/* What a new flow gets that its service does not want. */
static unsigned int nflb_bind_drop(struct nflb_net *nn,
				   const struct nflb_decision *dec)
{
	enum nflb_reason reason = NFLB_DROP_NOT_ALLOWED;

	if (dec->verdict == NFLB_VERDICT_MAX_FLOWS)
		reason = NFLB_DROP_MAX_FLOWS;
	else if (dec->verdict == NFLB_VERDICT_MAX_RATE)
		reason = NFLB_DROP_MAX_RATE;
	nflb_bind_count(nn, dec->service, reason);
	return NF_DROP;
}

/**
 * nflb_bind_turn_away() - does away with the first packet of a flow
 * @nn: the namespace
 * @skb: the packet; one without an entry is of UDP
 * @state: the hook that it is at
 * @dec: what has been decided: a service, but no backend
 *
 * Context: softirq or process, under RCU.
 * Return: NF_DROP.
 */
unsigned int nflb_bind_turn_away(struct nflb_net *nn, struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct nflb_decision *dec)
{
	if (dec->verdict == NFLB_VERDICT_NO_BACKEND ||
	    dec->verdict == NFLB_VERDICT_FULL)
		return nflb_bind_refuse(nn, skb, state, dec);
	return nflb_bind_drop(nn, dec);
}

/*
 * The NAT core asks again for an entry that got into the table before it was
 * asked, by act_ct for one: nothing can be bound any more.
 */
static bool nflb_bind_is_new(const struct nf_conn *ct,
			     enum ip_conntrack_info ctinfo)
{
	return ct && ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct);
}

/**
 * nflb_bind_route() - finds the route to an address
 * @net: the namespace
 * @addr: the address
 * @flags: what else is asked of it, FLOWI_FLAG_KNOWN_NH
 *
 * As for a packet of the gateway's own.
 *
 * Context: softirq or process, under RCU.
 * Return: the route with a reference for the caller, or NULL.
 */
struct dst_entry *nflb_bind_route(struct net *net,
				  const struct nflb_addr *addr, u8 flags)
{
	struct dst_entry *dst = NULL;
	struct flowi fl = {
		.flowi_flags = flags,
	};

	if (addr->family == AF_INET)
		fl.u.ip4.daddr = addr->ip.ip;
	else
		fl.u.ip6.daddr = addr->ip.in6;
	return nf_route(net, &dst, &fl, false, addr->family) ? NULL : dst;
}

/**
 * nflb_bind_is_own() - tells whether an address is one of the gateway's
 * @net: the namespace
 * @addr: the address
 *
 * Context: softirq or process, under RCU.
 * Return: true if so.
 */
bool nflb_bind_is_own(struct net *net, const struct nflb_addr *addr)
{
	struct dst_entry *dst = nflb_bind_route(net, addr, 0);
	bool is_own = dst && dst->dev->flags & IFF_LOOPBACK;

	dst_release(dst);
	return is_own;
}

/*
 * A floating flow's destination stays; whom it is for is said by the route of
 * the packet. The mark, which others get with their source, tells the NAT
 * core's hooks there that there is nothing to be asked.
 */
static unsigned int nflb_bind_float(struct nflb_net *nn, struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    const struct nflb_decision *dec)
{
	const struct nflb_backend *backend;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	backend = dec->pool->member[dec->choice.member].backend;
	/* The gateway's own packets come by LOCAL_OUT, from no device. */
	if (!state->in || !nflb_floating_may_be(ct) ||
	    !nflb_floating_route(state->net, skb, &backend->addr)) {
		nflb_bind_count(nn, dec->service, NFLB_DROP_NOT_FLOATING);
		return NF_DROP;
	}
	if (nflb_flow_attach(ct, false)) {
		nflb_bind_count(nn, dec->service, NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	ct->status |= IPS_DST_NAT_DONE;
	return NF_ACCEPT;
}

/* The destination of a new flow. */
static unsigned int nflb_bind_dst(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_tuple tuple __uninitialized;
	struct nflb_decision dec = {};
	struct nflb_frontend *frontend;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!snap || !nflb_bind_is_new(ct, ctinfo))
		return NF_ACCEPT;

	nflb_bind_tuple(ct, &tuple);
	if (unlikely(nflb_stray_is(ct)) &&
	    !nflb_stray_may_open(nn, snap, skb, state, &tuple))
		return NF_DROP;
	nflb_decide(snap, rcu_dereference(nn->recent), &tuple, &dec);
	switch (dec.verdict) {
	case NFLB_VERDICT_NO_FRONTEND:
		return NF_ACCEPT;
	case NFLB_VERDICT_NO_SERVICE:
		frontend = nflb_snapshot_frontend(snap, dec.frontend);
		if (nflb_ping_is_request(ct) &&
		    snap->frontends.slot[dec.frontend].n_uses)
			return nflb_bind_ping(nn, skb, state, frontend);
		nflb_bind_count(nn, NULL, NFLB_PASS_NO_SERVICE);
		return NF_ACCEPT;
	case NFLB_VERDICT_PICKED:
		break;
	default:
		return nflb_bind_turn_away(nn, skb, state, &dec);
	}
	nflb_bind_count_eviction(nn, &dec);
	nflb_bind_count_pick(nn, &dec);
	/* From the next packet on, such flows are opened there. */
	if (nflb_service_is_express(dec.service) && state->in)
		nflb_device_use(nn, state->in->ifindex);
	nflb_flow_hint(nn, &dec);
	if (unlikely(dec.service->is_floating))
		return nflb_bind_float(nn, skb, state, &dec);
	return nflb_bind_translate(ct, &tuple, &dec);
}

static bool nflb_bind_route_is_on_link(const struct dst_entry *dst, u8 family)
{
	if (family == AF_INET)
		return !container_of(dst, struct rtable, dst)->rt_uses_gateway;
	return !(container_of(dst, struct rt6_info, dst)->rt6i_flags &
		 RTF_GATEWAY);
}

/**
 * nflb_bind_leads_to() - tells whether a device leads to a backend
 * @net: the namespace
 * @dev: the device
 * @backend: the backend's address
 *
 * Context: softirq or process, under RCU.
 * Return: true if the backend is reached by it.
 */
bool nflb_bind_leads_to(struct net *net, const struct net_device *dev,
			const struct nflb_addr *backend)
{
	struct dst_entry *dst = nflb_bind_route(net, backend, 0);
	bool leads = dst && dst->dev == dev;

	dst_release(dst);
	return leads;
}

/**
 * nflb_bind_is_on_link() - tells whether a client is a backend's neighbour
 * @net: the namespace
 * @out: the device that the backend is reached by
 * @client: the client
 *
 * Context: softirq or process, under RCU.
 * Return: true if it is on the device's link.
 */
bool nflb_bind_is_on_link(struct net *net, const struct net_device *out,
			  const struct nflb_addr *client)
{
	struct dst_entry *dst = nflb_bind_route(net, client, 0);
	bool is_on_link;

	is_on_link = dst && dst->dev == out &&
		     nflb_bind_route_is_on_link(dst, client->family);
	dst_release(dst);
	return is_on_link;
}

/*
 * A backend answers a client on its own link, or itself, directly and not
 * through us: the client would see answers from a stranger. With our address
 * as source they come back.
 */
static bool nflb_bind_is_hairpin(const struct nf_hook_state *state,
				 const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig, *reply;
	struct nflb_addr client __uninitialized;

	if (state->hook != NF_INET_POST_ROUTING || !state->in || !state->out)
		return false;
	orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	if (nf_inet_addr_cmp(&reply->src.u3, &orig->src.u3))
		return true;
	if (state->in != state->out)
		return false;
	client.family = orig->src.l3num;
	client.ip = orig->src.u3;
	return nflb_bind_is_on_link(state->net, state->out, &client);
}

static unsigned int nflb_bind_masquerade(struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	struct nf_nat_range2 range = {};

	if (state->pf == NFPROTO_IPV4)
		return nf_nat_masquerade_ipv4(skb, state->hook, &range,
					      state->out);
	return nf_nat_masquerade_ipv6(skb, &range, state->out);
}

/* Ties our flow to the entry; a helper that is there already stays. */
static int nflb_bind_attach(struct nflb_net *nn, const struct sk_buff *skb,
			    struct nf_conn *ct, struct nflb_backend *backend,
			    struct nflb_account *service, bool is_hairpin)
{
	if (nfct_help(ct))
		return nflb_alg_attach(nn, skb, ct, backend, service);
	return nflb_flow_attach(ct, is_hairpin);
}

/* Who is on the backends' own link answers them directly. */
static bool nflb_bind_stays_on_link(const struct nf_hook_state *state,
				    const struct nf_conn *ct)
{
	struct nflb_addr to __uninitialized;

	if (!state->in || state->in != state->out)
		return false;
	to.family = nf_ct_l3num(ct);
	to.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3;
	return nflb_bind_is_on_link(state->net, state->out, &to);
}

/* A helper that is there already stays; then nobody counts the port. */
static unsigned int nflb_bind_exit_by(struct nflb_net *nn, struct nf_conn *ct,
				      const struct nflb_exit *exit, u16 port)
{
	unsigned int verdict;

	verdict = nflb_bind_setup(ct, &exit->ip, htons(port),
				  NF_NAT_MANIP_SRC);
	if (verdict != NF_ACCEPT || !port || nfct_help(ct) ||
	    !nflb_outbound_attach(ct))
		return verdict;
	nflb_bind_count(nn, NULL, NFLB_DROP_NO_MEMORY);
	return NF_DROP;
}

/* The source of a flow that is none of ours, unless a backend has opened it. */
static unsigned int nflb_bind_outbound(struct nflb_net *nn,
				       const struct nflb_snapshot *snap,
				       struct nf_conn *ct,
				       const struct nf_hook_state *state)
{
	struct nflb_exit exit __uninitialized;
	const struct nflb_snat *snat;
	struct nflb_backend *backend;

	if (!snap->snats.n_objects || state->hook != NF_INET_POST_ROUTING)
		return NF_ACCEPT;
	snat = nflb_outbound_snat(snap, ct, &backend);
	if (!snat || nflb_bind_stays_on_link(state, ct))
		return NF_ACCEPT;
	switch (nflb_outbound_choose(snat, backend, ct, &exit)) {
	case NFLB_EXIT_ADDRESS:
		return nflb_bind_exit_by(nn, ct, &exit, 0);
	case NFLB_EXIT_PORT:
		return nflb_bind_exit_by(nn, ct, &exit, exit.port);
	case NFLB_EXIT_NONE:
		break;
	}
	nflb_bind_count(nn, NULL, NFLB_DROP_NO_PORTS);
	return NF_DROP;
}

/*
 * The source of a flow whose destination we may have chosen: we have if it
 * now is what we would choose from.
 */
static unsigned int nflb_bind_src(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	const struct nflb_service *service;
	enum ip_conntrack_info ctinfo;
	struct nflb_backend *backend;
	struct nf_conn *ct;
	bool is_hairpin;
	int err;

	ct = nf_ct_get(skb, &ctinfo);
	if (!snap || !nflb_bind_is_new(ct, ctinfo) || nflb_flow_is_attached(ct))
		return NF_ACCEPT;
	if (!(ct->status & IPS_DST_NAT) ||
	    !nflb_flow_resolve(nn, snap, skb, &service, &backend))
		return nflb_bind_outbound(nn, snap, ct, state);

	is_hairpin = nflb_bind_is_hairpin(state, ct);
	err = nflb_bind_attach(nn, skb, ct, backend, service->account,
			       is_hairpin);
	if (err) {
		nflb_bind_count(nn, service, nflb_flow_refusal(err));
		return NF_DROP;
	}
	return is_hairpin ? nflb_bind_masquerade(skb, state) : NF_ACCEPT;
}

/*
 * Notes that the source of a flow stays as it is. The NAT core does so in a
 * hash where it only looks for sources that are translated, and takes the entry
 * out when that dies: what is in a list of its own is taken out of nothing.
 */
static void nflb_bind_set_src(struct nf_conn *ct)
{
	INIT_HLIST_NODE(&ct->nat_bysource);
	hlist_add_fake(&ct->nat_bysource);
	ct->status |= IPS_SRC_NAT_DONE;
}

/* Does another flow have the tuple of the answers? */
static bool nflb_bind_is_taken(const struct nf_conn *ct)
{
	return nf_conntrack_tuple_taken(&ct->tuplehash[IP_CT_DIR_REPLY].tuple,
					ct);
}

/*
 * The source of a flow of ours that no rule has translated. If another flow to
 * the backend has it, there is a new one to be found. Conntrack looks for such
 * a flow when it takes the entry, so nobody else has to before; but packets for
 * the host itself may have been given a socket by their source, so for them it
 * is the NAT core that finds one, here.
 */
static unsigned int nflb_bind_keep_src(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (nflb_bind_is_new(ct, ctinfo) && nflb_flow_is_attached(ct) &&
	    (state->hook == NF_INET_POST_ROUTING || !nflb_bind_is_taken(ct)))
		nflb_bind_set_src(ct);
	return NF_ACCEPT;
}

/*
 * Before "netfilter: nf_conntrack: fix crash due to removal of uninitialised
 * entry" (July 2025) conntrack calls an entry confirmed that it has not taken
 * into its table. The NAT core would do nothing for it then, nor conntrack a
 * second time.
 */
static void nflb_bind_unconfirm(struct nf_conn *ct)
{
	const struct nf_conntrack_tuple_hash *hash = ct->tuplehash;

	if (nf_ct_is_confirmed(ct) &&
	    hlist_nulls_unhashed(&hash[IP_CT_DIR_ORIGINAL].hnnode))
		clear_bit(IPS_CONFIRMED_BIT, &ct->status);
}

/**
 * nflb_bind_settle_src() - sees to it that a flow's source is not in use
 * @skb: the flow's first packet, which leaves the host
 * @ct: its entry, which conntrack has not taken
 *
 * Does what the NAT core does where it finds the source in use. Extensions of
 * the entry may move.
 *
 * Context: bottom halves off, under RCU.
 * Return: true if conntrack can be given the entry again: it has a new source,
 * and the packet, too, or nobody has its own any more. False if nothing is
 * wrong with the source, or nothing can be done.
 */
bool nflb_bind_settle_src(struct sk_buff *skb, struct nf_conn *ct)
{
	enum ip_conntrack_info ctinfo;

	if (!(ct->status & IPS_SRC_NAT_DONE) ||
	    !hlist_fake(&ct->nat_bysource) || nf_ct_is_dying(ct))
		return false;
	nflb_bind_unconfirm(ct);
	/* One that has expired is taken out of the table by being asked for. */
	if (!nflb_bind_is_taken(ct))
		return true;
	ct->status &= ~IPS_SRC_NAT_DONE;
	if (nf_nat_alloc_null_binding(ct, NF_INET_POST_ROUTING) != NF_ACCEPT)
		return false;
	nf_ct_get(skb, &ctinfo);
	return nf_nat_packet(ct, ctinfo, NF_INET_POST_ROUTING, skb) ==
	       NF_ACCEPT;
}

/* Just before the administrator's own NAT rules, and after them. */
#define NFLB_BIND_OPS(family)						\
{									\
	NFLB_HOOK_OP(nflb_bind_dst, family, PRE_ROUTING,		\
		     NF_IP_PRI_NAT_DST - 1),				\
	NFLB_HOOK_OP(nflb_bind_dst, family, LOCAL_OUT,			\
		     NF_IP_PRI_NAT_DST - 1),				\
	NFLB_HOOK_OP(nflb_bind_src, family, POST_ROUTING,		\
		     NF_IP_PRI_NAT_SRC - 1),				\
	NFLB_HOOK_OP(nflb_bind_src, family, LOCAL_IN,			\
		     NF_IP_PRI_NAT_SRC - 1),				\
	NFLB_HOOK_OP(nflb_bind_keep_src, family, POST_ROUTING,		\
		     NF_IP_PRI_LAST),					\
	NFLB_HOOK_OP(nflb_bind_keep_src, family, LOCAL_IN,		\
		     NF_IP_PRI_LAST),					\
}

#define NFLB_N_BIND_OPS 6

static const struct nf_hook_ops nflb_bind_ops_ipv4[NFLB_N_BIND_OPS] =
	NFLB_BIND_OPS(NFPROTO_IPV4);
static const struct nf_hook_ops nflb_bind_ops_ipv6[NFLB_N_BIND_OPS] =
	NFLB_BIND_OPS(NFPROTO_IPV6);

static int nflb_bind_register_one(struct net *net, u8 family, int i)
{
	if (family == AF_INET)
		return nf_nat_ipv4_register_fn(net, &nflb_bind_ops_ipv4[i]);
	return nf_nat_ipv6_register_fn(net, &nflb_bind_ops_ipv6[i]);
}

static void nflb_bind_unregister_one(struct net *net, u8 family, int i)
{
	if (family == AF_INET)
		nf_nat_ipv4_unregister_fn(net, &nflb_bind_ops_ipv4[i]);
	else
		nf_nat_ipv6_unregister_fn(net, &nflb_bind_ops_ipv6[i]);
}

/**
 * nflb_bind_register() - lets the NAT core ask us about new flows
 * @nn: the namespace
 * @family: AF_INET or AF_INET6, for which it does not ask yet
 *
 * Takes conntrack into use as well, and with it defragmentation.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_bind_register(struct nflb_net *nn, u8 family)
{
	int err;
	int i;

	err = nf_ct_netns_get(nn->net, family);
	if (err)
		return err;
	for (i = 0; i < NFLB_N_BIND_OPS; i++) {
		err = nflb_bind_register_one(nn->net, family, i);
		if (err)
			goto err_unregister;
	}
	return 0;

err_unregister:
	while (i--)
		nflb_bind_unregister_one(nn->net, family, i);
	nf_ct_netns_put(nn->net, family);
	return err;
}

/**
 * nflb_bind_unregister() - takes back nflb_bind_register()
 * @nn: the namespace
 * @family: AF_INET or AF_INET6
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_bind_unregister(struct nflb_net *nn, u8 family)
{
	int i;

	for (i = NFLB_N_BIND_OPS - 1; i >= 0; i--)
		nflb_bind_unregister_one(nn->net, family, i);
	nf_ct_netns_put(nn->net, family);
}

/**
 * nflb_bind_init() - prepares for hairpin flows
 *
 * The kernel ends masqueraded flows whose address goes away, if asked to.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_bind_init(void)
{
	return nf_nat_masquerade_inet_register_notifiers();
}

/**
 * nflb_bind_exit() - takes back nflb_bind_init()
 *
 * Context: process, may sleep.
 */
void nflb_bind_exit(void)
{
	nf_nat_masquerade_inet_unregister_notifiers();
}
