// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ingress: the fast path.
 *
 * A packet of a flow that the slow path has carried before is translated and
 * handed to its neighbour right where its device delivers it. What is not
 * fully understood here - fragments, options, a TTL that ends, what exceeds
 * the MTU, ICMP - is left untouched to the slow path, and so is the first
 * packet after a change of route, from which nflb_fast_learn() learns the new
 * one, and every packet of a service that is to do without. Packets that
 * change the state of a connection are shown to conntrack first, which so
 * stays the truth of every flow.
 */

#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/route.h>
#include <net/tcp.h>

#include "backend.h"
#include "compat.h"
#include "counters.h"
#include "fast.h"
#include "ingress.h"
#include "net.h"

/**
 * struct nflb_packet - what is read from a packet before it is touched
 * @tuple: addresses, ports and protocol
 * @len: bytes of the IP packet
 * @l4_offset: bytes of its IP header
 * @n_data: TCP: bytes of payload, and one each for SYN and FIN
 * @seq: TCP: sequence number
 * @ack: TCP: acknowledgment number
 * @flags: TCP: flags, as in tcp_flag_byte()
 */
struct nflb_packet {
	struct nf_conntrack_tuple tuple;
	unsigned int len;
	unsigned int l4_offset;
	unsigned int n_data;
	u32 seq;
	u32 ack;
	u8 flags;
};

/**
 * struct nflb_way - the way that a packet takes
 * @fast: its flow
 * @dir: its direction
 * @to: tuple of the other direction, whose inverse it leaves with
 * @backend: whom it is charged to
 * @dst: its route
 * @neigh: its neighbour on the route's device
 */
struct nflb_way {
	struct nflb_fast *fast;
	struct nflb_fast_dir *dir;
	const struct nf_conntrack_tuple *to;
	struct nflb_backend *backend;
	struct dst_entry *dst;
	struct neighbour *neigh;
};

/*
 * Functions that are always inlined have a family that is known when they are
 * compiled: there is one fast path for IPv4 and one for IPv6.
 */

static inline void *nflb_packet_l4(const struct sk_buff *skb,
				   const struct nflb_packet *pkt)
{
	return skb_network_header(skb) + pkt->l4_offset;
}

static bool nflb_packet_read_tcp(struct sk_buff *skb, struct nflb_packet *pkt)
{
	const struct tcphdr *th;
	unsigned int hdr_len;

	if (!pskb_may_pull(skb, pkt->l4_offset + sizeof(*th)))
		return false;
	th = nflb_packet_l4(skb, pkt);
	hdr_len = pkt->l4_offset + 4 * th->doff;
	if (th->doff < sizeof(*th) / 4 || hdr_len > pkt->len)
		return false;
	pkt->tuple.src.u.tcp.port = th->source;
	pkt->tuple.dst.u.tcp.port = th->dest;
	pkt->n_data = pkt->len - hdr_len + th->syn + th->fin;
	pkt->seq = ntohl(th->seq);
	pkt->ack = ntohl(th->ack_seq);
	pkt->flags = tcp_flag_byte(th);
	/* A new connection, maybe with the ports of one that closes. */
	return (pkt->flags & (TCPHDR_SYN | TCPHDR_ACK)) != TCPHDR_SYN;
}

static bool nflb_packet_read_udp(struct sk_buff *skb, struct nflb_packet *pkt)
{
	const struct udphdr *uh;

	if (!pskb_may_pull(skb, pkt->l4_offset + sizeof(*uh)))
		return false;
	uh = nflb_packet_l4(skb, pkt);
	if (ntohs(uh->len) < sizeof(*uh) ||
	    ntohs(uh->len) > pkt->len - pkt->l4_offset)
		return false;
	pkt->tuple.src.u.udp.port = uh->source;
	pkt->tuple.dst.u.udp.port = uh->dest;
	return true;
}

static bool nflb_packet_read_l4(struct sk_buff *skb, struct nflb_packet *pkt)
{
	switch (pkt->tuple.dst.protonum) {
	case IPPROTO_TCP:
		return nflb_packet_read_tcp(skb, pkt);
	case IPPROTO_UDP:
		return nflb_packet_read_udp(skb, pkt);
	default:
		return false;
	}
}

