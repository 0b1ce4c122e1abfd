// SPDX-License-Identifier: GPL-2.0-only
/*
 * How services treat UDP: what must hold of a candidate as a whole, in whatever
 * order it has been edited.
 */

#include <linux/errno.h>
#include <linux/sched.h>

#include "edit.h"
#include "match.h"
#include "owner.h"
#include "snapshot.h"

static int nflb_udp_check_hash(const struct nflb_snapshot *cand,
			       const struct nflb_service *service,
			       u32 pos, const struct nflb_why *why)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(cand, pos);

	if (pool->sched->is_stable)
		return 0;
	return nflb_refuse(why, -EINVAL, 0,
			   "service %s is hashed: pool %s needs maglev, not %s",
			   service->object.name, pool->object.name,
			   pool->sched->name);
}

/*
 * What comes from a backend's port says nothing else of the service that it is
 * an answer of: no two that are one-packet may have it.
 */
static int nflb_udp_refuse_rival(const struct nflb_snapshot *cand, u32 pos,
				 u32 pool, const struct nflb_why *why)
{
	u32 rival = nflb_match_rival(cand, pos, pool);

	if (rival == NFLB_NONE)
		return 0;
	return nflb_refuse(why, -EEXIST, 0,
			   "services %s and %s are one-packet and share a backend's port",
			   nflb_snapshot_service(cand, pos)->object.name,
			   nflb_snapshot_service(cand, rival)->object.name);
}

/* Pools may have the same backend, and different services. */
static int nflb_udp_check_addr(struct nflb_net *nn,
			       const struct nflb_snapshot *cand, u32 pos,
			       const struct nflb_addr *addr,
			       const struct nflb_why *why)
{
	struct nflb_owner owner;
	int err = 0;

	rcu_read_lock();
	nflb_owner_for_each(nn, cand, addr, &owner) {
		err = nflb_udp_refuse_rival(cand, pos, owner.place_of_pool,
					    why);
		if (err)
			break;
	}
	rcu_read_unlock();
	return err;
}

static int nflb_udp_check_pool(struct nflb_net *nn,
			       const struct nflb_snapshot *cand, u32 pos,
			       u32 place, const struct nflb_why *why)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(cand, place);
	int err;
	u32 i;

	err = nflb_udp_refuse_rival(cand, pos, place, why);
	for (i = 0; !err && i < pool->n_members; i++) {
		err = nflb_udp_check_addr(nn, cand, pos,
					  &pool->member[i].backend->addr, why);
		cond_resched();
	}
	return err;
}

static int nflb_udp_check_one_packet(struct nflb_net *nn,
				     const struct nflb_snapshot *cand, u32 pos,
				     const struct nflb_why *why)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	int err = 0;
	int i;

	/* Alone it has no rival. */
	if (cand->n_one_packet == 1)
		return 0;
	for (i = 0; !err && i < service->n_tiers; i++)
		err = nflb_udp_check_pool(nn, cand, pos, service->tier[i].pool,
					  why);
	return err;
}

static int nflb_udp_check_hashed(const struct nflb_snapshot *cand,
				 const struct nflb_service *service,
				 const struct nflb_why *why)
{
	int err = 0;
	int i;

	for (i = 0; !err && i < service->n_tiers; i++)
		err = nflb_udp_check_hash(cand, service, service->tier[i].pool,
					  why);
	return err;
}

static int nflb_udp_check_service(struct nflb_net *nn,
				  const struct nflb_snapshot *cand, u32 pos,
				  const struct nflb_why *why)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);

	if (!service)
		return 0;
	switch (service->udp_mode) {
	case NFLB_UDP_MODE_HASHED:
		return nflb_udp_check_hashed(cand, service, why);
	case NFLB_UDP_MODE_ONE_PACKET:
		return nflb_udp_check_one_packet(nn, cand, pos, why);
	default:
		return 0;
	}
}

/**
 * nflb_udp_check() - checks what services want of their pools for UDP
 * @nn: the namespace
 * @cand: the candidate, complete
 * @why: where refusals go
 *
 * Context: process, under cfg_mutex.
 * Return: 0 or a negative errno.
 */
int nflb_udp_check(struct nflb_net *nn, const struct nflb_snapshot *cand,
		   const struct nflb_why *why)
{
	int err = 0;
	u32 pos;

	if (!cand->n_hashed && !cand->n_one_packet)
		return 0;
	for (pos = 0; !err && pos < cand->services.n_slots; pos++)
		err = nflb_udp_check_service(nn, cand, pos, why);
	return err;
}
