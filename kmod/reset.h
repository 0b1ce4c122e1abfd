/* SPDX-License-Identifier: GPL-2.0-only */
/* Resets: TCP connections that are ended by telling both ends. */
#ifndef _NFLB_RESET_H
#define _NFLB_RESET_H

#include <linux/list.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "counters.h"

struct nf_conn;
struct nflb_fast;
struct nflb_flow;
struct nflb_net;
struct sk_buff;

/* An end is told up to three times, then the flow is over. */
#define NFLB_N_RESET_STAGES 4

/**
 * struct nflb_resets - connections that are being ended
 * @lock: protects @stage, taken with bottom halves off
 * @stage: struct nflb_cut by what is to be done next, soonest first
 * @work: does it
 */
struct nflb_resets {
	spinlock_t lock;
	struct list_head stage[NFLB_N_RESET_STAGES];
	struct delayed_work work;
};

/**
 * struct nflb_cutting - flows that a walk through the table or the wheel ends
 * @nn: the namespace
 * @cause: what resets are counted for besides NFLB_RESET_FLOWS
 * @cuts: struct nflb_cut
 */
struct nflb_cutting {
	struct nflb_net *nn;
	enum nflb_reason cause;
	struct list_head cuts;
};

/**
 * enum nflb_take - what becomes of a flow that is to be cut
 * @NFLB_TAKE_NONE: nothing, as it is closed or cut already
 * @NFLB_TAKE_CUT: it is cut
 * @NFLB_TAKE_END: whoever walks is to end the entry at once, as it is not TCP
 *	or memory is short
 */
enum nflb_take {
	NFLB_TAKE_NONE,
	NFLB_TAKE_CUT,
	NFLB_TAKE_END,
};

void nflb_reset_init(struct nflb_net *nn);
void nflb_reset_close(struct nflb_net *nn);

enum nflb_take nflb_reset_take(struct nflb_cutting *cutting,
			       struct nf_conn *ct);
void nflb_reset_begin(struct nflb_cutting *cutting);
void nflb_reset_send_once(struct nflb_net *nn, const struct nf_conn *ct);
bool nflb_reset_once(struct nflb_net *nn, const struct nf_conn *ct,
		     const struct nflb_flow *flow, enum nflb_reason cause);
unsigned int nflb_reset_answer(struct nflb_net *nn, const struct sk_buff *skb,
			       unsigned int protoff, struct nflb_fast *fast,
			       enum ip_conntrack_info ctinfo);

#endif /* _NFLB_RESET_H */
