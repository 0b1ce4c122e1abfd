/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts: whom flows are charged to, a service or a backend. An account
 * outlives the configuration that names it for as long as it has flows.
 */
#ifndef _NFLB_ACCOUNT_H
#define _NFLB_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <uapi/nflb.h>

#include "bucket.h"
#include "synproxy.h"
#include "times.h"

struct nflb_counters;
struct nflb_reasons;

/**
 * struct nflb_account - whom flows are charged to
 * @counters: traffic
 * @reasons: reasons, or NULL: only services count them
 * @is_slow: of services only: flows keep to the slow path; written under
 *	cfg_mutex when a configuration is published, and read by every packet,
 *	so it stands where packets come to be counted
 * @times: of services only: for how long the flows may be idle
 * @rcu: frees after the grace period, as a packet may still count
 * @free: frees what the account is embedded in, called by RCU
 * @name: name of the service or backend
 * @ref: held by configuration objects and by flows
 * @active: flows now open
 * @max_flows: how many may be, 0 for any number; written under cfg_mutex
 * @new_flows: of services only: how many may be opened
 * @synproxy: of services only: protection from floods of SYNs
 */
struct nflb_account {
	struct nflb_counters __percpu *counters;
	struct nflb_reasons __percpu *reasons;
	bool is_slow;
	struct nflb_times times;
	struct rcu_head rcu;
	void (*free)(struct nflb_account *account);
	char name[NFLB_NAME_MAX + 1];

	/* Changed for every flow, far from what every packet reads */
	refcount_t ref;
	atomic_t active;
	u32 max_flows;
	struct nflb_bucket new_flows;
	struct nflb_synproxy synproxy;
};

int nflb_account_init(struct nflb_account *account, const char *name,
		      bool with_reasons,
		      void (*free)(struct nflb_account *account));
void nflb_account_fini(struct nflb_account *account);
void nflb_account_free(struct nflb_account *account);
void nflb_account_put(struct nflb_account *account);
bool nflb_account_enter(struct nflb_account *account);

/**
 * nflb_account_get() - takes a reference
 * @account: an account that the caller has a reference to, or finds in a
 *	snapshot under RCU
 */
static inline void nflb_account_get(struct nflb_account *account)
{
	refcount_inc(&account->ref);
}

/**
 * nflb_account_is_full() - tells whether as many flows are open as may be
 * @account: the account
 *
 * Return: true if so; it may be out of date.
 */
static inline bool nflb_account_is_full(const struct nflb_account *account)
{
	u32 max = READ_ONCE(account->max_flows);

	return max && (u32)atomic_read(&account->active) >= max;
}

#endif /* _NFLB_ACCOUNT_H */
