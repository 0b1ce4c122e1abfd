/* SPDX-License-Identifier: GPL-2.0-only */
/* Leases: the ports that a backend has by a snat, in blocks. */
#ifndef _NFLB_LEASE_H
#define _NFLB_LEASE_H

#include <linux/netfilter.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "reserve.h"

struct nflb_block;
struct nflb_outlet;

/**
 * enum nflb_lease_usage - how many of its ports a backend uses
 * @NFLB_LEASE_CALM: no more than 75 %
 * @NFLB_LEASE_BUSY: more
 * @NFLB_LEASE_EXHAUSTED: all, or it has none
 */
enum nflb_lease_usage {
	NFLB_LEASE_CALM,
	NFLB_LEASE_BUSY,
	NFLB_LEASE_EXHAUSTED,
};

/**
 * struct nflb_target - where a flow goes, as far as its port depends on that
 * @ip: address
 * @port: port, or what stands there
 * @protocol: IP protocol number
 */
struct nflb_target {
	union nf_inet_addr ip;
	__be16 port;
	u8 protocol;
};

/**
 * struct nflb_lease - the ports that a backend has
 * @lock: protects all of it, taken with bottom halves off; written under it
 * @snat: place of the snat that it has them by, or NFLB_NONE
 * @reserve: how many blocks it is to have
 * @block: the blocks, those that new flows may have first
 * @n_open: number of those
 * @n_blocks: number of blocks
 * @n_alloc: blocks that there is room for
 * @n_used: ports that have flows
 * @n_failed: flows that got none
 * @usage: enum nflb_lease_usage, as it was seen last; written without the lock
 * @n_resets: connections that were reset as they were idle
 * @n_changes: grows with all that may make a port free
 * @miss: where no port was free for
 * @miss_changes: @n_changes at that time
 * @miss_until: until when it is not looked again, in jiffies
 */
struct nflb_lease {
	spinlock_t lock;
	u32 snat;
	struct nflb_reserve reserve;
	struct nflb_block **block;
	u32 n_open;
	u32 n_blocks;
	u32 n_alloc;
	u32 n_used;
	u64 n_failed;
	u32 usage;
	u64 n_resets;
	u32 n_changes;
	struct nflb_target miss;
	u32 miss_changes;
	unsigned long miss_until;
};

/**
 * struct nflb_search - looks for a port among those of a lease
 * @outlet: addresses that blocks may be taken of
 * @n_outlets: how many, 0 to take none
 * @target: where the flow goes
 * @is_free: says whether a port may be given to the flow
 * @data: for @is_free
 */
struct nflb_search {
	struct nflb_outlet *const *outlet;
	u32 n_outlets;
	struct nflb_target target;
	bool (*is_free)(const struct nflb_block *block, u16 port, void *data);
	void *data;
};

void nflb_lease_init(struct nflb_lease *lease);
void nflb_lease_fini(struct nflb_lease *lease);
void nflb_lease_set(struct nflb_lease *lease, u32 snat,
		    const struct nflb_reserve *reserve);
void nflb_lease_fill(struct nflb_lease *lease,
		     struct nflb_outlet *const *outlet, u32 n_outlets);

struct nflb_block *nflb_lease_find(struct nflb_lease *lease,
				   const struct nflb_search *search, u16 *port);
void nflb_lease_miss(struct nflb_lease *lease,
		     const struct nflb_target *target);
void nflb_lease_count_reset(struct nflb_lease *lease);
bool nflb_lease_hold(struct nflb_lease *lease, struct nflb_block *block,
		     u16 port);
struct nflb_lease *nflb_lease_release(struct nflb_block *block, u16 port);

/**
 * nflb_lease_limit() - tells how many ports a lease may have
 * @lease: the lease
 *
 * Return: the number, which may be out of date.
 */
static inline u32 nflb_lease_limit(const struct nflb_lease *lease)
{
	return READ_ONCE(lease->reserve.limit) * NFLB_SNAT_BLOCK;
}

/**
 * nflb_lease_allocated() - tells how many ports a lease has
 * @lease: the lease
 *
 * Return: the number, which may be out of date.
 */
static inline u32 nflb_lease_allocated(const struct nflb_lease *lease)
{
	return READ_ONCE(lease->n_blocks) * NFLB_SNAT_BLOCK;
}

/**
 * nflb_lease_usage() - tells how many of its ports a lease uses
 * @lease: the lease
 *
 * Return: the usage, which may be out of date.
 */
static inline enum nflb_lease_usage
nflb_lease_usage(const struct nflb_lease *lease)
{
	u32 used = READ_ONCE(lease->n_used);
	u32 limit = nflb_lease_limit(lease);

	if (used >= limit)
		return NFLB_LEASE_EXHAUSTED;
	return used * 4 > limit * 3 ? NFLB_LEASE_BUSY : NFLB_LEASE_CALM;
}

#endif /* _NFLB_LEASE_H */
