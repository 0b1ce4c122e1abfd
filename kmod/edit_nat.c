// SPDX-License-Identifier: GPL-2.0-only
/* Edits of nats: what they have besides services, and whose a port is. */

#include <linux/errno.h>

#include "edit.h"
#include "nat.h"
#include "snapshot.h"

/**
 * nflb_nat_open() - makes a new service a nat
 * @edit: the edit
 * @service: the service
 *
 * Backends keep their ports when a nat of the same name is published.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nat_open(const struct nflb_edit *edit, struct nflb_service *service)
{
	const struct nflb_service *former = NULL;
	u32 pos;

	if (edit->base) {
		pos = nflb_table_find(&edit->base->services,
				      service->object.name);
		former = nflb_snapshot_service(edit->base, pos);
	}
	service->nat = nflb_nat_alloc();
	if (!service->nat)
		return -ENOMEM;
	service->all_down = NFLB_ALL_DOWN_REJECT;
	if (!former || !former->nat)
		return 0;
	return nflb_nat_inherit(service->nat, former->nat);
}

static int nflb_nat_check_backend(const struct nflb_edit *edit,
				  const struct nflb_service *service)
{
	const char *backend = service->nat->backend;

	if (nflb_service_is_range(service) && *backend)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_BACKEND,
				   "backend %s needs one port, in a range each has one",
				   backend);
	if (!nflb_service_is_range(service) && !*backend)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PORT,
				   "port %u needs a backend, without one a range is needed",
				   service->ports.first);
	return 0;
}

static int nflb_nat_check(const struct nflb_edit *edit,
			  const struct nflb_service *service)
{
	if (!service->ports.first)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_PORT,
				   "a nat needs a port, or a range of ports");
	if (!service->ports.backend_first)
		return nflb_refuse(edit->why, -EINVAL,
				   NFLB_A_SERVICE_BACKEND_PORT,
				   "a nat needs a backend-port");
	if (service->all_down == NFLB_ALL_DOWN_ALL)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_SERVICE_ALL_DOWN,
				   "all-down all: allowed for a nat are drop and reject");
	return nflb_nat_check_backend(edit, service);
}

/**
 * nflb_nat_apply() - changes what a nat has besides services
 * @edit: the edit
 * @service: the nat, with all that services have, too, changed
 * @spec: what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nat_apply(const struct nflb_edit *edit, struct nflb_service *service,
		   const struct nflb_service_spec *spec)
{
	const struct nflb_ports *ports = &service->ports;
	struct nflb_nat *nat = service->nat;
	int err;

	if (spec->backend)
		strscpy(nat->backend, spec->backend, sizeof(nat->backend));
	if (spec->quarantine_ms != NFLB_NONE)
		nat->quarantine_ms = spec->quarantine_ms;
	err = nflb_nat_check(edit, service);
	if (err)
		return err;
	return nflb_nat_fit(nat, ports->first, ports->last - ports->first + 1);
}

static int nflb_mapping_check(const struct nflb_edit *edit,
			      const struct nflb_service *service,
			      const struct nflb_mapping_spec *spec)
{
	const struct nflb_pool *pool;

	if (!nflb_service_is_range(service))
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_MAPPING_NAT,
				   "nat %s has one port, which is for backend %s",
				   spec->nat, service->nat->backend);
	pool = nflb_snapshot_tier(edit->cand, service, 0);
	if (nflb_pool_find(pool, spec->backend) == NFLB_NONE)
		return nflb_refuse(edit->why, -ENOENT, NFLB_A_MAPPING_BACKEND,
				   "there is no backend %s in pool %s",
				   spec->backend, pool->object.name);
	if (spec->port < service->ports.first ||
	    spec->port > service->ports.last)
		return nflb_refuse(edit->why, -ERANGE, NFLB_A_MAPPING_PORT,
				   "port %u: nat %s has %u to %u", spec->port,
				   spec->nat, service->ports.first,
				   service->ports.last);
	return 0;
}

/**
 * nflb_mapping_set() - gives a backend a port of a nat
 * @edit: the edit
 * @data: struct nflb_mapping_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_mapping_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_mapping_spec *spec = data;
	struct nflb_service *service;
	const char *other;
	u32 pos;
	int err;

	pos = nflb_table_find(&edit->cand->services, spec->nat);
	service = nflb_snapshot_service(edit->cand, pos);
	if (!service || !service->nat)
		return nflb_refuse(edit->why, -ENOENT, NFLB_A_MAPPING_NAT,
				   "there is no nat %s", spec->nat);
	err = nflb_mapping_check(edit, service, spec);
	if (err)
		return err;
	service = nflb_snapshot_edit_service(edit->cand, pos);
	if (!service)
		return -ENOMEM;
	other = nflb_nat_pin(service->nat, spec->port - service->ports.first,
			     spec->backend);
	if (!other)
		return 0;
	return nflb_refuse(edit->why, -EEXIST, NFLB_A_MAPPING_PORT,
			   "port %u is given to backend %s already", spec->port,
			   other);
}
