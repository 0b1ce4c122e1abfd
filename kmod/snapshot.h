/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Snapshots: the whole configuration of a namespace. The published one never
 * changes; a change makes a candidate that shares what stays as it is.
 */
#ifndef _NFLB_SNAPSHOT_H
#define _NFLB_SNAPSHOT_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "device.h"
#include "frontend.h"
#include "object.h"
#include "pool.h"
#include "probe.h"
#include "service.h"
#include "snat.h"

/**
 * struct nflb_range - a service with a port range, for the lookup
 * @end: what ranges are in the order of: place of the frontend, IP protocol
 *	number and last port, from the highest bits to the lowest
 * @service: place of the service
 * @first: first port
 */
struct nflb_range {
	u64 end;
	u32 service;
	u16 first;
};

/**
 * struct nflb_snapshot - the whole configuration of a namespace
 * @frontends: struct nflb_frontend by place
 * @pools: struct nflb_pool by place
 * @services: struct nflb_service by place
 * @probes: struct nflb_probe by place
 * @snats: struct nflb_snat by place
 * @vips: from a hash of the address to the place of the frontend
 * @keys: from a hash of frontend, protocol and port to the place of a service
 *	that has one port, any port (0) or any protocol (0)
 * @answers: from hashes of pool and backend port to the places of services of
 *	TCP, and of those that are one-packet; the port is 0 for those that have
 *	a range of them, and who has any port is not there
 * @range: services with a port range, sorted; ranges do not overlap
 * @n_ranges: number of them
 * @n_ranges_alloc: number allocated
 * @n_backends: members of all pools
 * @n_services_of: services on IPv4 [0], on IPv6 [1] frontends
 * @n_snats_of: snats for IPv4 [0], for IPv6 [1]
 * @n_hashed: services whose flows follow the scheduler's hash
 * @n_one_packet: services without flows
 * @n_fail_open: services that are given to all if nobody is eligible
 * @devices: devices that are to have the ingress hook
 * @generation: number of the published configuration; in a candidate that of
 *	the one that it came from
 * @rwork: frees it after a grace period
 */
struct nflb_snapshot {
	struct nflb_table frontends;
	struct nflb_table pools;
	struct nflb_table services;
	struct nflb_table probes;
	struct nflb_table snats;
	struct nflb_index vips;
	struct nflb_index keys;
	struct nflb_index answers;
	struct nflb_range *range;
	u32 n_ranges;
	u32 n_ranges_alloc;
	u32 n_backends;
	u32 n_services_of[2];
	u32 n_snats_of[2];
	u32 n_hashed;
	u32 n_one_packet;
	u32 n_fail_open;
	struct nflb_device_set devices;
	u32 generation;
	struct rcu_work rwork;
};

struct nflb_snapshot *nflb_snapshot_copy(const struct nflb_snapshot *from);
void nflb_snapshot_free(struct nflb_snapshot *snap);
void nflb_snapshot_free_rcu(struct nflb_snapshot *snap);
struct nflb_pool *nflb_snapshot_edit_pool(struct nflb_snapshot *cand, u32 pos);
struct nflb_service *nflb_snapshot_edit_service(struct nflb_snapshot *cand,
						u32 pos);
bool nflb_snapshot_has_eligible(const struct nflb_snapshot *snap,
				const struct nflb_service *service,
				unsigned int first);
bool nflb_snapshot_is_served(const struct nflb_snapshot *snap,
			     const struct nflb_service *service);

static inline struct nflb_frontend *
nflb_snapshot_frontend(const struct nflb_snapshot *snap, u32 pos)
{
	return (struct nflb_frontend *)nflb_table_at(&snap->frontends, pos);
}

static inline struct nflb_probe *
nflb_snapshot_probe(const struct nflb_snapshot *snap, u32 pos)
{
	return (struct nflb_probe *)nflb_table_at(&snap->probes, pos);
}

static inline struct nflb_pool *
nflb_snapshot_pool(const struct nflb_snapshot *snap, u32 pos)
{
	return (struct nflb_pool *)nflb_table_at(&snap->pools, pos);
}

static inline struct nflb_service *
nflb_snapshot_service(const struct nflb_snapshot *snap, u32 pos)
{
	return (struct nflb_service *)nflb_table_at(&snap->services, pos);
}

/**
 * nflb_snapshot_tier() - finds a pool of a service
 * @snap: the snapshot
 * @service: a service of it
 * @i: which of its tiers, 0 for its pool, which every service has
 *
 * Return: the pool.
 */
static inline struct nflb_pool *
nflb_snapshot_tier(const struct nflb_snapshot *snap,
		   const struct nflb_service *service, unsigned int i)
{
	return nflb_snapshot_pool(snap, service->tier[i].pool);
}

static inline struct nflb_snat *
nflb_snapshot_snat(const struct nflb_snapshot *snap, u32 pos)
{
	return (struct nflb_snat *)nflb_table_at(&snap->snats, pos);
}

#endif /* _NFLB_SNAPSHOT_H */
