/* SPDX-License-Identifier: GPL-2.0-only */
/* Recent picks, for first datagrams of one flow that race. */
#ifndef _NFLB_RECENT_H
#define _NFLB_RECENT_H

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct nflb_choice;
struct nflb_pool;

#define NFLB_N_RECENT 256

/*
 * The race lasts from one packet's pick to the confirmation of its entry; a
 * second is long for that and short for a client that re-uses its port.
 */
#define NFLB_RECENT_JIFFIES HZ

/**
 * struct nflb_recent_pick - one pick
 * @lock: protects the rest, taken with bottom halves off
 * @hash: hash of the flow's tuple, 0 while there is none
 * @pool: the pool, compared, never followed
 * @generation: configuration that the pick was made in
 * @at_jiffies: when
 * @member: place of the member
 * @full: place of who was full, or NFLB_NONE
 */
struct nflb_recent_pick {
	spinlock_t lock;
	u64 hash;
	const struct nflb_pool *pool;
	u32 generation;
	u32 member;
	u32 full;
	unsigned long at_jiffies;
};

/**
 * struct nflb_recent - recent picks of a namespace
 * @rcu: frees it
 * @pick: the picks, by hash
 */
struct nflb_recent {
	struct rcu_head rcu;
	struct nflb_recent_pick pick[NFLB_N_RECENT];
};

struct nflb_recent *nflb_recent_alloc(void);
void nflb_recent_pick(struct nflb_recent *recent, u32 generation,
		      struct nflb_pool *pool, u32 gate,
		      struct nflb_choice *choice);
void nflb_recent_forget(struct nflb_recent *recent);

#endif /* _NFLB_RECENT_H */
