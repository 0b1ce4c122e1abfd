// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cookies: answers to SYNs that cost no memory.
 *
 * While a service is protected (synproxy.c), who opens a connection to it gets
 * a SYN and ACK whose sequence number says all that has to be known of his SYN,
 * before conntrack sees that. Only who answers by an ACK with this number has
 * the address that he says. His ACK is made the SYN again that he has sent, and
 * goes on as that: conntrack, the NAT core, routing and the rules of the host
 * see a client that begins. The backend's SYN and ACK is answered in the name
 * of the client, to whom it is made an ACK, as to him the connection is open
 * already; until that opens his window, he sends nothing.
 *
 * Cookies, and what of the rest of the connection has other numbers than the
 * two ends count with, are nf_synproxy_core's and conntrack's. That one would
 * make the packets to the backend itself, but as the gateway's own, past the
 * rules for those that it forwards, and only if the gateway has a route to the
 * frontend.
 */

#include <linux/netfilter/nf_synproxy.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_synproxy.h>

#include "bind.h"
#include "compat.h"
#include "cookie.h"
#include "core.h"
#include "fast.h"
#include "flow.h"
#include "match.h"
#include "net.h"
#include "packet.h"
#include "segment.h"
#include "snapshot.h"
#include "synproxy.h"
#include "trial.h"

/* What backends are asked for if the client has asked for it. */
#define NFLB_COOKIE_OPTIONS						\
	(NF_SYNPROXY_OPT_MSS | NF_SYNPROXY_OPT_WSCALE |			\
	 NF_SYNPROXY_OPT_SACK_PERM | NF_SYNPROXY_OPT_TIMESTAMP)

/* What synproxy_init_timestamp_cookie() keeps in the lowest bits. */
#define NFLB_COOKIE_WSCALE_MASK 0xf
#define NFLB_COOKIE_NO_WSCALE 0xf
#define NFLB_COOKIE_SACK BIT(4)

/*
 * The third size of segments of both families, and the lower one of those that
 * they have in the second place. See msstab in net/ipv4/syncookies.c.
 */
#define NFLB_COOKIE_MSS 1440
#define NFLB_COOKIE_SECOND_MSS 1300

/**
 * struct nflb_cookie - a packet that may need a cookie, or have one
 * @nn: the namespace
 * @service: the service that it is for
 * @t: its tuple
 * @tuple: the same
 * @thoff: bytes before its TCP header
 * @th: that header
 * @is_syn: it is a SYN
 * @is_repeated: it has been made a SYN before, which has had no answer
 */
struct nflb_cookie {
	struct nflb_net *nn;
	const struct nflb_service *service;
	struct nf_conntrack_tuple t;
	struct nflb_tuple tuple;
	int thoff;
	struct tcphdr th;
	bool is_syn;
	bool is_repeated;
};

/**
 * nflb_cookie_encode_mss() - says of the client's segments what a cookie can
 * @mss: size that it has asked for
 *
 * A cookie has the place of the size in a table of four. A client that asks for
 * a bigger window, as Linux does when its first ACK is lost, does so with the
 * number before its first; then the cookie looks like one with the next place.
 * So only the first and the third are used: who seems to have another one asks.
 *
 * Return: the size, which the kernel rounds down to one of the table.
 */
int nflb_cookie_encode_mss(int mss)
{
	return mss >= NFLB_COOKIE_MSS ? NFLB_COOKIE_MSS : 0;
}

/**
 * nflb_cookie_decode_mss() - takes back nflb_cookie_encode_mss()
 * @mss: size of the table that a packet seems to have, or 0
 *
 * Return: the size, or 0 if it is none that a cookie has.
 */
int nflb_cookie_decode_mss(int mss)
{
	return mss == NFLB_COOKIE_MSS || mss < NFLB_COOKIE_SECOND_MSS ? mss : 0;
}

static bool nflb_cookie_read_tcp(const struct sk_buff *skb, int thoff,
				 struct tcphdr *th)
{
	return thoff >= 0 && !skb_copy_bits(skb, thoff, th, sizeof(*th));
}

/* Is it a SYN, or an ACK and nothing else that changes a connection? */
static bool nflb_cookie_read(struct nflb_cookie *cookie,
			     const struct sk_buff *skb, u8 family)
{
	const struct tcphdr *th = &cookie->th;

	cookie->thoff = nflb_packet_find(skb, family, IPPROTO_TCP);
	if (!nflb_cookie_read_tcp(skb, cookie->thoff, &cookie->th) ||
	    th->rst || th->fin || th->syn == th->ack)
		return false;
	cookie->is_syn = th->syn;
	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), family,
			       cookie->nn->net, &cookie->t))
		return false;
	nflb_bind_read(&cookie->t, &cookie->tuple);
	return true;
}

