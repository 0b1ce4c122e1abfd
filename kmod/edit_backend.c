// SPDX-License-Identifier: GPL-2.0-only
/* Edits of backends. */

#include <linux/errno.h>
#include <linux/slab.h>

#include "drain.h"
#include "edit.h"
#include "net.h"
#include "note.h"
#include "snapshot.h"

static bool nflb_backend_addr_is_usable(const struct nflb_addr *addr)
{
	if (addr->family == AF_INET)
		return !ipv4_is_zeronet(addr->ip.ip) &&
		       !ipv4_is_multicast(addr->ip.ip) &&
		       !ipv4_is_lbcast(addr->ip.ip);
	return !ipv6_addr_any(&addr->ip.in6) &&
	       !ipv6_addr_is_multicast(&addr->ip.in6) &&
	       !ipv6_addr_v4mapped(&addr->ip.in6) &&
	       !(ipv6_addr_type(&addr->ip.in6) & IPV6_ADDR_LINKLOCAL);
}

static int nflb_backend_check_addr(const struct nflb_edit *edit,
				   const struct nflb_pool *pool,
				   const struct nflb_addr *addr, u32 self)
{
	bool is_alone = pool->n_members == (self != NFLB_NONE) &&
			!nflb_pool_is_used(pool);
	u32 pos;

	if (!nflb_backend_addr_is_usable(addr))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_BACKEND_ADDRESS,
				   "a backend needs a routable unicast address");
	if (pool->family != AF_UNSPEC && pool->family != addr->family &&
	    !is_alone)
		return nflb_refuse(edit->why, -EAFNOSUPPORT,
				   NFLB_A_BACKEND_ADDRESS,
				   "pool %s is for %s backends",
				   pool->object.name,
				   nflb_family_name(pool->family));
	pos = nflb_pool_find_addr(pool, addr);
	if (pos == NFLB_NONE || pos == self)
		return 0;
	return nflb_refuse(edit->why, -EEXIST, NFLB_A_BACKEND_ADDRESS,
			   "backend %s in pool %s has this address already",
			   pool->member[pos].backend->account.name,
			   pool->object.name);
}

/*
 * The same server is the same backend: one that the published pool has, or
 * that still has flows, keeps them and its counters.
 */
static struct nflb_backend *nflb_backend_obtain(const struct nflb_edit *edit,
						const char *pool_name,
						const char *name,
						const struct nflb_addr *addr)
{
	struct nflb_backend *backend = NULL;
	struct nflb_pool *pool;
	u32 pos = NFLB_NONE;

	if (edit->base)
		pos = nflb_table_find(&edit->base->pools, pool_name);
	if (pos != NFLB_NONE) {
		pool = nflb_snapshot_pool(edit->base, pos);
		pos = nflb_pool_find(pool, name);
		if (pos != NFLB_NONE)
			backend = pool->member[pos].backend;
	}
	if (backend && nflb_addr_equal(&backend->addr, addr)) {
		nflb_account_get(&backend->account);
		return backend;
	}
	backend = nflb_backend_find_leaving(edit->nn, pool_name, name, addr, 0);
	if (backend)
		return backend;
	return nflb_backend_alloc(edit->nn, pool_name, name, addr);
}

static void nflb_member_apply(struct nflb_pool *pool,
			      struct nflb_member *member,
			      const struct nflb_backend_spec *spec)
{
	if (spec->weight != NFLB_NONE && spec->weight != member->weight) {
		member->weight = spec->weight;
		pool->is_dirty = true;
	}
	if (spec->zone != NFLB_NONE)
		member->zone = spec->zone;
	if (spec->admin != NFLB_NONE) {
		member->admin = spec->admin;
		member->admin_until = spec->admin_for_ms == NFLB_NONE ?
			0 : nflb_drain_until(spec->admin_for_ms);
	}
	if (spec->max_flows != NFLB_NONE)
		member->max_flows = spec->max_flows;
	if (spec->drain == NFLB_NONE)
		return;
	member->is_draining = spec->drain;
	member->drain_until = 0;
	if (spec->deadline_ms != NFLB_NONE)
		member->drain_until = nflb_drain_until(spec->deadline_ms);
}

/* After all else that the request says: a note goes with what it is of. */
static int nflb_member_apply_note(const struct nflb_edit *edit,
				  struct nflb_member *member, const char *text)
{
	struct nflb_note *note = NULL;

