// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fast flows: entering them, finding them, forgetting them.
 *
 * A direction is learned from its own packets when they have come to the end
 * of the slow path: there stand the device that the packet came in by and the
 * route that it has been given, after every rule of the host has seen it. It
 * is entered with the flow's second packet: what has only one is not worth it.
 * Flows that are opened at ingress learn the same from there.
 */

#include <linux/netfilter_bridge.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/route.h>
#include <net/tcp.h>

#include "device.h"
#include "fast.h"
#include "floating.h"
#include "net.h"

/* Flows that are walked by without a pause, in which packets open none. */
#define NFLB_FAST_BATCH 32

/* A sum begins with one, and each of an IPv6 tuple's words has its own. */
#define NFLB_FAST_N_KEYS 11

static struct kmem_cache *nflb_fast_cache;
static u64 nflb_fast_key[NFLB_FAST_N_KEYS] __read_mostly;

/* As they stand in a packet. */
static inline u32 nflb_fast_ports(__be16 src, __be16 dst)
{
	return (__force u32)dst << 16 | (__force u32)src;
}

/*
 * Multilinear hashing: the high half of a sum of products of 32-bit words with
 * random 64-bit keys. Without the keys nobody can do better than chance at
 * finding tuples with the same hash (Lemire and Kaser, "Strongly universal
 * string hashing is fast", 2014), at less cost than with jhash. The table's
 * seed changes when a chain becomes too long.
 */
static __always_inline u32 nflb_fast_hash_ipv4(__be32 src, __be32 dst,
					       u32 ports, u8 protocol, u32 seed)
{
	const u64 *key = nflb_fast_key;
	u64 sum = *key++;

	sum += *key++ * (seed ^ (__force u32)src);
	sum += *key++ * (__force u32)dst;
	sum += *key++ * ports;
	sum += *key * protocol;
	return sum >> 32;
}

static __always_inline u32 nflb_fast_hash_ipv6(const struct in6_addr *src,
					       const struct in6_addr *dst,
					       u32 ports, u8 protocol, u32 seed)
{
	const u64 *key = nflb_fast_key;
	u64 sum = *key++;
	int i;

	sum += *key++ * (seed ^ ports);
	sum += *key++ * protocol;
	for (i = 0; i < 4; i++) {
		sum += *key++ * (__force u32)src->s6_addr32[i];
		sum += *key++ * (__force u32)dst->s6_addr32[i];
	}
	return sum >> 32;
}

static const struct nf_conntrack_tuple *
nflb_fast_tuple(const struct nflb_fast_dir *dir)
{
	const struct nflb_fast *fast;

	fast = nflb_fast_of((struct nflb_fast_dir *)dir);
	return &fast->ct->tuplehash[dir->idx].tuple;
}

static u32 nflb_fast_hash_dir(const void *data, u32 len, u32 seed)
{
	const struct nf_conntrack_tuple *t = nflb_fast_tuple(data);
	u32 ports = nflb_fast_ports(t->src.u.all, t->dst.u.all);

	if (t->src.l3num == AF_INET)
		return nflb_fast_hash_ipv4(t->src.u3.ip, t->dst.u3.ip, ports,
					   t->dst.protonum, seed);
	return nflb_fast_hash_ipv6(&t->src.u3.in6, &t->dst.u3.in6, ports,
				   t->dst.protonum, seed);
}

/* The key is a packet: its header of IP, with the ports behind. */
static __always_inline u32 nflb_fast_hash_iph(const void *key, u32 len,
					      u32 seed)
{
	const struct iphdr *iph = key;
	const struct udphdr *uh = key + sizeof(*iph);

	return nflb_fast_hash_ipv4(iph->saddr, iph->daddr,
				   nflb_fast_ports(uh->source, uh->dest),
				   iph->protocol, seed);
}

