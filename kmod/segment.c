// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments: TCP packets that the gateway sends in the name of an end.
 *
 * They go out as the gateway's own packets do, past the host's rules for those,
 * but conntrack is not to see them: it knows the connection better than by what
 * is said here in the name of one of its ends.
 */

#include <linux/err.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#include "segment.h"

#define NFLB_SEGMENT_SIZE (sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

/* As for any packet of the gateway's own, but from a foreign address. */
static struct dst_entry *nflb_segment_route(struct net *net,
					    const struct nf_conntrack_tuple *t)
{
	struct dst_entry *dst = NULL;
	struct flowi fl = {
		.flowi_proto = IPPROTO_TCP,
	};

	if (t->src.l3num == AF_INET) {
		fl.u.ip4.daddr = t->src.u3.ip;
		fl.u.ip4.saddr = t->dst.u3.ip;
		fl.u.ip4.fl4_dport = t->src.u.all;
		fl.u.ip4.fl4_sport = t->dst.u.all;
		fl.u.ip4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	} else {
		fl.u.ip6.daddr = t->src.u3.in6;
		fl.u.ip6.saddr = t->dst.u3.in6;
		fl.u.ip6.fl6_dport = t->src.u.all;
		fl.u.ip6.fl6_sport = t->dst.u.all;
	}
	if (nf_route(net, &dst, &fl, false, t->src.l3num))
		return NULL;
	/* IPv4's routes know of IPsec. */
	if (t->src.l3num == AF_INET6) {
		dst = xfrm_lookup(net, dst, &fl, NULL, 0);
		if (IS_ERR(dst))
			return NULL;
	}
	return dst;
}

static void nflb_segment_put_ipv4(struct sk_buff *skb,
				  const struct nf_conntrack_tuple *t)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	skb->protocol = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->frag_off = htons(IP_DF);
	iph->ttl = ip4_dst_hoplimit(skb_dst(skb));
	iph->protocol = IPPROTO_TCP;
	iph->saddr = t->dst.u3.ip;
	iph->daddr = t->src.u3.ip;
}

static void nflb_segment_put_ipv6(struct sk_buff *skb,
				  const struct nf_conntrack_tuple *t)
{
	struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

	skb->protocol = htons(ETH_P_IPV6);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->hop_limit = ip6_dst_hoplimit(skb_dst(skb));
	ip6h->saddr = t->dst.u3.in6;
	ip6h->daddr = t->src.u3.in6;
}

static void nflb_segment_put_tcp(struct sk_buff *skb,
				 const struct nf_conntrack_tuple *t,
				 const struct nflb_segment *seg)
{
	struct tcphdr *th;
	__wsum sum;

	skb_set_transport_header(skb, skb->len);
	th = skb_put_zero(skb, sizeof(*th));
	th->source = t->dst.u.all;
	th->dest = t->src.u.all;
	th->seq = htonl(seg->seq);
	th->doff = sizeof(*th) / 4;
	th->rst = !!(seg->flags & TCPHDR_RST);
	if (seg->flags & TCPHDR_ACK) {
		th->ack = 1;
		th->ack_seq = htonl(seg->ack);
	}
	sum = csum_partial(th, sizeof(*th), 0);
	if (t->src.l3num == AF_INET)
		th->check = tcp_v4_check(sizeof(*th), t->dst.u3.ip,
					 t->src.u3.ip, sum);
	else
		th->check = tcp_v6_check(sizeof(*th), &t->dst.u3.in6,
					 &t->src.u3.in6, sum);
}

/**
 * nflb_segment_send() - sends a segment to an end of a connection
 * @net: the namespace
 * @t: tuple of the packets that the end sends
 * @dst: a route to the end, which the caller has under RCU, or NULL
 * @seg: what it says
 *
 * Without a route to the end, or memory, nothing is sent.
 *
 * Context: process or softirq, under RCU.
 */
void nflb_segment_send(struct net *net, const struct nf_conntrack_tuple *t,
		       struct dst_entry *dst, const struct nflb_segment *seg)
{
	struct sk_buff *skb;

	if (!dst || !dst_hold_safe(dst))
		dst = nflb_segment_route(net, t);
	if (!dst)
		return;
	skb = alloc_skb(LL_MAX_HEADER + NFLB_SEGMENT_SIZE, GFP_ATOMIC);
	if (!skb) {
		dst_release(dst);
		return;
	}
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	skb_dst_set(skb, dst);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	if (t->src.l3num == AF_INET) {
		nflb_segment_put_ipv4(skb, t);
		nflb_segment_put_tcp(skb, t, seg);
		ip_local_out(net, NULL, skb);
	} else {
		nflb_segment_put_ipv6(skb, t);
		nflb_segment_put_tcp(skb, t, seg);
		ip6_local_out(net, NULL, skb);
	}
}