	nflb_member_settle_note(member);
	if (!text)
		return 0;
	if (*text && !nflb_member_takes_note(member))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_BACKEND_NOTE,
				   "a note needs admin up or down, or drain on");
	if (!nflb_text_is_visible(text, true))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_BACKEND_NOTE,
				   "note: allowed are visible characters and blanks");
	if (*text) {
		note = nflb_note_alloc(text);
		if (!note)
			return -ENOMEM;
	}
	nflb_note_put(member->note);
	member->note = note;
	return 0;
}

/*
 * A deadline is that of a drain, which the same request begins; what has an end
 * of its own begins with it, too.
 */
static int nflb_backend_check_times(const struct nflb_edit *edit,
				    const struct nflb_backend_spec *spec)
{
	if (spec->deadline_ms != NFLB_NONE && spec->drain != 1)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_BACKEND_DEADLINE_MS,
				   "a deadline needs drain on");
	if (spec->admin_for_ms != NFLB_NONE && spec->admin != NFLB_ADMIN_UP &&
	    spec->admin != NFLB_ADMIN_DOWN)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_BACKEND_ADMIN_FOR_MS,
				   "a time needs admin up or down");
	return 0;
}

/* Finds the pool and makes it the candidate's own. */
static int nflb_backend_edit_pool(const struct nflb_edit *edit,
				  const char *name, struct nflb_pool **pool)
{
	u32 pos = nflb_table_find(&edit->cand->pools, name);

	if (pos == NFLB_NONE)
		return nflb_refuse(edit->why, -ENOENT, NFLB_A_BACKEND_POOL,
				   "there is no pool %s", name);
	*pool = nflb_snapshot_edit_pool(edit->cand, pos);
	return *pool ? 0 : -ENOMEM;
}

/**
 * nflb_backend_new() - adds a backend
 * @edit: the edit
 * @data: struct nflb_backend_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_backend_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_backend_spec *spec = data;
	struct nflb_member member = { .weight = 1 };
	struct nflb_pool *pool;
	int err;

	err = nflb_edit_name(edit, NFLB_A_BACKEND_NAME, spec->name);
	if (!err)
		err = nflb_backend_check_times(edit, spec);
	if (err)
		return err;
	err = nflb_backend_edit_pool(edit, spec->pool, &pool);
	if (err)
		return err;
	if (nflb_pool_find(pool, spec->name) != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_BACKEND_NAME,
				   "backend %s exists already in pool %s",
				   spec->name, spec->pool);
	if (pool->n_members >= NFLB_BACKENDS_MAX)
		return nflb_refuse(edit->why, -ENOSPC, NFLB_A_BACKEND_POOL,
				   "pool %s has the allowed %u backends already",
				   spec->pool, NFLB_BACKENDS_MAX);
	err = nflb_backend_check_addr(edit, pool, spec->addr, NFLB_NONE);
	if (err)
		return err;

	nflb_member_apply(pool, &member, spec);
	err = nflb_member_apply_note(edit, &member, spec->note);
	if (err)
		return err;
	member.backend = nflb_backend_obtain(edit, spec->pool, spec->name,
					     spec->addr);
	if (!member.backend) {
		nflb_note_put(member.note);
		return -ENOMEM;
	}
	edit->cand->n_backends++;
	return nflb_pool_add(pool, &member);
}

static int nflb_backend_find(const struct nflb_edit *edit,
			     const struct nflb_pool *pool, const char *name,
			     u32 *pos)
{
	*pos = nflb_pool_find(pool, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_BACKEND_NAME,
			   "there is no backend %s in pool %s", name,
			   pool->object.name);
}

static int nflb_backend_set_addr(const struct nflb_edit *edit,
				 struct nflb_pool *pool, u32 pos,
				 const struct nflb_backend_spec *spec)
{
	struct nflb_backend *backend;
	int err;

	err = nflb_backend_check_addr(edit, pool, spec->addr, pos);
	if (err)
		return err;
	if (nflb_addr_equal(&pool->member[pos].backend->addr, spec->addr))
		return 0;
	backend = nflb_backend_obtain(edit, spec->pool, spec->name,
				      spec->addr);
	if (!backend)
		return -ENOMEM;
	pool->family = spec->addr->family;
	return nflb_pool_swap_backend(pool, pos, backend);
}

/**
 * nflb_backend_set() - changes a backend
 * @edit: the edit
 * @data: struct nflb_backend_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_backend_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_backend_spec *spec = data;
	struct nflb_pool *pool;
	u32 pos;
	int err;

	err = nflb_backend_check_times(edit, spec);
	if (!err)
		err = nflb_backend_edit_pool(edit, spec->pool, &pool);
	if (err)
		return err;
	err = nflb_backend_find(edit, pool, spec->name, &pos);
	if (err)
		return err;
	if (spec->addr) {
		err = nflb_backend_set_addr(edit, pool, pos, spec);
		if (err)
			return err;
	}
	nflb_member_apply(pool, &pool->member[pos], spec);
	return nflb_member_apply_note(edit, &pool->member[pos], spec->note);
}

/* Does a removal say when the flows end? */
static bool nflb_backend_ends_flows(const struct nflb_backend_spec *spec)
{
	return spec->now || spec->deadline_ms != NFLB_NONE;
}

