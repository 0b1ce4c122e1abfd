// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snats: addresses that the flows leave through which backends open.
 *
 * A snat is configured; what it comes to are outlets, one for each address, and
 * leases, one for each backend, which the namespace keeps from configuration to
 * configuration, as flows have them.
 */

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "lease.h"
#include "match.h"
#include "net.h"
#include "outlet.h"
#include "owner.h"
#include "snapshot.h"

static void nflb_snat_free(struct nflb_object *object)
{
	kfree(container_of(object, struct nflb_snat, object));
}

static const struct nflb_kind nflb_snat_kind = {
	.name = "snat",
	.free = nflb_snat_free,
};

/**
 * nflb_snat_alloc() - makes a snat with its defaults
 * @name: its name
 *
 * Context: process, may sleep.
 * Return: the snat with one reference, or NULL.
 */
struct nflb_snat *nflb_snat_alloc(const char *name)
{
	struct nflb_snat *snat;

	snat = kzalloc(sizeof(*snat), GFP_KERNEL_ACCOUNT);
	if (!snat)
		return NULL;
	nflb_object_init(&snat->object, &nflb_snat_kind, name);
	snat->pool = NFLB_NONE;
	snat->ports = NFLB_SNAT_PORTS_DYNAMIC;
	nflb_idle_init(&snat->idle);
	return snat;
}

/**
 * nflb_snat_copy() - makes a snat like another
 * @from: the other
 *
 * Context: process, may sleep.
 * Return: the snat with one reference and without outlets, or NULL.
 */
struct nflb_snat *nflb_snat_copy(const struct nflb_snat *from)
{
	struct nflb_snat *snat = nflb_snat_alloc(from->object.name);

	if (!snat)
		return NULL;
	snat->pool = from->pool;
	snat->protocol = from->protocol;
	snat->ports = from->ports;
	snat->idle = from->idle;
	snat->addrs = from->addrs;
	return snat;
}

/**
 * nflb_addr_list_has() - tells whether an address is in a list
 * @list: the list
 * @addr: the address
 *
 * Return: true if so.
 */
bool nflb_addr_list_has(const struct nflb_addr_list *list,
			const struct nflb_addr *addr)
{
	u32 i;

	for (i = 0; i < list->n; i++) {
		if (nflb_addr_equal(&list->addr[i], addr))
			return true;
	}
	return false;
}

/**
 * nflb_snat_family() - tells which family a snat is for
 * @snat: the snat, which has an address
 *
 * Return: AF_INET or AF_INET6.
 */
u8 nflb_snat_family(const struct nflb_snat *snat)
{
	return snat->addrs.addr[0].family;
}

/* A bit for each block that has one of the ports. */
static void nflb_snat_eat_ports(const struct nflb_ports *ports,
				unsigned long *eaten)
{
	int last = ports->first ? ports->last : NFLB_PORT_MAX;
	int first = max_t(int, ports->first, NFLB_SNAT_PORT_FIRST);

	last = min(last, NFLB_SNAT_PORT_FIRST + NFLB_SNAT_PORTS_MAX - 1);
	if (first > last)
		return;
	first = (first - NFLB_SNAT_PORT_FIRST) / NFLB_SNAT_BLOCK;
	last = (last - NFLB_SNAT_PORT_FIRST) / NFLB_SNAT_BLOCK;
	bitmap_set(eaten, first, last - first + 1);
}

/**
 * nflb_snat_eat() - finds the blocks of an address that services have
 * @snap: the configuration
 * @addr: the address
 * @eaten: zeroed; gets a bit for each block
 *
 * A client of the service may use any port, also one that is where a flow that
 * has left through the address goes: it would be taken for the answer.
 *
 * Context: process, under cfg_mutex.
 * Return: number of blocks.
 */
