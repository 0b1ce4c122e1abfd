// SPDX-License-Identifier: GPL-2.0-only
/* The requests that read the configuration. */

#include <net/genetlink.h>

#include "alerts.h"
#include "compat.h"
#include "nat.h"
#include "net.h"
#include "netlink.h"
#include "netlink_fill.h"
#include "refuse.h"
#include "snapshot.h"

static struct sk_buff *nflb_nl_reply_begin(struct genl_info *info, void **hdr)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct sk_buff *msg = genlmsg_new(NFLB_FILL_MAX, GFP_KERNEL);

	if (!msg) {
		nflb_refuse_memory(&why, -ENOMEM);
		return NULL;
	}
	*hdr = genlmsg_put_reply(msg, info, &nflb_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int nflb_nl_reply_end(struct genl_info *info, struct sk_buff *msg,
			     void *hdr, int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * nflb_nl_dump_start() - begins a dump of objects, any of which must fit
 * @cb: the dump
 *
 * Context: process.
 * Return: 0.
 */
int nflb_nl_dump_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = NFLB_FILL_MAX;
	return 0;
}

/**
 * nflb_nl_info_get() - answers a request for the namespace as a whole
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_info_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_nl_reply_begin(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	err = nflb_fill_info(msg, nn, rcu_dereference(nn->snap));
	rcu_read_unlock();
	return nflb_nl_reply_end(info, msg, hdr, err);
}

/**
 * nflb_nl_fastpath_get() - answers a request for what concerns the fast path
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_fastpath_get(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nflb_snapshot nothing;
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_nl_reply_begin(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	err = nflb_fill_fastpath(msg, rcu_dereference(nn->snap) ?: &nothing, 0);
	rcu_read_unlock();
	return nflb_nl_reply_end(info, msg, hdr, err);
}

/**
 * struct nflb_nl_kind - what differs between kinds in get and dump
 * @word: word for it in sentences
 * @cmd: command of the replies
 * @name_attr: attribute of the name
 * @fill: puts an object
 * @table: finds the objects in a snapshot
 * @has: tells whether an object of the table is one; NULL if all are
 */
struct nflb_nl_kind {
	const char *word;
	u8 cmd;
	int name_attr;
	nflb_fill_fn fill;
	const struct nflb_table *(*table)(const struct nflb_snapshot *snap);
	bool (*has)(const struct nflb_object *object);
};

static const struct nflb_table *
nflb_nl_frontends(const struct nflb_snapshot *snap)
{
	return &snap->frontends;
}

static const struct nflb_table *nflb_nl_probes(const struct nflb_snapshot *snap)
{
	return &snap->probes;
}

static const struct nflb_table *nflb_nl_pools(const struct nflb_snapshot *snap)
{
	return &snap->pools;
}

static const struct nflb_table *
nflb_nl_services(const struct nflb_snapshot *snap)
{
	return &snap->services;
}

static const struct nflb_table *nflb_nl_snats(const struct nflb_snapshot *snap)
{
	return &snap->snats;
}

static const struct nflb_nl_kind nflb_nl_kind_frontend = {
	.word = "frontend",
	.cmd = NFLB_CMD_FRONTEND_GET,
	.name_attr = NFLB_A_FRONTEND_NAME,
	.fill = nflb_fill_frontend,
	.table = nflb_nl_frontends,
};

static const struct nflb_nl_kind nflb_nl_kind_probe = {
	.word = "probe",
	.cmd = NFLB_CMD_PROBE_GET,
	.name_attr = NFLB_A_PROBE_NAME,
	.fill = nflb_fill_probe,
	.table = nflb_nl_probes,
};

static const struct nflb_nl_kind nflb_nl_kind_pool = {
	.word = "pool",
	.cmd = NFLB_CMD_POOL_GET,
	.name_attr = NFLB_A_POOL_NAME,
	.fill = nflb_fill_pool,
	.table = nflb_nl_pools,
};

static const struct nflb_nl_kind nflb_nl_kind_service = {
	.word = "service",
	.cmd = NFLB_CMD_SERVICE_GET,
	.name_attr = NFLB_A_SERVICE_NAME,
	.fill = nflb_fill_service,
	.table = nflb_nl_services,
	.has = nflb_service_is_balanced,
};

static const struct nflb_nl_kind nflb_nl_kind_snat = {
	.word = "snat",
	.cmd = NFLB_CMD_SNAT_GET,
	.name_attr = NFLB_A_SNAT_NAME,
	.fill = nflb_fill_snat,
	.table = nflb_nl_snats,
};

static const struct nflb_nl_kind nflb_nl_kind_nat = {
	.word = "nat",
	.cmd = NFLB_CMD_NAT_GET,
	.name_attr = NFLB_A_SERVICE_NAME,
	.fill = nflb_fill_service,
	.table = nflb_nl_services,
	.has = nflb_service_is_nat,
};

static bool nflb_nl_kind_has(const struct nflb_nl_kind *kind,
			     const struct nflb_snapshot *snap, u32 pos)
{
	const struct nflb_object *object;

	object = nflb_table_at(kind->table(snap), pos);
	return object && (!kind->has || kind->has(object));
}

/* Finds the object that a request names, under RCU. */
static u32 nflb_nl_find(const struct genl_info *info,
			const struct nflb_snapshot *snap,
			const struct nflb_nl_kind *kind, int *err)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const char *name = nla_data(info->attrs[kind->name_attr]);
	u32 pos = NFLB_NONE;

	if (snap)
		pos = nflb_table_find(kind->table(snap), name);
	if (pos != NFLB_NONE && nflb_nl_kind_has(kind, snap, pos))
		return pos;
	*err = nflb_refuse(&why, -ENOENT, kind->name_attr, "there is no %s %s",
			   kind->word, name);
	return NFLB_NONE;
}

