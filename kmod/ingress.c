// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ingress: the fast path.
 *
 * A packet of a flow that the slow path has carried before is translated and
 * handed to its neighbour right where its device delivers it. What is not
 * fully understood here - fragments, options, a TTL that ends, what exceeds
 * the MTU, ICMP - is left untouched to the slow path, and so is the first
 * packet after a change of route, from which nflb_fast_learn() learns the new
 * one. Packets that change the state of a connection are shown to conntrack
 * first, which so stays the truth of every flow.
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
 * @n_data: TCP: bytes of payload
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
 * struct nflb_hop - where a packet goes next
 * @dst: its route
 * @neigh: its neighbour on the route's device
 */
struct nflb_hop {
	struct dst_entry *dst;
	struct neighbour *neigh;
};

static void *nflb_packet_l4(const struct sk_buff *skb,
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
	pkt->n_data = pkt->len - hdr_len;
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
	    ip_is_fragment(iph) || pkt->len > skb->len ||
	    ip_fast_csum(iph, 5))
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

static bool nflb_hop_find_neigh_ipv4(struct nflb_hop *hop, __be32 daddr)
{
	const struct rtable *rt = container_of(hop->dst, struct rtable, dst);
	__be32 nexthop = rt->rt_gw_family == AF_INET ? rt->rt_gw4 : daddr;

	hop->neigh = __ipv4_neigh_lookup_noref(hop->dst->dev,
					       (__force u32)nexthop);
	return hop->neigh;
}

static bool nflb_hop_find_neigh_ipv6(struct nflb_hop *hop,
				     struct in6_addr *daddr)
{
	struct rt6_info *rt = container_of(hop->dst, struct rt6_info, dst);

	hop->neigh = __ipv6_neigh_lookup_noref(hop->dst->dev,
					       rt6_nexthop(rt, daddr));
	return hop->neigh;
}

static unsigned int nflb_hop_mtu(const struct nflb_hop *hop, u8 family)
{
	if (family == AF_INET)
		return ip_dst_mtu_maybe_forward(hop->dst, true);
	return ip6_dst_mtu_maybe_forward(hop->dst, true);
}

static bool nflb_hop_fits(const struct nflb_hop *hop, const struct sk_buff *skb,
			  const struct nflb_packet *pkt)
{
	unsigned int mtu = nflb_hop_mtu(hop, pkt->tuple.src.l3num);

	return pkt->len <= mtu || (skb_is_gso(skb) &&
				   skb_gso_validate_network_len(skb, mtu));
}

/* The next hop, if the route that was learned still holds. */
static bool nflb_hop_find(struct nflb_hop *hop, const struct sk_buff *skb,
			  const struct nflb_packet *pkt,
			  const struct nflb_fast_dir *dir)
{
	struct nf_conn *ct = nflb_fast_of((struct nflb_fast_dir *)dir)->ct;
	union nf_inet_addr *to = &ct->tuplehash[!dir->idx].tuple.src.u3;

	hop->dst = READ_ONCE(dir->dst);
	if (!dst_check(hop->dst, READ_ONCE(dir->dst_cookie)) ||
	    !nflb_hop_fits(hop, skb, pkt))
		return false;
	if (pkt->tuple.src.l3num == AF_INET)
		return nflb_hop_find_neigh_ipv4(hop, to->ip);
	return nflb_hop_find_neigh_ipv6(hop, &to->in6);
}

/* As conntrack does for the packets that it sees. */
static bool nflb_ingress_checksum_is_good(struct nflb_net *nn,
					  struct sk_buff *skb,
					  const struct nflb_packet *pkt)
{
	const struct udphdr *uh = nflb_packet_l4(skb, pkt);
	u8 protocol = pkt->tuple.dst.protonum;

	if (skb_csum_unnecessary(skb) || skb->ip_summed == CHECKSUM_PARTIAL ||
	    !nn->net->ct.sysctl_checksum)
		return true;
	if (protocol == IPPROTO_UDP && !uh->check)
		return true;
	if (pkt->tuple.src.l3num == AF_INET)
		return !nf_ip_checksum(skb, NF_INET_PRE_ROUTING,
				       pkt->l4_offset, protocol);
	return !nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, pkt->l4_offset,
				protocol);
}