/*
 * Is it for a service that may have to do with cookies? A SYN that would come
 * to nothing goes its usual way, to what the service says of those; who has a
 * cookie is not asked by that before he has become a SYN again.
 */
static bool nflb_cookie_find_service(struct nflb_cookie *cookie,
				     const struct nflb_snapshot *snap)
{
	struct nflb_decision dec = {};

	dec.frontend = nflb_match_frontend(snap, &cookie->tuple.dst);
	nflb_decide_service(snap, &cookie->tuple, &dec);
	cookie->service = dec.service;
	if (!dec.service ||
	    !READ_ONCE(dec.service->account->synproxy.is_watched))
		return false;
	return !cookie->is_syn || (dec.verdict == NFLB_VERDICT_NO_BACKEND &&
				   nflb_snapshot_is_served(snap, dec.service));
}

/*
 * Is it of no connection that goes on without us? One that has closed is none
 * any more. And if the backend has not answered the SYN that we have made, the
 * client repeats his ACK for it.
 */
static bool nflb_cookie_is_due(struct nflb_cookie *cookie)
{
	bool is_on = nflb_synproxy_is_on(&cookie->service->account->synproxy);
	struct nf_conntrack_tuple_hash *h;
	bool is_due, is_ours;
	struct nf_conn *ct;

	h = nf_conntrack_find_get(cookie->nn->net, &nf_ct_zone_dflt,
				  &cookie->t);
	cookie->is_repeated = false;
	if (!h)
		return !cookie->is_syn || is_on;
	ct = nf_ct_tuplehash_to_ctrack(h);
	is_ours = nfct_synproxy(ct);
	cookie->is_repeated = is_ours && READ_ONCE(ct->proto.tcp.state) ==
						 TCP_CONNTRACK_SYN_SENT;
	is_due = NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL &&
		 (cookie->is_repeated || nflb_flow_is_closed(ct));
	nf_ct_put(ct);
	return is_due && (!cookie->is_syn || is_on || is_ours);
}

/* Is it a route to somebody else, who may have sent a packet? */
static bool nflb_cookie_route_is_plain(const struct dst_entry *dst,
				       const struct nflb_addr *client)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	if (dst->error || dst->dev->flags & IFF_LOOPBACK)
		return false;
	if (client->family == AF_INET)
		return !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
	return !ipv6_addr_is_multicast(&client->ip.in6);
}

/* What is told to the client; what there is no room for, is not. */
static void nflb_cookie_set_options(const struct nflb_cookie *cookie,
				    const struct dst_entry *dst,
				    struct synproxy_options *opts)
{
	const struct nf_synproxy_info info = {
		.wscale = READ_ONCE(cookie->service->account->synproxy.wscale),
	};
	int mss = opts->options & NF_SYNPROXY_OPT_MSS ? opts->mss_option : 0;

	opts->options &= NFLB_COOKIE_OPTIONS;
	opts->mss_encode = nflb_cookie_encode_mss(mss);
	opts->mss_option = dst_metric_advmss(dst);
	if (opts->options & NF_SYNPROXY_OPT_TIMESTAMP)
		synproxy_init_timestamp_cookie(&info, opts);
	else
		opts->options &= NF_SYNPROXY_OPT_MSS;
}

static bool nflb_cookie_send(const struct nflb_cookie *cookie,
			     struct sk_buff *skb)
{
	const struct nflb_addr *client = &cookie->tuple.src;
	struct synproxy_options opts = {};
	struct net *net = cookie->nn->net;
	struct dst_entry *dst;

	if (!synproxy_parse_options(skb, cookie->thoff, &cookie->th, &opts))
		return false;
	dst = nflb_bind_route(net, client, 0);
	if (!dst)
		return false;
	/* The answer's is found by that of the packet, which has none yet. */
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	if (!nflb_cookie_route_is_plain(dst, client))
		return false;
	nflb_cookie_set_options(cookie, dst, &opts);
	this_cpu_inc(synproxy_pernet(net)->stats->syn_received);
	if (client->family == AF_INET)
		synproxy_send_client_synack(net, skb, &cookie->th, &opts);
	else
		synproxy_send_client_synack_ipv6(net, skb, &cookie->th, &opts);
	return true;
}

