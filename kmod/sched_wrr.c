// SPDX-License-Identifier: GPL-2.0-only
/*
 * wrr: smooth weighted round robin. New flows go through the cycle of
 * sched_cycle.c, turn by turn; turns of members that are not eligible are left
 * out, which keeps the proportions of the others.
 *
 * The cursor is the turn after that of the last pick.
 */

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/minmax.h>

#include "pool.h"
#include "sched.h"
#include "sched_cycle.h"

/* More failures in a row than that, and the CPU no longer insists. */
#define NFLB_WRR_TRIES 8

/*
 * Finds the pick at or after a cursor. Returns the cursor's next value. When
 * a long stretch of the cycle is not eligible, leaps to the next eligible
 * place instead, as if it had its turn there.
 */
static u32 nflb_wrr_next(const struct nflb_pool *pool,
			 const unsigned long *eligible, u32 cursor,
			 struct nflb_choice *choice)
{
	const struct nflb_cycle *cycle = nflb_cycle(pool);
	u32 n = min_t(u32, cycle->n_turns, NFLB_CYCLE_STEPS);
	u32 begin = nflb_cycle_wrap(cycle, cursor);
	u32 at = begin;
	u32 i;

	choice->first = cycle->turn[begin];
	for (i = 1; i <= n; i++) {
		choice->attempts = i;
		if (test_bit(cycle->turn[at], eligible)) {
			choice->slot = at;
			choice->member = cycle->turn[at];
			return at + 1;
		}
		at = nflb_cycle_wrap(cycle, at + 1);
	}
	choice->slot = NFLB_NONE;
	choice->member = nflb_sched_next_eligible(pool, eligible,
						  cycle->turn[at]);
	return at;
}

static void nflb_wrr_take(struct nflb_pool *pool,
			  const unsigned long *eligible,
			  struct nflb_choice *choice)
{
	int cursor = atomic_read(choice->cursor);
	u32 next;
	int i;

	for (i = 0; i < NFLB_WRR_TRIES; i++) {
		next = nflb_wrr_next(pool, eligible, cursor, choice);
		if (choice->member == NFLB_NONE ||
		    atomic_try_cmpxchg(choice->cursor, &cursor, next))
			return;
	}
	nflb_wrr_next(pool, eligible, atomic_fetch_inc(choice->cursor), choice);
}

static void nflb_wrr_pick(struct nflb_pool *pool,
			  const unsigned long *eligible,
			  struct nflb_choice *choice)
{
	nflb_choice_init(choice);
	if (nflb_sched_next_eligible(pool, eligible, 0) == NFLB_NONE)
		return;
	if (choice->is_dry)
		nflb_wrr_next(pool, eligible, atomic_read(choice->cursor),
			      choice);
	else
		nflb_wrr_take(pool, eligible, choice);
}

const struct nflb_sched nflb_sched_wrr = {
	.name = "wrr",
	.build = nflb_cycle_build,
	.pick = nflb_wrr_pick,
};
