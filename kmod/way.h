/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways: how a packet leaves the gateway from where it came in. */
#ifndef _NFLB_WAY_H
#define _NFLB_WAY_H

#include <linux/netfilter.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/route.h>

#include "compat.h"
#include "fast.h"
#include "net.h"
#include "packet.h"

/**
 * struct nflb_way - the way that a packet takes
 * @fast: its flow
 * @dir: its direction
 * @to: tuple of the other direction, whose inverse it leaves with
 * @backend: whom it is charged to
 * @dst: its route
 * @neigh: its neighbour on the route's device
 */
struct nflb_way {
	struct nflb_fast *fast;
	struct nflb_fast_dir *dir;
	const struct nf_conntrack_tuple *to;
	struct nflb_backend *backend;
	struct dst_entry *dst;
	struct neighbour *neigh;
};

bool nflb_way_verify(const struct nflb_net *nn, struct sk_buff *skb,
		     const struct nflb_packet *pkt, u8 family);

/*
 * Functions that are always inlined have a family that is known when they are
 * compiled: there is one fast path for IPv4 and one for IPv6.
 */

/**
 * nflb_way_holds() - tells whether a route that was learned may still be taken
 * @nn: the namespace
 * @dst: the route
 * @cookie: IPv6: what the route was learned with
 * @family: AF_INET or AF_INET6
 *
 * As dst_check(), but what that asks of an IPv4 route by way of a pointer, is
 * asked right here, see ipv4_dst_check().
 *
 * Context: under RCU.
 * Return: true if so.
 */
static __always_inline bool nflb_way_holds(const struct nflb_net *nn,
					   struct dst_entry *dst, u32 cookie,
					   const u8 family)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	if (family == AF_INET6)
		return dst_check(dst, cookie);
	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == rt_genid_ipv4(nn->net);
}

/**
 * nflb_way_fits() - tells whether a packet need not be fragmented
 * @way: its way, with a route
 * @skb: the packet
 * @pkt: what was read from it
 * @mtu: what is known to fit the route
 * @family: AF_INET or AF_INET6
 *
 * Return: true if it fits the route as it is.
 */
static __always_inline bool nflb_way_fits(const struct nflb_way *way,
					  const struct sk_buff *skb,
					  const struct nflb_packet *pkt,
					  unsigned int mtu, const u8 family)
{
	if (family == AF_INET) {
		if (pkt->len <= mtu)
			return true;
		mtu = ip_dst_mtu_maybe_forward(way->dst, true);
	} else {
		if (pkt->len <= IPV6_MIN_MTU)
			return true;
		mtu = ip6_dst_mtu_maybe_forward(way->dst, true);
	}
	return pkt->len <= mtu || (skb_is_gso(skb) &&
				   skb_gso_validate_network_len(skb, mtu));
}

/**
 * nflb_way_find_neigh() - finds the next hop
 * @way: the way, with a route
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq, under RCU.
 * Return: true if there is one, which may still have to be resolved.
 */
static __always_inline bool nflb_way_find_neigh(struct nflb_way *way,
						const u8 family)
{
	const union nf_inet_addr *daddr = &way->to->src.u3;
	struct net_device *dev = way->dst->dev;
	const struct rt6_info *rt6;
	const struct rtable *rt4;

	if (family == AF_INET) {
		rt4 = container_of(way->dst, struct rtable, dst);
		way->neigh = ip_neigh_gw4(dev, rt4->rt_gw_family ?
						       rt4->rt_gw4 : daddr->ip);
	} else {
		rt6 = container_of(way->dst, struct rt6_info, dst);
		way->neigh = ip_neigh_gw6(dev, rt6_nexthop(rt6, &daddr->in6));
	}
	return !IS_ERR(way->neigh);
}

/**
 * nflb_way_prepare() - makes the headers of a packet ours to write
 * @nn: the namespace
 * @skb: the packet; where it was longer than it says, that is cut off
 * @pkt: what was read from it
 * @way: its way, with a route
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq.
 * Return: false if the packet is damaged, or memory is short.
 */