static __always_inline u32 nflb_fast_hash_ip6h(const void *key, u32 len,
					       u32 seed)
{
	const struct ipv6hdr *ip6h = key;
	const struct udphdr *uh = key + sizeof(*ip6h);

	return nflb_fast_hash_ipv6(&ip6h->saddr, &ip6h->daddr,
				   nflb_fast_ports(uh->source, uh->dest),
				   ip6h->nexthdr, seed);
}

static __always_inline bool
nflb_fast_is_other(const struct nf_conntrack_tuple *t, const struct udphdr *uh,
		   u8 protocol, u8 family)
{
	return t->src.u.all != uh->source || t->dst.u.all != uh->dest ||
	       t->dst.protonum != protocol || t->src.l3num != family;
}

static __always_inline int
nflb_fast_cmp_iph(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nf_conntrack_tuple *t = nflb_fast_tuple(obj);
	const struct iphdr *iph = arg->key;

	return t->src.u3.ip != iph->saddr || t->dst.u3.ip != iph->daddr ||
	       nflb_fast_is_other(t, arg->key + sizeof(*iph), iph->protocol,
				  AF_INET);
}

static __always_inline int
nflb_fast_cmp_ip6h(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nf_conntrack_tuple *t = nflb_fast_tuple(obj);
	const struct ipv6hdr *ip6h = arg->key;

	return !ipv6_addr_equal(&t->src.u3.in6, &ip6h->saddr) ||
	       !ipv6_addr_equal(&t->dst.u3.in6, &ip6h->daddr) ||
	       nflb_fast_is_other(t, arg->key + sizeof(*ip6h), ip6h->nexthdr,
				  AF_INET6);
}

/*
 * One table, of which each family has a view of its own: what it is found by
 * is known when the module is compiled.
 */
#define NFLB_FAST_PARAMS(suffix, header)				\
{									\
	.head_offset		= offsetof(struct nflb_fast_dir, node),	\
	.key_len		= sizeof(header) + sizeof(__be16[2]),	\
	.hashfn			= nflb_fast_hash_##suffix,		\
	.obj_hashfn		= nflb_fast_hash_dir,			\
	.obj_cmpfn		= nflb_fast_cmp_##suffix,		\
	.automatic_shrinking	= true,					\
}

static const struct rhashtable_params nflb_fast_params_ipv4 =
	NFLB_FAST_PARAMS(iph, struct iphdr);
static const struct rhashtable_params nflb_fast_params_ipv6 =
	NFLB_FAST_PARAMS(ip6h, struct ipv6hdr);

/**
 * nflb_fast_find_ipv4() - finds the direction that a packet belongs to
 * @nn: the namespace
 * @iph: what would be its header if it had no options, and four bytes behind
 *
 * Whatever that may be: only TCP and UDP are found, and their ports stand there
 * if the header says that it is as long as that.
 *
 * Context: softirq, under RCU.
 * Return: the direction, or NULL.
 */
struct nflb_fast_dir *nflb_fast_find_ipv4(struct nflb_net *nn,
					  const struct iphdr *iph)
{
	return rhashtable_lookup(&nn->fast, iph, nflb_fast_params_ipv4);
}

/**
 * nflb_fast_find_ipv6() - finds the direction that a packet belongs to
 * @nn: the namespace
 * @ip6h: its header, and four bytes behind
 *
 * Context: softirq, under RCU.
 * Return: the direction, or NULL.
 */
struct nflb_fast_dir *nflb_fast_find_ipv6(struct nflb_net *nn,
					  const struct ipv6hdr *ip6h)
{
	return rhashtable_lookup(&nn->fast, ip6h, nflb_fast_params_ipv6);
}

/**
 * nflb_fast_alloc() - makes the record of a flow
 * @nn: the namespace
 *
 * The caller gives it the flow's entry, and a reference to that.
 *
 * Context: bottom halves off.
 * Return: the record, to be given back with nflb_fast_forget(), or NULL.
 */
