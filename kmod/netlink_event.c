// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what listeners of the multicast group are told.
 *
 * A commit tells the difference between the two snapshots, object by object,
 * and ends with an event of its own. An event that finds no memory marks the
 * listeners' sockets with ENOBUFS, so they know to read everything again.
 */

#include <net/genetlink.h>

#include "event.h"
#include "nat.h"
#include "net.h"
#include "netlink.h"
#include "netlink_fill.h"
#include "note.h"
#include "report.h"
#include "snapshot.h"

/**
 * struct nflb_event_kind - what differs between kinds of objects
 * @cmd: command of the event
 * @change_attr: attribute that tells the change
 * @fill: puts an object
 * @has: tells whether an object of the table is one; NULL if all are
 */
struct nflb_event_kind {
	u8 cmd;
	int change_attr;
	nflb_fill_fn fill;
	bool (*has)(const struct nflb_object *object);
};

static const struct nflb_event_kind nflb_event_frontend = {
	.cmd = NFLB_CMD_FRONTEND_NTF,
	.change_attr = NFLB_A_FRONTEND_CHANGE,
	.fill = nflb_fill_frontend,
};

static const struct nflb_event_kind nflb_event_probe = {
	.cmd = NFLB_CMD_PROBE_NTF,
	.change_attr = NFLB_A_PROBE_CHANGE,
	.fill = nflb_fill_probe,
};

static const struct nflb_event_kind nflb_event_pool = {
	.cmd = NFLB_CMD_POOL_NTF,
	.change_attr = NFLB_A_POOL_CHANGE,
	.fill = nflb_fill_pool,
};

static const struct nflb_event_kind nflb_event_service = {
	.cmd = NFLB_CMD_SERVICE_NTF,
	.change_attr = NFLB_A_SERVICE_CHANGE,
	.fill = nflb_fill_service,
	.has = nflb_service_is_balanced,
};

static const struct nflb_event_kind nflb_event_nat = {
	.cmd = NFLB_CMD_NAT_NTF,
	.change_attr = NFLB_A_SERVICE_CHANGE,
	.fill = nflb_fill_service,
	.has = nflb_service_is_nat,
};

static const struct nflb_event_kind nflb_event_snat = {
	.cmd = NFLB_CMD_SNAT_NTF,
	.change_attr = NFLB_A_SNAT_CHANGE,
	.fill = nflb_fill_snat,
};

static const struct nflb_event_kind nflb_event_fastpath = {
	.cmd = NFLB_CMD_FASTPATH_NTF,
	.change_attr = NFLB_A_FASTPATH_CHANGE,
	.fill = nflb_fill_fastpath,
};

static void nflb_event_lost(struct nflb_net *nn)
{
	genl_set_err(&nflb_family, nn->net, 0, NFLB_GROUP_CHANGES, -ENOBUFS);
}

/* If there is no memory, listeners are told that they miss something. */
static struct sk_buff *nflb_event_begin(struct nflb_net *nn, u8 cmd, void **hdr)
{
	struct sk_buff *msg = nlmsg_new(NFLB_FILL_MAX, GFP_KERNEL);

	*hdr = msg ? genlmsg_put(msg, 0, 0, &nflb_family, 0, cmd) : NULL;
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	nflb_event_lost(nn);
	return NULL;
}

static bool nflb_event_has_listeners(const struct nflb_net *nn)
{
	return genl_has_listeners(&nflb_family, nn->net, NFLB_GROUP_CHANGES);
}

static void nflb_event_send(struct nflb_net *nn, struct sk_buff *msg, void *hdr,
			    int err)
{
	if (err) {
		nlmsg_free(msg);
		nflb_event_lost(nn);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&nflb_family, nn->net, msg, 0,
				NFLB_GROUP_CHANGES, GFP_KERNEL);
}

static void nflb_event_object(struct nflb_net *nn,
			      const struct nflb_event_kind *kind,
			      const struct nflb_snapshot *snap, u32 pos,
			      enum nflb_change change)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_event_begin(nn, kind->cmd, &hdr);
	if (!msg)
		return;
	err = kind->fill(msg, snap, pos);
	if (!err)
		err = nla_put_u32(msg, kind->change_attr, change);
	nflb_event_send(nn, msg, hdr, err);
}

