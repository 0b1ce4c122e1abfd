// SPDX-License-Identifier: GPL-2.0-only
/* Edits of frontends, and what all edits share. */

#include <linux/errno.h>

#include "edit.h"
#include "match.h"
#include "snapshot.h"

/**
 * nflb_edit_name() - refuses a name that may not be used
 * @edit: the edit
 * @attr: attribute that holds it
 * @name: the name
 *
 * Return: 0 or -EINVAL.
 */
int nflb_edit_name(const struct nflb_edit *edit, int attr, const char *name)
{
	if (nflb_name_is_valid(name))
		return 0;
	return nflb_refuse(edit->why, -EINVAL, attr,
			   "name \"%s\": allowed are letters, digits and . _ -",
			   name);
}

/**
 * nflb_family_name() - names an address family
 * @family: AF_INET or AF_INET6
 *
 * Return: its word in sentences.
 */
const char *nflb_family_name(u8 family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

static bool nflb_addr_is_unicast(const struct nflb_addr *addr)
{
	if (addr->family == AF_INET)
		return !ipv4_is_zeronet(addr->ip.ip) &&
		       !ipv4_is_multicast(addr->ip.ip) &&
		       !ipv4_is_lbcast(addr->ip.ip) &&
		       !ipv4_is_loopback(addr->ip.ip);
	return !ipv6_addr_any(&addr->ip.in6) &&
	       !ipv6_addr_loopback(&addr->ip.in6) &&
	       !ipv6_addr_is_multicast(&addr->ip.in6) &&
	       !ipv6_addr_v4mapped(&addr->ip.in6);
}

/**
 * nflb_edit_unicast() - refuses an address that packets cannot be sent to
 * @edit: the edit
 * @attr: attribute that holds it
 * @addr: the address
 * @what: who needs another
 *
 * Return: 0 or -EINVAL.
 */
int nflb_edit_unicast(const struct nflb_edit *edit, int attr,
		      const struct nflb_addr *addr, const char *what)
{
	if (nflb_addr_is_unicast(addr))
		return 0;
	return nflb_refuse(edit->why, -EINVAL, attr,
			   "a %s needs a unicast address", what);
}

static int nflb_frontend_check_addr(const struct nflb_edit *edit,
				    const struct nflb_addr *addr, u32 self)
{
	u32 pos;
	int err;

	err = nflb_edit_unicast(edit, NFLB_A_FRONTEND_ADDRESS, addr,
				"frontend");
	if (err)
		return err;
	pos = nflb_match_frontend(edit->cand, addr);
	if (pos == NFLB_NONE || pos == self)
		return 0;
	return nflb_refuse(edit->why, -EEXIST, NFLB_A_FRONTEND_ADDRESS,
			   "frontend %s has this address already",
			   edit->cand->frontends.slot[pos].object->name);
}

/**
 * nflb_frontend_new() - adds a frontend
 * @edit: the edit
 * @data: struct nflb_frontend_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_frontend_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_frontend_spec *spec = data;
	struct nflb_table *table = &edit->cand->frontends;
	struct nflb_frontend *frontend;
	u32 pos;
	int err;

	err = nflb_edit_name(edit, NFLB_A_FRONTEND_NAME, spec->name);
	if (err)
		return err;
	if (nflb_table_find(table, spec->name) != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_FRONTEND_NAME,
				   "frontend %s exists already", spec->name);
	err = nflb_frontend_check_addr(edit, spec->addr, NFLB_NONE);
	if (err)
		return err;

	frontend = nflb_frontend_alloc(spec->name, spec->addr);
	if (!frontend)
		return -ENOMEM;
	if (spec->ping != NFLB_NONE)
		frontend->ping = spec->ping;
	err = nflb_table_insert(table, &frontend->object, &pos);
	if (err) {
		nflb_object_put(&frontend->object);
		return err;
	}
	return nflb_index_insert(&edit->cand->vips, nflb_addr_hash(spec->addr),
				 pos);
}

static int nflb_frontend_find(const struct nflb_edit *edit, const char *name,
			      u32 *pos)
{
	*pos = nflb_table_find(&edit->cand->frontends, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_FRONTEND_NAME,
			   "there is no frontend %s", name);
}

/**
 * nflb_frontend_set() - changes a frontend
 * @edit: the edit
 * @data: struct nflb_frontend_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_frontend_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_frontend_spec *spec = data;
	struct nflb_snapshot *cand = edit->cand;
	struct nflb_frontend *old, *new;
	const struct nflb_addr *addr;
	u32 pos;
	int err;

	err = nflb_frontend_find(edit, spec->name, &pos);
	if (err)
		return err;
	old = nflb_snapshot_frontend(cand, pos);
	addr = spec->addr ?: &old->addr;
	if (cand->frontends.slot[pos].n_uses &&
	    addr->family != old->addr.family)
		return nflb_refuse(edit->why, -EAFNOSUPPORT,
				   NFLB_A_FRONTEND_ADDRESS,
				   "frontend %s has services, so stays %s",
				   spec->name,
				   nflb_family_name(old->addr.family));
	err = nflb_frontend_check_addr(edit, addr, pos);
	if (err)
		return err;

	new = nflb_frontend_alloc(spec->name, addr);
	if (!new)
		return -ENOMEM;
	new->ping = spec->ping != NFLB_NONE ? spec->ping : old->ping;
	nflb_index_remove(&cand->vips, nflb_addr_hash(&old->addr), pos);
	nflb_table_replace(&cand->frontends, pos, &new->object);
	return nflb_index_insert(&cand->vips, nflb_addr_hash(&new->addr), pos);
}

static int nflb_frontend_refuse_in_use(const struct nflb_edit *edit, u32 pos)
{
	const struct nflb_service *service;
	u32 i;

	for (i = 0; i < edit->cand->services.n_slots; i++) {
		service = nflb_snapshot_service(edit->cand, i);
		if (service && service->frontend == pos)
			break;
	}
	return nflb_refuse(edit->why, -EBUSY, NFLB_A_FRONTEND_NAME,
			   "%s %s uses frontend %s",
			   nflb_service_word(service), service->object.name,
			   edit->cand->frontends.slot[pos].object->name);
}

/**
 * nflb_frontend_del() - removes a frontend
 * @edit: the edit
 * @data: struct nflb_frontend_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_frontend_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_frontend_spec *spec = data;
	const char *name = spec->name;
	struct nflb_snapshot *cand = edit->cand;
	u32 pos;
	int err;

	err = nflb_frontend_find(edit, name, &pos);
	if (err)
		return err;
	if (cand->frontends.slot[pos].n_uses)
		return nflb_frontend_refuse_in_use(edit, pos);
	nflb_index_remove(&cand->vips,
			  nflb_addr_hash(&nflb_snapshot_frontend(cand,
								 pos)->addr),
			  pos);
	nflb_table_remove(&cand->frontends, pos);
	return 0;
}
