/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inbound NAT: services whose ports each lead to one backend. Who has a port
 * keeps it, whoever else comes and goes; backends are told by their names.
 */
#ifndef _NFLB_NAT_H
#define _NFLB_NAT_H

#include <linux/types.h>
#include <uapi/nflb.h>

#include "index.h"

struct nflb_pool;

/**
 * struct nflb_nat_port - a port of a nat
 * @member: place in the pool of the backend that it leads to, or NFLB_NONE
 * @is_pinned: the transaction has said whose it is; never in a snapshot
 * @free_at: until when it is kept for a backend that has left, in jiffies, or
 *	0
 * @name: name of the backend, empty if nobody has it
 */
struct nflb_nat_port {
	u32 member;
	bool is_pinned;
	u64 free_at;
	char name[NFLB_NAME_MAX + 1];
};

/**
 * struct nflb_nat - what the ports of a nat lead to
 * @backend: name of the only backend, empty if all of the pool have a port
 * @quarantine_ms: for how long a port is kept for a backend that has left
 * @first: first port
 * @n_ports: number of ports
 * @port: the ports
 * @n_members: members of the pool that it fits
 * @place: by member, place of its port, or NFLB_NONE
 * @n_unmapped: members that are to have a port, but have none
 *
 * Changed with a candidate, settled with its commit.
 */
struct nflb_nat {
	char backend[NFLB_NAME_MAX + 1];
	u32 quarantine_ms;
	u32 first;
	u32 n_ports;
	struct nflb_nat_port *port;
	u32 n_members;
	u32 *place;
	u32 n_unmapped;
};

struct nflb_nat *nflb_nat_alloc(void);
struct nflb_nat *nflb_nat_copy(const struct nflb_nat *from);
void nflb_nat_free(struct nflb_nat *nat);
int nflb_nat_inherit(struct nflb_nat *nat, const struct nflb_nat *from);
int nflb_nat_fit(struct nflb_nat *nat, u32 first, u32 n_ports);
const char *nflb_nat_pin(struct nflb_nat *nat, u32 place, const char *name);
int nflb_nat_settle(struct nflb_nat *nat, const struct nflb_pool *pool);
bool nflb_nat_wants(const struct nflb_nat *nat, const char *name);
bool nflb_nat_is_kept(const struct nflb_nat_port *port);
u64 nflb_nat_next_free(const struct nflb_nat *nat);

/**
 * nflb_nat_pick() - tells which backend a port leads to
 * @nat: the nat, settled
 * @port: the port, one of its own
 *
 * Return: place of the backend in the pool, or NFLB_NONE.
 */
static inline u32 nflb_nat_pick(const struct nflb_nat *nat, u32 port)
{
	return nat->port[port - nat->first].member;
}

#endif /* _NFLB_NAT_H */