/* Without a cookie, a flood would have entries of conntrack again. */
static unsigned int nflb_cookie_answer(const struct nflb_cookie *cookie,
				       struct sk_buff *skb)
{
	if (!nflb_cookie_send(cookie, skb)) {
		nflb_bind_count(cookie->nn, cookie->service,
				NFLB_COOKIES_REFUSED);
		return NF_DROP;
	}
	nflb_bind_count(cookie->nn, cookie->service, NFLB_COOKIES_SENT);
	consume_skb(skb);
	return NF_STOLEN;
}

static int nflb_cookie_ask(const struct nflb_cookie *cookie,
			   const struct sk_buff *skb)
{
	int mss = cookie->t.src.l3num == AF_INET ?
			  nflb_cookie_check_ipv4(ip_hdr(skb), &cookie->th) :
			  nflb_cookie_check_ipv6(ipv6_hdr(skb), &cookie->th);

	return nflb_cookie_decode_mss(mss);
}

/*
 * The size of segments that the client has asked for, or 0 if it has no cookie.
 * If it asks for a bigger window, its number is the first one afterwards.
 */
static int nflb_cookie_check(struct nflb_cookie *cookie,
			     const struct sk_buff *skb)
{
	struct synproxy_stats __percpu *stats;
	int mss = nflb_cookie_ask(cookie, skb);

	if (!mss) {
		be32_add_cpu(&cookie->th.seq, 1);
		mss = nflb_cookie_ask(cookie, skb);
	}
	stats = synproxy_pernet(cookie->nn->net)->stats;
	if (mss)
		this_cpu_inc(stats->cookie_valid);
	else
		this_cpu_inc(stats->cookie_invalid);
	return mss;
}

/* What the SYN had of options, as far as the cookie says it. */
static void nflb_cookie_restore_options(struct synproxy_options *opts, int mss)
{
	opts->options &= NF_SYNPROXY_OPT_TIMESTAMP;
	opts->options |= NF_SYNPROXY_OPT_MSS;
	opts->mss_option = mss;
	if (!(opts->options & NF_SYNPROXY_OPT_TIMESTAMP))
		return;
	opts->wscale = opts->tsecr & NFLB_COOKIE_WSCALE_MASK;
	if (opts->wscale != NFLB_COOKIE_NO_WSCALE)
		opts->options |= NF_SYNPROXY_OPT_WSCALE;
	if (opts->tsecr & NFLB_COOKIE_SACK)
		opts->options |= NF_SYNPROXY_OPT_SACK_PERM;
}

/*
 * Makes the ACK the SYN that it confirms. Its acknowledgment and the echo of
 * its timestamp, which mean nothing in that, tell nf_synproxy_core by the end
 * of its way what the client has been told in place of the backend.
 */
static bool nflb_cookie_make_syn(const struct nflb_cookie *cookie,
				 struct sk_buff *skb, int mss)
{
	struct nflb_segment seg = {
		.seq = ntohl(cookie->th.seq) - 1,
		.ack = ntohl(cookie->th.ack_seq) - 1,
		.window = ntohs(cookie->th.window),
		.flags = TCPHDR_SYN,
	};
	struct nf_conntrack_tuple inverse;

	if (!synproxy_parse_options(skb, cookie->thoff, &cookie->th,
				    &seg.opts) ||
	    !nf_ct_invert_tuple(&inverse, &cookie->t))
		return false;
	nflb_cookie_restore_options(&seg.opts, mss);
	return !nflb_segment_rewrite(skb, cookie->thoff, &inverse, &seg);
}

/* What has no cookie is a stray, and gets what its service says of those. */
static unsigned int nflb_cookie_take(struct nflb_cookie *cookie,
				     struct sk_buff *skb)
{
	int mss = nflb_cookie_check(cookie, skb);
	struct nf_conn *tmpl;

