/* SPDX-License-Identifier: GPL-2.0-only */
/* Pools: named sets of backends with a scheduler. */
#ifndef _NFLB_POOL_H
#define _NFLB_POOL_H

#include <linux/atomic.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "backend.h"
#include "object.h"
#include "sched.h"

struct nflb_clients;
struct nflb_note;
struct nflb_ramp;
struct nflb_zone;

/* Gate 0 is that of services without a probe. */
#define NFLB_N_GATES (NFLB_POOL_PROBES_MAX + 1)

/**
 * struct nflb_member - a backend as a pool has it
 * @backend: the server, a reference is held
 * @weight: share of new flows
 * @zone: zone number, 0 for none
 * @admin: enum nflb_admin
 * @is_draining: no new flows
 * @max_flows: flows that it may have open, 0 for any number; packets look at
 *	that of its account
 * @drain_until: when the flows end that it still has then, in jiffies, or 0
 * @admin_until: when @admin is none again, in jiffies, or 0
 * @note: why @admin or @is_draining is so, or NULL; a reference is held
 */
struct nflb_member {
	struct nflb_backend *backend;
	struct nflb_note *note;
	u16 weight;
	u16 zone;
	u8 admin;
	bool is_draining;
	u32 max_flows;
	u64 drain_until;
	u64 admin_until;
};

/**
 * struct nflb_gate - a probe that services of the pool use
 * @probe: place of the probe in its table
 * @n_services: services of the pool that use it; 0 while the gate is free
 * @n_fit: members that may get new flows were there no panic
 * @n_eligible: members that may get new flows
 * @is_panicking: the probe does not count, as too few pass. This and the
 *	numbers change with nflb_pool.eligible
 */
struct nflb_gate {
	u32 probe;
	u32 n_services;
	u32 n_fit;
	u32 n_eligible;
	bool is_panicking;
};

/**
 * struct nflb_pool - a named set of backends with a scheduler
 * @object: name and references
 * @sched: the algorithm
 * @sched_data: what it has built from the members, may be NULL; shared by
 *	successive versions of the pool with the same members and weights
 * @is_dirty: @sched_data does not fit the members; never in a snapshot
 * @family: family of its members, of the frontends of its services and of its
 *	snat; AF_UNSPEC while it has none of them
 * @panic_pct: how many must pass a probe for it to count
 * @spill_pct: how many of the preferred zone must be eligible for all new flows
 *	to stay there
 * @prefer_zone: the preferred zone, 0 for none
 * @slow_start_ms: what a ramp takes, 0 for none
 * @eject_after: failed flows in a row that have a member ejected, 0 for never
 * @eject_time_ms: for how long, the first time
 * @slots: slots of a maglev table
 * @seed: key of its hashes as configured
 * @key: @seed, spread
 * @n_services: services that use it
 * @n_affine: how many of them have affinity
 * @snat: place of its snat, or NFLB_NONE
 * @n_members: members
 * @n_alloc: members allocated
 * @member: the members; places change when one is removed
 * @names: from a hash of a backend's name to its place
 * @addrs: from a hash of a backend's address to its place
 * @gate: the probes, by gate; gate 0 is that of services without a probe
 * @eligible: by gate, a bit per member: may get new flows; NULL for gates that
 *	are not in use. These and the next four are the only mutable part
 *	once published: changed under cfg_mutex, bit by bit, as health changes
 * @passes: by gate, a bit per member: the probe passes
 * @is_reported: by gate, a bit per member: a prober has said so
 * @will_end: by gate, a bit per member: it drains, by its own word, and is not
 *	down; means nothing while the probe passes
 * @ramp: by gate, how far members are that are newly eligible, and what
 *	applications want; NULL without slow start and while they want it all.
 *	It can come to a published pool, but does not leave it
 * @zone: by gate, how many flows the preferred zone gets; NULL without one
 * @clients: the backends that clients have; NULL without need, as @sched
 *	chooses by a hash or no service has affinity; shared by successive
 *	versions of the pool, changed by packets
 * @room: for a CPU, with bottom halves off, to put a set of members in; NULL
 *	if nobody's flows are limited
 * @cursor: where a scheduler that goes round stands; changed by packets
 * @near_cursor: the same among those of the preferred zone
 */
struct nflb_pool {
	struct nflb_object object;
	const struct nflb_sched *sched;
	struct nflb_sched_data *sched_data;
	bool is_dirty;
	u8 family;
	u8 panic_pct;
	u8 spill_pct;
	u16 prefer_zone;
	u32 slow_start_ms;
	u32 eject_after;
	u32 eject_time_ms;
	u32 slots;
	u64 seed;
	siphash_key_t key;
	u32 n_services;
	u32 n_affine;
	u32 snat;
	u32 n_members;
	u32 n_alloc;
	struct nflb_member *member;
	struct nflb_index names;
	struct nflb_index addrs;
	struct nflb_gate gate[NFLB_N_GATES];
	unsigned long *eligible[NFLB_N_GATES];
	unsigned long *passes[NFLB_N_GATES];
	unsigned long *is_reported[NFLB_N_GATES];
	unsigned long *will_end[NFLB_N_GATES];
	struct nflb_ramp *ramp[NFLB_N_GATES];
	struct nflb_zone *zone[NFLB_N_GATES];
	struct nflb_clients *clients;
	unsigned long __percpu *room;
	atomic_t cursor;
	atomic_t near_cursor;
};

