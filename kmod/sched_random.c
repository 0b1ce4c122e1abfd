// SPDX-License-Identifier: GPL-2.0-only
/*
 * random: a new flow goes to a member drawn at random, in proportion to
 * weights. Without any shared state, it scales to any number of CPUs.
 */

#include "pool.h"
#include "sched_draw.h"

static void nflb_random_pick(struct nflb_pool *pool,
			     const unsigned long *eligible,
			     struct nflb_choice *choice)
{
	nflb_choice_init(choice);
	choice->member = nflb_draw(pool, eligible, NFLB_NONE, choice);
}

const struct nflb_sched nflb_sched_random = {
	.name = "random",
	.build = nflb_draw_build,
	.pick = nflb_random_pick,
};
