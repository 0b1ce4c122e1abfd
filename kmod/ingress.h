/* SPDX-License-Identifier: GPL-2.0-only */
/* Ingress: the fast path. */
#ifndef _NFLB_INGRESS_H
#define _NFLB_INGRESS_H

struct nf_hook_state;
struct sk_buff;

unsigned int nflb_ingress(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state);

#endif /* _NFLB_INGRESS_H */
