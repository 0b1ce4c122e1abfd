// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remaps: the ports of nats follow the backends of their pools.
 *
 * A commit settles the nats whose pools it changes. Who finds no port then is
 * given one as soon as the quarantine of one is over, by a commit of its own.
 */

#include <linux/errno.h>

#include "counters.h"
#include "nat.h"
#include "net.h"
#include "refuse.h"
#include "remap.h"
#include "snapshot.h"
#include "txn.h"

/* Its former self, if that was a nat, too */
static const struct nflb_service *
nflb_remap_former(const struct nflb_snapshot *old,
		  const struct nflb_service *nat)
{
	const struct nflb_service *former;
	u32 pos;

	if (!old)
		return NULL;
	pos = nflb_table_find(&old->services, nat->object.name);
	former = nflb_snapshot_service(old, pos);
	return former && former->nat ? former : NULL;
}

static bool nflb_remap_is_due(const struct nflb_nat *nat)
{
	u64 next = nflb_nat_next_free(nat);

	return next && !time_before64(get_jiffies_64(), next);
}

/* Is all as the published snapshot has it, and may it stay so? */
static bool nflb_remap_is_settled(const struct nflb_snapshot *old,
				  const struct nflb_snapshot *cand, u32 pos)
{
	const struct nflb_service *nat = nflb_snapshot_service(cand, pos);

	return old && nat == nflb_snapshot_service(old, pos) &&
	       nflb_snapshot_tier(cand, nat, 0) ==
		       nflb_snapshot_tier(old, nat, 0) &&
	       !nflb_remap_is_due(nat->nat);
}

static int nflb_remap_settle_one(struct nflb_snapshot *cand, u32 pos,
				 const struct nflb_why *why)
{
	struct nflb_service *nat = nflb_snapshot_edit_service(cand, pos);
	const struct nflb_pool *pool;
	int err;

	if (!nat)
		return -ENOMEM;
	pool = nflb_snapshot_tier(cand, nat, 0);
	err = nflb_nat_settle(nat->nat, pool);
	if (err != -ENOENT)
		return err;
	return nflb_refuse(why, -ENOENT, 0,
			   "nat %s needs backend %s, which pool %s has not",
			   nat->object.name, nat->nat->backend,
			   pool->object.name);
}

/**
 * nflb_remap_settle() - gives the backends of all nats their ports
 * @old: the published snapshot, or NULL
 * @cand: the candidate; nats that change become its own
 * @why: where refusals go
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_remap_settle(const struct nflb_snapshot *old,
		      struct nflb_snapshot *cand, const struct nflb_why *why)
{
	const struct nflb_service *service;
	u32 pos;
	int err;

	for (pos = 0; pos < cand->services.n_slots; pos++) {
		service = nflb_snapshot_service(cand, pos);
		if (!service || !service->nat ||
		    nflb_remap_is_settled(old, cand, pos))
			continue;
		err = nflb_remap_settle_one(cand, pos, why);
		if (err)
			return err;
	}
	return 0;
}

static void nflb_remap_count(struct nflb_net *nn,
			     const struct nflb_service *nat,
			     const struct nflb_service *former)
{
	u32 n = former ? former->nat->n_unmapped : 0;

	local_bh_disable();
	for (; n < nat->nat->n_unmapped; n++) {
		nflb_reasons_inc(nn->reasons, NFLB_NO_PORT);
		nflb_reasons_inc(nat->account->reasons, NFLB_NO_PORT);
	}
	local_bh_enable();
}

/**
 * nflb_remap_follow() - counts who has found no port, and waits for one
 * @nn: the namespace
 * @old: the snapshot before, or NULL
 * @new: the snapshot that is published now
 *
 * Context: process, under cfg_mutex.
 */
void nflb_remap_follow(struct nflb_net *nn, const struct nflb_snapshot *old,
		       const struct nflb_snapshot *new)
{
	u64 now = get_jiffies_64(), next = 0, free_at;
	const struct nflb_service *nat;
	u32 pos;

	for (pos = 0; pos < new->services.n_slots; pos++) {
		nat = nflb_snapshot_service(new, pos);
		if (!nat || !nat->nat)
			continue;
		nflb_remap_count(nn, nat, nflb_remap_former(old, nat));
		free_at = nflb_nat_next_free(nat->nat);
		if (free_at && (!next || time_before64(free_at, next)))
			next = free_at;
	}
	if (next)
		mod_delayed_work(nflb_wq, &nn->remap_work,
				 time_before64(now, next) ? next - now : 0);
}

/* Nothing to edit: the commit settles the nats, unless none is due any more. */
static int nflb_remap_edit(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_service *nat;
	u32 pos;

	for (pos = 0; pos < edit->cand->services.n_slots; pos++) {
		nat = nflb_snapshot_service(edit->cand, pos);
		if (nat && nat->nat && nflb_remap_is_due(nat->nat))
			return 0;
	}
	return -ENOENT;
}

static void nflb_remap_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, remap_work);
	static const struct nflb_why nobody;

	if (nflb_txn_change(nn, 0, nflb_remap_edit, NULL, &nobody) == -ENOMEM)
		mod_delayed_work(nflb_wq, &nn->remap_work, HZ);
}

/**
 * nflb_remap_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_remap_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->remap_work, nflb_remap_work);
}
