// SPDX-License-Identifier: GPL-2.0-only
/*
 * lc: least connections. A new flow goes to the eligible member with the
 * fewest flows now open; weights do not count, except that 0 gets none. Among
 * equals it is the next after the last pick, so that members without flows get
 * one each.
 *
 * Looks at every member: for pools of hundreds of backends, not of thousands.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>

#include "pool.h"
#include "ramp.h"
#include "sched.h"

static u32 nflb_lc_least(const struct nflb_pool *pool,
			 const unsigned long *eligible,
			 const struct nflb_ramp *ramp, u32 from)
{
	const struct nflb_account *account;
	u32 best = NFLB_NONE;
	u64 least = 0;
	u64 load;
	u32 pos;

	if (from >= pool->n_members)
		from = 0;
	for_each_set_bit_wrap(pos, eligible, pool->n_members, from) {
		account = &pool->member[pos].backend->account;
		load = nflb_ramp_load(ramp, pos, atomic_read(&account->active));
		if (best == NFLB_NONE || load < least) {
			best = pos;
			least = load;
		}
	}
	return best;
}

static void nflb_lc_pick(struct nflb_pool *pool, const unsigned long *eligible,
			 struct nflb_choice *choice)
{
	nflb_choice_init(choice);
	choice->member = nflb_lc_least(pool, eligible, choice->ramp,
				       atomic_read(choice->cursor));
	/* Of two CPUs at once one is forgotten: a tie falls less evenly. */
	if (choice->member != NFLB_NONE && !choice->is_dry)
		atomic_set(choice->cursor, choice->member + 1);
}

const struct nflb_sched nflb_sched_lc = {
	.name = "lc",
	.pick = nflb_lc_pick,
};
