// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ramps: who gets less than its share of new flows. With slow start a member
 * that may get them again, or for the first time, does so by and by; and any
 * member while its application wants no more.
 *
 * The scheduler picks as ever. If the pick ramps, a hash of the flow says
 * whether it is taken: it is a point in the time that those who are furthest
 * have behind them, all of a ramp's if anybody is settled, and the pick's own
 * ramp has to have come by it. So a flow that is taken once is taken at every
 * later time, too. What is not taken is picked again, among those that are
 * settled, or else among all; flows that are picked for one of the settled do
 * not move.
 *
 * Of whom the application wants less, so many parts of a hundred count of the
 * time that it has behind it, also at the end.
 */

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "move.h"
#include "net.h"
#include "ramp.h"
#include "snapshot.h"
#include "zone.h"

/**
 * nflb_ramp_alloc() - makes ramps, with nobody on them
 * @n_members: members of the pool
 * @time_ms: what a ramp takes, 0 for none
 *
 * Context: process, may sleep.
 * Return: the ramps, to be freed with kvfree(), or NULL.
 */
struct nflb_ramp *nflb_ramp_alloc(u32 n_members, u32 time_ms)
{
	size_t n_words = BITS_TO_LONGS(n_members);
	size_t n = n_members + n_words + DIV_ROUND_UP(n_members, sizeof(long));
	struct nflb_ramp *ramp;

	ramp = kvzalloc(struct_size(ramp, begin, n), GFP_KERNEL_ACCOUNT);
	if (!ramp)
		return NULL;
	ramp->n_members = n_members;
	ramp->time = max(1UL, msecs_to_jiffies(time_ms));
	ramp->is_slow = time_ms;
	ramp->first = jiffies;
	ramp->last = jiffies - MAX_JIFFY_OFFSET;
	ramp->settled = &ramp->begin[n_members];
	ramp->wanted = (u8 *)(ramp->settled + n_words);
	memset(ramp->wanted, NFLB_PCT_MAX, n_members);
	return ramp;
}

/* One more is eligible. */
static void nflb_ramp_join(struct nflb_ramp *ramp, u32 pos)
{
	WRITE_ONCE(ramp->most, max(ramp->most, ramp->wanted[pos]));
}

/**
 * nflb_ramp_settle() - ends a member's ramp
 * @ramp: the ramps
 * @pos: place of the member, which is eligible now, or about to be
 *
 * It gets all that its application wants.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_settle(struct nflb_ramp *ramp, u32 pos)
{
	nflb_ramp_join(ramp, pos);
	WRITE_ONCE(ramp->first, jiffies - ramp->time);
	WRITE_ONCE(ramp->begin[pos], jiffies - ramp->time);
	assign_bit(pos, ramp->settled, ramp->wanted[pos] == NFLB_PCT_MAX);
}

/**
 * nflb_ramp_start() - begins a member's ramp
 * @ramp: the ramps
 * @pos: place of the member, which is eligible now, or about to be
 * @is_alone: nobody else is
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_start(struct nflb_ramp *ramp, u32 pos, bool is_alone)
{
	if (!ramp->is_slow) {
		nflb_ramp_settle(ramp, pos);
		return;
	}
	nflb_ramp_join(ramp, pos);
	if (is_alone)
		WRITE_ONCE(ramp->first, jiffies);
	WRITE_ONCE(ramp->last, jiffies);
	WRITE_ONCE(ramp->begin[pos], jiffies);
	clear_bit(pos, ramp->settled);
}

/**
 * nflb_ramp_measure() - finds how far the furthest is
 * @ramp: the ramps
 * @eligible: a bit for each that is eligible
 * @leaving: place of one that is not to count, or NFLB_NONE
 *
 * When did the first of those begin that are left, and what is the most that
 * they want? Of all of it, if anybody is settled.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_measure(struct nflb_ramp *ramp, const unsigned long *eligible,
		       u32 leaving)
{
	unsigned long first = jiffies;
	u8 most = 0;
	u32 pos;

	if (!bitmap_empty(ramp->settled, ramp->n_members))
		return;
	for_each_set_bit(pos, eligible, ramp->n_members) {
		if (pos == leaving)
			continue;
		if (time_before(ramp->begin[pos], first))
			first = ramp->begin[pos];
		most = max(most, ramp->wanted[pos]);
	}
	WRITE_ONCE(ramp->first, first);
	WRITE_ONCE(ramp->most, most);
}

/**
 * nflb_ramp_stop() - takes a member off, which is not eligible any more
 * @ramp: the ramps
 * @pos: place of the member
 * @eligible: a bit for each that has been eligible until now
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_stop(struct nflb_ramp *ramp, u32 pos,
		    const unsigned long *eligible)
{
	clear_bit(pos, ramp->settled);
	nflb_ramp_measure(ramp, eligible, pos);
}

static u32 nflb_ramp_since(const struct nflb_ramp *ramp, unsigned long begin)
{
	unsigned long gone = jiffies - begin;

	if (gone >= ramp->time)
		return ramp->time;
	return max_t(u32, gone, DIV_ROUND_UP(ramp->time, NFLB_RAMP_PARTS));
}

/* How much of its ramp does a member have behind it? */
static u32 nflb_ramp_climbed(const struct nflb_ramp *ramp, u32 pos)
{
	if (test_bit(pos, ramp->settled))
		return ramp->time;
	return nflb_ramp_since(ramp, READ_ONCE(ramp->begin[pos]));
}

