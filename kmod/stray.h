/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strays: packets of TCP that belong to no flow and do not begin one.
 *
 * Of a connection to a service they come from the client, whose packet can open
 * the flow anew, or from the backend, whose packet cannot: nobody knows the
 * frontend. Conntrack makes an entry for either.
 */
#ifndef _NFLB_STRAY_H
#define _NFLB_STRAY_H

#include <net/netfilter/nf_conntrack.h>

struct nflb_net;
struct nflb_service;
struct nflb_snapshot;
struct nflb_tuple;

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

const struct nflb_service *nflb_stray_answers(struct nflb_net *nn,
					      const struct nflb_snapshot *snap,
					      const struct nflb_tuple *tuple);

#endif /* _NFLB_STRAY_H */
