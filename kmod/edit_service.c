// SPDX-License-Identifier: GPL-2.0-only
/* Edits of services, which nats are, too, and the end of everything. */

#include <linux/errno.h>

#include "allow.h"
#include "edit.h"
#include "match.h"
#include "net.h"
#include "snapshot.h"

static int nflb_service_lookup(const struct nflb_edit *edit,
			       const struct nflb_table *table, int attr,
			       const char *kind, const char *name, u32 *pos)
{
	*pos = nflb_table_find(table, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, attr, "there is no %s %s", kind,
			   name);
}

/* It may have none: an empty name says so. */
static int nflb_service_apply_probe(const struct nflb_edit *edit,
				    struct nflb_service *service,
				    const char *name)
{
	if (!name)
		return 0;
	service->probe = NFLB_NONE;
	if (!*name)
		return 0;
	return nflb_service_lookup(edit, &edit->cand->probes,
				   NFLB_A_SERVICE_PROBE, "probe", name,
				   &service->probe);
}

static int nflb_service_apply_backups(const struct nflb_edit *edit,
				      struct nflb_service *service,
				      const struct nflb_service_spec *spec)
{
	const char *const *name = spec->backup;
	int err = 0;
	int i;

	if (!name[0])
		return 0;
	service->n_tiers = 1;
	if (!*name[0] && !name[1])
		return 0;
	for (i = 0; !err && i < NFLB_BACKUPS_MAX && name[i]; i++) {
		if (!*name[i])
			return nflb_refuse(edit->why, -EINVAL,
					   NFLB_A_SERVICE_BACKUP,
					   "backup: one without a name is none, and has none beside it");
		err = nflb_service_lookup(edit, &edit->cand->pools,
					  NFLB_A_SERVICE_BACKUP, "pool",
					  name[i], &service->tier[i + 1].pool);
		service->n_tiers++;
	}
	return err;
}

static int nflb_service_apply_names(const struct nflb_edit *edit,
				    struct nflb_service *service,
				    const struct nflb_service_spec *spec)
{
	const struct nflb_snapshot *cand = edit->cand;
	int err = 0;

	if (spec->frontend)
		err = nflb_service_lookup(edit, &cand->frontends,
					  NFLB_A_SERVICE_FRONTEND, "frontend",
					  spec->frontend, &service->frontend);
	if (!err && spec->pool)
		err = nflb_service_lookup(edit, &cand->pools,
					  NFLB_A_SERVICE_POOL, "pool",
					  spec->pool, &service->tier[0].pool);
	if (!err)
		err = nflb_service_apply_probe(edit, service, spec->probe);
	return err ?: nflb_service_apply_backups(edit, service, spec);
}

static void nflb_service_apply_ports(struct nflb_service *service,
				     const struct nflb_service_spec *spec)
{
	struct nflb_ports *ports = &service->ports;

	if (spec->protocol != NFLB_NONE)
		service->protocol = spec->protocol;
	if (spec->protocol == 0)
		memset(ports, 0, sizeof(*ports));
	if (spec->port != NFLB_NONE) {
		ports->first = spec->port;
		ports->last = spec->port_last != NFLB_NONE ? spec->port_last :
							     spec->port;
	}
	if (spec->backend_port != NFLB_NONE) {
		ports->backend_first = spec->backend_port;
		ports->backend_last = spec->backend_port_last != NFLB_NONE ?
					      spec->backend_port_last : 0;
	}
	/* A range of one port is a port. */
	if (ports->backend_last == ports->backend_first)
		ports->backend_last = 0;
}

