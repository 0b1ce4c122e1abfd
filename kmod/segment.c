// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments: TCP packets that the gateway sends in the name of an end.
 *
 * They go out as the gateway's own packets do, past the host's rules for those,
 * but most are not for conntrack to see: it knows the connection better than by
 * what is said here in the name of one of its ends.
 */

#include <linux/err.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_synproxy.h>
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

/* Those of a SYN that has them all */
#define NFLB_SEGMENT_OPTIONS						\
	(TCPOLEN_MSS_ALIGNED + TCPOLEN_TSTAMP_ALIGNED +			\
	 TCPOLEN_WSCALE_ALIGNED)
#define NFLB_SEGMENT_SIZE						\
	(sizeof(struct ipv6hdr) + sizeof(struct tcphdr) +		\
	 NFLB_SEGMENT_OPTIONS)

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

/* What a SYN has in the order that is usual, each in words of their own. */
static u32 nflb_segment_write_options(__be32 *words,
				      const struct synproxy_options *opts)
{
	bool has_sack = opts->options & NF_SYNPROXY_OPT_SACK_PERM;
	u16 nops = TCPOPT_NOP << 8 | TCPOPT_NOP;
	__be32 *end = words;

	if (has_sack)
		nops = TCPOPT_SACK_PERM << 8 | TCPOLEN_SACK_PERM;
	if (opts->options & NF_SYNPROXY_OPT_MSS)
		*end++ = htonl(TCPOPT_MSS << 24 | TCPOLEN_MSS << 16 |
			       opts->mss_option);
	if (opts->options & NF_SYNPROXY_OPT_TIMESTAMP) {
		*end++ = htonl(nops << 16 | TCPOPT_TIMESTAMP << 8 |
			       TCPOLEN_TIMESTAMP);
		*end++ = htonl(opts->tsval);
		*end++ = htonl(opts->tsecr);
	}
	if (opts->options & NF_SYNPROXY_OPT_WSCALE)
		*end++ = htonl(TCPOPT_NOP << 24 | TCPOPT_WINDOW << 16 |
			       TCPOLEN_WINDOW << 8 | opts->wscale);
	return (u8 *)end - (u8 *)words;
}

/* There is room for the options. */
static void nflb_segment_put_tcp(struct sk_buff *skb,
				 const struct nf_conntrack_tuple *t,
				 const struct nflb_segment *seg)
{
	struct tcphdr *th;
	__wsum sum;
	u32 len;

	skb_set_transport_header(skb, skb->len);
	th = skb_put_zero(skb, sizeof(*th));
	len = nflb_segment_write_options((__be32 *)(th + 1), &seg->opts);
	skb_put(skb, len);
	len += sizeof(*th);
	th->source = t->dst.u.all;
	th->dest = t->src.u.all;
	th->seq = htonl(seg->seq);
	th->ack_seq = htonl(seg->ack);
	tcp_flag_word(th) = htonl((u32)len / 4 << 28 | seg->flags << 16 |
				  seg->window);
	sum = csum_partial(th, len, 0);
	if (t->src.l3num == AF_INET)
		th->check = tcp_v4_check(len, t->dst.u3.ip, t->src.u3.ip, sum);
	else
		th->check = tcp_v6_check(len, &t->dst.u3.in6, &t->src.u3.in6,
					 sum);
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
	if (!seg->is_tracked)
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

/* Cuts off what is behind the IP header; there is room for another one then. */
static int nflb_segment_cut(struct sk_buff *skb, int thoff)
{
	int missing;

	if (skb_is_gso(skb))
		skb_gso_reset(skb);
	if (!pskb_may_pull(skb, thoff) || pskb_trim(skb, thoff))
		return -ENOMEM;
	missing = (int)(NFLB_SEGMENT_SIZE - sizeof(struct ipv6hdr)) -
		  skb_tailroom(skb);
	if (!skb_cloned(skb) && missing <= 0)
		return 0;
	return pskb_expand_head(skb, 0, max(missing, 0), GFP_ATOMIC);
}

/**
 * nflb_segment_rewrite() - makes a packet another segment of its connection
 * @skb: the packet, from its IP header on; its data goes
 * @thoff: bytes before its TCP header
 * @t: tuple of the packets that its receiver sends
 * @seg: what it is to say
 *
 * Context: process or softirq.
 * Return: 0, or -ENOMEM with a packet that is good for nothing.
 */
int nflb_segment_rewrite(struct sk_buff *skb, int thoff,
			 const struct nf_conntrack_tuple *t,
			 const struct nflb_segment *seg)
{
	int err = nflb_segment_cut(skb, thoff);

	if (err)
		return err;
	nflb_segment_put_tcp(skb, t, seg);
	skb->ip_summed = CHECKSUM_NONE;
	if (t->src.l3num == AF_INET) {
		ip_hdr(skb)->tot_len = htons(skb->len);
		ip_send_check(ip_hdr(skb));
	} else {
		ipv6_hdr(skb)->payload_len = htons(skb->len -
						   sizeof(struct ipv6hdr));
	}
	return 0;
}
