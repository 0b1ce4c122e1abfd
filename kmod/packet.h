/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets: reading their headers, mostly where a device delivers them. */
#ifndef _NFLB_PACKET_H
#define _NFLB_PACKET_H

#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "addr.h"

/**
 * struct nflb_packet - what is read from a packet before it is touched
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @flags: TCP: flags, as in tcp_flag_byte(), else 0
 * @len: bytes of the IP packet
 * @l4_offset: bytes of its IP header
 * @n_data: TCP: bytes of payload, and one each for SYN and FIN
 * @seq: TCP: sequence number
 * @ack: TCP: acknowledgment number
 */
struct nflb_packet {
	u8 family;
	u8 protocol;
	u8 flags;
	unsigned int len;
	unsigned int l4_offset;
	unsigned int n_data;
	u32 seq;
	u32 ack;
};

/**
 * nflb_packet_src() - reads where a packet comes from
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @addr: where the address goes
 */
static inline void nflb_packet_src(const struct sk_buff *skb, u8 family,
				   struct nflb_addr *addr)
{
	addr->family = family;
	if (family == AF_INET)
		addr->ip = (union nf_inet_addr) { .ip = ip_hdr(skb)->saddr };
	else
		addr->ip.in6 = ipv6_hdr(skb)->saddr;
}

/**
 * nflb_packet_dst() - reads where a packet goes to
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @addr: where the address goes
 */
static inline void nflb_packet_dst(const struct sk_buff *skb, u8 family,
				   struct nflb_addr *addr)
{
	addr->family = family;
	if (family == AF_INET)
		addr->ip = (union nf_inet_addr) { .ip = ip_hdr(skb)->daddr };
	else
		addr->ip.in6 = ipv6_hdr(skb)->daddr;
}

/**
 * nflb_packet_step() - tells what a packet does to its TCP connection
 * @pkt: the packet
 *
 * Return: those of its flags that conntrack goes by; 0 if it is not TCP.
 */
static inline u8 nflb_packet_step(const struct nflb_packet *pkt)
{
	return pkt->flags &
	       (TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST | TCPHDR_ACK);
}

/**
 * nflb_packet_is_syn() - tells whether a packet opens a TCP connection
 * @pkt: the packet
 *
 * Return: true if so; maybe with the ports of one that closes.
 */
static inline bool nflb_packet_is_syn(const struct nflb_packet *pkt)
{
	return nflb_packet_step(pkt) == TCPHDR_SYN;
}

/**
 * nflb_packet_l4() - finds the header behind that of IP
 * @skb: the packet
 * @pkt: what was read from it
 *
 * Return: the header.
 */
static inline void *nflb_packet_l4(const struct sk_buff *skb,
				   const struct nflb_packet *pkt)
{
	return skb_network_header(skb) + pkt->l4_offset;
}

static __always_inline bool nflb_packet_read_tcp(struct sk_buff *skb,
						 struct nflb_packet *pkt)
{
	const struct tcphdr *th;
	unsigned int hdr_len;

	hdr_len = pkt->l4_offset + sizeof(*th);
	if (unlikely(hdr_len > skb_headlen(skb)) &&
	    !pskb_may_pull(skb, hdr_len))
		return false;
	th = nflb_packet_l4(skb, pkt);
	hdr_len = pkt->l4_offset + 4 * th->doff;
	if (th->doff < sizeof(*th) / 4 || hdr_len > pkt->len)
		return false;
	pkt->n_data = pkt->len - hdr_len + th->syn + th->fin;
	pkt->seq = ntohl(th->seq);
	pkt->ack = ntohl(th->ack_seq);
	pkt->flags = tcp_flag_byte(th);
	return true;
}

static __always_inline bool nflb_packet_read_udp(struct sk_buff *skb,
						 struct nflb_packet *pkt)
{
	const struct udphdr *uh = nflb_packet_l4(skb, pkt);

	if (ntohs(uh->len) < sizeof(*uh) ||
	    ntohs(uh->len) + pkt->l4_offset > pkt->len)
		return false;
	pkt->flags = 0;
	return true;
}

static __always_inline bool nflb_packet_read_l4(struct sk_buff *skb,
						struct nflb_packet *pkt)
{
	switch (pkt->protocol) {
	case IPPROTO_TCP:
		return nflb_packet_read_tcp(skb, pkt);
	case IPPROTO_UDP:
		return nflb_packet_read_udp(skb, pkt);
	default:
		return false;
	}
}

/**
 * nflb_packet_read_ipv4() - reads an IPv4 packet
 * @skb: the packet; its header and eight bytes behind can be read
 * @pkt: where it goes
 *
 * Context: softirq.
 * Return: false for what ip_rcv() would drop, and what only the slow path can
 * do.
 */
static __always_inline bool nflb_packet_read_ipv4(struct sk_buff *skb,
						  struct nflb_packet *pkt)
{
	const struct iphdr *iph = ip_hdr(skb);

	pkt->len = ntohs(iph->tot_len);
	if (iph->version != 4 || iph->ihl != 5 || iph->ttl <= 1 ||
	    ip_is_fragment(iph) || pkt->len > skb->len)
		return false;
	pkt->l4_offset = sizeof(*iph);
	pkt->family = AF_INET;
	pkt->protocol = iph->protocol;
	return nflb_packet_read_l4(skb, pkt);
}

/**
 * nflb_packet_read_ipv6() - reads an IPv6 packet
 * @skb: the packet; its header and eight bytes behind can be read
 * @pkt: where it goes
 *
 * Context: softirq.
 * Return: false for what ipv6_rcv() would drop, and what only the slow path
 * can do.
 */
static __always_inline bool nflb_packet_read_ipv6(struct sk_buff *skb,
						  struct nflb_packet *pkt)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	pkt->len = ntohs(ip6h->payload_len) + sizeof(*ip6h);
	if (ip6h->version != 6 || ip6h->hop_limit <= 1 ||
	    !ip6h->payload_len || pkt->len > skb->len)
		return false;
	pkt->l4_offset = sizeof(*ip6h);
	pkt->family = AF_INET6;
	pkt->protocol = ip6h->nexthdr;
	return nflb_packet_read_l4(skb, pkt);
}

int nflb_packet_find(const struct sk_buff *skb, u8 family, u8 protocol);

#endif /* _NFLB_PACKET_H */
