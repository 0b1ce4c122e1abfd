// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ingress: the fast path.
 *
 * A packet of a flow that the slow path has carried before, or that was opened
 * here, by express.c, is translated and handed to its neighbour right where its
 * device delivers it. What is not
 * fully understood here - fragments, options, a TTL that ends, what exceeds
 * the MTU, ICMP - is left untouched to the slow path, and so is the first
 * packet after a change of route, from which nflb_fast_learn() learns the new
 * one, and every packet of a service that is to do without. Packets that
 * change the state of a connection are made known to conntrack first, which so
 * stays the truth of every flow.
 */

#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include "backend.h"
#include "counters.h"
#include "express.h"
#include "fast.h"
#include "ingress.h"
#include "net.h"
#include "track.h"
#include "way.h"

/* Does the slow path have to see to the entry? */
static __always_inline bool nflb_ingress_is_open(const struct nflb_way *way)
{
	const struct nf_conn *ct = way->fast->ct;

	return way->backend && !nflb_fast_is_off(way->fast) &&
	       !(READ_ONCE(ct->status) &
		 (IPS_DYING | IPS_FIXED_TIMEOUT | IPS_SEQ_ADJUST)) &&
	       !nf_ct_is_expired(ct);
}

/*
 * The next hop, if the route that was learned still holds for the device that
 * the packet has come in by.
 */
static __always_inline bool nflb_ingress_find_way(struct nflb_net *nn,
						  struct nflb_way *way,
						  struct sk_buff *skb,
						  const struct nflb_packet *pkt,
						  const u8 family)
{
	const struct nflb_fast_dir *dir = way->dir;
	u32 cookie = family == AF_INET6 ? READ_ONCE(dir->dst_cookie) : 0;
	u32 mtu = family == AF_INET ? READ_ONCE(dir->mtu) : 0;

	way->dst = READ_ONCE(dir->dst);
	if (unlikely(!way->dst ||
		     READ_ONCE(dir->iif) != skb->dev->ifindex ||
		     !nflb_way_holds(nn, way->dst, cookie, family))) {
		way->dst = nflb_express_find_route(nn, way->dir, skb);
		if (!way->dst)
			return false;
		mtu = 0;
	}
	return nflb_way_fits(way, skb, pkt, mtu, family) &&
	       nflb_way_find_neigh(way, family);
}

static __always_inline bool
nflb_ingress_is_change(const struct nf_conn *ct, const struct nflb_packet *pkt,
		       u8 dir)
{
	unsigned long status = READ_ONCE(ct->status);
	bool is_unsure;

	is_unsure = (status & (IPS_SEEN_REPLY | IPS_ASSURED)) ==
		    IPS_SEEN_REPLY;
	if (dir == IP_CT_DIR_REPLY && !(status & IPS_SEEN_REPLY))
		return true;
	if (pkt->protocol == IPPROTO_TCP)
		return nflb_packet_step(pkt) != TCPHDR_ACK || is_unsure ||
		       READ_ONCE(ct->proto.tcp.state) !=
			       TCP_CONNTRACK_ESTABLISHED ||
		       nflb_track_waits(ct);
	/* Conntrack calls a flow assured that lives on after two seconds. */
	return is_unsure &&
	       time_after(jiffies, READ_ONCE(ct->proto.udp.stream_ts));
}

/* What conntrack does for a packet that changes nothing. */
static __always_inline void
nflb_ingress_refresh(const struct nflb_packet *pkt, const struct nflb_way *way)
{
	struct nflb_fast *fast = way->fast;
	struct nf_conn *ct = fast->ct;

	/* What has changed meanwhile has renewed it, too. */
	if (READ_ONCE(fast->stamp) != nfct_time_stamp)
		nflb_fast_renew(fast);
	if (nf_conn_acct_find(ct))
		nf_ct_acct_update(ct, way->dir->idx, pkt->len);
}

/* Keeps the entry as true as if the packet had gone the slow path. */
static __always_inline bool
nflb_ingress_track(struct nflb_net *nn, struct sk_buff *skb,
		   const struct nflb_packet *pkt, const struct nflb_way *way,
		   unsigned int *verdict)
{
	if (pkt->protocol == IPPROTO_TCP &&
	    !(pkt->flags & TCPHDR_RST))
		nflb_fast_note_tcp(way->dir, pkt->seq, pkt->n_data, pkt->ack,
				   pkt->flags & TCPHDR_ACK);
	if (unlikely(nflb_ingress_is_change(way->fast->ct, pkt,
					    way->dir->idx)))
		return nflb_track_change(nn, skb, pkt, way, verdict);
	nflb_ingress_refresh(pkt, way);
	return true;
}

/* Leaves the packet to the slow path, where conntrack is to judge it. */
static unsigned int nflb_ingress_leave(const struct nflb_way *way,
				       const struct nflb_packet *pkt)
{
	if (pkt->protocol == IPPROTO_TCP &&
	    !nf_ct_is_dying(way->fast->ct))
		nflb_track_tell_tcp(way, pkt);
	return NF_ACCEPT;
}

/*
 * Can what a flow is found by be read from the packet? If others have it as
 * well, it stays as it is.
 */
static __always_inline bool nflb_ingress_has(struct sk_buff *skb,
					     unsigned int hdr_len)
{
	hdr_len += sizeof(struct udphdr);
	return likely(hdr_len <= skb_headlen(skb)) ||
	       (!skb_shared(skb) && pskb_may_pull(skb, hdr_len));
}

