// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions: changes that are published as one, or not at all.
 *
 * A transaction edits a candidate of its own. Several may be open at a time;
 * the first to commit wins, as the others started from a configuration that
 * is no longer the published one.
 */

#include <linux/errno.h>
#include <linux/slab.h>

#include "alerts.h"
#include "alg.h"
#include "bind.h"
#include "cookie.h"
#include "device.h"
#include "drain.h"
#include "edit.h"
#include "eject.h"
#include "event.h"
#include "floating.h"
#include "flow.h"
#include "force.h"
#include "hooks.h"
#include "move.h"
#include "net.h"
#include "ping.h"
#include "ramp.h"
#include "recent.h"
#include "remap.h"
#include "snapshot.h"
#include "synproxy.h"
#include "txn.h"
#include "wheel.h"

static struct nflb_snapshot *nflb_txn_published(const struct nflb_net *nn)
{
	return rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
}

/**
 * nflb_txn_generation() - numbers the published configuration
 * @nn: the namespace
 *
 * Context: any.
 * Return: the number, 0 before the first commit.
 */
u32 nflb_txn_generation(const struct nflb_net *nn)
{
	const struct nflb_snapshot *snap;
	u32 generation;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	generation = snap ? snap->generation : 0;
	rcu_read_unlock();
	return generation;
}

static struct nflb_txn *nflb_txn_alloc(const struct nflb_net *nn, u32 portid)
{
	struct nflb_txn *txn;

	txn = kzalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return NULL;
	txn->cand = nflb_snapshot_copy(nflb_txn_published(nn));
	if (!txn->cand) {
		kfree(txn);
		return NULL;
	}
	txn->portid = portid;
	INIT_LIST_HEAD(&txn->node);
	INIT_LIST_HEAD(&txn->doomed);
	INIT_LIST_HEAD(&txn->expiring);
	return txn;
}

static void nflb_txn_free(struct nflb_txn *txn)
{
	struct nflb_doom *doom, *next;

	list_del(&txn->node);
	list_splice_init(&txn->expiring, &txn->doomed);
	list_for_each_entry_safe(doom, next, &txn->doomed, node) {
		nflb_backend_put(doom->backend);
		kfree(doom);
	}
	if (txn->cand)
		nflb_snapshot_free(txn->cand);
	kfree(txn);
}

static struct nflb_txn *nflb_txn_find(const struct nflb_net *nn, u32 portid)
{
	struct nflb_txn *txn;

	list_for_each_entry(txn, &nn->txns, node) {
		if (txn->portid == portid)
			return txn;
	}
	return NULL;
}

/* The pool's former self, by name. */
static struct nflb_pool *nflb_txn_former(const struct nflb_snapshot *old,
					 const struct nflb_pool *pool)
{
	u32 pos;

	if (!old)
		return NULL;
	pos = nflb_table_find(&old->pools, pool->object.name);
	return nflb_snapshot_pool(old, pos);
}

/*
 * Brings over what has been reported of a pool's backends, and how far those
 * are that ramp. Probes go by name: a gate may have another number, or another
 * probe, than it had.
 */
static int nflb_txn_carry_health(const struct nflb_snapshot *old,
				 const struct nflb_pool *former,
				 const struct nflb_snapshot *new,
				 struct nflb_pool *pool)
{
	const struct nflb_probe *probe;
	u32 former_gate;
	u32 gate, pos;
	int err;

	err = nflb_pool_carry_ramps(pool, 0, former, 0);
	for (gate = 1; !err && gate < NFLB_N_GATES; gate++) {
		if (!pool->gate[gate].n_services)
			continue;
		probe = nflb_snapshot_probe(new, pool->gate[gate].probe);
		former_gate = NFLB_NONE;
		if (former) {
			pos = nflb_table_find(&old->probes,
					      probe->object.name);
			former_gate = nflb_pool_gate_find(former, pos);
		}
		nflb_pool_carry_health(pool, gate, former, former_gate,
				       probe->config.initial ==
					       NFLB_HEALTH_UP);
		err = nflb_pool_carry_ramps(pool, gate, former, former_gate);
	}
	return err;
}

