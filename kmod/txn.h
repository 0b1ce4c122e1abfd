/* SPDX-License-Identifier: GPL-2.0-only */
/* Transactions: changes that are published as one, or not at all. */
#ifndef _NFLB_TXN_H
#define _NFLB_TXN_H

#include <linux/list.h>
#include <linux/types.h>

#include "edit.h"

struct nflb_net;
struct nflb_snapshot;
struct nflb_why;

/**
 * struct nflb_txn - a transaction
 * @node: in nflb_net.txns while open on a socket
 * @portid: the socket
 * @cand: what would be published
 * @n_changes: changes made so far
 * @has_lost_device: the commit has taken the ingress hook off a device
 * @is_failed: a change was refused, so only abort is left
 * @doomed: struct nflb_doom, backends whose flows end with the commit
 * @expiring: struct nflb_doom, backends that leave and have a deadline
 */
struct nflb_txn {
	struct list_head node;
	u32 portid;
	struct nflb_snapshot *cand;
	u32 n_changes;
	bool has_lost_device;
	bool is_failed;
	struct list_head doomed;
	struct list_head expiring;
};

/* What a request does to a candidate. */
typedef int (*nflb_change_fn)(const struct nflb_edit *edit, const void *spec);

u32 nflb_txn_generation(const struct nflb_net *nn);
int nflb_txn_begin(struct nflb_net *nn, u32 portid, const u32 *generation,
		   const struct nflb_why *why);
int nflb_txn_commit(struct nflb_net *nn, u32 portid, u32 *generation,
		    u32 *n_changes, const struct nflb_why *why);
int nflb_txn_abort(struct nflb_net *nn, u32 portid,
		   const struct nflb_why *why);
int nflb_txn_rehearse(struct nflb_net *nn, u32 portid,
		      const struct nflb_why *why);
void nflb_txn_release(struct nflb_net *nn, u32 portid);
int nflb_txn_change(struct nflb_net *nn, u32 portid, nflb_change_fn change,
		    const void *spec, const struct nflb_why *why);
void nflb_txn_close(struct nflb_net *nn);
void nflb_txn_update_hooks(struct nflb_net *nn);

#endif /* _NFLB_TXN_H */
