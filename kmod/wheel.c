// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wheel: finding connections that have been idle for too long.
 *
 * Packets know nothing of the wheel: they leave a stamp in their flow, which
 * they do anyway. A flow stands in the slot of the time at which it would be
 * over if there were no packet any more. When the wheel comes to that, what has
 * had some moves on to where those lead, and the others are reset. So a flow is
 * looked at once in its idle time, or in the time that the wheel takes to go
 * round, and the table of conntrack is not walked.
 *
 * All flows of a namespace are in the lists, where they begin as new ones. Only
 * while there is a service that wants it, or a flow of one, somebody turns the
 * wheel, and sorts them: those of other services lie aside. Outbound flows have
 * a list of their own, see outlist.c.
 */

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/percpu.h>

#include "fast.h"
#include "flow.h"
#include "net.h"
#include "reset.h"
#include "wheel.h"

/* How far the slots are apart, in jiffies */
#define NFLB_WHEEL_STEP (HZ / 2)

/**
 * struct nflb_turn - one turn of the wheel
 * @cutting: the connections that are over
 * @hand: where it has come to
 * @n: how many slots that was
 */
struct nflb_turn {
	struct nflb_cutting cutting;
	u32 hand;
	u32 n;
};

/**
 * nflb_wheel_slot() - finds the slot for a flow
 * @hand: where the wheel has come to
 * @left: jiffies until the flow is over
 *
 * Return: the slot; the last one for all that are further ahead.
 */
u32 nflb_wheel_slot(u32 hand, u32 left)
{
	u32 n = DIV_ROUND_UP(left, NFLB_WHEEL_STEP);

	return (hand + clamp_t(u32, n, 1, NFLB_N_WHEEL_SLOTS - 1)) %
	       NFLB_N_WHEEL_SLOTS;
}

/*
 * Resets a connection that is over. A packet that passes right now, on another
 * CPU, is late: the time was over before. What it says of its sequence numbers
 * is noted when the resets are made, and the next one is answered by a reset.
 * Returns false if memory is short: conntrack keeps it for a while.
 */
static bool nflb_wheel_cut(struct nflb_turn *turn, struct nflb_fast *fast,
			   const struct nflb_account *service)
{
	return !nflb_times_is_over(&service->times, fast->ct,
				   READ_ONCE(fast->stamp)) ||
	       nflb_reset_take(&turn->cutting, fast->ct) != NFLB_TAKE_END;
}

/* Which of the list's heads a flow belongs to. */
static u32 nflb_wheel_place(struct nflb_fast *fast, u32 idx, void *data)
{
	const struct nflb_account *service;
	struct nflb_turn *turn = data;
	u32 after;
	s32 idle;

	/* Pairs with smp_store_release() in nflb_flow_get(). */
	if (!smp_load_acquire(&fast->flow.backend))
		return NFLB_FAST_NEW;
	service = nflb_flow_service(&fast->flow);
	after = READ_ONCE(service->times.reset_after);
	if (!after)
		return NFLB_FAST_ASIDE;
	idle = nfct_time_stamp - READ_ONCE(fast->stamp);
	if (idle < (s32)after)
		after -= idle;
	else if (!nflb_wheel_cut(turn, fast, service))
		after = 1;
	return NFLB_FAST_SLOTS + nflb_wheel_slot(turn->hand, after);
}

static void nflb_wheel_sort(struct nflb_turn *turn, struct nflb_fast_list *list,
			    u32 idx)
{
	nflb_fast_walk(turn->cutting.nn, list, idx, nflb_wheel_place, turn);
}

static void nflb_wheel_turn(struct nflb_turn *turn, struct nflb_fast_list *list,
			    bool is_stale)
{
	u32 i;

	if (is_stale)
		nflb_wheel_sort(turn, list, NFLB_FAST_ASIDE);
	nflb_wheel_sort(turn, list, NFLB_FAST_NEW);
	for (i = 0; i < turn->n; i++)
		nflb_wheel_sort(turn, list, NFLB_FAST_SLOTS +
				(turn->hand - i) % NFLB_N_WHEEL_SLOTS);
}

/* Those of a service that has been removed go on, and have its times still. */
static bool nflb_wheel_has_flows(const struct nflb_net *nn)
{
	const struct nflb_fast_list *list;
	int cpu, i;

	lockdep_assert_held(&nn->walk_mutex);
	for_each_possible_cpu(cpu) {
		list = per_cpu_ptr(nn->flows, cpu);
		for (i = NFLB_FAST_SLOTS; i < NFLB_N_FAST_HEADS; i++) {
			if (!hlist_empty(&list->head[i]))
				return true;
		}
	}
	return false;
}

static void nflb_wheel_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, wheel.work);
	struct nflb_wheel *wheel = &nn->wheel;
	struct nflb_turn turn = {
		.cutting.nn = nn,
		.cutting.cause = NFLB_IDLE_RESETS,
		.cutting.cuts = LIST_HEAD_INIT(turn.cutting.cuts),
		.hand = jiffies / NFLB_WHEEL_STEP,
	};
	bool is_stale = xchg(&wheel->is_stale, false);
	bool has_flows;
	int cpu;

	turn.n = min_t(u32, turn.hand - wheel->hand, NFLB_N_WHEEL_SLOTS);
	if (is_stale)
		turn.n = NFLB_N_WHEEL_SLOTS;
	wheel->hand = turn.hand;
	mutex_lock(&nn->walk_mutex);
	for_each_possible_cpu(cpu)
		nflb_wheel_turn(&turn, per_cpu_ptr(nn->flows, cpu), is_stale);
	has_flows = nflb_wheel_has_flows(nn);
	mutex_unlock(&nn->walk_mutex);
	nflb_reset_begin(&turn.cutting);
	nflb_outlist_turn(nn, turn.hand, turn.n, is_stale);
	if (READ_ONCE(wheel->is_on) || has_flows || nflb_outlist_waits(nn))
		queue_delayed_work(nflb_wq, &wheel->work, NFLB_WHEEL_STEP);
}

/**
 * nflb_wheel_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_wheel_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->wheel.work, nflb_wheel_work);
}

/**
 * nflb_wheel_follow() - does what the configuration says of idle connections
 * @nn: the namespace
 * @is_on: those of some service are reset
 * @is_stale: those of some at another time than before
 *
 * Context: process, under cfg_mutex.
 */
void nflb_wheel_follow(struct nflb_net *nn, bool is_on, bool is_stale)
{
	/* What it stood still for may be as it was. */
	is_stale |= is_on && !nn->wheel.is_on;
	WRITE_ONCE(nn->wheel.is_on, is_on);
	if (!is_stale)
		return;
	xchg(&nn->wheel.is_stale, true);
	if (is_on)
		mod_delayed_work(nflb_wq, &nn->wheel.work, 0);
}
