// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding: what the NAT core asks us for the first packet of a flow.
 *
 * Registered with the NAT core instead of as packet hooks: it asks once per
 * flow and translates all other packets by itself. No packet is looked into,
 * what is needed stands in the conntrack entry.
 */

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_fib.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_masquerade.h>
#include <net/route.h>

#include "alg.h"
#include "bind.h"
#include "core.h"
#include "counters.h"
#include "device.h"
#include "flow.h"
#include "net.h"
#include "snapshot.h"

/**
 * nflb_bind_read() - tells what the first packet of a flow says
 * @t: its tuple, as conntrack has it
 * @tuple: where it goes
 */
void nflb_bind_read(const struct nf_conntrack_tuple *t,
		    struct nflb_tuple *tuple)
{
	tuple->src.family = t->src.l3num;
	tuple->src.ip = t->src.u3;
	tuple->dst.family = t->src.l3num;
	tuple->dst.ip = t->dst.u3;
	tuple->protocol = t->dst.protonum;
	tuple->src_port = 0;
	tuple->dst_port = 0;
	if (nflb_protocol_has_ports(tuple->protocol)) {
		tuple->src_port = ntohs(t->src.u.all);
		tuple->dst_port = ntohs(t->dst.u.all);
	}
}

/**
 * nflb_bind_tuple() - tells what the first packet of an entry said
 * @ct: the entry
 * @tuple: where it goes
 */
void nflb_bind_tuple(const struct nf_conn *ct, struct nflb_tuple *tuple)
{
	nflb_bind_read(&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple, tuple);
}

static unsigned int nflb_bind_translate(struct nf_conn *ct,
					const struct nflb_tuple *tuple,
					const struct nflb_decision *dec)
{
	const struct nflb_backend *backend;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
	};
	__be16 port;

	backend = dec->pool->member[dec->choice.member].backend;
	range.min_addr = backend->addr.ip;
	range.max_addr = backend->addr.ip;
	if (nflb_protocol_has_ports(tuple->protocol)) {
		port = htons(nflb_service_backend_port(dec->service,
						       tuple->dst_port));
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
		range.min_proto.all = port;
		range.max_proto.all = port;
	}
	return nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST);
}

/**
 * nflb_bind_mark() - makes an entry one whose destination is translated
 * @ct: entry that is not in conntrack's table, with the tuples of a flow that
 *	the NAT core has not been asked about
 *
 * The source is as it was; what the NAT core notes when it has settled that is
 * not for us to set, as it would then undo what it has not done. So, until the
 * first answer, it asks the host's source rules for each packet that goes the
 * slow path, though they cannot change an entry in use any more.
 *
 * Context: softirq.
 * Return: 0 or -ENOMEM.
 */
int nflb_bind_mark(struct nf_conn *ct)
{
	/* Masquerading rules would add it to an entry in use. */
	if (!nf_ct_nat_ext_add(ct))
		return -ENOMEM;
	ct->status |= IPS_DST_NAT | IPS_DST_NAT_DONE;
	return 0;
}

static void nflb_bind_count(struct nflb_net *nn,
			    const struct nflb_service *service,
			    enum nflb_reason reason)
{
	nflb_reasons_inc(nn->reasons, reason);
	if (service)
		nflb_reasons_inc(service->account->reasons, reason);
}

/*
 * The NAT core asks again for an entry that got into the table before it was
 * asked, by act_ct for one: nothing can be bound any more.
 */
static bool nflb_bind_is_new(const struct nf_conn *ct,
			     enum ip_conntrack_info ctinfo)
{
	return ct && ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct);
}

