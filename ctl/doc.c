// SPDX-License-Identifier: GPL-2.0-only
/* A whole configuration in memory, and the rules between its objects. */
#include "doc.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "names.h"

static int compare_ids(const void *a, const void *b)
{
	return object_compare_ids(a, b);
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Of nats, too, which have these at the same places */
static int compare_service_keys(const struct object *a, const struct object *b)
{
	const struct value *va = a->values, *vb = b->values;
	int order;

	order = strcmp(va[SERVICE_FRONTEND].text, vb[SERVICE_FRONTEND].text);
	if (!order)
		order = compare_u64(va[SERVICE_PROTOCOL].number,
				    vb[SERVICE_PROTOCOL].number);
	if (!order)
		order = compare_u64(va[SERVICE_PORT].ports.first,
				    vb[SERVICE_PORT].ports.first);
	if (!order)
		order = compare_u64(va[SERVICE_PORT].ports.last,
				    vb[SERVICE_PORT].ports.last);
	return order;
}

/* Which port of which nat */
static int compare_mapping_keys(const struct object *a, const struct object *b)
{
	const struct value *va = a->values, *vb = b->values;

	return strcmp(va[MAPPING_NAT].text, vb[MAPPING_NAT].text) ?:
	       compare_u64(va[MAPPING_PORT].ports.first,
			   vb[MAPPING_PORT].ports.first);
}

/* What no two objects of a kind may share. */
static int compare_keys(const void *left, const void *right)
{
	const struct object *a = left, *b = right;
	int order;

	switch (a->type->kind) {
	case KIND_FRONTEND:
		return address_compare(&a->values[FRONTEND_ADDRESS].address,
				       &b->values[FRONTEND_ADDRESS].address);
	case KIND_BACKEND:
		order = strcmp(a->values[BACKEND_POOL].text,
			       b->values[BACKEND_POOL].text);
		if (order)
			return order;
		return address_compare(&a->values[BACKEND_ADDRESS].address,
				       &b->values[BACKEND_ADDRESS].address);
	case KIND_SERVICE:
	case KIND_NAT:
		return compare_service_keys(a, b);
	case KIND_MAPPING:
		return compare_mapping_keys(a, b);
	case KIND_SNAT:
		return strcmp(a->values[SNAT_POOL].text,
			      b->values[SNAT_POOL].text);
	default:
		return object_compare_ids(a, b);
	}
}

/**
 * doc_new() - makes an empty configuration
 *
 * Return: The configuration; doc_free() it.
 */
struct doc *doc_new(void)
{
	return mem_zalloc(sizeof(struct doc));
}

/**
 * doc_free() - frees a configuration with its objects
 * @doc: The configuration, or NULL.
 */
void doc_free(struct doc *doc)
{
	size_t i;
	int kind;

	if (!doc)
		return;
	for (kind = 0; kind < KINDS; kind++) {
		tdestroy(doc->by_id[kind], mem_keep);
		tdestroy(doc->by_key[kind], mem_keep);
		for (i = 0; i < doc->n[kind]; i++)
			object_free(doc->objects[kind][i]);
		free(doc->objects[kind]);
	}
	free(doc);
}

static void append(struct doc *doc, struct object *obj)
{
	enum object_kind kind = obj->type->kind;

	if (doc->n[kind] == doc->cap[kind])
		doc->objects[kind] = mem_grow(doc->objects[kind],
					      &doc->cap[kind],
					      sizeof(*doc->objects[kind]));
	doc->objects[kind][doc->n[kind]++] = obj;
}

/* A pool comes before its backends. */
static void join_pool(struct doc *doc, const struct object *backend)
{
	struct object *pool;

	pool = (struct object *)doc_find(doc, KIND_POOL,
					 backend->values[BACKEND_POOL].text);
	if (pool && !pool->member)
		pool->member = backend;
}

/**
 * doc_add() - adds an object
 * @doc: The configuration.
 * @obj: The object, complete; @doc owns it if it was added.
 *
 * Return: NULL, or the object that has this name already.
 */
const struct object *doc_add(struct doc *doc, struct object *obj)
{
	enum object_kind kind = obj->type->kind;
	const struct object **node;

	node = mem_need(tsearch(obj, &doc->by_id[kind], compare_ids));
	if (*node != obj)
		return *node;
	/* The first owner of a key stays; doc_check() finds the others. */
	mem_need(tsearch(obj, &doc->by_key[kind], compare_keys));
	append(doc, obj);
	if (kind == KIND_BACKEND)
		join_pool(doc, obj);
	return NULL;
}

/**
 * doc_complete() - adds what every configuration has, as it is by default
 * @doc: The configuration; what it has already stays.
 */
void doc_complete(struct doc *doc)
{
	struct object *obj;

	if (doc->n[KIND_FASTPATH])
		return;
	obj = object_new(KIND_FASTPATH);
	object_fill_defaults(obj);
	doc_add(doc, obj);
}

/**
 * doc_find_like() - finds the object with the name of another
 * @doc: The configuration.
 * @obj: The other.
 *
 * Return: The object, or NULL.
 */
const struct object *doc_find_like(const struct doc *doc,
				   const struct object *obj)
{
	const struct object **node;

	node = tfind(obj, &doc->by_id[obj->type->kind], compare_ids);
	return node ? *node : NULL;
}

/**
 * doc_find() - finds an object by its name
 * @doc: The configuration.
 * @kind: Kind of the object; not a backend.
 * @name: The name.
 *
 * Return: The object, or NULL.
 */
const struct object *doc_find(const struct doc *doc, enum object_kind kind,
			      const char *name)
{
	struct object wanted = { .type = &object_types[kind] };

	wanted.values[0].text = (char *)name;
	return doc_find_like(doc, &wanted);
}

/**
 * doc_find_member() - finds a backend by its name
 * @doc: The configuration.
 * @pool: Name of its pool.
 * @name: Its name.
 *
 * Return: The backend, or NULL.
 */
const struct object *doc_find_member(const struct doc *doc, const char *pool,
				     const char *name)
{
	struct object wanted = { .type = &object_types[KIND_BACKEND] };

	wanted.values[BACKEND_POOL].text = (char *)pool;
	wanted.values[BACKEND_NAME].text = (char *)name;
	return doc_find_like(doc, &wanted);
}

/**
 * doc_key_owner() - finds who has the address or ports of an object
 * @doc: The configuration.
 * @obj: The object, perhaps of another configuration.
 *
 * Return: The owner, which may be @obj, or NULL.
 */
const struct object *doc_key_owner(const struct doc *doc,
				   const struct object *obj)
{
	const struct object **node;

	node = tfind(obj, &doc->by_key[obj->type->kind], compare_keys);
	return node ? *node : NULL;
}

static int compare_for_sort(const void *a, const void *b)
{
	return object_compare_ids(*(struct object *const *)a,
				  *(struct object *const *)b);
}

/**
 * doc_sort() - orders the objects of each kind by name
 * @doc: The configuration.
 */
void doc_sort(struct doc *doc)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (doc->n[kind])
			qsort(doc->objects[kind], doc->n[kind],
			      sizeof(*doc->objects[kind]), compare_for_sort);
}

