// SPDX-License-Identifier: GPL-2.0-only
/* Backends: servers. */

#include <linux/slab.h>
#include <linux/string.h>

#include "backend.h"
#include "net.h"
#include "owner.h"
#include "report.h"

static void nflb_backend_free(struct nflb_account *account)
{
	struct nflb_backend *backend;

	backend = container_of(account, struct nflb_backend, account);
	nflb_reports_free(backend);
	nflb_lease_fini(&backend->lease);
	nflb_account_fini(account);
	kfree(backend);
}

/**
 * nflb_backend_alloc() - makes a backend
 * @nn: the namespace
 * @pool: name of its pool
 * @name: its name
 * @addr: its address
 *
 * Context: process, may sleep.
 * Return: the backend with one reference, or NULL.
 */
struct nflb_backend *nflb_backend_alloc(struct nflb_net *nn, const char *pool,
					const char *name,
					const struct nflb_addr *addr)
{
	struct nflb_backend *backend;

	backend = kzalloc(sizeof(*backend), GFP_KERNEL_ACCOUNT);
	if (!backend)
		return NULL;
	if (nflb_account_init(&backend->account, name, false,
			      nflb_backend_free)) {
		kfree(backend);
		return NULL;
	}
	nflb_trials_init(&backend->trials);
	nflb_lease_init(&backend->lease);
	backend->addr = *addr;
	backend->nn = nn;
	INIT_LIST_HEAD(&backend->node);
	INIT_LIST_HEAD(&backend->drain_node);
	INIT_LIST_HEAD(&backend->reports);
	strscpy(backend->pool, pool, sizeof(backend->pool));
	if (nflb_owner_add(backend)) {
		nflb_account_fini(&backend->account);
		kfree(backend);
		return NULL;
	}
	return backend;
}

/**
 * nflb_backend_put() - drops a reference
 * @backend: the backend
 *
 * The count falls to zero only under leaving_lock, so who finds a backend in
 * the list of those that leave may take a reference.
 *
 * Context: any but hard interrupt.
 */
void nflb_backend_put(struct nflb_backend *backend)
{
	struct nflb_account *account = &backend->account;
	struct nflb_net *nn = backend->nn;
	bool is_last;

	if (refcount_dec_not_one(&account->ref))
		return;
	spin_lock_bh(&nn->leaving_lock);
	is_last = refcount_dec_and_test(&account->ref);
	if (is_last)
		list_del_init(&backend->node);
	spin_unlock_bh(&nn->leaving_lock);
	if (is_last) {
		nflb_owner_remove(backend);
		nflb_account_free(account);
	}
}

/**
 * nflb_backend_leave() - lists a backend that has left its pool
 * @backend: the backend; the caller holds a reference
 *
 * Context: process, under cfg_mutex.
 */
void nflb_backend_leave(struct nflb_backend *backend)
{
	struct nflb_net *nn = backend->nn;

	spin_lock_bh(&nn->leaving_lock);
	if (!backend->is_leaving) {
		WRITE_ONCE(backend->is_leaving, true);
		backend->leaving_id = ++nn->leaving_id;
		list_add_tail(&backend->node, &nn->leaving);
	}
	spin_unlock_bh(&nn->leaving_lock);
}

/**
 * nflb_backend_stay() - takes back nflb_backend_leave()
 * @backend: a backend that a pool has again
 *
 * Context: process, under cfg_mutex.
 */
void nflb_backend_stay(struct nflb_backend *backend)
{
	struct nflb_net *nn = backend->nn;

	spin_lock_bh(&nn->leaving_lock);
	if (backend->is_leaving) {
		WRITE_ONCE(backend->is_leaving, false);
		list_del_init(&backend->node);
	}
	spin_unlock_bh(&nn->leaving_lock);
}

/**
 * nflb_backend_find_leaving() - finds a removed backend that still has flows
 * @nn: the namespace
 * @pool: name of its pool
 * @name: its name
 * @addr: its address, or NULL for any
 * @after: leaving_id of the one found before, 0 to begin
 *
 * Context: process, under cfg_mutex.
 * Return: the backend with a reference for the caller, or NULL.
 */
struct nflb_backend *nflb_backend_find_leaving(struct nflb_net *nn,
					       const char *pool,
					       const char *name,
					       const struct nflb_addr *addr,
					       u64 after)
{
	struct nflb_backend *found = NULL;
	struct nflb_backend *backend;

	spin_lock_bh(&nn->leaving_lock);
	list_for_each_entry(backend, &nn->leaving, node) {
		if (backend->leaving_id <= after ||
		    (addr && !nflb_addr_equal(&backend->addr, addr)))
			continue;
		if (strcmp(backend->account.name, name) ||
		    strcmp(backend->pool, pool))
			continue;
		nflb_account_get(&backend->account);
		found = backend;
		break;
	}
	spin_unlock_bh(&nn->leaving_lock);
	return found;
}
