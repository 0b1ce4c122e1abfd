// SPDX-License-Identifier: GPL-2.0-only
/*
 * How services treat UDP: what must hold of a candidate as a whole, in whatever
 * order it has been edited.
 */

#include <linux/errno.h>

#include "edit.h"
#include "snapshot.h"

static int nflb_udp_check_hash(const struct nflb_snapshot *cand,
			       const struct nflb_service *service,
			       u32 pos, const struct nflb_why *why)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(cand, pos);

	if (!pool || pool->sched->is_stable)
		return 0;
	return nflb_refuse(why, -EINVAL, 0,
			   "service %s is hashed: pool %s needs maglev, not %s",
			   service->object.name, pool->object.name,
			   pool->sched->name);
}

static int nflb_udp_check_service(const struct nflb_snapshot *cand, u32 pos,
				  const struct nflb_why *why)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	int err;

	if (!service || !nflb_service_is_hashed(service))
		return 0;
	err = nflb_udp_check_hash(cand, service, service->pool, why);
	return err ?: nflb_udp_check_hash(cand, service, service->backup, why);
}

/**
 * nflb_udp_check() - checks what services want of their pools for UDP
 * @cand: the candidate, complete
 * @why: where refusals go
 *
 * Context: process, under cfg_mutex.
 * Return: 0 or a negative errno.
 */
int nflb_udp_check(const struct nflb_snapshot *cand, const struct nflb_why *why)
{
	int err = 0;
	u32 pos;

	if (!cand->n_hashed)
		return 0;
	for (pos = 0; !err && pos < cand->services.n_slots; pos++)
		err = nflb_udp_check_service(cand, pos, why);
	return err;
}