static __always_inline bool nflb_way_prepare(struct nflb_net *nn,
					     struct sk_buff *skb,
					     const struct nflb_packet *pkt,
					     const struct nflb_way *way,
					     const u8 family)
{
	unsigned int hdr_len = pkt->l4_offset + sizeof(struct udphdr);

	if (pkt->protocol == IPPROTO_TCP)
		hdr_len = pkt->l4_offset + sizeof(struct tcphdr);
	if (family == AF_INET && ip_fast_csum(ip_hdr(skb), 5))
		return false;
	if (skb_headroom(skb) < LL_RESERVED_SPACE(way->dst->dev))
		return false;
	if (skb->len != pkt->len && pskb_trim_rcsum(skb, pkt->len))
		return false;
	if (skb->ip_summed != CHECKSUM_PARTIAL && !skb_csum_unnecessary(skb) &&
	    !nflb_way_verify(nn, skb, pkt, family))
		return false;
	/* Most are ours already. */
	return (hdr_len <= skb_headlen(skb) && !skb_cloned(skb)) ||
	       !skb_ensure_writable(skb, hdr_len);
}

/* A checksum over data that has changed by diff. */
static __always_inline __sum16 nflb_way_patch(__sum16 check, __sum16 diff)
{
	return csum_fold(csum_add(~csum_unfold(check), csum_unfold(diff)));
}

/*
 * If the device is to complete the checksum, it covers the pseudo header so
 * far, not inverted; the ports are summed up later.
 */
static __always_inline __sum16
nflb_way_patch_l4(const struct sk_buff *skb, __sum16 check,
		  const struct nflb_fast_dir *dir)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return nflb_way_patch(check, dir->all_diff);
	return ~csum_fold(csum_add(csum_unfold(check),
				   csum_unfold(dir->addr_diff)));
}

static __always_inline void
nflb_way_translate_ipv4(struct nflb_net *nn, struct sk_buff *skb,
			const struct nflb_way *way)
{
	struct iphdr *iph = ip_hdr(skb);
	__wsum sum;

	iph->saddr = way->to->dst.u3.ip;
	iph->daddr = way->to->src.u3.ip;
	iph->ttl--;
	/* As ip_decrease_ttl() does, but both in one. */
	sum = csum_add(~csum_unfold(iph->check), (__force __wsum)htons(0xfeff));
	iph->check = csum_fold(csum_add(sum,
					csum_unfold(way->dir->addr_diff)));
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	IPCB(skb)->flags = IPSKB_FORWARDED;
	if (READ_ONCE(nn->net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(iph->tos);
}

static __always_inline void
nflb_way_translate_ipv6(struct sk_buff *skb, const struct nflb_way *way)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	ip6h->saddr = way->to->dst.u3.in6;
	ip6h->daddr = way->to->src.u3.in6;
	ip6h->hop_limit--;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
}

static __always_inline void
nflb_way_translate_l4(struct sk_buff *skb, const struct nflb_packet *pkt,
		      const struct nflb_way *way)
{
	struct tcphdr *th = nflb_packet_l4(skb, pkt);
	struct udphdr *uh = nflb_packet_l4(skb, pkt);

	/* The ports stand in the same place. */
	uh->source = way->to->dst.u.all;
	uh->dest = way->to->src.u.all;
	if (pkt->protocol == IPPROTO_TCP) {
		th->check = nflb_way_patch_l4(skb, th->check, way->dir);
	} else if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) {
		uh->check = nflb_way_patch_l4(skb, uh->check, way->dir);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
	}
}

/**
 * nflb_way_translate() - makes a packet what it leaves as
 * @nn: the namespace
 * @skb: the packet, prepared
 * @pkt: what was read from it
 * @way: its way
 * @family: AF_INET or AF_INET6
 */
static __always_inline void
nflb_way_translate(struct nflb_net *nn, struct sk_buff *skb,
		   const struct nflb_packet *pkt, const struct nflb_way *way,
		   const u8 family)
{
	if (family == AF_INET)
		nflb_way_translate_ipv4(nn, skb, way);
	else
		nflb_way_translate_ipv6(skb, way);
	nflb_way_translate_l4(skb, pkt, way);
}

/**
 * nflb_way_send() - does the rest of what ip_forward() and ip_output() do
 * @skb: the packet, translated; not the caller's any more
 * @way: its way, with route and neighbour
 *
 * Context: softirq, under RCU.
 */
static inline void nflb_way_send(struct sk_buff *skb,
				 const struct nflb_way *way)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, way->dst);
	skb->dev = way->dst->dev;
	neigh_output(way->neigh, skb, false);
}

#endif /* _NFLB_WAY_H */
