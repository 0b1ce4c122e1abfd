/* SPDX-License-Identifier: GPL-2.0-only */
/* Express: flows that are opened where their first packet comes in. */
#ifndef _NFLB_EXPRESS_H
#define _NFLB_EXPRESS_H

#include <linux/types.h>

struct dst_entry;
struct nflb_fast_dir;
struct nflb_net;
struct nflb_packet;
struct sk_buff;

unsigned int nflb_express_open(struct nflb_net *nn, struct sk_buff *skb,
			       const struct nflb_packet *pkt,
			       struct nflb_fast_dir **dir);
unsigned int nflb_express_reopen(struct nflb_net *nn, struct sk_buff *skb,
				 const struct nflb_packet *pkt);
struct dst_entry *nflb_express_find_route(struct nflb_net *nn,
					  struct nflb_fast_dir *dir,
					  struct sk_buff *skb);

#endif /* _NFLB_EXPRESS_H */
