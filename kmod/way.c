// SPDX-License-Identifier: GPL-2.0-only
/* Ways: how a packet leaves the gateway from where it came in. */

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "way.h"

/**
 * nflb_way_verify() - checks a packet as conntrack does those that it sees
 * @nn: the namespace
 * @skb: the packet
 * @pkt: what was read from it
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq.
 * Return: false if its checksum is wrong.
 */
bool nflb_way_verify(const struct nflb_net *nn, struct sk_buff *skb,
		     const struct nflb_packet *pkt, u8 family)
{
	const struct udphdr *uh = nflb_packet_l4(skb, pkt);
	u8 protocol = pkt->protocol;

	if (!nn->net->ct.sysctl_checksum ||
	    (protocol == IPPROTO_UDP && !uh->check))
		return true;
	if (family == AF_INET)
		return !nf_ip_checksum(skb, NF_INET_PRE_ROUTING,
				       pkt->l4_offset, protocol);
	return !nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, pkt->l4_offset,
				protocol);
}
