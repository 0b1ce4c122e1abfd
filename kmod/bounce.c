// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounces: errors of ICMP about datagrams that nobody remembers.
 *
 * What a backend, or who is on the way to it, the gateway itself included, says
 * of a datagram of a one-packet service, goes to the client. There the datagram
 * in it must look as the client has sent it, or nobody knows it. Conntrack does
 * that for flows. What clients say of answers stays as it is: whose answer it
 * was, nobody knows.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_checksum.h>
#include <net/netfilter/nf_conntrack.h>

#include "datagram.h"
#include "hooks.h"
#include "net.h"
#include "owner.h"
#include "packet.h"
#include "snapshot.h"

/**
 * struct nflb_bounce - an error, and what it is about
 * @offset: where its ICMP header begins
 * @dgram: the datagram in it; its tuple is that of an answer
 */
struct nflb_bounce {
	int offset;
	struct nflb_datagram dgram;
};

static bool nflb_bounce_is_icmp(const struct sk_buff *skb, int offset)
{
	const struct icmphdr *icmph;
	struct icmphdr buf;

	icmph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return icmph && icmp_is_err(icmph->type) &&
	       icmph->type != ICMP_REDIRECT;
}

static bool nflb_bounce_is_icmpv6(const struct sk_buff *skb, int offset)
{
	const struct icmp6hdr *icmp6h;
	struct icmp6hdr buf;

	icmp6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return icmp6h && icmpv6_is_err(icmp6h->icmp6_type);
}

static bool nflb_bounce_read_ipv4(const struct sk_buff *skb,
				  struct nflb_datagram *dgram)
{
	struct nflb_tuple *tuple = &dgram->tuple;
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, dgram->ip_offset, sizeof(buf), &buf);
	if (!iph || iph->ihl < 5 || iph->protocol != IPPROTO_UDP ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	dgram->l4_offset = dgram->ip_offset + iph->ihl * 4;
	tuple->src.ip = (union nf_inet_addr) { .ip = iph->daddr };
	tuple->dst.ip = (union nf_inet_addr) { .ip = iph->saddr };
	return true;
}

static bool nflb_bounce_read_ipv6(const struct sk_buff *skb,
				  struct nflb_datagram *dgram)
{
	int offset = dgram->ip_offset + sizeof(struct ipv6hdr);
	struct nflb_tuple *tuple = &dgram->tuple;
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;

	ip6h = skb_header_pointer(skb, dgram->ip_offset, sizeof(buf), &buf);
	if (!ip6h)
		return false;
	nexthdr = ip6h->nexthdr;
	tuple->src.ip.in6 = ip6h->daddr;
	tuple->dst.ip.in6 = ip6h->saddr;
	dgram->l4_offset = ipv6_skip_exthdr(skb, offset, &nexthdr, &frag_off);
	return dgram->l4_offset >= 0 && nexthdr == IPPROTO_UDP && !frag_off;
}

/* Both headers of ICMP have eight bytes. */
static bool nflb_bounce_read(const struct sk_buff *skb, u8 family,
			     struct nflb_bounce *bounce)
{
	struct nflb_datagram *dgram = &bounce->dgram;
	struct nflb_tuple *tuple = &dgram->tuple;
	bool is_ipv4 = family == AF_INET;
	const struct udphdr *uh;
	struct udphdr buf;

	bounce->offset = nflb_packet_find(skb, family, is_ipv4 ?
					  IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (bounce->offset < 0 ||
	    !(is_ipv4 ? nflb_bounce_is_icmp(skb, bounce->offset) :
			nflb_bounce_is_icmpv6(skb, bounce->offset)))
		return false;
	dgram->ip_offset = bounce->offset + sizeof(struct icmphdr);
	if (!(is_ipv4 ? nflb_bounce_read_ipv4(skb, dgram) :
			nflb_bounce_read_ipv6(skb, dgram)))
		return false;
	uh = skb_header_pointer(skb, dgram->l4_offset, sizeof(buf), &buf);
	if (!uh)
		return false;
	tuple->src.family = family;
	tuple->dst.family = family;
	tuple->protocol = IPPROTO_UDP;
	tuple->src_port = ntohs(uh->dest);
	tuple->dst_port = ntohs(uh->source);
	return true;
}

/* A wrong checksum is not to become a right one. */
static bool nflb_bounce_is_intact(struct sk_buff *skb,
				  const struct nf_hook_state *state, int offset)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return false;
	if (state->pf == NFPROTO_IPV4)
		return !nf_ip_checksum(skb, state->hook, offset, IPPROTO_ICMP);
	return !nf_ip6_checksum(skb, state->hook, offset, IPPROTO_ICMPV6);
}

