/* SPDX-License-Identifier: GPL-2.0-only */
/* Cycles: members in turn, each as often as its weight says. */
#ifndef _NFLB_SCHED_CYCLE_H
#define _NFLB_SCHED_CYCLE_H

#include <linux/types.h>

#include "sched.h"

struct nflb_pool;

/* Who looks for somebody in a cycle gives up after so many turns. */
#define NFLB_CYCLE_STEPS 1024

/**
 * struct nflb_cycle - the turns
 * @head: head of every scheduler's data
 * @n_turns: number of them
 * @turn: places of the members
 */
struct nflb_cycle {
	struct nflb_sched_data head;
	u32 n_turns;
	u16 turn[];
};

/**
 * nflb_cycle_wrap() - the turn that a cursor stands for
 * @cycle: the cycle
 * @cursor: below twice the number of turns; or out of date, of a longer cycle
 *
 * Return: number of a turn.
 */
static inline u32 nflb_cycle_wrap(const struct nflb_cycle *cycle, u32 cursor)
{
	if (cursor >= cycle->n_turns)
		cursor -= cycle->n_turns;
	return cursor < cycle->n_turns ? cursor : 0;
}

struct nflb_sched_data *nflb_cycle_build(const struct nflb_pool *pool);
const struct nflb_cycle *nflb_cycle(const struct nflb_pool *pool);

#endif /* _NFLB_SCHED_CYCLE_H */
