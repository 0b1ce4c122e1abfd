// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests that read flows: how, whichever they are, and which those are
 * that are balanced.
 */

#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <uapi/nflb.h>

#include "backend.h"
#include "bind.h"
#include "compat.h"
#include "flow.h"
#include "netlink.h"
#include "netlink_fill.h"

static bool nflb_flow_name_matches(const struct nlattr *wanted,
				   const char *name)
{
	return !wanted || !strcmp(nla_data(wanted), name);
}

static int nflb_flow_fill_ports(struct sk_buff *skb, const struct nf_conn *ct,
				const struct nflb_tuple *tuple)
{
	__be16 port = ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u.all;

	if (!nflb_protocol_has_ports(tuple->protocol))
		return 0;
	if (nla_put_u32(skb, NFLB_A_FLOW_CLIENT_PORT, tuple->src_port) ||
	    nla_put_u32(skb, NFLB_A_FLOW_FRONTEND_PORT, tuple->dst_port) ||
	    nla_put_u32(skb, NFLB_A_FLOW_BACKEND_PORT, ntohs(port)))
		return -EMSGSIZE;
	return 0;
}

static int nflb_flow_fill_state(struct sk_buff *skb, const struct nf_conn *ct,
				const struct nflb_flow *flow)
{
	u64 timeout_ms = nflb_times_left_ms(&nflb_flow_service(flow)->times,
					    ct);

	if (nla_put_u64_64bit(skb, NFLB_A_FLOW_TIMEOUT_MS, timeout_ms,
			      NFLB_A_FLOW_PAD) ||
	    nla_put_u32(skb, NFLB_A_FLOW_ACTIVE,
			test_bit(NFLB_FLOW_ACTIVE, &flow->service)))
		return -EMSGSIZE;
	if (test_bit(NFLB_FLOW_HAIRPIN, &flow->service))
		return nla_put_flag(skb, NFLB_A_FLOW_HAIRPIN);
	return 0;
}

static int nflb_flow_fill(struct sk_buff *skb, const struct nf_conn *ct)
{
	const struct nflb_flow *flow = nflb_flow_find(ct);
	const struct nflb_account *service;
	const struct nflb_backend *backend;
	struct nflb_tuple tuple;

	backend = flow ? READ_ONCE(flow->backend) : NULL;
	if (!backend)
		return -ENOENT;
	service = nflb_flow_service(flow);
	nflb_bind_tuple(ct, &tuple);
	if (nla_put_string(skb, NFLB_A_FLOW_SERVICE, service->name) ||
	    nla_put_string(skb, NFLB_A_FLOW_POOL, backend->pool) ||
	    nla_put_string(skb, NFLB_A_FLOW_BACKEND, backend->account.name) ||
	    nla_put_u32(skb, NFLB_A_FLOW_PROTOCOL, tuple.protocol) ||
	    nflb_fill_addr(skb, NFLB_A_FLOW_CLIENT, &tuple.src) ||
	    nflb_fill_addr(skb, NFLB_A_FLOW_FRONTEND_ADDRESS, &tuple.dst) ||
	    nflb_fill_addr(skb, NFLB_A_FLOW_BACKEND_ADDRESS, &backend->addr) ||
	    nflb_flow_fill_ports(skb, ct, &tuple))
		return -EMSGSIZE;
	return nflb_flow_fill_state(skb, ct, flow);
}

/**
 * struct nflb_flow_key - what finds an entry again
 * @tuple: its original tuple
 * @zone: its zone
 */
struct nflb_flow_key {
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;
};

#define NFLB_FLOWS_PER_CHUNK \
	((PAGE_SIZE - sizeof(struct list_head) - sizeof(u64)) / \
	 sizeof(struct nflb_flow_key))

/**
 * struct nflb_flow_chunk - a page of keys
 * @node: in nflb_flow_dump.chunks
 * @n: number of keys
 * @key: the keys
 */
struct nflb_flow_chunk {
	struct list_head node;
	u32 n;
	struct nflb_flow_key key[NFLB_FLOWS_PER_CHUNK];
};

static_assert(sizeof(struct nflb_flow_chunk) <= PAGE_SIZE);

/**
 * struct nflb_flow_dump - the flows that a dump will show
 * @kind: what flows these are
 * @chunks: struct nflb_flow_chunk; shown from the first, freed when shown
 * @at: keys of the first chunk that have been shown
 * @wanted: attributes of the request, while keys are gathered
 * @err: what went wrong meanwhile
 */
struct nflb_flow_dump {
	const struct nflb_nl_flows *kind;
	struct list_head chunks;
	u32 at;
	struct nlattr **wanted;
	int err;
};

static bool nflb_flow_is_wanted(const struct nf_conn *ct,
				struct nlattr **wanted)
{
	const struct nflb_flow *flow = nflb_flow_find(ct);
	const struct nflb_backend *backend;

	backend = flow ? READ_ONCE(flow->backend) : NULL;
	return backend &&
	       nflb_flow_name_matches(wanted[NFLB_A_FLOW_POOL],
				      backend->pool) &&
	       nflb_flow_name_matches(wanted[NFLB_A_FLOW_BACKEND],
				      backend->account.name) &&
	       nflb_flow_name_matches(wanted[NFLB_A_FLOW_SERVICE],
				      nflb_flow_service(flow)->name);
}

