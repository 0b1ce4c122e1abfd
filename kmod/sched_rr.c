// SPDX-License-Identifier: GPL-2.0-only
/*
 * rr: round robin. Each new flow goes to the next eligible member after the
 * one picked last; weights do not count, except that 0 gets none. The order is
 * that of the places, the start is arbitrary.
 *
 * The cursor is the place after the last pick. One word for all CPUs is the
 * price of exactness: n members get the next n flows, each one.
 */

#include <linux/atomic.h>

#include "pool.h"
#include "sched.h"

/* More failures in a row than that, and the CPU no longer insists. */
#define NFLB_RR_TRIES 8

/* The cursor may lie behind the end: members go, or it was only counted up. */
static u32 nflb_rr_next(const struct nflb_pool *pool,
			const unsigned long *eligible, u32 cursor)
{
	if (cursor >= pool->n_members)
		cursor = 0;
	return nflb_sched_next_eligible(pool, eligible, cursor);
}

static u32 nflb_rr_take(const struct nflb_pool *pool,
			const unsigned long *eligible, atomic_t *at)
{
	int cursor = atomic_read(at);
	u32 pos;
	int i;

	for (i = 0; i < NFLB_RR_TRIES; i++) {
		pos = nflb_rr_next(pool, eligible, cursor);
		if (pos == NFLB_NONE ||
		    atomic_try_cmpxchg(at, &cursor, pos + 1))
			return pos;
	}
	return nflb_rr_next(pool, eligible, atomic_fetch_inc(at));
}

static void nflb_rr_pick(struct nflb_pool *pool, const unsigned long *eligible,
			 struct nflb_choice *choice)
{
	nflb_choice_init(choice);
	if (choice->is_dry)
		choice->member = nflb_rr_next(pool, eligible,
					      atomic_read(choice->cursor));
	else
		choice->member = nflb_rr_take(pool, eligible, choice->cursor);
}

const struct nflb_sched nflb_sched_rr = {
	.name = "rr",
	.pick = nflb_rr_pick,
};
