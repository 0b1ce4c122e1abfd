// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reasons: why backends get new flows or none, in the words of Azure's health
 * status. What a probe says is not all that decides.
 */

#include <linux/bitops.h>

#include "backend.h"
#include "pool.h"
#include "probe.h"
#include "reason.h"
#include "report.h"
#include "service.h"
#include "snapshot.h"

/* Nobody has said why. */
#define NFLB_REASON_NONE "NA"

/* Are all of its pool to serve if nobody is eligible? */
static bool nflb_reason_fails_open(const struct nflb_snapshot *snap,
				   const struct nflb_service *service)
{
	return service->all_down == NFLB_ALL_DOWN_ALL &&
	       !nflb_snapshot_has_eligible(snap, service, 1);
}

/* Does the probe not count, as too few pass it? */
static bool nflb_reason_is_ignored(const struct nflb_snapshot *snap,
				   const struct nflb_pool *pool, u32 gate)
{
	const struct nflb_service *service;
	u32 pos;

	if (nflb_pool_is_panicking(pool, gate))
		return true;
	/* Few services are, and seldom is all of a pool down. */
	if (nflb_pool_n_eligible(pool, gate) || !snap->n_fail_open)
		return false;
	for (pos = 0; pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (service && service->tier[0].gate == gate &&
		    nflb_snapshot_tier(snap, service, 0) == pool &&
		    nflb_reason_fails_open(snap, service))
			return true;
	}
	return false;
}

static const char *nflb_reason_reported(const struct nflb_snapshot *snap,
					const struct nflb_pool *pool, u32 gate,
					u32 pos)
{
	const struct nflb_report *report;
	const struct nflb_probe *probe;

	if (nflb_pool_health(pool, pos, gate) == NFLB_HEALTH_UNKNOWN)
		return NFLB_REASON_NONE;
	probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
	report = nflb_report_find(pool->member[pos].backend,
				  probe->object.name);
	return report && report->reason[0] ? report->reason :
					     NFLB_REASON_NONE;
}

/* Does the probe keep new flows away? */
static bool nflb_reason_stops(const struct nflb_snapshot *snap,
			      const struct nflb_pool *pool, u32 gate, u32 pos)
{
	return !test_bit(pos, pool->passes[gate]) &&
	       !nflb_reason_is_ignored(snap, pool, gate);
}

/* Why it is ejected, or NULL if it is not */
static const char *nflb_reason_ejected(const struct nflb_ejection *ejection)
{
	static const char *const name[] = {
		[NFLB_EJECT_REASON_UNANSWERED] = "Down_Passive_Unanswered",
		[NFLB_EJECT_REASON_REFUSED] = "Down_Passive_Refused",
		[NFLB_EJECT_REASON_UNREACHABLE] = "Down_Passive_Unreachable",
	};

	return READ_ONCE(ejection->is_on) ? name[READ_ONCE(ejection->reason)] :
					    NULL;
}

/**
 * nflb_reason() - says what decides whether a member gets new flows
 * @snap: the snapshot
 * @pool: a pool of it
 * @gate: gate of the services that are asked about, 0 for those without a probe
 * @pos: place of the member
 *
 * Context: under RCU or cfg_mutex.
 * Return: a word, or what the prober has reported, which may be several; valid
 * within the context.
 */
const char *nflb_reason(const struct nflb_snapshot *snap,
			const struct nflb_pool *pool, u32 gate, u32 pos)
{
	const struct nflb_member *member = &pool->member[pos];
	const char *ejected;

	if (member->admin == NFLB_ADMIN_DOWN || member->is_draining ||
	    !member->weight)
		return "Down_Admin";
	if (member->admin == NFLB_ADMIN_UP)
		return "Up_Admin";
	if (gate && nflb_reason_stops(snap, pool, gate, pos))
		return nflb_reason_reported(snap, pool, gate, pos);
	ejected = nflb_reason_ejected(&member->backend->ejection);
	if (ejected)
		return ejected;
	if (!gate)
		return NFLB_REASON_NONE;
	return test_bit(pos, pool->passes[gate]) ?
		       nflb_reason_reported(snap, pool, gate, pos) :
		       "Up_Probe_AllDownIsUp";
}

/**
 * nflb_reason_of_member() - says the same for all services of a pool
 * @snap: the snapshot
 * @pool: a pool of it
 * @pos: place of the member
 *
 * Context: under RCU or cfg_mutex.
 * Return: as nflb_reason(), of a probe that keeps new flows away if there is
 * such a one.
 */
const char *nflb_reason_of_member(const struct nflb_snapshot *snap,
				  const struct nflb_pool *pool, u32 pos)
{
	u32 gate, one = 0;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (!pool->gate[gate].n_services)
			continue;
		one = gate;
		if (nflb_reason_stops(snap, pool, gate, pos))
			break;
	}
	return nflb_reason(snap, pool, one, pos);
}