/**
 * nflb_ramp_want() - takes what a member's application wants
 * @ramp: the ramps
 * @pos: place of the member
 * @pct: what it wants of its share, as a percentage, not 0
 * @eligible: a bit for each that is eligible
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_want(struct nflb_ramp *ramp, u32 pos, u32 pct,
		    const unsigned long *eligible)
{
	WRITE_ONCE(ramp->wanted[pos], pct);
	WRITE_ONCE(ramp->last, jiffies);
	if (!test_bit(pos, eligible))
		return;
	if (nflb_ramp_climbed(ramp, pos) == ramp->time)
		nflb_ramp_settle(ramp, pos);
	nflb_ramp_measure(ramp, eligible, NFLB_NONE);
}

/**
 * nflb_ramp_is_wanted() - tells whether all want all of their shares
 * @ramp: the ramps
 *
 * Context: process, under cfg_mutex.
 * Return: true if so.
 */
bool nflb_ramp_is_wanted(const struct nflb_ramp *ramp)
{
	return !memchr_inv(ramp->wanted, NFLB_PCT_MAX, ramp->n_members);
}

/**
 * nflb_ramp_reached() - tells how far a member is
 * @ramp: the ramps
 * @pos: place of the member
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: a part of nflb_ramp.time times NFLB_PCT_MAX, not 0; all of that if
 * the member is settled.
 */
u32 nflb_ramp_reached(const struct nflb_ramp *ramp, u32 pos)
{
	return nflb_ramp_climbed(ramp, pos) * READ_ONCE(ramp->wanted[pos]);
}

/**
 * nflb_ramp_carry() - brings a member over that was eligible before
 * @ramp: the ramps of a pool, not published yet
 * @pos: place of the member, of which is known what it wants
 * @former: those of its former self, or NULL
 * @was: place of the member there
 *
 * nflb_ramp_measure() has to follow.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_carry(struct nflb_ramp *ramp, u32 pos,
		     const struct nflb_ramp *former, u32 was)
{
	if (!former || !ramp->is_slow ||
	    nflb_ramp_climbed(former, was) == former->time) {
		nflb_ramp_settle(ramp, pos);
		return;
	}
	nflb_ramp_join(ramp, pos);
	ramp->begin[pos] = former->begin[was];
	if (time_after(former->last, ramp->last))
		ramp->last = former->last;
}

/* How far is the furthest? */
static u32 nflb_ramp_furthest(const struct nflb_ramp *ramp)
{
	return nflb_ramp_since(ramp, READ_ONCE(ramp->first)) *
	       READ_ONCE(ramp->most);
}

/**
 * nflb_ramp_has_ended() - tells whether nobody ramps, nor has of late
 * @ramp: the ramps
 * @jiffies_ago: what is of late
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: true if so.
 */
bool nflb_ramp_has_ended(const struct nflb_ramp *ramp, u32 jiffies_ago)
{
	return jiffies - READ_ONCE(ramp->last) > ramp->time + jiffies_ago;
}

/**
 * nflb_ramp_accepts() - tells whether a ramp has come by a flow
 * @hash: hash of the flow
 * @reached: how far the ramp is
 * @furthest: how far the furthest is
 *
 * Return: true if so; then it is for every greater share of @furthest, too.
 */
bool nflb_ramp_accepts(u64 hash, u32 reached, u32 furthest)
{
	return reciprocal_scale(upper_32_bits(hash), furthest) < reached;
}

