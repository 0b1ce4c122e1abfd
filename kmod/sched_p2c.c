// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2c: the power of two choices (Mitzenmacher, "The power of two choices in
 * randomized load balancing", 2001). Of two members drawn at random, in
 * proportion to weights, a new flow goes to the one where less stands against
 * it:
 *
 *	(active + 1) * time from SYN to SYN and ACK / weight
 *
 * as in Finagle and linkerd, whose time is that of requests. To look at two is
 * almost as good as to look at all, costs the same for pools of any size, and
 * does not send everybody to the one who looks best.
 *
 * Who has not answered yet is taken to be as fast as the other, and is tried.
 * A time that nothing was added to for long counts for less and less, lest who
 * has been slow once is never tried again.
 */

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "pool.h"
#include "ramp.h"
#include "sched_draw.h"
#include "trial.h"

/* In such a time without an answer, what is known of a member halves. */
#define NFLB_P2C_HALF_LIFE (10 * HZ)

/* Beyond, all are as busy: with any time and weight it must fit 64 bits. */
#define NFLB_P2C_ACTIVE_MAX 8000000

static_assert((u64)NFLB_P2C_ACTIVE_MAX * NFLB_CONNECT_MAX_US <=
	      U64_MAX / NFLB_WEIGHT_MAX);

static u32 nflb_p2c_connect_us(const struct nflb_pool *pool, u32 pos)
{
	const struct nflb_trials *trials = &pool->member[pos].backend->trials;
	unsigned long age = jiffies - READ_ONCE(trials->answered);

	return nflb_trials_connect_us(trials) >>
	       min_t(unsigned long, age / NFLB_P2C_HALF_LIFE, 31);
}

/*
 * What stands against a member, but for its weight. If nobody has flows, one
 * that ramps is as good as others: what it takes is its ramp's to say.
 */
static u64 nflb_p2c_cost(const struct nflb_pool *pool,
			 const struct nflb_ramp *ramp, u32 pos, u32 us)
{
	const struct nflb_account *account;
	u64 load;

	account = &pool->member[pos].backend->account;
	load = nflb_ramp_load(ramp, pos, atomic_read(&account->active)) + 1;
	return min_t(u64, load, NFLB_P2C_ACTIVE_MAX) * us;
}

/* Is there less against @a? Without divisions. */
static bool nflb_p2c_is_better(const struct nflb_pool *pool,
			       const struct nflb_ramp *ramp, u32 a, u32 b)
{
	u32 us_a = nflb_p2c_connect_us(pool, a);
	u32 us_b = nflb_p2c_connect_us(pool, b);
	u64 cost_a, cost_b;

	cost_a = nflb_p2c_cost(pool, ramp, a, us_a ?: us_b ?: 1);
	cost_b = nflb_p2c_cost(pool, ramp, b, us_b ?: us_a ?: 1);
	return cost_a * pool->member[b].weight <
	       cost_b * pool->member[a].weight;
}

static void nflb_p2c_pick(struct nflb_pool *pool,
			  const unsigned long *eligible,
			  struct nflb_choice *choice)
{
	u32 one, other;

	nflb_choice_init(choice);
	one = nflb_draw(pool, eligible, NFLB_NONE, choice);
	if (one == NFLB_NONE)
		return;
	other = nflb_draw(pool, eligible, one, choice);
	/* Who would have been picked, nobody knows. */
	choice->first = NFLB_NONE;
	choice->member = one;
	if (other != NFLB_NONE &&
	    nflb_p2c_is_better(pool, choice->ramp, other, one))
		choice->member = other;
}

const struct nflb_sched nflb_sched_p2c = {
	.name = "p2c",
	.build = nflb_draw_build,
	.pick = nflb_p2c_pick,
	.has_trials = true,
};
