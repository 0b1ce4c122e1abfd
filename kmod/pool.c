// SPDX-License-Identifier: GPL-2.0-only
/* Pools: named sets of backends with a scheduler. */

#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "client.h"
#include "note.h"
#include "pool.h"
#include "sched.h"

#define NFLB_POOL_MIN 8

static void nflb_member_put(const struct nflb_member *member)
{
	nflb_backend_put(member->backend);
	nflb_note_put(member->note);
}

static void nflb_pool_free(struct nflb_object *object)
{
	struct nflb_pool *pool = container_of(object, struct nflb_pool, object);
	u32 i;

	nflb_pool_free_gates(pool);
	for (i = 0; i < pool->n_members; i++)
		nflb_member_put(&pool->member[i]);
	nflb_sched_data_put(pool->sched_data);
	nflb_clients_put(pool->clients);
	free_percpu(pool->room);
	nflb_index_free(&pool->names);
	nflb_index_free(&pool->addrs);
	kvfree(pool->member);
	kfree(pool);
}

static const struct nflb_kind nflb_pool_kind = {
	.name = "pool",
	.free = nflb_pool_free,
};

/**
 * nflb_pool_alloc() - makes an empty pool
 * @name: its name
 * @sched: its algorithm
 *
 * Context: process, may sleep.
 * Return: the pool with one reference, or NULL.
 */
struct nflb_pool *nflb_pool_alloc(const char *name,
				  const struct nflb_sched *sched)
{
	struct nflb_pool *pool;

	pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;
	nflb_object_init(&pool->object, &nflb_pool_kind, name);
	pool->sched = sched;
	pool->slots = NFLB_SLOTS_DEFAULT;
	pool->spill_pct = NFLB_SPILL_DEFAULT;
	pool->eject_time_ms = NFLB_EJECT_TIME_MS;
	pool->family = AF_UNSPEC;
	pool->snat = NFLB_NONE;
	pool->is_dirty = true;
	nflb_pool_set_seed(pool, 0);
	return pool;
}

/**
 * nflb_pool_settle_family() - lets go of the family that nothing needs any more
 * @pool: pool of a candidate
 */
void nflb_pool_settle_family(struct nflb_pool *pool)
{
	if (!pool->n_members && !nflb_pool_is_used(pool))
		pool->family = AF_UNSPEC;
}

/* What the copy shares with the original, each by a reference of its own. */
static void nflb_pool_share(struct nflb_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->n_members; i++) {
		nflb_account_get(&pool->member[i].backend->account);
		nflb_note_get(pool->member[i].note);
	}
	if (pool->sched_data)
		refcount_inc(&pool->sched_data->ref);
	if (pool->clients)
		refcount_inc(&pool->clients->ref);
}

/**
 * nflb_pool_copy() - makes an unfinished pool with the same content
 * @from: the pool to copy
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the copy with one reference, or NULL.
 */
struct nflb_pool *nflb_pool_copy(const struct nflb_pool *from)
{
	struct nflb_pool *pool;