static void nflb_bounce_finish_ipv4(struct sk_buff *skb, int offset)
{
	struct icmphdr *icmph = (void *)skb->data + offset;

	icmph->checksum = 0;
	icmph->checksum = csum_fold(skb_checksum(skb, offset,
						 skb->len - offset, 0));
}

static void nflb_bounce_finish_ipv6(struct sk_buff *skb, int offset)
{
	struct icmp6hdr *icmp6h = (void *)skb->data + offset;
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int len = skb->len - offset;

	icmp6h->icmp6_cksum = 0;
	icmp6h->icmp6_cksum =
		csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				IPPROTO_ICMPV6,
				skb_checksum(skb, offset, len, 0));
}

/* If the backend itself says it, it says it as the frontend. */
static void nflb_bounce_set_src(struct sk_buff *skb,
				const struct nflb_addr *backend,
				const struct nflb_addr *frontend)
{
	struct nflb_addr src __uninitialized;

	nflb_packet_src(skb, frontend->family, &src);
	if (!nflb_addr_equal(&src, backend))
		return;
	if (frontend->family == AF_INET6) {
		ipv6_hdr(skb)->saddr = frontend->ip.in6;
		return;
	}
	csum_replace4(&ip_hdr(skb)->check, src.ip.ip, frontend->ip.ip);
	ip_hdr(skb)->saddr = frontend->ip.ip;
}

/* Makes the datagram what the client has sent. Without memory it stays. */
static void nflb_bounce_translate(struct sk_buff *skb,
				  const struct nflb_bounce *bounce,
				  const struct nflb_addr *frontend, u16 port)
{
	const struct nflb_datagram *dgram = &bounce->dgram;

	if (skb_ensure_writable(skb, dgram->l4_offset + sizeof(struct udphdr)))
		return;
	skb->ip_summed = CHECKSUM_NONE;
	nflb_datagram_set(skb, dgram, frontend, port, false);
	nflb_bounce_set_src(skb, &dgram->tuple.src, frontend);
	if (frontend->family == AF_INET)
		nflb_bounce_finish_ipv4(skb, bounce->offset);
	else
		nflb_bounce_finish_ipv6(skb, bounce->offset);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

static unsigned int nflb_bounce(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_bounce bounce __uninitialized;
	const struct nflb_tuple *tuple = &bounce.dgram.tuple;
	const struct nflb_frontend *frontend;
	const struct nflb_service *service;
	struct nflb_owner owner;
	u32 pos;

	if (!snap || skb_get_nfct(skb) ||
	    !nflb_bounce_read(skb, state->pf, &bounce))
		return NF_ACCEPT;
	pos = nflb_owner_answer(nn, snap, tuple, &owner);
	if (pos == NFLB_NONE || nflb_datagram_is_tracked(nn, tuple) ||
	    !nflb_bounce_is_intact(skb, state, bounce.offset))
		return NF_ACCEPT;
	service = nflb_snapshot_service(snap, pos);
	frontend = nflb_snapshot_frontend(snap, service->frontend);
	nflb_bounce_translate(skb, &bounce, &frontend->addr,
			      nflb_service_frontend_port(service,
							 tuple->src_port));
	return NF_ACCEPT;
}

static const struct nf_hook_ops nflb_bounce_ops[] =
	NFLB_OPS_BEFORE_CONNTRACK(nflb_bounce);

const struct nflb_hook_set nflb_bounce_hooks = {
	.is_wanted = nflb_datagram_is_wanted,
	.ops = nflb_bounce_ops,
	.n_ops = ARRAY_SIZE(nflb_bounce_ops),
};
