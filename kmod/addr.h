/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of both families, and the tuple of a flow. */
#ifndef _NFLB_ADDR_H
#define _NFLB_ADDR_H

#include <linux/jhash.h>
#include <linux/netfilter.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <net/ipv6.h>

/**
 * struct nflb_addr - an address
 * @family: AF_INET or AF_INET6
 * @ip: the address; what lies behind an IPv4 one is zero
 */
struct nflb_addr {
	u8 family;
	union nf_inet_addr ip;
};

/**
 * struct nflb_tuple - what a flow's first packet says
 * @src: client
 * @dst: destination
 * @protocol: IP protocol number
 * @src_port: client port, host order; 0 for a protocol without ports
 * @dst_port: destination port, host order; 0 for a protocol without ports
 */
struct nflb_tuple {
	struct nflb_addr src;
	struct nflb_addr dst;
	u8 protocol;
	u16 src_port;
	u16 dst_port;
};

/**
 * nflb_addr_equal() - compares two addresses
 * @a: one
 * @b: the other
 *
 * Return: true if they are the same.
 */
static inline bool nflb_addr_equal(const struct nflb_addr *a,
				   const struct nflb_addr *b)
{
	return a->family == b->family && nf_inet_addr_cmp(&a->ip, &b->ip);
}

/**
 * nflb_addr_hash() - hashes an address for an index
 * @addr: the address
 *
 * Return: the hash.
 */
static inline u32 nflb_addr_hash(const struct nflb_addr *addr)
{
	if (addr->family == AF_INET)
		return jhash_1word((__force u32)addr->ip.ip, 0);
	return jhash2((__force const u32 *)addr->ip.all, 4, 0);
}

/**
 * nflb_protocol_has_ports() - tells whether tuples of a protocol have ports
 * @protocol: IP protocol number
 *
 * Return: true for those that a service may name.
 */
static inline bool nflb_protocol_has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

#endif /* _NFLB_ADDR_H */
