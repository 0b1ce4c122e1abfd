// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the requests of a transaction.
 *
 * The kernel checks each request against what those before it have left, so
 * what is in the way of others goes first: an address or a port that another
 * object is about to take, a family that turns. An object that is in the way
 * but stays is removed early and added again late; within one transaction the
 * kernel takes that for the same object, with its counters and flows.
 */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "names.h"

static void plan_add(struct plan *plan, uint8_t cmd, const struct object *obj,
		     uint32_t fields)
{
	if (plan->n == plan->cap)
		plan->steps = mem_grow(plan->steps, &plan->cap,
				       sizeof(*plan->steps));
	plan->steps[plan->n++] = (struct step){
		.cmd = cmd,
		.obj = obj,
		.fields = fields,
	};
}

/* What of an object no other may share. */
static uint32_t key_fields(enum object_kind kind)
{
	switch (kind) {
	case KIND_FRONTEND:
		return 1u << FRONTEND_ADDRESS;
	case KIND_BACKEND:
		return 1u << BACKEND_ADDRESS;
	case KIND_SERVICE:
	case KIND_NAT:
		return 1u << SERVICE_FRONTEND | 1u << SERVICE_PROTOCOL |
		       1u << SERVICE_PORT;
	default:
		return 0;
	}
}

static bool key_changes(const struct object *after)
{
	return !after->peer || (object_differing_fields(after->peer, after) &
				key_fields(after->type->kind));
}

/* Who has now what another one is about to take must let go of it first. */
static void mark_owners(struct doc *before, struct doc *after,
			enum object_kind kind)
{
	struct object *owner;
	size_t i;

	for (i = 0; i < after->n[kind]; i++) {
		const struct object *obj = after->objects[kind][i];

		if (!key_changes(obj))
			continue;
		owner = (struct object *)doc_key_owner(before, obj);
		if (owner && owner != obj->peer)
			owner->is_early = true;
	}
}

static bool is_range(const struct object *service)
{
	const struct ports *ports = &service->values[SERVICE_PORT].ports;

	return ports->first != ports->last;
}

/*
 * Ranges are in each other's way without being equal, nats in that of services
 * without being of their kind.
 */
static bool range_moves(const struct object *service)
{
	return service->peer && key_changes(service->peer) &&
	       (service->type->kind == KIND_NAT || is_range(service) ||
		is_range(service->peer));
}

static bool turns(const struct address *before, const struct address *after)
{
	return before && after && before->len != after->len;
}

static bool backend_turns(const struct object *backend)
{
	return backend->peer &&
	       turns(&backend->values[BACKEND_ADDRESS].address,
		     &backend->peer->values[BACKEND_ADDRESS].address);
}

static bool frontend_turns(const struct object *frontend)
{
	return frontend && frontend->peer &&
	       turns(&frontend->values[FRONTEND_ADDRESS].address,
		     &frontend->peer->values[FRONTEND_ADDRESS].address);
}

static void find_family(struct doc *doc, const struct object *service,
			const char *name)
{
	struct object *pool;

	pool = (struct object *)doc_find(doc, KIND_POOL, name);
	if (pool && !pool->family)
		pool->family = doc_service_address(doc, service);
}

static void find_family_of_backups(struct doc *doc,
				   const struct object *service)
{
	const char *rest = service->values[SERVICE_BACKUP].text;
	char name[NFLB_NAME_MAX + 1];

	while (names_take(&rest, name))
		find_family(doc, service, name);
}

/* A pool without backends has the family of its services. */
static void find_families(struct doc *doc)
{
	const struct object *service, *nat;
	struct object *pool;
	size_t i;

	for (i = 0; i < doc->n[KIND_POOL]; i++) {
		pool = doc->objects[KIND_POOL][i];
		if (pool->member)
			pool->family =
				&pool->member->values[BACKEND_ADDRESS].address;
	}
	for (i = 0; i < doc->n[KIND_SERVICE]; i++) {
		service = doc->objects[KIND_SERVICE][i];
		find_family(doc, service, service->values[SERVICE_POOL].text);
		find_family_of_backups(doc, service);
	}
	for (i = 0; i < doc->n[KIND_NAT]; i++) {
		nat = doc->objects[KIND_NAT][i];
		find_family(doc, nat, nat->values[NAT_POOL].text);
	}
}

static bool pool_turns(const struct doc *before, const char *name)
{
	const struct object *pool = doc_find(before, KIND_POOL, name);

	return pool && pool->peer && turns(pool->family, pool->peer->family);
}

static bool backup_turns(const struct doc *before, const struct object *service)
{
	const char *rest = service->values[SERVICE_BACKUP].text;
	char name[NFLB_NAME_MAX + 1];

	while (names_take(&rest, name))
		if (pool_turns(before, name))
			return true;
	return false;
}

static bool service_is_in_the_way(const struct doc *before,
				  const struct object *service)
{
	const struct object *frontend;

	frontend = doc_find(before, KIND_FRONTEND,
			    service->values[SERVICE_FRONTEND].text);
	if (frontend && frontend->is_early)
		return true;
	if (service->type->kind == KIND_SERVICE &&
	    backup_turns(before, service))
		return true;
	return range_moves(service) || frontend_turns(frontend) ||
	       pool_turns(before, service->values[SERVICE_POOL].text);
}

/* Services, or nats, which have the same rules */
static void mark_services(struct doc *before, enum object_kind kind)
{
	struct object *service;
	size_t i;

	for (i = 0; i < before->n[kind]; i++) {
		service = before->objects[kind][i];
		if (service_is_in_the_way(before, service))
			service->is_early = true;
	}
}

