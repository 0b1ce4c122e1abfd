// SPDX-License-Identifier: GPL-2.0-only
/*
 * Synproxies: when SYNs to a service are answered by cookies.
 *
 * A service counts its connections that are half open. The flow with which they
 * reach its mark switches its protection on, at once; from then on new ones
 * cost no memory until the client has answered (cookie.c). That switches
 * nothing off by itself: while cookies stay without an answer, the flood goes
 * on, though nothing is half open any more. So once in a second the work here
 * looks whether both together have been below half of the mark for a while.
 *
 * What has a cookie may answer later than that. So a service is watched for as
 * long as the kernel knows its own cookies.
 */

#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/tcp.h>

#include "account.h"
#include "alerts.h"
#include "counters.h"
#include "event.h"
#include "net.h"
#include "snapshot.h"
#include "synproxy.h"

#define NFLB_SYNPROXY_TICK HZ
#define NFLB_SYNPROXY_CALM (5 * HZ)
#define NFLB_SYNPROXY_WATCH (MAX_SYNCOOKIE_AGE * TCP_SYNCOOKIE_PERIOD)

/**
 * nflb_synproxy_setup() - begins without protection
 * @synproxy: that of a new account
 */
void nflb_synproxy_setup(struct nflb_synproxy *synproxy)
{
	synproxy->wscale = NFLB_SYNPROXY_WSCALE;
	INIT_LIST_HEAD(&synproxy->node);
}

/**
 * nflb_synproxy_goes_on() - tells whether protection is still needed
 * @synproxy: that of a service, on
 * @unanswered: cookies without an answer, of all time
 * @now: the time in jiffies
 *
 * Context: one caller at a time.
 * Return: true if it is to stay on.
 */
bool nflb_synproxy_goes_on(struct nflb_synproxy *synproxy, s64 unanswered,
			   u64 now)
{
	u32 mark = READ_ONCE(synproxy->mark);
	s64 pressure = atomic_read(&synproxy->half_open);

	if (!mark)
		return false;
	/* A cookie of before may be answered now. */
	pressure += max_t(s64, unanswered - synproxy->calm_unanswered, 0);
	if (pressure > mark / 2) {
		synproxy->calm_since = now;
		synproxy->calm_unanswered = unanswered;
		return true;
	}
	return time_before64(now, synproxy->calm_since + NFLB_SYNPROXY_CALM);
}

static void nflb_synproxy_begin(struct nflb_net *nn,
				struct nflb_account *account)
{
	struct nflb_synproxy *synproxy = &account->synproxy;

	spin_lock_bh(&nn->synproxy_lock);
	WRITE_ONCE(synproxy->is_on, true);
	if (!synproxy->is_watched) {
		nflb_account_get(account);
		list_add_tail(&synproxy->node, &nn->synproxies);
		WRITE_ONCE(synproxy->is_watched, true);
		WRITE_ONCE(nn->has_cookies, true);
	}
	spin_unlock_bh(&nn->synproxy_lock);
	mod_delayed_work(nflb_wq, &nn->synproxy_work, 0);
}

/**
 * nflb_synproxy_enter() - counts a connection that is half open
 * @nn: the namespace
 * @account: account of its service, with a mark
 *
 * Context: softirq or process, under RCU.
 */
void nflb_synproxy_enter(struct nflb_net *nn, struct nflb_account *account)
{
	struct nflb_synproxy *synproxy = &account->synproxy;
	u32 n = atomic_inc_return(&synproxy->half_open);
	u32 mark = READ_ONCE(synproxy->mark);

	if (unlikely(mark && n >= mark) && !nflb_synproxy_is_on(synproxy))
		nflb_synproxy_begin(nn, account);
}

/**
 * nflb_synproxy_leave() - counts one that is not half open any more
 * @synproxy: that of its service
 *
 * Context: any.
 */
void nflb_synproxy_leave(struct nflb_synproxy *synproxy)
{
	atomic_dec(&synproxy->half_open);
}

/**
 * nflb_synproxy_learn() - learns by how much backends scale their windows
 * @synproxy: that of a service
 * @wscale: what one has told
 *
 * With the cookie the client has to be told before a backend is asked. If that
 * is less than what the backend has, the client sends less at once than it may;
 * if it is more, it sends what the backend has no room for. So the least
 * counts, and who has more of late is not known.
 *
 * Context: any.
 */
void nflb_synproxy_learn(struct nflb_synproxy *synproxy, u8 wscale)
{
	if (wscale < READ_ONCE(synproxy->wscale))
		WRITE_ONCE(synproxy->wscale, wscale);
}

static s64 nflb_synproxy_unanswered(const struct nflb_account *account)
{
	u64 sum[NFLB_N_REASONS];

	nflb_reasons_fold(account->reasons, sum);
	return sum[NFLB_COOKIES_SENT] - sum[NFLB_COOKIES_ACCEPTED];
}