static struct nflb_flow_chunk *nflb_flow_dump_room(struct nflb_flow_dump *dump)
{
	struct nflb_flow_chunk *chunk;

	if (!list_empty(&dump->chunks)) {
		chunk = list_last_entry(&dump->chunks, struct nflb_flow_chunk,
					node);
		if (chunk->n < NFLB_FLOWS_PER_CHUNK)
			return chunk;
	}
	chunk = kmalloc(sizeof(*chunk),
			GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!chunk)
		return NULL;
	chunk->n = 0;
	list_add_tail(&chunk->node, &dump->chunks);
	return chunk;
}

/* Called with the entry's hash chain locked, so it is alive. */
static int nflb_flow_gather(struct nf_conn *ct, void *data)
{
	struct nflb_flow_dump *dump = data;
	struct nflb_flow_chunk *chunk;
	bool is_wanted;

	rcu_read_lock();
	is_wanted = dump->kind->is_wanted(ct, dump->wanted);
	rcu_read_unlock();
	if (!is_wanted || dump->err)
		return 0;
	chunk = nflb_flow_dump_room(dump);
	if (!chunk) {
		dump->err = -ENOMEM;
		return 0;
	}
	chunk->key[chunk->n++] = (struct nflb_flow_key) {
		.tuple = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple,
		.zone = *nf_ct_zone(ct),
	};
	return 0;
}

static void nflb_flow_dump_drop(struct nflb_flow_dump *dump)
{
	struct nflb_flow_chunk *chunk;

	chunk = list_first_entry(&dump->chunks, struct nflb_flow_chunk, node);
	list_del(&chunk->node);
	kfree(chunk);
	dump->at = 0;
}

static void nflb_flow_dump_free(struct nflb_flow_dump *dump)
{
	while (!list_empty(&dump->chunks))
		nflb_flow_dump_drop(dump);
	kfree(dump);
}

/**
 * nflb_nl_flows_start() - gathers the flows for a dump
 * @cb: the dump; args[0] holds them until nflb_nl_flow_done()
 * @kind: what flows these are
 *
 * Modules have one safe way over conntrack's table, which can be resized at
 * any time: its iterator, in one go. Entries are not held meanwhile: a slow
 * reader must not fill the table.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nl_flows_start(struct netlink_callback *cb,
			const struct nflb_nl_flows *kind)
{
	struct nf_ct_iter_data iter = { .net = sock_net(cb->skb->sk) };
	struct nflb_flow_dump *dump;
	int err;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	dump->kind = kind;
	INIT_LIST_HEAD(&dump->chunks);
	dump->wanted = nflb_dump_attrs(cb);
	iter.data = dump;
	nf_ct_iterate_cleanup_net(nflb_flow_gather, &iter);
	if (dump->err) {
		err = dump->err;
		nflb_flow_dump_free(dump);
		return err;
	}
	cb->args[0] = (long)dump;
	return 0;
}

static const struct nflb_nl_flows nflb_balanced_flows = {
	.cmd = NFLB_CMD_FLOW_GET,
	.is_wanted = nflb_flow_is_wanted,
	.fill = nflb_flow_fill,
};

/**
 * nflb_nl_flow_start() - begins a dump of the balanced flows
 * @cb: the dump
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nl_flow_start(struct netlink_callback *cb)
{
	return nflb_nl_flows_start(cb, &nflb_balanced_flows);
}

static int nflb_flow_dump_entry(struct sk_buff *skb,
				struct netlink_callback *cb,
				const struct nflb_nl_flows *kind,
				const struct nf_conn *ct)
{
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &nflb_family, NLM_F_MULTI, kind->cmd);
	if (!hdr)
		return -EMSGSIZE;
	err = kind->fill(skb, ct);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err == -ENOENT ? 0 : err;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Returns 0 too when the flow has ended meanwhile. */
static int nflb_flow_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			      const struct nflb_nl_flows *kind,
			      const struct nflb_flow_key *key)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conn *ct;
	int err;

	hash = nf_conntrack_find_get(sock_net(skb->sk), &key->zone,
				     &key->tuple);
	if (!hash)
		return 0;
	ct = nf_ct_tuplehash_to_ctrack(hash);
	err = nflb_flow_dump_entry(skb, cb, kind, ct);
	nf_ct_put(ct);
	return err;
}

/**
 * nflb_nl_flow_dump() - puts a part of the flows
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nflb_flow_dump *dump = (struct nflb_flow_dump *)cb->args[0];
	struct nflb_flow_chunk *chunk;
	int err = 0;

	rcu_read_lock();
	while (!err && !list_empty(&dump->chunks)) {
		chunk = list_first_entry(&dump->chunks, struct nflb_flow_chunk,
					 node);
		if (dump->at == chunk->n) {
			nflb_flow_dump_drop(dump);
			continue;
		}
		err = nflb_flow_dump_one(skb, cb, dump->kind,
					 &chunk->key[dump->at]);
		if (!err)
			dump->at++;
	}
	rcu_read_unlock();
	return skb->len ? skb->len : err;
}

/**
 * nflb_nl_flow_done() - ends a dump of flows, shown to the end or not
 * @cb: the dump
 *
 * Context: process.
 * Return: 0.
 */
int nflb_nl_flow_done(struct netlink_callback *cb)
{
	nflb_flow_dump_free((struct nflb_flow_dump *)cb->args[0]);
	return 0;
}