/* Two may change their pools, or their addresses, with each other. */
static bool snat_moves(const struct doc *before, const struct object *snat)
{
	uint32_t moving = 1u << SNAT_POOL | 1u << SNAT_ADDRESS;

	return snat->peer &&
	       (object_differing_fields(snat, snat->peer) & moving ||
		pool_turns(before, snat->values[SNAT_POOL].text));
}

static void mark_snats(struct doc *before)
{
	struct object *snat;
	size_t i;

	for (i = 0; i < before->n[KIND_SNAT]; i++) {
		snat = before->objects[KIND_SNAT][i];
		if (snat_moves(before, snat))
			snat->is_early = true;
	}
}

static void mark_backends(struct doc *before)
{
	struct object *backend;
	size_t i;

	for (i = 0; i < before->n[KIND_BACKEND]; i++) {
		backend = before->objects[KIND_BACKEND][i];
		if (backend_turns(backend))
			backend->is_early = true;
	}
}

static void plan_del(struct plan *plan, const struct object *obj)
{
	plan_add(plan, obj->type->cmd_del, obj, 0);
}

/* Of what no others refer to. */
static void plan_early(struct plan *plan, const struct doc *before,
		       enum object_kind kind)
{
	const struct object *obj;
	size_t i;

	for (i = 0; i < before->n[kind]; i++) {
		obj = before->objects[kind][i];
		if (!obj->peer || obj->is_early)
			plan_del(plan, obj);
	}
}

/* The backends of a pool that goes, go with it. */
static void plan_early_backends(struct plan *plan, const struct doc *before)
{
	const struct object *obj, *pool;
	size_t i;

	for (i = 0; i < before->n[KIND_BACKEND]; i++) {
		obj = before->objects[KIND_BACKEND][i];
		if (obj->peer && !obj->is_early)
			continue;
		pool = doc_find(before, KIND_POOL,
				obj->values[BACKEND_POOL].text);
		if (pool && pool->peer)
			plan_del(plan, obj);
	}
}

static void plan_early_frontends(struct plan *plan, const struct doc *before)
{
	size_t i;

	for (i = 0; i < before->n[KIND_FRONTEND]; i++)
		if (before->objects[KIND_FRONTEND][i]->is_early)
			plan_del(plan, before->objects[KIND_FRONTEND][i]);
}

static bool is_new(const struct object *after)
{
	return !after->peer || after->peer->is_early;
}

/* All fields: defaults of the module may be those of another version. */
static uint32_t all_fields(const struct object *obj)
{
	return (1u << obj->type->n_fields) - (1u << obj->type->n_ids);
}

/* A protocol that gets ports needs them said, even if they stay "any". */
static uint32_t set_fields(const struct object *before,
			   const struct object *after)
{
	uint32_t fields = object_differing_fields(before, after);

	if (after->type->kind == KIND_SERVICE &&
	    fields & 1u << SERVICE_PROTOCOL)
		fields |= 1u << SERVICE_PORT | 1u << SERVICE_BACKEND_PORT;
	return fields;
}

static void plan_kind(struct plan *plan, const struct doc *after,
		      enum object_kind kind)
{
	const struct object *obj;
	uint32_t fields;
	size_t i;

	for (i = 0; i < after->n[kind]; i++) {
		obj = after->objects[kind][i];
		if (is_new(obj))
			continue;
		fields = set_fields(obj->peer, obj);
		if (fields)
			plan_add(plan, obj->type->cmd_set, obj, fields);
	}
	for (i = 0; i < after->n[kind]; i++) {
		obj = after->objects[kind][i];
		if (is_new(obj))
			plan_add(plan, obj->type->cmd_new, obj,
				 all_fields(obj));
	}
}

static void plan_late(struct plan *plan, const struct doc *before,
		      enum object_kind kind)
{
	const struct object *obj;
	size_t i;

	for (i = 0; i < before->n[kind]; i++) {
		obj = before->objects[kind][i];
		if (!obj->peer && !obj->is_early)
			plan_del(plan, obj);
	}
}

/**
 * plan_make() - orders the requests that make one configuration another
 * @plan: The requests; plan_free() it. They refer to the objects of both.
 * @before: What the kernel has; diff_make() has set the peers.
 * @after: What it shall have.
 */
void plan_make(struct plan *plan, struct doc *before, struct doc *after)
{
	static const enum object_kind keyed[] = {
		KIND_FRONTEND, KIND_BACKEND, KIND_SERVICE, KIND_NAT,
	};
	size_t i;
	int kind;

	memset(plan, 0, sizeof(*plan));
	for (i = 0; i < ARRAY_SIZE(keyed); i++)
		mark_owners(before, after, keyed[i]);
	mark_backends(before);
	find_families(before);
	find_families(after);
	mark_services(before, KIND_SERVICE);
	mark_services(before, KIND_NAT);
	mark_snats(before);

	plan_early(plan, before, KIND_SNAT);
	plan_early(plan, before, KIND_SERVICE);
	plan_early(plan, before, KIND_NAT);
	plan_early_backends(plan, before);
	plan_early_frontends(plan, before);
	for (kind = 0; kind < KINDS; kind++)
		plan_kind(plan, after, kind);
	plan_late(plan, before, KIND_PROBE);
	plan_late(plan, before, KIND_POOL);
	plan_late(plan, before, KIND_FRONTEND);
}

/**
 * plan_free() - frees what plan_make() made
 * @plan: The requests.
 */
void plan_free(struct plan *plan)
{
	free(plan->steps);
	memset(plan, 0, sizeof(*plan));
}
