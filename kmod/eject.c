// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ejection: no new flows for a time for a backend that fails them.
 *
 * Packets count how many flows of a backend have failed in a row (trial.c).
 * When they are too many the work here has the backend ejected, unless too few
 * would be left to serve: whoever can make connections fail, as a flood of
 * SYNs from forged addresses can, is not to have the whole pool ejected. For
 * the same reason who is ejected comes back as soon as others get so few.
 *
 * Else it comes back after its time, and what it does then decides: the time is
 * twice as long if it is ejected again.
 */

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/workqueue.h>

#include "eject.h"
#include "event.h"
#include "move.h"
#include "net.h"
#include "ping.h"
#include "ramp.h"
#include "snapshot.h"

/* Times that a backend has to serve for one ejection to be forgotten */
#define NFLB_EJECT_PATIENCE 6

/* Twice the shortest time so often is more than the longest. */
#define NFLB_EJECT_DOUBLINGS 12

static_assert((u64)NFLB_EJECT_TIME_MIN_MS << NFLB_EJECT_DOUBLINGS >=
	      NFLB_EJECT_TIME_MAX_MS);

/**
 * nflb_eject_time_ms() - tells how long a backend is to be ejected
 * @base_ms: what the pool says
 * @n_before: how often it has been of late
 *
 * Return: the time, twice as long each time, but at most
 * NFLB_EJECT_TIME_MAX_MS.
 */
u32 nflb_eject_time_ms(u32 base_ms, u32 n_before)
{
	u64 ms = (u64)base_ms << min_t(u32, n_before, NFLB_EJECT_DOUBLINGS);

	return min_t(u64, ms, NFLB_EJECT_TIME_MAX_MS);
}

/**
 * nflb_eject_forget() - tells what is remembered of ejections
 * @n_before: how many they were
 * @base_ms: what the pool says how long one is
 * @served_jiffies: how long ago the last one has ended
 *
 * Return: how many they still are.
 */
u32 nflb_eject_forget(u32 n_before, u32 base_ms, u64 served_jiffies)
{
	u64 served = div64_u64(served_jiffies,
			       NFLB_EJECT_PATIENCE * msecs_to_jiffies(base_ms));

	return n_before - min_t(u64, served, n_before);
}

static struct nflb_snapshot *nflb_eject_snapshot(struct nflb_net *nn)
{
	return rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
}

static void nflb_eject_begin(struct nflb_net *nn, struct nflb_pool *pool,
			     u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;
	struct nflb_ejection *ejection = &backend->ejection;
	u64 now = get_jiffies_64();
	u32 n_before, ms;

	n_before = nflb_eject_forget(ejection->n_before, pool->eject_time_ms,
				     now - ejection->until);
	ms = nflb_eject_time_ms(pool->eject_time_ms, n_before);
	WRITE_ONCE(ejection->time_ms, ms);
	WRITE_ONCE(ejection->until, now + msecs_to_jiffies(ms));
	WRITE_ONCE(ejection->reason, READ_ONCE(backend->trials.reason));
	ejection->n_before = min_t(u32, n_before + 1, NFLB_EJECT_DOUBLINGS);
	WRITE_ONCE(ejection->is_on, true);
	nflb_pool_update_ejected(pool, pos);
	nflb_event_eject(nn, backend);
	nflb_move_flows(nn);
}

/**
 * nflb_eject_wake() - has somebody looked at who fails flows
 * @nn: the namespace
 *
 * Context: any.
 */
void nflb_eject_wake(struct nflb_net *nn)
{
	mod_delayed_work(nflb_wq, &nn->eject_work, 0);
}

static void nflb_eject_stop(struct nflb_backend *backend)
{
	struct nflb_ejection *ejection = &backend->ejection;

	WRITE_ONCE(ejection->until,
		   min_t(u64, ejection->until, get_jiffies_64()));
	nflb_trials_forgive(&backend->trials);
	WRITE_ONCE(ejection->is_on, false);
}

/* Somebody else may have waited for that, who could not be spared so far. */
static void nflb_eject_end(struct nflb_net *nn, struct nflb_pool *pool, u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;

	nflb_eject_stop(backend);
	nflb_pool_update_ejected(pool, pos);
	nflb_event_eject(nn, backend);
	if (pool->slow_start_ms)
		nflb_ramp_watch(nn);
	nflb_move_hashed(nn);
	nflb_eject_wake(nn);
}

/* It is needed, now. There may be nobody else, and others stand in for it. */
static void nflb_eject_end_early(struct nflb_net *nn, struct nflb_pool *pool,
				 u32 pos)
{
	nflb_eject_end(nn, pool, pos);
	nflb_pool_settle(pool, pos);
	nflb_ping_update(nflb_eject_snapshot(nn));
	nflb_move_flows(nn);
}

