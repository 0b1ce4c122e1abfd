// SPDX-License-Identifier: GPL-2.0-only
/* Edits of snats. */

#include <linux/bitmap.h>
#include <linux/errno.h>

#include "edit.h"
#include "snapshot.h"

/**
 * nflb_snat_addr() - adds an address to a list
 * @list: the list
 * @addr: the address
 * @why: where refusals go
 *
 * Return: 0 or a negative errno.
 */
int nflb_snat_addr(struct nflb_addr_list *list, const struct nflb_addr *addr,
		   const struct nflb_why *why)
{
	if (nflb_addr_list_has(list, addr))
		return nflb_refuse(why, -EEXIST, NFLB_A_SNAT_ADDRESS,
				   "an address is in the list already");
	if (list->n == NFLB_SNAT_ADDRESSES_MAX)
		return nflb_refuse(why, -ERANGE, NFLB_A_SNAT_ADDRESS,
				   "allowed are %u addresses at most",
				   NFLB_SNAT_ADDRESSES_MAX);
	list->addr[list->n++] = *addr;
	return 0;
}

static int nflb_snat_check_owner(const struct nflb_edit *edit,
				 const struct nflb_snat *snat,
				 const struct nflb_addr *addr)
{
	const struct nflb_snat *other;
	u32 pos;

	for (pos = 0; pos < edit->cand->snats.n_slots; pos++) {
		other = nflb_snapshot_snat(edit->cand, pos);
		if (!other || !strcmp(other->object.name, snat->object.name) ||
		    !nflb_addr_list_has(&other->addrs, addr))
			continue;
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_SNAT_ADDRESS,
				   "snat %s has an address of these already",
				   other->object.name);
	}
	return 0;
}

static int nflb_snat_check_family(const struct nflb_edit *edit,
				  const struct nflb_snat *snat,
				  const struct nflb_addr *addr)
{
	const struct nflb_pool *pool;
	u8 family;

	pool = nflb_snapshot_pool(edit->cand, snat->pool);
	family = pool->family ?: nflb_snat_family(snat);
	if (addr->family == family)
		return 0;
	return nflb_refuse(edit->why, -EAFNOSUPPORT, NFLB_A_SNAT_ADDRESS,
			   "pool %s is for %s, an address of snat %s is not",
			   pool->object.name, nflb_family_name(family),
			   snat->object.name);
}

static int nflb_snat_check_addrs(const struct nflb_edit *edit,
				 const struct nflb_snat *snat)
{
	const struct nflb_addr *addr;
	int err = 0;
	u32 i;

	for (i = 0; i < snat->addrs.n && !err; i++) {
		addr = &snat->addrs.addr[i];
		err = nflb_edit_unicast(edit, NFLB_A_SNAT_ADDRESS, addr,
					"snat");
		if (!err)
			err = nflb_snat_check_owner(edit, snat, addr);
		if (!err)
			err = nflb_snat_check_family(edit, snat, addr);
	}
	return err;
}

/**
 * nflb_snat_check_ports() - looks whether backends may have so many ports
 * @ports: how many each has, as configured
 * @attr: the attribute that says so
 * @why: where a refusal goes
 *
 * Return: 0 or -EINVAL.
 */
int nflb_snat_check_ports(u32 ports, int attr, const struct nflb_why *why)
{
	if (ports == NFLB_SNAT_PORTS_AZURE || !(ports % NFLB_SNAT_BLOCK))
		return 0;
	return nflb_refuse(why, -EINVAL, attr,
			   "ports %u: allowed are azure, dynamic and multiples of %u",
			   ports, NFLB_SNAT_BLOCK);
}

/**
 * nflb_snat_check_room() - looks whether there are the ports of a snat
 * @name: its name
 * @ports: how many each backend has, as configured
 * @n_backends: backends of the pool
 * @n_blocks: blocks of ports that services leave
 * @why: where a refusal goes
 *
 * Return: 0 or -ENOSPC.
 */
