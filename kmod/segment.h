/* SPDX-License-Identifier: GPL-2.0-only */
/* Segments: TCP packets that the gateway sends in the name of an end. */
#ifndef _NFLB_SEGMENT_H
#define _NFLB_SEGMENT_H

#include <linux/types.h>

struct dst_entry;
struct net;
struct nf_conntrack_tuple;

/**
 * struct nflb_segment - what a segment without data says
 * @seq: sequence number
 * @ack: acknowledgment number, with TCPHDR_ACK
 * @flags: TCPHDR_RST, TCPHDR_ACK
 */
struct nflb_segment {
	u32 seq;
	u32 ack;
	u8 flags;
};

void nflb_segment_send(struct net *net, const struct nf_conntrack_tuple *t,
		       struct dst_entry *dst, const struct nflb_segment *seg);

#endif /* _NFLB_SEGMENT_H */
