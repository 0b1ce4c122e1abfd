/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owners: the backends that have an address.
 *
 * The index has all backends of a namespace from when they are made to when
 * their last reference goes, those of candidates and those that have left, too.
 * So neither a commit nor an abort changes it; who asks, asks by a snapshot,
 * and is told of the backends that are members there.
 */
#ifndef _NFLB_OWNER_H
#define _NFLB_OWNER_H

#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct nflb_addr;
struct nflb_backend;
struct nflb_net;
struct nflb_pool;
struct nflb_snapshot;
struct nflb_tuple;

/**
 * struct nflb_owner - a backend that has an address
 * @place_of_pool: place of its pool in the snapshot
 * @pool: the pool
 * @member: its place in that
 * @family: family of the address
 * @node: what in the index comes next
 */
struct nflb_owner {
	u32 place_of_pool;
	struct nflb_pool *pool;
	u32 member;
	u8 family;
	struct rhlist_head *node;
};

int nflb_owner_net_init(struct nflb_net *nn);
void nflb_owner_net_fini(struct nflb_net *nn);
int nflb_owner_add(struct nflb_backend *backend);
void nflb_owner_remove(struct nflb_backend *backend);
void nflb_owner_begin(struct nflb_net *nn, const struct nflb_addr *addr,
		      struct nflb_owner *owner);
bool nflb_owner_next(const struct nflb_snapshot *snap,
		     struct nflb_owner *owner);

u32 nflb_owner_answer(struct nflb_net *nn, const struct nflb_snapshot *snap,
		      const struct nflb_tuple *tuple, struct nflb_owner *owner);

/* Runs over the backends of a snapshot that have an address, under RCU. */
#define nflb_owner_for_each(nn, snap, addr, owner)	\
	for (nflb_owner_begin(nn, addr, owner);		\
	     nflb_owner_next(snap, owner);)

#endif /* _NFLB_OWNER_H */
