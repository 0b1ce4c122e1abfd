// SPDX-License-Identifier: GPL-2.0-only
/* Gates of pools: which members may get new flows, by what each probe says. */

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "pool.h"
#include "ramp.h"
#include "zone.h"

/**
 * nflb_pool_gate_find() - finds the gate of a probe
 * @pool: the pool
 * @probe: place of the probe
 *
 * Return: the gate, or NFLB_NONE.
 */
u32 nflb_pool_gate_find(const struct nflb_pool *pool, u32 probe)
{
	u32 gate;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (pool->gate[gate].n_services &&
		    pool->gate[gate].probe == probe)
			return gate;
	}
	return NFLB_NONE;
}

/**
 * nflb_pool_gate_get() - takes the gate of a probe into use
 * @pool: pool of a candidate
 * @probe: place of the probe
 *
 * Return: the gate, or NFLB_NONE when all are in use by other probes.
 */
u32 nflb_pool_gate_get(struct nflb_pool *pool, u32 probe)
{
	u32 gate = nflb_pool_gate_find(pool, probe);

	if (gate == NFLB_NONE) {
		for (gate = 1; gate < NFLB_N_GATES; gate++) {
			if (!pool->gate[gate].n_services)
				break;
		}
		if (gate == NFLB_N_GATES)
			return NFLB_NONE;
		pool->gate[gate].probe = probe;
	}
	pool->gate[gate].n_services++;
	return gate;
}

/**
 * nflb_pool_gate_put() - takes back nflb_pool_gate_get()
 * @pool: pool of a candidate
 * @gate: the gate
 */
void nflb_pool_gate_put(struct nflb_pool *pool, u32 gate)
{
	pool->gate[gate].n_services--;
}

static bool nflb_pool_has_gate(const struct nflb_pool *pool, u32 gate)
{
	return !gate || pool->gate[gate].n_services;
}

/* May it get new flows by what the gate's probe says? */
static bool nflb_pool_is_fit(const struct nflb_pool *pool, u32 pos, u32 gate)
{
	const struct nflb_member *member = &pool->member[pos];

	if (!member->weight || member->is_draining ||
	    member->admin == NFLB_ADMIN_DOWN)
		return false;
	return member->admin == NFLB_ADMIN_UP || !gate ||
	       test_bit(pos, pool->passes[gate]);
}

static bool nflb_pool_should_panic(const struct nflb_pool *pool, u32 gate)
{
	return 100 * pool->gate[gate].n_fit <
	       pool->panic_pct * pool->gate[0].n_fit;
}

static void nflb_pool_update_ramp(struct nflb_pool *pool, u32 gate, u32 pos,
				  bool is_eligible)
{
	if (!pool->ramp[gate])
		return;
	if (is_eligible)
		nflb_ramp_start(pool->ramp[gate], pos,
				!pool->gate[gate].n_eligible);
	else
		nflb_ramp_stop(pool->ramp[gate], pos, pool->eligible[gate]);
}

/* In a panic all have to help at once. */
static void nflb_pool_end_ramps(struct nflb_pool *pool, u32 gate)
{
	u32 pos;

	if (!pool->ramp[gate])
		return;
	for_each_set_bit(pos, pool->eligible[gate], pool->n_members)
		nflb_ramp_settle(pool->ramp[gate], pos);
}

/* Might it get new flows, were it not ejected? In a panic no probe counts. */
static bool nflb_pool_might_serve(const struct nflb_pool *pool, u32 pos,
				  u32 gate)
{
	return nflb_pool_is_fit(pool, pos,
				pool->gate[gate].is_panicking ? 0 : gate);
}

static bool nflb_pool_is_ejected(const struct nflb_pool *pool, u32 pos)
{
	return nflb_pool_may_eject(pool, pos) &&
	       READ_ONCE(pool->member[pos].backend->ejection.is_on);
}

/**
 * nflb_pool_n_healthy() - counts the members that might serve without a panic
 * @pool: the pool, finished
 * @gate: gate of the service
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: the number.
 */
u32 nflb_pool_n_healthy(const struct nflb_pool *pool, u32 gate)
{
	u32 pos, n = 0;

	if (!pool->eject_after)
		return READ_ONCE(pool->gate[gate].n_fit);
	for (pos = 0; pos < pool->n_members; pos++)
		n += nflb_pool_is_fit(pool, pos, gate) &&
		     !nflb_pool_is_ejected(pool, pos);
	return n;
}

