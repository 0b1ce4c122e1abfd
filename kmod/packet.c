// SPDX-License-Identifier: GPL-2.0-only
/* Packets: finding a header in those that the host's hooks are given. */

#include "packet.h"

/**
 * nflb_packet_find() - finds the header behind those of IP
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @protocol: IP protocol number
 *
 * Context: any.
 * Return: its offset from the packet's data, or -1 if what is there is of
 * another protocol, or part of something.
 */
int nflb_packet_find(const struct sk_buff *skb, u8 family, u8 protocol)
{
	int offset = skb_network_offset(skb);
	__be16 frag_off;
	u8 nexthdr;

	if (family == AF_INET) {
		if (ip_hdr(skb)->protocol != protocol ||
		    ip_is_fragment(ip_hdr(skb)))
			return -1;
		return offset + ip_hdrlen(skb);
	}
	nexthdr = ipv6_hdr(skb)->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(struct ipv6hdr),
				  &nexthdr, &frag_off);
	return nexthdr == protocol && !frag_off ? offset : -1;
}