int nflb_snat_eat(const struct nflb_snapshot *snap,
		  const struct nflb_addr *addr, unsigned long *eaten)
{
	u32 frontend = nflb_match_frontend(snap, addr);
	const struct nflb_service *service;
	u32 pos;

	if (frontend == NFLB_NONE)
		return 0;
	for (pos = 0; pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (service && service->frontend == frontend)
			nflb_snat_eat_ports(&service->ports, eaten);
	}
	return bitmap_weight(eaten, NFLB_N_BLOCKS);
}

/**
 * nflb_snat_find() - finds the snat of a backend
 * @nn: the namespace
 * @snap: the configuration
 * @addr: address of the backend
 * @backend: where the backend goes
 *
 * Context: softirq or process, under RCU.
 * Return: the snat, or NULL if nobody of this address has one. Of several, if
 * backends of several pools have the address, always the same.
 */
const struct nflb_snat *nflb_snat_find(struct nflb_net *nn,
				       const struct nflb_snapshot *snap,
				       const struct nflb_addr *addr,
				       struct nflb_backend **backend)
{
	struct nflb_owner owner;
	u32 pos = NFLB_NONE;

	nflb_owner_for_each(nn, snap, addr, &owner) {
		if (owner.pool->snat >= pos)
			continue;
		pos = owner.pool->snat;
		*backend = owner.pool->member[owner.member].backend;
	}
	return nflb_snapshot_snat(snap, pos);
}

/**
 * nflb_snat_of() - finds the snat of a backend's pool
 * @snap: the configuration
 * @backend: the backend, which may have left the pool
 *
 * Context: under RCU or cfg_mutex.
 * Return: the snat, or NULL if the pool has none, or is gone.
 */
const struct nflb_snat *nflb_snat_of(const struct nflb_snapshot *snap,
				     const struct nflb_backend *backend)
{
	u32 pos = nflb_table_find(&snap->pools, backend->pool);
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, pos);

	return pool ? nflb_snapshot_snat(snap, pool->snat) : NULL;
}

/**
 * nflb_snat_n_blocks_of() - tells how many blocks of an address services leave
 * @snat: the snat, published
 * @i: which of its addresses
 *
 * Context: under RCU or cfg_mutex.
 * Return: the number, which may be out of date; all for one that it has not.
 */
u32 nflb_snat_n_blocks_of(const struct nflb_snat *snat, u32 i)
{
	if (i >= snat->addrs.n)
		return NFLB_N_BLOCKS;
	return NFLB_N_BLOCKS - bitmap_weight(snat->outlet[i]->eaten,
					     NFLB_N_BLOCKS);
}

static u32 nflb_snat_n_blocks(const struct nflb_snat *snat)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < snat->addrs.n; i++)
		n += nflb_snat_n_blocks_of(snat, i);
	return n;
}

static void nflb_snat_reserve(const struct nflb_snapshot *snap,
			      const struct nflb_snat *snat, u32 n_blocks,
			      struct nflb_reserve *reserve)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, snat->pool);

	nflb_reserve_make(reserve, snat->ports, pool->n_members, n_blocks);
}

static void nflb_snat_count_lease(const struct nflb_lease *lease,
				  struct nflb_snat_figures *figures)
{
	enum nflb_lease_usage usage = nflb_lease_usage(lease);
	u32 used = READ_ONCE(lease->n_used);

	figures->allocated += nflb_lease_allocated(lease);
	figures->used += used;
	figures->failed += READ_ONCE(lease->n_failed);
	figures->resets += READ_ONCE(lease->n_resets);
	figures->n_short += READ_ONCE(lease->n_blocks) < figures->reserve.base;
	figures->n_busy += used && usage != NFLB_LEASE_CALM;
	figures->n_exhausted += usage == NFLB_LEASE_EXHAUSTED;
}

/**
 * nflb_snat_count() - adds up how the backends of a snat fare
 * @snap: the configuration, published
 * @snat: the snat
 * @figures: where it goes
 *
 * Context: under RCU or cfg_mutex.
 */