static void nflb_event_member(struct nflb_net *nn,
			      const struct nflb_snapshot *snap, u32 pos, u32 i,
			      enum nflb_change change)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_event_begin(nn, NFLB_CMD_BACKEND_NTF, &hdr);
	if (!msg)
		return;
	err = nflb_fill_member(msg, snap, pos, i);
	if (!err)
		err = nla_put_u32(msg, NFLB_A_BACKEND_CHANGE, change);
	nflb_event_send(nn, msg, hdr, err);
}

static void nflb_event_mapping(struct nflb_net *nn,
			       const struct nflb_snapshot *snap, u32 pos, u32 i,
			       enum nflb_change change)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_event_begin(nn, NFLB_CMD_MAPPING_NTF, &hdr);
	if (!msg)
		return;
	err = nflb_fill_mapping(msg, snap, pos, i);
	if (!err)
		err = nla_put_u32(msg, NFLB_A_MAPPING_CHANGE, change);
	nflb_event_send(nn, msg, hdr, err);
}

static const struct nflb_object *
nflb_event_at(const struct nflb_event_kind *kind,
	      const struct nflb_table *table, u32 pos)
{
	const struct nflb_object *object = nflb_table_at(table, pos);

	return object && (!kind->has || kind->has(object)) ? object : NULL;
}

/* The object with the name of another, if it is of the kind. */
static const struct nflb_object *
nflb_event_namesake(const struct nflb_event_kind *kind,
		    const struct nflb_table *table,
		    const struct nflb_object *object)
{
	return nflb_event_at(kind, table, nflb_table_find(table, object->name));
}

/* Objects that @old has and @new has not. */
static void nflb_event_removed(struct nflb_net *nn,
			       const struct nflb_event_kind *kind,
			       const struct nflb_snapshot *snap,
			       const struct nflb_table *old,
			       const struct nflb_table *new)
{
	const struct nflb_object *object;
	u32 pos;

	for (pos = 0; pos < old->n_slots; pos++) {
		object = nflb_event_at(kind, old, pos);
		if (object && !nflb_event_namesake(kind, new, object))
			nflb_event_object(nn, kind, snap, pos, NFLB_CHANGE_DEL);
	}
}

/* Of a nat only that counts which is by requests. */
static bool nflb_event_object_is_same(const struct nflb_event_kind *kind,
				      const struct nflb_object *a,
				      const struct nflb_object *b)
{
	if (kind != &nflb_event_nat)
		return a == b;
	return container_of(a, struct nflb_service, object)->edition ==
	       container_of(b, struct nflb_service, object)->edition;
}

static void nflb_event_changed(struct nflb_net *nn,
			       const struct nflb_event_kind *kind,
			       const struct nflb_snapshot *snap,
			       const struct nflb_table *old,
			       const struct nflb_table *new)
{
	const struct nflb_object *object, *former;
	u32 pos;

	for (pos = 0; pos < new->n_slots; pos++) {
		object = nflb_event_at(kind, new, pos);
		if (!object)
			continue;
		former = nflb_event_namesake(kind, old, object);
		if (!former)
			nflb_event_object(nn, kind, snap, pos, NFLB_CHANGE_ADD);
		else if (!nflb_event_object_is_same(kind, former, object))
			nflb_event_object(nn, kind, snap, pos, NFLB_CHANGE_SET);
	}
}

static bool nflb_event_pool_is_same(const struct nflb_pool *a,
				    const struct nflb_pool *b)
{
	return a->sched == b->sched && a->slots == b->slots &&
	       a->seed == b->seed && a->panic_pct == b->panic_pct &&
	       a->slow_start_ms == b->slow_start_ms &&
	       a->prefer_zone == b->prefer_zone &&
	       a->spill_pct == b->spill_pct &&
	       a->eject_after == b->eject_after &&
	       a->eject_time_ms == b->eject_time_ms;
}

