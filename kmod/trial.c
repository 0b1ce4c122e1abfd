// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trials: whether, and how soon, the first packet of a new flow is answered.
 *
 * A connection fails if its SYN is answered by a reset, or by an ICMP error
 * that says that it does not arrive, or by nothing: then its client has sent it
 * again, or the entry dies of age. It fails once, whatever comes together. That
 * the client itself gives up, with a reset, says nothing of the backend, and
 * neither does an entry that somebody deletes, or that gives way to others.
 * Datagrams need no answer, but may have that error, each of them until one of
 * their flow is answered.
 *
 * Only backends of pools that ask for it are put to trial, and then only the
 * packets are looked at that come before the answer. Of all others, connections
 * are counted whose entry dies of age without an answer.
 */

#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <net/netfilter/nf_conntrack.h>

#include "backend.h"
#include "counters.h"
#include "eject.h"
#include "fast.h"
#include "floating.h"
#include "stray.h"
#include "track.h"
#include "trial.h"

/*
 * Who sends a SYN again waits for a second, or more (RFC 6298 section 2.1).
 * What comes again sooner has been doubled on its way.
 */
#define NFLB_TRIAL_SILENCE (HZ / 2)

static u32 nflb_trial_now_us(void)
{
	return ktime_to_us(ktime_get());
}

/**
 * nflb_trials_init() - begins with nothing known
 * @trials: trials of a new backend
 */
void nflb_trials_init(struct nflb_trials *trials)
{
	trials->answered = jiffies;
	ewma_nflb_connect_init(&trials->connect);
}

/**
 * nflb_trials_forgive() - gives a backend another chance
 * @trials: its trials
 *
 * Flows that have begun before, and fail later, do not count.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_trials_forgive(struct nflb_trials *trials)
{
	WRITE_ONCE(trials->answered, jiffies);
	atomic_set(&trials->n_failed, 0);
}

/**
 * nflb_trials_connect_us() - tells how long connections take to be answered
 * @trials: trials of the backend
 *
 * Context: any.
 * Return: the average in microseconds, 0 if there is none yet.
 */
u32 nflb_trials_connect_us(const struct nflb_trials *trials)
{
	/* As ewma_nflb_connect_read(), which does not take a const. */
	return READ_ONCE(trials->connect.internal) >> 4;
}

/**
 * nflb_trial_begin() - puts a flow to trial
 * @fast: the flow, with its entry
 *
 * Context: bottom halves off, under RCU; its first packet has not left yet.
 */
void nflb_trial_begin(struct nflb_fast *fast)
{
	/* Nor is there an answer of a floating one's that comes by. */
	if (nflb_stray_is(fast->ct) || nflb_floating_is(fast->ct))
		return;
	fast->trial.begun = jiffies;
	fast->trial.begun_us = nflb_trial_now_us();
	/* Pairs with smp_load_acquire() in nflb_trial_is_asked(). */
	smp_store_release(&fast->trial.state, NFLB_TRIAL_OPEN);
}

/* Counts a failure; those in a row go on from the last answer. */
static void nflb_trial_count(struct nflb_fast *fast,
			     struct nflb_backend *backend, unsigned long begun,
			     enum nflb_eject_reason reason)
{
	struct nflb_trials *trials = &backend->trials;
	u32 n;

	local_bh_disable();
	nflb_flow_count(backend, nflb_flow_service(&fast->flow),
			NFLB_FAILED_CONNECTS);
	local_bh_enable();
	if (time_before(begun, READ_ONCE(trials->answered)))
		return;
	WRITE_ONCE(trials->reason, reason);
	n = atomic_inc_return(&trials->n_failed);
	if (n == READ_ONCE(trials->limit))
		nflb_eject_wake(backend->nn);
}

/* The flow fails, unless it has been answered, or has failed already. */
static void nflb_trial_fail(struct nflb_fast *fast,
			    struct nflb_backend *backend,
			    enum nflb_eject_reason reason)
{
	struct nflb_trial *trial = &fast->trial;

	if (cmpxchg(&trial->state, NFLB_TRIAL_OPEN, NFLB_TRIAL_FAILED) ==
	    NFLB_TRIAL_OPEN)
		nflb_trial_count(fast, backend, trial->begun, reason);
}

/*
 * The time is that of connections alone: what answers a datagram is a program.
 * Which of two SYNs was answered, nobody knows (RFC 6298 section 3).
 */
static void nflb_trial_pass(struct nflb_fast *fast,
			    struct nflb_backend *backend)
{
	struct nflb_trials *trials = &backend->trials;
	u32 state = xchg(&fast->trial.state, NFLB_TRIAL_NONE);
	u32 us = nflb_trial_now_us() - fast->trial.begun_us;