	if (!mss) {
		nflb_bind_count(cookie->nn, cookie->service,
				NFLB_COOKIES_REFUSED);
		return NF_ACCEPT;
	}
	if (!nflb_cookie_make_syn(cookie, skb, mss)) {
		nflb_bind_count(cookie->nn, cookie->service,
				NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	tmpl = synproxy_pernet(cookie->nn->net)->tmpl;
	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	if (!cookie->is_repeated)
		nflb_bind_count(cookie->nn, cookie->service,
				NFLB_COOKIES_ACCEPTED);
	return NF_ACCEPT;
}

/* Not for packets that rules of the host have told conntrack something of. */
static unsigned int nflb_cookie_in(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct nflb_cookie cookie __uninitialized;
	const struct nflb_snapshot *snap;

	cookie.nn = nflb_net(state->net);
	if (likely(!READ_ONCE(cookie.nn->has_cookies)) ||
	    skb_get_nfct(skb))
		return NF_ACCEPT;
	snap = rcu_dereference(cookie.nn->snap);
	if (!snap || !nflb_cookie_read(&cookie, skb, state->pf) ||
	    !nflb_cookie_find_service(&cookie, snap) ||
	    !nflb_cookie_is_due(&cookie) ||
	    nf_checksum(skb, state->hook, cookie.thoff, IPPROTO_TCP,
			state->pf))
		return NF_ACCEPT;
	return cookie.is_syn ? nflb_cookie_answer(&cookie, skb) :
			       nflb_cookie_take(&cookie, skb);
}

/* Answers the backend, as the client would have if it had been asked. */
static void nflb_cookie_answer_backend(struct net *net, struct nf_conn *ct,
				       const struct tcphdr *th,
				       const struct synproxy_options *opts)
{
	const struct nf_conn_synproxy *synproxy = nfct_synproxy(ct);
	struct nflb_segment seg = {
		.seq = ntohl(th->ack_seq),
		.ack = synproxy->isn + 1,
		.flags = TCPHDR_ACK,
		.is_tracked = true,
		.opts.options = opts->options & NF_SYNPROXY_OPT_TIMESTAMP,
		.opts.tsval = opts->tsecr,
		.opts.tsecr = synproxy->its,
	};
	struct nflb_addr backend = {
		.family = nf_ct_l3num(ct),
		.ip = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3,
	};
	struct nf_conntrack_tuple inverse;
	struct dst_entry *dst;

	/* The window of the SYN that we have made was one of an ACK. */
	seg.window = min_t(u32, ct->proto.tcp.seen[0].td_maxwin, U16_MAX);
	if (!nf_ct_invert_tuple(&inverse, &ct->tuplehash[0].tuple))
		return;
	/* There may be none to the frontend, which it is addressed to. */
	dst = nflb_bind_route(net, &backend, 0);
	nflb_segment_send(net, &inverse, dst, &seg);
	dst_release(dst);
}

/* From here on, both ends count with other numbers for the backend's bytes. */
static void nflb_cookie_set_offsets(struct nf_conn *ct,
				    const struct tcphdr *th,
				    const struct synproxy_options *opts)
{
	struct nf_conn_synproxy *synproxy = nfct_synproxy(ct);

	synproxy->tsoff = 0;
	if (opts->options & NF_SYNPROXY_OPT_TIMESTAMP)
		synproxy->tsoff = opts->tsval - synproxy->its;
	nf_ct_seqadj_init(ct, IP_CT_ESTABLISHED_REPLY,
			  synproxy->isn - ntohl(th->seq));
	nf_conntrack_event_cache(IPCT_SYNPROXY, ct);
	nf_conntrack_event_cache(IPCT_SEQADJ, ct);
}

/* Makes the SYN and ACK an ACK, whose window is what the client waits for. */
static bool nflb_cookie_make_ack(struct nf_conn *ct, struct sk_buff *skb,
				 int thoff, const struct tcphdr *th,
				 const struct synproxy_options *opts)
{
	struct nflb_segment seg = {
		.seq = ntohl(th->seq) + 1,
		.ack = ntohl(th->ack_seq),
		.window = ntohs(th->window),
		.flags = TCPHDR_ACK,
		.opts = *opts,
	};

	if (opts->options & NF_SYNPROXY_OPT_WSCALE)
		seg.window >>= opts->wscale;
	seg.opts.options &= NF_SYNPROXY_OPT_TIMESTAMP;
	return !nflb_segment_rewrite(skb, thoff, &ct->tuplehash[0].tuple,
				     &seg);
}

/* The backend has answered before what we say in the client's name comes by. */
static void nflb_cookie_end_trial(struct nflb_flow *flow)
{
	struct nflb_fast *fast = container_of(flow, struct nflb_fast, flow);
	struct nflb_backend *backend = READ_ONCE(flow->backend);

	if (backend && nflb_trial_is_asked(&fast->trial))
		nflb_trial_see(fast, backend, IP_CT_DIR_REPLY);
}

static unsigned int nflb_cookie_join(struct net *net, struct sk_buff *skb,
				     struct nf_conn *ct, u8 family)
{
	int thoff = nflb_packet_find(skb, family, IPPROTO_TCP);
	struct nflb_flow *flow = nflb_flow_find(ct);
	struct synproxy_options opts = {};
	struct tcphdr th;

	if (!flow || !nflb_cookie_read_tcp(skb, thoff, &th) || !th.syn ||
	    !th.ack)
		return NF_ACCEPT;
	if (!synproxy_parse_options(skb, thoff, &th, &opts))
		return NF_DROP;
	nflb_cookie_end_trial(flow);
	nflb_cookie_set_offsets(ct, &th, &opts);
	nflb_cookie_answer_backend(net, ct, &th, &opts);
	return nflb_cookie_make_ack(ct, skb, thoff, &th, &opts) ? NF_ACCEPT :
								  NF_DROP;
}

/* A backend's SYN and ACK, just before nf_synproxy_core would answer it. */
static unsigned int nflb_cookie_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	unsigned int verdict;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || ctinfo != IP_CT_ESTABLISHED_REPLY ||
	    likely(!nfct_synproxy(ct)) || nf_is_loopback_packet(skb) ||
	    READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_SYN_RECV)
		return NF_ACCEPT;
	local_bh_disable();
	verdict = nflb_cookie_join(state->net, skb, ct, state->pf);
	local_bh_enable();
	return verdict;
}

