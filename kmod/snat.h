/* SPDX-License-Identifier: GPL-2.0-only */
/* Snats: addresses that the flows leave through which backends open. */
#ifndef _NFLB_SNAT_H
#define _NFLB_SNAT_H

#include "addr.h"
#include "object.h"
#include "reserve.h"
#include "times.h"

struct nflb_backend;
struct nflb_net;
struct nflb_outlet;
struct nflb_pool;
struct nflb_snapshot;

/**
 * struct nflb_addr_list - the addresses of a snat
 * @n: how many
 * @addr: the addresses
 */
struct nflb_addr_list {
	u32 n;
	struct nflb_addr addr[NFLB_SNAT_ADDRESSES_MAX];
};

/**
 * struct nflb_snat - addresses for the flows of a pool's backends
 * @object: name and references
 * @pool: place of the pool
 * @protocol: IP protocol number of the flows, 0 for any
 * @ports: how many ports each backend has, or enum nflb_snat_ports
 * @idle: for how long the flows may be idle
 * @addrs: the addresses
 * @outlet: their ports, as in @addrs; NULL before the commit prepares them
 */
struct nflb_snat {
	struct nflb_object object;
	u32 pool;
	u8 protocol;
	u32 ports;
	struct nflb_idle idle;
	struct nflb_addr_list addrs;
	struct nflb_outlet *outlet[NFLB_SNAT_ADDRESSES_MAX];
};

/**
 * struct nflb_snat_spec - what a request says of a snat
 * @name: its name
 * @pool: name of the pool, or NULL when not said
 * @addrs: its addresses, none when not said
 * @protocol: IP protocol number, or NFLB_NONE
 * @ports: number of ports, enum nflb_snat_ports, or NFLB_NONE
 * @idle: for how long the flows may be idle
 */
struct nflb_snat_spec {
	const char *name;
	const char *pool;
	struct nflb_addr_list addrs;
	u32 protocol;
	u32 ports;
	struct nflb_idle_spec idle;
};

/**
 * struct nflb_snat_figures - how the backends of a snat fare
 * @n_blocks: blocks of ports that there are
 * @reserve: how many of them each backend has
 * @allocated: ports that backends have now
 * @used: ports that flows have
 * @failed: flows that got none
 * @resets: connections that were reset as they were idle
 * @n_short: backends that have fewer than reserved
 * @n_busy: backends that use more than 75 %
 * @n_exhausted: backends that use all
 */
struct nflb_snat_figures {
	u32 n_blocks;
	struct nflb_reserve reserve;
	u32 allocated;
	u32 used;
	u64 failed;
	u64 resets;
	u32 n_short;
	u32 n_busy;
	u32 n_exhausted;
};

struct nflb_snat *nflb_snat_alloc(const char *name);
struct nflb_snat *nflb_snat_copy(const struct nflb_snat *from);
bool nflb_addr_list_has(const struct nflb_addr_list *list,
			const struct nflb_addr *addr);
u8 nflb_snat_family(const struct nflb_snat *snat);
int nflb_snat_eat(const struct nflb_snapshot *snap,
		  const struct nflb_addr *addr, unsigned long *eaten);
const struct nflb_snat *nflb_snat_find(struct nflb_net *nn,
				       const struct nflb_snapshot *snap,
				       const struct nflb_addr *addr,
				       struct nflb_backend **backend);
u32 nflb_snat_n_blocks_of(const struct nflb_snat *snat, u32 i);
const struct nflb_snat *nflb_snat_of(const struct nflb_snapshot *snap,
				     const struct nflb_backend *backend);
void nflb_snat_count(const struct nflb_snapshot *snap,
		     const struct nflb_snat *snat,
		     struct nflb_snat_figures *figures);

bool nflb_snat_tell_flows(const struct nflb_snapshot *new, bool *has_reset);
int nflb_snat_prepare(struct nflb_net *nn, const struct nflb_snapshot *new);
void nflb_snat_follow(struct nflb_net *nn, const struct nflb_snapshot *new);
void nflb_snat_settle(const struct nflb_snapshot *old,
		      const struct nflb_snapshot *new);
void nflb_snat_sweep(struct nflb_net *nn);
void nflb_snat_close(struct nflb_net *nn);

#endif /* _NFLB_SNAT_H */
