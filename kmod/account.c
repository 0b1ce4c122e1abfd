// SPDX-License-Identifier: GPL-2.0-only
/* Accounts: whom flows are charged to, a service or a backend. */

#include <linux/slab.h>
#include <linux/string.h>

#include "account.h"
#include "counters.h"

/**
 * nflb_account_init() - begins an account
 * @account: zeroed memory inside a service's or backend's own
 * @name: name to show
 * @with_reasons: count reasons too
 * @free: called by RCU after the last reference went; calls
 *	nflb_account_fini() and frees the memory
 *
 * Context: process, may sleep.
 * Return: 0 with one reference, or -ENOMEM with nothing to undo.
 */
int nflb_account_init(struct nflb_account *account, const char *name,
		      bool with_reasons,
		      void (*free)(struct nflb_account *account))
{
	account->counters = nflb_counters_alloc();
	if (!account->counters)
		return -ENOMEM;
	if (with_reasons) {
		account->reasons = nflb_reasons_alloc();
		if (!account->reasons)
			goto err_free_counters;
	}
	refcount_set(&account->ref, 1);
	atomic_set(&account->active, 0);
	nflb_synproxy_setup(&account->synproxy);
	account->free = free;
	strscpy(account->name, name, sizeof(account->name));
	return 0;

err_free_counters:
	free_percpu(account->counters);
	return -ENOMEM;
}

/**
 * nflb_account_fini() - frees what the account owns
 * @account: the account, without references
 *
 * Context: any.
 */
void nflb_account_fini(struct nflb_account *account)
{
	free_percpu(account->counters);
	free_percpu(account->reasons);
}

static void nflb_account_free_rcu(struct rcu_head *rcu)
{
	struct nflb_account *account;

	account = container_of(rcu, struct nflb_account, rcu);
	account->free(account);
}

/**
 * nflb_account_free() - frees after a grace period
 * @account: the account, without references
 *
 * Context: any but hard interrupt.
 */
void nflb_account_free(struct nflb_account *account)
{
	call_rcu(&account->rcu, nflb_account_free_rcu);
}

/**
 * nflb_account_put() - drops a reference
 * @account: the account
 *
 * Context: any but hard interrupt.
 */
void nflb_account_put(struct nflb_account *account)
{
	if (refcount_dec_and_test(&account->ref))
		nflb_account_free(account);
}

/**
 * nflb_account_enter() - counts one more flow as open, if there may be one
 * @account: the account
 *
 * Context: any.
 * Return: true if it is counted.
 */
bool nflb_account_enter(struct nflb_account *account)
{
	u32 max = READ_ONCE(account->max_flows);
	int active;

	if (likely(!max)) {
		atomic_inc(&account->active);
		return true;
	}
	active = atomic_read(&account->active);
	do {
		if ((u32)active >= max)
			return false;
	} while (!atomic_try_cmpxchg(&account->active, &active, active + 1));
	return true;
}
