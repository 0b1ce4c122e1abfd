/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strays: packets of TCP that belong to no flow and do not begin one.
 *
 * Of a connection to a service they come from the client, whose packet can open
 * the flow anew, or from the backend, whose packet cannot: nobody knows the
 * frontend.
 */
#ifndef _NFLB_STRAY_H
#define _NFLB_STRAY_H

#include <net/netfilter/nf_conntrack.h>

struct nf_hook_state;
struct nflb_net;
struct nflb_snapshot;
struct nflb_tuple;
struct sk_buff;

/**
 * nflb_stray_is() - tells whether an entry was made for a stray
 * @ct: entry that has seen one packet
 *
 * Return: true if that was of a connection that is known only to its ends.
 */
static inline bool nflb_stray_is(const struct nf_conn *ct)
{
	return nf_ct_protonum(ct) == IPPROTO_TCP &&
	       READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_SYN_SENT;
}

bool nflb_stray_may_open(struct nflb_net *nn, const struct nflb_snapshot *snap,
			 struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct nflb_tuple *tuple);

#endif /* _NFLB_STRAY_H */
