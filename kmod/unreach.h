/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors of ICMP that say that a packet does not reach its backend. */
#ifndef _NFLB_UNREACH_H
#define _NFLB_UNREACH_H

struct nflb_net;

int nflb_unreach_register(struct nflb_net *nn);
void nflb_unreach_unregister(struct nflb_net *nn);

#endif /* _NFLB_UNREACH_H */
