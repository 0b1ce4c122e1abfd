/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uptime: how much of the last minute a backend was up, by one probe. It knows
 * no clock.
 */
#ifndef _NFLB_UPTIME_H
#define _NFLB_UPTIME_H

#include <linux/jiffies.h>
#include <linux/types.h>

/* The last minute goes by in steps; the present one comes on top. */
#define NFLB_UPTIME_STEP	(5 * HZ)
#define NFLB_UPTIME_STEPS	(60 * HZ / NFLB_UPTIME_STEP + 1)

/**
 * struct nflb_uptime - what a probe has said of the last minute
 * @at: up to when it is written down, in jiffies
 * @up: of each step, how long it was up, in jiffies
 * @known: of each step, how long it was known whether it is
 */
struct nflb_uptime {
	u64 at;
	u16 up[NFLB_UPTIME_STEPS];
	u16 known[NFLB_UPTIME_STEPS];
};

void nflb_uptime_add(struct nflb_uptime *uptime, u64 now, u32 state);
u32 nflb_uptime_pct(const struct nflb_uptime *uptime, u64 now, u32 state);

#endif /* _NFLB_UPTIME_H */