static bool nflb_eject_is_due(const struct nflb_backend *backend)
{
	const struct nflb_trials *trials = &backend->trials;

	return trials->limit &&
	       (u32)atomic_read(&trials->n_failed) >= trials->limit;
}

/*
 * Who serves nobody, as a probe has it down, is out already: what it has failed
 * is not to count against it when it is up.
 */
static void nflb_eject_judge_due(struct nflb_net *nn, struct nflb_pool *pool,
				 u32 pos)
{
	if (!nflb_pool_serves(pool, pos))
		nflb_trials_forgive(&pool->member[pos].backend->trials);
	else if (nflb_pool_can_spare(pool, pos))
		nflb_eject_begin(nn, pool, pos);
}

/* Returns when the backend's ejection ends, or 0 if it is not ejected. */
static u64 nflb_eject_judge(struct nflb_net *nn, struct nflb_pool *pool,
			    u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;
	struct nflb_ejection *ejection = &backend->ejection;

	if (!ejection->is_on && nflb_eject_is_due(backend))
		nflb_eject_judge_due(nn, pool, pos);
	else if (ejection->is_on && nflb_pool_lacks(pool, pos))
		nflb_eject_end_early(nn, pool, pos);
	else if (ejection->is_on &&
		 time_after_eq64(get_jiffies_64(), ejection->until))
		nflb_eject_end(nn, pool, pos);
	return ejection->is_on ? ejection->until : 0;
}

static u64 nflb_eject_judge_pool(struct nflb_net *nn, struct nflb_pool *pool)
{
	u64 until, next = 0;
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++) {
		until = nflb_eject_judge(nn, pool, pos);
		if (until && (!next || time_before64(until, next)))
			next = until;
	}
	return next;
}

/* Returns when the next ejection ends, or 0 if there is none. */
static u64 nflb_eject_judge_all(struct nflb_net *nn)
{
	const struct nflb_snapshot *snap = nflb_eject_snapshot(nn);
	struct nflb_pool *pool;
	u64 until, next = 0;
	u32 i;

	for (i = 0; snap && i < snap->pools.n_slots; i++) {
		pool = nflb_snapshot_pool(snap, i);
		if (!pool || !pool->eject_after)
			continue;
		until = nflb_eject_judge_pool(nn, pool);
		if (until && (!next || time_before64(until, next)))
			next = until;
	}
	return next;
}

static void nflb_eject_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, eject_work);
	u64 now, next;

	mutex_lock(&nn->cfg_mutex);
	next = nflb_eject_judge_all(nn);
	now = get_jiffies_64();
	/* If a packet has woken the work meanwhile, it runs before. */
	if (next)
		queue_delayed_work(nflb_wq, &nn->eject_work,
				   time_after64(next, now) ? next - now : 0);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_eject_review() - ejects who is due, and lets come back who may
 * @nn: the namespace
 *
 * A commit may change who serves in any pool. When the next ejection ends is
 * for the work to find out: to put that off might be to forget a packet's word.
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_eject_review(struct nflb_net *nn)
{
	if (nflb_eject_judge_all(nn))
		nflb_eject_wake(nn);
}

/**
 * nflb_eject_hear() - takes over what a prober has reported of a member
 * @nn: the namespace
 * @pool: a pool that ejects
 * @pos: place of the member
 * @health: enum nflb_health, another than before
 *
 * What has failed before it was found to be up, says nothing of it now.
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_eject_hear(struct nflb_net *nn, struct nflb_pool *pool, u32 pos,
		     u32 health)
{
	if (health == NFLB_HEALTH_UP)
		nflb_trials_forgive(&pool->member[pos].backend->trials);
	if (nflb_eject_judge_pool(nn, pool))
		nflb_eject_wake(nn);
}

/**
 * nflb_eject_follow() - does what the configuration says of a member
 * @nn: the namespace
 * @pool: a pool that has been published
 * @pos: place of the member
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_eject_follow(struct nflb_net *nn, struct nflb_pool *pool, u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;
	struct nflb_trials *trials = &backend->trials;
	bool may_eject = nflb_pool_may_eject(pool, pos);
	bool was_on = trials->is_on;

	WRITE_ONCE(trials->limit, may_eject ? pool->eject_after : 0);
	WRITE_ONCE(trials->is_on, nflb_pool_has_trials(pool));
	if (!was_on)
		nflb_trials_forgive(trials);
	if (backend->ejection.is_on && !may_eject)
		nflb_eject_end(nn, pool, pos);
}

/**
 * nflb_eject_leave() - ends what is known of a backend that leaves its pool
 * @backend: the backend
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_eject_leave(struct nflb_backend *backend)
{
	WRITE_ONCE(backend->trials.limit, 0);
	WRITE_ONCE(backend->trials.is_on, false);
	if (!backend->ejection.is_on)
		return;
	nflb_eject_stop(backend);
	nflb_event_eject(backend->nn, backend);
}

/**
 * nflb_eject_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_eject_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->eject_work, nflb_eject_work);
}
