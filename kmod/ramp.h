/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ramps: who gets less than its share of new flows. With slow start a member
 * that may get them again, or for the first time, does so by and by; and any
 * member while its application wants no more.
 */
#ifndef _NFLB_RAMP_H
#define _NFLB_RAMP_H

#include <linux/siphash.h>
#include <linux/types.h>
#include <uapi/nflb.h>

struct nflb_net;
struct nflb_pool;

/* A ramp does not begin at nothing, but at one part of so many. */
#define NFLB_RAMP_PARTS 20

/**
 * struct nflb_ramp - how far the members of a pool are, for one gate
 * @n_members: members of the pool
 * @time: what a ramp takes, in jiffies
 * @is_slow: there are ramps; if not, only applications want less
 * @most: the most that one of those wants that are eligible, as a percentage
 * @first: when the first of those began that are eligible, in jiffies; a ramp's
 *	time ago, or longer, while one is at its end
 * @last: when the last one began, or wanted something else, in jiffies; long
 *	ago if none has
 * @wanted: by place: what the member's application wants of its share, as a
 *	percentage, not 0; behind @settled
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
	bool is_slow;
	u8 most;
	unsigned long first;
	unsigned long last;
	u8 *wanted;
	unsigned long *settled;
	unsigned long begin[];
};

struct nflb_ramp *nflb_ramp_alloc(u32 n_members, u32 time_ms);
void nflb_ramp_start(struct nflb_ramp *ramp, u32 pos, bool is_alone);
void nflb_ramp_settle(struct nflb_ramp *ramp, u32 pos);
void nflb_ramp_measure(struct nflb_ramp *ramp, const unsigned long *eligible,
		       u32 leaving);
void nflb_ramp_stop(struct nflb_ramp *ramp, u32 pos,
		    const unsigned long *eligible);
void nflb_ramp_want(struct nflb_ramp *ramp, u32 pos, u32 pct,
		    const unsigned long *eligible);
bool nflb_ramp_is_wanted(const struct nflb_ramp *ramp);
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
