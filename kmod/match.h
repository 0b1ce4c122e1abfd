/* SPDX-License-Identifier: GPL-2.0-only */
/* The match: from a tuple to its service, in constant time. */
#ifndef _NFLB_MATCH_H
#define _NFLB_MATCH_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack_tuple.h>

#include "addr.h"

struct nflb_service;
struct nflb_snapshot;

u32 nflb_match_frontend(const struct nflb_snapshot *snap,
			const struct nflb_addr *addr);
u32 nflb_match_answer(const struct nflb_snapshot *snap, u8 protocol, u32 pool,
		      u16 port);
u32 nflb_match_rival(const struct nflb_snapshot *snap, u32 pos, u32 pool);
u32 nflb_match(const struct nflb_snapshot *snap,
	       const struct nflb_tuple *tuple);
bool nflb_match_is_sure(const struct nflb_snapshot *snap,
			const struct nflb_service *service,
			const struct nf_conntrack_tuple *t);
u32 nflb_match_service(const struct nflb_snapshot *snap, u32 frontend,
		       u8 protocol, u16 port);

u32 nflb_match_key(const struct nflb_snapshot *snap, u32 frontend, u8 protocol,
		   u16 port);
u32 nflb_match_overlap(const struct nflb_snapshot *snap, u32 frontend,
		       u8 protocol, u16 first, u16 last);
int nflb_match_add(struct nflb_snapshot *cand, u32 pos);
void nflb_match_remove(struct nflb_snapshot *cand, u32 pos);

#endif /* _NFLB_MATCH_H */
