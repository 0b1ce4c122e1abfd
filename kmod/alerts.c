// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alerts: all those of a network namespace.
 *
 * What begins to be so, goes on or ends, is found out once, for all who listen
 * now or later. The work here looks at all services and snats: at their
 * counters every NFLB_ALERT_STEP_MS, and at what is known without counting
 * whenever somebody wakes it, as a backend goes down or a port is the last.
 * Between two looks there is a pause, lest many such changes cost much, and it
 * looks at few of them at a time, lest who configures has to wait.
 */

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netfilter/nf_conntrack.h>

#include "alerts.h"
#include "counters.h"
#include "event.h"
#include "net.h"
#include "snapshot.h"

/* With a new service, the first word of its probe is waited for, so long. */
#define NFLB_ALERTS_PATIENCE_MS 60000

/* Connections in the window that may be lost without a reason to worry */
#define NFLB_ALERTS_SILENT_MIN 3

#define NFLB_ALERTS_PAUSE (HZ / 20)
#define NFLB_ALERTS_WOKEN 0

/**
 * struct nflb_alerts_look - a look at all of them
 * @nn: the namespace
 * @snap: its configuration, as long as cfg_mutex is held
 * @now_ms: the time
 * @is_step: counters are read
 */
struct nflb_alerts_look {
	struct nflb_net *nn;
	const struct nflb_snapshot *snap;
	u64 now_ms;
	bool is_step;
};

/**
 * struct nflb_alerts_range - which alerts an owner has
 * @first: the first kind
 * @end: the kind after the last
 * @n_at_once: owners that are looked at without a break
 */
struct nflb_alerts_range {
	enum nflb_alert_kind first;
	enum nflb_alert_kind end;
	u32 n_at_once;
};

/* For a snat all backends of a pool are looked at. */
static const struct nflb_alerts_range nflb_alerts_ranges[] = {
	[NFLB_ALERTS_OF_SERVICE] = { 0, NFLB_ALERT_SERVICE_END, 64 },
	[NFLB_ALERTS_OF_SNAT] = { NFLB_ALERT_SNAT_USAGE, NFLB_ALERT_SNAT_END,
				  1 },
	[NFLB_ALERTS_OF_NET] = { NFLB_ALERT_CONNTRACK_USAGE, NFLB_N_ALERTS, 1 },
};

/**
 * nflb_alerts_first() - says which alerts an owner has
 * @owner: the owner
 *
 * Return: the first kind.
 */
enum nflb_alert_kind nflb_alerts_first(const struct nflb_alert_owner *owner)
{
	return nflb_alerts_ranges[owner->kind].first;
}

/**
 * nflb_alerts_end() - says where they end
 * @owner: the owner
 *
 * Return: the kind after the last.
 */
enum nflb_alert_kind nflb_alerts_end(const struct nflb_alert_owner *owner)
{
	return nflb_alerts_ranges[owner->kind].end;
}

static void nflb_alerts_judge(const struct nflb_alerts_look *look,
			      struct nflb_alert_owner *owner,
			      enum nflb_alert_kind kind,
			      const struct nflb_alert_share *share)
{
	struct nflb_alert *alert;
	enum nflb_alert_step step;

	alert = &owner->alert[kind - nflb_alerts_first(owner)];
	step = nflb_alert_update(alert, kind, share, look->now_ms);
	if (step == NFLB_ALERT_SAME)
		return;
	alert->number = ++look->nn->alerts.n_told;
	nflb_event_alert(look->nn, owner, kind, step);
}

/* If nobody probes, that must be told as well, some time. */
static bool nflb_alerts_is_known(const struct nflb_alerts_look *look,
				 const struct nflb_alert_owner *owner,
				 const struct nflb_pool *pool, u32 gate)
{
	return owner->is_known || !nflb_pool_n_unreported(pool, gate) ||
	       look->now_ms - owner->since_ms >= NFLB_ALERTS_PATIENCE_MS;
}