static void nflb_service_apply_options(struct nflb_service *service,
				       const struct nflb_service_spec *spec)
{
	if (spec->fastpath != NFLB_NONE)
		service->is_slow = !spec->fastpath;
	if (spec->new_flows != NFLB_NONE)
		service->new_flows = spec->new_flows;
	if (spec->all_down != NFLB_NONE)
		service->all_down = spec->all_down;
	if (spec->on_down != NFLB_NONE)
		service->on_down = spec->on_down;
	if (spec->no_flow != NFLB_NONE)
		service->no_flow = spec->no_flow;
	if (spec->udp_mode != NFLB_NONE)
		service->udp_mode = spec->udp_mode;
	if (spec->floating != NFLB_NONE)
		service->is_floating = spec->floating;
	if (spec->affinity != NFLB_NONE)
		service->affinity = spec->affinity;
	/* Without affinity there is no prefix. */
	if (spec->affinity_prefix != NFLB_NONE)
		service->affinity_prefix = spec->affinity_prefix;
	else if (!service->affinity)
		service->affinity_prefix = 0;
}

static void nflb_service_apply_guard(struct nflb_service *service,
				     const struct nflb_service_spec *spec)
{
	if (spec->max_flows != NFLB_NONE)
		service->max_flows = spec->max_flows;
	if (spec->max_rate != NFLB_NONE)
		service->max_rate = spec->max_rate;
	if (spec->syn_proxy != NFLB_NONE)
		service->syn_proxy = spec->syn_proxy;
	if (!spec->allow)
		return;
	nflb_allow_put(service->allow);
	service->allow = spec->allow->n ? spec->allow : NULL;
	if (service->allow)
		refcount_inc(&service->allow->ref);
}

/* Each of its pools is another. */
static int nflb_service_check_backups(const struct nflb_edit *edit,
				      const struct nflb_service *service)
{
	const struct nflb_pool *pool;
	int i, j;

	for (i = 1; i < service->n_tiers; i++) {
		pool = nflb_snapshot_tier(edit->cand, service, i);
		if (service->tier[i].pool == service->tier[0].pool)
			return nflb_refuse(edit->why, -EINVAL,
					   NFLB_A_SERVICE_BACKUP,
					   "backup %s is the service's own pool, allowed is another",
					   pool->object.name);
		for (j = 1; j < i; j++)
			if (service->tier[i].pool == service->tier[j].pool)
				return nflb_refuse(edit->why, -EINVAL,
						   NFLB_A_SERVICE_BACKUP,
						   "backup %s is given twice",
						   pool->object.name);
	}
	return 0;
}

static int nflb_service_check_any(const struct nflb_edit *edit,
				  const struct nflb_ports *ports)
{
	if (ports->first || ports->last)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PORT,
				   "protocol any has no port");
	if (ports->backend_first)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT,
				   "protocol any has no backend-port");
	return 0;
}

static int nflb_service_check_ports(const struct nflb_edit *edit,
				    const struct nflb_service *service)
{
	const struct nflb_ports *ports = &service->ports;
	int size = ports->last - ports->first;
	int backend_size = ports->backend_last - ports->backend_first;

	if (service->protocol && !nflb_protocol_has_ports(service->protocol))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PROTOCOL,
				   "protocol %u: allowed are tcp, udp, sctp and any",
				   service->protocol);
	if (!service->protocol)
		return nflb_service_check_any(edit, ports);
	if (size < 0 || (!ports->first && ports->last))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PORT_LAST,
				   "port range %u-%u is empty", ports->first,
				   ports->last);
	if (!ports->backend_last)
		return 0;
	if (backend_size < 0 || !ports->backend_first)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT_LAST,
				   "backend-port range %u-%u is empty",
				   ports->backend_first, ports->backend_last);
	if (backend_size != size || !ports->first)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT_LAST,
				   "backend-port has %d ports, port has %d",
				   backend_size + 1,
				   ports->first ? size + 1 : NFLB_PORT_MAX);
	return 0;
}

