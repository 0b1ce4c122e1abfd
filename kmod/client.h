/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients: the backends that those of services with affinity have, in pools
 * whose scheduler does not choose by a hash.
 */
#ifndef _NFLB_CLIENT_H
#define _NFLB_CLIENT_H

#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct nflb_choice;
struct nflb_pool;

#define NFLB_N_CLIENT_BUCKETS 4096
#define NFLB_N_CLIENT_WAYS 8

/* A client that opens no flow for so long is forgotten. */
#define NFLB_CLIENT_JIFFIES (300 * HZ)

/**
 * struct nflb_client - a client, and the backend that it has
 * @hash: keyed hash of what is one client to its service, 0 while there is none
 * @at_jiffies: when it opened its last flow
 * @backend: address of the backend, which may have left the pool meanwhile; it
 *	is the same one for the client if it comes back
 */
struct nflb_client {
	u64 hash;
	unsigned long at_jiffies;
	union nf_inet_addr backend;
};

/**
 * struct nflb_client_bucket - clients whose hashes begin alike
 * @lock: protects @way, taken with bottom halves off
 * @way: the clients, in no order
 */
struct nflb_client_bucket {
	spinlock_t lock;
	struct nflb_client way[NFLB_N_CLIENT_WAYS];
};

/**
 * struct nflb_clients - the clients of a pool
 * @ref: versions of the pool that share them; under cfg_mutex or by the last
 *	owner
 * @bucket: the clients, by hash
 */
struct nflb_clients {
	refcount_t ref;
	struct nflb_client_bucket bucket[NFLB_N_CLIENT_BUCKETS];
};

struct nflb_clients *nflb_clients_alloc(void);
void nflb_clients_put(struct nflb_clients *clients);
void nflb_clients_pick(struct nflb_pool *pool, u32 gate,
		       struct nflb_choice *choice);

#endif /* _NFLB_CLIENT_H */