static int nflb_txn_finish_pools(const struct nflb_snapshot *old,
				 struct nflb_snapshot *new)
{
	struct nflb_pool *pool, *former;
	u32 pos;
	int err;

	for (pos = 0; pos < new->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(new, pos);
		if (!pool)
			continue;
		former = nflb_txn_former(old, pool);
		if (pool == former)
			continue;
		err = nflb_pool_finish(pool);
		if (!err)
			err = nflb_txn_carry_health(old, former, new, pool);
		if (err)
			return err;
	}
	return 0;
}

/* The backends that the new snapshot has stay, others of the old leave. */
static void nflb_txn_move_backends(const struct nflb_snapshot *old,
				   const struct nflb_snapshot *new)
{
	struct nflb_backend *backend;
	struct nflb_pool *pool;
	u32 pos, i;

	for (pos = 0; pos < new->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(new, pos);
		if (!pool || pool == nflb_txn_former(old, pool))
			continue;
		for (i = 0; i < pool->n_members; i++) {
			backend = pool->member[i].backend;
			backend->seen = new->generation;
			if (backend->is_leaving)
				nflb_backend_stay(backend);
			nflb_drain_follow(backend->nn, &pool->member[i]);
			nflb_force_follow(backend->nn, &pool->member[i]);
			nflb_eject_follow(backend->nn, pool, i);
		}
	}
	for (pos = 0; old && pos < old->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(old, pos);
		if (!pool || pool == nflb_txn_former(new, pool))
			continue;
		for (i = 0; i < pool->n_members; i++) {
			backend = pool->member[i].backend;
			if (backend->seen == new->generation)
				continue;
			nflb_backend_leave(backend);
			nflb_eject_leave(backend);
		}
	}
}

/*
 * Tells the flows of services, those that exist, too, whether they may take
 * the fast path, for how long they may be idle, and how many there may be. The
 * first packet of a flow comes to an account by way of the snapshot, so it sees
 * what has been written before that is published.
 */
static void nflb_txn_tell_flows(struct nflb_net *nn,
				const struct nflb_snapshot *old,
				const struct nflb_snapshot *new)
{
	const struct nflb_service *service;
	bool has_express = false;
	bool has_reset = false;
	bool is_stale = false;
	u32 pos;

	for (pos = 0; pos < new->services.n_slots; pos++) {
		service = nflb_snapshot_service(new, pos);
		if (!service)
			continue;
		has_express |= nflb_service_is_express(service);
		has_reset |= service->idle.is_reset;
		if (old && service == nflb_snapshot_service(old, pos))
			continue;
		/* Packets on all CPUs read the line: no write for nothing. */
		if (service->account->is_slow != service->is_slow)
			WRITE_ONCE(service->account->is_slow,
				   service->is_slow);
		is_stale |= nflb_times_update(&service->account->times,
					      &service->idle);
		WRITE_ONCE(service->account->max_flows, service->max_flows);
		WRITE_ONCE(service->account->new_flows.rate,
			   service->max_rate);
		WRITE_ONCE(service->account->synproxy.mark,
			   service->syn_proxy);
	}
	WRITE_ONCE(nn->has_express, has_express);
	is_stale |= nflb_snat_tell_flows(new, &has_reset);
	nflb_wheel_follow(nn, has_reset, is_stale);
}

/* Tells backends how many flows they may have, also before they are seen. */
static void nflb_txn_tell_backends(const struct nflb_snapshot *old,
				   const struct nflb_snapshot *new)
{
	struct nflb_member *member;
	struct nflb_pool *pool;
	u32 pos, i;

	for (pos = 0; pos < new->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(new, pos);
		if (!pool || pool == nflb_txn_former(old, pool))
			continue;
		for (i = 0; i < pool->n_members; i++) {
			member = &pool->member[i];
			WRITE_ONCE(member->backend->account.max_flows,
				   member->max_flows);
		}
	}
}