struct nflb_fast *nflb_fast_alloc(struct nflb_net *nn)
{
	struct nflb_fast *fast = kmem_cache_zalloc(nflb_fast_cache, GFP_ATOMIC);
	struct nflb_fast_list *list;

	if (!fast)
		return NULL;
	fast->dir[IP_CT_DIR_REPLY].idx = IP_CT_DIR_REPLY;
	spin_lock_init(&fast->lock);
	fast->stamp = nfct_time_stamp;
	fast->cpu = smp_processor_id();
	list = this_cpu_ptr(nn->flows);
	spin_lock(&list->lock);
	hlist_add_head(&fast->node, &list->head[NFLB_FAST_NEW]);
	spin_unlock(&list->lock);
	return fast;
}

static void nflb_fast_free_rcu(struct rcu_head *rcu)
{
	struct nflb_fast *fast = container_of(rcu, struct nflb_fast, rcu);
	int i;

	for (i = 0; i < IP_CT_DIR_MAX; i++)
		dst_release(fast->dir[i].dst);
	/* NULL if conntrack did not take the entry. */
	nf_ct_put(fast->ct);
	kmem_cache_free(nflb_fast_cache, fast);
}

/* Does the entry ask for nothing that only the slow path does? */
static bool nflb_fast_ct_is_plain(const struct nf_conn *ct)
{
	u8 protocol = nf_ct_protonum(ct);

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return false;
	return !(READ_ONCE(ct->status) & IPS_NAT_CLASH) &&
	       nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID &&
	       !nfct_synproxy(ct) && !nf_ct_timeout_find(ct);
}

static bool nflb_fast_route_is_plain_ipv4(const struct dst_entry *dst)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	return rt->rt_type == RTN_UNICAST && rt->rt_gw_family != AF_INET6;
}

static bool nflb_fast_route_is_plain_ipv6(const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	/* With a nexthop object, nothing tells that the route is deleted. */
	return !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT)) &&
	       !rt->sernum;
}

/**
 * nflb_fast_route_is_plain() - tells whether a route forwards and no more
 * @dst: the route
 * @family: AF_INET or AF_INET6
 *
 * Return: true if the fast path can do what it asks for.
 */
bool nflb_fast_route_is_plain(const struct dst_entry *dst, u8 family)
{
	if (dst->error || dst->dev->flags & IFF_LOOPBACK || dst->lwtstate ||
	    dst_xfrm(dst))
		return false;
	return family == AF_INET ? nflb_fast_route_is_plain_ipv4(dst) :
				   nflb_fast_route_is_plain_ipv6(dst);
}

/* Was the packet forwarded, and by nothing but its route? */
static bool nflb_fast_way_is_plain(const struct sk_buff *skb, u8 family)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && skb->skb_iif && skb->dev == dst->dev && !skb->sk &&
	       !skb_sec_path(skb) && !nf_bridge_info_exists(skb) &&
	       nflb_fast_route_is_plain(dst, family);
}

static u32 nflb_fast_cookie(const struct dst_entry *dst)
{
	return rt6_get_cookie(container_of(dst, struct rt6_info, dst));
}

/* Takes over how the direction's packet has gone. */
static bool nflb_fast_take_route(struct nflb_fast_dir *dir,
				 const struct sk_buff *skb, u8 family)
{
	struct dst_entry *dst = skb_dst(skb);

	if (!dst_hold_safe(dst))
		return false;
	if (family == AF_INET)
		WRITE_ONCE(dir->mtu, 0);
	else
		WRITE_ONCE(dir->dst_cookie, nflb_fast_cookie(dst));
	WRITE_ONCE(dir->iif, skb->skb_iif);
	/* Who still uses the old one is under RCU, as its release is. */
	dst_release(xchg(&dir->dst, dst));
	return true;
}

