/* SPDX-License-Identifier: GPL-2.0-only */
/* Binding: what the NAT core asks us for the first packet of a flow. */
#ifndef _NFLB_BIND_H
#define _NFLB_BIND_H

#include <linux/types.h>

#include "addr.h"
#include "counters.h"

struct dst_entry;
struct net;
struct net_device;
struct nf_conn;
struct nf_conntrack_tuple;
struct nf_hook_state;
struct nflb_decision;
struct nflb_net;
struct nflb_service;
struct sk_buff;

int nflb_bind_init(void);
void nflb_bind_exit(void);
int nflb_bind_register(struct nflb_net *nn, u8 family);
void nflb_bind_unregister(struct nflb_net *nn, u8 family);

void nflb_bind_read(const struct nf_conntrack_tuple *t,
		    struct nflb_tuple *tuple);
void nflb_bind_write(const struct nflb_tuple *tuple,
		     struct nf_conntrack_tuple *t);
void nflb_bind_tuple(const struct nf_conn *ct, struct nflb_tuple *tuple);
void nflb_bind_mark(struct nf_conn *ct);
void nflb_bind_count(struct nflb_net *nn, const struct nflb_service *service,
		     enum nflb_reason reason);
unsigned int nflb_bind_turn_away(struct nflb_net *nn, struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct nflb_decision *dec);
void nflb_bind_send_reset(struct sk_buff *skb,
			  const struct nf_hook_state *state);
void nflb_bind_count_eviction(struct nflb_net *nn,
			      const struct nflb_decision *dec);
void nflb_bind_count_pick(struct nflb_net *nn, const struct nflb_decision *dec);
bool nflb_bind_settle_src(struct sk_buff *skb, struct nf_conn *ct);
struct dst_entry *nflb_bind_route(struct net *net,
				  const struct nflb_addr *addr, u8 flags);
bool nflb_bind_is_own(struct net *net, const struct nflb_addr *addr);
bool nflb_bind_leads_to(struct net *net, const struct net_device *dev,
			const struct nflb_addr *backend);
bool nflb_bind_is_on_link(struct net *net, const struct net_device *out,
			  const struct nflb_addr *client);

#endif /* _NFLB_BIND_H */
