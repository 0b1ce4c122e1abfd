// SPDX-License-Identifier: GPL-2.0-only
/*
 * random: a new flow goes to a member drawn at random, in proportion to
 * weights. Without any shared state, it scales to any number of CPUs.
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
#include "sched.h"

#define NFLB_RANDOM_ATTEMPTS 16

/**
 * struct nflb_random - sums of weights
 * @head: head of every scheduler's data
 * @sum: by place: weights of all members up to and including that
 */
struct nflb_random {
	struct nflb_sched_data head;
	u32 sum[];
};

static struct nflb_sched_data *nflb_random_build(const struct nflb_pool *pool)
{
	struct nflb_random *random;
	u32 sum = 0;
	u32 pos;

	random = nflb_sched_data_alloc(struct_size(random, sum,
						   pool->n_members));
	if (!random)
		return ERR_PTR(-ENOMEM);
	for (pos = 0; pos < pool->n_members; pos++) {
		sum += pool->member[pos].weight;
		random->sum[pos] = sum;
	}
	return &random->head;
}

/* Returns the first place whose sum is above @x, which is below the last. */
static u32 nflb_random_find(const struct nflb_random *random, u32 n, u32 x)
{
	u32 low = 0;
	u32 mid;

	while (n > 1) {
		mid = n / 2;
		if (random->sum[low + mid - 1] <= x)
			low += mid;
		n -= mid;
	}
	return low;
}

/* Health may change between the two loops; then the last one seen is it. */
static u32 nflb_random_among(const struct nflb_pool *pool,
			     const unsigned long *eligible)
{
	u32 member = NFLB_NONE;
	u32 sum = 0;
	u32 pos, x;

	for_each_set_bit(pos, eligible, pool->n_members)
		sum += pool->member[pos].weight;
	x = reciprocal_scale(get_random_u32(), sum);
	for_each_set_bit(pos, eligible, pool->n_members) {
		member = pos;
		if (x < pool->member[pos].weight)
			break;
		x -= pool->member[pos].weight;
	}
	return member;
}

static void nflb_random_pick(struct nflb_pool *pool,
			     const unsigned long *eligible,
			     struct nflb_choice *choice)
{
	const struct nflb_random *random;
	u32 n = pool->n_members;
	u32 pos, sum;

	nflb_choice_init(choice);
	if (nflb_sched_next_eligible(pool, eligible, 0) == NFLB_NONE)
		return;
	random = container_of(pool->sched_data, struct nflb_random, head);
	sum = random->sum[n - 1];
	for (; choice->attempts <= NFLB_RANDOM_ATTEMPTS; choice->attempts++) {
		pos = nflb_random_find(random, n,
				       reciprocal_scale(get_random_u32(), sum));
		if (choice->attempts == 1)
			choice->first = pos;
		if (test_bit(pos, eligible)) {
			choice->member = pos;
			return;
		}
	}
	choice->member = nflb_random_among(pool, eligible);
}

const struct nflb_sched nflb_sched_random = {
	.name = "random",
	.build = nflb_random_build,
	.pick = nflb_random_pick,
};