/* An answer must say by its port what the datagram's was. */
static int nflb_service_check_one_packet(const struct nflb_edit *edit,
					 const struct nflb_service *service)
{
	const struct nflb_ports *ports = &service->ports;

	if (service->protocol != IPPROTO_UDP)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_UDP_MODE,
				   "udp-mode one-packet needs protocol udp");
	if (!ports->first)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_UDP_MODE,
				   "udp-mode one-packet needs a port, not any");
	if (nflb_service_is_range(service) && ports->backend_first &&
	    !ports->backend_last)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_UDP_MODE,
				   "udp-mode one-packet: ports %u-%u need as many backend-ports",
				   ports->first, ports->last);
	if (service->max_flows)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_MAX_FLOWS,
				   "max-flows %u: udp-mode one-packet has no flows",
				   service->max_flows);
	return 0;
}

static int nflb_service_check_udp(const struct nflb_edit *edit,
				  const struct nflb_service *service)
{
	if (nflb_service_is_one_packet(service))
		return nflb_service_check_one_packet(edit, service);
	if (nflb_service_is_hashed(service) && service->protocol &&
	    service->protocol != IPPROTO_UDP)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_UDP_MODE,
				   "udp-mode hashed needs protocol udp or any");
	return 0;
}

/* What cannot be where packets keep their destination and answers go past. */
static int nflb_service_check_floating(const struct nflb_edit *edit,
				       const struct nflb_service *service)
{
	if (!service->is_floating)
		return 0;
	if (service->nat)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_FLOATING,
				   "floating on: allowed for a nat is off");
	if (service->ports.backend_first)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT,
				   "backend-port %u: allowed with floating on is same",
				   service->ports.backend_first);
	if (service->protocol == IPPROTO_SCTP)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PROTOCOL,
				   "protocol sctp: allowed with floating on are tcp, udp and any");
	if (service->new_flows == NFLB_NEW_FLOWS_EXPRESS)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_NEW_FLOWS,
				   "new-flows express: allowed with floating on is standard");
	if (service->syn_proxy)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_SYN_PROXY,
				   "syn-proxy %u: allowed with floating on is off",
				   service->syn_proxy);
	if (nflb_service_is_one_packet(service))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_UDP_MODE,
				   "udp-mode one-packet: allowed with floating on are pinned and hashed");
	return 0;
}

static u8 nflb_service_family(const struct nflb_snapshot *cand,
			      const struct nflb_service *service)
{
	return nflb_snapshot_frontend(cand, service->frontend)->addr.family;
}

static int nflb_service_check_prefix(const struct nflb_edit *edit,
				     const struct nflb_service *service)
{
	u32 prefix = service->affinity_prefix;

	if (prefix && !service->affinity)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_AFFINITY_PREFIX,
				   "affinity-prefix %u needs affinity client-ip or client-ip-proto",
				   prefix);
	if (prefix > 32 &&
	    nflb_service_family(edit->cand, service) == AF_INET)
		return nflb_refuse(edit->why, -ERANGE,
				   NFLB_A_SERVICE_AFFINITY_PREFIX,
				   "affinity-prefix %u: allowed for IPv4 are 1 to 32, or whole",
				   prefix);
	return 0;
}

static int nflb_service_check_allow(const struct nflb_edit *edit,
				    const struct nflb_service *service)
{
	const struct nflb_frontend *frontend;

	frontend = nflb_snapshot_frontend(edit->cand, service->frontend);
	if (!service->allow || service->allow->family == frontend->addr.family)
		return 0;
	return nflb_refuse(edit->why, -EAFNOSUPPORT, NFLB_A_SERVICE_ALLOW,
			   "allow has %s prefixes, frontend %s is %s",
			   nflb_family_name(service->allow->family),
			   frontend->object.name,
			   nflb_family_name(frontend->addr.family));
}

static int nflb_service_check_syn_proxy(const struct nflb_edit *edit,
					const struct nflb_service *service)
{
	if (!service->syn_proxy || service->protocol == IPPROTO_TCP)
		return 0;
	return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_SYN_PROXY,
			   "syn-proxy %u: allowed for tcp, others have no SYN",
			   service->syn_proxy);
}

