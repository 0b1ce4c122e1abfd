/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows: balanced connections, tied to their conntrack entries. */
#ifndef _NFLB_FLOW_H
#define _NFLB_FLOW_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct net;
struct nflb_account;
struct nflb_backend;
struct nflb_net;
struct nflb_service;
struct nflb_snapshot;

/**
 * enum nflb_flow_flag - low bits of nflb_flow.service
 * @NFLB_FLOW_ACTIVE: counted as active by its accounts
 * @NFLB_FLOW_HAIRPIN: the source is translated as well
 * @NFLB_FLOW_CLAIMED: a packet has begun to open it
 * @NFLB_N_FLOW_FLAGS: number of the above
 */
enum nflb_flow_flag {
	NFLB_FLOW_ACTIVE,
	NFLB_FLOW_HAIRPIN,
	NFLB_FLOW_CLAIMED,
	NFLB_N_FLOW_FLAGS,
};

/**
 * struct nflb_flow - a balanced connection
 * @backend: the server, a reference is held; NULL before the entry is
 *	confirmed and once it dies
 * @service: account of the service, a reference is held while @backend is
 *	set, and enum nflb_flow_flag in the low bits
 *
 * It lives in the private data that conntrack keeps for a helper: that needs
 * no allocation of its own, costs other flows nothing, and the helper's
 * destroy callback runs for every entry that dies.
 *
 * The kernel takes every helper with a destroy callback for that of PPTP when
 * a GRE connection dies which somebody made its master expect, and frees what
 * stands where PPTP has its keys: so nothing of ours may stand there.
 */
struct nflb_flow {
	struct nflb_backend *backend;
	unsigned long service;
};

/**
 * nflb_flow_service() - finds whom a flow is charged to besides the backend
 * @flow: the flow, open
 *
 * Return: account of the service.
 */
static inline struct nflb_account *
nflb_flow_service(const struct nflb_flow *flow)
{
	unsigned long service = READ_ONCE(flow->service);

	return (struct nflb_account *)(service &
				       ~(BIT(NFLB_N_FLOW_FLAGS) - 1));
}

struct nflb_flow *nflb_flow_attach(struct nf_conn *ct);
struct nflb_flow *nflb_flow_find(const struct nf_conn *ct);

bool nflb_flow_resolve(const struct nflb_snapshot *snap,
		       const struct nf_conn *ct, struct nflb_backend **backend,
		       const struct nflb_service **service);
void nflb_flow_get(struct nflb_net *nn, struct nflb_flow *flow,
		   struct nflb_backend *backend, struct nflb_account *service);
void nflb_flow_put(struct nflb_net *nn, struct nflb_flow *flow);
void nflb_flow_check_closed(const struct nf_conn *ct, struct nflb_flow *flow,
			    struct nflb_backend *backend);
struct nflb_backend *nflb_flow_backend(const struct nf_conn *ct);

void nflb_flow_kill_doomed(struct net *net, const struct list_head *doomed);
void nflb_flow_kill_all(struct net *net);
void nflb_flow_stop(void);
void nflb_flow_exit(void);

#endif /* _NFLB_FLOW_H */