/* Are there flows of a family, IPv4 or IPv6, that the NAT core must ask of? */
static bool nflb_txn_needs_hooks(const struct nflb_snapshot *snap, int i)
{
	return snap->n_services_of[i] || snap->n_snats_of[i];
}

static int nflb_txn_add_hooks(struct nflb_net *nn,
			      const struct nflb_snapshot *new)
{
	static const u8 family[2] = { AF_INET, AF_INET6 };
	struct nflb_recent *recent;
	int err;
	int i;

	if (new->services.n_objects && !rcu_access_pointer(nn->recent)) {
		recent = nflb_recent_alloc();
		if (!recent)
			return -ENOMEM;
		rcu_assign_pointer(nn->recent, recent);
	}
	for (i = 0; i < 2; i++) {
		if (!nflb_txn_needs_hooks(new, i) || nn->has_hooks[i])
			continue;
		err = nflb_bind_register(nn, family[i]);
		if (err)
			return err;
		nn->has_hooks[i] = true;
	}
	if (!nn->has_synproxy && nflb_cookie_is_wanted(new)) {
		err = nflb_cookie_register(nn);
		if (err)
			return err;
	}
	if (!nn->has_floating && nflb_floating_is_wanted(new)) {
		err = nflb_floating_register(nn);
		if (err)
			return err;
	}
	return nflb_hooks_add(nn, new);
}

static bool nflb_txn_hook_is_idle(const struct nflb_net *nn, int i)
{
	const struct nflb_snapshot *snap = nflb_txn_published(nn);

	return nn->has_hooks[i] && !(snap && nflb_txn_needs_hooks(snap, i));
}

/* Flows that cookies have opened need them to the end. */
static bool nflb_txn_cookies_are_idle(const struct nflb_net *nn)
{
	const struct nflb_snapshot *snap = nflb_txn_published(nn);

	return nn->has_synproxy && !(snap && nflb_cookie_is_wanted(snap));
}

/**
 * nflb_txn_update_hooks() - takes off hooks that nothing needs
 * @nn: the namespace
 *
 * Flows are translated by the NAT core's hooks, which go with ours, so while
 * there is a flow all stay. Packets that still open one by the former
 * configuration have done so after the grace period. It also orders the flag
 * before the count, as the count is before the flag in nflb_flow_put().
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_txn_update_hooks(struct nflb_net *nn)
{
	static const u8 family[2] = { AF_INET, AF_INET6 };
	const struct nflb_snapshot *snap = nflb_txn_published(nn);
	bool is_idle;
	int i;

	nflb_hooks_remove(nn, snap);
	is_idle = nflb_txn_hook_is_idle(nn, 0) ||
		  nflb_txn_hook_is_idle(nn, 1) || nflb_txn_cookies_are_idle(nn);
	WRITE_ONCE(nn->has_idle_hooks, is_idle);
	if (!is_idle)
		return;
	if (!nn->is_closed) {
		/* Pairs with that of nflb_net_put_flow() */
		smp_mb();
		if (atomic_read(&nn->n_flows))
			return;
		synchronize_net();
		if (atomic_read(&nn->n_flows))
			return;
	}
	if (nflb_txn_cookies_are_idle(nn))
		nflb_cookie_unregister(nn);
	for (i = 0; i < 2; i++) {
		if (!nflb_txn_hook_is_idle(nn, i))
			continue;
		nflb_bind_unregister(nn, family[i]);
		nn->has_hooks[i] = false;
	}
	WRITE_ONCE(nn->has_idle_hooks, false);
	if (nn->has_hooks[0] || nn->has_hooks[1])
		return;
	if (nn->has_floating)
		nflb_floating_unregister(nn);
	nflb_device_net_idle(nn);
}