	pool = kmemdup(from, sizeof(*pool), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;
	nflb_object_init(&pool->object, &nflb_pool_kind, from->object.name);
	nflb_pool_clear_gates(pool);
	pool->room = NULL;
	pool->n_alloc = from->n_members;
	pool->member = kvmalloc_array(max(1U, from->n_members),
				      sizeof(*pool->member),
				      GFP_KERNEL_ACCOUNT);
	if (!pool->member)
		goto err_free_pool;
	if (nflb_index_copy(&pool->names, &from->names))
		goto err_free_members;
	if (nflb_index_copy(&pool->addrs, &from->addrs))
		goto err_free_names;
	memcpy(pool->member, from->member,
	       from->n_members * sizeof(*pool->member));
	nflb_pool_share(pool);
	return pool;

err_free_names:
	nflb_index_free(&pool->names);
err_free_members:
	kvfree(pool->member);
err_free_pool:
	kfree(pool);
	return NULL;
}

/**
 * nflb_pool_set_seed() - sets the key of the pool's hashes
 * @pool: pool of a candidate
 * @seed: the seed
 */
void nflb_pool_set_seed(struct nflb_pool *pool, u64 seed)
{
	pool->seed = seed;
	/* Only the first half varies; the other makes 0 as good as any. */
	pool->key.key[0] = seed;
	pool->key.key[1] = 0x6e666c62706f6f6cULL;
	/* By another key, nobody finds himself in the table again. */
	nflb_clients_put(pool->clients);
	pool->clients = NULL;
	pool->is_dirty = true;
}

static int nflb_pool_build(struct nflb_pool *pool)
{
	struct nflb_sched_data *data = NULL;

	if (pool->sched->build) {
		data = pool->sched->build(pool);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}
	nflb_sched_data_put(pool->sched_data);
	pool->sched_data = data;
	pool->is_dirty = false;
	return 0;
}

/* Who has which backend is forgotten as soon as it does not matter. */
static int nflb_pool_keep_clients(struct nflb_pool *pool)
{
	if (!pool->n_affine || pool->sched->is_stable) {
		nflb_clients_put(pool->clients);
		pool->clients = NULL;
	} else if (!pool->clients) {
		pool->clients = nflb_clients_alloc();
		if (!pool->clients)
			return -ENOMEM;
	}
	return 0;
}

static bool nflb_pool_has_limits(const struct nflb_pool *pool)
{
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++) {
		if (pool->member[pos].max_flows)
			return true;
	}
	return false;
}

static size_t nflb_pool_room_bytes(const struct nflb_pool *pool)
{
	return BITS_TO_LONGS(pool->n_members) * sizeof(long);
}

static int nflb_pool_alloc_room(struct nflb_pool *pool)
{
	free_percpu(pool->room);
	pool->room = NULL;
	if (!nflb_pool_has_limits(pool))
		return 0;
	pool->room = __alloc_percpu_gfp(nflb_pool_room_bytes(pool),
					sizeof(long), GFP_KERNEL_ACCOUNT);
	return pool->room ? 0 : -ENOMEM;
}

/**
 * nflb_pool_finish() - makes a pool ready to be published
 * @pool: pool of a candidate
 *
 * Nobody is eligible for services with a probe yet: nflb_pool_carry_health()
 * brings over what is known of health, and nflb_pool_carry_ramps() how far
 * members are.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_pool_finish(struct nflb_pool *pool)
{
	int err;

	if (pool->is_dirty) {
		err = nflb_pool_build(pool);
		if (err)
			return err;
	}
	err = nflb_pool_keep_clients(pool);
	if (!err)
		err = nflb_pool_alloc_room(pool);
	if (!err)
		err = nflb_pool_alloc_gates(pool);
	return err;
}

/**
 * nflb_pool_bytes() - memory of a pool
 * @pool: the pool
 *
 * Return: bytes.
 */
size_t nflb_pool_bytes(const struct nflb_pool *pool)
{
	size_t n_bytes = sizeof(*pool);

	n_bytes += pool->n_members * (sizeof(struct nflb_member) +
				      sizeof(struct nflb_backend));
	n_bytes += nflb_index_bytes(&pool->names);
	n_bytes += nflb_index_bytes(&pool->addrs);
	if (pool->sched_data)
		n_bytes += pool->sched_data->n_bytes;
	if (pool->clients)
		n_bytes += sizeof(*pool->clients);
	if (pool->room)
		n_bytes += num_possible_cpus() * nflb_pool_room_bytes(pool);
	return n_bytes;
}