static int nflb_service_check_clash(const struct nflb_edit *edit,
				    const struct nflb_service *service)
{
	const struct nflb_ports *ports = &service->ports;
	const struct nflb_service *other;
	const char *word = "this port";
	u32 pos;

	if (nflb_service_is_range(service)) {
		word = "some of these ports";
		pos = nflb_match_overlap(edit->cand, service->frontend,
					 service->protocol, ports->first,
					 ports->last);
	} else {
		pos = nflb_match_key(edit->cand, service->frontend,
				     service->protocol, ports->first);
	}
	if (pos == NFLB_NONE)
		return 0;
	other = nflb_snapshot_service(edit->cand, pos);
	return nflb_refuse(edit->why, -EEXIST,
			   service->protocol ? NFLB_A_SERVICE_PORT :
					       NFLB_A_SERVICE_PROTOCOL,
			   "%s %s has %s already", nflb_service_word(other),
			   other->object.name, word);
}

static int nflb_service_check_family(const struct nflb_edit *edit,
				     const struct nflb_frontend *frontend,
				     const struct nflb_pool *pool, int attr)
{
	if (pool->family == AF_UNSPEC ||
	    pool->family == frontend->addr.family)
		return 0;
	return nflb_refuse(edit->why, -EAFNOSUPPORT, attr,
			   "pool %s is for %s, frontend %s is not",
			   pool->object.name, nflb_family_name(pool->family),
			   frontend->object.name);
}

/* Makes the service one of a pool of its own, and finds the gate in that. */
static int nflb_service_join(const struct nflb_edit *edit,
			     const struct nflb_service *service,
			     struct nflb_tier *tier)
{
	int attr = tier == service->tier ? NFLB_A_SERVICE_POOL :
					   NFLB_A_SERVICE_BACKUP;
	const struct nflb_frontend *frontend;
	struct nflb_pool *pool;
	int err;

	frontend = nflb_snapshot_frontend(edit->cand, service->frontend);
	pool = nflb_snapshot_edit_pool(edit->cand, tier->pool);
	if (!pool)
		return -ENOMEM;
	err = nflb_service_check_family(edit, frontend, pool, attr);
	if (err)
		return err;
	pool->family = frontend->addr.family;
	pool->n_services++;
	pool->n_affine += !!service->affinity;
	edit->cand->pools.slot[tier->pool].n_uses++;
	tier->gate = 0;
	if (service->probe != NFLB_NONE)
		tier->gate = nflb_pool_gate_get(pool, service->probe);
	if (tier->gate == NFLB_NONE)
		return nflb_refuse(edit->why, -ENOSPC, NFLB_A_SERVICE_PROBE,
				   "services of pool %s use %u probes already",
				   pool->object.name, NFLB_POOL_PROBES_MAX);
	return 0;
}

static int nflb_service_leave(const struct nflb_edit *edit,
			      const struct nflb_service *service,
			      const struct nflb_tier *tier)
{
	struct nflb_pool *pool = nflb_snapshot_edit_pool(edit->cand,
							 tier->pool);

	if (!pool)
		return -ENOMEM;
	if (tier->gate)
		nflb_pool_gate_put(pool, tier->gate);
	pool->n_affine -= !!service->affinity;
	pool->n_services--;
	nflb_pool_settle_family(pool);
	edit->cand->pools.slot[tier->pool].n_uses--;
	return 0;
}

/* Makes the service one of its frontend, pools and probe, and to be found. */
static int nflb_service_link(const struct nflb_edit *edit, u32 pos)
{
	struct nflb_service *service = nflb_snapshot_service(edit->cand, pos);
	struct nflb_snapshot *cand = edit->cand;
	int err = 0;
	int i;

	for (i = 0; !err && i < service->n_tiers; i++)
		err = nflb_service_join(edit, service, &service->tier[i]);
	if (err)
		return err;
	if (service->probe != NFLB_NONE)
		cand->probes.slot[service->probe].n_uses++;
	cand->frontends.slot[service->frontend].n_uses++;
	cand->n_services_of[nflb_service_family(cand, service) == AF_INET6]++;
	cand->n_hashed += nflb_service_is_hashed(service);
	cand->n_one_packet += nflb_service_is_one_packet(service);
	cand->n_fail_open += service->all_down == NFLB_ALL_DOWN_ALL;
	return nflb_match_add(cand, pos);
}