/* When the flows are to end, in jiffies; 0 if now. */
static u64 nflb_backend_doom_until(const struct nflb_backend_spec *spec)
{
	return spec->now ? 0 : nflb_drain_until(spec->deadline_ms);
}

/* Takes the reference over. */
static int nflb_backend_doom(const struct nflb_edit *edit,
			     struct nflb_backend *backend,
			     const struct nflb_backend_spec *spec)
{
	struct nflb_doom *doom;

	doom = kmalloc(sizeof(*doom), GFP_KERNEL_ACCOUNT);
	if (!doom) {
		nflb_backend_put(backend);
		return -ENOMEM;
	}
	doom->backend = backend;
	doom->until_jiffies = nflb_backend_doom_until(spec);
	list_add_tail(&doom->node, spec->now ? edit->doomed : edit->expiring);
	return 0;
}

/*
 * Of a backend that this transaction has spoken of before, what it says last
 * counts. Takes the reference over if it has.
 */
static bool nflb_backend_doom_again(const struct nflb_edit *edit,
				    struct nflb_backend *backend,
				    const struct nflb_backend_spec *spec)
{
	struct nflb_doom *doom;

	list_for_each_entry(doom, spec->now ? edit->doomed : edit->expiring,
			    node) {
		if (doom->backend != backend)
			continue;
		doom->until_jiffies = nflb_backend_doom_until(spec);
		nflb_backend_put(backend);
		return true;
	}
	return false;
}

/* Those of the name that have left already, each from another address. */
static int nflb_backend_doom_leaving(const struct nflb_edit *edit,
				     const struct nflb_backend_spec *spec,
				     bool *found)
{
	struct nflb_backend *backend;
	u64 after = 0;
	int err;

	*found = false;
	while ((backend = nflb_backend_find_leaving(edit->nn, spec->pool,
						    spec->name, NULL, after))) {
		after = backend->leaving_id;
		*found = true;
		if (nflb_backend_doom_again(edit, backend, spec))
			continue;
		err = nflb_backend_doom(edit, backend, spec);
		if (err)
			return err;
	}
	return 0;
}

static bool nflb_backend_is_member(const struct nflb_edit *edit,
				   const struct nflb_backend_spec *spec)
{
	u32 pos = nflb_table_find(&edit->cand->pools, spec->pool);

	return pos != NFLB_NONE &&
	       nflb_pool_find(nflb_snapshot_pool(edit->cand, pos),
			      spec->name) != NFLB_NONE;
}

/**
 * nflb_backend_del() - removes a backend
 * @edit: the edit
 * @data: struct nflb_backend_spec, what the request says; to be removed now,
 *	or at a deadline, the backend may be leaving already
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_backend_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_backend_spec *spec = data;
	bool has_left = false;
	struct nflb_pool *pool;
	u32 pos;
	int err;

	if (spec->now && spec->deadline_ms != NFLB_NONE)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_BACKEND_DEADLINE_MS,
				   "now needs no deadline");
	if (nflb_backend_ends_flows(spec)) {
		err = nflb_backend_doom_leaving(edit, spec, &has_left);
		if (err)
			return err;
	}
	if (has_left && !nflb_backend_is_member(edit, spec))
		return 0;
	err = nflb_backend_edit_pool(edit, spec->pool, &pool);
	if (err)
		return err;
	err = nflb_backend_find(edit, pool, spec->name, &pos);
	if (err)
		return err;
	if (nflb_backend_ends_flows(spec)) {
		nflb_account_get(&pool->member[pos].backend->account);
		err = nflb_backend_doom(edit, pool->member[pos].backend, spec);
		if (err)
			return err;
	}
	edit->cand->n_backends--;
	return nflb_pool_remove(pool, pos);
}
