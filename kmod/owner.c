// SPDX-License-Identifier: GPL-2.0-only
/* Owners: the backends that have an address. */

#include <linux/rhashtable.h>

#include "match.h"
#include "net.h"
#include "owner.h"
#include "snapshot.h"

/* The family stands beside the key: see nflb_owner_next(). */
static const struct rhashtable_params nflb_owner_params = {
	.key_len = sizeof_field(struct nflb_backend, addr.ip),
	.key_offset = offsetof(struct nflb_backend, addr.ip),
	.head_offset = offsetof(struct nflb_backend, owner_node),
	.automatic_shrinking = true,
};

/**
 * nflb_owner_net_init() - begins without backends
 * @nn: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_owner_net_init(struct nflb_net *nn)
{
	return rhltable_init(&nn->owners, &nflb_owner_params);
}

/**
 * nflb_owner_net_fini() - takes back nflb_owner_net_init()
 * @nn: the namespace, whose backends have lost their last references
 *
 * Context: process, may sleep.
 */
void nflb_owner_net_fini(struct nflb_net *nn)
{
	rhltable_destroy(&nn->owners);
}

/**
 * nflb_owner_add() - lets a backend be found
 * @backend: the backend
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_owner_add(struct nflb_backend *backend)
{
	return rhltable_insert(&backend->nn->owners, &backend->owner_node,
			       nflb_owner_params);
}

/**
 * nflb_owner_remove() - takes back nflb_owner_add()
 * @backend: the backend, to be freed after a grace period
 *
 * Context: any but hard interrupt.
 */
void nflb_owner_remove(struct nflb_backend *backend)
{
	rhltable_remove(&backend->nn->owners, &backend->owner_node,
			nflb_owner_params);
}

/**
 * nflb_owner_begin() - looks for the backends that have an address
 * @nn: the namespace
 * @addr: the address
 * @owner: where nflb_owner_next() is to put them, one by one
 *
 * Context: under RCU, until the last has been looked at.
 */
void nflb_owner_begin(struct nflb_net *nn, const struct nflb_addr *addr,
		      struct nflb_owner *owner)
{
	owner->family = addr->family;
	owner->node = rhltable_lookup(&nn->owners, &addr->ip,
				      nflb_owner_params);
}

/* Its place in the snapshot, if it has one. */
static bool nflb_owner_place(const struct nflb_snapshot *snap,
			     const struct nflb_backend *backend,
			     struct nflb_owner *owner)
{
	owner->place_of_pool = nflb_table_find(&snap->pools, backend->pool);
	if (owner->place_of_pool == NFLB_NONE)
		return false;
	owner->pool = nflb_snapshot_pool(snap, owner->place_of_pool);
	owner->member = nflb_pool_find_addr(owner->pool, &backend->addr);
	return owner->member != NFLB_NONE &&
	       owner->pool->member[owner->member].backend == backend;
}

/**
 * nflb_owner_next() - goes on to the next backend that has the address
 * @snap: the configuration
 * @owner: where that backend goes
 *
 * The backends in the index may have no references any more; those that the
 * snapshot has, have that of the snapshot.
 *
 * Context: under RCU.
 * Return: true if there is one.
 */
bool nflb_owner_next(const struct nflb_snapshot *snap,
		     struct nflb_owner *owner)
{
	const struct nflb_backend *backend;

	while (owner->node) {
		backend = container_of(owner->node, struct nflb_backend,
				       owner_node);
		owner->node = rcu_dereference(owner->node->next);
		if (backend->addr.family == owner->family &&
		    nflb_owner_place(snap, backend, owner))
			return true;
	}
	return false;
}

/**
 * nflb_owner_answer() - finds a service that a packet may be an answer of
 * @nn: the namespace
 * @snap: the configuration
 * @tuple: what the packet says
 * @owner: where the backend goes that it is from
 *
 * One that has a backend with the source's address, at the source's port.
 *
 * Context: under RCU.
 * Return: place of a service of the packet's protocol, TCP, or UDP if it is
 * one-packet, or NFLB_NONE.
 */
u32 nflb_owner_answer(struct nflb_net *nn, const struct nflb_snapshot *snap,
		      const struct nflb_tuple *tuple, struct nflb_owner *owner)
{
	u32 pos;

	nflb_owner_for_each(nn, snap, &tuple->src, owner) {
		pos = nflb_match_answer(snap, tuple->protocol,
					owner->place_of_pool, tuple->src_port);
		if (pos != NFLB_NONE)
			return pos;
	}
	return NFLB_NONE;
}
