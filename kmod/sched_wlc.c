// SPDX-License-Identifier: GPL-2.0-only
/*
 * wlc: weighted least connections. A new flow goes to the eligible member with
 * the fewest flows now open per weight. Without divisions: a has fewer than b
 * if
 *
 *	active(a) * weight(b) < active(b) * weight(a)
 *
 * Equals take turns as in wrr, by the cycle of sched_cycle.c. So short flows
 * that come one at a time, and always find everybody idle, follow the weights
 * as well.
 *
 * Looks at every member: for pools of hundreds of backends, not of thousands.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/minmax.h>

#include "pool.h"
#include "ramp.h"
#include "sched.h"
#include "sched_cycle.h"

/**
 * struct nflb_wlc_load - how busy a member is
 * @active: flows now open, as many as without a ramp
 * @weight: its weight
 */
struct nflb_wlc_load {
	u64 active;
	u32 weight;
};

static struct nflb_wlc_load nflb_wlc_load(const struct nflb_pool *pool,
					  const struct nflb_ramp *ramp, u32 pos)
{
	const struct nflb_member *member = &pool->member[pos];
	u32 active = atomic_read(&member->backend->account.active);

	return (struct nflb_wlc_load) {
		.active = nflb_ramp_load(ramp, pos, active),
		.weight = member->weight,
	};
}

static bool nflb_wlc_is_less(const struct nflb_wlc_load *a,
			     const struct nflb_wlc_load *b)
{
	return a->active * b->weight < b->active * a->weight;
}

/* Finds the first of the least busy, how busy, and how many there are. */
static u32 nflb_wlc_least(const struct nflb_pool *pool,
			  const unsigned long *eligible,
			  const struct nflb_ramp *ramp,
			  struct nflb_wlc_load *least, u32 *n_equal)
{
	struct nflb_wlc_load load;
	u32 best = NFLB_NONE;
	u32 pos;

	for_each_set_bit(pos, eligible, pool->n_members) {
		load = nflb_wlc_load(pool, ramp, pos);
		if (best == NFLB_NONE || nflb_wlc_is_less(&load, least)) {
			best = pos;
			*least = load;
			*n_equal = 1;
		} else if (!nflb_wlc_is_less(least, &load)) {
			++*n_equal;
		}
	}
	return best;
}

/*
 * Finds the next turn of one as little busy as @least. Returns the cursor for
 * the pick after this one. Leaves the member alone if there is none nearby.
 */
static u32 nflb_wlc_next_equal(const struct nflb_pool *pool,
			       const unsigned long *eligible,
			       const struct nflb_wlc_load *least, u32 cursor,
			       struct nflb_choice *choice)
{
	const struct nflb_cycle *cycle = nflb_cycle(pool);
	u32 n = min_t(u32, cycle->n_turns, NFLB_CYCLE_STEPS);
	u32 at = nflb_cycle_wrap(cycle, cursor);
	struct nflb_wlc_load load;
	u32 i;

	for (i = 0; i < n; i++) {
		if (test_bit(cycle->turn[at], eligible)) {
			load = nflb_wlc_load(pool, choice->ramp,
					     cycle->turn[at]);
			if (!nflb_wlc_is_less(least, &load)) {
				choice->member = cycle->turn[at];
				return at + 1;
			}
		}
		at = nflb_cycle_wrap(cycle, at + 1);
	}
	return at;
}

static void nflb_wlc_pick(struct nflb_pool *pool,
			  const unsigned long *eligible,
			  struct nflb_choice *choice)
{
	struct nflb_wlc_load least = {};
	u32 n_equal = 0;
	u32 cursor;

	nflb_choice_init(choice);
	if (!pool->sched_data)
		return;
	choice->member = nflb_wlc_least(pool, eligible, choice->ramp, &least,
					&n_equal);
	if (n_equal < 2)
		return;
	cursor = nflb_wlc_next_equal(pool, eligible, &least,
				     atomic_read(choice->cursor), choice);
	/* Of two CPUs at once one is forgotten: a tie falls less evenly. */
	if (!choice->is_dry)
		atomic_set(choice->cursor, cursor);
}

const struct nflb_sched nflb_sched_wlc = {
	.name = "wlc",
	.build = nflb_cycle_build,
	.pick = nflb_wlc_pick,
};
