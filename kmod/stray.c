// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strays: packets of TCP that belong to no flow and do not begin one.
 *
 * For most of them conntrack makes an entry, and the NAT core asks. Others it
 * calls invalid: a FIN, a SYN with ACK, and all of them if it is told to. There
 * is a hook for those as long as some service does not want strays.
 */

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "bind.h"
#include "hooks.h"
#include "match.h"
#include "net.h"
#include "owner.h"
#include "snapshot.h"
#include "stray.h"

/*
 * A service that the stray may be an answer of. Connections of the gateway's
 * own are of none.
 */
static const struct nflb_service *
nflb_stray_answers(struct nflb_net *nn, const struct nflb_snapshot *snap,
		   const struct nflb_tuple *tuple)
{
	struct nflb_owner owner;
	u32 pos = nflb_owner_answer(nn, snap, tuple, &owner);

	if (pos == NFLB_NONE || nflb_bind_is_own(nn->net, &tuple->dst))
		return NULL;
	return nflb_snapshot_service(snap, pos);
}

/* Refuses a client's stray if its service does not want it. */
static bool nflb_stray_refuse(struct nflb_net *nn,
			      const struct nflb_service *service,
			      struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	switch (service->no_flow) {
	case NFLB_NO_FLOW_RESET:
		nflb_bind_count(nn, service, NFLB_REJECT_NO_FLOW);
		nflb_bind_send_reset(skb, state);
		return true;
	case NFLB_NO_FLOW_DROP:
		nflb_bind_count(nn, service, NFLB_DROP_NO_FLOW);
		return true;
	default:
		return false;
	}
}

/**
 * nflb_stray_may_open() - tells whether a stray goes on as the first of a flow
 * @nn: the namespace
 * @snap: the configuration
 * @skb: the packet
 * @state: the hook that it is at
 * @tuple: what it says
 *
 * What one of a backend's would open is an entry the wrong way round, in which
 * the client's next packet would be none of the service's. Without an entry,
 * that packet opens the flow anew.
 *
 * Context: softirq or process, under RCU.
 * Return: true if so, false if it is to be dropped.
 */
bool nflb_stray_may_open(struct nflb_net *nn, const struct nflb_snapshot *snap,
			 struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct nflb_tuple *tuple)
{
	const struct nflb_service *service;
	u32 pos = nflb_match(snap, tuple);

	if (pos != NFLB_NONE) {
		service = nflb_snapshot_service(snap, pos);
		if (nflb_stray_refuse(nn, service, skb, state))
			return false;
		nflb_bind_count(nn, service, NFLB_PICK_UPS);
		return true;
	}
	service = nflb_stray_answers(nn, snap, tuple);
	if (!service)
		return true;
	nflb_bind_count(nn, service, NFLB_DROP_STRAY_ANSWER);
	return false;
}

/*
 * Of a flow that there is, conntrack takes packets for invalid that do not fit
 * in, too; those are no strays.
 */
static bool nflb_stray_read(struct net *net, const struct sk_buff *skb,
			    u8 family, struct nflb_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple t;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), family, net, &t) ||
	    t.dst.protonum != IPPROTO_TCP)
		return false;
	hash = nf_conntrack_find_get(net, &nf_ct_zone_dflt, &t);
	if (hash) {
		nf_ct_put(nf_ct_tuplehash_to_ctrack(hash));
		return false;
	}
	nflb_bind_read(&t, tuple);
	return true;
}

/* What conntrack calls invalid goes on as it is where strays are picked up. */
static unsigned int nflb_stray(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_tuple tuple __uninitialized;
	const struct nflb_service *service;
	u32 pos;

	if (likely(skb_get_nfct(skb)) || !snap ||
	    !snap->n_services_of[state->pf == NFPROTO_IPV6] ||
	    !nflb_stray_read(state->net, skb, state->pf, &tuple))
		return NF_ACCEPT;
	pos = nflb_match(snap, &tuple);
	if (pos != NFLB_NONE) {
		service = nflb_snapshot_service(snap, pos);
		return nflb_stray_refuse(nn, service, skb, state) ? NF_DROP :
								    NF_ACCEPT;
	}
	service = nflb_stray_answers(nn, snap, &tuple);
	if (!service || service->no_flow == NFLB_NO_FLOW_PICK_UP)
		return NF_ACCEPT;
	nflb_bind_count(nn, service, NFLB_DROP_STRAY_ANSWER);
	return NF_DROP;
}

static const struct nf_hook_ops nflb_stray_ops[] = {
	{
		.hook = nflb_stray,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK + 1,
	},
	{
		.hook = nflb_stray,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK + 1,
	},
};

/* Does some service not want strays? */
static bool nflb_stray_is_wanted(const struct nflb_snapshot *snap)
{
	const struct nflb_service *service;
	u32 pos;

	for (pos = 0; pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (service && service->no_flow != NFLB_NO_FLOW_PICK_UP)
			return true;
	}
	return false;
}

/* There as long as what conntrack calls invalid is looked for. */
const struct nflb_hook_set nflb_stray_hooks = {
	.is_wanted = nflb_stray_is_wanted,
	.ops = nflb_stray_ops,
	.n_ops = ARRAY_SIZE(nflb_stray_ops),
};