/* Makes the headers ours to write, and nothing more of the packet than is. */
static bool nflb_ingress_prepare(struct nflb_net *nn, struct sk_buff *skb,
				 const struct nflb_packet *pkt,
				 const struct nflb_hop *hop)
{
	unsigned int hdr_len = pkt->l4_offset + sizeof(struct udphdr);

	if (pkt->tuple.dst.protonum == IPPROTO_TCP)
		hdr_len = pkt->l4_offset + sizeof(struct tcphdr);
	if (skb_headroom(skb) < LL_RESERVED_SPACE(hop->dst->dev))
		return false;
	return !pskb_trim_rcsum(skb, pkt->len) &&
	       nflb_ingress_checksum_is_good(nn, skb, pkt) &&
	       !skb_ensure_writable(skb, hdr_len);
}

/* Keeps what conntrack would know of the data had it seen the packet. */
static void nflb_ingress_note_tcp(struct nflb_fast_dir *dir,
				  const struct nflb_packet *pkt)
{
	u32 end = pkt->seq + pkt->n_data;

	if (after(end, READ_ONCE(dir->seq_end)))
		WRITE_ONCE(dir->seq_end, end);
	if (after(pkt->ack, READ_ONCE(dir->ack)))
		WRITE_ONCE(dir->ack, pkt->ack);
}

/* And tells conntrack, which judges a reset by it. */
static void nflb_ingress_tell_tcp(struct nflb_fast *fast)
{
	struct nf_conn *ct = fast->ct;
	struct ip_ct_tcp_state *seen;
	int i;

	spin_lock_bh(&ct->lock);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		seen = &ct->proto.tcp.seen[i];
		if (after(READ_ONCE(fast->dir[i].seq_end), seen->td_end))
			seen->td_end = READ_ONCE(fast->dir[i].seq_end);
		if (after(READ_ONCE(fast->dir[i].ack), seen->td_maxack))
			seen->td_maxack = READ_ONCE(fast->dir[i].ack);
	}
	spin_unlock_bh(&ct->lock);
}

static bool nflb_ingress_changes_tcp(const struct nf_conn *ct,
				     const struct nflb_packet *pkt)
{
	const u8 mask = TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST | TCPHDR_ACK;

	return (pkt->flags & mask) != TCPHDR_ACK ||
	       READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_ESTABLISHED;
}

/* Conntrack calls a flow assured that is still alive after two seconds. */
static bool nflb_ingress_changes_udp(const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	return (status & (IPS_SEEN_REPLY | IPS_ASSURED)) == IPS_SEEN_REPLY &&
	       time_after(jiffies, READ_ONCE(ct->proto.udp.stream_ts));
}

static unsigned int nflb_ingress_timeout(const struct nflb_net *nn,
					 const struct nflb_fast *fast)
{
	const struct nflb_fast_dir *dir = fast->dir;
	const struct nf_conn *ct = fast->ct;
	const unsigned int *timeouts;
	bool is_acked;

	if (nf_ct_protonum(ct) == IPPROTO_UDP) {
		timeouts = nn->net->ct.nf_ct_proto.udp.timeouts;
		return READ_ONCE(timeouts[test_bit(IPS_ASSURED_BIT,
						   &ct->status) ?
					  UDP_CT_REPLIED : UDP_CT_UNREPLIED]);
	}
	timeouts = nn->net->ct.nf_ct_proto.tcp.timeouts;
	is_acked = READ_ONCE(dir[0].seq_end) == READ_ONCE(dir[1].ack) &&
		   READ_ONCE(dir[1].seq_end) == READ_ONCE(dir[0].ack);
	if (is_acked)
		return READ_ONCE(timeouts[TCP_CONNTRACK_ESTABLISHED]);
	return min(READ_ONCE(timeouts[TCP_CONNTRACK_UNACK]),
		   READ_ONCE(timeouts[TCP_CONNTRACK_ESTABLISHED]));
}