	if (state == NFLB_TRIAL_NONE)
		return;
	if (state == NFLB_TRIAL_OPEN &&
	    nf_ct_protonum(fast->ct) == IPPROTO_TCP)
		ewma_nflb_connect_add(&trials->connect,
				      clamp_t(u32, us, 1, NFLB_CONNECT_MAX_US));
	WRITE_ONCE(trials->answered, jiffies);
	if (atomic_read(&trials->n_failed))
		atomic_set(&trials->n_failed, 0);
}

/**
 * nflb_trial_see() - learns from a packet of a flow that is on trial
 * @fast: the flow
 * @backend: its backend
 * @dir: direction of the packet, which conntrack has taken
 *
 * A reset that refuses a connection does not come here, as conntrack ends the
 * entry by it: nflb_trial_end() sees to that.
 *
 * Context: bottom halves off, under RCU.
 */
void nflb_trial_see(struct nflb_fast *fast, struct nflb_backend *backend,
		    u8 dir)
{
	if (dir == IP_CT_DIR_REPLY)
		nflb_trial_pass(fast, backend);
	else if (nf_ct_protonum(fast->ct) == IPPROTO_TCP &&
		 time_after_eq(jiffies,
			       fast->trial.begun + NFLB_TRIAL_SILENCE))
		nflb_trial_fail(fast, backend, NFLB_EJECT_REASON_UNANSWERED);
}

/**
 * nflb_trial_refuse() - takes an ICMP error about a packet to the backend
 * @fast: the packet's flow
 *
 * Context: any but hard interrupt, under RCU.
 */
void nflb_trial_refuse(struct nflb_fast *fast)
{
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);

	if (!backend || !nflb_trials_is_on(&backend->trials))
		return;
	if (nf_ct_protonum(fast->ct) == IPPROTO_TCP)
		nflb_trial_fail(fast, backend, NFLB_EJECT_REASON_UNREACHABLE);
	else if (READ_ONCE(fast->trial.state) == NFLB_TRIAL_OPEN)
		nflb_trial_count(fast, backend, jiffies,
				 NFLB_EJECT_REASON_UNREACHABLE);
}

/* Has the backend answered the SYN by a reset? */
static bool nflb_trial_is_refused(const struct nf_conn *ct)
{
	const struct ip_ct_tcp *tcp = &ct->proto.tcp;

	return READ_ONCE(tcp->last_index) == NFLB_TRACK_RST &&
	       READ_ONCE(tcp->last_dir) == IP_CT_DIR_REPLY;
}

/**
 * nflb_trial_miss() - looks how a flow ends that is not on trial
 * @fast: the flow, whose entry dies
 *
 * That a SYN has never been answered, the entry tells by itself.
 *
 * Context: any but hard interrupt, with a reference to the backend.
 */
void nflb_trial_miss(const struct nflb_fast *fast)
{
	const struct nf_conn *ct = fast->ct;
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);

	if (nf_ct_protonum(ct) != IPPROTO_TCP || nflb_stray_is(ct) ||
	    test_bit(IPS_SEEN_REPLY_BIT, &ct->status) ||
	    !nf_ct_is_expired(ct) || !backend)
		return;
	local_bh_disable();
	nflb_flow_count(backend, nflb_flow_service(&fast->flow),
			NFLB_FAILED_CONNECTS);
	local_bh_enable();
}

/**
 * nflb_trial_end() - learns from how a flow ends whose trial is not over
 * @fast: the flow, whose entry dies
 *
 * On the fast path, the packet that ends the entry comes to nflb_trial_see()
 * after that: by then the trial is over.
 *
 * Context: any but hard interrupt, with a reference to the backend.
 */
void nflb_trial_end(struct nflb_fast *fast)
{
	struct nflb_backend *backend = READ_ONCE(fast->flow.backend);
	u32 state = xchg(&fast->trial.state, NFLB_TRIAL_NONE);

	if (state != NFLB_TRIAL_OPEN || !backend ||
	    nf_ct_protonum(fast->ct) != IPPROTO_TCP)
		return;
	if (nflb_trial_is_refused(fast->ct))
		nflb_trial_count(fast, backend, fast->trial.begun,
				 NFLB_EJECT_REASON_REFUSED);
	else if (nf_ct_is_expired(fast->ct))
		nflb_trial_count(fast, backend, fast->trial.begun,
				 NFLB_EJECT_REASON_UNANSWERED);
}
