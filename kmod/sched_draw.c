// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws: members at random, in proportion to their weights.
 *
 * A draw is a number below the sum of all weights, and the member is the first
 * whose own weight and those before it add up to more. If it is not eligible
 * another draw follows; after a few, one draw is made among the eligible
 * members alone, which is as fair but looks at each of them.
 */

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/random.h>

#include "pool.h"
#include "sched_draw.h"

#define NFLB_DRAW_ATTEMPTS 16

/**
 * struct nflb_sums - sums of weights
 * @head: head of every scheduler's data
 * @sum: by place: weights of all members up to and including that
 */
struct nflb_sums {
	struct nflb_sched_data head;
	u32 sum[];
};

/**
 * nflb_draw_build() - adds up weights
 * @pool: the pool
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: head of the sums with one reference, or ERR_PTR(-ENOMEM).
 */
struct nflb_sched_data *nflb_draw_build(const struct nflb_pool *pool)
{
	struct nflb_sums *sums;
	u32 sum = 0;
	u32 pos;

	sums = nflb_sched_data_alloc(struct_size(sums, sum, pool->n_members));
	if (!sums)
		return ERR_PTR(-ENOMEM);
	for (pos = 0; pos < pool->n_members; pos++) {
		sum += pool->member[pos].weight;
		sums->sum[pos] = sum;
	}
	return &sums->head;
}

/* Returns the first place whose sum is above @x, which is below the last. */
static u32 nflb_draw_find(const struct nflb_sums *sums, u32 n, u32 x)
{
	u32 low = 0;
	u32 mid;

	while (n > 1) {
		mid = n / 2;
		if (sums->sum[low + mid - 1] <= x)
			low += mid;
		n -= mid;
	}
	return low;
}

/* Health may change between the two loops; then the last one seen is it. */
static u32 nflb_draw_among(const struct nflb_pool *pool,
			   const unsigned long *eligible, u32 but)
{
	u32 member = NFLB_NONE;
	u32 sum = 0;
	u32 pos, x;

	for_each_set_bit(pos, eligible, pool->n_members)
		sum += pos == but ? 0 : pool->member[pos].weight;
	x = reciprocal_scale(get_random_u32(), sum);
	for_each_set_bit(pos, eligible, pool->n_members) {
		if (pos == but)
			continue;
		member = pos;
		if (x < pool->member[pos].weight)
			break;
		x -= pool->member[pos].weight;
	}
	return member;
}

static bool nflb_draw_is_possible(const struct nflb_pool *pool,
				  const unsigned long *eligible, u32 but)
{
	u32 from = but + 1 < pool->n_members ? but + 1 : 0;
	u32 pos = nflb_sched_next_eligible(pool, eligible, from);

	return pos != NFLB_NONE && pos != but;
}

/**
 * nflb_draw() - draws a member
 * @pool: a pool whose scheduler builds with nflb_draw_build()
 * @eligible: the members that may be drawn
 * @but: and one that may not, or NFLB_NONE
 * @choice: where attempts are counted, and the first of all draws goes
 *
 * Context: softirq or process, under RCU.
 * Return: its place, or NFLB_NONE when there is none.
 */
u32 nflb_draw(const struct nflb_pool *pool, const unsigned long *eligible,
	      u32 but, struct nflb_choice *choice)
{
	const struct nflb_sums *sums;
	u32 n = pool->n_members;
	u32 i, pos, x;

	if (!nflb_draw_is_possible(pool, eligible, but))
		return NFLB_NONE;
	sums = container_of(pool->sched_data, struct nflb_sums, head);
	for (i = 0; i < NFLB_DRAW_ATTEMPTS; i++) {
		x = reciprocal_scale(get_random_u32(), sums->sum[n - 1]);
		pos = nflb_draw_find(sums, n, x);
		if (choice->first == NFLB_NONE)
			choice->first = pos;
		if (pos != but && test_bit(pos, eligible))
			return pos;
		choice->attempts++;
	}
	return nflb_draw_among(pool, eligible, but);
}