/* What conntrack does for a packet that changes nothing. */
static void nflb_ingress_refresh(const struct nflb_net *nn,
				 const struct sk_buff *skb,
				 const struct nflb_packet *pkt,
				 struct nflb_fast_dir *dir)
{
	struct nflb_fast *fast = nflb_fast_of(dir);
	u32 timeout = nfct_time_stamp + nflb_ingress_timeout(nn, fast);
	struct nf_conn *ct = fast->ct;

	if (READ_ONCE(ct->timeout) != timeout)
		WRITE_ONCE(ct->timeout, timeout);
	if (nf_conn_acct_find(ct))
		nf_ct_acct_update(ct, dir->idx, pkt->len);
}

/* Shows the packet to conntrack; false if it does not take it for the flow's */
static bool nflb_ingress_show(struct nflb_net *nn, struct sk_buff *skb,
			      const struct nflb_packet *pkt,
			      struct nflb_fast_dir *dir, unsigned int *verdict)
{
	struct nflb_fast *fast = nflb_fast_of(dir);
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);
	enum ip_conntrack_info ctinfo;
	struct nf_hook_state state;

	nf_hook_state_init(&state, NF_INET_PRE_ROUTING,
			   pkt->tuple.src.l3num == AF_INET ? NFPROTO_IPV4 :
							     NFPROTO_IPV6,
			   skb->dev, NULL, NULL, nn->net, NULL);
	*verdict = nf_conntrack_in(skb, &state);
	if (*verdict != NF_ACCEPT || nf_ct_get(skb, &ctinfo) != fast->ct)
		return false;
	if (backend)
		nflb_flow_check_closed(fast->ct, &fast->flow, backend);
	return true;
}

/*
 * Keeps the entry as true as if the packet had gone the slow path. If false,
 * *verdict is what becomes of it.
 */
static bool nflb_ingress_track(struct nflb_net *nn, struct sk_buff *skb,
			       const struct nflb_packet *pkt,
			       struct nflb_fast_dir *dir, unsigned int *verdict)
{
	struct nflb_fast *fast = nflb_fast_of(dir);
	bool is_change;

	if (pkt->tuple.dst.protonum == IPPROTO_TCP) {
		nflb_ingress_note_tcp(dir, pkt);
		is_change = nflb_ingress_changes_tcp(fast->ct, pkt);
		if (is_change)
			nflb_ingress_tell_tcp(fast);
	} else {
		is_change = nflb_ingress_changes_udp(fast->ct);
	}
	if (is_change)
		return nflb_ingress_show(nn, skb, pkt, dir, verdict);
	nflb_ingress_refresh(nn, skb, pkt, dir);
	return true;
}

/* A checksum over data that has changed by diff. */
static __sum16 nflb_ingress_patch(__sum16 check, __sum16 diff)
{
	return csum_fold(csum_add(~csum_unfold(check), csum_unfold(diff)));
}

/*
 * If the device is to complete the checksum, it covers the pseudo header so
 * far, not inverted; the ports are summed up later.
 */
static __sum16 nflb_ingress_patch_l4(const struct sk_buff *skb, __sum16 check,
				     const struct nflb_fast_dir *dir)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return nflb_ingress_patch(check, dir->all_diff);
	return ~csum_fold(csum_add(csum_unfold(check),
				   csum_unfold(dir->addr_diff)));
}

static void nflb_ingress_translate_tcp(struct sk_buff *skb, struct tcphdr *th,
				       const struct nf_conntrack_tuple *to,
				       const struct nflb_fast_dir *dir)
{
	th->source = to->dst.u.tcp.port;
	th->dest = to->src.u.tcp.port;
	th->check = nflb_ingress_patch_l4(skb, th->check, dir);
}