static bool nflb_event_member_is_same(const struct nflb_member *a,
				      const struct nflb_member *b)
{
	return a->backend == b->backend && a->weight == b->weight &&
	       a->zone == b->zone && a->admin == b->admin &&
	       a->max_flows == b->max_flows &&
	       a->is_draining == b->is_draining &&
	       a->drain_until == b->drain_until &&
	       a->admin_until == b->admin_until &&
	       nflb_note_is_same(a->note, b->note);
}

static struct nflb_pool *nflb_event_pool_in(const struct nflb_snapshot *snap,
					    const struct nflb_pool *pool,
					    u32 *pos)
{
	*pos = nflb_table_find(&snap->pools, pool->object.name);
	return nflb_snapshot_pool(snap, *pos);
}

/* Members that the pool has in @old and not in @new, with the pool or not. */
static void nflb_event_members_removed(struct nflb_net *nn,
				       const struct nflb_snapshot *old,
				       const struct nflb_snapshot *new, u32 pos)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(old, pos);
	const struct nflb_pool *now;
	u32 ignored;
	u32 i;

	now = nflb_event_pool_in(new, pool, &ignored);
	if (now == pool)
		return;
	for (i = 0; i < pool->n_members; i++) {
		const char *name = pool->member[i].backend->account.name;

		if (!now || nflb_pool_find(now, name) == NFLB_NONE)
			nflb_event_member(nn, old, pos, i, NFLB_CHANGE_DEL);
	}
}

static void nflb_event_members_changed(struct nflb_net *nn,
				       const struct nflb_snapshot *new, u32 pos,
				       const struct nflb_pool *former)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(new, pos);
	u32 i, was;

	for (i = 0; i < pool->n_members; i++) {
		const struct nflb_member *member = &pool->member[i];

		was = NFLB_NONE;
		if (former)
			was = nflb_pool_find(former,
					     member->backend->account.name);
		if (was == NFLB_NONE)
			nflb_event_member(nn, new, pos, i, NFLB_CHANGE_ADD);
		else if (!nflb_event_member_is_same(member,
						    &former->member[was]))
			nflb_event_member(nn, new, pos, i, NFLB_CHANGE_SET);
	}
}

/* Does it panic in @snap, by the probe with this name? */
static bool nflb_event_panics_in(const struct nflb_snapshot *snap,
				 const struct nflb_pool *pool,
				 const char *probe)
{
	u32 gate;

	gate = nflb_pool_gate_find(pool, nflb_table_find(&snap->probes, probe));
	return gate != NFLB_NONE && nflb_pool_is_panicking(pool, gate);
}

static void nflb_event_panics(struct nflb_net *nn,
			      const struct nflb_snapshot *old,
			      const struct nflb_pool *former,
			      const struct nflb_snapshot *new,
			      const struct nflb_pool *pool)
{
	const char *probe;
	bool panicked;
	u32 gate;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (!pool->gate[gate].n_services)
			continue;
		probe = new->probes.slot[pool->gate[gate].probe].object->name;
		panicked = former && nflb_event_panics_in(old, former, probe);
		if (panicked != nflb_pool_is_panicking(pool, gate))
			nflb_event_panic(nn, new, pool, gate);
	}
}

static void nflb_event_pools_removed(struct nflb_net *nn,
				     const struct nflb_snapshot *old,
				     const struct nflb_snapshot *new)
{
	u32 pos;

	for (pos = 0; pos < old->pools.n_slots; pos++) {
		if (nflb_snapshot_pool(old, pos))
			nflb_event_members_removed(nn, old, new, pos);
	}
	nflb_event_removed(nn, &nflb_event_pool, old, &old->pools,
			   &new->pools);
}

static void nflb_event_pools_changed(struct nflb_net *nn,
				     const struct nflb_snapshot *old,
				     const struct nflb_snapshot *new)
{
	struct nflb_pool *pool, *former;
	u32 pos, ignored;

	for (pos = 0; pos < new->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(new, pos);
		former = pool ? nflb_event_pool_in(old, pool, &ignored) : NULL;
		if (!pool || pool == former)
			continue;
		if (!former)
			nflb_event_object(nn, &nflb_event_pool, new, pos,
					  NFLB_CHANGE_ADD);
		else if (!nflb_event_pool_is_same(pool, former))
			nflb_event_object(nn, &nflb_event_pool, new, pos,
					  NFLB_CHANGE_SET);
		nflb_event_members_changed(nn, new, pos, former);
		nflb_event_panics(nn, old, former, new, pool);
	}
}

