/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fast flows: what the ingress hook must know of a flow to pass its packets
 * on past routing, conntrack and the NAT core.
 */
#ifndef _NFLB_FAST_H
#define _NFLB_FAST_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

#include "account.h"
#include "flow.h"
#include "trial.h"
#include "wheel.h"

struct dst_entry;
struct iphdr;
struct ipv6hdr;
struct nflb_net;
struct sk_buff;

/**
 * struct nflb_fast_dir - one direction of a flow
 * @node: in nflb_net.fast while @is_entered; its key is the entry's tuple
 * @dst: route of the direction's last packet in the slow path, or the last
 *	that was found at ingress, a reference is held; NULL before the first,
 *	which flows may be entered without that are opened at ingress
 * @mtu: IPv4: what was seen to fit the route, which is another one when that
 *	changes; 0 before the direction is entered
 * @dst_cookie: IPv6: what dst_check() wants to see with the route
 * @iif: device that this packet came in by
 * @seq_end: TCP: end of the last packet's data
 * @ack: TCP: acknowledgment of the last packet that had one
 * @addr_diff: what the new addresses add to a checksum over the old ones
 * @all_diff: what new addresses and ports add
 * @has_end: @seq_end is set
 * @has_ack: @ack is set
 * @idx: the direction, enum ip_conntrack_dir
 * @is_entered: it can be found; written under nflb_fast.lock
 */
struct nflb_fast_dir {
	struct rhash_head node;
	struct dst_entry *dst;
	union {
		u32 mtu;
		u32 dst_cookie;
	};
	int iif;
	u32 seq_end;
	u32 ack;
	__sum16 addr_diff;
	__sum16 all_diff;
	bool has_end;
	bool has_ack;
	u8 idx;
	bool is_entered;
};

/**
 * struct nflb_fast - a flow and its way through the fast path
 * @dir: the directions
 * @flow: whom it is charged to
 * @ct: its entry, a reference is held
 * @lock: serialises entering and leaving, taken with bottom halves off
 * @is_over: nothing is entered any more; under @lock
 * @is_cut: no packet passes any more, see reset.c; written under @lock
 * @is_told: if @is_cut: the end that sends in this direction knows, as it has
 *	sent a reset itself
 * @trial: whether the first packet is answered
 * @stamp: when the last packet passed, as nfct_time_stamp
 * @cpu: whose list it is in
 * @node: in nflb_net.flows until nflb_fast_forget()
 * @rcu: frees it
 *
 * Allocated when the flow is opened, and freed after a grace period when its
 * entry dies: until then packets may use it, and the entry with it, which
 * without the reference might already be another connection's.
 */
struct nflb_fast {
	struct nflb_fast_dir dir[IP_CT_DIR_MAX];
	struct nflb_flow flow;
	struct nf_conn *ct;
	spinlock_t lock;
	bool is_over;
	bool is_cut;
	bool is_told[IP_CT_DIR_MAX];
	struct nflb_trial trial;
	u32 stamp;
	int cpu;
	union {
		struct hlist_node node;
		struct rcu_head rcu;
	};
};

/**
 * enum nflb_fast_head - heads of a list of flows
 * @NFLB_FAST_NEW: of those that the wheel has not been shown yet
 * @NFLB_FAST_ASIDE: of those that have no place in it
 * @NFLB_FAST_WALK: of those that a walk has still to come to
 * @NFLB_FAST_SLOTS: of those in its first slot
 * @NFLB_N_FAST_HEADS: number of the above, and of one for each other slot
 */
enum nflb_fast_head {
	NFLB_FAST_NEW,
	NFLB_FAST_ASIDE,
	NFLB_FAST_WALK,
	NFLB_FAST_SLOTS,
	NFLB_N_FAST_HEADS = NFLB_FAST_SLOTS + NFLB_N_WHEEL_SLOTS,
};

/**
 * struct nflb_fast_list - flows that were opened on one CPU
 * @lock: protects @head, taken with bottom halves off
 * @head: struct nflb_fast, by enum nflb_fast_head
 */
struct nflb_fast_list {
	spinlock_t lock;
	struct hlist_head head[NFLB_N_FAST_HEADS];
};

/**
 * nflb_fast_of() - finds the flow of a direction
 * @dir: the direction
 *
 * Return: the flow.
 */
