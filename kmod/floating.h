/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Floating: flows whose packets keep their destination, and are handed to the
 * backend by its link address, so that it answers past the gateway.
 *
 * The backend has the frontend's address as one of its own. There is nothing in
 * such a flow's entry that says which backend it has: its packets are routed to
 * that, before the host routes them by their destination.
 */
#ifndef _NFLB_FLOATING_H
#define _NFLB_FLOATING_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct dst_entry;
struct net;
struct nflb_addr;
struct nflb_net;
struct nflb_snapshot;
struct sk_buff;

/**
 * nflb_floating_is() - tells whether a flow is floating
 * @ct: its entry, marked as ours
 *
 * All others are translated, even where only the port is another.
 *
 * Return: true if so.
 */
static inline bool nflb_floating_is(const struct nf_conn *ct)
{
	return !(READ_ONCE(ct->status) & IPS_DST_NAT);
}

bool nflb_floating_may_be(const struct nf_conn *ct);
struct dst_entry *nflb_floating_find_route(struct net *net,
					   const struct nflb_addr *backend);
bool nflb_floating_route(struct net *net, struct sk_buff *skb,
			 const struct nflb_addr *backend);
void nflb_floating_next_hop(const struct sk_buff *skb, struct nflb_addr *hop);
void nflb_floating_begin(struct nf_conn *ct);

bool nflb_floating_is_wanted(const struct nflb_snapshot *snap);
int nflb_floating_register(struct nflb_net *nn);
void nflb_floating_unregister(struct nflb_net *nn);

#endif /* _NFLB_FLOATING_H */
