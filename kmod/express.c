// SPDX-License-Identifier: GPL-2.0-only
/*
 * Express: flows that are opened where their first packet comes in.
 *
 * For services that ask for it, the first packet is balanced at the ingress of
 * its device: the same decision, a conntrack entry made ready and put into the
 * kernel's table, a route, and the packet goes. No rule of the host has seen
 * it. What asks for more than that - a client that is the backend's neighbour,
 * a route that does more than forward, a backend's device without our hook,
 * another flow with the same ports at the backend - is left to the slow path,
 * which opens the flow as usual.
 */

#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "backend.h"
#include "bind.h"
#include "core.h"
#include "device.h"
#include "express.h"
#include "fast.h"
#include "flow.h"
#include "match.h"
#include "net.h"
#include "snapshot.h"
#include "track.h"
#include "way.h"

/**
 * struct nflb_opening - a flow that is about to be opened
 * @orig: tuple of its first packet
 * @reply: tuple of the answers
 * @tuple: what the first packet says
 * @dec: what becomes of the flow
 * @backend: the chosen one
 */
struct nflb_opening {
	struct nf_conntrack_tuple orig;
	struct nf_conntrack_tuple reply;
	struct nflb_tuple tuple;
	struct nflb_decision dec;
	struct nflb_backend *backend;
};

/* IPsec asks for more than a route says before the packet is forwarded. */
static bool nflb_express_has_policies(const struct net *net)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[XFRM_POLICY_FWD] ||
	       net->xfrm.policy_count[XFRM_POLICY_OUT] ||
	       net->xfrm.policy_default[XFRM_POLICY_FWD] ==
		       XFRM_USERPOLICY_BLOCK ||
	       net->xfrm.policy_default[XFRM_POLICY_OUT] ==
		       XFRM_USERPOLICY_BLOCK;
#else
	return false;
#endif
}

/* Rules that look at ports would see those before the translation. */
static bool nflb_express_has_port_rules(const struct net *net)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	return net->ipv4.fib_rules_require_fldissect;
#else
	return false;
#endif
}

/* Packets of such a device are for the one that it is a part of. */
static bool nflb_express_is_port(const struct net_device *dev)
{
	return netif_is_l3_slave(dev) || netif_is_any_bridge_port(dev) ||
	       netif_is_lag_port(dev);
}

static bool nflb_express_route_ipv4(struct sk_buff *skb,
				    const struct nf_conntrack_tuple *from,
				    const struct nf_conntrack_tuple *to)
{
	return !nflb_express_has_port_rules(dev_net(skb->dev)) &&
	       !ip_route_input_noref(skb, to->src.u3.ip, from->src.u3.ip,
				     ip_hdr(skb)->tos, skb->dev);
}

static bool nflb_express_route_ipv6(struct sk_buff *skb,
				    const struct nf_conntrack_tuple *from,
				    const struct nf_conntrack_tuple *to)
{
	const int refused = IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
			    IPV6_ADDR_LINKLOCAL;
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);
	int type = ipv6_addr_type(&from->src.u3.in6);
	struct flowi6 fl = {
		.flowi6_iif = skb->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = from->dst.protonum,
		.flowlabel = ip6_flowinfo(ipv6_hdr(skb)),
		.saddr = from->src.u3.in6,
		.daddr = to->src.u3.in6,
		.fl6_sport = from->src.u.all,
		.fl6_dport = to->src.u.all,
	};

	/* What ip6_rcv_core() drops, and ip6_forward() does not forward. */
	if (!idev || READ_ONCE(idev->cnf.disable_ipv6) ||
	    type == IPV6_ADDR_ANY || type & refused)
		return false;
	skb_dst_set_noref(skb,
			  ip6_route_input_lookup(dev_net(skb->dev), skb->dev,
						 &fl, skb,
						 RT6_LOOKUP_F_HAS_SADDR |
						 RT6_LOOKUP_F_DST_NOREF));
	return true;
}

/*
 * Gives the packet the route that it would have after its translation. If
 * false, it is left without one.
 */
static bool nflb_express_route(struct sk_buff *skb,
			       const struct nf_conntrack_tuple *from,
			       const struct nf_conntrack_tuple *to)
{
	u8 family = from->src.l3num;
	bool is_found;

	/* What a tunnel says of the packet stands in place of a route. */
	if (skb_dst(skb) || nflb_express_is_port(skb->dev) ||
	    nflb_express_has_policies(dev_net(skb->dev)))
		return false;
	is_found = family == AF_INET ? nflb_express_route_ipv4(skb, from, to) :
				       nflb_express_route_ipv6(skb, from, to);
	if (is_found && nflb_fast_route_is_plain(skb_dst(skb), family))
		return true;
	skb_dst_drop(skb);
	return false;
}

