/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagrams: services of UDP that decide for each one, and remember nothing.
 */
#ifndef _NFLB_DATAGRAM_H
#define _NFLB_DATAGRAM_H

#include <linux/types.h>

#include "addr.h"

struct nflb_net;
struct nflb_snapshot;
struct sk_buff;

/**
 * struct nflb_datagram - a datagram as it stands in a packet
 * @tuple: what it says
 * @frontend: place of the frontend that it is for, or NFLB_NONE
 * @ip_offset: where its IP header begins, counted from the packet's data
 * @l4_offset: where its UDP header begins
 */
struct nflb_datagram {
	struct nflb_tuple tuple;
	u32 frontend;
	int ip_offset;
	int l4_offset;
};

bool nflb_datagram_is_wanted(const struct nflb_snapshot *snap);
bool nflb_datagram_is_tracked(const struct nflb_net *nn,
			      const struct nflb_tuple *tuple);
void nflb_datagram_set(struct sk_buff *skb, const struct nflb_datagram *dgram,
		       const struct nflb_addr *addr, u16 port, bool is_src);

#endif /* _NFLB_DATAGRAM_H */