static const struct nflb_service *
nflb_event_nat_in(const struct nflb_snapshot *snap,
		  const struct nflb_service *nat)
{
	u32 pos = nflb_table_find(&snap->services, nat->object.name);
	const struct nflb_service *other = nflb_snapshot_service(snap, pos);

	return other && other->nat ? other : NULL;
}

/* The port of a backend, 0 if it has none; or NFLB_NONE if it wants none. */
static u32 nflb_event_port_in(const struct nflb_snapshot *snap,
			      const struct nflb_service *service,
			      const char *backend)
{
	u32 pos;

	if (!service || !nflb_nat_wants(service->nat, backend))
		return NFLB_NONE;
	pos = nflb_pool_find(nflb_snapshot_tier(snap, service, 0), backend);
	if (pos == NFLB_NONE)
		return NFLB_NONE;
	pos = service->nat->place[pos];
	return pos == NFLB_NONE ? 0 : service->nat->first + pos;
}

/*
 * Tells of those backends of a nat in @snap whose ports are others in @other:
 * that they have gone, or what they have now.
 */
static void nflb_event_nat_ports(struct nflb_net *nn,
				 const struct nflb_snapshot *snap, u32 pos,
				 const struct nflb_snapshot *other, bool is_now)
{
	const struct nflb_service *nat = nflb_snapshot_service(snap, pos);
	const struct nflb_pool *pool = nflb_snapshot_tier(snap, nat, 0);
	const struct nflb_service *peer = nflb_event_nat_in(other, nat);
	u32 i, here, there;

	for (i = 0; peer != nat && i < nat->nat->n_members; i++) {
		const char *name = pool->member[i].backend->account.name;

		here = nflb_event_port_in(snap, nat, name);
		there = nflb_event_port_in(other, peer, name);
		if (here == NFLB_NONE || here == there)
			continue;
		if (there == NFLB_NONE)
			nflb_event_mapping(nn, snap, pos, i, is_now ?
					   NFLB_CHANGE_ADD : NFLB_CHANGE_DEL);
		else if (is_now)
			nflb_event_mapping(nn, snap, pos, i, NFLB_CHANGE_SET);
	}
}

static void nflb_event_ports(struct nflb_net *nn,
			     const struct nflb_snapshot *snap,
			     const struct nflb_snapshot *other, bool is_now)
{
	u32 pos;

	for (pos = 0; pos < snap->services.n_slots; pos++) {
		if (nflb_event_at(&nflb_event_nat, &snap->services, pos))
			nflb_event_nat_ports(nn, snap, pos, other, is_now);
	}
}

static void nflb_event_end(struct nflb_net *nn, u32 generation, u32 n_changes)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = nflb_event_begin(nn, NFLB_CMD_COMMIT_NTF, &hdr);
	if (!msg)
		return;
	err = nla_put_u32(msg, NFLB_A_TXN_GENERATION, generation);
	if (!err)
		err = nla_put_u32(msg, NFLB_A_TXN_CHANGES, n_changes);
	nflb_event_send(nn, msg, hdr, err);
}