/* To us alone, whole, and from the wire as it is. */
static __always_inline bool nflb_ingress_is_plain(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_shared(skb) &&
	       !skb_vlan_tag_present(skb) && !skb_sec_path(skb) &&
	       !skb_get_nfct(skb) &&
	       !(skb_shinfo(skb)->gso_size && !skb_shinfo(skb)->gso_type);
}

static __always_inline bool nflb_ingress_read(const struct nflb_net *nn,
					      struct sk_buff *skb,
					      struct nflb_packet *pkt,
					      const u8 family)
{
	const struct ipv6_devconf *all = nn->net->ipv6.devconf_all;

	if (!nflb_ingress_is_plain(skb))
		return false;
	if (family == AF_INET)
		return nflb_packet_read_ipv4(skb, pkt);
	/*
	 * When that is switched off, IPv6's routes stay as they are. On a host
	 * without IPv6 (ipv6.disable=1) it is not there.
	 */
	return all && READ_ONCE(all->forwarding) &&
	       nflb_packet_read_ipv6(skb, pkt);
}

/* A packet of a flow in the fast path, if it is one that can be read. */
static __always_inline unsigned int
nflb_ingress_pass(struct nflb_net *nn, struct sk_buff *skb,
		  struct nflb_fast_dir *dir, const u8 family)
{
	struct nflb_packet pkt __uninitialized;
	struct nflb_way way __uninitialized;
	unsigned int verdict;

	if (!nflb_ingress_read(nn, skb, &pkt, family))
		return NF_ACCEPT;
	way.fast = nflb_fast_of(dir);
	way.dir = dir;
	if (unlikely(nflb_packet_is_syn(&pkt)) &&
	    !nflb_flow_is_express(&way.fast->flow))
		return NF_ACCEPT;
	way.backend = READ_ONCE(way.fast->flow.backend);
	way.to = &way.fast->ct->tuplehash[!dir->idx].tuple;
	if (!nflb_ingress_is_open(&way) ||
	    !nflb_ingress_find_way(nn, &way, skb, &pkt, family) ||
	    !nflb_way_prepare(nn, skb, &pkt, &way, family))
		return nflb_ingress_leave(&way, &pkt);
	if (!nflb_ingress_track(nn, skb, &pkt, &way, &verdict))
		return verdict == NF_ACCEPT ?
			       nflb_express_reopen(nn, skb, &pkt) : verdict;
	nflb_flow_charge(&way.fast->flow, way.backend, skb,
			 dir->idx == IP_CT_DIR_REPLY);
	nflb_way_translate(nn, skb, &pkt, &way, family);
	nflb_way_send(skb, &way);
	return NF_STOLEN;
}

/* A packet of no flow is not to pay for the stack of those that are of one. */
static noinline unsigned int nflb_ingress_pass_ipv4(struct nflb_net *nn,
						    struct sk_buff *skb,
						    struct nflb_fast_dir *dir)
{
	return nflb_ingress_pass(nn, skb, dir, AF_INET);
}

static noinline unsigned int nflb_ingress_pass_ipv6(struct nflb_net *nn,
						    struct sk_buff *skb,
						    struct nflb_fast_dir *dir)
{
	return nflb_ingress_pass(nn, skb, dir, AF_INET6);
}

/* Maybe the first packet of a flow, or one of a flow that is not found yet. */
static noinline unsigned int nflb_ingress_open(struct nflb_net *nn,
					       struct sk_buff *skb, u8 family)
{
	struct nflb_packet pkt __uninitialized;
	struct nflb_fast_dir *dir = NULL;
	unsigned int verdict;

	if (!nflb_ingress_read(nn, skb, &pkt, family))
		return NF_ACCEPT;
	verdict = nflb_express_open(nn, skb, &pkt, &dir);
	if (!dir)
		return verdict;
	return family == AF_INET ? nflb_ingress_pass_ipv4(nn, skb, dir) :
				   nflb_ingress_pass_ipv6(nn, skb, dir);
}

static unsigned int nflb_ingress_ipv4(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;

	if (!nflb_ingress_has(skb, sizeof(struct iphdr)))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv4(nn, ip_hdr(skb));
	if (dir)
		return nflb_ingress_pass_ipv4(nn, skb, dir);
	return READ_ONCE(nn->has_express) ?
		       nflb_ingress_open(nn, skb, AF_INET) : NF_ACCEPT;
}

static unsigned int nflb_ingress_ipv6(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;

	if (!nflb_ingress_has(skb, sizeof(struct ipv6hdr)))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv6(nn, ipv6_hdr(skb));
	if (dir)
		return nflb_ingress_pass_ipv6(nn, skb, dir);
	return READ_ONCE(nn->has_express) ?
		       nflb_ingress_open(nn, skb, AF_INET6) : NF_ACCEPT;
}

/**
 * nflb_ingress() - passes on a packet that a device with our hook delivers
 * @priv: struct nflb_net of the device's namespace
 * @skb: the packet
 * @state: the hook
 *
 * Most packets on a host may be none of ours: whether one is of a flow is asked
 * before all else, by what stands where a plain packet has its addresses and
 * ports. Whether it is one is asked only then.
 *
 * Context: softirq, under RCU.
 * Return: NF_STOLEN if the packet has gone its way, NF_DROP if conntrack wants
 * it dropped, else NF_ACCEPT with a packet that the slow path is to judge.
 */
unsigned int nflb_ingress(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return nflb_ingress_ipv4(priv, skb);
	case htons(ETH_P_IPV6):
		return nflb_ingress_ipv6(priv, skb);
	default:
		return NF_ACCEPT;
	}
}
