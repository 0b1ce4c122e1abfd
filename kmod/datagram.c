// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams: services of UDP that decide for each one, and remember nothing.
 *
 * A hook before conntrack, there as long as some service is one-packet. A
 * datagram to its frontend is decided as the first of a flow is, gets the
 * backend's address, and goes on untracked; what comes from the backend's port
 * gets the frontend's. Nobody else has that port, which edit_udp.c sees to.
 *
 * What needs to be remembered is left to conntrack: a client who would get the
 * answer directly, as its source has to be another one as well, and the gateway
 * as a client, whose datagrams have a route already. So an answer that is of an
 * entry of conntrack's is left to that. There is one for what a client sends to
 * the backend's own address, too.
 */

#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <net/checksum.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "bind.h"
#include "core.h"
#include "datagram.h"
#include "flow.h"
#include "hooks.h"
#include "match.h"
#include "net.h"
#include "owner.h"
#include "packet.h"
#include "snapshot.h"

/* What is not whole, conntrack is to judge. */
static bool nflb_datagram_read(const struct sk_buff *skb, u8 family,
			       struct nflb_datagram *dgram)
{
	const struct udphdr *uh;
	struct udphdr buf;

	dgram->ip_offset = skb_network_offset(skb);
	dgram->l4_offset = nflb_packet_find(skb, family, IPPROTO_UDP);
	if (dgram->l4_offset < 0)
		return false;
	uh = skb_header_pointer(skb, dgram->l4_offset, sizeof(buf), &buf);
	if (!uh || ntohs(uh->len) < sizeof(*uh) ||
	    ntohs(uh->len) + dgram->l4_offset > skb->len)
		return false;
	nflb_packet_src(skb, family, &dgram->tuple.src);
	nflb_packet_dst(skb, family, &dgram->tuple.dst);
	dgram->tuple.protocol = IPPROTO_UDP;
	dgram->tuple.src_port = ntohs(uh->source);
	dgram->tuple.dst_port = ntohs(uh->dest);
	return true;
}

static void nflb_datagram_set_ipv4(struct sk_buff *skb, struct iphdr *iph,
				   __be32 ip, bool is_src, __sum16 *check)
{
	__be32 *addr = is_src ? &iph->saddr : &iph->daddr;

	if (check)
		inet_proto_csum_replace4(check, skb, *addr, ip, true);
	csum_replace4(&iph->check, *addr, ip);
	*addr = ip;
}

static void nflb_datagram_set_ipv6(struct sk_buff *skb, struct ipv6hdr *ip6h,
				   const struct in6_addr *ip, bool is_src,
				   __sum16 *check)
{
	struct in6_addr *addr = is_src ? &ip6h->saddr : &ip6h->daddr;

	if (check)
		inet_proto_csum_replace16(check, skb, addr->s6_addr32,
					  ip->s6_addr32, true);
	*addr = *ip;
}

static void nflb_datagram_set_port(struct sk_buff *skb, struct udphdr *uh,
				   __be16 port, bool is_src, __sum16 *check)
{
	__be16 *at = is_src ? &uh->source : &uh->dest;

	if (check) {
		inet_proto_csum_replace2(check, skb, *at, port, false);
		if (!*check)
			*check = CSUM_MANGLED_0;
	}
	*at = port;
}

/**
 * nflb_datagram_set() - gives a datagram another source, or destination
 * @skb: the packet that it stands in, writable as far as its UDP header
 * @dgram: the datagram
 * @addr: the new address
 * @port: the new port in host order
 * @is_src: they are those of the source
 *
 * Context: softirq or process.
 */
void nflb_datagram_set(struct sk_buff *skb, const struct nflb_datagram *dgram,
		       const struct nflb_addr *addr, u16 port, bool is_src)
{
	struct udphdr *uh = (void *)skb->data + dgram->l4_offset;
	void *iph = skb->data + dgram->ip_offset;
	__sum16 *check = NULL;

	/* IPv4 may do without one; what is to be completed may look like it. */
	if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL)
		check = &uh->check;
	if (addr->family == AF_INET)
		nflb_datagram_set_ipv4(skb, iph, addr->ip.ip, is_src, check);
	else
		nflb_datagram_set_ipv6(skb, iph, &addr->ip.in6, is_src, check);
	nflb_datagram_set_port(skb, uh, htons(port), is_src, check);
}