int nflb_snat_check_room(const char *name, u32 ports, u32 n_backends,
			 u32 n_blocks, const struct nflb_why *why)
{
	struct nflb_reserve reserve;

	if (!n_blocks)
		return nflb_refuse(why, -ENOSPC, NFLB_A_SNAT_ADDRESS,
				   "services have all ports of the addresses of snat %s",
				   name);
	nflb_reserve_make(&reserve, ports, n_backends, n_blocks);
	if (nflb_reserve_is_there(&reserve, n_backends, n_blocks))
		return 0;
	return nflb_refuse(why, -ENOSPC, NFLB_A_SNAT_PORTS,
			   "%u backends x %u ports are more than the %u that services leave",
			   n_backends, reserve.base * NFLB_SNAT_BLOCK,
			   n_blocks * NFLB_SNAT_BLOCK);
}

static int nflb_snat_check_words(const struct nflb_edit *edit,
				 const struct nflb_snat *snat)
{
	if (snat->protocol && snat->protocol != IPPROTO_TCP &&
	    snat->protocol != IPPROTO_UDP)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SNAT_PROTOCOL,
				   "protocol %u: allowed are tcp, udp and any",
				   snat->protocol);
	return nflb_snat_check_ports(snat->ports, NFLB_A_SNAT_PORTS,
				     edit->why);
}

/* Returns how many blocks services leave, or -ENOMEM. */
static int nflb_snat_n_left(const struct nflb_edit *edit,
			    const struct nflb_snat *snat)
{
	unsigned long *eaten = bitmap_alloc(NFLB_N_BLOCKS, GFP_KERNEL);
	int n = 0;
	u32 i;

	if (!eaten)
		return -ENOMEM;
	for (i = 0; i < snat->addrs.n; i++) {
		bitmap_zero(eaten, NFLB_N_BLOCKS);
		n += NFLB_N_BLOCKS - nflb_snat_eat(edit->cand,
						   &snat->addrs.addr[i], eaten);
	}
	bitmap_free(eaten);
	return n;
}

/*
 * Of what is said now. That the pool grows, or that services come, is never
 * refused for it.
 */
static int nflb_snat_check_fit(const struct nflb_edit *edit,
			       const struct nflb_snat *snat)
{
	const struct nflb_pool *pool;
	int n_blocks;

	pool = nflb_snapshot_pool(edit->cand, snat->pool);
	n_blocks = nflb_snat_n_left(edit, snat);
	if (n_blocks < 0)
		return n_blocks;
	return nflb_snat_check_room(snat->object.name, snat->ports,
				    pool->n_members, n_blocks, edit->why);
}

static int nflb_snat_apply_pool(const struct nflb_edit *edit,
				struct nflb_snat *snat, const char *name)
{
	u32 pos = nflb_table_find(&edit->cand->pools, name);
	const struct nflb_pool *pool = nflb_snapshot_pool(edit->cand, pos);

	if (!pool)
		return nflb_refuse(edit->why, -ENOENT, NFLB_A_SNAT_POOL,
				   "there is no pool %s", name);
	if (pool->snat != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_SNAT_POOL,
				   "pool %s has snat %s already", name,
				   edit->cand->snats.slot[pool->snat]
					   .object->name);
	snat->pool = pos;
	return 0;
}

static int nflb_snat_apply(const struct nflb_edit *edit, struct nflb_snat *snat,
			   const struct nflb_snat_spec *spec)
{
	int err = 0;

	if (spec->pool)
		err = nflb_snat_apply_pool(edit, snat, spec->pool);
	if (err)
		return err;
	if (spec->addrs.n)
		snat->addrs = spec->addrs;
	if (spec->protocol != NFLB_NONE)
		snat->protocol = spec->protocol;
	if (spec->ports != NFLB_NONE)
		snat->ports = spec->ports;
	nflb_idle_apply(&snat->idle, &spec->idle);
	err = nflb_snat_check_words(edit, snat);
	if (!err)
		err = nflb_snat_check_addrs(edit, snat);
	if (!err)
		err = nflb_snat_check_fit(edit, snat);
	return err;
}

