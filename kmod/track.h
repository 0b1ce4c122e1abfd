/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracking: what conntrack learns of packets in the fast path. */
#ifndef _NFLB_TRACK_H
#define _NFLB_TRACK_H

#include <linux/types.h>

struct nflb_net;
struct nflb_packet;
struct nflb_way;
struct sk_buff;

u32 nflb_track_timeout(const struct nflb_net *nn, u8 protocol, bool is_long);
bool nflb_track_change(struct nflb_net *nn, struct sk_buff *skb,
		       const struct nflb_packet *pkt,
		       const struct nflb_way *way, unsigned int *verdict);
void nflb_track_tell_tcp(const struct nflb_way *way,
			 const struct nflb_packet *pkt);

#endif /* _NFLB_TRACK_H */