static int nflb_nl_get(struct genl_info *info, const struct nflb_nl_kind *kind)
{
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	const struct nflb_snapshot *snap;
	struct sk_buff *msg;
	void *hdr;
	int err;
	u32 pos;

	if (GENL_REQ_ATTR_CHECK(info, kind->name_attr))
		return -EINVAL;
	msg = nflb_nl_reply_begin(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	pos = nflb_nl_find(info, snap, kind, &err);
	if (pos != NFLB_NONE)
		err = kind->fill(msg, snap, pos);
	rcu_read_unlock();
	return nflb_nl_reply_end(info, msg, hdr, err);
}

static void *nflb_nl_dump_begin(struct sk_buff *skb,
				struct netlink_callback *cb, u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &nflb_family, NLM_F_MULTI, cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int nflb_nl_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static int nflb_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct nflb_nl_kind *kind,
			    const struct nflb_snapshot *snap, u32 pos)
{
	void *hdr = nflb_nl_dump_begin(skb, cb, kind->cmd);

	if (!hdr)
		return -EMSGSIZE;
	return nflb_nl_dump_end(skb, hdr, kind->fill(skb, snap, pos));
}

/*
 * Goes on where the last part ended: an object keeps its place. A part that
 * comes from another generation is marked, so the reader starts again.
 */
static int nflb_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
			const struct nflb_nl_kind *kind)
{
	struct nflb_net *nn = nflb_net(sock_net(skb->sk));
	const struct nflb_snapshot *snap;
	const struct nflb_table *table;
	u32 pos = cb->args[0];
	int err = 0;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap) {
		cb->seq = snap->generation;
		table = kind->table(snap);
		for (; pos < table->n_slots; pos++) {
			if (!nflb_nl_kind_has(kind, snap, pos))
				continue;
			err = nflb_nl_dump_one(skb, cb, kind, snap, pos);
			if (err)
				break;
		}
	}
	rcu_read_unlock();
	cb->args[0] = pos;
	return skb->len ? skb->len : err;
}

/**
 * nflb_nl_frontend_get() - answers a request for a frontend
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_frontend_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_frontend);
}

/**
 * nflb_nl_frontend_dump() - puts a part of all frontends
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_frontend_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_frontend);
}

/**
 * nflb_nl_probe_get() - answers a request for a probe
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_probe_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_probe);
}

/**
 * nflb_nl_probe_dump() - puts a part of all probes
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_probe_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_probe);
}

/**
 * nflb_nl_pool_get() - answers a request for a pool
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_pool_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_pool);
}

/**
 * nflb_nl_pool_dump() - puts a part of all pools
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_pool);
}

/**
 * nflb_nl_service_get() - answers a request for a service
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_service_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_service);
}

/**
 * nflb_nl_service_dump() - puts a part of all services
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_service);
}

/**
 * nflb_nl_snat_get() - answers a request for a snat
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_snat_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_snat);
}

/**
 * nflb_nl_snat_dump() - puts a part of all snats
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_snat_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_snat);
}

/**
 * nflb_nl_nat_get() - answers a request for a nat
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_nat_get(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_get(info, &nflb_nl_kind_nat);
}

/**
 * nflb_nl_nat_dump() - puts a part of all nats
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_nat_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nflb_nl_dump(skb, cb, &nflb_nl_kind_nat);
}

/* What a nat says of its backends, then of its ports; args: nat, place. */
enum {
	NFLB_DUMP_NAT,
	NFLB_DUMP_PLACE,
};