static int nflb_service_unlink(const struct nflb_edit *edit, u32 pos)
{
	struct nflb_service *service = nflb_snapshot_service(edit->cand, pos);
	struct nflb_snapshot *cand = edit->cand;
	int err = 0;
	int i;

	nflb_match_remove(cand, pos);
	cand->n_services_of[nflb_service_family(cand, service) == AF_INET6]--;
	cand->n_hashed -= nflb_service_is_hashed(service);
	cand->n_one_packet -= nflb_service_is_one_packet(service);
	cand->n_fail_open -= service->all_down == NFLB_ALL_DOWN_ALL;
	if (service->probe != NFLB_NONE)
		cand->probes.slot[service->probe].n_uses--;
	cand->frontends.slot[service->frontend].n_uses--;
	for (i = 0; !err && i < service->n_tiers; i++)
		err = nflb_service_leave(edit, service, &service->tier[i]);
	return err;
}

static int nflb_service_apply(const struct nflb_edit *edit,
			      struct nflb_service *service,
			      const struct nflb_service_spec *spec)
{
	bool had_ports = service->protocol;
	int err;

	service->edition = ++edit->nn->n_editions;

	if (spec->port == NFLB_NONE && spec->port_last != NFLB_NONE)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PORT_LAST,
				   "port-last needs port");
	if (spec->backend_port == NFLB_NONE &&
	    spec->backend_port_last != NFLB_NONE)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT_LAST,
				   "backend-port-last needs backend-port");
	err = nflb_service_apply_names(edit, service, spec);
	if (!err)
		err = nflb_service_check_backups(edit, service);
	if (err)
		return err;
	nflb_service_apply_ports(service, spec);
	nflb_service_apply_options(service, spec);
	nflb_idle_apply(&service->idle, &spec->idle);
	nflb_service_apply_guard(service, spec);
	if (service->protocol && !had_ports && spec->port == NFLB_NONE)
		return nflb_refuse_missing(edit->why, NFLB_A_SERVICE_PORT,
					   "port is required");
	err = nflb_service_check_ports(edit, service);
	if (!err)
		err = nflb_service_check_udp(edit, service);
	if (!err)
		err = nflb_service_check_floating(edit, service);
	if (!err)
		err = nflb_service_check_prefix(edit, service);
	if (!err)
		err = nflb_service_check_allow(edit, service);
	if (!err)
		err = nflb_service_check_syn_proxy(edit, service);
	if (!err && service->nat)
		err = nflb_nat_apply(edit, service, spec);
	if (err)
		return err;
	return nflb_service_check_clash(edit, service);
}

/* The account goes on when a service of the same name is published. */
static struct nflb_account *nflb_service_obtain(const struct nflb_edit *edit,
						const char *name)
{
	struct nflb_account *account;
	u32 pos = NFLB_NONE;

	if (edit->base)
		pos = nflb_table_find(&edit->base->services, name);
	if (pos == NFLB_NONE)
		return nflb_service_account_alloc(name);
	account = nflb_snapshot_service(edit->base, pos)->account;
	nflb_account_get(account);
	return account;
}

static struct nflb_service *
nflb_service_make(const struct nflb_edit *edit,
		  const struct nflb_service_spec *spec)
{
	struct nflb_account *account = nflb_service_obtain(edit, spec->name);
	struct nflb_service *service;

	if (!account)
		return NULL;
	service = nflb_service_alloc(spec->name, account);
	nflb_account_put(account);
	if (service && spec->is_nat && nflb_nat_open(edit, service)) {
		nflb_object_put(&service->object);
		return NULL;
	}
	return service;
}