/**
 * doc_service_address() - finds the address that clients of a service use
 * @doc: The configuration.
 * @service: The service.
 *
 * Return: The address of its frontend, or NULL.
 */
const struct address *doc_service_address(const struct doc *doc,
					  const struct object *service)
{
	const struct object *frontend;

	frontend = doc_find(doc, KIND_FRONTEND,
			    service->values[SERVICE_FRONTEND].text);
	return frontend ? &frontend->values[FRONTEND_ADDRESS].address : NULL;
}

/**
 * flaw_text() - says what is wrong
 * @flaw: What is wrong, in a field.
 * @buf: Memory for the sentence.
 *
 * Return: @buf.
 */
const char *flaw_text(const struct flaw *flaw, char buf[WHY_SIZE])
{
	const struct object *obj = flaw->obj;
	const struct field *field = &obj->type->fields[flaw->field];
	char value[VALUE_TEXT_SIZE];

	snprintf(buf, WHY_SIZE, "%s \"%s\": %s %s: %.400s", obj->type->name,
		 object_name(obj), field->key,
		 value_format(field, &obj->values[flaw->field], value),
		 flaw->why.text);
	return buf;
}

static int flaw_in(struct flaw *flaw, const struct object *obj, int field)
{
	flaw->obj = obj;
	flaw->field = field;
	return -1;
}