/* Is there something to say? */
static bool nflb_nl_mapping_has(const struct nflb_pool *pool,
				const struct nflb_nat *nat, u32 i)
{
	const struct nflb_backend *backend;

	if (i >= nat->n_members)
		return nflb_nat_is_kept(&nat->port[i - nat->n_members]);
	backend = pool->member[i].backend;
	return nflb_nat_wants(nat, backend->account.name);
}

static int nflb_nl_dump_mapping(struct sk_buff *skb,
				struct netlink_callback *cb,
				const struct nflb_snapshot *snap, u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(snap, pos);
	const struct nflb_pool *pool = nflb_snapshot_tier(snap, service, 0);
	const struct nflb_nat *nat = service->nat;
	u32 n = nat->n_members + nat->n_ports;
	void *hdr;
	u32 i;

	for (i = cb->args[NFLB_DUMP_PLACE]; i < n; i++) {
		if (!nflb_nl_mapping_has(pool, nat, i))
			continue;
		hdr = nflb_nl_dump_begin(skb, cb, NFLB_CMD_MAPPING_GET);
		if (!hdr ||
		    nflb_nl_dump_end(skb, hdr,
				     nflb_fill_mapping(skb, snap, pos, i)))
			break;
	}
	cb->args[NFLB_DUMP_PLACE] = i < n ? i : 0;
	return i < n ? -EMSGSIZE : 0;
}

/**
 * nflb_nl_mapping_dump() - puts a part of the mapping of all nats, or of one
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_mapping_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = nflb_dump_attrs(cb)[NFLB_A_MAPPING_NAT];
	struct nflb_net *nn = nflb_net(sock_net(skb->sk));
	const struct nflb_snapshot *snap;
	u32 pos = cb->args[NFLB_DUMP_NAT];
	int err = 0;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	cb->seq = snap ? snap->generation : 0;
	for (; snap && pos < snap->services.n_slots; pos++) {
		if (!nflb_nl_kind_has(&nflb_nl_kind_nat, snap, pos) ||
		    (only && nla_strcmp(only,
				snap->services.slot[pos].object->name)))
			continue;
		err = nflb_nl_dump_mapping(skb, cb, snap, pos);
		if (err)
			break;
	}
	rcu_read_unlock();
	cb->args[NFLB_DUMP_NAT] = pos;
	return skb->len ? skb->len : err;
}

static int nflb_nl_backend_fill(struct sk_buff *msg,
				const struct genl_info *info,
				const struct nflb_snapshot *snap)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const char *pool_name = nla_data(info->attrs[NFLB_A_BACKEND_POOL]);
	const char *name = nla_data(info->attrs[NFLB_A_BACKEND_NAME]);
	u32 pos = NFLB_NONE;
	u32 i;

	if (snap)
		pos = nflb_table_find(&snap->pools, pool_name);
	if (pos == NFLB_NONE)
		return nflb_refuse(&why, -ENOENT, NFLB_A_BACKEND_POOL,
				   "there is no pool %s", pool_name);
	i = nflb_pool_find(nflb_snapshot_pool(snap, pos), name);
	if (i == NFLB_NONE)
		return nflb_refuse(&why, -ENOENT, NFLB_A_BACKEND_NAME,
				   "there is no backend %s in pool %s", name,
				   pool_name);
	return nflb_fill_member(msg, snap, pos, i);
}

/**
 * nflb_nl_backend_get() - answers a request for a backend
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_backend_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_BACKEND_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_BACKEND_NAME))
		return -EINVAL;
	msg = nflb_nl_reply_begin(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	err = nflb_nl_backend_fill(msg, info, rcu_dereference(nn->snap));
	rcu_read_unlock();
	return nflb_nl_reply_end(info, msg, hdr, err);
}

/*
 * What there is for the members of pools, then backends that leave; args:
 * object, member, id.
 */
