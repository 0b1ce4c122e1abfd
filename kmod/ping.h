/* SPDX-License-Identifier: GPL-2.0-only */
/* Pings: echo requests to frontends. */
#ifndef _NFLB_PING_H
#define _NFLB_PING_H

#include <linux/atomic.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

struct nflb_snapshot;

/**
 * struct nflb_ping_limit - what has been answered lately
 * @begin: when @n was 0, in jiffies
 * @n: requests since then
 */
struct nflb_ping_limit {
	unsigned long begin;
	atomic_t n;
};

void nflb_ping_update(const struct nflb_snapshot *snap);
bool nflb_ping_is_request(const struct nf_conn *ct);
bool nflb_ping_is_within_limit(struct nflb_ping_limit *limit);
bool nflb_ping_reply(struct net *net, struct sk_buff *skb, u8 family);

#endif /* _NFLB_PING_H */