/* What ip_rcv() would drop, and what only the slow path can do. */
static bool nflb_packet_read_ipv4(struct sk_buff *skb, struct nflb_packet *pkt)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = ip_hdr(skb);
	pkt->len = ntohs(iph->tot_len);
	if (iph->version != 4 || iph->ihl != 5 || iph->ttl <= 1 ||
	    ip_is_fragment(iph) || pkt->len > skb->len)
		return false;
	pkt->l4_offset = sizeof(*iph);
	pkt->tuple.src.l3num = AF_INET;
	pkt->tuple.src.u3.ip = iph->saddr;
	pkt->tuple.dst.u3.ip = iph->daddr;
	pkt->tuple.dst.protonum = iph->protocol;
	return nflb_packet_read_l4(skb, pkt);
}

static bool nflb_packet_read_ipv6(struct sk_buff *skb, struct nflb_packet *pkt)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	pkt->len = ntohs(ip6h->payload_len) + sizeof(*ip6h);
	if (ip6h->version != 6 || ip6h->hop_limit <= 1 ||
	    !ip6h->payload_len || pkt->len > skb->len)
		return false;
	pkt->l4_offset = sizeof(*ip6h);
	pkt->tuple.src.l3num = AF_INET6;
	pkt->tuple.src.u3.in6 = ip6h->saddr;
	pkt->tuple.dst.u3.in6 = ip6h->daddr;
	pkt->tuple.dst.protonum = ip6h->nexthdr;
	return nflb_packet_read_l4(skb, pkt);
}

/* Does the slow path have to see to the entry, or to the device? */
static __always_inline bool nflb_way_is_open(const struct nflb_way *way,
					     const struct sk_buff *skb)
{
	const struct nf_conn *ct = way->fast->ct;

	return way->backend && !nflb_fast_is_off(way->fast) &&
	       READ_ONCE(way->dir->iif) == skb->dev->ifindex &&
	       !(READ_ONCE(ct->status) &
		 (IPS_DYING | IPS_FIXED_TIMEOUT | IPS_SEQ_ADJUST)) &&
	       !nf_ct_is_expired(ct);
}

static __always_inline bool nflb_way_fits(const struct nflb_way *way,
					  const struct sk_buff *skb,
					  const struct nflb_packet *pkt,
					  const u8 family)
{
	unsigned int mtu;

	if (family == AF_INET) {
		if (pkt->len <= READ_ONCE(way->dir->mtu))
			return true;
		mtu = ip_dst_mtu_maybe_forward(way->dst, true);
	} else {
		if (pkt->len <= IPV6_MIN_MTU)
			return true;
		mtu = ip6_dst_mtu_maybe_forward(way->dst, true);
	}
	return pkt->len <= mtu || (skb_is_gso(skb) &&
				   skb_gso_validate_network_len(skb, mtu));
}

static __always_inline bool nflb_way_find_neigh(struct nflb_way *way,
						const u8 family)
{
	union nf_inet_addr *daddr = (union nf_inet_addr *)&way->to->src.u3;
	struct net_device *dev = way->dst->dev;
	const struct in6_addr *nexthop6;
	const struct rtable *rt;
	__be32 nexthop;

	if (family == AF_INET) {
		rt = container_of(way->dst, struct rtable, dst);
		nexthop = rt->rt_gw_family ? rt->rt_gw4 : daddr->ip;
		way->neigh = __ipv4_neigh_lookup_noref(dev,
						       (__force u32)nexthop);
	} else {
		nexthop6 = rt6_nexthop(container_of(way->dst, struct rt6_info,
						    dst), &daddr->in6);
		way->neigh = __ipv6_neigh_lookup_noref(dev, nexthop6);
	}
	return way->neigh;
}

/* The next hop, if the route that was learned still holds. */
static __always_inline bool nflb_way_find(struct nflb_way *way,
					  const struct sk_buff *skb,
					  const struct nflb_packet *pkt,
					  const u8 family)
{
	way->dst = READ_ONCE(way->dir->dst);
	return dst_check(way->dst, READ_ONCE(way->dir->dst_cookie)) &&
	       nflb_way_fits(way, skb, pkt, family) &&
	       nflb_way_find_neigh(way, family);
}

/* As conntrack does for the packets that it sees. */
static bool nflb_ingress_verify(struct nflb_net *nn, struct sk_buff *skb,
				const struct nflb_packet *pkt, u8 family)
{
	const struct udphdr *uh = nflb_packet_l4(skb, pkt);
	u8 protocol = pkt->tuple.dst.protonum;

	if (!nn->net->ct.sysctl_checksum ||
	    (protocol == IPPROTO_UDP && !uh->check))
		return true;
	if (family == AF_INET)
		return !nf_ip_checksum(skb, NF_INET_PRE_ROUTING,
				       pkt->l4_offset, protocol);
	return !nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, pkt->l4_offset,
				protocol);
}

