/* SPDX-License-Identifier: GPL-2.0-only */
/* Outbound flows: those that backends open and that leave by a snat. */
#ifndef _NFLB_OUTBOUND_H
#define _NFLB_OUTBOUND_H

#include <linux/types.h>

#include "addr.h"

struct nf_conn;
struct nf_conntrack_helper;
struct nflb_backend;
struct nflb_outbound;
struct nflb_outlet;
struct nflb_snapshot;
struct nflb_snat;

/**
 * enum nflb_exit_kind - how a flow leaves
 * @NFLB_EXIT_NONE: not at all, as all ports are taken
 * @NFLB_EXIT_ADDRESS: from another address
 * @NFLB_EXIT_PORT: from another address and port, which are counted
 */
enum nflb_exit_kind {
	NFLB_EXIT_NONE,
	NFLB_EXIT_ADDRESS,
	NFLB_EXIT_PORT,
};

/**
 * struct nflb_exit - where a flow leaves
 * @ip: address
 * @port: port or id, in host order
 */
struct nflb_exit {
	union nf_inet_addr ip;
	u16 port;
};

/**
 * struct nflb_holder - who has the port of a flow
 * @backend: the backend that has opened it
 * @outlet: the address of the port
 */
struct nflb_holder {
	const struct nflb_backend *backend;
	const struct nflb_outlet *outlet;
};

const struct nflb_snat *nflb_outbound_snat(const struct nflb_snapshot *snap,
					   const struct nf_conn *ct,
					   struct nflb_backend **backend);
enum nflb_exit_kind nflb_outbound_choose(const struct nflb_snat *snat,
					 struct nflb_backend *backend,
					 const struct nf_conn *ct,
					 struct nflb_exit *exit);
int nflb_outbound_attach(struct nf_conn *ct);
bool nflb_outbound_is_helper(const struct nf_conntrack_helper *helper);
bool nflb_outbound_is_attached(const struct nf_conn *ct);
struct nflb_outbound *nflb_outbound_flow(const struct nf_conn *ct);
bool nflb_outbound_holder(const struct nf_conn *ct,
			  struct nflb_holder *holder);
u16 nflb_outbound_port_of(const struct nf_conn *ct);
void nflb_outbound_release(struct nflb_outbound *flow);

#endif /* _NFLB_OUTBOUND_H */