static void nflb_alerts_judge_health(const struct nflb_alerts_look *look,
				     struct nflb_alert_owner *owner,
				     const struct nflb_service *service)
{
	const struct nflb_pool *pool;
	struct nflb_alert_share share;
	bool has_healthy;

	pool = nflb_snapshot_tier(look->snap, service, 0);
	has_healthy = nflb_pool_has_healthy(pool, service->tier[0].gate);
	owner->is_known = has_healthy ||
			  nflb_alerts_is_known(look, owner, pool,
					       service->tier[0].gate);
	share.part = !has_healthy;
	share.whole = owner->is_known;
	nflb_alerts_judge(look, owner, NFLB_ALERT_NO_HEALTHY_BACKENDS, &share);
}

static void nflb_alerts_judge_flood(const struct nflb_alerts_look *look,
				    struct nflb_alert_owner *owner,
				    const struct nflb_service *service)
{
	const struct nflb_alert_share share = {
		.part = nflb_synproxy_is_on(&service->account->synproxy),
		.whole = service->syn_proxy != 0,
	};

	nflb_alerts_judge(look, owner, NFLB_ALERT_SYN_FLOOD, &share);
}

static void nflb_alerts_judge_quota(const struct nflb_alerts_look *look,
				    struct nflb_alert_owner *owner,
				    const struct nflb_service *service)
{
	const struct nflb_alert_share share = {
		.part = atomic_read(&service->account->active),
		.whole = service->max_flows,
	};

	nflb_alerts_judge(look, owner, NFLB_ALERT_FLOW_QUOTA, &share);
}

static void nflb_alerts_judge_flows(const struct nflb_alerts_look *look,
				    struct nflb_alert_owner *owner,
				    const struct nflb_service *service,
				    u64 new_flows)
{
	u64 lost = nflb_reasons_lost(service->account->reasons);
	const struct nflb_alert_reading reading = {
		.counters = { .part = lost, .whole = lost + new_flows },
		.at_ms = look->now_ms,
	};
	struct nflb_alert_share share;

	nflb_alert_window_add(&owner->flows, &reading, &share);
	nflb_alerts_judge(look, owner, NFLB_ALERT_AVAILABILITY_WARNING, &share);
	nflb_alerts_judge(look, owner, NFLB_ALERT_AVAILABILITY_CRITICAL,
			  &share);
}

/* Is it heard of? If nothing has come back lately, what it sent is old. */
static bool nflb_alerts_is_silent(const struct nflb_backend *backend,
				  bool is_total)
{
	u64 sum[NFLB_N_COUNTERS];

	nflb_counters_fold(backend->account.counters, sum);
	return sum[NFLB_FAILED_CONNECTS] && (is_total || !sum[NFLB_OUT_PKTS]);
}

static void nflb_alerts_count_silent(struct nflb_alert_owner *owner,
				     const struct nflb_pool *pool,
				     bool is_total,
				     struct nflb_alert_share *share)
{
	const struct nflb_backend *backend;
	u32 i;

	for (i = 0; i < pool->n_members; i++) {
		backend = pool->member[i].backend;
		if (!nflb_pool_passes(pool, i))
			continue;
		share->whole++;
		if (nflb_alerts_is_silent(backend, is_total) && !share->part++)
			strscpy(owner->backend, backend->account.name,
				sizeof(owner->backend));
	}
}

/*
 * The probe's answers come to the gateway itself. Those to clients may take
 * another way, if the backend has one: then a client hears from a stranger, and
 * its SYN is never answered by the frontend. Without a probe, nobody knows
 * whether the backends answer at all.
 */
