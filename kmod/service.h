/* SPDX-License-Identifier: GPL-2.0-only */
/* Services: what is balanced, from where, to which pool. */
#ifndef _NFLB_SERVICE_H
#define _NFLB_SERVICE_H

#include "account.h"
#include "object.h"

struct nflb_allow;
struct nflb_nat;
struct nflb_snapshot;
struct nflb_tuple;
struct nflb_why;

/**
 * struct nflb_ports - ports of a service
 * @first: first port, 0 for any port
 * @last: last port
 * @backend_first: first port at the backend, 0 to keep the port
 * @backend_last: last port at the backend, 0 when all go to @backend_first
 */
struct nflb_ports {
	u16 first;
	u16 last;
	u16 backend_first;
	u16 backend_last;
};

/* The pool and its backups */
#define NFLB_N_TIERS	(1 + NFLB_BACKUPS_MAX)

/**
 * struct nflb_tier - a pool of a service
 * @pool: its place
 * @gate: gate of the service's probe in it, 0 without a probe
 */
struct nflb_tier {
	u32 pool;
	u32 gate;
};

/**
 * struct nflb_service - what is balanced
 * @object: name and references
 * @account: whom its flows are charged to; shared by its versions
 * @nat: what its ports lead to if it is a nat, else NULL
 * @edition: number of the request that it is by; not all that a nat's ports
 *	lead to is by requests
 * @frontend: place of its frontend
 * @tier: its pool, and its backups, of which each serves when those before it
 *	cannot
 * @n_tiers: number of these
 * @probe: place of its probe, or NFLB_NONE
 * @protocol: IP protocol number, 0 for any
 * @is_slow: its flows do not take the fast path; packets look at that of
 *	@account
 * @new_flows: how its flows are opened, enum nflb_new_flows
 * @all_down: what a new flow gets without a backend, enum nflb_all_down
 * @on_down: what becomes of connections to a backend that goes down, enum
 *	nflb_on_down
 * @affinity: what flows have one backend, enum nflb_affinity
 * @affinity_prefix: bits of the address by which clients are told apart, 0 for
 *	all
 * @allow: where new flows may come from, or NULL for anywhere; a reference is
 *	held
 * @max_flows: flows that it may have open, 0 for any number; packets look at
 *	that of @account, as with the next one
 * @max_rate: flows that may be opened in a second, 0 for any number
 * @syn_proxy: connections half open at which SYNs are answered by cookies, 0
 *	for never
 * @no_flow: what a packet of TCP gets that is of no flow, enum nflb_no_flow
 * @udp_mode: for how long flows without a connection keep their backend, enum
 *	nflb_udp_mode
 * @is_floating: packets keep their destination, see floating.h
 * @idle: for how long its flows may be idle; packets look at the times of
 *	@account
 * @ports: its ports
 */
struct nflb_service {
	struct nflb_object object;
	struct nflb_account *account;
	struct nflb_nat *nat;
	u64 edition;
	u32 frontend;
	struct nflb_tier tier[NFLB_N_TIERS];
	u8 n_tiers;
	u32 probe;
	u8 protocol;
	bool is_slow;
	u8 new_flows;
	u8 all_down;
	u8 on_down;
	u8 affinity;
	u8 affinity_prefix;
	struct nflb_allow *allow;
	u32 max_flows;
	u32 max_rate;
	u32 syn_proxy;
	u8 no_flow;
	u8 udp_mode;
	bool is_floating;
	struct nflb_idle idle;
	struct nflb_ports ports;
};

/**
 * struct nflb_service_spec - what a request says of a service
 * @name: its name
 * @is_nat: it is a nat
 * @backend: of a nat, name of the only backend, empty for none, or NULL
 * @frontend: name of the frontend, or NULL when not said
 * @pool: name of the pool, or NULL
 * @probe: name of the probe, empty for none, or NULL
 * @backup: names of the backup pools, NULL behind the last; one that is empty
 *	for none; the first is NULL when not said
 * @protocol: IP protocol number, or NFLB_NONE
 * @port: first port, or NFLB_NONE
 * @port_last: last port, or NFLB_NONE
 * @backend_port: first port at the backend, or NFLB_NONE
 * @backend_port_last: last port at the backend, or NFLB_NONE
 * @fastpath: 1 if its flows may take the fast path, else 0, or NFLB_NONE
 * @new_flows: how its flows are opened, enum nflb_new_flows, or NFLB_NONE
 * @all_down: enum nflb_all_down, or NFLB_NONE
 * @on_down: enum nflb_on_down, or NFLB_NONE
 * @affinity: enum nflb_affinity, or NFLB_NONE
 * @affinity_prefix: bits of an address, 0 for all, or NFLB_NONE
 * @idle: for how long its flows may be idle
 * @allow: where new flows may come from, empty for anywhere, or NULL; finished
 * @max_flows: flows that it may have open, 0 for any number, or NFLB_NONE
 * @max_rate: flows that may be opened in a second, 0 for any number, or
 *	NFLB_NONE
 * @syn_proxy: connections half open at which SYNs are answered by cookies, 0
 *	for never, or NFLB_NONE
 * @no_flow: enum nflb_no_flow, or NFLB_NONE
 * @udp_mode: enum nflb_udp_mode, or NFLB_NONE
 * @floating: 1 if packets keep their destination, else 0, or NFLB_NONE
 * @quarantine_ms: of a nat, for how long a port is kept for a backend that has
 *	left, or NFLB_NONE
 */