static int nflb_txn_check(const struct nflb_net *nn,
			  const struct nflb_txn *txn,
			  const struct nflb_why *why)
{
	const struct nflb_snapshot *old = nflb_txn_published(nn);
	u32 generation = old ? old->generation : 0;

	if (txn->is_failed)
		return nflb_refuse(why, -ECANCELED, 0,
				   "a change of this transaction was refused");
	if (txn->cand->generation != generation)
		return nflb_refuse(why, -EAGAIN, 0,
				   "the configuration is now generation %u, not %u",
				   generation, txn->cand->generation);
	return 0;
}

static int nflb_txn_choose_devices(struct nflb_net *nn, struct nflb_txn *txn,
				   const struct nflb_why *why)
{
	if (!nn->has_hooks[0] && !nn->has_hooks[1])
		return 0;
	return nflb_device_choose(nn, &txn->cand->devices,
				  &txn->has_lost_device, why);
}

/* All that is refused for what the transaction says. */
static int nflb_txn_finish(struct nflb_net *nn, struct nflb_txn *txn,
			   const struct nflb_why *why)
{
	const struct nflb_snapshot *old = nflb_txn_published(nn);
	int err;

	err = nflb_txn_check(nn, txn, why);
	if (!err)
		err = nflb_udp_check(nn, txn->cand, why);
	if (!err)
		err = nflb_txn_finish_pools(old, txn->cand);
	return err ?: nflb_remap_settle(old, txn->cand, why);
}

/* All that can fail. After a failure, all is as it was before. */
static int nflb_txn_prepare(struct nflb_net *nn, struct nflb_txn *txn,
			    const struct nflb_why *why)
{
	int err;

	err = nflb_txn_finish(nn, txn, why);
	if (err)
		return err;
	err = nflb_snat_prepare(nn, txn->cand);
	if (err)
		return err;
	err = nflb_txn_add_hooks(nn, txn->cand);
	if (err)
		nflb_refuse(why, err, 0, "the NAT core cannot take our hooks");
	else
		err = nflb_txn_choose_devices(nn, txn, why);
	if (err)
		nflb_txn_update_hooks(nn);
	return err;
}

/* The switch. The candidate is the transaction's no longer. */
static int nflb_txn_publish(struct nflb_net *nn, struct nflb_txn *txn,
			    const struct nflb_why *why)
{
	struct nflb_snapshot *old = nflb_txn_published(nn);
	struct nflb_snapshot *new = txn->cand;
	struct nflb_doom *doom;
	int err;

	err = nflb_txn_prepare(nn, txn, why);
	if (err)
		return err;
	nn->is_used = true;
	new->generation++;
	list_for_each_entry(doom, &txn->doomed, node)
		WRITE_ONCE(doom->backend->is_doomed, true);
	nflb_txn_tell_flows(nn, old, new);
	nflb_txn_tell_backends(old, new);
	nflb_ping_update(new);
	nflb_snat_follow(nn, new);
	rcu_assign_pointer(nn->snap, new);
	txn->cand = NULL;
	nflb_txn_move_backends(old, new);
	nflb_snat_settle(old, new);
	list_for_each_entry(doom, &txn->expiring, node)
		nflb_drain_leaving(nn, doom->backend, doom->until_jiffies);
	nflb_eject_review(nn);
	nflb_synproxy_review(nn);
	nflb_move_flows(nn);
	nflb_ramp_watch(nn);
	nflb_remap_follow(nn, old, new);
	nflb_event_commit(nn, old, new, txn->n_changes);
	nflb_alerts_wake(nn);
	nflb_snat_sweep(nn);
	nflb_txn_update_hooks(nn);
	if (old)
		nflb_snapshot_free_rcu(old);
	return 0;
}

/* One with a helper of its own, whose packets do not come by us. */
static bool nflb_txn_ends_alg(struct nflb_net *nn, const struct nf_conn *ct,
			      struct nflb_flow *flow)
{
	if (!READ_ONCE(flow->backend->is_doomed))
		return false;
	nflb_reset_once(nn, ct, flow, NFLB_REMOVED_RESETS);
	return true;
}

