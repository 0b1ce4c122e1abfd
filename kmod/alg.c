// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows that carry a conntrack helper of their own, such as FTP.
 *
 * An entry has room for one helper, and theirs stays. So nothing tells us of
 * their packets and their end: they are held by reference and looked at every
 * second, and conntrack's own accounting counts their packets. What is shown
 * of them is late by that second, as is what they get for being idle, but
 * nothing is missed.
 */

#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>

#include "alg.h"
#include "backend.h"
#include "counters.h"
#include "flow.h"
#include "net.h"
#include "reset.h"

#define NFLB_ALG_SWEEP_JIFFIES HZ

/*
 * As each pins its entry, dead or not, so many new ones are looked at without
 * delay: conntrack's maximum must remain one.
 */
#define NFLB_ALG_NEW_MAX 1024

/**
 * struct nflb_alg - a flow with a helper of its own
 * @node: in nflb_net.algs
 * @ct: its entry, a reference is held
 * @flow: whom it is charged to
 * @is_counted: it has been seen in the table
 * @pkts: packets charged so far, by direction
 * @bytes: bytes charged so far, by direction
 * @stamp: when the last packet was seen, as nfct_time_stamp
 * @first_bytes: bytes of the first packet if conntrack has not counted it
 */
struct nflb_alg {
	struct list_head node;
	struct nf_conn *ct;
	struct nflb_flow flow;
	bool is_counted;
	u64 pkts[IP_CT_DIR_MAX];
	u64 bytes[IP_CT_DIR_MAX];
	u32 stamp;
	u32 first_bytes;
};

static void nflb_alg_charge(const struct nflb_alg *alg, bool is_reply,
			    u64 n_pkts, u64 n_bytes)
{
	nflb_counters_packet(alg->flow.backend->account.counters, is_reply,
			     n_pkts, n_bytes);
	nflb_counters_packet(nflb_flow_service(&alg->flow)->counters, is_reply,
			     n_pkts, n_bytes);
}

/* How much a counter has grown, which root may have set to zero meanwhile. */
static u64 nflb_alg_grown(u64 *last, u64 now)
{
	u64 grown = now < *last ? now : now - *last;

	*last = now;
	return grown;
}

/* Helpers of UDP say themselves how long theirs live, as of registrations. */
static bool nflb_alg_has_time(const struct nf_conn *ct)
{
	return nf_ct_protonum(ct) == IPPROTO_TCP;
}

static void nflb_alg_renew(struct nflb_alg *alg)
{
	alg->stamp = nfct_time_stamp;
	if (nflb_alg_has_time(alg->ct))
		nflb_times_renew(&nflb_flow_service(&alg->flow)->times,
				 alg->ct);
}

static void nflb_alg_count(struct nflb_alg *alg)
{
	const struct nf_conn_acct *acct = nf_conn_acct_find(alg->ct);
	u64 n_pkts, n_bytes;
	int dir;

	for (dir = 0; acct && dir < IP_CT_DIR_MAX; dir++) {
		n_pkts = atomic64_read(&acct->counter[dir].packets);
		n_pkts = nflb_alg_grown(&alg->pkts[dir], n_pkts);
		n_bytes = atomic64_read(&acct->counter[dir].bytes);
		n_bytes = nflb_alg_grown(&alg->bytes[dir], n_bytes);
		nflb_alg_charge(alg, dir == IP_CT_DIR_REPLY, n_pkts, n_bytes);
		if (n_pkts)
			nflb_alg_renew(alg);
	}
}

static void nflb_alg_update(struct nflb_net *nn, struct nflb_alg *alg)
{
	struct nflb_account *service = nflb_flow_service(&alg->flow);

	if (!nf_ct_is_confirmed(alg->ct))
		return;
	local_bh_disable();
	if (!alg->is_counted) {
		alg->is_counted = true;
		nflb_flow_count(alg->flow.backend, service, NFLB_NEW_FLOWS);
		nflb_reasons_inc(service->reasons, NFLB_WITH_HELPER);
		nflb_reasons_inc(nn->reasons, NFLB_WITH_HELPER);
		if (alg->first_bytes)
			nflb_alg_charge(alg, false, 1, alg->first_bytes);
		nflb_alg_renew(alg);
	}
	nflb_alg_count(alg);
	local_bh_enable();
	nflb_flow_check_closed(alg->ct, &alg->flow, alg->flow.backend);
}

/* Dead, or never confirmed and no packet has it any more. */
static bool nflb_alg_is_over(const struct nflb_alg *alg)
{
	return nf_ct_is_dying(alg->ct) ||
	       (!nf_ct_is_confirmed(alg->ct) &&
		refcount_read(&alg->ct->ct_general.use) == 1);
}

static void nflb_alg_free(struct nflb_net *nn, struct nflb_alg *alg)
{
	list_del(&alg->node);
	nflb_flow_put(nn, &alg->flow);
	nf_ct_put(alg->ct);
	kfree(alg);
}

/* Takes all flows off the list; packets may add others meanwhile. */
static void nflb_alg_take(struct nflb_net *nn, struct list_head *list)
{
	lockdep_assert_held(&nn->alg_mutex);
	spin_lock_bh(&nn->alg_lock);
	list_splice_init(&nn->algs, list);
	nn->n_new_algs = 0;
	spin_unlock_bh(&nn->alg_lock);
}

static void nflb_alg_give_back(struct nflb_net *nn, struct list_head *list)
{
	spin_lock_bh(&nn->alg_lock);
	list_splice(list, &nn->algs);
	spin_unlock_bh(&nn->alg_lock);
}

