/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of both families, and the tuple of a flow. */
#ifndef _NFLB_ADDR_H
#define _NFLB_ADDR_H

#include <linux/hash.h>
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
 * nflb_key_hash() - hashes what an index has its entries by
 * @key: the key, which the administrator has chosen
 *
 * Packets ask by keys of their own, but cannot put any in. So that the keys are
 * spread is enough, which a product does for the least. An index takes the low
 * bits, on which the product of keys in wide steps, as networks are, depends
 * little; so the high bits come in.
 *
 * Return: the hash.
 */
static inline u32 nflb_key_hash(u64 key)
{
	u32 hash = hash_64(key ^ key >> 32, 32);

	return hash ^ hash >> 16;
}

/**
 * nflb_in6_word() - reads one half of an IPv6 address
 * @in6: the address
 * @i: where the half begins, in 32-bit words
 *
 * Return: the half, in host order.
 */
static inline u64 nflb_in6_word(const struct in6_addr *in6, int i)
{
	return (u64)ntohl(in6->s6_addr32[i]) << 32 |
	       ntohl(in6->s6_addr32[i + 1]);
}

/**
 * nflb_addr_hash() - hashes an address for an index
 * @addr: the address
 *
 * Return: the hash.
 */
static inline u32 nflb_addr_hash(const struct nflb_addr *addr)
{
	const struct in6_addr *in6 = &addr->ip.in6;

	if (addr->family == AF_INET)
		return nflb_key_hash(ntohl(addr->ip.ip));
	return nflb_key_hash(nflb_in6_word(in6, 2) +
			     nflb_key_hash(nflb_in6_word(in6, 0)));
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
