/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows: balanced connections, tied to their conntrack entries. */
#ifndef _NFLB_FLOW_H
#define _NFLB_FLOW_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct net;
struct nflb_account;
struct nflb_backend;
struct nflb_net;
struct nflb_service;
struct nflb_snapshot;

/**
 * enum nflb_flow_flag - bits of nflb_flow.flags
 * @NFLB_FLOW_ACTIVE: counted as active by its accounts
 * @NFLB_FLOW_HAIRPIN: the source is translated as well
 */
enum nflb_flow_flag {
	NFLB_FLOW_ACTIVE,
	NFLB_FLOW_HAIRPIN,
};

/**
 * struct nflb_flow - a balanced connection
 * @backend: the server, a reference is held; NULL before the entry is
 *	confirmed and once it dies
 * @service: account of the service, a reference is held while @backend is set
 * @flags: enum nflb_flow_flag
 *
 * It lives in the private data that conntrack keeps for a helper: that needs
 * no allocation of its own, costs other flows nothing, and the helper's
 * destroy callback runs for every entry that dies.
 */
struct nflb_flow {
	struct nflb_backend *backend;
	struct nflb_account *service;
	unsigned long flags;
};

struct nflb_flow *nflb_flow_attach(struct nf_conn *ct);
struct nflb_flow *nflb_flow_find(const struct nf_conn *ct);

bool nflb_flow_resolve(const struct nflb_snapshot *snap,
		       const struct nf_conn *ct, struct nflb_backend **backend,
		       const struct nflb_service **service);
void nflb_flow_get(struct nflb_net *nn, struct nflb_flow *flow,
		   struct nflb_backend *backend, struct nflb_account *service);
void nflb_flow_put(struct nflb_net *nn, struct nflb_flow *flow);
void nflb_flow_check_closed(const struct nf_conn *ct, struct nflb_flow *flow);

void nflb_flow_kill_doomed(struct net *net);
void nflb_flow_kill_all(struct net *net);
void nflb_flow_stop(void);
void nflb_flow_exit(void);

#endif /* _NFLB_FLOW_H */
