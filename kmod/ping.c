// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pings: echo requests to frontends.
 *
 * A frontend need not be an address of the host, and who pings it asks for what
 * is behind it. So the gateway answers in its name. A request that is answered
 * here never gets an entry in conntrack's table: each one is the first of its
 * flow, for which the NAT core asks us.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "ping.h"
#include "snapshot.h"

/**
 * nflb_ping_update() - notes which frontends have a backend for new flows
 * @snap: the configuration, published or about to be
 *
 * Whether one is served is to be known without a look at all services.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ping_update(const struct nflb_snapshot *snap)
{
	const struct nflb_service *service;
	struct nflb_frontend *frontend;
	u32 i;

	for (i = 0; i < snap->frontends.n_slots; i++) {
		frontend = nflb_snapshot_frontend(snap, i);
		if (frontend)
			frontend->is_served_now = false;
	}
	for (i = 0; i < snap->services.n_slots; i++) {
		service = nflb_snapshot_service(snap, i);
		if (!service || !nflb_snapshot_is_served(snap, service))
			continue;
		frontend = nflb_snapshot_frontend(snap, service->frontend);
		frontend->is_served_now = true;
	}
	for (i = 0; i < snap->frontends.n_slots; i++) {
		frontend = nflb_snapshot_frontend(snap, i);
		if (frontend && frontend->is_served != frontend->is_served_now)
			WRITE_ONCE(frontend->is_served,
				   frontend->is_served_now);
	}
}

/**
 * nflb_ping_is_request() - tells whether a flow begins with an echo request
 * @ct: its entry
 *
 * Return: true if so.
 */
bool nflb_ping_is_request(const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t;

	t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	if (t->src.l3num == AF_INET)
		return t->dst.protonum == IPPROTO_ICMP &&
		       t->dst.u.icmp.type == ICMP_ECHO;
	return t->dst.protonum == IPPROTO_ICMPV6 &&
	       t->dst.u.icmp.type == ICMPV6_ECHO_REQUEST;
}

/**
 * nflb_ping_is_within_limit() - takes a request into account
 * @limit: what the frontend has answered
 *
 * Context: any.
 * Return: true if it may be answered. At the turn of a second a few more than
 * NFLB_PINGS_MAX may.
 */
bool nflb_ping_is_within_limit(struct nflb_ping_limit *limit)
{
	unsigned long begin = READ_ONCE(limit->begin);

	if (jiffies - begin >= HZ &&
	    cmpxchg(&limit->begin, begin, jiffies) == begin)
		atomic_set(&limit->n, 0);
	return atomic_inc_return(&limit->n) <= NFLB_PINGS_MAX;
}

static bool nflb_ping_turn_ipv4(struct net *net, struct sk_buff *skb,
				struct flowi *fl)
{
	unsigned int len = sizeof(struct iphdr) + sizeof(struct icmphdr);
	struct icmphdr *icmph;
	struct iphdr *iph;

	/* Options have the way that the packet came. */
	if (ip_hdrlen(skb) != sizeof(*iph) || skb_ensure_writable(skb, len))
		return false;
	iph = ip_hdr(skb);
	if (ipv4_is_zeronet(iph->saddr) || ipv4_is_loopback(iph->saddr) ||
	    ipv4_is_multicast(iph->saddr) || ipv4_is_lbcast(iph->saddr))
		return false;
	swap(iph->saddr, iph->daddr);
	iph->frag_off = 0;
	__ip_select_ident(net, iph, 1);
	icmph = (struct icmphdr *)(iph + 1);
	icmph->type = ICMP_ECHOREPLY;
	csum_replace2(&icmph->checksum, htons(ICMP_ECHO << 8),
		      htons(ICMP_ECHOREPLY << 8));
	/* That of nothing but zeros: the difference alone does not tell. */
	if (!icmph->checksum)
		icmph->checksum = CSUM_MANGLED_0;
	fl->u.ip4.flowi4_tos = RT_TOS(iph->tos);
	fl->u.ip4.daddr = iph->daddr;
	fl->u.ip4.saddr = iph->saddr;
	fl->u.ip4.flowi4_proto = IPPROTO_ICMP;
	fl->u.ip4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	return true;
}

