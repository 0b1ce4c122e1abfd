/* SPDX-License-Identifier: GPL-2.0-only */
/* Wheel: finding connections that have been idle for too long. */
#ifndef _NFLB_WHEEL_H
#define _NFLB_WHEEL_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct nflb_net;

/* Half seconds that the wheel reaches ahead, one less than it has slots. */
#define NFLB_N_WHEEL_SLOTS 64

/**
 * struct nflb_wheel - what turns the wheel of a namespace
 * @is_on: the connections of some service are reset when idle; written under
 *	cfg_mutex
 * @is_stale: some of them at another time than before
 * @hand: half second that the work has come to
 * @work: turns it
 *
 * Its slots are in struct nflb_fast_list.
 */
struct nflb_wheel {
	bool is_on;
	u32 is_stale;
	u32 hand;
	struct delayed_work work;
};

u32 nflb_wheel_slot(u32 hand, u32 left);
void nflb_wheel_init(struct nflb_net *nn);
void nflb_wheel_follow(struct nflb_net *nn, bool is_on, bool is_stale);

#endif /* _NFLB_WHEEL_H */