struct nflb_service_spec {
	const char *name;
	bool is_nat;
	const char *backend;
	const char *frontend;
	const char *pool;
	const char *probe;
	const char *backup[NFLB_BACKUPS_MAX];
	u32 protocol;
	u32 port;
	u32 port_last;
	u32 backend_port;
	u32 backend_port_last;
	u32 fastpath;
	u32 new_flows;
	u32 all_down;
	u32 on_down;
	u32 affinity;
	u32 affinity_prefix;
	struct nflb_idle_spec idle;
	struct nflb_allow *allow;
	u32 max_flows;
	u32 max_rate;
	u32 syn_proxy;
	u32 no_flow;
	u32 udp_mode;
	u32 floating;
	u32 quarantine_ms;
};

/**
 * struct nflb_mapping_spec - what a request says of the port of a backend
 * @nat: name of the nat
 * @backend: name of the backend
 * @port: the port
 */
struct nflb_mapping_spec {
	const char *nat;
	const char *backend;
	u32 port;
};

struct nflb_service *nflb_service_alloc(const char *name,
					struct nflb_account *account);
struct nflb_service *nflb_service_copy(const struct nflb_service *from);
struct nflb_account *nflb_service_account_alloc(const char *name);
const char *nflb_service_word(const struct nflb_service *service);
bool nflb_service_is_nat(const struct nflb_object *object);
bool nflb_service_is_balanced(const struct nflb_object *object);
u16 nflb_service_backend_port(const struct nflb_service *service, u16 port);
u16 nflb_service_frontend_port(const struct nflb_service *service, u16 port);
u32 nflb_service_prefix(const struct nflb_service *service, u8 family);
void nflb_service_client(const struct nflb_service *service,
			 const struct nflb_tuple *tuple,
			 struct nflb_tuple *client);

/**
 * nflb_service_is_one_packet() - tells whether a service has no flows
 * @service: the service
 *
 * Return: true if each datagram is decided for itself, and none is remembered.
 */
static inline bool
nflb_service_is_one_packet(const struct nflb_service *service)
{
	return service->udp_mode == NFLB_UDP_MODE_ONE_PACKET;
}

/**
 * nflb_service_is_express() - tells how the flows of a service are opened
 * @service: the service
 *
 * Return: true if at a device's ingress.
 */
static inline bool nflb_service_is_express(const struct nflb_service *service)
{
	return service->new_flows == NFLB_NEW_FLOWS_EXPRESS &&
	       !service->is_slow && !nflb_service_is_one_packet(service);
}

/**
 * nflb_service_is_hashed() - tells whether flows follow the scheduler's hash
 * @service: the service
 *
 * Return: true if those without a connection do.
 */
static inline bool nflb_service_is_hashed(const struct nflb_service *service)
{
	return service->udp_mode == NFLB_UDP_MODE_HASHED;
}

/**
 * nflb_service_is_range() - tells whether a service has a port range
 * @service: the service
 *
 * Return: true if it has more than one port, but not any port.
 */
static inline bool nflb_service_is_range(const struct nflb_service *service)
{
	return service->ports.first != service->ports.last;
}

/**
 * nflb_service_has_pool() - tells whether a service has a pool
 * @service: the service
 * @pool: place of the pool
 *
 * Return: true if it is the service's own, or a backup.
 */
static inline bool nflb_service_has_pool(const struct nflb_service *service,
					 u32 pool)
{
	int i;

	if (likely(service->tier[0].pool == pool))
		return true;
	for (i = 1; i < service->n_tiers; i++) {
		if (service->tier[i].pool == pool)
			return true;
	}
	return false;
}

/**
 * nflb_service_is_guarded() - tells whether a service is choosy of new flows
 * @service: the service
 *
 * Return: true if not all are let in.
 */
static inline bool nflb_service_is_guarded(const struct nflb_service *service)
{
	return service->allow || service->max_flows || service->max_rate;
}

#endif /* _NFLB_SERVICE_H */