/**
 * nflb_pool_find() - finds a member by name
 * @pool: the pool
 * @name: name of the backend
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_pool_find(const struct nflb_pool *pool, const char *name)
{
	u32 hash = nflb_name_hash(name);
	u32 at, pos;

	nflb_index_for_each(&pool->names, hash, at, pos) {
		if (!strcmp(pool->member[pos].backend->account.name, name))
			return pos;
	}
	return NFLB_NONE;
}

/**
 * nflb_pool_find_addr() - finds a member by address
 * @pool: the pool
 * @addr: address of the backend
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_pool_find_addr(const struct nflb_pool *pool,
			const struct nflb_addr *addr)
{
	u32 hash = nflb_addr_hash(addr);
	u32 at, pos;

	nflb_index_for_each(&pool->addrs, hash, at, pos) {
		if (nflb_addr_equal(&pool->member[pos].backend->addr, addr))
			return pos;
	}
	return NFLB_NONE;
}

static int nflb_pool_grow(struct nflb_pool *pool)
{
	u32 n = max(NFLB_POOL_MIN, 2 * pool->n_alloc);
	struct nflb_member *member;

	member = kvmalloc_array(n, sizeof(*member), GFP_KERNEL_ACCOUNT);
	if (!member)
		return -ENOMEM;
	if (pool->n_members)
		memcpy(member, pool->member,
		       pool->n_members * sizeof(*member));
	kvfree(pool->member);
	pool->member = member;
	pool->n_alloc = n;
	return 0;
}

static int nflb_pool_index(struct nflb_pool *pool, u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;
	int err;

	err = nflb_index_insert(&pool->names,
				nflb_name_hash(backend->account.name), pos);
	if (err)
		return err;
	return nflb_index_insert(&pool->addrs, nflb_addr_hash(&backend->addr),
				 pos);
}

static void nflb_pool_unindex(struct nflb_pool *pool, u32 pos)
{
	struct nflb_backend *backend = pool->member[pos].backend;

	nflb_index_remove(&pool->names, nflb_name_hash(backend->account.name),
			  pos);
	nflb_index_remove(&pool->addrs, nflb_addr_hash(&backend->addr), pos);
}

/**
 * nflb_member_takes_note() - tells whether there is anything to be noted
 * @member: the member
 *
 * Return: true if the administrator keeps new flows away, or asks for them.
 */
bool nflb_member_takes_note(const struct nflb_member *member)
{
	return member->admin != NFLB_ADMIN_NONE || member->is_draining;
}

/**
 * nflb_member_settle_note() - takes a note away that says nothing any more
 * @member: member of a candidate's pool
 *
 * Context: process, under cfg_mutex.
 */
void nflb_member_settle_note(struct nflb_member *member)
{
	if (nflb_member_takes_note(member))
		return;
	nflb_note_put(member->note);
	member->note = NULL;
}

/**
 * nflb_pool_add() - adds a member
 * @pool: pool of a candidate, which has neither its name nor its address
 * @member: the member; its references are taken over
 *
 * After -ENOMEM the pool may only be freed.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM; the references are taken over in any case.
 */
int nflb_pool_add(struct nflb_pool *pool, const struct nflb_member *member)
{
	int err;

	if (pool->n_members == pool->n_alloc) {
		err = nflb_pool_grow(pool);
		if (err) {
			nflb_member_put(member);
			return err;
		}
	}
	pool->member[pool->n_members++] = *member;
	pool->family = member->backend->addr.family;
	pool->is_dirty = true;
	return nflb_pool_index(pool, pool->n_members - 1);
}

/**
 * nflb_pool_remove() - removes a member
 * @pool: pool of a candidate
 * @pos: place of the member; the last member moves there
 *
 * After -ENOMEM the pool may only be freed.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_pool_remove(struct nflb_pool *pool, u32 pos)
{
	u32 last = pool->n_members - 1;
	const struct nflb_member member = pool->member[pos];

	nflb_pool_unindex(pool, pos);
	if (pos != last) {
		nflb_pool_unindex(pool, last);
		pool->member[pos] = pool->member[last];
	}
	pool->n_members--;
	pool->is_dirty = true;
	nflb_pool_settle_family(pool);
	nflb_member_put(&member);
	return pos == last ? 0 : nflb_pool_index(pool, pos);
}

/**
 * nflb_pool_swap_backend() - puts another server in a member's place
 * @pool: pool of a candidate
 * @pos: place of the member
 * @backend: server of the same name; the reference is taken over
 *
 * After -ENOMEM the pool may only be freed.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM; the reference is taken over in any case.
 */
int nflb_pool_swap_backend(struct nflb_pool *pool, u32 pos,
			   struct nflb_backend *backend)
{
	nflb_pool_unindex(pool, pos);
	nflb_backend_put(pool->member[pos].backend);
	pool->member[pos].backend = backend;
	return nflb_pool_index(pool, pos);
}