/* Translates a datagram, and has conntrack let it pass. */
static bool nflb_datagram_translate(struct sk_buff *skb,
				    const struct nflb_datagram *dgram,
				    const struct nflb_addr *addr, u16 port,
				    bool is_src)
{
	if (skb_ensure_writable(skb, dgram->l4_offset + sizeof(struct udphdr)))
		return false;
	nflb_datagram_set(skb, dgram, addr, port, is_src);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return true;
}

static const struct nflb_backend *
nflb_datagram_backend(const struct nflb_decision *dec)
{
	return dec->pool->member[dec->choice.member].backend;
}

/*
 * As nflb_bind_is_hairpin(), before there is a route. Conntrack has it decided
 * again for those, so a scheduler that takes turns is asked without a change.
 * If another CPU's datagram comes between, it may pick somebody else after
 * this; only where a pool has backends on several links, that matters.
 */
static bool nflb_datagram_is_hairpin(const struct nflb_snapshot *snap,
				     const struct nf_hook_state *state,
				     const struct nflb_tuple *tuple,
				     const struct nflb_decision *dec)
{
	struct nflb_decision dry = *dec;

	if (!nflb_bind_is_on_link(state->net, state->in, &tuple->src))
		return false;
	dry.choice.is_dry = true;
	nflb_decide_backend(snap, NULL, tuple, &dry);
	return dry.verdict == NFLB_VERDICT_PICKED &&
	       nflb_bind_leads_to(state->net, state->in,
				  &nflb_datagram_backend(&dry)->addr);
}

/* Each is a flow to what limits and counts them, and is over at once. */
static bool nflb_datagram_is_within_rate(const struct nflb_service *service)
{
	return !service->max_rate ||
	       nflb_bucket_take(&service->account->new_flows, ktime_get_ns());
}

static void nflb_datagram_count(const struct sk_buff *skb,
				const struct nflb_backend *backend,
				const struct nflb_service *service,
				bool is_reply)
{
	local_bh_disable();
	if (!is_reply)
		nflb_flow_count(backend, service->account, NFLB_NEW_FLOWS);
	nflb_charge(backend, service->account, skb, is_reply);
	local_bh_enable();
}

static unsigned int nflb_datagram_give(struct nflb_net *nn,
				       struct sk_buff *skb,
				       const struct nf_hook_state *state,
				       const struct nflb_datagram *dgram,
				       struct nflb_decision *dec)
{
	const struct nflb_backend *backend = nflb_datagram_backend(dec);
	const struct nflb_service *service = dec->service;
	u16 port;