enum {
	NFLB_DUMP_OBJECT,
	NFLB_DUMP_MEMBER,
	NFLB_DUMP_LEAVING,
};

/**
 * struct nflb_nl_nested - what there is one of for each backend of some objects
 * @cmd: command of the replies
 * @table: finds the objects in a snapshot
 * @pool: finds the place of the pool of one
 * @fill: puts what is there for a backend, by the places of object and member
 */
struct nflb_nl_nested {
	u8 cmd;
	const struct nflb_table *(*table)(const struct nflb_snapshot *snap);
	u32 (*pool)(const struct nflb_snapshot *snap, u32 pos);
	int (*fill)(struct sk_buff *skb, const struct nflb_snapshot *snap,
		    u32 pos, u32 i);
};

static u32 nflb_nl_pool_itself(const struct nflb_snapshot *snap, u32 pos)
{
	return pos;
}

static u32 nflb_nl_pool_of_snat(const struct nflb_snapshot *snap, u32 pos)
{
	return nflb_snapshot_snat(snap, pos)->pool;
}

static const struct nflb_nl_nested nflb_nl_members = {
	.cmd = NFLB_CMD_BACKEND_GET,
	.table = nflb_nl_pools,
	.pool = nflb_nl_pool_itself,
	.fill = nflb_fill_member,
};

static const struct nflb_nl_nested nflb_nl_leases = {
	.cmd = NFLB_CMD_LEASE_GET,
	.table = nflb_nl_snats,
	.pool = nflb_nl_pool_of_snat,
	.fill = nflb_fill_lease,
};

static int nflb_nl_dump_object(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct nflb_nl_nested *nested,
			       const struct nflb_snapshot *snap, u32 pos)
{
	const struct nflb_pool *pool;
	void *hdr;
	u32 i;

	pool = nflb_snapshot_pool(snap, nested->pool(snap, pos));
	for (i = cb->args[NFLB_DUMP_MEMBER]; i < pool->n_members; i++) {
		hdr = nflb_nl_dump_begin(skb, cb, nested->cmd);
		if (!hdr ||
		    nflb_nl_dump_end(skb, hdr,
				     nested->fill(skb, snap, pos, i)))
			break;
	}
	cb->args[NFLB_DUMP_MEMBER] = i < pool->n_members ? i : 0;
	return i < pool->n_members ? -EMSGSIZE : 0;
}

static int nflb_nl_dump_nested(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct nflb_nl_nested *nested,
			       const struct nflb_snapshot *snap,
			       const char *only)
{
	const struct nflb_table *table = nested->table(snap);
	const struct nflb_object *object;
	u32 pos;
	int err;

	for (pos = cb->args[NFLB_DUMP_OBJECT]; pos < table->n_slots; pos++) {
		cb->args[NFLB_DUMP_OBJECT] = pos;
		object = table->slot[pos].object;
		if (!object || (only && strcmp(object->name, only)))
			continue;
		err = nflb_nl_dump_object(skb, cb, nested, snap, pos);
		if (err)
			return err;
	}
	cb->args[NFLB_DUMP_OBJECT] = pos;
	return 0;
}

static int nflb_nl_dump_leaving(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct nflb_net *nn,
				const struct nflb_snapshot *snap,
				const char *only)
{
	struct nflb_backend *backend;
	int err = 0;
	void *hdr;

	spin_lock_bh(&nn->leaving_lock);
	list_for_each_entry(backend, &nn->leaving, node) {
		if (backend->leaving_id <= cb->args[NFLB_DUMP_LEAVING] ||
		    !atomic_read(&backend->account.active) ||
		    (only && strcmp(backend->pool, only)))
			continue;
		hdr = nflb_nl_dump_begin(skb, cb, NFLB_CMD_BACKEND_GET);
		err = -EMSGSIZE;
		if (!hdr)
			break;
		err = nflb_fill_leaving(skb, snap, backend);
		if (nflb_nl_dump_end(skb, hdr, err))
			break;
		cb->args[NFLB_DUMP_LEAVING] = backend->leaving_id;
	}
	spin_unlock_bh(&nn->leaving_lock);
	return err;
}