/* Makes the snat that of its pool. */
static int nflb_snat_link(const struct nflb_edit *edit, u32 pos)
{
	const struct nflb_snat *snat = nflb_snapshot_snat(edit->cand, pos);
	struct nflb_pool *pool;

	pool = nflb_snapshot_edit_pool(edit->cand, snat->pool);
	if (!pool)
		return -ENOMEM;
	pool->snat = pos;
	pool->family = nflb_snat_family(snat);
	edit->cand->pools.slot[snat->pool].n_uses++;
	edit->cand->n_snats_of[nflb_snat_family(snat) == AF_INET6]++;
	return 0;
}

static int nflb_snat_unlink(const struct nflb_edit *edit, u32 pos)
{
	const struct nflb_snat *snat = nflb_snapshot_snat(edit->cand, pos);
	struct nflb_pool *pool;

	pool = nflb_snapshot_edit_pool(edit->cand, snat->pool);
	if (!pool)
		return -ENOMEM;
	pool->snat = NFLB_NONE;
	nflb_pool_settle_family(pool);
	edit->cand->pools.slot[snat->pool].n_uses--;
	edit->cand->n_snats_of[nflb_snat_family(snat) == AF_INET6]--;
	return 0;
}

/**
 * nflb_snat_new() - adds a snat
 * @edit: the edit
 * @data: struct nflb_snat_spec, what the request says; pool and addresses are
 *	there
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_snat_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_snat_spec *spec = data;
	struct nflb_table *table = &edit->cand->snats;
	struct nflb_snat *snat;
	u32 pos;
	int err;

	err = nflb_edit_name(edit, NFLB_A_SNAT_NAME, spec->name);
	if (err)
		return err;
	if (nflb_table_find(table, spec->name) != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_SNAT_NAME,
				   "snat %s exists already", spec->name);
	snat = nflb_snat_alloc(spec->name);
	if (!snat)
		return -ENOMEM;
	err = nflb_snat_apply(edit, snat, spec);
	if (!err)
		err = nflb_table_insert(table, &snat->object, &pos);
	if (err) {
		nflb_object_put(&snat->object);
		return err;
	}
	return nflb_snat_link(edit, pos);
}

static int nflb_snat_lookup(const struct nflb_edit *edit, const char *name,
			    u32 *pos)
{
	*pos = nflb_table_find(&edit->cand->snats, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_SNAT_NAME,
			   "there is no snat %s", name);
}

/**
 * nflb_snat_set() - changes a snat
 * @edit: the edit
 * @data: struct nflb_snat_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_snat_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_snat_spec *spec = data;
	struct nflb_snat *snat;
	u32 pos;
	int err;

	err = nflb_snat_lookup(edit, spec->name, &pos);
	if (err)
		return err;
	snat = nflb_snat_copy(nflb_snapshot_snat(edit->cand, pos));
	if (!snat)
		return -ENOMEM;
	err = nflb_snat_unlink(edit, pos);
	if (!err)
		err = nflb_snat_apply(edit, snat, spec);
	if (err) {
		nflb_object_put(&snat->object);
		return err;
	}
	nflb_table_replace(&edit->cand->snats, pos, &snat->object);
	return nflb_snat_link(edit, pos);
}

/**
 * nflb_snat_del() - removes a snat
 * @edit: the edit
 * @data: struct nflb_snat_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_snat_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_snat_spec *spec = data;
	u32 pos;
	int err;

	err = nflb_snat_lookup(edit, spec->name, &pos);
	if (!err)
		err = nflb_snat_unlink(edit, pos);
	if (!err)
		nflb_table_remove(&edit->cand->snats, pos);
	return err;
}
