// SPDX-License-Identifier: GPL-2.0-only
/* Schedulers: the registry and what several algorithms need. */

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bottom_half.h>
#include <linux/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pool.h"
#include "ramp.h"
#include "sched.h"
#include "zone.h"

/* So often a flow that nobody takes who ramps is offered to others. */
#define NFLB_SCHED_TRIES 8

/* The default is the first. */
static const struct nflb_sched *const nflb_scheds[] = {
	&nflb_sched_maglev,
	&nflb_sched_rr,
	&nflb_sched_wrr,
	&nflb_sched_lc,
	&nflb_sched_wlc,
	&nflb_sched_random,
	&nflb_sched_p2c,
};

/**
 * nflb_sched_find() - finds an algorithm by its keyword
 * @name: the keyword
 *
 * Return: the algorithm, or NULL.
 */
const struct nflb_sched *nflb_sched_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nflb_scheds); i++) {
		if (!strcmp(nflb_scheds[i]->name, name))
			return nflb_scheds[i];
	}
	return NULL;
}

/**
 * nflb_sched_at() - numbers the algorithms
 * @i: number from 0, the default
 *
 * Return: the algorithm, or NULL after the last.
 */
const struct nflb_sched *nflb_sched_at(u32 i)
{
	return i < ARRAY_SIZE(nflb_scheds) ? nflb_scheds[i] : NULL;
}

/**
 * nflb_sched_data_alloc() - allocates what an algorithm builds
 * @n_bytes: size, with the struct nflb_sched_data at its beginning
 *
 * Context: process, may sleep.
 * Return: zeroed memory with one reference, or NULL.
 */
void *nflb_sched_data_alloc(size_t n_bytes)
{
	struct nflb_sched_data *data;

	data = kvzalloc(n_bytes, GFP_KERNEL_ACCOUNT);
	if (!data)
		return NULL;
	refcount_set(&data->ref, 1);
	data->n_bytes = n_bytes;
	return data;
}

/**
 * nflb_sched_data_put() - drops a reference
 * @data: the data, or NULL
 *
 * Context: process, may sleep.
 */
void nflb_sched_data_put(struct nflb_sched_data *data)
{
	if (data && refcount_dec_and_test(&data->ref))
		kvfree(data);
}

/* What the flow's client has, if it is among them, and else the algorithm's. */
static void nflb_sched_choose(struct nflb_pool *pool,
			      const unsigned long *among,
			      struct nflb_choice *choice)
{
	if (likely(choice->kept == NFLB_NONE) ||
	    !test_bit(choice->kept, among)) {
		pool->sched->pick(pool, among, choice);
		return;
	}
	nflb_choice_init(choice);
	choice->member = choice->kept;
}

/* Those that a flow is for by its zone. They take turns of their own. */
static const unsigned long *nflb_sched_zone(struct nflb_pool *pool,
					    const struct nflb_split *split,
					    struct nflb_choice *choice)
{
	bool is_near = nflb_zone_keeps(split, choice->hash, &pool->key);

	choice->cursor = is_near ? &pool->near_cursor : &pool->cursor;
	return is_near ? split->near : split->far;
}

/* Picks until one is taken, by a new hash each time; the last always is. */
static void nflb_sched_pick_anew(struct nflb_pool *pool, u32 gate,
				 struct nflb_choice *choice)
{
	u64 hash = choice->hash;
	u32 i;

	for (i = 0; i < NFLB_SCHED_TRIES; i++) {
		choice->hash = siphash_2u64(hash, i, &pool->key);
		nflb_sched_choose(pool, pool->eligible[gate], choice);
		if (choice->member == NFLB_NONE ||
		    nflb_ramp_takes(choice->ramp, choice->member, choice->hash,
				    &pool->key))
			break;
	}
	choice->hash = hash;
}

/*
 * Does the pick take the flow? Not all, if it ramps. If it is settled, those
 * that are not get no flow from it: what it has had before they came, by its
 * zone, stays.
 */
static bool nflb_sched_takes(const struct nflb_pool *pool, u32 gate,
			     const struct nflb_choice *choice)
{
	const struct nflb_zone *zone = pool->zone[gate];
	u32 pos = choice->member;

	if (!nflb_ramp_takes(choice->ramp, pos, choice->hash, &pool->key))
		return false;
	return likely(!zone) || !test_bit(pos, choice->ramp->settled) ||
	       test_bit(pos, zone->settled.near) ==
		       nflb_zone_keeps(&zone->settled, choice->hash,
				       &pool->key);
}

/*
 * The pick does not take the flow: somebody who is settled does, or anybody,
 * of whatever zone.
 */
static noinline void nflb_sched_pick_instead(struct nflb_pool *pool, u32 gate,
					     struct nflb_choice *choice)
{
	const unsigned long *settled = choice->ramp->settled;
	struct nflb_choice other = *choice;

	if (pool->zone[gate])
		settled = nflb_sched_zone(pool, &pool->zone[gate]->settled,
					  &other);
	nflb_sched_choose(pool, settled, &other);
	if (other.member == NFLB_NONE) {
		other.cursor = choice->cursor;
		nflb_sched_pick_anew(pool, gate, &other);
	}
	if (other.member == NFLB_NONE || other.member == choice->member)
		return;
	other.first = choice->first;
	if (!test_bit(choice->member, choice->ramp->settled))
		other.ramping = choice->member;
	*choice = other;
}