/**
 * nflb_nl_backend_dump() - puts a part of all backends, or of those of a pool
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_backend_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *attr = nflb_dump_attrs(cb)[NFLB_A_BACKEND_POOL];
	struct nflb_net *nn = nflb_net(sock_net(skb->sk));
	const char *only = attr ? nla_data(attr) : NULL;
	const struct nflb_snapshot *snap;
	int err = 0;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap) {
		cb->seq = snap->generation;
		err = nflb_nl_dump_nested(skb, cb, &nflb_nl_members, snap,
					  only);
		if (!err)
			err = nflb_nl_dump_leaving(skb, cb, nn, snap, only);
	}
	rcu_read_unlock();
	return skb->len ? skb->len : err;
}

/**
 * nflb_nl_lease_dump() - puts a part of the ports of all backends, or of those
 *	of a snat
 * @skb: the part
 * @cb: the dump
 *
 * Context: process.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_lease_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *attr = nflb_dump_attrs(cb)[NFLB_A_LEASE_SNAT];
	struct nflb_net *nn = nflb_net(sock_net(skb->sk));
	const struct nflb_snapshot *snap;
	int err = 0;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap) {
		cb->seq = snap->generation;
		err = nflb_nl_dump_nested(skb, cb, &nflb_nl_leases, snap,
					  attr ? nla_data(attr) : NULL);
	}
	rcu_read_unlock();
	return skb->len ? skb->len : err;
}

/* args: kind of the owner, its place, kind of the alert. */
enum {
	NFLB_DUMP_OWNER_KIND,
	NFLB_DUMP_OWNER,
	NFLB_DUMP_ALERT,
};

static int nflb_nl_dump_alerts_of(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  const struct nflb_alert_owner *owner)
{
	bool has_all = nflb_dump_attrs(cb)[NFLB_A_ALERT_ALL];
	u32 i = nflb_alerts_first(owner) + cb->args[NFLB_DUMP_ALERT];
	void *hdr;

	for (; i < nflb_alerts_end(owner); i++) {
		if (!has_all && !nflb_alerts_of(owner, i)->is_active)
			continue;
		cb->args[NFLB_DUMP_ALERT] = i - nflb_alerts_first(owner);
		hdr = nflb_nl_dump_begin(skb, cb, NFLB_CMD_ALERT_GET);
		if (!hdr || nflb_nl_dump_end(skb, hdr,
					     nflb_fill_alert(skb, owner, i)))
			return -EMSGSIZE;
	}
	cb->args[NFLB_DUMP_ALERT] = 0;
	return 0;
}

static int nflb_nl_dump_owners(struct sk_buff *skb, struct netlink_callback *cb,
			       struct xarray *owners)
{
	unsigned long pos = cb->args[NFLB_DUMP_OWNER];
	struct nflb_alert_owner *owner;
	int err;

	xa_for_each_start(owners, pos, owner, pos) {
		/* Another one is there, that has come meanwhile. */
		if (pos != cb->args[NFLB_DUMP_OWNER])
			cb->args[NFLB_DUMP_ALERT] = 0;
		cb->args[NFLB_DUMP_OWNER] = pos;
		err = nflb_nl_dump_alerts_of(skb, cb, owner);
		if (err)
			return err;
	}
	cb->args[NFLB_DUMP_OWNER] = 0;
	return 0;
}

/**
 * nflb_nl_alert_dump() - puts a part of the alerts
 * @skb: the part
 * @cb: the dump
 *
 * If one is told meanwhile the parts are marked, so the reader starts again.
 *
 * Context: process, may sleep.
 * Return: length of the part, 0 after the last, or a negative errno.
 */
int nflb_nl_alert_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nflb_alerts *alerts = &nflb_net(sock_net(skb->sk))->alerts;
	long kind = cb->args[NFLB_DUMP_OWNER_KIND];
	int err = 0;

	mutex_lock(&alerts->mutex);
	/* 0 would stand for any. */
	cb->seq = alerts->n_told + 1;
	for (; kind < NFLB_N_ALERT_OWNERS; kind++) {
		err = nflb_nl_dump_owners(skb, cb, &alerts->owners[kind]);
		if (err)
			break;
	}
	mutex_unlock(&alerts->mutex);
	cb->args[NFLB_DUMP_OWNER_KIND] = kind;
	return skb->len ? skb->len : err;
}