	/* A hairpin, too, though the client is not its own neighbour. */
	if (nflb_addr_equal(&dgram->tuple.src, &backend->addr))
		return NF_ACCEPT;
	if (!nflb_datagram_is_within_rate(service)) {
		dec->verdict = NFLB_VERDICT_MAX_RATE;
		return nflb_bind_turn_away(nn, skb, state, dec);
	}
	nflb_bind_count_eviction(nn, dec);
	port = nflb_service_backend_port(service, dgram->tuple.dst_port);
	if (!nflb_datagram_translate(skb, dgram, &backend->addr, port, false)) {
		nflb_bind_count(nn, service, NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	nflb_bind_count_pick(nn, dec);
	nflb_datagram_count(skb, backend, service, false);
	return NF_ACCEPT;
}

/*
 * A datagram to a frontend. Picks that are remembered for first datagrams of a
 * flow are not asked for, as it has none.
 */
static unsigned int nflb_datagram_in(struct nflb_net *nn,
				     const struct nflb_snapshot *snap,
				     struct sk_buff *skb,
				     const struct nf_hook_state *state,
				     const struct nflb_datagram *dgram)
{
	struct nflb_decision dec = { .frontend = dgram->frontend };
	const struct nflb_tuple *tuple = &dgram->tuple;
	u32 pos;

	pos = nflb_match_service(snap, dgram->frontend, IPPROTO_UDP,
				 tuple->dst_port);
	if (pos == NFLB_NONE ||
	    !nflb_service_is_one_packet(nflb_snapshot_service(snap, pos)))
		return NF_ACCEPT;
	nflb_decide_service(snap, tuple, &dec);
	if (dec.verdict == NFLB_VERDICT_NO_BACKEND) {
		if (nflb_datagram_is_hairpin(snap, state, tuple, &dec))
			return NF_ACCEPT;
		nflb_decide_backend(snap, NULL, tuple, &dec);
	}
	if (dec.verdict != NFLB_VERDICT_PICKED)
		return nflb_bind_turn_away(nn, skb, state, &dec);
	return nflb_datagram_give(nn, skb, state, dgram, &dec);
}

/**
 * nflb_datagram_is_tracked() - tells whether conntrack has an entry
 * @nn: the namespace
 * @tuple: what an answer says
 *
 * Context: softirq or process, under RCU.
 * Return: true if the answer is of a flow.
 */
bool nflb_datagram_is_tracked(const struct nflb_net *nn,
			      const struct nflb_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple t;

	nflb_bind_write(tuple, &t);
	hash = nf_conntrack_find_get(nn->net, &nf_ct_zone_dflt, &t);
	if (hash)
		nf_ct_put(nf_ct_tuplehash_to_ctrack(hash));
	return hash;
}

/* A datagram from a backend, maybe. */
static unsigned int nflb_datagram_out(struct nflb_net *nn,
				      const struct nflb_snapshot *snap,
				      struct sk_buff *skb,
				      const struct nflb_datagram *dgram)
{
	const struct nflb_tuple *tuple = &dgram->tuple;
	const struct nflb_frontend *frontend;
	const struct nflb_service *service;
	struct nflb_owner owner;
	u16 port;
	u32 pos;

	pos = nflb_owner_answer(nn, snap, tuple, &owner);
	if (pos == NFLB_NONE || nflb_datagram_is_tracked(nn, tuple))
		return NF_ACCEPT;
	service = nflb_snapshot_service(snap, pos);
	frontend = nflb_snapshot_frontend(snap, service->frontend);
	port = nflb_service_frontend_port(service, tuple->src_port);
	if (!nflb_datagram_translate(skb, dgram, &frontend->addr, port, true)) {
		nflb_bind_count(nn, service, NFLB_DROP_NO_MEMORY);
		return NF_DROP;
	}
	nflb_datagram_count(skb, owner.pool->member[owner.member].backend,
			    service, true);
	return NF_ACCEPT;
}

/* What somebody has tracked, or has said is not to be, is left as it is. */
static unsigned int nflb_datagram(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct nflb_net *nn = nflb_net(state->net);
	const struct nflb_snapshot *snap = rcu_dereference(nn->snap);
	struct nflb_datagram dgram __uninitialized;

	if (!snap || skb_get_nfct(skb) ||
	    !nflb_datagram_read(skb, state->pf, &dgram))
		return NF_ACCEPT;
	dgram.frontend = nflb_match_frontend(snap, &dgram.tuple.dst);
	if (dgram.frontend == NFLB_NONE)
		return nflb_datagram_out(nn, snap, skb, &dgram);
	/* The gateway may be a backend, but as a client it has flows. */
	if (state->hook == NF_INET_LOCAL_OUT)
		return NF_ACCEPT;
	return nflb_datagram_in(nn, snap, skb, state, &dgram);
}

/* After the host's own rules that say what is not to be tracked. */
static const struct nf_hook_ops nflb_datagram_ops[] =
	NFLB_OPS_BEFORE_CONNTRACK(nflb_datagram);

/**
 * nflb_datagram_is_wanted() - tells whether some service is one-packet
 * @snap: the configuration
 *
 * Return: true if so.
 */
bool nflb_datagram_is_wanted(const struct nflb_snapshot *snap)
{
	return snap->n_one_packet;
}

const struct nflb_hook_set nflb_datagram_hooks = {
	.is_wanted = nflb_datagram_is_wanted,
	.ops = nflb_datagram_ops,
	.n_ops = ARRAY_SIZE(nflb_datagram_ops),
};