static int check_frontend(const struct doc *doc, const struct object *obj,
			  struct flaw *flaw)
{
	const struct object *owner = doc_key_owner(doc, obj);

	if (owner == obj)
		return 0;
	because(&flaw->why, "frontend \"%s\" has this address already",
		object_name(owner));
	return flaw_in(flaw, obj, FRONTEND_ADDRESS);
}

static int check_backend(const struct doc *doc, const struct object *obj,
			 struct flaw *flaw)
{
	const struct address *address = &obj->values[BACKEND_ADDRESS].address;
	const char *pool_name = obj->values[BACKEND_POOL].text;
	const struct object *owner = doc_key_owner(doc, obj);
	const struct object *pool, *first;

	if (owner != obj) {
		because(&flaw->why, "backend \"%s\" of pool \"%s\" has this address already",
			object_name(owner), pool_name);
		return flaw_in(flaw, obj, BACKEND_ADDRESS);
	}
	pool = doc_find(doc, KIND_POOL, pool_name);
	first = pool ? pool->member : obj;
	if (first->values[BACKEND_ADDRESS].address.len == address->len)
		return 0;
	because(&flaw->why, "%s, but backend \"%s\" of pool \"%s\" is %s",
		address_family_name(address), object_name(first), pool_name,
		address_family_name(&first->values[BACKEND_ADDRESS].address));
	return flaw_in(flaw, obj, BACKEND_ADDRESS);
}

static int check_reference(const struct doc *doc, const struct object *obj,
			   unsigned int field, enum object_kind kind,
			   struct flaw *flaw)
{
	const char *name = obj->values[field].text;

	if (!*name || doc_find(doc, kind, name))
		return 0;
	because(&flaw->why, "there is no such %s", object_types[kind].name);
	return flaw_in(flaw, obj, field);
}

static int check_references(const struct doc *doc, const struct object *obj,
			    struct flaw *flaw)
{
	if (check_reference(doc, obj, SERVICE_FRONTEND, KIND_FRONTEND, flaw) ||
	    check_reference(doc, obj, SERVICE_POOL, KIND_POOL, flaw) ||
	    check_reference(doc, obj, SERVICE_PROBE, KIND_PROBE, flaw))
		return -1;
	return 0;
}

/* The backend is what is wrong: the frontend is what clients know. */
static int check_family(const struct doc *doc, const struct object *obj,
			const char *pool_name, struct flaw *flaw)
{
	const struct address *address = doc_service_address(doc, obj);
	const struct object *pool, *backend;

	pool = doc_find(doc, KIND_POOL, pool_name);
	backend = pool ? pool->member : NULL;
	if (!backend ||
	    backend->values[BACKEND_ADDRESS].address.len == address->len)
		return 0;
	because(&flaw->why, "%s, but frontend \"%s\" of %s \"%s\" is %s",
		address_family_name(&backend->values[BACKEND_ADDRESS].address),
		obj->values[SERVICE_FRONTEND].text, obj->type->name,
		object_name(obj), address_family_name(address));
	return flaw_in(flaw, backend, BACKEND_ADDRESS);
}

static int check_backups(const struct doc *doc, const struct object *obj,
			 struct flaw *flaw)
{
	const char *own = obj->values[SERVICE_POOL].text;
	const char *rest = obj->values[SERVICE_BACKUP].text;
	char name[NFLB_NAME_MAX + 1];

