// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating: flows whose packets keep their destination.
 *
 * They are given a route to the backend whose next hop is the backend, whatever
 * their destination, as IPVS does for direct routing; but where the kernel's
 * own routing would, so that it forwards them as any other packet, past the
 * host's rules in forward. The NAT core asks for a flow's first packet; for the
 * others that do not take the fast path there is a hook of our own.
 *
 * Answers do not come by. Conntrack would take all that follows an unanswered
 * SYN for invalid, so it is told that the answer has been seen: then the
 * client's packets alone take an entry through its life, but for its end. That
 * the backend has closed, too, nobody here can know.
 */

#include <linux/inetdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/route.h>

#include "bind.h"
#include "fast.h"
#include "flow.h"
#include "floating.h"
#include "net.h"
#include "snapshot.h"
#include "track.h"

/**
 * nflb_floating_may_be() - tells whether a flow can be floating
 * @ct: its entry, not confirmed
 *
 * A helper has to see both directions, and so has conntrack with SCTP.
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool nflb_floating_may_be(const struct nf_conn *ct)
{
	return nf_ct_protonum(ct) != IPPROTO_SCTP && !nfct_help(ct);
}

/* Is the backend itself the next hop, not a router before it? */
static bool nflb_floating_is_to(const struct dst_entry *dst,
				const struct nflb_addr *backend)
{
	const struct rt6_info *rt6 = container_of(dst, struct rt6_info, dst);
	const struct rtable *rt4 = container_of(dst, struct rtable, dst);

	if (!nflb_fast_route_is_plain(dst, backend->family))
		return false;
	if (backend->family == AF_INET)
		return rt4->rt_gw_family == AF_INET && !rt4->rt_uses_gateway &&
		       rt4->rt_gw4 == backend->ip.ip;
	return rt6->rt6i_flags & RTF_CACHE && !(rt6->rt6i_flags & RTF_GATEWAY);
}

/**
 * nflb_floating_find_route() - finds a route whose next hop is a backend
 * @net: the namespace
 * @backend: address of the backend
 *
 * As for a packet of the gateway's own.
 *
 * Context: softirq or process, under RCU.
 * Return: the route with a reference for the caller, or NULL if the backend is
 * not a neighbour.
 */
struct dst_entry *nflb_floating_find_route(struct net *net,
					   const struct nflb_addr *backend)
{
	struct dst_entry *dst;

	/*
	 * Made for the caller, or that of an exception for the address, where
	 * a path MTU was learned: both name their next hop.
	 */
	dst = nflb_bind_route(net, backend, FLOWI_FLAG_KNOWN_NH);
	if (!dst || nflb_floating_is_to(dst, backend))
		return dst;
	dst_release(dst);
	return NULL;
}

/*
 * IPv4's routes know whether packets by them are forwarded, and for that have
 * to be asked with the packet; then its source is looked at as well.
 */
static bool nflb_floating_admit_ipv4(struct sk_buff *skb,
				     struct dst_entry *dst,
				     const struct nflb_addr *backend)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct dst_entry *input;

	if (ip_route_input_noref(skb, backend->ip.ip, iph->saddr, iph->tos,
				 skb->dev))
		return false;
	input = skb_dst(skb);
	if (!nflb_fast_route_is_plain(input, AF_INET) ||
	    input->dev != dst->dev)
		return false;
	WRITE_ONCE(dst->input, input->input);
	return true;
}

/*
 * Packets that come with it for the same address may not be floating, and are
 * not to be taken along by its route. Nor is the sender to be told of a shorter
 * way, where that leads through the device that the packet came in by.
 */
static void nflb_floating_keep_apart(struct sk_buff *skb, u8 family)
{
	if (family == AF_INET) {
		IPCB(skb)->flags |= IPSKB_MULTIPATH;
		IPCB(skb)->flags &= ~IPSKB_DOREDIRECT;
	} else {
		IP6CB(skb)->flags |= IP6SKB_MULTIPATH;
		/* As with a source route, whose end the sender has chosen. */
		IP6CB(skb)->srcrt = sizeof(struct ipv6hdr);
	}
}

/**
 * nflb_floating_route() - routes a packet to a backend
 * @net: the namespace
 * @skb: the packet, at PRE_ROUTING
 * @backend: address of the backend
 *
 * Where a bridge has its packets filtered, it takes the route away again.
 *
 * Context: softirq, under RCU.
 * Return: false if that cannot be; then the packet has to be dropped.
 */