/**
 * nflb_pool_has_healthy() - tells whether nflb_pool_n_healthy() counts any
 * @pool: the pool, finished
 * @gate: gate of the service
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: true if so.
 */
bool nflb_pool_has_healthy(const struct nflb_pool *pool, u32 gate)
{
	u32 pos;

	if (!pool->eject_after || !READ_ONCE(pool->gate[gate].n_fit))
		return READ_ONCE(pool->gate[gate].n_fit);
	for (pos = 0; pos < pool->n_members; pos++) {
		if (nflb_pool_is_fit(pool, pos, gate) &&
		    !nflb_pool_is_ejected(pool, pos))
			return true;
	}
	return false;
}

/**
 * nflb_pool_passes() - tells whether all probes of a member say up
 * @pool: the pool, finished
 * @pos: place of the member
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: true if each does, or counts as up until it says something.
 */
bool nflb_pool_passes(const struct nflb_pool *pool, u32 pos)
{
	u32 gate;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (pool->gate[gate].n_services &&
		    !test_bit(pos, pool->passes[gate]))
			return false;
	}
	return true;
}

static bool nflb_pool_should_serve(const struct nflb_pool *pool, u32 pos,
				   u32 gate)
{
	return nflb_pool_might_serve(pool, pos, gate) &&
	       !nflb_pool_is_ejected(pool, pos);
}

static void nflb_pool_update_member(struct nflb_pool *pool, u32 gate, u32 pos)
{
	u32 n_eligible = pool->gate[gate].n_eligible;
	bool is_eligible = nflb_pool_should_serve(pool, pos, gate);

	if (test_bit(pos, pool->eligible[gate]) == is_eligible)
		return;
	nflb_pool_update_ramp(pool, gate, pos, is_eligible);
	assign_bit(pos, pool->eligible[gate], is_eligible);
	n_eligible += is_eligible ? 1 : -1;
	WRITE_ONCE(pool->gate[gate].n_eligible, n_eligible);
}

/* Begins or ends a panic; only then all members are looked at. */
static void nflb_pool_turn_panic(struct nflb_pool *pool, u32 gate,
				 bool is_panicking)
{
	u32 pos;

	WRITE_ONCE(pool->gate[gate].is_panicking, is_panicking);
	for (pos = 0; pos < pool->n_members; pos++)
		nflb_pool_update_member(pool, gate, pos);
	if (is_panicking)
		nflb_pool_end_ramps(pool, gate);
}

static void nflb_pool_update_gate(struct nflb_pool *pool, u32 gate, u32 pos)
{
	bool is_panicking = nflb_pool_should_panic(pool, gate);

	if (pool->gate[gate].is_panicking == is_panicking)
		nflb_pool_update_member(pool, gate, pos);
	else
		nflb_pool_turn_panic(pool, gate, is_panicking);
	nflb_zone_update(pool, gate);
}

static void nflb_pool_fill_gate(struct nflb_pool *pool, u32 gate)
{
	u32 n_eligible = 0, n_fit = 0;
	bool is_eligible;
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++)
		n_fit += nflb_pool_is_fit(pool, pos, gate);
	pool->gate[gate].n_fit = n_fit;
	pool->gate[gate].is_panicking = nflb_pool_should_panic(pool, gate);
	for (pos = 0; pos < pool->n_members; pos++) {
		is_eligible = nflb_pool_should_serve(pool, pos, gate);
		assign_bit(pos, pool->eligible[gate], is_eligible);
		n_eligible += is_eligible;
	}
	pool->gate[gate].n_eligible = n_eligible;
	nflb_zone_update(pool, gate);
}

static int nflb_pool_alloc_bits(const struct nflb_pool *pool,
				unsigned long **bits)
{
	bitmap_free(*bits);
	*bits = bitmap_zalloc(max(1U, pool->n_members), GFP_KERNEL_ACCOUNT);
	return *bits ? 0 : -ENOMEM;
}

static int nflb_pool_alloc_ramps(struct nflb_pool *pool, u32 gate)
{
	kvfree(pool->ramp[gate]);
	pool->ramp[gate] = NULL;
	if (!pool->slow_start_ms)
		return 0;
	pool->ramp[gate] = nflb_ramp_alloc(pool->n_members,
					   pool->slow_start_ms);
	return pool->ramp[gate] ? 0 : -ENOMEM;
}