/* Is it that of a service, still? */
static bool nflb_synproxy_is_there(const struct nflb_net *nn,
				   const struct nflb_account *account)
{
	const struct nflb_service *service;
	const struct nflb_snapshot *snap;
	u32 pos;

	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	if (!snap)
		return false;
	pos = nflb_table_find(&snap->services, account->name);
	service = nflb_snapshot_service(snap, pos);
	return service && service->account == account;
}

static void nflb_synproxy_tell(struct nflb_net *nn,
			       struct nflb_account *account, bool is_on)
{
	account->synproxy.is_told = is_on;
	nflb_event_synproxy(nn, account, is_on);
	nflb_alerts_wake(nn);
}

/* A packet has switched it on, and nobody else switches it off. */
static void nflb_synproxy_judge(struct nflb_net *nn,
				struct nflb_account *account, bool is_there)
{
	struct nflb_synproxy *synproxy = &account->synproxy;
	s64 unanswered = nflb_synproxy_unanswered(account);
	u64 now = get_jiffies_64();

	if (!synproxy->is_told) {
		synproxy->calm_since = now;
		synproxy->calm_unanswered = unanswered;
		nflb_synproxy_tell(nn, account, true);
	}
	if (is_there && nflb_synproxy_goes_on(synproxy, unanswered, now))
		return;
	synproxy->off_since = now;
	spin_lock_bh(&nn->synproxy_lock);
	WRITE_ONCE(synproxy->is_on, false);
	spin_unlock_bh(&nn->synproxy_lock);
	nflb_synproxy_tell(nn, account, false);
}

/* Lets go of one for which no answer can come any more. */
static void nflb_synproxy_release(struct nflb_net *nn,
				  struct nflb_account *account, bool is_there)
{
	struct nflb_synproxy *synproxy = &account->synproxy;
	bool is_over;

	is_over = !is_there ||
		  time_after_eq64(get_jiffies_64(),
				  synproxy->off_since + NFLB_SYNPROXY_WATCH);
	spin_lock_bh(&nn->synproxy_lock);
	/* A packet may have switched it on right now. */
	is_over = is_over && !synproxy->is_on;
	if (is_over) {
		list_del_init(&synproxy->node);
		WRITE_ONCE(synproxy->is_watched, false);
	}
	spin_unlock_bh(&nn->synproxy_lock);
	if (is_over)
		nflb_account_put(account);
}

static void nflb_synproxy_look(struct nflb_net *nn,
			       struct nflb_account *account)
{
	bool is_there = nflb_synproxy_is_there(nn, account);

	if (nflb_synproxy_is_on(&account->synproxy))
		nflb_synproxy_judge(nn, account, is_there);
	if (!nflb_synproxy_is_on(&account->synproxy))
		nflb_synproxy_release(nn, account, is_there);
}

/**
 * nflb_synproxy_review() - looks at the services that are watched
 * @nn: the namespace
 *
 * Those that are in no list of the namespace meanwhile are watched all the same
 * by what packets look at, so that none puts them into it.
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_synproxy_review(struct nflb_net *nn)
{
	struct nflb_account *account, *next;
	LIST_HEAD(watched);
	bool has_any;

	spin_lock_bh(&nn->synproxy_lock);
	list_splice_init(&nn->synproxies, &watched);
	spin_unlock_bh(&nn->synproxy_lock);
	list_for_each_entry_safe(account, next, &watched, synproxy.node)
		nflb_synproxy_look(nn, account);
	spin_lock_bh(&nn->synproxy_lock);
	list_splice(&watched, &nn->synproxies);
	has_any = !list_empty(&nn->synproxies);
	WRITE_ONCE(nn->has_cookies, has_any);
	spin_unlock_bh(&nn->synproxy_lock);
	/* If a packet has woken the work meanwhile, it runs before. */
	if (has_any)
		queue_delayed_work(nflb_wq, &nn->synproxy_work,
				   NFLB_SYNPROXY_TICK);
}

static void nflb_synproxy_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, synproxy_work);

	mutex_lock(&nn->cfg_mutex);
	nflb_synproxy_review(nn);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_synproxy_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_synproxy_init(struct nflb_net *nn)
{
	spin_lock_init(&nn->synproxy_lock);
	INIT_LIST_HEAD(&nn->synproxies);
	INIT_DELAYED_WORK(&nn->synproxy_work, nflb_synproxy_work);
}

/**
 * nflb_synproxy_close() - forgets all services that are watched
 * @nn: the namespace, in which no flow is opened any more
 *
 * Context: process, may sleep.
 */
void nflb_synproxy_close(struct nflb_net *nn)
{
	struct nflb_account *account, *next;

	cancel_delayed_work_sync(&nn->synproxy_work);
	list_for_each_entry_safe(account, next, &nn->synproxies,
				 synproxy.node) {
		list_del_init(&account->synproxy.node);
		nflb_account_put(account);
	}
}
