/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows leave backends that may not have them. */
#ifndef _NFLB_MOVE_H
#define _NFLB_MOVE_H

#include <linux/in.h>
#include <linux/types.h>

struct nf_conn;
struct nflb_backend;
struct nflb_net;

/**
 * nflb_protocol_moves() - tells whether flows of a protocol leave a backend
 * @protocol: IP protocol number
 *
 * Return: false for those that have connections, which would break.
 */
static inline bool nflb_protocol_moves(u8 protocol)
{
	return protocol != IPPROTO_TCP && protocol != IPPROTO_SCTP &&
	       protocol != IPPROTO_DCCP;
}

void nflb_move_init(struct nflb_net *nn);
void nflb_move_flows(struct nflb_net *nn);
void nflb_move_hashed(struct nflb_net *nn);
bool nflb_move_may_begin_again(const struct nflb_net *nn,
			       const struct nf_conn *ct,
			       const struct nflb_backend *backend);

#endif /* _NFLB_MOVE_H */