struct nflb_pool *nflb_pool_alloc(const char *name,
				  const struct nflb_sched *sched);
struct nflb_pool *nflb_pool_copy(const struct nflb_pool *from);
void nflb_pool_set_seed(struct nflb_pool *pool, u64 seed);
void nflb_pool_settle_family(struct nflb_pool *pool);
int nflb_pool_finish(struct nflb_pool *pool);
size_t nflb_pool_bytes(const struct nflb_pool *pool);

u32 nflb_pool_find(const struct nflb_pool *pool, const char *name);
u32 nflb_pool_find_addr(const struct nflb_pool *pool,
			const struct nflb_addr *addr);
int nflb_pool_add(struct nflb_pool *pool, const struct nflb_member *member);
bool nflb_member_takes_note(const struct nflb_member *member);
void nflb_member_settle_note(struct nflb_member *member);
int nflb_pool_remove(struct nflb_pool *pool, u32 pos);
int nflb_pool_swap_backend(struct nflb_pool *pool, u32 pos,
			   struct nflb_backend *backend);

int nflb_pool_alloc_gates(struct nflb_pool *pool);
void nflb_pool_free_gates(struct nflb_pool *pool);
void nflb_pool_clear_gates(struct nflb_pool *pool);
u32 nflb_pool_gate_find(const struct nflb_pool *pool, u32 probe);
u32 nflb_pool_gate_get(struct nflb_pool *pool, u32 probe);
void nflb_pool_gate_put(struct nflb_pool *pool, u32 gate);
bool nflb_pool_set_health(struct nflb_pool *pool, u32 pos, u32 gate,
			  u32 health, bool initial_up);
void nflb_pool_carry_health(struct nflb_pool *pool, u32 gate,
			    const struct nflb_pool *former, u32 former_gate,
			    bool initial_up);
int nflb_pool_carry_ramps(struct nflb_pool *pool, u32 gate,
			  const struct nflb_pool *former, u32 former_gate);
int nflb_pool_want(struct nflb_pool *pool, u32 pos, u32 gate, u32 pct);
u32 nflb_pool_health(const struct nflb_pool *pool, u32 pos, u32 gate);
bool nflb_pool_serves(const struct nflb_pool *pool, u32 pos);
u32 nflb_pool_n_unreported(const struct nflb_pool *pool, u32 gate);
bool nflb_pool_can_spare(const struct nflb_pool *pool, u32 pos);
bool nflb_pool_lacks(const struct nflb_pool *pool, u32 pos);
bool nflb_pool_has_healthy(const struct nflb_pool *pool, u32 gate);
bool nflb_pool_passes(const struct nflb_pool *pool, u32 pos);
u32 nflb_pool_n_healthy(const struct nflb_pool *pool, u32 gate);
void nflb_pool_update_ejected(struct nflb_pool *pool, u32 pos);
void nflb_pool_settle(struct nflb_pool *pool, u32 pos);
bool nflb_pool_is_down(const struct nflb_pool *pool, u32 gate,
		       const struct nflb_backend *backend);
bool nflb_pool_fails(const struct nflb_pool *pool, u32 gate,
		     const struct nflb_backend *backend);
bool nflb_pool_offers(const struct nflb_pool *pool, u32 gate,
		      const struct nflb_backend *backend);

/**
 * nflb_pool_is_used() - tells whether others depend on a pool's family
 * @pool: the pool
 *
 * Return: true if it has services or a snat.
 */
static inline bool nflb_pool_is_used(const struct nflb_pool *pool)
{
	return pool->n_services || pool->snat != NFLB_NONE;
}

/**
 * nflb_pool_is_eligible() - tells whether a member may get new flows
 * @pool: the pool
 * @gate: gate of the service
 * @pos: place of the member
 *
 * Return: true if so.
 */
static inline bool nflb_pool_is_eligible(const struct nflb_pool *pool,
					 u32 gate, u32 pos)
{
	return test_bit(pos, pool->eligible[gate]);
}

/**
 * nflb_pool_is_panicking() - tells whether a probe does not count
 * @pool: the pool
 * @gate: gate of the probe
 *
 * Return: true if so; unless under cfg_mutex it may be out of date.
 */
static inline bool nflb_pool_is_panicking(const struct nflb_pool *pool,
					  u32 gate)
{
	return READ_ONCE(pool->gate[gate].is_panicking);
}

/**
 * nflb_pool_has_trials() - tells whether new flows are looked at
 * @pool: the pool
 *
 * Return: true if somebody wants to know how they fare.
 */
static inline bool nflb_pool_has_trials(const struct nflb_pool *pool)
{
	return pool->eject_after || pool->sched->has_trials;
}

/**
 * nflb_pool_may_eject() - tells whether a member may be ejected at all
 * @pool: the pool
 * @pos: place of the member
 *
 * Return: true unless pool or administrator say something else.
 */
static inline bool nflb_pool_may_eject(const struct nflb_pool *pool, u32 pos)
{
	return pool->eject_after && pool->member[pos].admin == NFLB_ADMIN_NONE;
}

/**
 * nflb_pool_n_eligible() - counts the members that may get new flows
 * @pool: the pool
 * @gate: gate of the service
 *
 * Return: the number; unless under cfg_mutex it may be out of date.
 */
static inline u32 nflb_pool_n_eligible(const struct nflb_pool *pool, u32 gate)
{
	return READ_ONCE(pool->gate[gate].n_eligible);
}

#endif /* _NFLB_POOL_H */
