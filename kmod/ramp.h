/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ramps: slow start. A member that may get new flows again, or for the first
 * time, gets its share of them by and by.
 */
#ifndef _NFLB_RAMP_H
#define _NFLB_RAMP_H

#include <linux/siphash.h>
#include <linux/types.h>

struct nflb_net;
struct nflb_pool;

/* A ramp does not begin at nothing, but at one part of so many. */
#define NFLB_RAMP_PARTS 20

/**
 * struct nflb_ramp - how far the members of a pool are, for one gate
 * @n_members: members of the pool
 * @time: what a ramp takes, in jiffies
 * @first: when the first of those began that are eligible, in jiffies; a ramp's
 *	time ago, or longer, while anybody is settled
 * @last: when the last one began, in jiffies; long ago if none has
 * @settled: a bit per member: eligible, and gets its whole share; behind @begin
 * @begin: by place: when the member's ramp began, in jiffies; only of those
 *	that are eligible and not settled
 *
 * As the pool's bits they change under cfg_mutex while packets read them. One
 * that sees a member before its time of begin takes it for one whose ramp is
 * over; that is a flow too early.
 */
struct nflb_ramp {
	u32 n_members;
	u32 time;
	unsigned long first;
	unsigned long last;
	unsigned long *settled;
	unsigned long begin[];
};

struct nflb_ramp *nflb_ramp_alloc(u32 n_members, u32 time_ms);
void nflb_ramp_start(struct nflb_ramp *ramp, u32 pos, bool is_alone);
void nflb_ramp_settle(struct nflb_ramp *ramp, u32 pos);
void nflb_ramp_stop(struct nflb_ramp *ramp, u32 pos,
		    const unsigned long *eligible);
void nflb_ramp_carry(struct nflb_ramp *ramp, u32 pos,
		     const struct nflb_ramp *former, u32 was);

u32 nflb_ramp_reached(const struct nflb_ramp *ramp, u32 pos);
bool nflb_ramp_has_ended(const struct nflb_ramp *ramp, u32 jiffies_ago);
bool nflb_ramp_accepts(u64 hash, u32 reached, u32 furthest);
bool nflb_ramp_takes(const struct nflb_ramp *ramp, u32 pos, u64 hash,
		     const siphash_key_t *key);
u64 nflb_ramp_load(const struct nflb_ramp *ramp, u32 pos, u32 active);
u32 nflb_ramp_pct(const struct nflb_pool *pool, u32 gate, u32 pos);

void nflb_ramp_init(struct nflb_net *nn);
void nflb_ramp_watch(struct nflb_net *nn);

#endif /* _NFLB_RAMP_H */
