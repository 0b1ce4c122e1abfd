/* SPDX-License-Identifier: GPL-2.0-only */
/* Allow lists: the sources that a service takes new flows from. */
#ifndef _NFLB_ALLOW_H
#define _NFLB_ALLOW_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <uapi/nflb.h>

#include "addr.h"

struct nflb_why;

/**
 * struct nflb_prefix - a prefix
 * @word: the address in host order, an IPv4 one in the upper half of the first;
 *	so prefixes of a family are compared as numbers are
 * @len: its length in bits
 */
struct nflb_prefix {
	u64 word[2];
	u8 len;
};

/**
 * struct nflb_allow - a list of prefixes
 * @ref: versions of the service that share it, and the request that brings it
 * @family: family of all prefixes
 * @n: prefixes
 * @n_alloc: prefixes allocated
 * @prefix: the prefixes; once finished, sorted, and none is a part of another
 */
struct nflb_allow {
	refcount_t ref;
	u8 family;
	u32 n;
	u32 n_alloc;
	struct nflb_prefix prefix[];
};

struct nflb_allow *nflb_allow_alloc(u32 n);
void nflb_allow_put(struct nflb_allow *allow);
int nflb_allow_add(struct nflb_allow *allow, const u8 *data, u32 n_bytes,
		   const struct nflb_why *why);
void nflb_allow_finish(struct nflb_allow *allow);
u32 nflb_allow_read(const struct nflb_allow *allow, u32 i,
		    u8 data[NFLB_PREFIX_BYTES]);
bool nflb_allow_has(const struct nflb_allow *allow,
		    const struct nflb_addr *addr);

#endif /* _NFLB_ALLOW_H */
