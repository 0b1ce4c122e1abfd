/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares: the members of a pool that have a weight, in an order that their
 * names alone decide, and how many of a number of things are due to each.
 * They live while an algorithm builds its data.
 */
#ifndef _NFLB_SCHED_SHARES_H
#define _NFLB_SCHED_SHARES_H

#include <linux/types.h>

struct nflb_pool;

/**
 * struct nflb_share - a member with a weight
 * @hash: hash of its name keyed by the pool, or 0 when not asked for
 * @name: its name
 * @pos: its place in the pool
 * @weight: its weight, not 0
 * @quota: things that are due to it
 */
struct nflb_share {
	u64 hash;
	const char *name;
	u32 pos;
	u32 weight;
	u32 quota;
};

/**
 * struct nflb_shares - all of them
 * @n: number of them
 * @weight_max: largest weight
 * @weight_sum: sum of the weights; BACKENDS_MAX times WEIGHT_MAX fits
 * @share: they, sorted by hash, then by name
 */
struct nflb_shares {
	u32 n;
	u32 weight_max;
	u32 weight_sum;
	struct nflb_share share[];
};

struct nflb_shares *nflb_shares_alloc(const struct nflb_pool *pool,
				      bool is_keyed);
void nflb_shares_free(struct nflb_shares *shares);
int nflb_shares_apportion(struct nflb_shares *shares, u32 n_things);

#endif /* _NFLB_SCHED_SHARES_H */