/**
 * nflb_fast_held_route() - finds the route that packets have taken
 * @fast: their flow
 * @idx: their direction
 *
 * Context: any but hard interrupt, under RCU.
 * Return: the route, which stays until RCU is left, or NULL if there is none
 * that still holds.
 */
struct dst_entry *nflb_fast_held_route(const struct nflb_fast *fast, u8 idx)
{
	const struct nflb_fast_dir *dir = &fast->dir[idx];
	struct dst_entry *dst = READ_ONCE(dir->dst);
	u32 cookie = 0;

	if (nf_ct_l3num(fast->ct) == AF_INET6)
		cookie = READ_ONCE(dir->dst_cookie);
	return dst ? dst_check(dst, cookie) : NULL;
}

static __wsum nflb_fast_diff_addr(const union nf_inet_addr *from,
				  const union nf_inet_addr *to, int n_words)
{
	__wsum diff = 0;
	int i;

	for (i = 0; i < n_words; i++)
		diff = csum_add(csum_sub(diff, (__force __wsum)from->all[i]),
				(__force __wsum)to->all[i]);
	return diff;
}

/* What the translation does to checksums; on the way back, the opposite. */
static void nflb_fast_set_diffs(struct nflb_fast *fast)
{
	const struct nf_conntrack_tuple *from, *to;
	int n_words = nf_ct_l3num(fast->ct) == AF_INET ? 1 : 4;
	struct nflb_fast_dir *dir = fast->dir;
	__wsum diff;

	from = &fast->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	to = &fast->ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	diff = csum_add(nflb_fast_diff_addr(&from->src.u3, &to->dst.u3,
					    n_words),
			nflb_fast_diff_addr(&from->dst.u3, &to->src.u3,
					    n_words));
	dir[IP_CT_DIR_REPLY].addr_diff = csum_fold(diff);
	dir[IP_CT_DIR_ORIGINAL].addr_diff = ~csum_fold(diff);
	diff = csum_sub(diff, (__force __wsum)from->src.u.all);
	diff = csum_sub(diff, (__force __wsum)from->dst.u.all);
	diff = csum_add(diff, (__force __wsum)to->dst.u.all);
	diff = csum_add(diff, (__force __wsum)to->src.u.all);
	dir[IP_CT_DIR_REPLY].all_diff = csum_fold(diff);
	dir[IP_CT_DIR_ORIGINAL].all_diff = ~csum_fold(diff);
}

static void nflb_fast_adopt_tcp(struct nf_conn *ct)
{
	spin_lock(&ct->lock);
	nflb_fast_free_windows(ct);
	spin_unlock(&ct->lock);
}

/**
 * nflb_fast_tell_tcp() - tells conntrack what it has not seen of a connection
 * @fast: the connection
 *
 * It judges resets by that.
 *
 * Context: any but hard interrupt, under RCU.
 */
void nflb_fast_tell_tcp(struct nflb_fast *fast)
{
	const struct nflb_fast_dir *dir;
	struct ip_ct_tcp_state *seen;
	int i;

	spin_lock_bh(&fast->ct->lock);
	nflb_fast_free_windows(fast->ct);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		dir = &fast->dir[i];
		seen = &fast->ct->proto.tcp.seen[i];
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
	spin_unlock_bh(&fast->ct->lock);
}

/* Returns false if memory is short. */
static bool nflb_fast_enter(struct nflb_net *nn, struct nflb_fast *fast,
			    struct nflb_fast_dir *dir)
{
	int err;

	lockdep_assert_held(&fast->lock);
	/* By an answer to a packet that has overtaken the first one. */
	if (dir->is_entered)
		return true;
	if (nf_ct_protonum(fast->ct) == IPPROTO_TCP)
		nflb_fast_adopt_tcp(fast->ct);
	err = rhashtable_insert_fast(&nn->fast, &dir->node,
				     nflb_fast_params_ipv4);
	WRITE_ONCE(dir->is_entered, !err);
	return !err;
}

