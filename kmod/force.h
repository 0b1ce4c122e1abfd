/* SPDX-License-Identifier: GPL-2.0-only */
/* Forces: what an administrator says of a backend, for a time. */
#ifndef _NFLB_FORCE_H
#define _NFLB_FORCE_H

struct nflb_member;
struct nflb_net;

void nflb_force_init(struct nflb_net *nn);
void nflb_force_follow(struct nflb_net *nn, const struct nflb_member *member);

#endif /* _NFLB_FORCE_H */
