/* SPDX-License-Identifier: GPL-2.0-only */
/* Segments: TCP packets that the gateway sends in the name of an end. */
#ifndef _NFLB_SEGMENT_H
#define _NFLB_SEGMENT_H

#include <linux/types.h>
#include <net/netfilter/nf_synproxy.h>

struct dst_entry;
struct net;
struct nf_conntrack_tuple;
struct sk_buff;

/**
 * struct nflb_segment - what a segment without data says
 * @seq: sequence number
 * @ack: acknowledgment number, with TCPHDR_ACK
 * @window: the window, as it stands there
 * @flags: TCPHDR_RST, TCPHDR_ACK, TCPHDR_SYN
 * @is_tracked: conntrack sees it, if it is sent
 * @opts: its options
 */
struct nflb_segment {
	u32 seq;
	u32 ack;
	u16 window;
	u8 flags;
	bool is_tracked;
	struct synproxy_options opts;
};

void nflb_segment_send(struct net *net, const struct nf_conntrack_tuple *t,
		       struct dst_entry *dst, const struct nflb_segment *seg);
int nflb_segment_rewrite(struct sk_buff *skb, int thoff,
			 const struct nf_conntrack_tuple *t,
			 const struct nflb_segment *seg);

#endif /* _NFLB_SEGMENT_H */
