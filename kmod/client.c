// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: affinity where the scheduler does not choose by a hash.
 *
 * A table of fixed size says which backend a client has. Its hash, for which
 * the pool has a key, says which bucket it is in, and there stands for it; of a
 * full bucket the client is forgotten that has opened no flow for the longest
 * time. So a flood of forged addresses takes no memory, and costs others their
 * backend at worst.
 *
 * A backend is known by its address, not by its place or a pointer, as pools
 * change while packets run. Whom the present one does not have, or not for new
 * flows, the client has no more: one is picked anew, which it keeps. Whom it
 * has, but who is full, it has again as soon as there is room.
 */

#include <linux/mm.h>
#include <linux/slab.h>

#include "client.h"
#include "pool.h"
#include "sched.h"

/**
 * nflb_clients_alloc() - makes an empty table
 *
 * Context: process, may sleep.
 * Return: the table with one reference, or NULL.
 */
struct nflb_clients *nflb_clients_alloc(void)
{
	struct nflb_clients *clients;
	u32 i;

	clients = kvzalloc(sizeof(*clients), GFP_KERNEL_ACCOUNT);
	if (!clients)
		return NULL;
	refcount_set(&clients->ref, 1);
	for (i = 0; i < NFLB_N_CLIENT_BUCKETS; i++)
		spin_lock_init(&clients->bucket[i].lock);
	return clients;
}

/**
 * nflb_clients_put() - drops a reference
 * @clients: the table, or NULL
 *
 * Context: process, may sleep; no packet can see the pool that had it.
 */
void nflb_clients_put(struct nflb_clients *clients)
{
	if (clients && refcount_dec_and_test(&clients->ref))
		kvfree(clients);
}

static unsigned long nflb_client_age(const struct nflb_client *client)
{
	if (!client->hash)
		return ULONG_MAX;
	return jiffies - client->at_jiffies;
}

/* The client, or else who has opened no flow for the longest time. */
static struct nflb_client *
nflb_client_find(struct nflb_client_bucket *bucket, u64 hash)
{
	struct nflb_client *oldest = bucket->way;
	struct nflb_client *client;

	for (client = bucket->way;
	     client < bucket->way + NFLB_N_CLIENT_WAYS; client++) {
		if (client->hash == hash)
			return client;
		if (nflb_client_age(client) > nflb_client_age(oldest))
			oldest = client;
	}
	return oldest;
}

/* The place of the backend that the client has, or NFLB_NONE. */
static u32 nflb_client_member(const struct nflb_client *client,
			      const struct nflb_pool *pool)
{
	const struct nflb_addr addr = {
		.family = pool->family,
		.ip = client->backend,
	};

	return nflb_pool_find_addr(pool, &addr);
}

/**
 * nflb_clients_pick() - picks what a client has, or gives it what is picked
 * @pool: the pool, with clients and at least one member
 * @gate: gate of the service
 * @choice: the choice, with the hash of the client
 *
 * The lock is held over the pick, so of two first packets at once the second
 * finds what the first was given.
 *
 * Context: softirq or process, under RCU.
 */
void nflb_clients_pick(struct nflb_pool *pool, u32 gate,
		       struct nflb_choice *choice)
{
	struct nflb_client_bucket *bucket;
	struct nflb_client *client;
	bool is_live;

	bucket = &pool->clients->bucket[choice->hash % NFLB_N_CLIENT_BUCKETS];
	spin_lock_bh(&bucket->lock);
	client = nflb_client_find(bucket, choice->hash);
	is_live = nflb_client_age(client) < NFLB_CLIENT_JIFFIES;
	if (is_live && client->hash == choice->hash)
		choice->kept = nflb_client_member(client, pool);
	nflb_sched_pick(pool, gate, choice);
	if (!choice->is_dry && choice->member != NFLB_NONE) {
		choice->evicts = is_live && client->hash != choice->hash;
		client->hash = choice->hash;
		client->at_jiffies = jiffies;
		if (!nflb_choice_will_return(choice))
			client->backend = pool->member[choice->member]
						  .backend->addr.ip;
	}
	spin_unlock_bh(&bucket->lock);
}