/* The destination of a new flow. */
static unsigned int nflb_bind_dst(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_decision dec = {};
	enum ip_conntrack_info ctinfo;
	struct nflb_tuple tuple;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!snap || !nflb_bind_is_new(ct, ctinfo))
		return NF_ACCEPT;

	nflb_bind_tuple(ct, &tuple);
	nflb_decide(snap, rcu_dereference(nn->recent), &tuple, &dec);
	switch (dec.verdict) {
	case NFLB_VERDICT_NO_FRONTEND:
		return NF_ACCEPT;
	case NFLB_VERDICT_NO_SERVICE:
		nflb_bind_count(nn, NULL, NFLB_PASS_NO_SERVICE);
		return NF_ACCEPT;
	case NFLB_VERDICT_NO_BACKEND:
		nflb_bind_count(nn, dec.service, NFLB_DROP_NO_BACKEND);
		return NF_DROP;
	case NFLB_VERDICT_PICKED:
		break;
	}
	/* From the next packet on, such flows are opened there. */
	if (nflb_service_is_express(dec.service) && state->in)
		nflb_device_use(nn, state->in->ifindex);
	return nflb_bind_translate(ct, &tuple, &dec);
}

static bool nflb_bind_route_is_on_link(const struct dst_entry *dst, u8 family)
{
	if (family == AF_INET)
		return !container_of(dst, struct rtable, dst)->rt_uses_gateway;
	return !(container_of(dst, struct rt6_info, dst)->rt6i_flags &
		 RTF_GATEWAY);
}

/**
 * nflb_bind_is_on_link() - tells whether a client is a backend's neighbour
 * @net: the namespace
 * @out: the device that the backend is reached by
 * @client: the client
 *
 * Context: softirq or process, under RCU.
 * Return: true if it is on the device's link.
 */
bool nflb_bind_is_on_link(struct net *net, const struct net_device *out,
			  const struct nflb_addr *client)
{
	struct dst_entry *dst = NULL;
	struct flowi fl = {};
	bool is_on_link;

	if (client->family == AF_INET)
		fl.u.ip4.daddr = client->ip.ip;
	else
		fl.u.ip6.daddr = client->ip.in6;
	if (nf_route(net, &dst, &fl, false, client->family))
		return false;
	is_on_link = dst->dev == out &&
		     nflb_bind_route_is_on_link(dst, client->family);
	dst_release(dst);
	return is_on_link;
}

/*
 * A backend answers a client on its own link, or itself, directly and not
 * through us: the client would see answers from a stranger. With our address
 * as source they come back.
 */
static bool nflb_bind_is_hairpin(const struct nf_hook_state *state,
				 const struct nf_conn *ct)
{
	struct nflb_tuple tuple;

	if (state->hook != NF_INET_POST_ROUTING || !state->in || !state->out)
		return false;
	nflb_bind_tuple(ct, &tuple);
	if (nf_inet_addr_cmp(&ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u3,
			     &tuple.src.ip))
		return true;
	return state->in == state->out &&
	       nflb_bind_is_on_link(state->net, state->out, &tuple.src);
}

static unsigned int nflb_bind_masquerade(struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	struct nf_nat_range2 range = {};

	if (state->pf == NFPROTO_IPV4)
		return nf_nat_masquerade_ipv4(skb, state->hook, &range,
					      state->out);
	return nf_nat_masquerade_ipv6(skb, &range, state->out);
}

/* Ties our flow to the entry; a helper that is there already stays. */
static int nflb_bind_attach(struct nflb_net *nn, const struct sk_buff *skb,
			    struct nf_conn *ct, struct nflb_backend *backend,
			    struct nflb_account *service, bool is_hairpin)
{
	if (nfct_help(ct))
		return nflb_alg_attach(nn, skb, ct, backend, service);
	return nflb_flow_attach(ct, is_hairpin);
}

/*
 * The source of a flow whose destination we may have chosen: we have if it
 * now is what we would choose from.
 */