/* Returns true if there was something to take out. */
static bool nflb_fast_withdraw(struct nflb_net *nn, struct nflb_fast *fast)
{
	struct nflb_fast_dir *dir;
	bool was_entered = false;
	int i;

	lockdep_assert_held(&fast->lock);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		dir = &fast->dir[i];
		if (!dir->is_entered)
			continue;
		rhashtable_remove_fast(&nn->fast, &dir->node,
				       nflb_fast_params_ipv4);
		WRITE_ONCE(dir->is_entered, false);
		was_entered = true;
	}
	return was_entered;
}

/* Have the devices of all that has been learned our hook? Asks for each. */
static bool nflb_fast_has_devices(struct nflb_net *nn,
				  const struct nflb_fast *fast)
{
	bool has_all = true;
	int i;

	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		if (fast->dir[i].dst &&
		    !nflb_device_use(nn, fast->dir[i].iif))
			has_all = false;
	}
	return has_all;
}

static void nflb_fast_keep_out(struct nflb_net *nn, struct nflb_fast *fast)
{
	if (nflb_fast_withdraw(nn, fast) &&
	    nf_ct_protonum(fast->ct) == IPPROTO_TCP)
		nflb_fast_tell_tcp(fast);
}

/* Not before: what has only one packet does not need it. */
static void nflb_fast_find_mtu(struct nflb_fast_dir *dir)
{
	if (!dir->mtu)
		WRITE_ONCE(dir->mtu, ip_dst_mtu_maybe_forward(dir->dst, true));
}

/*
 * Has all been learned that there is to learn? Answers to a client may have to
 * go the slow path for good, by a route that is not plain. The answers of
 * floating flows do not come by here, and those of express flows find a route
 * at ingress, or tell there that they do not.
 */
static bool nflb_fast_is_whole(const struct nflb_fast *fast)
{
	return (fast->dir[IP_CT_DIR_ORIGINAL].dst &&
		fast->dir[IP_CT_DIR_REPLY].dst) ||
	       nf_ct_protonum(fast->ct) != IPPROTO_TCP ||
	       nflb_flow_is_express(&fast->flow) ||
	       nflb_floating_is(fast->ct);
}

/*
 * Both directions take the fast path, or none: conntrack, shown one half of a
 * connection, would not know what to make of its end.
 */
static void nflb_fast_enter_all(struct nflb_net *nn, struct nflb_fast *fast)
{
	struct nflb_fast_dir *dir;
	int i;

	if (!nflb_fast_is_whole(fast) || !nflb_fast_has_devices(nn, fast)) {
		nflb_fast_keep_out(nn, fast);
		return;
	}
	nflb_fast_set_diffs(fast);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		dir = &fast->dir[i];
		if (!dir->dst)
			continue;
		if (nf_ct_l3num(fast->ct) == AF_INET)
			nflb_fast_find_mtu(dir);
		if (!nflb_fast_enter(nn, fast, dir)) {
			nflb_fast_keep_out(nn, fast);
			return;
		}
	}
}

/*
 * Has the direction's last packet gone the same way, with the same result? When
 * routes around it have changed, IPv6 finds the same one, with another cookie.
 */
static bool nflb_fast_is_known(struct nflb_net *nn,
			       const struct nflb_fast_dir *dir,
			       const struct sk_buff *skb, u8 family)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && READ_ONCE(dir->dst) == dst &&
	       (family == AF_INET ||
		READ_ONCE(dir->dst_cookie) == nflb_fast_cookie(dst)) &&
	       READ_ONCE(dir->iif) == skb->skb_iif &&
	       READ_ONCE(dir->is_entered) == nflb_device_use(nn, skb->skb_iif);
}

/**
 * nflb_fast_learn() - learns from a packet at the end of the slow path
 * @nn: the namespace
 * @fast: its flow, open
 * @skb: the packet
 * @idx: its direction
 *
 * Context: bottom halves off, under RCU.
 */
