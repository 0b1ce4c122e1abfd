/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of outbound flows: those that have been idle for too long are found
 * there.
 */
#ifndef _NFLB_OUTLIST_H
#define _NFLB_OUTLIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "wheel.h"

struct nf_conn;
struct nflb_block;
struct nflb_net;

/**
 * struct nflb_outbound - a flow that a backend has opened
 * @ct: its entry, a reference is held
 * @block: block of its port, while that is counted
 * @stamp: when the last packet passed, as nfct_time_stamp
 * @node: in nflb_outlist until nflb_outlist_forget()
 * @rcu: frees it
 *
 * As with struct nflb_fast, packets may use it until the grace period after its
 * entry has died, and the entry with it.
 */
struct nflb_outbound {
	struct nf_conn *ct;
	struct nflb_block *block;
	u32 stamp;
	union {
		struct hlist_node node;
		struct rcu_head rcu;
	};
};

/**
 * enum nflb_outlist_head - heads of the list
 * @NFLB_OUTLIST_NEW: of flows that the wheel has not been shown yet
 * @NFLB_OUTLIST_ASIDE: of those that have no place in it
 * @NFLB_OUTLIST_WALK: of those that a walk has still to come to
 * @NFLB_OUTLIST_OVER: of connections that are to be reset
 * @NFLB_OUTLIST_SLOTS: of flows in its first slot
 * @NFLB_N_OUTLIST_HEADS: number of the above, and of one for each other slot
 */
enum nflb_outlist_head {
	NFLB_OUTLIST_NEW,
	NFLB_OUTLIST_ASIDE,
	NFLB_OUTLIST_WALK,
	NFLB_OUTLIST_OVER,
	NFLB_OUTLIST_SLOTS,
	NFLB_N_OUTLIST_HEADS = NFLB_OUTLIST_SLOTS + NFLB_N_WHEEL_SLOTS,
};

/**
 * struct nflb_outlist - the outbound flows of a namespace
 * @lock: protects @head, taken with bottom halves off
 * @head: struct nflb_outbound, by enum nflb_outlist_head
 */
struct nflb_outlist {
	spinlock_t lock;
	struct hlist_head head[NFLB_N_OUTLIST_HEADS];
};

void nflb_outlist_init(struct nflb_net *nn);
void nflb_outlist_close(struct nflb_net *nn);

void nflb_outlist_add(struct nflb_net *nn, struct nflb_outbound *flow,
		      struct nf_conn *ct);
void nflb_outlist_forget(struct nflb_net *nn, struct nflb_outbound *flow);
void nflb_outlist_turn(struct nflb_net *nn, u32 hand, u32 n, bool is_stale);
bool nflb_outlist_waits(struct nflb_net *nn);

#endif /* _NFLB_OUTLIST_H */