static int nflb_pool_alloc_zone(struct nflb_pool *pool, u32 gate)
{
	kvfree(pool->zone[gate]);
	pool->zone[gate] = NULL;
	if (!pool->prefer_zone)
		return 0;
	pool->zone[gate] = nflb_zone_alloc(pool);
	return pool->zone[gate] ? 0 : -ENOMEM;
}

static int nflb_pool_alloc_gate(struct nflb_pool *pool, u32 gate)
{
	if (nflb_pool_alloc_bits(pool, &pool->eligible[gate]) ||
	    nflb_pool_alloc_bits(pool, &pool->passes[gate]) ||
	    nflb_pool_alloc_bits(pool, &pool->is_reported[gate]) ||
	    nflb_pool_alloc_bits(pool, &pool->will_end[gate]) ||
	    nflb_pool_alloc_ramps(pool, gate) ||
	    nflb_pool_alloc_zone(pool, gate))
		return -ENOMEM;
	pool->gate[gate].n_eligible = 0;
	return 0;
}

/**
 * nflb_pool_alloc_gates() - makes what gates have
 * @pool: pool of a candidate, with its members
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_pool_alloc_gates(struct nflb_pool *pool)
{
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (nflb_pool_has_gate(pool, gate) &&
		    nflb_pool_alloc_gate(pool, gate))
			return -ENOMEM;
	}
	nflb_pool_fill_gate(pool, 0);
	return 0;
}

/**
 * nflb_pool_free_gates() - frees what gates have
 * @pool: the pool
 */
void nflb_pool_free_gates(struct nflb_pool *pool)
{
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		bitmap_free(pool->eligible[gate]);
		bitmap_free(pool->passes[gate]);
		bitmap_free(pool->is_reported[gate]);
		bitmap_free(pool->will_end[gate]);
		kvfree(pool->ramp[gate]);
		kvfree(pool->zone[gate]);
	}
}

/**
 * nflb_pool_clear_gates() - leaves what gates have to the pool it was copied of
 * @pool: the copy
 */
void nflb_pool_clear_gates(struct nflb_pool *pool)
{
	memset(pool->eligible, 0, sizeof(pool->eligible));
	memset(pool->passes, 0, sizeof(pool->passes));
	memset(pool->is_reported, 0, sizeof(pool->is_reported));
	memset(pool->will_end, 0, sizeof(pool->will_end));
	memset(pool->ramp, 0, sizeof(pool->ramp));
	memset(pool->zone, 0, sizeof(pool->zone));
}

/**
 * nflb_pool_offers() - tells whether a backend may get new flows
 * @pool: the pool
 * @gate: gate of the service
 * @backend: the backend
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if it is a member that may.
 */
bool nflb_pool_offers(const struct nflb_pool *pool, u32 gate,
		      const struct nflb_backend *backend)
{
	u32 pos = nflb_pool_find_addr(pool, &backend->addr);

	return pos != NFLB_NONE && pool->member[pos].backend == backend &&
	       nflb_pool_is_eligible(pool, gate, pos);
}

/* Where the pool has a backend that may not get new flows, or NFLB_NONE. */
static u32 nflb_pool_find_barred(const struct nflb_pool *pool, u32 gate,
				 const struct nflb_backend *backend)
{
	u32 pos = nflb_pool_find_addr(pool, &backend->addr);

	if (pos == NFLB_NONE || pool->member[pos].backend != backend ||
	    nflb_pool_is_eligible(pool, gate, pos))
		return NFLB_NONE;
	return pos;
}

static bool nflb_pool_is_reported_down(const struct nflb_pool *pool, u32 pos,
				       u32 gate)
{
	return pool->member[pos].admin == NFLB_ADMIN_NONE && gate &&
	       nflb_pool_health(pool, pos, gate) == NFLB_HEALTH_DOWN;
}

/**
 * nflb_pool_is_down() - tells whether a backend is known to be down
 * @pool: the pool
 * @gate: gate of the service
 * @backend: the backend
 *
 * Because the administrator says so, or the probe, which has to have said it.
 * To be ejected is not to be down: new connections fail, others may work.
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if it is a member that is, and so is not eligible.
 */
bool nflb_pool_is_down(const struct nflb_pool *pool, u32 gate,
		       const struct nflb_backend *backend)
{
	u32 pos = nflb_pool_find_barred(pool, gate, backend);

	return pos != NFLB_NONE &&
	       (pool->member[pos].admin == NFLB_ADMIN_DOWN ||
		nflb_pool_is_reported_down(pool, pos, gate));
}

