// SPDX-License-Identifier: GPL-2.0-only
/* Recent picks, for first datagrams of one flow that race. */

#include <linux/slab.h>

#include "backend.h"
#include "pool.h"
#include "recent.h"
#include "sched.h"

/**
 * nflb_recent_alloc() - makes an empty memory of picks
 *
 * Context: process, may sleep.
 * Return: the memory, to be freed with kfree_rcu(), or NULL.
 */
struct nflb_recent *nflb_recent_alloc(void)
{
	struct nflb_recent *recent;
	u32 i;

	recent = kzalloc(sizeof(*recent), GFP_KERNEL_ACCOUNT);
	if (!recent)
		return NULL;
	for (i = 0; i < NFLB_N_RECENT; i++)
		spin_lock_init(&recent->pick[i].lock);
	return recent;
}

/* Flows of one client may have the same hash, and more of them than fit. */
static bool nflb_recent_may_serve(const struct nflb_pool *pool, u32 gate,
				  u32 member)
{
	return nflb_pool_is_eligible(pool, gate, member) &&
	       !nflb_account_is_full(&pool->member[member].backend->account);
}

static bool nflb_recent_is_valid(const struct nflb_recent_pick *pick,
				 const struct nflb_recent_pick *wanted,
				 u32 gate)
{
	return pick->hash == wanted->hash && pick->pool == wanted->pool &&
	       pick->generation == wanted->generation &&
	       time_before(wanted->at_jiffies,
			   pick->at_jiffies + NFLB_RECENT_JIFFIES) &&
	       nflb_recent_may_serve(wanted->pool, gate, pick->member);
}

/**
 * nflb_recent_pick() - picks, or repeats a recent pick for the same flow
 * @recent: the memory
 * @generation: number of the configuration
 * @pool: the pool
 * @gate: gate of the service
 * @choice: the choice, with its hash
 *
 * The lock is held over the pick, so the second of two racing packets waits
 * for the first one's.
 *
 * Context: softirq or process, under RCU.
 */
void nflb_recent_pick(struct nflb_recent *recent, u32 generation,
		      struct nflb_pool *pool, u32 gate,
		      struct nflb_choice *choice)
{
	struct nflb_recent_pick *pick;
	struct nflb_recent_pick wanted = {
		.hash = choice->hash,
		.pool = pool,
		.generation = generation,
		.at_jiffies = jiffies,
	};

	pick = &recent->pick[choice->hash % NFLB_N_RECENT];
	spin_lock_bh(&pick->lock);
	if (nflb_recent_is_valid(pick, &wanted, gate)) {
		nflb_choice_init(choice);
		choice->member = pick->member;
		choice->full = pick->full;
	} else {
		nflb_sched_pick(pool, gate, choice);
		if (!choice->is_dry && choice->member != NFLB_NONE) {
			pick->hash = wanted.hash;
			pick->pool = wanted.pool;
			pick->generation = wanted.generation;
			pick->at_jiffies = wanted.at_jiffies;
			pick->member = choice->member;
			pick->full = choice->full;
		}
	}
	spin_unlock_bh(&pick->lock);
}

/**
 * nflb_recent_forget() - has each flow picked for anew
 * @recent: the memory
 *
 * Context: any but hard interrupt.
 */
void nflb_recent_forget(struct nflb_recent *recent)
{
	struct nflb_recent_pick *pick;
	u32 i;

	for (i = 0; i < NFLB_N_RECENT; i++) {
		pick = &recent->pick[i];
		spin_lock_bh(&pick->lock);
		pick->pool = NULL;
		spin_unlock_bh(&pick->lock);
	}
}