/**
 * nflb_express_find_route() - finds the route of an express flow's packet
 * @nn: the namespace
 * @dir: the packet's direction, whose route is not known or holds no more
 * @skb: the packet
 *
 * Context: softirq, under RCU.
 * Return: the route, which stays until RCU is left, or NULL.
 */
struct dst_entry *nflb_express_find_route(struct nflb_net *nn,
					  struct nflb_fast_dir *dir,
					  struct sk_buff *skb)
{
	struct nflb_fast *fast = nflb_fast_of(dir);
	const struct nf_conntrack_tuple_hash *tuple = fast->ct->tuplehash;
	struct dst_entry *dst;

	if (!nflb_flow_is_express(&fast->flow) ||
	    !nflb_express_route(skb, &tuple[dir->idx].tuple,
				&tuple[!dir->idx].tuple))
		return NULL;
	dst = skb_dst(skb);
	nflb_fast_route(nn, fast, skb, dir->idx);
	skb_dst_drop(skb);
	return dst;
}

/* The rest of the tuple; where the packet goes is there. */
static void nflb_express_read(const struct sk_buff *skb,
			      const struct nflb_packet *pkt,
			      struct nflb_tuple *tuple)
{
	const struct udphdr *uh = nflb_packet_l4(skb, pkt);

	nflb_packet_src(skb, pkt->family, &tuple->src);
	tuple->protocol = pkt->protocol;
	/* The ports stand in the same place in TCP. */
	tuple->src_port = ntohs(uh->source);
	tuple->dst_port = ntohs(uh->dest);
}

static void nflb_express_set_reply(struct nflb_opening *opening)
{
	const struct nflb_service *service = opening->dec.service;
	struct nf_conntrack_tuple *reply = &opening->reply;

	*reply = (struct nf_conntrack_tuple) {
		.src.l3num = opening->orig.src.l3num,
		.src.u3 = opening->backend->addr.ip,
		.dst.u3 = opening->orig.src.u3,
		.dst.u.all = opening->orig.src.u.all,
		.dst.protonum = opening->orig.dst.protonum,
		.dst.dir = IP_CT_DIR_REPLY,
	};
	reply->src.u.all =
		htons(nflb_service_backend_port(service,
						opening->tuple.dst_port));
}

/*
 * Does conntrack know the packet's flow? If it is an express flow that was not
 * found by this direction so far, as no answer has come, *dir is that.
 */
static bool nflb_express_is_known(struct nflb_net *nn,
				  const struct nflb_opening *opening,
				  struct nflb_fast_dir **dir)
{
	struct nf_conntrack_tuple_hash *h;
	struct nflb_flow *flow;
	struct nflb_fast *fast;
	struct nf_conn *ct;

	h = nf_conntrack_find_get(nn->net, &nf_ct_zone_dflt, &opening->orig);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	flow = nflb_flow_find(ct);
	if (flow && nflb_flow_is_express(flow) &&
	    NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL) {
		fast = container_of(flow, struct nflb_fast, flow);
		nflb_fast_enter_known(nn, fast);
		if (READ_ONCE(fast->dir[IP_CT_DIR_ORIGINAL].is_entered))
			*dir = &fast->dir[IP_CT_DIR_ORIGINAL];
	}
	nf_ct_put(ct);
	return true;
}

/*
 * Is there a backend for the flow? That it is new, conntrack says when it is
 * given the entry; but a scheduler that takes turns is not to be asked for what
 * comes to nothing, nor is that to count among the flows of a second. What the
 * helper of another flow expects is not for us.
 */
static bool nflb_express_pick(struct nflb_net *nn,
			      const struct nflb_snapshot *snap,
			      struct nflb_opening *opening,
			      struct nflb_fast_dir **dir)
{
	struct nflb_decision *dec = &opening->dec;

