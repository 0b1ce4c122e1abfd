// SPDX-License-Identifier: GPL-2.0-only
/* Health: what probers report of backends. */

#include <linux/errno.h>
#include <uapi/nflb.h>

#include "event.h"
#include "health.h"
#include "move.h"
#include "net.h"
#include "refuse.h"
#include "snapshot.h"

static int nflb_health_find_gate(const struct nflb_snapshot *snap,
				 const struct nflb_pool *pool,
				 const struct nflb_health_spec *spec, u32 *gate,
				 const struct nflb_why *why)
{
	u32 pos = nflb_table_find(&snap->probes, spec->probe);

	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_PROBE,
				   "there is no probe %s", spec->probe);
	*gate = nflb_pool_gate_find(pool, pos);
	if (*gate == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_PROBE,
				   "no service of pool %s uses probe %s",
				   spec->pool, spec->probe);
	return 0;
}

static int nflb_health_apply(struct nflb_net *nn,
			     const struct nflb_health_spec *spec,
			     const struct nflb_why *why)
{
	const struct nflb_snapshot *snap;
	const struct nflb_probe *probe;
	u32 pos = NFLB_NONE;
	struct nflb_pool *pool;
	bool was_eligible;
	u32 gate;
	int err;

	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	if (snap)
		pos = nflb_table_find(&snap->pools, spec->pool);
	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_POOL,
				   "there is no pool %s", spec->pool);
	pool = nflb_snapshot_pool(snap, pos);
	pos = nflb_pool_find(pool, spec->backend);
	if (pos == NFLB_NONE)
		return nflb_refuse(why, -ENOENT, NFLB_A_HEALTH_BACKEND,
				   "there is no backend %s in pool %s",
				   spec->backend, spec->pool);
	err = nflb_health_find_gate(snap, pool, spec, &gate, why);
	if (err)
		return err;
	probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
	was_eligible = nflb_pool_is_eligible(pool, gate, pos);
	if (!nflb_pool_set_health(pool, pos, gate, spec->state,
				  probe->config.initial == NFLB_HEALTH_UP))
		return 0;
	nflb_event_health(nn, pool->member[pos].backend, spec->probe,
			  spec->state);
	if (was_eligible && !nflb_pool_is_eligible(pool, gate, pos))
		nflb_move_flows(nn);
	return 0;
}

/**
 * nflb_health_set() - takes a prober's report
 * @nn: the namespace
 * @spec: the report
 * @why: where refusals go
 *
 * The next new flow sees it; no table is rebuilt and no generation begun.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_health_set(struct nflb_net *nn, const struct nflb_health_spec *spec,
		    const struct nflb_why *why)
{
	int err;

	mutex_lock(&nn->cfg_mutex);
	err = nflb_health_apply(nn, spec, why);
	mutex_unlock(&nn->cfg_mutex);
	return err;
}
