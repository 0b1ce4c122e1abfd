/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Backends: servers. A backend lives as long as a pool or a flow refers to
 * it; what the administrator says of it stands in the pool's member.
 */
#ifndef _NFLB_BACKEND_H
#define _NFLB_BACKEND_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include "account.h"
#include "addr.h"
#include "eject.h"
#include "lease.h"
#include "trial.h"

struct nflb_net;
struct nflb_snapshot;
struct nflb_why;

/**
 * struct nflb_backend - a server
 * @account: its flows and counters; holds the name
 * @trials: how its new flows fare; beside what else every flow changes
 * @addr: its address, never changes
 * @owner_node: in nflb_net.owners as long as it has references
 * @is_leaving: no published pool has it any more; written under
 *	nflb_net.leaving_lock
 * @is_doomed: its flows are to be ended now; written under cfg_mutex
 * @is_watched: who ends its last flow calls nflb_drain_wake(); written under
 *	cfg_mutex
 * @is_draining: nobody new, by the published configuration; under cfg_mutex
 * @is_overdue: its flows are being ended; written under cfg_mutex
 * @n_cut: how many of them; under cfg_mutex
 * @drain_until: when they are, in jiffies, 0 for never; written under cfg_mutex
 * @drain_node: in nflb_net.drains while @is_watched; under cfg_mutex
 * @seen: generation of the last snapshot that has it; under cfg_mutex
 * @nn: the namespace
 * @leaving_id: grows along nflb_net.leaving; under nflb_net.leaving_lock
 * @node: in nflb_net.leaving; under nflb_net.leaving_lock
 * @ejection: whether it is ejected
 * @lease: the ports that its own flows leave with
 * @reports: struct nflb_report; written under cfg_mutex
 * @pool: name of its pool
 */
struct nflb_backend {
	struct nflb_account account;
	struct nflb_trials trials;
	struct nflb_addr addr;
	struct rhlist_head owner_node;
	bool is_leaving;
	bool is_doomed;
	bool is_watched;
	bool is_draining;
	bool is_overdue;
	u32 n_cut;
	u64 drain_until;
	struct list_head drain_node;
	u32 seen;
	struct nflb_net *nn;
	u64 leaving_id;
	struct list_head node;
	struct nflb_ejection ejection;
	struct nflb_lease lease;
	struct list_head reports;
	char pool[NFLB_NAME_MAX + 1];
};

/**
 * struct nflb_backend_spec - what a request says of a backend
 * @pool: name of its pool
 * @name: its name
 * @addr: its address, or NULL when not said
 * @weight: its weight, or NFLB_NONE when not said
 * @zone: its zone, or NFLB_NONE
 * @admin: enum nflb_admin, or NFLB_NONE
 * @admin_for_ms: for how long, or NFLB_NONE for good
 * @drain: 1 to drain, 0 not to, or NFLB_NONE
 * @deadline_ms: when a drain or removal ends its flows, or NFLB_NONE
 * @max_flows: flows that it may have open, 0 for any number, or NFLB_NONE
 * @note: why @admin or @drain is so, empty for nothing, or NULL
 * @now: a removal ends its flows
 */
struct nflb_backend_spec {
	const char *pool;
	const char *name;
	const struct nflb_addr *addr;
	u32 weight;
	u32 zone;
	u32 admin;
	u32 admin_for_ms;
	u32 drain;
	u32 deadline_ms;
	u32 max_flows;
	const char *note;
	bool now;
};

struct nflb_backend *nflb_backend_alloc(struct nflb_net *nn, const char *pool,
					const char *name,
					const struct nflb_addr *addr);
void nflb_backend_put(struct nflb_backend *backend);
void nflb_backend_leave(struct nflb_backend *backend);
void nflb_backend_stay(struct nflb_backend *backend);
struct nflb_backend *nflb_backend_find_leaving(struct nflb_net *nn,
					       const char *pool,
					       const char *name,
					       const struct nflb_addr *addr,
					       u64 after);

#endif /* _NFLB_BACKEND_H */