	nflb_bind_write(&opening->tuple, &opening->orig);
	if (__nf_ct_expect_find(nn->net, &nf_ct_zone_dflt, &opening->orig))
		return false;
	if ((!dec->pool->sched->is_stable || dec->service->max_rate) &&
	    nflb_express_is_known(nn, opening, dir))
		return false;
	dec->choice.is_dry = false;
	nflb_decide_backend(snap, rcu_dereference(nn->recent), &opening->tuple,
			    dec);
	if (dec->verdict != NFLB_VERDICT_PICKED)
		return false;
	nflb_bind_count_eviction(nn, dec);
	opening->backend = dec->pool->member[dec->choice.member].backend;
	nflb_express_set_reply(opening);
	return true;
}

/* As nflb_bind_src() finds it: its answers would not come back to us. */
static bool nflb_express_is_hairpin(struct nflb_net *nn,
				    const struct sk_buff *skb,
				    const struct nflb_opening *opening)
{
	if (nf_inet_addr_cmp(&opening->reply.src.u3, &opening->reply.dst.u3))
		return true;
	return skb_dst(skb)->dev == skb->dev &&
	       nflb_bind_is_on_link(nn->net, skb->dev, &opening->tuple.src);
}

/* What nf_conntrack_in() gives an entry whose first packet it sees. */
static bool nflb_express_extend(const struct nflb_net *nn, struct nf_conn *ct)
{
	struct nf_conn_tstamp *tstamp;

	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	tstamp = nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	if (tstamp)
		tstamp->start = ktime_get_real_ns();
	nf_ct_labels_ext_add(ct);
	return !nn->net->ct.sysctl_events ||
	       nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
}

/*
 * The state after the first packet. Its options, with the scale of the window,
 * are not read: the entry is liberal, and what is in order is known from the
 * packets of the fast path.
 */
static void nflb_express_set_state(const struct nflb_times *times,
				   const struct nflb_packet *pkt,
				   struct nf_conn *ct)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;

	if (pkt->protocol == IPPROTO_TCP) {
		/* Zero is a SYN in original direction, too. */
		memset(tcp, 0, sizeof(*tcp));
		tcp->state = TCP_CONNTRACK_SYN_SENT;
		nflb_fast_free_windows(ct);
		tcp->seen[0].td_end = pkt->seq + pkt->n_data;
		tcp->seen[0].td_maxend = tcp->seen[0].td_end;
		tcp->seen[0].td_maxwin = 1;
	} else {
		ct->proto.udp.stream_ts = jiffies + 2 * HZ;
	}
	ct->timeout = nfct_time_stamp + nflb_times_find(times, ct);
}

/* An entry as it is after its first packet, but not in the table. */
static struct nf_conn *nflb_express_make_ct(struct nflb_net *nn,
					    const struct nflb_packet *pkt,
					    const struct nflb_opening *opening)
{
	struct nf_conn *ct;

	ct = nf_conntrack_alloc(nn->net, &nf_ct_zone_dflt, &opening->orig,
				&opening->reply, GFP_ATOMIC);
	if (IS_ERR(ct))
		return NULL;
	if (!nflb_express_extend(nn, ct)) {
		nf_conntrack_free(ct);
		return NULL;
	}
	nflb_bind_mark(ct);
	nflb_express_set_state(&opening->dec.service->account->times, pkt,
			       ct);
	return ct;
}

static void nflb_express_tell(struct nf_conn *ct, const struct nflb_packet *pkt)
{
	if (nf_conn_acct_find(ct))
		nf_ct_acct_update(ct, IP_CT_DIR_ORIGINAL, pkt->len);
	if (!nf_ct_ecache_find(ct))
		return;
	if (pkt->protocol == IPPROTO_TCP)
		nf_conntrack_event_cache(IPCT_PROTOINFO, ct);
	nf_conntrack_event_cache(IPCT_HELPER, ct);
	nf_conntrack_event_cache(IPCT_NEW, ct);
	nf_ct_deliver_cached_events(ct);
}

static bool nflb_express_make_flow(struct nflb_net *nn, struct sk_buff *skb,
				   const struct nflb_packet *pkt,
				   const struct nflb_opening *opening,
				   struct nflb_way *way)
{
	struct nf_conn *ct = nflb_express_make_ct(nn, pkt, opening);
	struct nflb_fast *fast;

