/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Schedulers: which member of a pool gets a new flow. One file per
 * algorithm, and one line in sched.c.
 */
#ifndef _NFLB_SCHED_H
#define _NFLB_SCHED_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "index.h"

struct nflb_pool;
struct nflb_ramp;

/**
 * struct nflb_sched_data - head of what an algorithm builds for a pool
 * @ref: versions of the pool that share it; under cfg_mutex or by the last
 *	owner
 * @n_bytes: memory of it all, allocated with kvmalloc()
 */
struct nflb_sched_data {
	refcount_t ref;
	size_t n_bytes;
};

/**
 * struct nflb_choice - a pick
 * @hash: keyed hash of the flow's tuple, or of its client
 * @is_dry: only asked, no state may change
 * @kept: place of the member that the flow's client has, or NFLB_NONE
 * @ramp: how far members are that ramp, or NULL
 * @cursor: where a scheduler that goes round stands
 * @member: place of the picked member, or NFLB_NONE
 * @slot: slot of the table where the pick ended, or NFLB_NONE
 * @attempts: choices made
 * @first: the member that would have been picked were all eligible, or
 *	NFLB_NONE when the algorithm does not know
 * @ramping: the member that was picked before, and ramps, or NFLB_NONE
 * @full: the member that was picked before, and has as many flows as it may, or
 *	NFLB_NONE; then @member is NFLB_NONE if all have that may be picked
 * @evicts: another client had to be forgotten for the flow's
 */
struct nflb_choice {
	u64 hash;
	bool is_dry;
	u32 kept;
	const struct nflb_ramp *ramp;
	atomic_t *cursor;
	u32 member;
	u32 slot;
	u32 attempts;
	u32 first;
	u32 ramping;
	u32 full;
	bool evicts;
};

/**
 * nflb_choice_init() - begins a pick: none made, one attempt
 * @choice: the choice, of which only the question is filled in
 */
static inline void nflb_choice_init(struct nflb_choice *choice)
{
	choice->member = NFLB_NONE;
	choice->slot = NFLB_NONE;
	choice->attempts = 1;
	choice->first = NFLB_NONE;
	choice->ramping = NFLB_NONE;
	choice->full = NFLB_NONE;
}

/**
 * nflb_choice_is_kept() - tells whether a client keeps its backend
 * @choice: the choice, made
 *
 * Return: true if so; false if it has none, or another one now.
 */
static inline bool nflb_choice_is_kept(const struct nflb_choice *choice)
{
	return choice->kept != NFLB_NONE && choice->member == choice->kept;
}

/**
 * nflb_choice_will_return() - tells whether a client's backend is only full
 * @choice: the choice, made
 *
 * Return: true if it gets another one for this flow, and has its own still.
 */
static inline bool nflb_choice_will_return(const struct nflb_choice *choice)
{
	return choice->kept != NFLB_NONE && choice->full == choice->kept;
}

/**
 * struct nflb_sched - a scheduling algorithm
 * @name: keyword
 * @build: builds sched_data from members and weights, may be NULL; called
 *	under cfg_mutex, may sleep. Members with weight 0 get no share.
 *	Returns the data with one reference or ERR_PTR. There may be no member
 * @pick: picks a member whose bit is set in @eligible and fills in the rest of
 *	the choice; softirq under RCU, must not sleep. There is at least one
 *	member, but maybe none eligible
 * @digest: hash over names and table that is equal on gateways that choose
 *	alike, if they prefer the same zone; NULL without a table
 * @is_stable: the same tuple is given the same member again as long as
 *	configuration and health stay and nobody ramps; otherwise racing first
 *	datagrams of one flow need a memory of recent picks, and affinity one of
 *	clients
 * @has_trials: it looks at how new flows fare
 */
struct nflb_sched {
	const char *name;
	struct nflb_sched_data *(*build)(const struct nflb_pool *pool);
	void (*pick)(struct nflb_pool *pool, const unsigned long *eligible,
		     struct nflb_choice *choice);
	u64 (*digest)(const struct nflb_pool *pool);
	bool is_stable;
	bool has_trials;
};

extern const struct nflb_sched nflb_sched_maglev;
extern const struct nflb_sched nflb_sched_rr;
extern const struct nflb_sched nflb_sched_wrr;
extern const struct nflb_sched nflb_sched_lc;
extern const struct nflb_sched nflb_sched_wlc;
extern const struct nflb_sched nflb_sched_random;
extern const struct nflb_sched nflb_sched_p2c;

const struct nflb_sched *nflb_sched_find(const char *name);
const struct nflb_sched *nflb_sched_at(u32 i);
void *nflb_sched_data_alloc(size_t n_bytes);
void nflb_sched_data_put(struct nflb_sched_data *data);
void nflb_sched_pick(struct nflb_pool *pool, u32 gate,
		     struct nflb_choice *choice);
u32 nflb_sched_next_eligible(const struct nflb_pool *pool,
			     const unsigned long *eligible, u32 from);

#endif /* _NFLB_SCHED_H */
