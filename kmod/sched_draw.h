/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws: members at random, in proportion to their weights. */
#ifndef _NFLB_SCHED_DRAW_H
#define _NFLB_SCHED_DRAW_H

#include <linux/types.h>

#include "sched.h"

struct nflb_pool;

struct nflb_sched_data *nflb_draw_build(const struct nflb_pool *pool);
u32 nflb_draw(const struct nflb_pool *pool, const unsigned long *eligible,
	      u32 but, struct nflb_choice *choice);

#endif /* _NFLB_SCHED_DRAW_H */
