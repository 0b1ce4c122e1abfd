/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracking: what conntrack learns of packets in the fast path. */
#ifndef _NFLB_TRACK_H
#define _NFLB_TRACK_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct nflb_net;
struct nflb_packet;
struct nflb_way;
struct sk_buff;

/* As conntrack numbers the kinds of packets; not in its headers. */
#define NFLB_TRACK_SYN 0
#define NFLB_TRACK_SYNACK 1
#define NFLB_TRACK_RST 4

/**
 * nflb_track_waits() - tells whether conntrack has seen a SYN last
 * @ct: the entry of a connection
 *
 * Of a connection that goes on, that was one that it ignored. Until it is shown
 * another packet, it takes any reset for what it is.
 *
 * Return: true if so.
 */
static inline bool nflb_track_waits(const struct nf_conn *ct)
{
	return READ_ONCE(ct->proto.tcp.last_index) == NFLB_TRACK_SYN;
}

bool nflb_track_change(struct nflb_net *nn, struct sk_buff *skb,
		       const struct nflb_packet *pkt,
		       const struct nflb_way *way, unsigned int *verdict);
void nflb_track_tell_tcp(const struct nflb_way *way,
			 const struct nflb_packet *pkt);

#endif /* _NFLB_TRACK_H */