/**
 * nflb_pool_fails() - tells whether new flows to a backend are known to fail
 * @pool: the pool
 * @gate: gate of the service
 * @backend: the backend
 *
 * Because the probe has said so, or because others have failed already.
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if it is a member of which that is known, and so not eligible.
 */
bool nflb_pool_fails(const struct nflb_pool *pool, u32 gate,
		     const struct nflb_backend *backend)
{
	u32 pos = nflb_pool_find_barred(pool, gate, backend);

	return pos != NFLB_NONE &&
	       (nflb_pool_is_reported_down(pool, pos, gate) ||
		nflb_pool_is_ejected(pool, pos));
}

/* Where the pool's former self had the same server, or NFLB_NONE. */
static u32 nflb_pool_former_pos(const struct nflb_pool *former, u32 pos,
				const struct nflb_backend *backend)
{
	if (pos < former->n_members && former->member[pos].backend == backend)
		return pos;
	pos = nflb_pool_find(former, backend->account.name);
	if (pos != NFLB_NONE && former->member[pos].backend == backend)
		return pos;
	return NFLB_NONE;
}

/*
 * What a report is changes only while there is none. But one that drains by its
 * own word must not seem to be down when it begins or ends to: will_end is set
 * before that counts, and stays as it is when the probe passes.
 */
static void nflb_pool_put_health(struct nflb_pool *pool, u32 pos, u32 gate,
				 u32 health, bool initial_up)
{
	bool is_known = health != NFLB_HEALTH_UNKNOWN;

	if (!is_known)
		clear_bit(pos, pool->is_reported[gate]);
	else if (health != NFLB_HEALTH_UP)
		assign_bit(pos, pool->will_end[gate],
			   health == NFLB_HEALTH_DRAINING);
	/* Pairs with the second smp_rmb() in nflb_pool_health(). */
	smp_mb__after_atomic();
	assign_bit(pos, pool->passes[gate],
		   is_known ? health == NFLB_HEALTH_UP : initial_up);
	/* Pairs with the first smp_rmb() in nflb_pool_health(). */
	smp_mb__before_atomic();
	if (is_known)
		set_bit(pos, pool->is_reported[gate]);
}

/**
 * nflb_pool_carry_health() - brings health over from a pool's former self
 * @pool: the pool, finished, not published yet
 * @gate: gate of a probe
 * @former: its former self, or NULL
 * @former_gate: gate of the same probe there, or NFLB_NONE
 * @initial_up: what unknown counts as
 *
 * Context: process, under cfg_mutex.
 */
void nflb_pool_carry_health(struct nflb_pool *pool, u32 gate,
			    const struct nflb_pool *former, u32 former_gate,
			    bool initial_up)
{
	u32 health, pos, was;

	for (pos = 0; pos < pool->n_members; pos++) {
		health = NFLB_HEALTH_UNKNOWN;
		was = NFLB_NONE;
		if (former && former_gate != NFLB_NONE)
			was = nflb_pool_former_pos(former, pos,
						   pool->member[pos].backend);
		if (was != NFLB_NONE)
			health = nflb_pool_health(former, was, former_gate);
		nflb_pool_put_health(pool, pos, gate, health, initial_up);
	}
	nflb_pool_fill_gate(pool, gate);
}

/* Was it eligible before? Then *was is its place there. */
static bool nflb_pool_was_eligible(const struct nflb_pool *former, u32 gate,
				   u32 pos, const struct nflb_backend *backend,
				   u32 *was)
{
	*was = nflb_pool_former_pos(former, pos, backend);
	return *was != NFLB_NONE && nflb_pool_is_eligible(former, gate, *was);
}

/* Brings over what applications want. Ramps are made if some want less. */
static int nflb_pool_carry_wanted(struct nflb_pool *pool, u32 gate,
				  const struct nflb_pool *former,
				  const struct nflb_ramp *ramp)
{
	u32 pos, was;

	if (!ramp || nflb_ramp_is_wanted(ramp))
		return 0;
	if (!pool->ramp[gate])
		pool->ramp[gate] = nflb_ramp_alloc(pool->n_members, 0);
	if (!pool->ramp[gate])
		return -ENOMEM;
	for (pos = 0; pos < pool->n_members; pos++) {
		was = nflb_pool_former_pos(former, pos,
					   pool->member[pos].backend);
		if (was != NFLB_NONE)
			pool->ramp[gate]->wanted[pos] = ramp->wanted[was];
	}
	return 0;
}