/* Makes the headers ours to write, and the packet no longer than it says. */
static __always_inline bool nflb_ingress_prepare(struct nflb_net *nn,
						 struct sk_buff *skb,
						 const struct nflb_packet *pkt,
						 const struct nflb_way *way,
						 const u8 family)
{
	unsigned int hdr_len = pkt->l4_offset + sizeof(struct udphdr);

	if (pkt->tuple.dst.protonum == IPPROTO_TCP)
		hdr_len = pkt->l4_offset + sizeof(struct tcphdr);
	if (family == AF_INET && ip_fast_csum(ip_hdr(skb), 5))
		return false;
	if (skb_headroom(skb) < LL_RESERVED_SPACE(way->dst->dev))
		return false;
	if (skb->len != pkt->len && pskb_trim_rcsum(skb, pkt->len))
		return false;
	if (!skb_csum_unnecessary(skb) &&
	    skb->ip_summed != CHECKSUM_PARTIAL &&
	    !nflb_ingress_verify(nn, skb, pkt, family))
		return false;
	return !skb_ensure_writable(skb, hdr_len);
}

/*
 * Tells conntrack what it has not seen of a connection: it judges resets by
 * that. One right behind its sender's data is in order, acknowledged or not.
 */
static void nflb_ingress_tell_tcp(const struct nflb_way *way,
				  const struct nflb_packet *pkt)
{
	struct nf_conn *ct = way->fast->ct;
	const struct nflb_fast_dir *dir;
	struct ip_ct_tcp_state *seen;
	int i;

	spin_lock_bh(&ct->lock);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		dir = &way->fast->dir[i];
		seen = &ct->proto.tcp.seen[i];
		if (READ_ONCE(dir->has_end))
			seen->td_end = READ_ONCE(dir->seq_end);
		if (READ_ONCE(dir->has_ack)) {
			seen->td_maxack = READ_ONCE(dir->ack);
			seen->flags |= IP_CT_TCP_FLAG_MAXACK_SET;
		}
		/* The window that conntrack knows of; it was wider. */
		if (after(seen->td_end, seen->td_maxend))
			seen->td_maxend = seen->td_end;
	}
	if (pkt->flags & TCPHDR_RST && READ_ONCE(way->dir->has_end) &&
	    pkt->seq == READ_ONCE(way->dir->seq_end))
		ct->proto.tcp.seen[!way->dir->idx].td_maxack = pkt->seq;
	spin_unlock_bh(&ct->lock);
}

static __always_inline bool
nflb_ingress_is_change(const struct nf_conn *ct, const struct nflb_packet *pkt)
{
	const u8 mask = TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST | TCPHDR_ACK;
	unsigned long status = READ_ONCE(ct->status);
	bool is_unsure;

	is_unsure = (status & (IPS_SEEN_REPLY | IPS_ASSURED)) ==
		    IPS_SEEN_REPLY;
	if (pkt->tuple.dst.protonum == IPPROTO_TCP)
		return (pkt->flags & mask) != TCPHDR_ACK || is_unsure ||
		       READ_ONCE(ct->proto.tcp.state) !=
			       TCP_CONNTRACK_ESTABLISHED;
	/* Conntrack calls a flow assured that lives on after two seconds. */
	return is_unsure &&
	       time_after(jiffies, READ_ONCE(ct->proto.udp.stream_ts));
}

/* Has each end acknowledged all that the other one has sent? */
static bool nflb_ingress_is_acked(const struct nflb_fast *fast)
{
	const struct nflb_fast_dir *dir = fast->dir;

	return !before(READ_ONCE(dir[0].ack), READ_ONCE(dir[1].seq_end)) &&
	       !before(READ_ONCE(dir[1].ack), READ_ONCE(dir[0].seq_end));
}

static u32 nflb_ingress_timeout(const struct nflb_net *nn, u8 protocol,
				bool is_long)
{
	const struct nf_ip_net *proto = &nn->net->ct.nf_ct_proto;
	u32 established;

	if (protocol == IPPROTO_UDP)
		return READ_ONCE(proto->udp.timeouts[is_long ?
						     UDP_CT_REPLIED :
						     UDP_CT_UNREPLIED]);
	established = READ_ONCE(proto->tcp.timeouts[TCP_CONNTRACK_ESTABLISHED]);
	if (is_long)
		return established;
	return min(established,
		   READ_ONCE(proto->tcp.timeouts[TCP_CONNTRACK_UNACK]));
}

