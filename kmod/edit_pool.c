// SPDX-License-Identifier: GPL-2.0-only
/* Edits of pools. */

#include <linux/errno.h>

#include "edit.h"
#include "sched.h"
#include "snapshot.h"

static bool nflb_is_prime(u32 n)
{
	u32 d;

	if (n < 4)
		return n > 1;
	for (d = 2; d * d <= n; d++) {
		if (n % d == 0)
			return false;
	}
	return true;
}

static int nflb_pool_refuse_scheduler(const struct nflb_edit *edit,
				      const char *name)
{
	const struct nflb_sched *sched;
	char names[64] = "";
	int len = 0;
	u32 i;

	for (i = 0; (sched = nflb_sched_at(i)); i++)
		len += scnprintf(names + len, sizeof(names) - len, " %s",
				 sched->name);
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_POOL_SCHEDULER,
			   "scheduler %s: there are%s", name, names);
}

/* What no scheduler builds anything from. */
static void nflb_pool_apply_limits(struct nflb_pool *pool,
				   const struct nflb_pool_spec *spec)
{
	if (spec->panic_pct != NFLB_NONE)
		pool->panic_pct = spec->panic_pct;
	if (spec->slow_start_ms != NFLB_NONE)
		pool->slow_start_ms = spec->slow_start_ms;
	if (spec->prefer_zone != NFLB_NONE)
		pool->prefer_zone = spec->prefer_zone;
	if (spec->spill_pct != NFLB_NONE)
		pool->spill_pct = spec->spill_pct;
	if (spec->eject_after != NFLB_NONE)
		pool->eject_after = spec->eject_after;
	if (spec->eject_time_ms != NFLB_NONE)
		pool->eject_time_ms = spec->eject_time_ms;
}

static int nflb_pool_apply(const struct nflb_edit *edit,
			   struct nflb_pool *pool,
			   const struct nflb_pool_spec *spec)
{
	const struct nflb_sched *sched = pool->sched;

	if (spec->scheduler)
		sched = nflb_sched_find(spec->scheduler);
	if (!sched)
		return nflb_pool_refuse_scheduler(edit, spec->scheduler);
	if (spec->slots != NFLB_NONE && !nflb_is_prime(spec->slots))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_POOL_SLOTS,
				   "slots %u is not a prime", spec->slots);
	if (spec->slots != NFLB_NONE && spec->slots != pool->slots) {
		pool->slots = spec->slots;
		pool->is_dirty = true;
	}
	if (sched != pool->sched) {
		pool->sched = sched;
		pool->is_dirty = true;
	}
	nflb_pool_apply_limits(pool, spec);
	if (spec->seed && *spec->seed != pool->seed)
		nflb_pool_set_seed(pool, *spec->seed);
	return 0;
}

/**
 * nflb_pool_new() - adds a pool
 * @edit: the edit
 * @data: struct nflb_pool_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_pool_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_pool_spec *spec = data;
	struct nflb_table *table = &edit->cand->pools;
	struct nflb_pool *pool;
	u32 pos;
	int err;

	err = nflb_edit_name(edit, NFLB_A_POOL_NAME, spec->name);
	if (err)
		return err;
	if (nflb_table_find(table, spec->name) != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_POOL_NAME,
				   "pool %s exists already", spec->name);
	pool = nflb_pool_alloc(spec->name, nflb_sched_at(0));
	if (!pool)
		return -ENOMEM;
	err = nflb_pool_apply(edit, pool, spec);
	if (!err)
		err = nflb_table_insert(table, &pool->object, &pos);
	if (err)
		nflb_object_put(&pool->object);
	return err;
}

static int nflb_pool_find_edit(const struct nflb_edit *edit, const char *name,
			       u32 *pos)
{
	*pos = nflb_table_find(&edit->cand->pools, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_POOL_NAME,
			   "there is no pool %s", name);
}

/**
 * nflb_pool_set() - changes a pool
 * @edit: the edit
 * @data: struct nflb_pool_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_pool_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_pool_spec *spec = data;
	struct nflb_pool *pool;
	u32 pos;
	int err;

	err = nflb_pool_find_edit(edit, spec->name, &pos);
	if (err)
		return err;
	pool = nflb_snapshot_edit_pool(edit->cand, pos);
	if (!pool)
		return -ENOMEM;
	return nflb_pool_apply(edit, pool, spec);
}

static int nflb_pool_refuse_in_use(const struct nflb_edit *edit, u32 pos)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(edit->cand, pos);
	const struct nflb_service *service;
	const struct nflb_snat *snat;
	u32 i;

	for (i = 0; i < edit->cand->services.n_slots; i++) {
		service = nflb_snapshot_service(edit->cand, i);
		if (service && nflb_service_has_pool(service, pos))
			return nflb_refuse(edit->why, -EBUSY, NFLB_A_POOL_NAME,
					   "%s %s uses pool %s",
					   nflb_service_word(service),
					   service->object.name,
					   pool->object.name);
	}
	snat = nflb_snapshot_snat(edit->cand, pool->snat);
	return nflb_refuse(edit->why, -EBUSY, NFLB_A_POOL_NAME,
			   "snat %s uses pool %s", snat->object.name,
			   pool->object.name);
}

/**
 * nflb_pool_del() - removes a pool with its backends
 * @edit: the edit
 * @data: struct nflb_pool_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_pool_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_pool_spec *spec = data;
	const char *name = spec->name;
	struct nflb_snapshot *cand = edit->cand;
	u32 pos;
	int err;

	err = nflb_pool_find_edit(edit, name, &pos);
	if (err)
		return err;
	if (cand->pools.slot[pos].n_uses)
		return nflb_pool_refuse_in_use(edit, pos);
	cand->n_backends -= nflb_snapshot_pool(cand, pos)->n_members;
	nflb_table_remove(&cand->pools, pos);
	return 0;
}
