// SPDX-License-Identifier: GPL-2.0-only
/* The request that reads the flows that backends have opened. */

#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>
#include <uapi/nflb.h>

#include "addr.h"
#include "backend.h"
#include "net.h"
#include "netlink.h"
#include "netlink_fill.h"
#include "outbound.h"
#include "outlet.h"
#include "snapshot.h"

static const struct nflb_snat *
nflb_outbound_snat_now(const struct nf_conn *ct,
		       const struct nflb_backend *backend)
{
	struct nflb_net *nn = nflb_net(nf_ct_net(ct));
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);

	return snap ? nflb_snat_of(snap, backend) : NULL;
}

static bool nflb_outbound_is_wanted(const struct nf_conn *ct,
				    struct nlattr **wanted)
{
	const struct nlattr *name = wanted[NFLB_A_OUTBOUND_SNAT];
	const struct nflb_snat *snat;
	struct nflb_holder holder;

	if (!nflb_outbound_holder(ct, &holder))
		return false;
	if (!name)
		return true;
	snat = nflb_outbound_snat_now(ct, holder.backend);
	return snat && !nla_strcmp(name, snat->object.name);
}

static int nflb_outbound_fill_addr(struct sk_buff *skb, int attr,
				   const struct nf_conn *ct,
				   const union nf_inet_addr *ip)
{
	const struct nflb_addr addr = {
		.family = nf_ct_l3num(ct),
		.ip = *ip,
	};

	return nflb_fill_addr(skb, attr, &addr);
}

/* Where the answers come from is where it goes, whoever has translated that. */
static int nflb_outbound_fill_ends(struct sk_buff *skb,
				   const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *there, *back;
	__be16 port;

	there = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	back = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	port = there->src.u.all;
	if (nflb_outbound_fill_addr(skb, NFLB_A_OUTBOUND_SOURCE, ct,
				    &there->src.u3) ||
	    nflb_outbound_fill_addr(skb, NFLB_A_OUTBOUND_ADDRESS, ct,
				    &back->dst.u3) ||
	    nflb_outbound_fill_addr(skb, NFLB_A_OUTBOUND_DESTINATION, ct,
				    &back->src.u3) ||
	    nla_put_u32(skb, NFLB_A_OUTBOUND_SOURCE_PORT, ntohs(port)) ||
	    nla_put_u32(skb, NFLB_A_OUTBOUND_PORT, nflb_outbound_port_of(ct)))
		return -EMSGSIZE;
	if (!nflb_protocol_has_ports(back->dst.protonum))
		return 0;
	return nla_put_u32(skb, NFLB_A_OUTBOUND_DESTINATION_PORT,
			   ntohs(back->src.u.all));
}

static int nflb_outbound_fill_names(struct sk_buff *skb,
				    const struct nf_conn *ct,
				    const struct nflb_backend *backend)
{
	const struct nflb_snat *snat = nflb_outbound_snat_now(ct, backend);

	if (snat && nla_put_string(skb, NFLB_A_OUTBOUND_SNAT,
				   snat->object.name))
		return -EMSGSIZE;
	if (nla_put_string(skb, NFLB_A_OUTBOUND_POOL, backend->pool) ||
	    nla_put_string(skb, NFLB_A_OUTBOUND_BACKEND,
			   backend->account.name))
		return -EMSGSIZE;
	return 0;
}

static int nflb_outbound_fill(struct sk_buff *skb, const struct nf_conn *ct)
{
	struct nflb_holder holder;

	if (!nflb_outbound_holder(ct, &holder))
		return -ENOENT;
	if (nflb_outbound_fill_names(skb, ct, holder.backend) ||
	    nla_put_u32(skb, NFLB_A_OUTBOUND_PROTOCOL, nf_ct_protonum(ct)) ||
	    nflb_outbound_fill_ends(skb, ct))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, NFLB_A_OUTBOUND_TIMEOUT_MS,
				 nflb_times_left_ms(&holder.outlet->times, ct),
				 NFLB_A_OUTBOUND_PAD);
}

static const struct nflb_nl_flows nflb_outbound_flows = {
	.cmd = NFLB_CMD_OUTBOUND_GET,
	.is_wanted = nflb_outbound_is_wanted,
	.fill = nflb_outbound_fill,
};

/**
 * nflb_nl_outbound_start() - begins a dump of the flows that backends have
 *	opened
 * @cb: the dump
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nl_outbound_start(struct netlink_callback *cb)
{
	return nflb_nl_flows_start(cb, &nflb_outbound_flows);
}