static bool nflb_ping_turn_ipv6(struct sk_buff *skb, struct flowi *fl)
{
	unsigned int len = sizeof(struct ipv6hdr) + sizeof(struct icmp6hdr);
	struct icmp6hdr *icmp6h;
	struct ipv6hdr *ip6h;

	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6 ||
	    skb_ensure_writable(skb, len))
		return false;
	ip6h = ipv6_hdr(skb);
	if (ipv6_addr_any(&ip6h->saddr) || ipv6_addr_loopback(&ip6h->saddr) ||
	    ipv6_addr_is_multicast(&ip6h->saddr))
		return false;
	swap(ip6h->saddr, ip6h->daddr);
	icmp6h = (struct icmp6hdr *)(ip6h + 1);
	icmp6h->icmp6_type = ICMPV6_ECHO_REPLY;
	csum_replace2(&icmp6h->icmp6_cksum, htons(ICMPV6_ECHO_REQUEST << 8),
		      htons(ICMPV6_ECHO_REPLY << 8));
	fl->u.ip6.daddr = ip6h->daddr;
	fl->u.ip6.saddr = ip6h->saddr;
	fl->u.ip6.flowi6_proto = IPPROTO_ICMPV6;
	fl->u.ip6.fl6_icmp_type = ICMPV6_ECHO_REPLY;
	return true;
}

/* The device that the answer has to leave by, or 0 for any. */
static int nflb_ping_oif(const struct sk_buff *skb, u8 family)
{
	if (!skb->dev)
		return 0;
	if (family == AF_INET6 &&
	    ipv6_addr_type(&ipv6_hdr(skb)->daddr) & IPV6_ADDR_LINKLOCAL)
		return skb->dev->ifindex;
	return l3mdev_master_ifindex_rcu(skb->dev);
}

/* As any packet of the gateway's own; false if there is no way for it. */
static bool nflb_ping_route(struct net *net, struct sk_buff *skb,
			    struct flowi *fl, u8 family)
{
	struct dst_entry *dst = NULL;

	skb->mark = family == AF_INET ? IP4_REPLY_MARK(net, skb->mark) :
					IP6_REPLY_MARK(net, skb->mark);
	fl->flowi_mark = skb->mark;
	fl->flowi_oif = nflb_ping_oif(skb, family);
	if (nf_route(net, &dst, fl, false, family))
		return false;
	/* IPv4's routes know of IPsec. */
	if (family == AF_INET6) {
		dst = xfrm_lookup(net, dst, fl, NULL, 0);
		if (IS_ERR(dst))
			return false;
	}
	if (family == AF_INET && (container_of(dst, struct rtable,
					       dst)->rt_flags &
				  (RTCF_BROADCAST | RTCF_MULTICAST))) {
		dst_release(dst);
		return false;
	}
	skb_dst_set(skb, dst);
	return true;
}

/* What the packet was on its way here, it is not on its way back. */
static void nflb_ping_clean(struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	nf_conntrack_get(&ct->ct_general);
	skb_orphan(skb);
	skb_scrub_packet(skb, false);
	skb_clear_tstamp(skb);
	__vlan_hwaccel_clear_tag(skb);
	/* The host's rules are to take it for an answer. */
	nf_ct_set(skb, ct, IP_CT_ESTABLISHED_REPLY);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb->ip_summed = CHECKSUM_NONE;
	skb->ignore_df = true;
}

/**
 * nflb_ping_reply() - makes an answer of an echo request, and sends it
 * @net: the namespace
 * @skb: the request, as the NAT core has it
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, under RCU.
 * Return: true if it is sent, and no longer the caller's. False if it must not
 * be answered, or there is no way to who asks; then it can only be dropped.
 */
bool nflb_ping_reply(struct net *net, struct sk_buff *skb, u8 family)
{
	bool is_ipv4 = family == AF_INET;
	struct flowi fl = {};

	/* None is, unless somebody says so who is not to be trusted. */
	if (skb_is_gso(skb))
		return false;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	if (!(is_ipv4 ? nflb_ping_turn_ipv4(net, skb, &fl) :
			nflb_ping_turn_ipv6(skb, &fl)))
		return false;
	nflb_ping_clean(skb);
	if (!nflb_ping_route(net, skb, &fl, family))
		return false;
	if (is_ipv4) {
		ip_hdr(skb)->ttl = ip4_dst_hoplimit(skb_dst(skb));
		ip_local_out(net, NULL, skb);
	} else {
		ipv6_hdr(skb)->hop_limit = ip6_dst_hoplimit(skb_dst(skb));
		ip6_local_out(net, NULL, skb);
	}
	return true;
}