static void nflb_ingress_translate_udp(struct sk_buff *skb, struct udphdr *uh,
				       const struct nf_conntrack_tuple *to,
				       const struct nflb_fast_dir *dir)
{
	uh->source = to->dst.u.udp.port;
	uh->dest = to->src.u.udp.port;
	if (!uh->check && skb->ip_summed != CHECKSUM_PARTIAL)
		return;
	uh->check = nflb_ingress_patch_l4(skb, uh->check, dir);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

static void nflb_ingress_translate_ipv4(struct sk_buff *skb,
					const struct nf_conntrack_tuple *to,
					const struct nflb_fast_dir *dir)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->saddr = to->dst.u3.ip;
	iph->daddr = to->src.u3.ip;
	iph->check = nflb_ingress_patch(iph->check, dir->addr_diff);
	ip_decrease_ttl(iph);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	IPCB(skb)->flags = IPSKB_FORWARDED;
	skb->priority = rt_tos2priority(iph->tos);
}

static void nflb_ingress_translate_ipv6(struct sk_buff *skb,
					const struct nf_conntrack_tuple *to)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	ip6h->saddr = to->dst.u3.in6;
	ip6h->daddr = to->src.u3.in6;
	ip6h->hop_limit--;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
}

/* A direction's new addresses are those that the other one comes from. */
static void nflb_ingress_translate(struct sk_buff *skb,
				   const struct nflb_packet *pkt,
				   struct nflb_fast_dir *dir)
{
	const struct nf_conntrack_tuple *to;

	to = &nflb_fast_of(dir)->ct->tuplehash[!dir->idx].tuple;
	if (pkt->tuple.src.l3num == AF_INET)
		nflb_ingress_translate_ipv4(skb, to, dir);
	else
		nflb_ingress_translate_ipv6(skb, to);
	if (pkt->tuple.dst.protonum == IPPROTO_TCP)
		nflb_ingress_translate_tcp(skb, nflb_packet_l4(skb, pkt), to,
					   dir);
	else
		nflb_ingress_translate_udp(skb, nflb_packet_l4(skb, pkt), to,
					   dir);
}

/* The rest of what ip_forward() and ip_output() do. */
static void nflb_ingress_send(struct sk_buff *skb, const struct nflb_hop *hop)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, hop->dst);
	skb->dev = hop->dst->dev;
	neigh_output(hop->neigh, skb, false);
}

/* A packet of a flow in the fast path. */
static unsigned int nflb_ingress_pass(struct nflb_net *nn, struct sk_buff *skb,
				      const struct nflb_packet *pkt,
				      struct nflb_fast_dir *dir)
{
	struct nflb_fast *fast = nflb_fast_of(dir);
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);
	unsigned int verdict;
	struct nflb_hop hop;

	if (!backend || READ_ONCE(dir->iif) != skb->dev->ifindex ||
	    nf_ct_is_dying(fast->ct))
		return NF_ACCEPT;
	if (!nflb_hop_find(&hop, skb, pkt, dir) ||
	    !nflb_ingress_prepare(nn, skb, pkt, &hop))
		return NF_ACCEPT;
	if (!nflb_ingress_track(nn, skb, pkt, dir, &verdict))
		return verdict;
	nflb_flow_charge(&fast->flow, backend, skb,
			 dir->idx == IP_CT_DIR_REPLY);
	nflb_ingress_translate(skb, pkt, dir);
	nflb_ingress_send(skb, &hop);
	return NF_STOLEN;
}

static unsigned int nflb_ingress_ipv4(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;
	struct nflb_packet pkt;

	if (!nflb_packet_read_ipv4(skb, &pkt))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv4(nn, &pkt.tuple);
	return dir ? nflb_ingress_pass(nn, skb, &pkt, dir) : NF_ACCEPT;
}

static unsigned int nflb_ingress_ipv6(struct nflb_net *nn, struct sk_buff *skb)
{
	struct nflb_fast_dir *dir;
	struct nflb_packet pkt;

	if (!nflb_packet_read_ipv6(skb, &pkt))
		return NF_ACCEPT;
	dir = nflb_fast_find_ipv6(nn, &pkt.tuple);
	return dir ? nflb_ingress_pass(nn, skb, &pkt, dir) : NF_ACCEPT;
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
	if (!nflb_ingress_is_plain(skb))
		return NF_ACCEPT;
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return nflb_ingress_ipv4(priv, skb);
	case htons(ETH_P_IPV6):
		return nflb_ingress_ipv6(priv, skb);
	default:
		return NF_ACCEPT;
	}
}
