/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows: balanced connections, tied to their conntrack entries. */
#ifndef _NFLB_FLOW_H
#define _NFLB_FLOW_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

#include "account.h"
#include "backend.h"
#include "counters.h"

struct net;
struct nflb_decision;
struct nflb_fast;
struct nflb_net;
struct nflb_service;
struct nflb_snapshot;

/*
 * Policies of a helper of ours. Without them, who makes an entry of ours expect
 * others would crash; some kernels let him choose the class by that of another
 * helper.
 */
#define NFLB_EXPECT_POLICIES(policy_name)				\
{									\
	[0 ... NF_CT_MAX_EXPECT_CLASSES - 1] = {			\
		.name = policy_name,					\
		.max_expected = 1,					\
		.timeout = 1,						\
	},								\
}

/**
 * enum nflb_flow_flag - low bits of nflb_flow.service
 * @NFLB_FLOW_ACTIVE: counted as active by its accounts
 * @NFLB_FLOW_HAIRPIN: the source is translated as well
 * @NFLB_FLOW_EXPRESS: opened at a device's ingress
 * @NFLB_FLOW_HALF_OPEN: counted by its service as half open
 * @NFLB_N_FLOW_FLAGS: number of the above
 */
enum nflb_flow_flag {
	NFLB_FLOW_ACTIVE,
	NFLB_FLOW_HAIRPIN,
	NFLB_FLOW_EXPRESS,
	NFLB_FLOW_HALF_OPEN,
	NFLB_N_FLOW_FLAGS,
};

/**
 * struct nflb_flow - a balanced connection
 * @backend: the server, a reference is held; NULL before the flow is opened
 *	and once its entry dies
 * @service: account of the service, a reference is held while @backend is
 *	set, and enum nflb_flow_flag in the low bits
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

/**
 * nflb_flow_is_express() - tells how a flow was opened
 * @flow: the flow
 *
 * Return: true if at a device's ingress.
 */
static inline bool nflb_flow_is_express(const struct nflb_flow *flow)
{
	return test_bit(NFLB_FLOW_EXPRESS, &flow->service);
}

/**
 * nflb_charge() - counts a packet
 * @backend: the backend
 * @service: account of the service
 * @skb: the packet, from its IP header on
 * @is_reply: from backend to client
 *
 * Context: bottom halves off, under RCU.
 */
static inline void nflb_charge(const struct nflb_backend *backend,
			       const struct nflb_account *service,
			       const struct sk_buff *skb, bool is_reply)
{
	u32 n_pkts = max_t(u32, 1, skb_shinfo(skb)->gso_segs);

	nflb_counters_packet(backend->account.counters, is_reply, n_pkts,
			     skb->len);
	nflb_counters_packet(service->counters, is_reply, n_pkts, skb->len);
}

/**
 * nflb_flow_charge() - counts a packet of a flow
 * @flow: the flow
 * @backend: its backend
 * @skb: the packet, from its IP header on
 * @is_reply: from backend to client
 *
 * Context: bottom halves off, under RCU.
 */
static inline void nflb_flow_charge(const struct nflb_flow *flow,
				    const struct nflb_backend *backend,
				    const struct sk_buff *skb, bool is_reply)
{
	nflb_charge(backend, nflb_flow_service(flow), skb, is_reply);
}

/**
 * nflb_flow_count() - counts one of a flow
 * @backend: the flow's backend
 * @service: account of its service
 * @counter: what is counted
 *
 * Context: bottom halves off, under RCU.
 */
static inline void nflb_flow_count(const struct nflb_backend *backend,
				   const struct nflb_account *service,
				   enum nflb_counter counter)
{
	nflb_counters_inc(backend->account.counters, counter);
	nflb_counters_inc(service->counters, counter);
}

int nflb_flow_attach(struct nf_conn *ct, bool is_hairpin);
bool nflb_flow_is_attached(const struct nf_conn *ct);
struct nflb_flow *nflb_flow_find(const struct nf_conn *ct);

void nflb_flow_hint(struct nflb_net *nn, const struct nflb_decision *dec);
bool nflb_flow_resolve(struct nflb_net *nn, const struct nflb_snapshot *snap,
		       const struct sk_buff *skb,
		       const struct nflb_service **service,
		       struct nflb_backend **backend);
bool nflb_flow_insert(struct nflb_net *nn, struct nflb_fast *fast,
		      struct nflb_backend *backend,
		      struct nflb_account *service);
int nflb_flow_get(struct nflb_net *nn, struct nflb_flow *flow,
		  struct nflb_backend *backend, struct nflb_account *service);
enum nflb_reason nflb_flow_refusal(int err);
void nflb_flow_put(struct nflb_net *nn, struct nflb_flow *flow);
void nflb_flow_count_for(struct nflb_net *nn, const struct nflb_flow *flow,
			 enum nflb_reason reason);
bool nflb_flow_is_closed(const struct nf_conn *ct);
void nflb_flow_end(struct nflb_net *nn, struct nflb_flow *flow,
		   enum nflb_reason cause);
bool nflb_flow_is_unanswered(const struct nf_conn *ct);
void nflb_flow_check_closed(const struct nf_conn *ct, struct nflb_flow *flow,
			    struct nflb_backend *backend);
bool nflb_flow_goes_on(struct nf_conn *ct, struct nflb_flow *flow,
		       struct nflb_backend *backend);
struct nflb_backend *nflb_flow_backend(const struct nf_conn *ct);

void nflb_flow_end_doomed(struct nflb_net *nn, const struct list_head *doomed);
void nflb_flow_kill_all(struct net *net);
void nflb_flow_stop(void);
bool nflb_flow_is_stopped(void);
void nflb_flow_exit(void);

#endif /* _NFLB_FLOW_H */
