// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zones: a pool may prefer the members of one. What these cannot carry spills
 * over to the others.
 *
 * While enough of the zone's members are eligible all new flows are for them,
 * so of equal ones none gets more than 100 / spill_pct times what it gets when
 * all are there. With fewer, they get as much each, and the rest of the flows
 * is for the eligible members of other zones, as with the overprovisioning of
 * Envoy's priorities, whose factor of 1.4 is a spill_pct of 71. If these are
 * few, too, more stays, so that each gets the same.
 *
 * A hash of the flow says whether it stays: it is a point, and the share that
 * stays has to be above it. So a share that shrinks moves no flows but those
 * that it has become too small for, and they come back when it grows.
 *
 * The same is asked of members that are settled, if there are ramps: what those
 * on a ramp do not take yet is picked as if nobody else were eligible. So it
 * stays where it was before they came, even if that is another zone.
 */

#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "ramp.h"
#include "zone.h"

/* Keeps the hash apart from those that others make of a flow's. */
#define NFLB_ZONE_SALT 0x6e666c627a6f6e65ULL

static void nflb_zone_lay_out(struct nflb_zone *zone)
{
	zone->eligible.near = zone->in + zone->n_words;
	zone->eligible.far = zone->eligible.near + zone->n_words;
	zone->settled.near = zone->eligible.far + zone->n_words;
	zone->settled.far = zone->settled.near + zone->n_words;
}

/**
 * nflb_zone_alloc() - makes the preferred zone of a pool, nobody eligible
 * @pool: pool of a candidate, which prefers one
 *
 * Context: process, may sleep.
 * Return: the zone, to be freed with kvfree(), or NULL.
 */
struct nflb_zone *nflb_zone_alloc(const struct nflb_pool *pool)
{
	size_t n_words = BITS_TO_LONGS(pool->n_members);
	struct nflb_zone *zone;
	u32 pos;

	zone = kvzalloc(struct_size(zone, in, 5 * n_words),
			GFP_KERNEL_ACCOUNT);
	if (!zone)
		return NULL;
	zone->n_words = n_words;
	zone->spill_pct = pool->spill_pct;
	nflb_zone_lay_out(zone);
	for (pos = 0; pos < pool->n_members; pos++) {
		if (!nflb_zone_has(pool, pos))
			continue;
		__set_bit(pos, zone->in);
		zone->n_members += !!pool->member[pos].weight;
	}
	return zone;
}

static u32 nflb_zone_share(const struct nflb_zone *zone, u32 n_near, u32 n_far)
{
	u32 wanted = zone->spill_pct * zone->n_members;
	u64 near = (u64)NFLB_ZONE_ALL * n_near;

	if (!n_near)
		return 0;
	if (!n_far || 100 * n_near >= wanted)
		return NFLB_ZONE_ALL;
	return max(div_u64(100 * near, wanted),
		   div_u64(near, n_near + n_far));
}

/* In a panic all zones have to help, so nobody is near. */
static void nflb_zone_split(const struct nflb_zone *zone,
			    const unsigned long *set, bool is_panicking,
			    struct nflb_split *split)
{
	u32 n_near = 0, n_far = 0;
	unsigned long near;
	u32 i;

	for (i = 0; i < zone->n_words; i++) {
		near = is_panicking ? 0 : set[i] & zone->in[i];
		WRITE_ONCE(split->near[i], near);
		WRITE_ONCE(split->far[i], set[i] & ~near);
		n_near += hweight_long(near);
		n_far += hweight_long(set[i] & ~near);
	}
	WRITE_ONCE(split->share, nflb_zone_share(zone, n_near, n_far));
}

/**
 * nflb_zone_update() - follows who is eligible, and settled
 * @pool: the pool, finished
 * @gate: the gate, where some of that has changed
 *
 * Context: process, under cfg_mutex.
 */
void nflb_zone_update(struct nflb_pool *pool, u32 gate)
{
	bool is_panicking = pool->gate[gate].is_panicking;
	struct nflb_zone *zone = pool->zone[gate];

	if (!zone)
		return;
	nflb_zone_split(zone, pool->eligible[gate], is_panicking,
			&zone->eligible);
	if (pool->ramp[gate])
		nflb_zone_split(zone, pool->ramp[gate]->settled, is_panicking,
				&zone->settled);
}

/**
 * nflb_zone_keeps() - tells whether a flow is for the preferred zone
 * @split: whom it may go to
 * @hash: hash of the flow
 * @key: key of the pool
 *
 * Context: softirq or process, under RCU.
 * Return: true if so; then it is with every greater share, too.
 */
bool nflb_zone_keeps(const struct nflb_split *split, u64 hash,
		     const siphash_key_t *key)
{
	u32 share = READ_ONCE(split->share);
	u32 point;

	if (!share || share == NFLB_ZONE_ALL)
		return share;
	point = upper_32_bits(siphash_2u64(hash, NFLB_ZONE_SALT, key));
	return reciprocal_scale(point, NFLB_ZONE_ALL) < share;
}

/**
 * nflb_zone_pct() - tells what share of the flows is for the preferred zone
 * @pool: the pool, finished, which prefers one
 * @gate: gate of the service
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: a percentage, rounded down.
 */
u32 nflb_zone_pct(const struct nflb_pool *pool, u32 gate)
{
	return 100 * READ_ONCE(pool->zone[gate]->eligible.share) /
	       NFLB_ZONE_ALL;
}