static void nflb_alerts_judge_answers(const struct nflb_alerts_look *look,
				      struct nflb_alert_owner *owner,
				      const struct nflb_service *service,
				      const u64 sum[NFLB_N_COUNTERS])
{
	u64 failed = sum[NFLB_FAILED_CONNECTS];
	const struct nflb_alert_reading reading = {
		.counters = {
			.part = failed,
			.whole = failed + sum[NFLB_OUT_PKTS],
		},
		.at_ms = look->now_ms,
	};
	struct nflb_alert_share lately, share = {};

	nflb_alert_window_add(&owner->answers, &reading, &lately);
	owner->backend[0] = '\0';
	if (lately.part >= NFLB_ALERTS_SILENT_MIN &&
	    service->probe != NFLB_NONE && !service->is_floating)
		nflb_alerts_count_silent(owner,
					 nflb_snapshot_tier(look->snap,
							    service, 0),
					 lately.part == lately.whole, &share);
	nflb_alerts_judge(look, owner, NFLB_ALERT_RETURN_PATH, &share);
}

static void nflb_alerts_judge_service(const struct nflb_alerts_look *look,
				      struct nflb_alert_owner *owner,
				      const struct nflb_service *service)
{
	u64 sum[NFLB_N_COUNTERS];

	nflb_alerts_judge_health(look, owner, service);
	nflb_alerts_judge_flood(look, owner, service);
	/* What a new one loses counts from now on. */
	if (!look->is_step && owner->flows.n)
		return;
	nflb_counters_fold(service->account->counters, sum);
	nflb_alerts_judge_quota(look, owner, service);
	nflb_alerts_judge_flows(look, owner, service, sum[NFLB_NEW_FLOWS]);
	nflb_alerts_judge_answers(look, owner, service, sum);
}

static void nflb_alerts_judge_snat(const struct nflb_alerts_look *look,
				   struct nflb_alert_owner *owner,
				   const struct nflb_snat *snat)
{
	struct nflb_snat_figures figures;
	struct nflb_alert_share share;

	nflb_snat_count(look->snap, snat, &figures);
	share.whole = nflb_snapshot_pool(look->snap, snat->pool)->n_members;
	share.part = figures.n_busy;
	nflb_alerts_judge(look, owner, NFLB_ALERT_SNAT_USAGE, &share);
	share.part = figures.n_exhausted;
	nflb_alerts_judge(look, owner, NFLB_ALERT_SNAT_EXHAUSTION, &share);
}

/* A limit of 0 is none. */
static void nflb_alerts_judge_net(const struct nflb_alerts_look *look,
				  struct nflb_alert_owner *owner)
{
	const struct nflb_alert_share share = {
		.part = nf_conntrack_count(look->nn->net),
		.whole = READ_ONCE(nf_conntrack_max),
	};

	if (look->is_step)
		nflb_alerts_judge(look, owner, NFLB_ALERT_CONNTRACK_USAGE,
				  &share);
}

static void nflb_alerts_judge_all(const struct nflb_alerts_look *look,
				  struct nflb_alert_owner *owner, u32 pos)
{
	switch (owner->kind) {
	case NFLB_ALERTS_OF_SERVICE:
		nflb_alerts_judge_service(look, owner,
					  nflb_snapshot_service(look->snap,
								pos));
		break;
	case NFLB_ALERTS_OF_SNAT:
		nflb_alerts_judge_snat(look, owner,
				       nflb_snapshot_snat(look->snap, pos));
		break;
	default:
		nflb_alerts_judge_net(look, owner);
	}
}

static void nflb_alerts_free(struct nflb_alert_owner *owner)
{
	if (owner->account)
		nflb_account_put(owner->account);
	kfree(owner);
}

/* With the service or snat its alerts end. */
static void nflb_alerts_remove(const struct nflb_alerts_look *look,
			       struct nflb_alert_owner *owner, u32 pos)
{
	const struct nflb_alert_share none = {};
	enum nflb_alert_kind kind;

	owner->backend[0] = '\0';
	for (kind = nflb_alerts_first(owner); kind < nflb_alerts_end(owner);
	     kind++)
		nflb_alerts_judge(look, owner, kind, &none);
	xa_erase(&look->nn->alerts.owners[owner->kind], pos);
	nflb_alerts_free(owner);
}

static struct nflb_account *
nflb_alerts_account(const struct nflb_alerts_look *look, u32 pos)
{
	return nflb_snapshot_service(look->snap, pos)->account;
}