/**
 * nflb_event_commit() - tells what a commit has changed
 * @nn: the namespace
 * @old: the snapshot before, or NULL
 * @new: the snapshot now
 * @n_changes: number of changes in the transaction
 *
 * Removals come first, users before what they use; additions the other way
 * round, so that a listener never sees a name that it does not know.
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_commit(struct nflb_net *nn, const struct nflb_snapshot *old,
		       const struct nflb_snapshot *new, u32 n_changes)
{
	static const struct nflb_snapshot nothing;

	if (!nflb_event_has_listeners(nn))
		return;
	if (!old)
		old = &nothing;
	nflb_event_removed(nn, &nflb_event_snat, old, &old->snats, &new->snats);
	nflb_event_ports(nn, old, new, false);
	nflb_event_removed(nn, &nflb_event_nat, old, &old->services,
			   &new->services);
	nflb_event_removed(nn, &nflb_event_service, old, &old->services,
			   &new->services);
	nflb_event_pools_removed(nn, old, new);
	nflb_event_removed(nn, &nflb_event_probe, old, &old->probes,
			   &new->probes);
	nflb_event_removed(nn, &nflb_event_frontend, old, &old->frontends,
			   &new->frontends);

	nflb_event_changed(nn, &nflb_event_frontend, new, &old->frontends,
			   &new->frontends);
	nflb_event_changed(nn, &nflb_event_probe, new, &old->probes,
			   &new->probes);
	nflb_event_pools_changed(nn, old, new);
	nflb_event_changed(nn, &nflb_event_service, new, &old->services,
			   &new->services);
	nflb_event_changed(nn, &nflb_event_snat, new, &old->snats, &new->snats);
	nflb_event_changed(nn, &nflb_event_nat, new, &old->services,
			   &new->services);
	nflb_event_ports(nn, new, old, true);
	if (memcmp(&old->devices, &new->devices, sizeof(new->devices)))
		nflb_event_object(nn, &nflb_event_fastpath, new, 0,
				  NFLB_CHANGE_SET);
	nflb_event_end(nn, new->generation, n_changes);
}

/**
 * nflb_event_health() - tells that the health of a backend has changed, or that
 *	its prober is gone or back
 * @nn: the namespace
 * @backend: the backend
 * @report: what was said of it
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_health(struct nflb_net *nn, const struct nflb_backend *backend,
		       const struct nflb_report *report)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_HEALTH_NTF, &hdr);
	if (!msg)
		return;
	err = nla_put_string(msg, NFLB_A_HEALTH_POOL, backend->pool);
	if (!err)
		err = nla_put_string(msg, NFLB_A_HEALTH_BACKEND,
				     backend->account.name);
	if (!err)
		err = nla_put_string(msg, NFLB_A_HEALTH_PROBE, report->probe);
	if (!err)
		err = nla_put_u32(msg, NFLB_A_HEALTH_STATE, report->state);
	if (!err)
		err = nflb_fill_report(msg, NFLB_A_HEALTH_REASON, report);
	if (!err && report->is_stale)
		err = nla_put_flag(msg, NFLB_A_HEALTH_STALE);
	nflb_event_send(nn, msg, hdr, err);
}

static int nflb_event_fill_panic(struct sk_buff *msg,
				 const struct nflb_snapshot *snap,
				 const struct nflb_pool *pool, u32 gate)
{
	const struct nflb_probe *probe;

	probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
	if (nla_put_string(msg, NFLB_A_PANIC_POOL, pool->object.name) ||
	    nla_put_string(msg, NFLB_A_PANIC_PROBE, probe->object.name) ||
	    nla_put_u32(msg, NFLB_A_PANIC_ACTIVE,
			pool->gate[gate].is_panicking) ||
	    nla_put_u32(msg, NFLB_A_PANIC_PASSING, pool->gate[gate].n_fit) ||
	    nla_put_u32(msg, NFLB_A_PANIC_BACKENDS, pool->gate[0].n_fit))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_event_panic() - tells that a pool's panic has begun or ended
 * @nn: the namespace
 * @snap: the snapshot that has the pool
 * @pool: the pool
 * @gate: gate of the probe that too few pass, or enough again
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_panic(struct nflb_net *nn, const struct nflb_snapshot *snap,
		      const struct nflb_pool *pool, u32 gate)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_PANIC_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr,
			nflb_event_fill_panic(msg, snap, pool, gate));
}

static int nflb_event_fill_drain(struct sk_buff *msg,
				 const struct nflb_backend *backend)
{
	if (nla_put_string(msg, NFLB_A_DRAIN_POOL, backend->pool) ||
	    nla_put_string(msg, NFLB_A_DRAIN_BACKEND, backend->account.name) ||
	    nla_put_u32(msg, NFLB_A_DRAIN_CUT, backend->n_cut) ||
	    nflb_fill_addr(msg, NFLB_A_DRAIN_ADDRESS, &backend->addr))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_event_drain() - tells that a backend which drains has no flows any more
 * @nn: the namespace
 * @backend: the backend
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_drain(struct nflb_net *nn, const struct nflb_backend *backend)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_DRAIN_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr, nflb_event_fill_drain(msg, backend));
}

static int nflb_event_fill_eject(struct sk_buff *msg,
				 const struct nflb_backend *backend)
{
	const struct nflb_ejection *ejection = &backend->ejection;

	if (nla_put_string(msg, NFLB_A_EJECT_POOL, backend->pool) ||
	    nla_put_string(msg, NFLB_A_EJECT_BACKEND, backend->account.name) ||
	    nflb_fill_addr(msg, NFLB_A_EJECT_ADDRESS, &backend->addr) ||
	    nla_put_u32(msg, NFLB_A_EJECT_ACTIVE, ejection->is_on) ||
	    nla_put_u32(msg, NFLB_A_EJECT_REASON, ejection->reason) ||
	    nla_put_u32(msg, NFLB_A_EJECT_TIME_MS, ejection->time_ms))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_event_eject() - tells that a backend is ejected, or comes back
 * @nn: the namespace
 * @backend: the backend
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_eject(struct nflb_net *nn, const struct nflb_backend *backend)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_EJECT_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr, nflb_event_fill_eject(msg, backend));
}

static int nflb_event_fill_synproxy(struct sk_buff *msg,
				    const struct nflb_account *account,
				    bool is_on)
{
	const struct nflb_synproxy *synproxy = &account->synproxy;

	if (nla_put_string(msg, NFLB_A_SYNPROXY_SERVICE, account->name) ||
	    nla_put_u32(msg, NFLB_A_SYNPROXY_ACTIVE, is_on) ||
	    nla_put_u32(msg, NFLB_A_SYNPROXY_HALF_OPEN,
			atomic_read(&synproxy->half_open)) ||
	    nla_put_u32(msg, NFLB_A_SYNPROXY_MARK, synproxy->mark))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_event_synproxy() - tells that protection of a service goes on, or off
 * @nn: the namespace
 * @account: account of the service
 * @is_on: it goes on
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_synproxy(struct nflb_net *nn,
			 const struct nflb_account *account, bool is_on)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_SYNPROXY_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr,
			nflb_event_fill_synproxy(msg, account, is_on));
}

static int nflb_event_fill_agent(struct sk_buff *msg,
				 const struct nflb_claim *claim,
				 bool is_active, u32 former)
{
	if (nla_put_u32(msg, NFLB_A_AGENT_CLAIM, claim->number) ||
	    nla_put_u32(msg, NFLB_A_AGENT_PORT, claim->portid) ||
	    nla_put_u32(msg, NFLB_A_AGENT_ACTIVE, is_active) ||
	    (former && nla_put_u32(msg, NFLB_A_AGENT_FORMER, former)))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_event_agent() - tells that the claim of an agent has begun or ended
 * @nn: the namespace
 * @is_active: it has begun
 * @former: the socket that it was taken from, or 0
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_event_agent(struct nflb_net *nn, bool is_active, u32 former)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_AGENT_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr,
			nflb_event_fill_agent(msg, &nn->claim, is_active,
					      former));
}

static int nflb_event_fill_alert(struct sk_buff *msg,
				 const struct nflb_alert_owner *owner,
				 enum nflb_alert_kind kind,
				 enum nflb_alert_step step)
{
	int err = nflb_fill_alert(msg, owner, kind);

	return err ?: nla_put_u32(msg, NFLB_A_ALERT_AGAIN,
				  step == NFLB_ALERT_GOES_ON);
}

/**
 * nflb_event_alert() - tells that an alert begins, goes on or ends
 * @nn: the namespace
 * @owner: whose alert it is
 * @kind: its kind
 * @step: which of that
 *
 * Context: process, under the alerts' mutex, may sleep.
 */
void nflb_event_alert(struct nflb_net *nn, const struct nflb_alert_owner *owner,
		      enum nflb_alert_kind kind, enum nflb_alert_step step)
{
	struct sk_buff *msg;
	void *hdr;

	if (!nflb_event_has_listeners(nn))
		return;
	msg = nflb_event_begin(nn, NFLB_CMD_ALERT_NTF, &hdr);
	if (!msg)
		return;
	nflb_event_send(nn, msg, hdr,
			nflb_event_fill_alert(msg, owner, kind, step));
}