void nflb_fast_learn(struct nflb_net *nn, struct nflb_fast *fast,
		     const struct sk_buff *skb, u8 idx)
{
	struct nflb_fast_dir *dir = &fast->dir[idx];
	u8 family = nf_ct_l3num(fast->ct);
	bool is_first;

	if (nflb_fast_is_off(fast) ||
	    nflb_fast_is_known(nn, dir, skb, family) ||
	    !nflb_fast_ct_is_plain(fast->ct) ||
	    !nflb_fast_way_is_plain(skb, family))
		return;
	spin_lock(&fast->lock);
	is_first = !fast->dir[0].dst && !fast->dir[1].dst;
	if (!fast->is_over && nflb_fast_take_route(dir, skb, family) &&
	    !is_first)
		nflb_fast_enter_all(nn, fast);
	spin_unlock(&fast->lock);
}

/**
 * nflb_fast_make() - makes the record of a flow that is opened at ingress
 * @nn: the namespace
 * @ct: the flow's entry, which others do not see yet
 * @skb: its first packet, with its route
 *
 * The record gets the reference to the entry that nflb_flow_insert() is given
 * by conntrack, and must not be given back before.
 *
 * Context: softirq, under RCU.
 * Return: the record, for nflb_flow_insert(), or NULL.
 */
struct nflb_fast *nflb_fast_make(struct nflb_net *nn, struct nf_conn *ct,
				 const struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct nflb_fast_dir *dir;
	struct nflb_fast *fast;

	if (!dst_hold_safe(dst))
		return NULL;
	fast = nflb_fast_alloc(nn);
	if (!fast) {
		dst_release(dst);
		return NULL;
	}
	fast->ct = ct;
	dir = &fast->dir[IP_CT_DIR_ORIGINAL];
	dir->dst = dst;
	dir->iif = skb->skb_iif;
	if (nf_ct_l3num(ct) == AF_INET6)
		dir->dst_cookie = nflb_fast_cookie(dst);
	nflb_fast_set_diffs(fast);
	return fast;
}

/**
 * nflb_fast_begin() - enters a flow that is opened at ingress
 * @nn: the namespace
 * @fast: the flow
 *
 * Only the way back is entered, though it has no route yet: what finds one
 * there, by nflb_fast_route(), enters the other direction. The caller knows
 * that the devices of both have our hook.
 *
 * Context: softirq, under RCU.
 */
void nflb_fast_begin(struct nflb_net *nn, struct nflb_fast *fast)
{
	spin_lock(&fast->lock);
	if (!fast->is_over)
		nflb_fast_enter(nn, fast, &fast->dir[IP_CT_DIR_REPLY]);
	spin_unlock(&fast->lock);
}

/**
 * nflb_fast_enter_known() - enters the directions whose routes are known
 * @nn: the namespace
 * @fast: the flow
 *
 * Context: softirq, under RCU.
 */
void nflb_fast_enter_known(struct nflb_net *nn, struct nflb_fast *fast)
{
	spin_lock(&fast->lock);
	if (!fast->is_over)
		nflb_fast_enter_all(nn, fast);
	spin_unlock(&fast->lock);
}

/**
 * nflb_fast_route() - takes over a route that was found at ingress
 * @nn: the namespace
 * @fast: the flow
 * @skb: a packet with the route
 * @idx: its direction
 *
 * Context: softirq, under RCU.
 */
void nflb_fast_route(struct nflb_net *nn, struct nflb_fast *fast,
		     const struct sk_buff *skb, u8 idx)
{
	spin_lock(&fast->lock);
	if (!fast->is_over &&
	    nflb_fast_take_route(&fast->dir[idx], skb, nf_ct_l3num(fast->ct)))
		nflb_fast_enter_all(nn, fast);
	spin_unlock(&fast->lock);
}