/*
 * Packets that were bound before the switch have passed, or will find their
 * backend gone, once the grace period is over; flows opened by then are in
 * the table.
 */
static void nflb_txn_end_doomed(struct nflb_net *nn, struct nflb_txn *txn)
{
	struct nflb_doom *doom;

	if (list_empty(&txn->doomed))
		return;
	synchronize_net();
	nflb_flow_end_doomed(nn, &txn->doomed);
	nflb_alg_kill_if(nn, nflb_txn_ends_alg);
	list_for_each_entry(doom, &txn->doomed, node)
		WRITE_ONCE(doom->backend->is_doomed, false);
}

/* What is not to be so any more, is not when the commit has returned. */
static void nflb_txn_settle(struct nflb_net *nn, struct nflb_txn *txn)
{
	nflb_txn_end_doomed(nn, txn);
	if (txn->has_lost_device)
		nflb_device_settle(nn);
}

/**
 * nflb_txn_begin() - opens a transaction
 * @nn: the namespace
 * @portid: the socket that it is opened on
 * @generation: the configuration that must be the published one, or NULL
 * @why: where refusals go
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_txn_begin(struct nflb_net *nn, u32 portid, const u32 *generation,
		   const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err = 0;

	mutex_lock(&nn->cfg_mutex);
	if (nflb_txn_find(nn, portid)) {
		err = nflb_refuse(why, -EBUSY, 0,
				  "this socket has a transaction already");
	} else if (generation && *generation != nflb_txn_generation(nn)) {
		err = nflb_refuse(why, -EAGAIN, NFLB_A_TXN_GENERATION,
				  "the configuration is now generation %u, not %u",
				  nflb_txn_generation(nn), *generation);
	} else if (nn->is_closed) {
		err = -ENODEV;
	} else {
		txn = nflb_txn_alloc(nn, portid);
		if (txn)
			list_add(&txn->node, &nn->txns);
		else
			err = -ENOMEM;
	}
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/* The transaction of a socket that says it has one, or an error pointer. */
static struct nflb_txn *nflb_txn_own(struct nflb_net *nn, u32 portid,
				     const struct nflb_why *why)
{
	struct nflb_txn *txn = nflb_txn_find(nn, portid);

	if (txn)
		return txn;
	return ERR_PTR(nflb_refuse(why, -ENOENT, 0,
				   "this socket has no transaction"));
}

/**
 * nflb_txn_commit() - publishes a transaction and ends it
 * @nn: the namespace
 * @portid: its socket
 * @generation: where the number of the new configuration goes
 * @n_changes: where the number of changes goes
 * @why: where refusals go
 *
 * A refused commit ends the transaction too.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_txn_commit(struct nflb_net *nn, u32 portid, u32 *generation,
		    u32 *n_changes, const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err;

	mutex_lock(&nn->cfg_mutex);
	txn = nflb_txn_own(nn, portid, why);
	err = PTR_ERR_OR_ZERO(txn);
	if (!err) {
		*generation = txn->cand->generation + 1;
		*n_changes = txn->n_changes;
		err = nflb_txn_publish(nn, txn, why);
		if (!err)
			nflb_txn_settle(nn, txn);
		nflb_txn_free(txn);
	}
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/**
 * nflb_txn_abort() - ends a transaction without a change
 * @nn: the namespace
 * @portid: its socket
 * @why: where refusals go
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_txn_abort(struct nflb_net *nn, u32 portid,
		   const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err;

	mutex_lock(&nn->cfg_mutex);
	txn = nflb_txn_own(nn, portid, why);
	err = PTR_ERR_OR_ZERO(txn);
	if (!err)
		nflb_txn_free(txn);
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/**
 * nflb_txn_rehearse() - ends a transaction without a change, but says no if a
 *	commit would
 * @nn: the namespace
 * @portid: its socket
 * @why: where refusals go
 *
 * Of what the namespace may not have by then, as memory, nothing is said.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_txn_rehearse(struct nflb_net *nn, u32 portid,
		      const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err;

	mutex_lock(&nn->cfg_mutex);
	txn = nflb_txn_own(nn, portid, why);
	err = PTR_ERR_OR_ZERO(txn);
	if (!err) {
		err = nflb_txn_finish(nn, txn, why);
		nflb_txn_free(txn);
	}
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/**
 * nflb_txn_release() - forgets what a closed socket leaves behind
 * @nn: the namespace
 * @portid: the socket
 *
 * Context: process, may sleep.
 */