/* If there is no memory, the next look tries again. */
static struct nflb_alert_owner *
nflb_alerts_add(const struct nflb_alerts_look *look,
		enum nflb_alert_owner_kind kind, u32 pos, const char *name)
{
	struct nflb_alerts *alerts = &look->nn->alerts;
	struct nflb_alert_owner *owner;

	owner = kzalloc(sizeof(*owner), GFP_KERNEL);
	if (!owner)
		return NULL;
	owner->kind = kind;
	owner->since_ms = look->now_ms;
	strscpy(owner->name, name, sizeof(owner->name));
	if (xa_err(xa_store(&alerts->owners[kind], pos, owner, GFP_KERNEL))) {
		kfree(owner);
		return NULL;
	}
	alerts->n_places[kind] = max(alerts->n_places[kind], pos + 1);
	if (kind == NFLB_ALERTS_OF_SERVICE) {
		owner->account = nflb_alerts_account(look, pos);
		nflb_account_get(owner->account);
	}
	return owner;
}

static const struct nflb_table *
nflb_alerts_table(const struct nflb_alerts_look *look,
		  enum nflb_alert_owner_kind kind)
{
	return kind == NFLB_ALERTS_OF_SERVICE ? &look->snap->services :
						&look->snap->snats;
}

/* The name of what is in a place, or NULL if nothing is. */
static const char *nflb_alerts_name(const struct nflb_alerts_look *look,
				    enum nflb_alert_owner_kind kind, u32 pos)
{
	const struct nflb_object *object;

	if (kind == NFLB_ALERTS_OF_NET)
		return "";
	object = nflb_table_at(nflb_alerts_table(look, kind), pos);
	return object ? object->name : NULL;
}

/* Is it of what is in its place now, by the name of that? */
static bool nflb_alerts_is_there(const struct nflb_alerts_look *look,
				 const struct nflb_alert_owner *owner, u32 pos,
				 const char *name)
{
	if (!name)
		return false;
	if (owner->account)
		return owner->account == nflb_alerts_account(look, pos);
	return !strcmp(owner->name, name);
}

static void nflb_alerts_look_at(const struct nflb_alerts_look *look,
				enum nflb_alert_owner_kind kind, u32 pos)
{
	const char *name = nflb_alerts_name(look, kind, pos);
	struct nflb_alert_owner *owner;

	owner = xa_load(&look->nn->alerts.owners[kind], pos);
	if (owner && !nflb_alerts_is_there(look, owner, pos, name)) {
		nflb_alerts_remove(look, owner, pos);
		owner = NULL;
	}
	if (!name)
		return;
	if (!owner)
		owner = nflb_alerts_add(look, kind, pos, name);
	if (owner)
		nflb_alerts_judge_all(look, owner, pos);
}

/* Places in which there is something, or was when they were looked at last. */
static u32 nflb_alerts_n_places(const struct nflb_alerts_look *look,
				enum nflb_alert_owner_kind kind)
{
	if (kind == NFLB_ALERTS_OF_NET)
		return 1;
	return max(nflb_alerts_table(look, kind)->n_slots,
		   look->nn->alerts.n_places[kind]);
}

/*
 * Looks at some from a place on. The configuration may be another one the next
 * time, but what stays keeps its place. Returns false after the last.
 */
static bool nflb_alerts_look_some(struct nflb_alerts_look *look,
				  enum nflb_alert_owner_kind kind, u32 *pos)
{
	struct nflb_net *nn = look->nn;
	u32 n = 0;
	u32 end;

	mutex_lock(&nn->cfg_mutex);
	mutex_lock(&nn->alerts.mutex);
	look->snap = rcu_dereference_protected(nn->snap,
					       lockdep_is_held(&nn->cfg_mutex));
	if (look->snap)
		n = nflb_alerts_n_places(look, kind);
	end = min(n, *pos + nflb_alerts_ranges[kind].n_at_once);
	for (; *pos < end; (*pos)++)
		nflb_alerts_look_at(look, kind, *pos);
	mutex_unlock(&nn->alerts.mutex);
	mutex_unlock(&nn->cfg_mutex);
	cond_resched();
	return *pos < n;
}

