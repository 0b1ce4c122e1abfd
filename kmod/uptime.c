// SPDX-License-Identifier: GPL-2.0-only
/* Uptime: how much of the last minute a backend was up, by one probe. */

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <uapi/nflb.h>

#include "index.h"
#include "uptime.h"

/* Writes down the rest of a step, or what has passed of it. */
static void nflb_uptime_add_step(struct nflb_uptime *uptime, u64 now,
				 u32 state)
{
	u32 done, step;
	u64 n_steps;
	u32 more;

	BUILD_BUG_ON(NFLB_UPTIME_STEP > U16_MAX);
	n_steps = div_u64_rem(uptime->at, NFLB_UPTIME_STEP, &done);
	div_u64_rem(n_steps, NFLB_UPTIME_STEPS, &step);
	more = min_t(u64, now - uptime->at, NFLB_UPTIME_STEP - done);
	if (!done) {
		uptime->up[step] = 0;
		uptime->known[step] = 0;
	}
	if (state != NFLB_HEALTH_UNKNOWN)
		uptime->known[step] += more;
	if (state == NFLB_HEALTH_UP)
		uptime->up[step] += more;
	uptime->at += more;
}

/* Where the last steps begin that there is room for, in jiffies */
static u64 nflb_uptime_first(u64 now)
{
	u64 n_steps = div_u64(now, NFLB_UPTIME_STEP) + 1;

	return n_steps > NFLB_UPTIME_STEPS ?
		       (n_steps - NFLB_UPTIME_STEPS) * NFLB_UPTIME_STEP : 0;
}

/**
 * nflb_uptime_add() - writes down what has been so since the last time
 * @uptime: the uptime; one that is all 0 but for @at begins there
 * @now: the time, in jiffies, not before @at
 * @state: enum nflb_health, what was said the last time
 */
void nflb_uptime_add(struct nflb_uptime *uptime, u64 now, u32 state)
{
	uptime->at = max(uptime->at, nflb_uptime_first(now));
	while (uptime->at < now)
		nflb_uptime_add_step(uptime, now, state);
}

/**
 * nflb_uptime_pct() - tells how much of the last minute it was up
 * @uptime: the uptime
 * @now: the time, in jiffies
 * @state: enum nflb_health, what was said the last time
 *
 * The minute is between 60 and 65 seconds long, and as short as what is known.
 *
 * Return: that, as a percentage, rounded down, or NFLB_NONE while nothing is
 * known.
 */
u32 nflb_uptime_pct(const struct nflb_uptime *uptime, u64 now, u32 state)
{
	struct nflb_uptime sum = *uptime;
	u32 known = 0, up = 0;
	u32 i;

	nflb_uptime_add(&sum, now, state);
	for (i = 0; i < NFLB_UPTIME_STEPS; i++) {
		known += sum.known[i];
		up += sum.up[i];
	}
	return known ? div_u64(100ULL * up, known) : NFLB_NONE;
}