/**
 * nflb_fast_walk() - shows the flows of one head of a list to somebody
 * @nn: the namespace
 * @list: the list
 * @idx: the head
 * @visit: says which head the flow goes to; called under RCU and the list's
 *	lock, under which none is forgotten, and so its entry stays
 * @data: for @visit
 *
 * Flows may leave the list meanwhile, when its lock is free, and those that
 * come are not shown.
 *
 * Context: process, under walk_mutex, may sleep.
 */
void nflb_fast_walk(struct nflb_net *nn, struct nflb_fast_list *list, u32 idx,
		    u32 (*visit)(struct nflb_fast *fast, u32 idx, void *data),
		    void *data)
{
	struct hlist_head *left = &list->head[NFLB_FAST_WALK];
	struct nflb_fast *fast;
	u32 n = 0;
	u32 to;

	lockdep_assert_held(&nn->walk_mutex);
	spin_lock_bh(&list->lock);
	hlist_move_list(&list->head[idx], left);
	while (!hlist_empty(left)) {
		fast = hlist_entry(left->first, struct nflb_fast, node);
		hlist_del(&fast->node);
		rcu_read_lock();
		to = visit(fast, idx, data);
		rcu_read_unlock();
		hlist_add_head(&fast->node, &list->head[to]);
		if (++n % NFLB_FAST_BATCH)
			continue;
		spin_unlock_bh(&list->lock);
		cond_resched();
		spin_lock_bh(&list->lock);
	}
	spin_unlock_bh(&list->lock);
}

/*
 * Route tables take care that their own routes do not keep a device from going
 * away. Those of floating flows are not in there, and IPv6's hold what they
 * were made from, and so its device. When the module goes, nobody tells of
 * devices any more.
 */
static void nflb_fast_drop_lost(struct nflb_fast *fast)
{
	struct nflb_fast_dir *dir = &fast->dir[IP_CT_DIR_ORIGINAL];
	struct dst_entry *dst = dir->dst;

	lockdep_assert_held(&fast->lock);
	if (dst && nflb_floating_is(fast->ct) &&
	    (nflb_flow_is_stopped() || !netif_running(dst->dev) ||
	     !nflb_fast_held_route(fast, IP_CT_DIR_ORIGINAL)))
		/* Who still uses it is under RCU, as its release is. */
		dst_release(xchg(&dir->dst, NULL));
}

static u32 nflb_fast_recheck_one(struct nflb_fast *fast, u32 idx, void *data)
{
	struct nflb_net *nn = data;

	/* Pairs with smp_store_release() in nflb_flow_get(). */
	if (!smp_load_acquire(&fast->flow.backend))
		return idx;
	spin_lock(&fast->lock);
	if (!fast->is_over && !nflb_fast_has_devices(nn, fast))
		nflb_fast_keep_out(nn, fast);
	nflb_fast_drop_lost(fast);
	spin_unlock(&fast->lock);
	return idx;
}

/**
 * nflb_fast_recheck() - sees to flows whose devices have lost our hook, or gone
 * @nn: the namespace; a grace period has passed since, so no flow enters by
 *	what was before
 *
 * They are taken out, those too whose entries have lost our helper to root.
 * Conntrack is told what it has not seen, so that it judges the next packet by
 * that, which the hook does not see any more.
 *
 * Context: process, may sleep.
 */
void nflb_fast_recheck(struct nflb_net *nn)
{
	struct nflb_fast_list *list;
	int cpu;
	u32 i;

	mutex_lock(&nn->walk_mutex);
	for_each_possible_cpu(cpu) {
		list = per_cpu_ptr(nn->flows, cpu);
		for (i = 0; i < NFLB_N_FAST_HEADS; i++) {
			if (i != NFLB_FAST_WALK)
				nflb_fast_walk(nn, list, i,
					       nflb_fast_recheck_one, nn);
		}
	}
	mutex_unlock(&nn->walk_mutex);
}

