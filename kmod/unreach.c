// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors of ICMP that say that a packet does not reach its backend.
 *
 * Conntrack, which finds the flow that an error is about, shows it to no
 * helper. So there is a hook where packets leave, as long as some pool wants to
 * know; most of them it lets go by a look at what conntrack has noted.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "bind.h"
#include "fast.h"
#include "flow.h"
#include "hooks.h"
#include "packet.h"
#include "snapshot.h"
#include "trial.h"

/*
 * Of the others, some say that a packet is too big, and some that it is not
 * wanted. The gateway's own rules may say anything: of what it says itself,
 * only that there is no such host is of a backend.
 */
static bool nflb_unreach_is_icmp(const struct sk_buff *skb, bool is_own)
{
	int offset = nflb_packet_find(skb, AF_INET, IPPROTO_ICMP);
	const struct icmphdr *icmph;
	struct icmphdr buf;

	if (offset < 0)
		return false;
	icmph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!icmph || icmph->type != ICMP_DEST_UNREACH)
		return false;
	return icmph->code == ICMP_HOST_UNREACH ||
	       (!is_own && icmph->code <= ICMP_PORT_UNREACH);
}

static bool nflb_unreach_is_icmpv6(const struct sk_buff *skb, bool is_own)
{
	int offset = nflb_packet_find(skb, AF_INET6, IPPROTO_ICMPV6);
	const struct icmp6hdr *icmp6h;
	struct icmp6hdr buf;

	if (offset < 0)
		return false;
	icmp6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!icmp6h || icmp6h->icmp6_type != ICMPV6_DEST_UNREACH)
		return false;
	return icmp6h->icmp6_code == ICMPV6_ADDR_UNREACH ||
	       (!is_own && (icmp6h->icmp6_code == ICMPV6_NOROUTE ||
			    icmp6h->icmp6_code == ICMPV6_PORT_UNREACH));
}

/*
 * Who is not on the backend's side of the gateway could say so, too: a client
 * of his own backend. The gateway itself says it of a host that is not there.
 */
static bool nflb_unreach_is_credible(struct nflb_fast *fast,
				     const struct nf_hook_state *state)
{
	const struct nflb_backend *backend = READ_ONCE(fast->flow.backend);
	const struct dst_entry *dst;

	if (!state->in)
		return true;
	dst = READ_ONCE(fast->dir[IP_CT_DIR_ORIGINAL].dst);
	if (dst)
		return dst->dev == state->in;
	return backend && nflb_bind_leads_to(state->net, state->in,
					     &backend->addr);
}

static unsigned int nflb_unreach(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nflb_flow *flow;
	struct nflb_fast *fast;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	/* An error about a packet to the backend, or a reset of a rule's. */
	if (likely(!ct || ctinfo != IP_CT_RELATED_REPLY))
		return NF_ACCEPT;
	flow = nflb_flow_find(ct);
	if (!flow || !(state->pf == NFPROTO_IPV4 ?
			       nflb_unreach_is_icmp(skb, !state->in) :
			       nflb_unreach_is_icmpv6(skb, !state->in)))
		return NF_ACCEPT;
	fast = container_of(flow, struct nflb_fast, flow);
	if (nflb_unreach_is_credible(fast, state))
		nflb_trial_refuse(fast);
	return NF_ACCEPT;
}

static const struct nf_hook_ops nflb_unreach_ops[] = {
	{
		.hook = nflb_unreach,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = nflb_unreach,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST,
	},
};

/* Is there a pool that wants to know how new flows fare? */
static bool nflb_unreach_is_wanted(const struct nflb_snapshot *snap)
{
	const struct nflb_pool *pool;
	u32 pos;

	if (!snap->services.n_objects)
		return false;
	for (pos = 0; pos < snap->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(snap, pos);
		if (pool && nflb_pool_has_trials(pool))
			return true;
	}
	return false;
}

const struct nflb_hook_set nflb_unreach_hooks = {
	.is_wanted = nflb_unreach_is_wanted,
	.ops = nflb_unreach_ops,
	.n_ops = ARRAY_SIZE(nflb_unreach_ops),
};