bool nflb_floating_route(struct net *net, struct sk_buff *skb,
			 const struct nflb_addr *backend)
{
	struct dst_entry *dst;

	if (nf_bridge_info_exists(skb))
		return false;
	dst = nflb_floating_find_route(net, backend);
	if (!dst)
		return false;
	if (backend->family == AF_INET &&
	    !nflb_floating_admit_ipv4(skb, dst, backend)) {
		dst_release(dst);
		return false;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	nflb_floating_keep_apart(skb, backend->family);
	return true;
}

/* The route that the flow's packets have taken from the same device. */
static bool nflb_floating_reuse(const struct nflb_fast *fast,
				struct sk_buff *skb, u8 family)
{
	const struct nflb_fast_dir *dir = &fast->dir[IP_CT_DIR_ORIGINAL];
	struct dst_entry *dst = nflb_fast_held_route(fast, IP_CT_DIR_ORIGINAL);

	if (!dst || READ_ONCE(dir->iif) != skb->skb_iif ||
	    nf_bridge_info_exists(skb))
		return false;
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	nflb_floating_keep_apart(skb, family);
	return true;
}

/*
 * Has the client closed, and opens another connection from the same port? It
 * has, if that is what conntrack has just ignored: it cannot know that the
 * backend has closed, too.
 */
static bool nflb_floating_is_over(const struct nf_conn *ct)
{
	u8 state;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	state = READ_ONCE(ct->proto.tcp.state);
	return state > TCP_CONNTRACK_ESTABLISHED &&
	       state < TCP_CONNTRACK_TIME_WAIT && nflb_track_waits(ct);
}

/*
 * Has conntrack begin anew with the packet, as it does itself where it has seen
 * the end. What is new may have to go elsewhere, or nowhere.
 */
static unsigned int nflb_floating_restart(struct sk_buff *skb,
					  struct nf_conn *ct,
					  const struct nf_hook_state *state)
{
	bool is_plain = nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID &&
			!nf_ct_timeout_find(ct);

	nf_ct_kill(ct);
	/* What rules have told conntrack of it, they do when it is repeated. */
	if (!is_plain)
		return NF_DROP;
	nf_reset_ct(skb);
	return nf_conntrack_in(skb, state);
}

/**
 * nflb_floating_next_hop() - finds the backend that a packet is routed to
 * @skb: the packet, of a floating flow
 * @hop: where its address goes; that of somebody else if the packet has been
 *	given another route
 *
 * Context: under RCU.
 */
void nflb_floating_next_hop(const struct sk_buff *skb, struct nflb_addr *hop)
{
	const struct dst_entry *dst = skb_dst(skb);

	*hop = (struct nflb_addr) {};
	if (!dst)
		return;
	if (skb->protocol == htons(ETH_P_IP)) {
		hop->family = AF_INET;
		hop->ip.ip = rt_nexthop(container_of(dst, struct rtable, dst),
					ip_hdr(skb)->daddr);
	} else {
		hop->family = AF_INET6;
		hop->ip.in6 = *rt6_nexthop(container_of(dst, struct rt6_info,
							dst),
					   &ipv6_hdr(skb)->daddr);
	}
}

/**
 * nflb_floating_begin() - has conntrack take an entry for one that is answered
 * @ct: the entry, of a floating flow, before it is confirmed
 *
 * Context: bottom halves off.
 */
void nflb_floating_begin(struct nf_conn *ct)
{
	set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return;
	if (ct->proto.tcp.state == TCP_CONNTRACK_SYN_SENT)
		ct->proto.tcp.state = TCP_CONNTRACK_SYN_RECV;
	/* What the windows are, only the answers say. */
	nflb_fast_free_windows(ct);
}

/*
 * The packets of a floating flow after its first one, and ICMP errors about
 * what it is answered, which are for the backend as well.
 */
static unsigned int nflb_floating_pass(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	enum ip_conntrack_info ctinfo;
	struct nflb_backend *backend;
	struct nflb_fast *fast;
	struct nflb_flow *flow;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || CTINFO2DIR(ctinfo) != IP_CT_DIR_ORIGINAL ||
	    !nflb_floating_is(ct) || !nflb_flow_is_attached(ct) ||
	    skb_valid_dst(skb))
		return NF_ACCEPT;
	if (unlikely(nflb_floating_is_over(ct)))
		return nflb_floating_restart(skb, ct, state);
	/* Where it would go by its destination, nobody knows of it. */
	flow = nflb_flow_find(ct);
	backend = flow ? READ_ONCE(flow->backend) : NULL;
	if (!backend)
		return NF_DROP;
	fast = container_of(flow, struct nflb_fast, flow);
	if (nflb_floating_reuse(fast, skb, state->pf) ||
	    nflb_floating_route(state->net, skb, &backend->addr))
		return NF_ACCEPT;
	nflb_flow_count_for(nn, flow, NFLB_DROP_NOT_FLOATING);
	return NF_DROP;
}

/* Before the NAT core, which is to see what begins anew. */
static const struct nf_hook_ops nflb_floating_ops[] = {
	{
		.hook = nflb_floating_pass,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST - 1,
	},
	{
		.hook = nflb_floating_pass,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_NAT_DST - 1,
	},
};

/**
 * nflb_floating_is_wanted() - tells whether some service is floating
 * @snap: the configuration
 *
 * Context: process, under cfg_mutex.
 * Return: true if so.
 */
bool nflb_floating_is_wanted(const struct nflb_snapshot *snap)
{
	const struct nflb_service *service;
	u32 pos;

	for (pos = 0; pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (service && service->is_floating)
			return true;
	}
	return false;
}

/**
 * nflb_floating_register() - has packets of floating flows routed
 * @nn: the namespace
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_floating_register(struct nflb_net *nn)
{
	int err;

	err = nf_register_net_hooks(nn->net, nflb_floating_ops,
				    ARRAY_SIZE(nflb_floating_ops));
	WRITE_ONCE(nn->has_floating, !err);
	return err;
}

/**
 * nflb_floating_unregister() - takes back nflb_floating_register()
 * @nn: the namespace, without floating flows
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_floating_unregister(struct nflb_net *nn)
{
	nf_unregister_net_hooks(nn->net, nflb_floating_ops,
				ARRAY_SIZE(nflb_floating_ops));
	WRITE_ONCE(nn->has_floating, false);
}