#define NFLB_COOKIE_OP(fn, family, num, prio)				\
{									\
	.hook		= fn,						\
	.pf		= family,					\
	.hooknum	= NF_INET_##num,				\
	.priority	= prio,						\
}

static const struct nf_hook_ops nflb_cookie_ops[] = {
	NFLB_COOKIE_OP(nflb_cookie_in, NFPROTO_IPV4, PRE_ROUTING,
		       NF_IP_PRI_CONNTRACK - 1),
	NFLB_COOKIE_OP(nflb_cookie_out, NFPROTO_IPV4, POST_ROUTING,
		       NF_IP_PRI_CONNTRACK_CONFIRM - 2),
	NFLB_COOKIE_OP(nflb_cookie_in, NFPROTO_IPV6, PRE_ROUTING,
		       NF_IP6_PRI_CONNTRACK - 1),
	NFLB_COOKIE_OP(nflb_cookie_out, NFPROTO_IPV6, POST_ROUTING,
		       NF_IP_PRI_CONNTRACK_CONFIRM - 2),
};

/**
 * nflb_cookie_is_wanted() - tells whether some service may send cookies
 * @snap: the configuration
 *
 * Context: process, under cfg_mutex.
 * Return: true if so.
 */
bool nflb_cookie_is_wanted(const struct nflb_snapshot *snap)
{
	const struct nflb_service *service;
	u32 pos;

	for (pos = 0; pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (service && service->syn_proxy)
			return true;
	}
	return false;
}

/**
 * nflb_cookie_register() - lets services send cookies from now on
 * @nn: the namespace
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_cookie_register(struct nflb_net *nn)
{
	struct synproxy_net *snet = synproxy_pernet(nn->net);
	int err;

	err = nf_synproxy_ipv4_init(snet, nn->net);
	if (err)
		return err;
	err = nf_synproxy_ipv6_init(snet, nn->net);
	if (err)
		goto err_fini_ipv4;
	err = nf_register_net_hooks(nn->net, nflb_cookie_ops,
				    ARRAY_SIZE(nflb_cookie_ops));
	if (err)
		goto err_fini_ipv6;
	nn->has_synproxy = true;
	return 0;

err_fini_ipv6:
	nf_synproxy_ipv6_fini(snet, nn->net);
err_fini_ipv4:
	nf_synproxy_ipv4_fini(snet, nn->net);
	return err;
}

/**
 * nflb_cookie_unregister() - takes back nflb_cookie_register()
 * @nn: the namespace, which has no flows that a cookie has opened
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_cookie_unregister(struct nflb_net *nn)
{
	struct synproxy_net *snet = synproxy_pernet(nn->net);

	nf_unregister_net_hooks(nn->net, nflb_cookie_ops,
				ARRAY_SIZE(nflb_cookie_ops));
	nf_synproxy_ipv6_fini(snet, nn->net);
	nf_synproxy_ipv4_fini(snet, nn->net);
	nn->has_synproxy = false;
}