/**
 * nflb_pool_carry_ramps() - brings ramps over from a pool's former self
 * @pool: the pool, finished, not published yet, with its health
 * @gate: the gate
 * @former: its former self, or NULL
 * @former_gate: gate of the same probe there, or NFLB_NONE
 *
 * Who was not eligible there begins to ramp.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_pool_carry_ramps(struct nflb_pool *pool, u32 gate,
			  const struct nflb_pool *former, u32 former_gate)
{
	u32 pos, was;

	if (former_gate == NFLB_NONE)
		former = NULL;
	if (former && nflb_pool_carry_wanted(pool, gate, former,
					     former->ramp[former_gate]))
		return -ENOMEM;
	if (!pool->ramp[gate])
		return 0;
	for_each_set_bit(pos, pool->eligible[gate], pool->n_members) {
		if (former &&
		    nflb_pool_was_eligible(former, former_gate, pos,
					   pool->member[pos].backend, &was))
			nflb_ramp_carry(pool->ramp[gate], pos,
					former->ramp[former_gate], was);
		else
			nflb_ramp_start(pool->ramp[gate], pos, false);
	}
	nflb_ramp_measure(pool->ramp[gate], pool->eligible[gate], NFLB_NONE);
	if (pool->gate[gate].is_panicking)
		nflb_pool_end_ramps(pool, gate);
	nflb_zone_update(pool, gate);
	return 0;
}

/* Ramps for those who want less: without slow start, at their ends. */
static struct nflb_ramp *nflb_pool_make_ramp(const struct nflb_pool *pool,
					     u32 gate)
{
	struct nflb_ramp *ramp = nflb_ramp_alloc(pool->n_members, 0);
	u32 pos;

	if (!ramp)
		return NULL;
	for_each_set_bit(pos, pool->eligible[gate], pool->n_members)
		nflb_ramp_settle(ramp, pos);
	return ramp;
}

/**
 * nflb_pool_want() - takes what a member's application wants
 * @pool: published pool
 * @pos: place of the member
 * @gate: gate of the probe that has asked it
 * @pct: what it wants of its share, as a percentage, not 0
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 if it has wanted that before, 1 if shares have changed, or -ENOMEM.
 */
int nflb_pool_want(struct nflb_pool *pool, u32 pos, u32 gate, u32 pct)
{
	struct nflb_ramp *ramp = pool->ramp[gate];

	if (pct == (ramp ? ramp->wanted[pos] : NFLB_PCT_MAX))
		return 0;
	if (!ramp) {
		ramp = nflb_pool_make_ramp(pool, gate);
		if (!ramp)
			return -ENOMEM;
		/* Pairs with READ_ONCE() where packets look for it. */
		smp_store_release(&pool->ramp[gate], ramp);
	}
	nflb_ramp_want(ramp, pos, pct, pool->eligible[gate]);
	nflb_zone_update(pool, gate);
	return 1;
}

/**
 * nflb_pool_health() - tells what a prober has reported last
 * @pool: the pool, finished
 * @pos: place of the member
 * @gate: gate of the probe
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: enum nflb_health.
 */
u32 nflb_pool_health(const struct nflb_pool *pool, u32 pos, u32 gate)
{
	bool passes, will_end;

	if (!test_bit(pos, pool->is_reported[gate]))
		return NFLB_HEALTH_UNKNOWN;
	/* Pairs with smp_mb__before_atomic() in nflb_pool_put_health(). */
	smp_rmb();
	passes = test_bit(pos, pool->passes[gate]);
	/* Pairs with smp_mb__after_atomic() in nflb_pool_put_health(). */
	smp_rmb();
	will_end = test_bit(pos, pool->will_end[gate]);
	if (!test_bit(pos, pool->is_reported[gate]))
		return NFLB_HEALTH_UNKNOWN;
	if (passes)
		return NFLB_HEALTH_UP;
	return will_end ? NFLB_HEALTH_DRAINING : NFLB_HEALTH_DOWN;
}

/**
 * nflb_pool_n_unreported() - counts the members that no prober has reported on
 * @pool: the pool, finished
 * @gate: gate of a service
 *
 * Context: any; unless under cfg_mutex the answer may be out of date.
 * Return: the number; 0 without a probe.
 */
u32 nflb_pool_n_unreported(const struct nflb_pool *pool, u32 gate)
{
	if (!gate)
		return 0;
	return pool->n_members -
	       bitmap_weight(pool->is_reported[gate], pool->n_members);
}