static unsigned int nflb_bind_src(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	const struct nflb_service *service;
	enum ip_conntrack_info ctinfo;
	struct nflb_backend *backend;
	struct nf_conn *ct;
	bool is_hairpin;
	u32 member;

	ct = nf_ct_get(skb, &ctinfo);
	if (!snap || !nflb_bind_is_new(ct, ctinfo) ||
	    !(ct->status & IPS_DST_NAT) || nflb_flow_is_attached(ct) ||
	    !nflb_flow_resolve(snap, ct, &service, &member))
		return NF_ACCEPT;

	backend = nflb_snapshot_backend(snap, service, member);
	is_hairpin = nflb_bind_is_hairpin(state, ct);
	if (nflb_bind_attach(nn, skb, ct, backend, service->account,
			     is_hairpin)) {
		nflb_bind_count(nn, service, NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	return is_hairpin ? nflb_bind_masquerade(skb, state) : NF_ACCEPT;
}

/* Just before the administrator's own NAT rules. */
#define NFLB_BIND_OPS(family)						\
{									\
	{								\
		.hook		= nflb_bind_dst,			\
		.pf		= family,				\
		.hooknum	= NF_INET_PRE_ROUTING,			\
		.priority	= NF_IP_PRI_NAT_DST - 1,		\
	},								\
	{								\
		.hook		= nflb_bind_dst,			\
		.pf		= family,				\
		.hooknum	= NF_INET_LOCAL_OUT,			\
		.priority	= NF_IP_PRI_NAT_DST - 1,		\
	},								\
	{								\
		.hook		= nflb_bind_src,			\
		.pf		= family,				\
		.hooknum	= NF_INET_POST_ROUTING,			\
		.priority	= NF_IP_PRI_NAT_SRC - 1,		\
	},								\
	{								\
		.hook		= nflb_bind_src,			\
		.pf		= family,				\
		.hooknum	= NF_INET_LOCAL_IN,			\
		.priority	= NF_IP_PRI_NAT_SRC - 1,		\
	},								\
}

#define NFLB_N_BIND_OPS 4

static const struct nf_hook_ops nflb_bind_ops_ipv4[NFLB_N_BIND_OPS] =
	NFLB_BIND_OPS(NFPROTO_IPV4);
static const struct nf_hook_ops nflb_bind_ops_ipv6[NFLB_N_BIND_OPS] =
	NFLB_BIND_OPS(NFPROTO_IPV6);

static int nflb_bind_register_one(struct net *net, u8 family, int i)
{
	if (family == AF_INET)
		return nf_nat_ipv4_register_fn(net, &nflb_bind_ops_ipv4[i]);
	return nf_nat_ipv6_register_fn(net, &nflb_bind_ops_ipv6[i]);
}

static void nflb_bind_unregister_one(struct net *net, u8 family, int i)
{
	if (family == AF_INET)
		nf_nat_ipv4_unregister_fn(net, &nflb_bind_ops_ipv4[i]);
	else
		nf_nat_ipv6_unregister_fn(net, &nflb_bind_ops_ipv6[i]);
}

/**
 * nflb_bind_register() - lets the NAT core ask us about new flows
 * @nn: the namespace
 * @family: AF_INET or AF_INET6, for which it does not ask yet
 *
 * Takes conntrack into use as well, and with it defragmentation.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_bind_register(struct nflb_net *nn, u8 family)
{
	int err;
	int i;

	err = nf_ct_netns_get(nn->net, family);
	if (err)
		return err;
	for (i = 0; i < NFLB_N_BIND_OPS; i++) {
		err = nflb_bind_register_one(nn->net, family, i);
		if (err)
			goto err_unregister;
	}
	return 0;

err_unregister:
	while (i--)
		nflb_bind_unregister_one(nn->net, family, i);
	nf_ct_netns_put(nn->net, family);
	return err;
}

/**
 * nflb_bind_unregister() - takes back nflb_bind_register()
 * @nn: the namespace
 * @family: AF_INET or AF_INET6
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_bind_unregister(struct nflb_net *nn, u8 family)
{
	int i;

	for (i = NFLB_N_BIND_OPS - 1; i >= 0; i--)
		nflb_bind_unregister_one(nn->net, family, i);
	nf_ct_netns_put(nn->net, family);
}

/**
 * nflb_bind_init() - prepares for hairpin flows
 *
 * The kernel ends masqueraded flows whose address goes away, if asked to.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_bind_init(void)
{
	return nf_nat_masquerade_inet_register_notifiers();
}

/**
 * nflb_bind_exit() - takes back nflb_bind_init()
 *
 * Context: process, may sleep.
 */
void nflb_bind_exit(void)
{
	nf_nat_masquerade_inet_unregister_notifiers();
}
