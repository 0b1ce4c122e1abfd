// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports: what a prober has said last of a backend, to be shown again.
 *
 * A prober says the same again from time to time. If it no longer does, nothing
 * changes but that listeners are told: its last word is stale.
 */

#include <linux/ctype.h>
#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "backend.h"
#include "event.h"
#include "health.h"
#include "net.h"
#include "report.h"
#include "snapshot.h"

/* Times that a prober may fail to report before its last word is stale */
#define NFLB_REPORT_PATIENCE 3

/* It is shown on terminals, which nothing in it is to steer. */
static void nflb_report_copy(char *to, const char *from, size_t size)
{
	if (!from)
		return;
	strscpy(to, from, size);
	for (; *to; to++) {
		if (!isascii(*to) || !isprint(*to))
			*to = '?';
	}
}

/**
 * nflb_report_alloc() - writes down what a prober says
 * @spec: what it says
 *
 * Context: process, may sleep.
 * Return: the report, for nflb_report_file(), or NULL.
 */
struct nflb_report *nflb_report_alloc(const struct nflb_health_spec *spec)
{
	struct nflb_report *report;

	report = kzalloc(sizeof(*report), GFP_KERNEL_ACCOUNT);
	if (!report)
		return NULL;
	report->at = get_jiffies_64();
	report->since = report->at;
	report->uptime.at = report->at;
	report->state = spec->state;
	report->rtt_us = spec->rtt_us;
	report->n_results = spec->n_results;
	report->passes = spec->passes;
	nflb_report_copy(report->probe, spec->probe, sizeof(report->probe));
	nflb_report_copy(report->reason, spec->reason, sizeof(report->reason));
	nflb_report_copy(report->text, spec->text, sizeof(report->text));
	return report;
}

/**
 * nflb_report_find() - finds what was said last of a backend
 * @backend: the backend
 * @probe: name of the probe
 *
 * Context: under RCU or cfg_mutex.
 * Return: the report, or NULL.
 */
struct nflb_report *nflb_report_find(const struct nflb_backend *backend,
				     const char *probe)
{
	struct nflb_report *report;

	list_for_each_entry_rcu(report, &backend->reports, node,
				lockdep_is_held(&backend->nn->cfg_mutex)) {
		if (!strcmp(report->probe, probe))
			return report;
	}
	return NULL;
}

/* A probe that is gone may have left a report: there is room for so many. */
static void nflb_report_make_room(struct nflb_backend *backend)
{
	struct nflb_report *report, *oldest = NULL;
	unsigned int n = 0;

	list_for_each_entry(report, &backend->reports, node) {
		if (!oldest || report->at < oldest->at)
			oldest = report;
		n++;
	}
	if (n < NFLB_POOL_PROBES_MAX)
		return;
	list_del_rcu(&oldest->node);
	kfree_rcu(oldest, rcu);
}

/**
 * nflb_report_file() - keeps a report instead of the last one
 * @backend: the backend that it is about
 * @report: the report, not the caller's any more
 * @has_changed: the state is another one than before
 *
 * Context: process, under cfg_mutex.
 * Return: true if the last one was stale.
 */
bool nflb_report_file(struct nflb_backend *backend, struct nflb_report *report,
		      bool has_changed)
{
	struct nflb_report *old;
	bool was_stale;

	old = nflb_report_find(backend, report->probe);
	if (!old) {
		nflb_report_make_room(backend);
		list_add_tail_rcu(&report->node, &backend->reports);
		return false;
	}
	if (!has_changed)
		report->since = old->since;
	report->uptime = old->uptime;
	nflb_uptime_add(&report->uptime, report->at, old->state);
	was_stale = old->is_stale;
	list_replace_rcu(&old->node, &report->node);
	kfree_rcu(old, rcu);
	return was_stale;
}

/* When it becomes stale, in jiffies */
static u64 nflb_report_until(const struct nflb_report *report,
			     const struct nflb_probe *probe)
{
	u32 ms = max_t(u32, probe->config.interval_ms, NFLB_REPORT_MS);

	return report->at + (u64)NFLB_REPORT_PATIENCE * msecs_to_jiffies(ms);
}

/**
 * nflb_report_watch() - sees to it that listeners are told when one is stale
 * @nn: the namespace
 * @report: the report, filed
 * @probe: its probe
 *
 * Context: process, under cfg_mutex.
 */
void nflb_report_watch(struct nflb_net *nn, const struct nflb_report *report,
		       const struct nflb_probe *probe)
{
	u64 until = nflb_report_until(report, probe);
	u64 now = get_jiffies_64();
	unsigned long delay;

	/* By the second: each time all reports are looked at. */
	delay = round_jiffies_up_relative(until > now ? until - now : 0);
	if (nn->report_until && nn->report_until <= now + delay)
		return;
	nn->report_until = now + delay;
	mod_delayed_work(nflb_wq, &nn->report_work, delay);
}

static bool nflb_report_is_over(const struct nflb_report *report,
				const struct nflb_probe *probe)
{
	return time_after_eq64(get_jiffies_64(),
			       nflb_report_until(report, probe));
}

static void nflb_report_age(struct nflb_net *nn, struct nflb_backend *backend,
			    const struct nflb_probe *probe)
{
	struct nflb_report *report;

	report = nflb_report_find(backend, probe->object.name);
	if (!report || report->is_stale ||
	    report->state == NFLB_HEALTH_UNKNOWN)
		return;
	if (!nflb_report_is_over(report, probe)) {
		nflb_report_watch(nn, report, probe);
		return;
	}
	WRITE_ONCE(report->is_stale, true);
	nflb_event_health(nn, backend, report);
}

static void nflb_report_age_pool(struct nflb_net *nn,
				 const struct nflb_snapshot *snap,
				 const struct nflb_pool *pool)
{
	const struct nflb_probe *probe;
	u32 gate, i;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (!pool->gate[gate].n_services)
			continue;
		probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
		for (i = 0; i < pool->n_members; i++)
			nflb_report_age(nn, pool->member[i].backend, probe);
	}
}

static void nflb_report_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, report_work);
	const struct nflb_snapshot *snap;
	const struct nflb_pool *pool;
	u32 i;

	mutex_lock(&nn->cfg_mutex);
	nn->report_until = 0;
	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	for (i = 0; snap && i < snap->pools.n_slots; i++) {
		pool = nflb_snapshot_pool(snap, i);
		if (pool)
			nflb_report_age_pool(nn, snap, pool);
	}
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_reports_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_reports_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->report_work, nflb_report_work);
}

/**
 * nflb_reports_free() - forgets what was said of a backend
 * @backend: the backend, without references, a grace period later
 *
 * Context: any.
 */
void nflb_reports_free(struct nflb_backend *backend)
{
	struct nflb_report *report, *next;

	list_for_each_entry_safe(report, next, &backend->reports, node)
		kfree(report);
}