/**
 * nflb_pool_set_health() - takes a prober's report
 * @pool: published pool
 * @pos: place of the member
 * @gate: gate of the probe
 * @health: enum nflb_health
 * @initial_up: what unknown counts as
 *
 * Context: process, under cfg_mutex.
 * Return: true if the state has changed.
 */
bool nflb_pool_set_health(struct nflb_pool *pool, u32 pos, u32 gate,
			  u32 health, bool initial_up)
{
	u32 n_fit;

	if (nflb_pool_health(pool, pos, gate) == health)
		return false;
	n_fit = pool->gate[gate].n_fit - nflb_pool_is_fit(pool, pos, gate);
	nflb_pool_put_health(pool, pos, gate, health, initial_up);
	n_fit += nflb_pool_is_fit(pool, pos, gate);
	WRITE_ONCE(pool->gate[gate].n_fit, n_fit);
	nflb_pool_update_gate(pool, gate, pos);
	return true;
}

/* So many have to serve, whoever is to be ejected. */
static u32 nflb_pool_quorum(const struct nflb_pool *pool)
{
	return max_t(u32, 1, DIV_ROUND_UP(pool->panic_pct *
					  pool->gate[0].n_fit, 100));
}

/*
 * Is it the gate of a service? That services of others come to gate 0 when
 * nobody passes their probe, does not make it theirs.
 */
static bool nflb_pool_serves_gate(const struct nflb_pool *pool, u32 gate)
{
	u32 n_services = pool->n_services;
	u32 i;

	if (gate)
		return pool->gate[gate].n_services;
	for (i = 1; i < NFLB_N_GATES; i++)
		n_services -= pool->gate[i].n_services;
	return n_services;
}

/**
 * nflb_pool_serves() - tells whether a member gets new flows
 * @pool: published pool
 * @pos: place of the member
 *
 * Context: process, under cfg_mutex.
 * Return: true if it does for some service.
 */
bool nflb_pool_serves(const struct nflb_pool *pool, u32 pos)
{
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (nflb_pool_serves_gate(pool, gate) &&
		    nflb_pool_is_eligible(pool, gate, pos))
			return true;
	}
	return false;
}

/**
 * nflb_pool_can_spare() - tells whether enough are left without a member
 * @pool: published pool
 * @pos: place of the member, which serves
 *
 * Context: process, under cfg_mutex.
 * Return: true if for no service the member is needed.
 */
bool nflb_pool_can_spare(const struct nflb_pool *pool, u32 pos)
{
	u32 quorum = nflb_pool_quorum(pool);
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (nflb_pool_has_gate(pool, gate) &&
		    nflb_pool_is_eligible(pool, gate, pos) &&
		    nflb_pool_n_eligible(pool, gate) <= quorum)
			return false;
	}
	return true;
}

/**
 * nflb_pool_lacks() - tells whether too few serve without a member
 * @pool: published pool
 * @pos: place of the member, which is ejected
 *
 * Context: process, under cfg_mutex.
 * Return: true if it could help.
 */
bool nflb_pool_lacks(const struct nflb_pool *pool, u32 pos)
{
	u32 quorum = nflb_pool_quorum(pool);
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (nflb_pool_has_gate(pool, gate) &&
		    nflb_pool_n_eligible(pool, gate) < quorum &&
		    nflb_pool_might_serve(pool, pos, gate))
			return true;
	}
	return false;
}

/**
 * nflb_pool_update_ejected() - takes over that a member is ejected, or no more
 * @pool: published pool
 * @pos: place of the member
 *
 * Context: process, under cfg_mutex.
 */
void nflb_pool_update_ejected(struct nflb_pool *pool, u32 pos)
{
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (!nflb_pool_has_gate(pool, gate))
			continue;
		nflb_pool_update_member(pool, gate, pos);
		if (pool->gate[gate].is_panicking)
			nflb_pool_end_ramps(pool, gate);
		nflb_zone_update(pool, gate);
	}
}

/**
 * nflb_pool_settle() - ends a member's ramp at once
 * @pool: published pool
 * @pos: place of the member
 *
 * Context: process, under cfg_mutex.
 */
void nflb_pool_settle(struct nflb_pool *pool, u32 pos)
{
	u32 gate;

	for (gate = 0; gate < NFLB_N_GATES; gate++) {
		if (!nflb_pool_has_gate(pool, gate) || !pool->ramp[gate] ||
		    !nflb_pool_is_eligible(pool, gate, pos))
			continue;
		nflb_ramp_settle(pool->ramp[gate], pos);
		nflb_zone_update(pool, gate);
	}
}