	while (names_take(&rest, name)) {
		if (!doc_find(doc, KIND_POOL, name)) {
			because(&flaw->why, "there is no pool \"%s\"", name);
			return flaw_in(flaw, obj, SERVICE_BACKUP);
		}
		if (strcmp(name, own) == 0) {
			because(&flaw->why, "\"%s\" is the service's own pool, allowed is another",
				name);
			return flaw_in(flaw, obj, SERVICE_BACKUP);
		}
		if (check_family(doc, obj, name, flaw))
			return -1;
	}
	return 0;
}

/* What holds for services and nats */
static int check_service(const struct doc *doc, const struct object *obj,
			 struct flaw *flaw)
{
	const struct object *owner = doc_key_owner(doc, obj);
	bool has_ports = obj->values[SERVICE_PROTOCOL].number != 0;

	if (check_references(doc, obj, flaw) ||
	    check_family(doc, obj, obj->values[SERVICE_POOL].text, flaw))
		return -1;
	if (obj->type->kind == KIND_SERVICE && check_backups(doc, obj, flaw))
		return -1;
	if (owner == obj)
		return 0;
	because(&flaw->why, "%s \"%s\" has frontend, protocol and port alike",
		owner->type->name, object_name(owner));
	return flaw_in(flaw, obj, has_ports ? SERVICE_PORT : SERVICE_PROTOCOL);
}

static int check_snat(const struct doc *doc, const struct object *obj,
		      struct flaw *flaw)
{
	const struct object *owner = doc_key_owner(doc, obj);

	if (check_reference(doc, obj, SNAT_POOL, KIND_POOL, flaw))
		return -1;
	if (owner == obj)
		return 0;
	because(&flaw->why, "snat \"%s\" is of this pool already",
		object_name(owner));
	return flaw_in(flaw, obj, SNAT_POOL);
}

/* The backend that a nat, or its mapping, names */
static int check_member(const struct doc *doc, const struct object *nat,
			const struct object *obj, unsigned int field,
			struct flaw *flaw)
{
	const char *pool = nat->values[NAT_POOL].text;
	const char *name = obj->values[field].text;

	if (!*name || doc_find_member(doc, pool, name))
		return 0;
	because(&flaw->why, "pool \"%s\" has no such backend", pool);
	return flaw_in(flaw, obj, field);
}

static int check_mapping(const struct doc *doc, const struct object *obj,
			 struct flaw *flaw)
{
	const char *name = obj->values[MAPPING_NAT].text;
	const struct object *nat = doc_find(doc, KIND_NAT, name);
	const struct object *owner = doc_key_owner(doc, obj);

	if (nat && check_member(doc, nat, obj, MAPPING_BACKEND, flaw))
		return -1;
	if (owner == obj)
		return 0;
	because(&flaw->why, "backend \"%s\" has this port of nat \"%s\" already",
		object_name(owner), name);
	return flaw_in(flaw, obj, MAPPING_PORT);
}

static int check_object(const struct doc *doc, const struct object *obj,
			struct flaw *flaw)
{
	switch (obj->type->kind) {
	case KIND_FRONTEND:
		return check_frontend(doc, obj, flaw);
	case KIND_BACKEND:
		return check_backend(doc, obj, flaw);
	case KIND_SERVICE:
		return check_service(doc, obj, flaw);
	case KIND_NAT:
		return check_service(doc, obj, flaw) ?:
		       check_member(doc, obj, obj, NAT_BACKEND, flaw);
	case KIND_MAPPING:
		return check_mapping(doc, obj, flaw);
	case KIND_SNAT:
		return check_snat(doc, obj, flaw);
	default:
		return 0;
	}
}

/**
 * doc_check() - checks the rules between objects
 * @doc: The configuration.
 * @flaw: The first thing that is wrong.
 *
 * Return: 0 or a negative number.
 */
int doc_check(const struct doc *doc, struct flaw *flaw)
{
	size_t i;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < doc->n[kind]; i++)
			if (check_object(doc, doc->objects[kind][i], flaw))
				return -1;
	return 0;
}