/* An entry that waits somewhere unconfirmed is not let into the table. */
static void nflb_alg_kill(struct nflb_net *nn, struct nflb_alg *alg)
{
	if (nf_ct_is_confirmed(alg->ct))
		nf_ct_delete(alg->ct, 0, 0);
	else
		set_bit(IPS_DYING_BIT, &alg->ct->status);
	nflb_alg_free(nn, alg);
}

/*
 * Resets a connection that has been idle for too long. Of one that is not
 * counted, for want of memory, nobody knows.
 */
static bool nflb_alg_ends_idle(struct nflb_net *nn, struct nflb_alg *alg)
{
	const struct nflb_account *service = nflb_flow_service(&alg->flow);

	return nf_conn_acct_find(alg->ct) &&
	       nflb_times_is_over(&service->times, alg->ct, alg->stamp) &&
	       nflb_reset_once(nn, alg->ct, &alg->flow, NFLB_IDLE_RESETS);
}

static void nflb_alg_sweep(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, alg_work);
	struct nflb_alg *alg, *next;
	bool is_over, is_empty;
	LIST_HEAD(list);

	mutex_lock(&nn->alg_mutex);
	nflb_alg_take(nn, &list);
	list_for_each_entry_safe(alg, next, &list, node) {
		is_over = nflb_alg_is_over(alg);
		nflb_alg_update(nn, alg);
		if (is_over)
			nflb_alg_free(nn, alg);
		else if (nflb_alg_ends_idle(nn, alg))
			nflb_alg_kill(nn, alg);
		cond_resched();
	}
	is_empty = list_empty(&list);
	nflb_alg_give_back(nn, &list);
	mutex_unlock(&nn->alg_mutex);
	if (!is_empty)
		queue_delayed_work(nflb_wq, &nn->alg_work,
				   NFLB_ALG_SWEEP_JIFFIES);
}

/**
 * nflb_alg_attach() - takes on a flow that has a helper of its own
 * @nn: the namespace
 * @skb: its first packet
 * @ct: its entry, not confirmed yet
 * @backend: its backend; a reference is taken
 * @service: account of its service; a reference is taken
 *
 * Context: softirq or process, under RCU.
 * Return: 0 or a negative errno, of which nflb_flow_refusal() says the reason.
 */
int nflb_alg_attach(struct nflb_net *nn, const struct sk_buff *skb,
		    struct nf_conn *ct, struct nflb_backend *backend,
		    struct nflb_account *service)
{
	struct nflb_alg *alg;
	bool is_urgent;
	int err;

	alg = kzalloc(sizeof(*alg), GFP_ATOMIC);
	if (!alg)
		return -ENOMEM;
	/* Without the extension, or if there is one, counts are as good. */
	if (!nf_conn_acct_find(ct)) {
		nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_ATOMIC);
		alg->first_bytes = skb->len;
	}
	if (nflb_alg_has_time(ct))
		nflb_times_begin(&service->times, ct);
	err = nflb_flow_get(nn, &alg->flow, backend, service);
	if (err) {
		kfree(alg);
		return err;
	}
	nf_conntrack_get(&ct->ct_general);
	alg->ct = ct;
	alg->stamp = nfct_time_stamp;

	spin_lock_bh(&nn->alg_lock);
	list_add_tail(&alg->node, &nn->algs);
	is_urgent = ++nn->n_new_algs >= NFLB_ALG_NEW_MAX;
	if (is_urgent)
		nn->n_new_algs = 0;
	spin_unlock_bh(&nn->alg_lock);
	if (is_urgent)
		mod_delayed_work(nflb_wq, &nn->alg_work, 0);
	else
		queue_delayed_work(nflb_wq, &nn->alg_work,
				   NFLB_ALG_SWEEP_JIFFIES);
	return 0;
}

/**
 * nflb_alg_init() - begins with no flows
 * @nn: the namespace
 */
void nflb_alg_init(struct nflb_net *nn)
{
	mutex_init(&nn->alg_mutex);
	spin_lock_init(&nn->alg_lock);
	INIT_LIST_HEAD(&nn->algs);
	INIT_DELAYED_WORK(&nn->alg_work, nflb_alg_sweep);
}

/**
 * nflb_alg_kill_if() - ends some flows
 * @nn: the namespace
 * @is_due: says whether a flow is to end, by its entry and whom it is charged
 *	to
 *
 * Context: process, may sleep.
 */
void nflb_alg_kill_if(struct nflb_net *nn,
		      bool (*is_due)(struct nflb_net *nn,
				     const struct nf_conn *ct,
				     struct nflb_flow *flow))
{
	struct nflb_alg *alg, *next;
	LIST_HEAD(list);

	mutex_lock(&nn->alg_mutex);
	nflb_alg_take(nn, &list);
	list_for_each_entry_safe(alg, next, &list, node) {
		nflb_alg_update(nn, alg);
		if (is_due(nn, alg->ct, &alg->flow))
			nflb_alg_kill(nn, alg);
		cond_resched();
	}
	nflb_alg_give_back(nn, &list);
	mutex_unlock(&nn->alg_mutex);
}

/**
 * nflb_alg_close() - ends all flows
 * @nn: the namespace, which binds no new ones any more
 *
 * Context: process, may sleep.
 */
void nflb_alg_close(struct nflb_net *nn)
{
	struct nflb_alg *alg, *next;
	LIST_HEAD(list);

	cancel_delayed_work_sync(&nn->alg_work);
	mutex_lock(&nn->alg_mutex);
	nflb_alg_take(nn, &list);
	list_for_each_entry_safe(alg, next, &list, node) {
		nflb_alg_update(nn, alg);
		nflb_alg_kill(nn, alg);
		cond_resched();
	}
	mutex_unlock(&nn->alg_mutex);
}