	if (!ct)
		return false;
	fast = nflb_fast_make(nn, ct, skb);
	if (!fast)
		goto err_free_ct;
	way->fast = fast;
	way->dir = &fast->dir[IP_CT_DIR_ORIGINAL];
	if (pkt->protocol == IPPROTO_TCP)
		nflb_fast_note_tcp(way->dir, pkt->seq, pkt->n_data, 0, false);
	if (!nflb_flow_insert(nn, fast, opening->backend,
			      opening->dec.service->account))
		goto err_free_ct;
	nflb_fast_begin(nn, fast);
	nflb_express_tell(ct, pkt);
	return true;

err_free_ct:
	nf_conntrack_free(ct);
	return false;
}

/*
 * The first packet of a flow of the service, or not. What is for no frontend is
 * not to pay for its stack.
 */
static noinline unsigned int
nflb_express_begin(struct nflb_net *nn, struct sk_buff *skb,
		   const struct nflb_packet *pkt,
		   const struct nflb_snapshot *snap,
		   struct nflb_opening *opening, struct nflb_fast_dir **dir)
{
	u8 family = pkt->family;
	struct nflb_way way = {};

	nflb_express_read(skb, pkt, &opening->tuple);
	nflb_decide_service(snap, &opening->tuple, &opening->dec);
	if (opening->dec.verdict != NFLB_VERDICT_NO_BACKEND ||
	    !nflb_service_is_express(opening->dec.service) ||
	    nflb_synproxy_is_on(&opening->dec.service->account->synproxy) ||
	    !nflb_express_pick(nn, snap, opening, dir) ||
	    !nflb_express_route(skb, &opening->orig, &opening->reply))
		return NF_ACCEPT;

	way.to = &opening->reply;
	way.backend = opening->backend;
	way.dst = skb_dst(skb);
	if (nflb_express_is_hairpin(nn, skb, opening) ||
	    !nflb_way_fits(&way, skb, pkt, 0, family) ||
	    !nflb_way_find_neigh(&way, family) ||
	    !nflb_device_use(nn, way.dst->dev->ifindex) ||
	    !nflb_way_prepare(nn, skb, pkt, &way, family) ||
	    !nflb_express_make_flow(nn, skb, pkt, opening, &way)) {
		skb_dst_drop(skb);
		nflb_express_is_known(nn, opening, dir);
		return NF_ACCEPT;
	}

	nflb_bind_count_pick(nn, &opening->dec);
	nflb_flow_charge(&way.fast->flow, way.backend, skb, false);
	nflb_way_translate(nn, skb, pkt, &way, family);
	nflb_way_send(skb, &way);
	return NF_STOLEN;
}

/**
 * nflb_express_open() - opens a flow with its first packet, and passes that on
 * @nn: the namespace
 * @skb: the packet, of no flow in the fast path
 * @pkt: what was read from it
 * @dir: where the packet's direction goes, if it is of a flow after all
 *
 * Context: softirq, under RCU.
 * Return: NF_STOLEN if the packet has gone its way, else NF_ACCEPT: it is for
 * *@dir if that is set, and else for the slow path.
 */
unsigned int nflb_express_open(struct nflb_net *nn, struct sk_buff *skb,
			       const struct nflb_packet *pkt,
			       struct nflb_fast_dir **dir)
{
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_opening opening __uninitialized;

	if (!snap || (pkt->protocol == IPPROTO_TCP &&
		      !nflb_packet_is_syn(pkt)))
		return NF_ACCEPT;
	nflb_packet_dst(skb, pkt->family, &opening.tuple.dst);
	opening.dec.frontend = nflb_match_frontend(snap, &opening.tuple.dst);
	if (opening.dec.frontend == NFLB_NONE)
		return NF_ACCEPT;
	return nflb_express_begin(nn, skb, pkt, snap, &opening, dir);
}

/**
 * nflb_express_reopen() - opens a flow with the ports of one that has closed
 * @nn: the namespace
 * @skb: a packet of the closed flow, which conntrack has been shown
 * @pkt: what was read from it
 *
 * Context: softirq, under RCU.
 * Return: NF_STOLEN if the packet has gone its way, else NF_ACCEPT: it is for
 * the slow path.
 */
unsigned int nflb_express_reopen(struct nflb_net *nn, struct sk_buff *skb,
				 const struct nflb_packet *pkt)
{
	struct nflb_fast_dir *dir = NULL;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!nflb_packet_is_syn(pkt) || !ct || nf_ct_is_confirmed(ct))
		return NF_ACCEPT;
	/* Conntrack has ended the old entry and made one for the slow path. */
	nf_reset_ct(skb);
	return nflb_express_open(nn, skb, pkt, &dir);
}
