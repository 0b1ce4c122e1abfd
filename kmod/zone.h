/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zones: a pool may prefer the members of one. What these cannot carry spills
 * over to the others.
 */
#ifndef _NFLB_ZONE_H
#define _NFLB_ZONE_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "pool.h"

/* All new flows; shares are parts of it. */
#define NFLB_ZONE_ALL 0x10000

/**
 * struct nflb_split - a set of members, split by zone
 * @share: part of the new flows that is for those of the preferred zone
 * @near: a bit per member: of the set and of this zone
 * @far: a bit per member: of the set and not of this zone
 */
struct nflb_split {
	u32 share;
	unsigned long *near;
	unsigned long *far;
};

/**
 * struct nflb_zone - the zone that a pool prefers, for one gate
 * @n_words: words of a set of members
 * @n_members: members that are in the zone and have a weight
 * @spill_pct: how many of them have to be eligible for flows to stay
 * @eligible: those that may get new flows
 * @settled: those of them that get their whole share; not used without ramps
 * @in: a bit per member: in the zone; then the sets of the splits
 *
 * As the pool's bits the splits change under cfg_mutex while packets read them.
 */
struct nflb_zone {
	u32 n_words;
	u32 n_members;
	u32 spill_pct;
	struct nflb_split eligible;
	struct nflb_split settled;
	unsigned long in[];
};

struct nflb_zone *nflb_zone_alloc(const struct nflb_pool *pool);
void nflb_zone_update(struct nflb_pool *pool, u32 gate);
bool nflb_zone_keeps(const struct nflb_split *split, u64 hash,
		     const siphash_key_t *key);
u32 nflb_zone_pct(const struct nflb_pool *pool, u32 gate);

/**
 * nflb_zone_has() - tells whether a member is in the preferred zone
 * @pool: the pool, which prefers one
 * @pos: place of the member
 *
 * Return: true if so.
 */
static inline bool nflb_zone_has(const struct nflb_pool *pool, u32 pos)
{
	return pool->member[pos].zone == pool->prefer_zone;
}

#endif /* _NFLB_ZONE_H */