static inline struct nflb_fast *nflb_fast_of(struct nflb_fast_dir *dir)
{
	return container_of(dir - dir->idx, struct nflb_fast, dir[0]);
}

/**
 * nflb_fast_note_tcp() - keeps what conntrack may not see of a connection
 * @dir: the packet's direction
 * @seq: its sequence number
 * @n_data: its payload, and one each for SYN and FIN
 * @ack: its acknowledgment
 * @has_ack: it has one
 *
 * The last packet's figures, not the highest: one that is forged or late does
 * harm until the next. That a reset is judged by them is no reason to trust
 * any for longer.
 */
static inline void nflb_fast_note_tcp(struct nflb_fast_dir *dir, u32 seq,
				      u32 n_data, u32 ack, bool has_ack)
{
	WRITE_ONCE(dir->seq_end, seq + n_data);
	WRITE_ONCE(dir->has_end, true);
	if (has_ack) {
		WRITE_ONCE(dir->ack, ack);
		WRITE_ONCE(dir->has_ack, true);
	}
}

/**
 * nflb_fast_free_windows() - tells conntrack not to look at windows
 * @ct: the entry of a connection
 *
 * It sees only some of the packets, so their windows may look wrong to it. What
 * it needs to judge a reset is given back to it by nflb_fast_tell_tcp(). It
 * forgets this if a SYN that it has ignored is answered: then it begins anew
 * with the same entry.
 *
 * Context: under the entry's lock, or before others see it.
 */
static inline void nflb_fast_free_windows(struct nf_conn *ct)
{
	int i;

	for (i = 0; i < IP_CT_DIR_MAX; i++)
		ct->proto.tcp.seen[i].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
}

/**
 * nflb_fast_is_off() - tells whether a flow is to keep to the slow path
 * @fast: the flow, open
 *
 * Context: under RCU.
 * Return: true if its service says so.
 */
static inline bool nflb_fast_is_off(const struct nflb_fast *fast)
{
	return READ_ONCE(nflb_flow_service(&fast->flow)->is_slow);
}

/**
 * nflb_fast_renew() - has a flow begin its idle time anew
 * @fast: the flow, open, with a packet that conntrack has let pass
 *
 * Context: bottom halves off, under RCU.
 */
static inline void nflb_fast_renew(struct nflb_fast *fast)
{
	WRITE_ONCE(fast->stamp, nfct_time_stamp);
	nflb_times_renew(&nflb_flow_service(&fast->flow)->times, fast->ct);
}

struct nflb_fast *nflb_fast_alloc(struct nflb_net *nn);
bool nflb_fast_route_is_plain(const struct dst_entry *dst, u8 family);
struct nflb_fast *nflb_fast_make(struct nflb_net *nn, struct nf_conn *ct,
				 const struct sk_buff *skb);
void nflb_fast_begin(struct nflb_net *nn, struct nflb_fast *fast);
void nflb_fast_enter_known(struct nflb_net *nn, struct nflb_fast *fast);
void nflb_fast_route(struct nflb_net *nn, struct nflb_fast *fast,
		     const struct sk_buff *skb, u8 idx);
void nflb_fast_learn(struct nflb_net *nn, struct nflb_fast *fast,
		     const struct sk_buff *skb, u8 idx);
struct dst_entry *nflb_fast_held_route(const struct nflb_fast *fast, u8 idx);
void nflb_fast_tell_tcp(struct nflb_fast *fast);
void nflb_fast_walk(struct nflb_net *nn, struct nflb_fast_list *list, u32 idx,
		    u32 (*visit)(struct nflb_fast *fast, u32 idx, void *data),
		    void *data);
void nflb_fast_recheck(struct nflb_net *nn);
bool nflb_fast_cut(struct nflb_net *nn, struct nflb_fast *fast);
void nflb_fast_forget(struct nflb_net *nn, struct nflb_fast *fast);

struct nflb_fast_dir *nflb_fast_find_ipv4(struct nflb_net *nn,
					  const struct iphdr *iph);
struct nflb_fast_dir *nflb_fast_find_ipv6(struct nflb_net *nn,
					  const struct ipv6hdr *ip6h);

int nflb_fast_net_init(struct nflb_net *nn);
void nflb_fast_net_fini(struct nflb_net *nn);
int nflb_fast_init(void);
void nflb_fast_exit(void);

#endif /* _NFLB_FAST_H */