/* What conntrack does for a packet that changes nothing. */
static __always_inline void
nflb_ingress_refresh(const struct nflb_net *nn, const struct nflb_packet *pkt,
		     const struct nflb_way *way)
{
	u8 protocol = pkt->tuple.dst.protonum;
	struct nflb_fast *fast = way->fast;
	struct nf_conn *ct = fast->ct;
	bool is_long;
	u32 stamp;

	is_long = protocol == IPPROTO_TCP ? nflb_ingress_is_acked(fast) :
		  test_bit(IPS_ASSURED_BIT, &ct->status);
	stamp = nfct_time_stamp << 1 | is_long;
	if (READ_ONCE(fast->stamp) != stamp) {
		WRITE_ONCE(fast->stamp, stamp);
		WRITE_ONCE(ct->timeout, nfct_time_stamp +
			   nflb_ingress_timeout(nn, protocol, is_long));
	}
	if (nf_conn_acct_find(ct))
		nf_ct_acct_update(ct, way->dir->idx, pkt->len);
}

/*
 * Shows the packet to conntrack, as PRE_ROUTING would. If false, *verdict is
 * what becomes of it.
 */
static bool nflb_ingress_show(struct nflb_net *nn, struct sk_buff *skb,
			      const struct nflb_packet *pkt,
			      const struct nflb_way *way, unsigned int *verdict)
{
	struct nf_conn *ct = way->fast->ct;
	enum ip_conntrack_info ctinfo;
	struct nf_hook_state state;

	if (pkt->tuple.dst.protonum == IPPROTO_TCP)
		nflb_ingress_tell_tcp(way, pkt);
	nf_hook_state_init(&state, NF_INET_PRE_ROUTING,
			   pkt->tuple.src.l3num == AF_INET ? NFPROTO_IPV4 :
							     NFPROTO_IPV6,
			   skb->dev, NULL, NULL, nn->net, NULL);
	*verdict = nf_conntrack_in(skb, &state);
	if (*verdict != NF_ACCEPT || nf_ct_get(skb, &ctinfo) != ct)
		return false;
	/* Not before the end of the slow path, otherwise. */
	nf_ct_deliver_cached_events(ct);
	nflb_flow_check_closed(ct, &way->fast->flow, way->backend);
	return true;
}

/* Keeps the entry as true as if the packet had gone the slow path. */
static __always_inline bool
nflb_ingress_track(struct nflb_net *nn, struct sk_buff *skb,
		   const struct nflb_packet *pkt, const struct nflb_way *way,
		   unsigned int *verdict)
{
	if (pkt->tuple.dst.protonum == IPPROTO_TCP &&
	    !(pkt->flags & TCPHDR_RST))
		nflb_fast_note_tcp(way->dir, pkt->seq, pkt->n_data, pkt->ack,
				   pkt->flags & TCPHDR_ACK);
	if (unlikely(nflb_ingress_is_change(way->fast->ct, pkt)))
		return nflb_ingress_show(nn, skb, pkt, way, verdict);
	nflb_ingress_refresh(nn, pkt, way);
	return true;
}

/* A checksum over data that has changed by diff. */
static inline __sum16 nflb_ingress_patch(__sum16 check, __sum16 diff)
{
	return csum_fold(csum_add(~csum_unfold(check), csum_unfold(diff)));
}

/*
 * If the device is to complete the checksum, it covers the pseudo header so
 * far, not inverted; the ports are summed up later.
 */
static inline __sum16 nflb_ingress_patch_l4(const struct sk_buff *skb,
					    __sum16 check,
					    const struct nflb_fast_dir *dir)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return nflb_ingress_patch(check, dir->all_diff);
	return ~csum_fold(csum_add(csum_unfold(check),
				   csum_unfold(dir->addr_diff)));
}

static __always_inline void
nflb_ingress_translate_ipv4(struct nflb_net *nn, struct sk_buff *skb,
			    const struct nflb_way *way)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->saddr = way->to->dst.u3.ip;
	iph->daddr = way->to->src.u3.ip;
	iph->check = nflb_ingress_patch(iph->check, way->dir->addr_diff);
	ip_decrease_ttl(iph);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	IPCB(skb)->flags = IPSKB_FORWARDED;
	if (READ_ONCE(nn->net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(iph->tos);
}

static __always_inline void
nflb_ingress_translate_ipv6(struct sk_buff *skb, const struct nflb_way *way)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	ip6h->saddr = way->to->dst.u3.in6;
	ip6h->daddr = way->to->src.u3.in6;
	ip6h->hop_limit--;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
}