/**
 * nflb_fast_cut() - lets no packet of a flow pass any more
 * @nn: the namespace
 * @fast: the flow
 *
 * Packets on their way have passed after the next grace period. Conntrack sees
 * the others, and is told what it has not seen: to it, the reset that an end
 * answers with might be invalid, which then is not translated and goes on.
 *
 * Context: any but hard interrupt, under RCU.
 * Return: false if that has been done already.
 */
bool nflb_fast_cut(struct nflb_net *nn, struct nflb_fast *fast)
{
	bool is_first;

	spin_lock_bh(&fast->lock);
	is_first = !fast->is_cut;
	fast->is_over = true;
	WRITE_ONCE(fast->is_cut, true);
	nflb_fast_keep_out(nn, fast);
	spin_unlock_bh(&fast->lock);
	return is_first;
}

/**
 * nflb_fast_forget() - lets a record go whose entry dies
 * @nn: the namespace
 * @fast: the record, which only packets under RCU still have
 *
 * Context: any but hard interrupt.
 */
void nflb_fast_forget(struct nflb_net *nn, struct nflb_fast *fast)
{
	struct nflb_fast_list *list = per_cpu_ptr(nn->flows, fast->cpu);

	spin_lock_bh(&list->lock);
	hlist_del(&fast->node);
	spin_unlock_bh(&list->lock);
	spin_lock_bh(&fast->lock);
	fast->is_over = true;
	nflb_fast_withdraw(nn, fast);
	spin_unlock_bh(&fast->lock);
	call_rcu(&fast->rcu, nflb_fast_free_rcu);
}

/**
 * nflb_fast_net_init() - begins with no flows
 * @nn: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_fast_net_init(struct nflb_net *nn)
{
	struct nflb_fast_list *list;
	int err;
	int cpu;

	mutex_init(&nn->walk_mutex);
	nn->flows = alloc_percpu_gfp(struct nflb_fast_list, GFP_KERNEL_ACCOUNT);
	if (!nn->flows)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		list = per_cpu_ptr(nn->flows, cpu);
		spin_lock_init(&list->lock);
	}
	err = rhashtable_init(&nn->fast, &nflb_fast_params_ipv4);
	if (err)
		free_percpu(nn->flows);
	return err;
}

/* Root may take our helper from an entry, which then does not tell its end. */
static void nflb_fast_end_orphans(struct nflb_net *nn,
				  struct hlist_head *head)
{
	struct nflb_fast *fast;
	struct hlist_node *next;

	hlist_for_each_entry_safe(fast, next, head, node) {
		nflb_flow_put(nn, &fast->flow);
		nflb_fast_forget(nn, fast);
	}
}

/**
 * nflb_fast_net_fini() - takes back nflb_fast_net_init()
 * @nn: the namespace, whose flows have ended and get no packets any more
 *
 * Context: process, may sleep.
 */
void nflb_fast_net_fini(struct nflb_net *nn)
{
	struct nflb_fast_list *list;
	int cpu;
	int i;

	for_each_possible_cpu(cpu) {
		list = per_cpu_ptr(nn->flows, cpu);
		for (i = 0; i < NFLB_N_FAST_HEADS; i++)
			nflb_fast_end_orphans(nn, &list->head[i]);
	}
	rhashtable_destroy(&nn->fast);
	free_percpu(nn->flows);
}

/**
 * nflb_fast_init() - makes room for fast flows
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_fast_init(void)
{
	get_random_bytes(nflb_fast_key, sizeof(nflb_fast_key));
	nflb_fast_cache = KMEM_CACHE(nflb_fast, 0);
	return nflb_fast_cache ? 0 : -ENOMEM;
}

/**
 * nflb_fast_exit() - takes back nflb_fast_init()
 *
 * Context: process, may sleep; rcu_barrier() has passed.
 */
void nflb_fast_exit(void)
{
	kmem_cache_destroy(nflb_fast_cache);
}