void nflb_txn_release(struct nflb_net *nn, u32 portid)
{
	struct nflb_txn *txn;

	/* What the socket has begun, it has begun before it was closed. */
	if (list_empty_careful(&nn->txns))
		return;
	mutex_lock(&nn->cfg_mutex);
	txn = nflb_txn_find(nn, portid);
	if (txn)
		nflb_txn_free(txn);
	mutex_unlock(&nn->cfg_mutex);
}

static int nflb_txn_edit(struct nflb_net *nn, struct nflb_txn *txn,
			 nflb_change_fn change, const void *spec,
			 const struct nflb_why *why)
{
	struct nflb_edit edit = {
		.nn = nn,
		.base = nflb_txn_published(nn),
		.cand = txn->cand,
		.doomed = &txn->doomed,
		.expiring = &txn->expiring,
		.why = why,
	};
	int err;

	if (txn->is_failed)
		return nflb_refuse(why, -ECANCELED, 0,
				   "a change of this transaction was refused");
	err = change(&edit, spec);
	if (err)
		txn->is_failed = true;
	else
		txn->n_changes++;
	return err;
}

static int nflb_txn_single(struct nflb_net *nn, nflb_change_fn change,
			   const void *spec, const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err;

	if (nn->is_closed)
		return -ENODEV;
	txn = nflb_txn_alloc(nn, 0);
	if (!txn)
		return -ENOMEM;
	err = nflb_txn_edit(nn, txn, change, spec, why);
	if (!err)
		err = nflb_txn_publish(nn, txn, why);
	if (!err)
		nflb_txn_settle(nn, txn);
	nflb_txn_free(txn);
	return err;
}

/**
 * nflb_txn_change() - makes a change
 * @nn: the namespace
 * @portid: the socket that asks for it
 * @change: what is to be done
 * @spec: what it is done with
 * @why: where refusals go
 *
 * In the transaction of the socket if it has one, else in one of its own.
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_txn_change(struct nflb_net *nn, u32 portid, nflb_change_fn change,
		    const void *spec, const struct nflb_why *why)
{
	struct nflb_txn *txn;
	int err;

	mutex_lock(&nn->cfg_mutex);
	txn = nflb_txn_find(nn, portid);
	if (txn)
		err = nflb_txn_edit(nn, txn, change, spec, why);
	else
		err = nflb_txn_single(nn, change, spec, why);
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/**
 * nflb_txn_close() - ends all configuration of a namespace
 * @nn: the namespace
 *
 * Context: process, may sleep.
 */
void nflb_txn_close(struct nflb_net *nn)
{
	struct nflb_txn *txn, *next;
	struct nflb_recent *recent;
	struct nflb_snapshot *snap;

	mutex_lock(&nn->cfg_mutex);
	WRITE_ONCE(nn->is_closed, true);
	list_for_each_entry_safe(txn, next, &nn->txns, node)
		nflb_txn_free(txn);
	snap = rcu_replace_pointer(nn->snap, NULL,
				   lockdep_is_held(&nn->cfg_mutex));
	nflb_txn_update_hooks(nn);
	nflb_drain_close(nn);
	if (snap)
		nflb_snapshot_free_rcu(snap);
	recent = rcu_replace_pointer(nn->recent, NULL,
				     lockdep_is_held(&nn->cfg_mutex));
	if (recent)
		kfree_rcu(recent, rcu);
	mutex_unlock(&nn->cfg_mutex);
}