static __always_inline void
nflb_ingress_translate_l4(struct sk_buff *skb, const struct nflb_packet *pkt,
			  const struct nflb_way *way)
{
	struct tcphdr *th = nflb_packet_l4(skb, pkt);
	struct udphdr *uh = nflb_packet_l4(skb, pkt);

	/* The ports stand in the same place. */
	uh->source = way->to->dst.u.all;
	uh->dest = way->to->src.u.all;
	if (pkt->tuple.dst.protonum == IPPROTO_TCP) {
		th->check = nflb_ingress_patch_l4(skb, th->check, way->dir);
	} else if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) {
		uh->check = nflb_ingress_patch_l4(skb, uh->check, way->dir);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
	}
}

/* The rest of what ip_forward() and ip_output() do. */
static inline void nflb_ingress_send(struct sk_buff *skb,
				     const struct nflb_way *way)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, way->dst);
	skb->dev = way->dst->dev;
	neigh_output(way->neigh, skb, false);
}

/* Leaves the packet to the slow path, where conntrack is to judge it. */
static unsigned int nflb_ingress_leave(const struct nflb_way *way,
				       const struct nflb_packet *pkt)
{
	if (pkt->tuple.dst.protonum == IPPROTO_TCP &&
	    !nf_ct_is_dying(way->fast->ct))
		nflb_ingress_tell_tcp(way, pkt);
	return NF_ACCEPT;
}

/* A packet of a flow in the fast path. */
static __always_inline unsigned int
nflb_ingress_pass(struct nflb_net *nn, struct sk_buff *skb,
		  const struct nflb_packet *pkt, struct nflb_fast_dir *dir,
		  const u8 family)
{
	struct nflb_way way = {
		.fast = nflb_fast_of(dir),
		.dir = dir,
	};
	unsigned int verdict;

	way.backend = READ_ONCE(way.fast->flow.backend);
	way.to = &way.fast->ct->tuplehash[!dir->idx].tuple;
	if (!nflb_way_is_open(&way, skb) ||
	    !nflb_way_find(&way, skb, pkt, family) ||
	    !nflb_ingress_prepare(nn, skb, pkt, &way, family))
		return nflb_ingress_leave(&way, pkt);
	if (!nflb_ingress_track(nn, skb, pkt, &way, &verdict))
		return verdict;
	nflb_flow_charge(&way.fast->flow, way.backend, skb,
			 dir->idx == IP_CT_DIR_REPLY);
	if (family == AF_INET)
		nflb_ingress_translate_ipv4(nn, skb, &way);
	else
		nflb_ingress_translate_ipv6(skb, &way);
	nflb_ingress_translate_l4(skb, pkt, &way);
	nflb_ingress_send(skb, &way);
	return NF_STOLEN;
}

static unsigned int nflb_ingress_ipv4(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;
	struct nflb_packet pkt;

	if (!nflb_packet_read_ipv4(skb, &pkt))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv4(nn, &pkt.tuple);
	if (!dir)
		return NF_ACCEPT;
	return nflb_ingress_pass(nn, skb, &pkt, dir, AF_INET);
}

static unsigned int nflb_ingress_ipv6(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;
	struct nflb_packet pkt;

	/* When that is switched off, IPv6's routes stay as they are. */
	if (!READ_ONCE(nn->net->ipv6.devconf_all->forwarding) ||
	    !nflb_packet_read_ipv6(skb, &pkt))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv6(nn, &pkt.tuple);
	if (!dir)
		return NF_ACCEPT;
	return nflb_ingress_pass(nn, skb, &pkt, dir, AF_INET6);
}

/* To us alone, whole, and from the wire as it is. */
static bool nflb_ingress_is_plain(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_shared(skb) &&
	       !skb_vlan_tag_present(skb) && !skb_sec_path(skb) &&
	       !skb_nfct(skb) &&
	       !(skb_shinfo(skb)->gso_size && !skb_shinfo(skb)->gso_type);
}

/**
 * nflb_ingress() - passes on a packet that a device with our hook delivers
 * @priv: struct nflb_net of the device's namespace
 * @skb: the packet
 * @state: the hook
 *
 * Context: softirq, under RCU.
 * Return: NF_STOLEN if the packet has gone its way, NF_DROP if conntrack wants
 * it dropped, else NF_ACCEPT with a packet that the slow path is to judge.
 */
unsigned int nflb_ingress(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	struct nflb_net *nn = priv;

	if (!atomic_read(&nn->fast.nelems) || !nflb_ingress_is_plain(skb))
		return NF_ACCEPT;
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return nflb_ingress_ipv4(nn, skb);
	case htons(ETH_P_IPV6):
		return nflb_ingress_ipv6(nn, skb);
	default:
		return NF_ACCEPT;
	}
}