/**
 * nflb_service_new() - adds a service, or a nat
 * @edit: the edit
 * @data: struct nflb_service_spec, what the request says; frontend, pool and
 *	protocol are there
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_service_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_service_spec *spec = data;
	struct nflb_table *table = &edit->cand->services;
	struct nflb_service *service;
	u32 pos;
	int err;

	err = nflb_edit_name(edit, NFLB_A_SERVICE_NAME, spec->name);
	if (err)
		return err;
	pos = nflb_table_find(table, spec->name);
	service = nflb_snapshot_service(edit->cand, pos);
	if (service)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_SERVICE_NAME,
				   "%s %s exists already",
				   nflb_service_word(service), spec->name);
	service = nflb_service_make(edit, spec);
	if (!service)
		return -ENOMEM;
	err = nflb_service_apply(edit, service, spec);
	if (!err)
		err = nflb_table_insert(table, &service->object, &pos);
	if (err) {
		nflb_object_put(&service->object);
		return err;
	}
	return nflb_service_link(edit, pos);
}

static int nflb_service_find(const struct nflb_edit *edit,
			     const struct nflb_service_spec *spec, u32 *pos)
{
	const struct nflb_service *service;

	*pos = nflb_table_find(&edit->cand->services, spec->name);
	service = nflb_snapshot_service(edit->cand, *pos);
	if (service && !service->nat == !spec->is_nat)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_SERVICE_NAME,
			   "there is no %s %s",
			   spec->is_nat ? "nat" : "service", spec->name);
}

/**
 * nflb_service_set() - changes a service
 * @edit: the edit
 * @data: struct nflb_service_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_service_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_service_spec *spec = data;
	struct nflb_snapshot *cand = edit->cand;
	struct nflb_service *service;
	u32 pos;
	int err;

	err = nflb_service_find(edit, spec, &pos);
	if (err)
		return err;
	service = nflb_service_copy(nflb_snapshot_service(cand, pos));
	if (!service)
		return -ENOMEM;
	err = nflb_service_unlink(edit, pos);
	if (!err)
		err = nflb_service_apply(edit, service, spec);
	if (err) {
		nflb_object_put(&service->object);
		return err;
	}
	nflb_table_replace(&cand->services, pos, &service->object);
	return nflb_service_link(edit, pos);
}

/**
 * nflb_service_del() - removes a service
 * @edit: the edit
 * @data: struct nflb_service_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_service_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_service_spec *spec = data;
	u32 pos;
	int err;

	err = nflb_service_find(edit, spec, &pos);
	if (!err)
		err = nflb_service_unlink(edit, pos);
	if (!err)
		nflb_table_remove(&edit->cand->services, pos);
	return err;
}

/**
 * nflb_edit_flush() - removes every object, and what was set besides
 * @edit: the edit
 * @data: unused
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0.
 */
int nflb_edit_flush(const struct nflb_edit *edit, const void *data)
{
	struct nflb_snapshot *cand = edit->cand;

	nflb_table_clear(&cand->snats);
	nflb_table_clear(&cand->services);
	nflb_table_clear(&cand->pools);
	nflb_table_clear(&cand->probes);
	nflb_table_clear(&cand->frontends);
	nflb_index_free(&cand->vips);
	nflb_index_free(&cand->keys);
	nflb_index_free(&cand->answers);
	cand->n_ranges = 0;
	cand->n_backends = 0;
	cand->n_services_of[0] = 0;
	cand->n_services_of[1] = 0;
	cand->n_snats_of[0] = 0;
	cand->n_snats_of[1] = 0;
	cand->n_hashed = 0;
	cand->n_one_packet = 0;
	cand->n_fail_open = 0;
	cand->devices = (struct nflb_device_set) {};
	return 0;
}
