// SPDX-License-Identifier: GPL-2.0-only
/* Snapshots: the whole configuration of a namespace. */

#include <linux/mm.h>
#include <linux/slab.h>

#include "net.h"
#include "snapshot.h"

static int nflb_snapshot_copy_ranges(struct nflb_snapshot *to,
				     const struct nflb_snapshot *from)
{
	if (!from->n_ranges)
		return 0;
	to->range = kvmalloc_array(from->n_ranges, sizeof(*to->range),
				   GFP_KERNEL_ACCOUNT);
	if (!to->range)
		return -ENOMEM;
	memcpy(to->range, from->range, from->n_ranges * sizeof(*to->range));
	to->n_ranges = from->n_ranges;
	to->n_ranges_alloc = from->n_ranges;
	return 0;
}

static int nflb_snapshot_copy_all(struct nflb_snapshot *to,
				  const struct nflb_snapshot *from)
{
	to->n_backends = from->n_backends;
	to->n_services_of[0] = from->n_services_of[0];
	to->n_services_of[1] = from->n_services_of[1];
	to->n_snats_of[0] = from->n_snats_of[0];
	to->n_snats_of[1] = from->n_snats_of[1];
	to->n_hashed = from->n_hashed;
	to->n_one_packet = from->n_one_packet;
	to->n_fail_open = from->n_fail_open;
	to->devices = from->devices;
	to->generation = from->generation;
	if (nflb_table_copy(&to->frontends, &from->frontends) ||
	    nflb_table_copy(&to->pools, &from->pools) ||
	    nflb_table_copy(&to->services, &from->services) ||
	    nflb_table_copy(&to->probes, &from->probes) ||
	    nflb_table_copy(&to->snats, &from->snats) ||
	    nflb_index_copy(&to->vips, &from->vips) ||
	    nflb_index_copy(&to->keys, &from->keys) ||
	    nflb_index_copy(&to->answers, &from->answers))
		return -ENOMEM;
	return nflb_snapshot_copy_ranges(to, from);
}

/**
 * nflb_snapshot_copy() - makes a candidate
 * @from: the published snapshot, or NULL before the first
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the candidate, to be freed with nflb_snapshot_free(), or NULL.
 */
struct nflb_snapshot *nflb_snapshot_copy(const struct nflb_snapshot *from)
{
	struct nflb_snapshot *snap;

	snap = kzalloc(sizeof(*snap), GFP_KERNEL_ACCOUNT);
	if (!snap)
		return NULL;
	if (from && nflb_snapshot_copy_all(snap, from)) {
		nflb_snapshot_free(snap);
		return NULL;
	}
	return snap;
}

/**
 * nflb_snapshot_free() - frees a snapshot that no packet can see
 * @snap: the snapshot
 *
 * Context: process, may sleep.
 */
void nflb_snapshot_free(struct nflb_snapshot *snap)
{
	nflb_table_free(&snap->snats);
	nflb_table_free(&snap->services);
	nflb_table_free(&snap->pools);
	nflb_table_free(&snap->probes);
	nflb_table_free(&snap->frontends);
	nflb_index_free(&snap->vips);
	nflb_index_free(&snap->keys);
	nflb_index_free(&snap->answers);
	kvfree(snap->range);
	kfree(snap);
}

static void nflb_snapshot_free_work(struct work_struct *work)
{
	nflb_snapshot_free(container_of(to_rcu_work(work),
					struct nflb_snapshot, rwork));
}

/**
 * nflb_snapshot_free_rcu() - frees a snapshot after a grace period
 * @snap: a snapshot that was published and no longer is
 *
 * Context: process.
 */
void nflb_snapshot_free_rcu(struct nflb_snapshot *snap)
{
	INIT_RCU_WORK(&snap->rwork, nflb_snapshot_free_work);
	queue_rcu_work(nflb_free_wq, &snap->rwork);
}

/**
 * nflb_snapshot_edit_pool() - makes a candidate's pool its own
 * @cand: the candidate
 * @pos: place of the pool
 *
 * A pool with a single reference is the candidate's own already: published
 * ones have that of their snapshot besides.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the pool, to be changed at will, or NULL without memory.
 */
struct nflb_pool *nflb_snapshot_edit_pool(struct nflb_snapshot *cand, u32 pos)
{
	struct nflb_pool *pool = nflb_snapshot_pool(cand, pos);

	if (refcount_read(&pool->object.ref) == 1)
		return pool;
	pool = nflb_pool_copy(pool);
	if (pool)
		nflb_table_replace(&cand->pools, pos, &pool->object);
	return pool;
}

/**
 * nflb_snapshot_edit_service() - makes a candidate's service its own
 * @cand: the candidate
 * @pos: place of the service
 *
 * As nflb_snapshot_edit_pool() does; what others know of it has to stay.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the service, or NULL without memory.
 */
struct nflb_service *nflb_snapshot_edit_service(struct nflb_snapshot *cand,
						u32 pos)
{
	struct nflb_service *service = nflb_snapshot_service(cand, pos);

	if (refcount_read(&service->object.ref) == 1)
		return service;
	service = nflb_service_copy(service);
	if (service)
		nflb_table_replace(&cand->services, pos, &service->object);
	return service;
}

/**
 * nflb_snapshot_has_eligible() - tells whether pools of a service can serve
 * @snap: the configuration
 * @service: a service of it
 * @first: the first of its tiers that is asked about
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if one of them has a backend that is eligible.
 */
bool nflb_snapshot_has_eligible(const struct nflb_snapshot *snap,
				const struct nflb_service *service,
				unsigned int first)
{
	unsigned int i;

	for (i = first; i < service->n_tiers; i++) {
		if (nflb_pool_n_eligible(nflb_snapshot_tier(snap, service, i),
					 service->tier[i].gate))
			return true;
	}
	return false;
}

/**
 * nflb_snapshot_is_served() - tells whether new flows of a service are served
 * @snap: the configuration
 * @service: a service of it
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if there is a backend for them.
 */
bool nflb_snapshot_is_served(const struct nflb_snapshot *snap,
			     const struct nflb_service *service)
{
	return nflb_snapshot_has_eligible(snap, service, 0) ||
	       (service->all_down == NFLB_ALL_DOWN_ALL &&
		nflb_pool_n_eligible(nflb_snapshot_tier(snap, service, 0), 0));
}