/**
 * nflb_ramp_takes() - tells whether a member takes a flow
 * @ramp: the ramps
 * @pos: place of the member, which has been picked
 * @hash: hash of the flow that it was picked by
 * @key: key of the pool
 *
 * Context: softirq or process, under RCU.
 * Return: true if so.
 */
bool nflb_ramp_takes(const struct nflb_ramp *ramp, u32 pos, u64 hash,
		     const siphash_key_t *key)
{
	if (test_bit(pos, ramp->settled))
		return true;
	/* All flows of a slot of maglev's have the first bits of @hash alike */
	return nflb_ramp_accepts(siphash_1u64(hash, key),
				 nflb_ramp_reached(ramp, pos),
				 nflb_ramp_furthest(ramp));
}

/**
 * nflb_ramp_load() - tells how busy a member is
 * @ramp: the ramps, or NULL
 * @pos: place of the member
 * @active: flows that it has open
 *
 * One that ramps is as busy as others with fewer flows. Else a scheduler that
 * looks for the least busy would pick nobody else until it has as many.
 *
 * Context: softirq or process, under RCU.
 * Return: as many flows as a member without a ramp would have.
 */
u64 nflb_ramp_load(const struct nflb_ramp *ramp, u32 pos, u32 active)
{
	if (!ramp || test_bit(pos, ramp->settled))
		return active;
	return div_u64((u64)active * ramp->time * NFLB_PCT_MAX,
		       nflb_ramp_reached(ramp, pos));
}

/**
 * nflb_ramp_pct() - tells what a member gets of its share
 * @pool: the pool, finished
 * @gate: gate of the service
 * @pos: place of the member
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: a percentage of what the furthest gets, at most 100; 100 too if it is
 * not eligible.
 */
u32 nflb_ramp_pct(const struct nflb_pool *pool, u32 gate, u32 pos)
{
	const struct nflb_ramp *ramp = READ_ONCE(pool->ramp[gate]);
	u32 furthest;

	if (!ramp || !nflb_pool_is_eligible(pool, gate, pos))
		return 100;
	furthest = nflb_ramp_furthest(ramp);
	/* The last one that was eligible is about to leave. */
	if (!furthest)
		return 100;
	return min_t(u32, 100, div_u64((u64)100 * nflb_ramp_reached(ramp, pos),
				       furthest));
}

/* Settles those that are there. Returns when the next is, in jiffies, or 0. */
static unsigned long nflb_ramp_finish(struct nflb_ramp *ramp,
				      const unsigned long *eligible)
{
	unsigned long left, next = 0;
	u32 pos;

	for_each_set_bit(pos, eligible, ramp->n_members) {
		if (test_bit(pos, ramp->settled))
			continue;
		left = ramp->time - nflb_ramp_climbed(ramp, pos);
		if (!left)
			nflb_ramp_settle(ramp, pos);
		else if (!next || left < next)
			next = left;
	}
	return next;
}

static unsigned long nflb_ramp_finish_pool(struct nflb_pool *pool)
{
	unsigned long left, next = 0;
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (!pool->eligible[gate] || !pool->ramp[gate])
			continue;
		left = nflb_ramp_finish(pool->ramp[gate], pool->eligible[gate]);
		nflb_zone_update(pool, gate);
		if (left && (!next || left < next))
			next = left;
	}
	return next;
}

static void nflb_ramp_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, ramp_work);
	const struct nflb_snapshot *snap;
	unsigned long left, next = 0;
	struct nflb_pool *pool;
	u32 i;

	mutex_lock(&nn->cfg_mutex);
	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	for (i = 0; snap && i < snap->pools.n_slots; i++) {
		pool = nflb_snapshot_pool(snap, i);
		left = pool ? nflb_ramp_finish_pool(pool) : 0;
		if (left && (!next || left < next))
			next = left;
	}
	if (next)
		mod_delayed_work(nflb_wq, &nn->ramp_work, next);
	/* Who is there by now has more flows by the hash. */
	nflb_move_hashed(nn);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_ramp_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_ramp_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->ramp_work, nflb_ramp_work);
}

/**
 * nflb_ramp_watch() - sees to it that ramps end
 * @nn: the namespace, in which some may have begun
 *
 * Context: process, under cfg_mutex.
 */
void nflb_ramp_watch(struct nflb_net *nn)
{
	mod_delayed_work(nflb_wq, &nn->ramp_work, 0);
}
