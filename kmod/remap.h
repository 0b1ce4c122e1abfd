/* SPDX-License-Identifier: GPL-2.0-only */
/* Remaps: the ports of nats follow the backends of their pools. */
#ifndef _NFLB_REMAP_H
#define _NFLB_REMAP_H

struct nflb_net;
struct nflb_snapshot;
struct nflb_why;

void nflb_remap_init(struct nflb_net *nn);
int nflb_remap_settle(const struct nflb_snapshot *old,
		      struct nflb_snapshot *cand, const struct nflb_why *why);
void nflb_remap_follow(struct nflb_net *nn, const struct nflb_snapshot *old,
		       const struct nflb_snapshot *new);

#endif /* _NFLB_REMAP_H */
