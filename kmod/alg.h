/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows that carry a conntrack helper of their own, such as FTP. */
#ifndef _NFLB_ALG_H
#define _NFLB_ALG_H

struct nf_conn;
struct nflb_account;
struct nflb_backend;
struct nflb_flow;
struct nflb_net;
struct sk_buff;

int nflb_alg_attach(struct nflb_net *nn, const struct sk_buff *skb,
		    struct nf_conn *ct, struct nflb_backend *backend,
		    struct nflb_account *service);
void nflb_alg_init(struct nflb_net *nn);
void nflb_alg_kill_if(struct nflb_net *nn,
		      bool (*is_due)(struct nflb_net *nn,
				     const struct nf_conn *ct,
				     struct nflb_flow *flow));
void nflb_alg_close(struct nflb_net *nn);

#endif /* _NFLB_ALG_H */