static void nflb_sched_pick_among(struct nflb_pool *pool, u32 gate,
				  const unsigned long *among,
				  struct nflb_choice *choice)
{
	choice->ramp = READ_ONCE(pool->ramp[gate]);
	nflb_sched_choose(pool, among, choice);
	if (likely(!choice->ramp) || choice->member == NFLB_NONE)
		return;
	if (!nflb_sched_takes(pool, gate, choice))
		nflb_sched_pick_instead(pool, gate, choice);
}

/* Picks among those of the preferred zone, or among the others. */
static noinline void nflb_sched_pick_by_zone(struct nflb_pool *pool, u32 gate,
					     struct nflb_choice *choice)
{
	const struct nflb_zone *zone = pool->zone[gate];
	const unsigned long *among;
	bool is_near;

	among = nflb_sched_zone(pool, &zone->eligible, choice);
	is_near = among == zone->eligible.near;
	nflb_sched_pick_among(pool, gate, among, choice);
	/* Who was there just now may be gone, while others are not. */
	if (choice->member == NFLB_NONE)
		nflb_sched_pick_among(pool, gate, pool->eligible[gate], choice);
	/*
	 * Eligible or not, it is in a zone that the flow is not for. In a panic
	 * all zones are for it.
	 */
	if (choice->first != NFLB_NONE &&
	    !nflb_pool_is_panicking(pool, gate) &&
	    nflb_zone_has(pool, choice->first) != is_near)
		choice->first = NFLB_NONE;
}

static void nflb_sched_pick_anybody(struct nflb_pool *pool, u32 gate,
				    struct nflb_choice *choice)
{
	if (unlikely(pool->zone[gate])) {
		nflb_sched_pick_by_zone(pool, gate, choice);
		return;
	}
	choice->cursor = &pool->cursor;
	nflb_sched_pick_among(pool, gate, pool->eligible[gate], choice);
}

static bool nflb_sched_is_full(const struct nflb_pool *pool, u32 pos)
{
	return nflb_account_is_full(&pool->member[pos].backend->account);
}

/* Picks among those of a set that are not full. Looks at each of them. */
static bool nflb_sched_pick_with_room(struct nflb_pool *pool,
				      const unsigned long *set,
				      struct nflb_choice *choice)
{
	unsigned long *room = this_cpu_ptr(pool->room);
	u32 pos;

	bitmap_zero(room, pool->n_members);
	for_each_set_bit(pos, set, pool->n_members) {
		if (!nflb_sched_is_full(pool, pos))
			__set_bit(pos, room);
	}
	nflb_sched_choose(pool, room, choice);
	return choice->member != NFLB_NONE;
}

/*
 * The pick is full: to its flow it is as one that is not eligible. Who ramps
 * has enough to do, and gets the flow only if all others are full.
 */
static noinline void nflb_sched_pick_past_full(struct nflb_pool *pool,
					       u32 gate,
					       struct nflb_choice *choice)
{
	const struct nflb_zone *zone = pool->zone[gate];
	u32 full = choice->member;
	const unsigned long *set;
	bool is_found = false;

	local_bh_disable();
	if (zone) {
		set = nflb_sched_zone(pool, &zone->eligible, choice);
		is_found = nflb_sched_pick_with_room(pool, set, choice);
	}
	choice->cursor = &pool->cursor;
	if (!is_found && choice->ramp) {
		set = choice->ramp->settled;
		is_found = nflb_sched_pick_with_room(pool, set, choice);
	}
	if (!is_found)
		nflb_sched_pick_with_room(pool, pool->eligible[gate], choice);
	local_bh_enable();
	choice->full = full;
}

/**
 * nflb_sched_pick() - picks a member
 * @pool: the pool, with at least one member
 * @gate: gate of the service
 * @choice: the choice, with its hash and what is kept
 *
 * Context: softirq or process, under RCU.
 */
void nflb_sched_pick(struct nflb_pool *pool, u32 gate,
		     struct nflb_choice *choice)
{
	nflb_sched_pick_anybody(pool, gate, choice);
	if (unlikely(pool->room) && choice->member != NFLB_NONE &&
	    nflb_sched_is_full(pool, choice->member))
		nflb_sched_pick_past_full(pool, gate, choice);
}

/**
 * nflb_sched_next_eligible() - finds the next eligible member, going round
 * @pool: the pool
 * @eligible: its eligible members
 * @from: place to begin at, below the number of members
 *
 * Context: softirq under RCU.
 * Return: a place, or NFLB_NONE when no member is eligible.
 */
u32 nflb_sched_next_eligible(const struct nflb_pool *pool,
			     const unsigned long *eligible, u32 from)
{
	u32 n = pool->n_members;
	u32 pos;

	pos = find_next_bit(eligible, n, from);
	if (pos < n)
		return pos;
	pos = find_first_bit(eligible, from);
	return pos < from ? pos : NFLB_NONE;
}
