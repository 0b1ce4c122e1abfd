/* SPDX-License-Identifier: GPL-2.0-only */
/* Ejection: no new flows for a time for a backend that fails them. */
#ifndef _NFLB_EJECT_H
#define _NFLB_EJECT_H

#include <linux/types.h>

struct nflb_backend;
struct nflb_net;
struct nflb_pool;

/**
 * struct nflb_ejection - how often, and until when, a backend is ejected
 * @is_on: it is
 * @n_before: how often it has been of late, for the next time
 * @reason: why it is, enum nflb_eject_reason
 * @time_ms: for how long
 * @until: when that ends, or has ended the last time, in jiffies
 *
 * Written under cfg_mutex; packets and dumps read it at any time.
 */
struct nflb_ejection {
	bool is_on;
	u32 n_before;
	u32 reason;
	u32 time_ms;
	u64 until;
};

void nflb_eject_init(struct nflb_net *nn);
void nflb_eject_wake(struct nflb_net *nn);
void nflb_eject_follow(struct nflb_net *nn, struct nflb_pool *pool, u32 pos);
void nflb_eject_leave(struct nflb_backend *backend);
void nflb_eject_review(struct nflb_net *nn);
void nflb_eject_hear(struct nflb_net *nn, struct nflb_pool *pool, u32 pos,
		     u32 health);

u32 nflb_eject_time_ms(u32 base_ms, u32 n_before);
u32 nflb_eject_forget(u32 n_before, u32 base_ms, u64 served_jiffies);

#endif /* _NFLB_EJECT_H */
