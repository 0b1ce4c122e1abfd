/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trials: whether, and how soon, the first packet of a new flow is answered.
 */
#ifndef _NFLB_TRIAL_H
#define _NFLB_TRIAL_H

#include <linux/atomic.h>
#include <linux/average.h>
#include <linux/types.h>
#include <uapi/nflb.h>

struct nflb_backend;
struct nflb_fast;

/*
 * Four bits behind the point, and each new time counts for an eighth, as in
 * TCP's own estimate (RFC 6298 section 2).
 */
DECLARE_EWMA(nflb_connect, 4, 8)

/* What takes longer counts as this; see sched_p2c.c. */
#define NFLB_CONNECT_MAX_US ((1 << 24) - 1)

/**
 * enum nflb_trial_state - what is known of a flow's first packet
 * @NFLB_TRIAL_NONE: nobody asks, or any more
 * @NFLB_TRIAL_OPEN: there is no answer yet
 * @NFLB_TRIAL_FAILED: it has counted as failed; it may still be answered
 */
enum nflb_trial_state {
	NFLB_TRIAL_NONE,
	NFLB_TRIAL_OPEN,
	NFLB_TRIAL_FAILED,
};

/**
 * struct nflb_trial - the trial of a flow
 * @begun: when it began, in jiffies
 * @begun_us: the same in microseconds of the monotonic clock
 * @state: enum nflb_trial_state; whoever changes it has the say
 */
struct nflb_trial {
	unsigned long begun;
	u32 begun_us;
	u32 state;
};

/**
 * struct nflb_trials - how the flows of a backend fare
 * @is_on: they are put to trial; written under cfg_mutex
 * @limit: so many failures in a row have it ejected, 0 for any number; written
 *	under cfg_mutex
 * @n_failed: failures in a row
 * @reason: why the last one failed, enum nflb_eject_reason
 * @answered: when the last trial was passed, in jiffies, or the backend was
 *	given another chance
 * @connect: time from SYN to SYN and ACK, in microseconds; 0 before the first
 *
 * What packets write is written without a lock: of two CPUs at once one is
 * forgotten, but in @n_failed.
 */
struct nflb_trials {
	bool is_on;
	u32 limit;
	atomic_t n_failed;
	u32 reason;
	unsigned long answered;
	struct ewma_nflb_connect connect;
};

/**
 * nflb_trial_is_asked() - tells whether a packet may tell something of a trial
 * @trial: the trial of the packet's flow
 *
 * Return: true if so, for nflb_trial_see().
 */
static inline bool nflb_trial_is_asked(const struct nflb_trial *trial)
{
	/* Pairs with smp_store_release() in nflb_trial_begin(). */
	return smp_load_acquire(&trial->state) != NFLB_TRIAL_NONE;
}

/**
 * nflb_trials_is_on() - tells whether new flows of a backend are put to trial
 * @trials: trials of the backend
 *
 * Return: true if so, for nflb_trial_begin().
 */
static inline bool nflb_trials_is_on(const struct nflb_trials *trials)
{
	return READ_ONCE(trials->is_on);
}

void nflb_trials_init(struct nflb_trials *trials);
void nflb_trials_forgive(struct nflb_trials *trials);
void nflb_trial_begin(struct nflb_fast *fast);
void nflb_trial_see(struct nflb_fast *fast, struct nflb_backend *backend,
		    u8 dir);
void nflb_trial_refuse(struct nflb_fast *fast);
void nflb_trial_end(struct nflb_fast *fast);
void nflb_trial_miss(const struct nflb_fast *fast);

u32 nflb_trials_connect_us(const struct nflb_trials *trials);

#endif /* _NFLB_TRIAL_H */