static void nflb_alerts_look_all(struct nflb_net *nn)
{
	struct nflb_alerts_look look = {
		.nn = nn,
		.now_ms = jiffies64_to_msecs(get_jiffies_64()),
	};
	struct nflb_alerts *alerts = &nn->alerts;
	enum nflb_alert_owner_kind kind;
	u32 pos;

	look.is_step = look.now_ms >= alerts->step_ms;
	for (kind = 0; kind < NFLB_N_ALERT_OWNERS; kind++) {
		pos = 0;
		while (nflb_alerts_look_some(&look, kind, &pos))
			;
	}
	if (look.is_step)
		alerts->step_ms = look.now_ms + NFLB_ALERT_STEP_MS;
}

static unsigned long nflb_alerts_left(unsigned long until)
{
	unsigned long now = jiffies;

	return time_after(until, now) ? until - now : 0;
}

/* So many jiffies from now on */
static unsigned long nflb_alerts_next(const struct nflb_alerts *alerts)
{
	u64 now_ms = jiffies64_to_msecs(get_jiffies_64());

	return alerts->step_ms > now_ms ?
		       msecs_to_jiffies(alerts->step_ms - now_ms) : 0;
}

static void nflb_alerts_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, alerts.work);
	struct nflb_alerts *alerts = &nn->alerts;
	unsigned long began = jiffies;
	unsigned long left;

	left = nflb_alerts_left(alerts->pause_until);
	if (!left) {
		clear_bit(NFLB_ALERTS_WOKEN, &alerts->flags);
		/* Pairs with test_and_set_bit() in nflb_alerts_wake() */
		smp_mb__after_atomic();
		nflb_alerts_look_all(nn);
		/* At most half of the time, however many changes there are */
		WRITE_ONCE(alerts->pause_until, jiffies +
			   max_t(unsigned long, NFLB_ALERTS_PAUSE,
				 jiffies - began));
		left = nflb_alerts_next(alerts);
	}
	/* If somebody has woken the work meanwhile, it runs before. */
	if (!READ_ONCE(nn->is_closed))
		queue_delayed_work(nflb_wq, &alerts->work, left);
}

/**
 * nflb_alerts_wake() - has what is known without counting looked at, soon
 * @nn: the namespace
 *
 * The look that follows sees what the caller has changed before. Once a grace
 * period has passed since the namespace was closed, nobody asks any more.
 *
 * Context: any but hard interrupt; under RCU or cfg_mutex.
 */
void nflb_alerts_wake(struct nflb_net *nn)
{
	struct nflb_alerts *alerts = &nn->alerts;

	if (READ_ONCE(nn->is_closed) ||
	    test_and_set_bit(NFLB_ALERTS_WOKEN, &alerts->flags))
		return;
	mod_delayed_work(nflb_wq, &alerts->work,
			 nflb_alerts_left(READ_ONCE(alerts->pause_until)));
}

/**
 * nflb_alerts_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_alerts_init(struct nflb_net *nn)
{
	struct nflb_alerts *alerts = &nn->alerts;
	int i;

	mutex_init(&alerts->mutex);
	for (i = 0; i < NFLB_N_ALERT_OWNERS; i++)
		xa_init(&alerts->owners[i]);
	alerts->pause_until = jiffies;
	INIT_DELAYED_WORK(&alerts->work, nflb_alerts_work);
}

/**
 * nflb_alerts_close() - forgets all alerts
 * @nn: the namespace, closed, a grace period later
 *
 * Context: process, may sleep.
 */
void nflb_alerts_close(struct nflb_net *nn)
{
	struct nflb_alert_owner *owner;
	unsigned long pos;
	int i;

	cancel_delayed_work_sync(&nn->alerts.work);
	for (i = 0; i < NFLB_N_ALERT_OWNERS; i++) {
		xa_for_each(&nn->alerts.owners[i], pos, owner)
			nflb_alerts_free(owner);
		xa_destroy(&nn->alerts.owners[i]);
	}
}