void nflb_snat_count(const struct nflb_snapshot *snap,
		     const struct nflb_snat *snat,
		     struct nflb_snat_figures *figures)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, snat->pool);
	u32 i;

	*figures = (struct nflb_snat_figures) {
		.n_blocks = nflb_snat_n_blocks(snat),
	};
	nflb_snat_reserve(snap, snat, figures->n_blocks, &figures->reserve);
	for (i = 0; i < pool->n_members; i++)
		nflb_snat_count_lease(&pool->member[i].backend->lease, figures);
}

static struct nflb_outlet *nflb_snat_find_outlet(struct nflb_net *nn,
						 const struct nflb_addr *addr)
{
	struct nflb_outlet *outlet;

	list_for_each_entry(outlet, &nn->outlets, node) {
		if (nflb_addr_equal(&outlet->addr, addr))
			return outlet;
	}
	outlet = nflb_outlet_alloc(addr);
	if (outlet)
		list_add_tail(&outlet->node, &nn->outlets);
	return outlet;
}

static int nflb_snat_prepare_one(struct nflb_net *nn, struct nflb_snat *snat)
{
	u32 i;

	for (i = 0; i < snat->addrs.n; i++) {
		if (snat->outlet[i])
			continue;
		snat->outlet[i] = nflb_snat_find_outlet(nn,
							&snat->addrs.addr[i]);
		if (!snat->outlet[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * nflb_snat_prepare() - finds what a configuration needs for its snats
 * @nn: the namespace
 * @new: the candidate, of the generation that is published
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM; nflb_snat_sweep() frees what is not used then.
 */
int nflb_snat_prepare(struct nflb_net *nn, const struct nflb_snapshot *new)
{
	struct nflb_snat *snat;
	u32 pos;
	int err;

	for (pos = 0; pos < new->snats.n_slots; pos++) {
		snat = nflb_snapshot_snat(new, pos);
		err = snat ? nflb_snat_prepare_one(nn, snat) : 0;
		if (err)
			return err;
	}
	return 0;
}

/**
 * nflb_snat_tell_flows() - tells flows for how long they may be idle
 * @new: the configuration, prepared, which is about to be published
 * @has_reset: set if connections of some snat are reset when idle
 *
 * Those that exist, too, that have left through the same addresses. Flows of an
 * address that no snat has any more keep the times that it had.
 *
 * Context: process, under cfg_mutex.
 * Return: true if some are to be reset at another time than before.
 */
bool nflb_snat_tell_flows(const struct nflb_snapshot *new, bool *has_reset)
{
	const struct nflb_snat *snat;
	bool is_stale = false;
	u32 pos, i;

	for (pos = 0; pos < new->snats.n_slots; pos++) {
		snat = nflb_snapshot_snat(new, pos);
		if (!snat)
			continue;
		*has_reset |= snat->idle.is_reset;
		for (i = 0; i < snat->addrs.n; i++)
			is_stale |= nflb_times_update(&snat->outlet[i]->times,
						      &snat->idle);
	}
	return is_stale;
}

/* The place of the snat that has an address, or NFLB_NONE. */
static u32 nflb_snat_with(const struct nflb_snapshot *snap,
			  const struct nflb_addr *addr)
{
	const struct nflb_snat *snat;
	u32 pos;

	for (pos = 0; pos < snap->snats.n_slots; pos++) {
		snat = nflb_snapshot_snat(snap, pos);
		if (snat && nflb_addr_list_has(&snat->addrs, addr))
			return pos;
	}
	return NFLB_NONE;
}

static void nflb_snat_assign(struct nflb_net *nn,
			     const struct nflb_snapshot *new)
{
	struct nflb_outlet *outlet;

	list_for_each_entry(outlet, &nn->outlets, node) {
		bitmap_zero(outlet->eating, NFLB_N_BLOCKS);
		nflb_snat_eat(new, &outlet->addr, outlet->eating);
		nflb_outlet_assign(outlet, nflb_snat_with(new, &outlet->addr));
	}
}

static void nflb_snat_share(const struct nflb_snapshot *new, u32 pos)
{
	const struct nflb_snat *snat = nflb_snapshot_snat(new, pos);
	const struct nflb_pool *pool = nflb_snapshot_pool(new, snat->pool);
	struct nflb_reserve reserve;
	u32 i;

	nflb_snat_reserve(new, snat, nflb_snat_n_blocks(snat), &reserve);
	for (i = 0; i < pool->n_members; i++)
		nflb_lease_set(&pool->member[i].backend->lease, pos, &reserve);
}

/**
 * nflb_snat_follow() - says which ports the backends of a configuration have
 * @nn: the namespace
 * @new: the configuration, which is about to be published
 *
 * Context: process, under cfg_mutex.
 */
void nflb_snat_follow(struct nflb_net *nn, const struct nflb_snapshot *new)
{
	u32 pos;

	nflb_snat_assign(nn, new);
	for (pos = 0; pos < new->snats.n_slots; pos++) {
		if (nflb_snapshot_snat(new, pos))
			nflb_snat_share(new, pos);
	}
}

/* Does the backend's pool have a snat, and does the pool have it? */
static bool nflb_snat_covers(const struct nflb_snapshot *snap,
			     const struct nflb_backend *backend)
{
	u32 pos = nflb_table_find(&snap->pools, backend->pool);
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, pos);
	u32 i;

	if (!pool || pool->snat == NFLB_NONE)
		return false;
	i = nflb_pool_find(pool, backend->account.name);
	return i != NFLB_NONE && pool->member[i].backend == backend;
}

static void nflb_snat_leave(const struct nflb_snapshot *new,
			    const struct nflb_pool *pool)
{
	const struct nflb_reserve none = {};
	struct nflb_backend *backend;
	u32 i;

	for (i = 0; i < pool->n_members; i++) {
		backend = pool->member[i].backend;
		if (!nflb_snat_covers(new, backend))
			nflb_lease_set(&backend->lease, NFLB_NONE, &none);
	}
}

static void nflb_snat_fill(const struct nflb_snapshot *snap,
			   const struct nflb_snat *snat)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, snat->pool);
	u32 i;

	for (i = 0; i < pool->n_members; i++)
		nflb_lease_fill(&pool->member[i].backend->lease, snat->outlet,
				snat->addrs.n);
}

/**
 * nflb_snat_settle() - has ports change hands as a configuration says
 * @old: the configuration before, or NULL
 * @new: the configuration, published
 *
 * Who has too much gives it back before others take what they lack. Packets of
 * who has none any more, and that still have the former configuration, find
 * none.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_snat_settle(const struct nflb_snapshot *old,
		      const struct nflb_snapshot *new)
{
	const struct nflb_snat *snat;
	u32 pos;

	for (pos = 0; old && pos < old->snats.n_slots; pos++) {
		snat = nflb_snapshot_snat(old, pos);
		if (snat)
			nflb_snat_leave(new,
					nflb_snapshot_pool(old, snat->pool));
	}
	for (pos = 0; pos < new->snats.n_slots; pos++) {
		snat = nflb_snapshot_snat(new, pos);
		if (snat)
			nflb_snat_fill(new, snat);
	}
}

/**
 * nflb_snat_sweep() - frees what neither snats nor flows have any more
 * @nn: the namespace
 *
 * Context: process, under cfg_mutex.
 */
void nflb_snat_sweep(struct nflb_net *nn)
{
	struct nflb_outlet *outlet, *next;

	list_for_each_entry_safe(outlet, next, &nn->outlets, node) {
		if (!nflb_outlet_is_idle(outlet))
			continue;
		list_del(&outlet->node);
		kvfree_rcu(outlet, rcu);
	}
}

/**
 * nflb_snat_close() - frees what a namespace has had
 * @nn: the namespace, whose flows have ended
 *
 * Context: process, may sleep.
 */
void nflb_snat_close(struct nflb_net *nn)
{
	struct nflb_outlet *outlet, *next;

	list_for_each_entry_safe(outlet, next, &nn->outlets, node)
		kvfree(outlet);
}
