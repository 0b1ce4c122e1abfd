// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inbound NAT of Azure. A rule is for a pool, of which each backend has a port
 * of a range, or for an interface; a NAT pool is for a scale set, whose
 * instances have a port each, with a rule for each that Azure makes itself.
 * Who is meant is often said by interfaces and scale sets only: they are read
 * before the rules.
 */
#include "inbound.h"

#include <stdio.h>
#include <string.h>

#include "instances.h"
#include "kinds.h"
#include "natports.h"
#include "nocase.h"
#include "pairing.h"

#define TARGET	"backendIPConfiguration"

/**
 * struct interface - whom a rule is for that names no pool
 * @name: Its name as a backend.
 * @address: Its address as the document has it.
 * @has_address: The document has one.
 */
struct interface {
	char name[NFLB_NAME_MAX + 1];
	struct address address;
	bool has_address;
};

/* What is said of the rule by an interface, which is read before */
static const json_t *find_said(const struct item *item,
			       struct interface *interface)
{
	const json_t *said = pairing_of_rule(item->im, item->name);

	snprintf(interface->name, sizeof(interface->name), "%s",
		 said ? pairing_text(said, "name") : "");
	return json_object_get(said, "address");
}

/* Without a name if nobody says it */
static void find_interface(const struct item *item,
			   struct interface *interface)
{
	const char *id = importer_id(importer_property(item->json, TARGET));
	char name[IMPORT_NAME_MAX + 1];
	const json_t *address;
	struct why why;

	if (id && !instance_name(id, name)) {
		importer_name(item->im, NULL, name, interface->name);
		address = instance_address(item->im, id);
	} else {
		address = find_said(item, interface);
	}
	interface->has_address = json_is_string(address) &&
				 !parse_address(json_string_value(address),
						&interface->address, &why);
}

/* An address that the user gives counts more than that of the document. */
static bool is_backend(const struct importer *im, const struct object *obj,
		       const struct interface *interface)
{
	const struct address *own = &obj->values[BACKEND_ADDRESS].address;

	if (interface->has_address &&
	    address_is_equal(own, &interface->address))
		return true;
	return nocase_equal(object_name(obj), interface->name) &&
	       (!interface->has_address ||
		importer_given(im, obj, interface->name));
}

static const struct object *find_frontend(const struct item *item)
{
	const char *id, *key = "frontendIPConfiguration";
	char name[IMPORT_NAME_MAX + 1];

	id = importer_id(importer_property(item->json, key));
	if (!id || !importer_id_part(id, FRONTENDS, name))
		return NULL;
	return importer_find(item->im, KIND_FRONTEND, item->im->balancer, name);
}

static bool is_of_family(const struct object *backend,
			 const struct object *frontend)
{
	return !frontend || backend->values[BACKEND_ADDRESS].address.len ==
			    frontend->values[FRONTEND_ADDRESS].address.len;
}

/* An interface with two families has a backend in a pool of each. */
static const struct object *find_backend(const struct item *item)
{
	const struct object *frontend = find_frontend(item), *obj;
	const struct doc *doc = item->im->doc;
	struct interface interface;
	size_t i;

	find_interface(item, &interface);
	for (i = 0; *interface.name && i < doc->n[KIND_BACKEND]; i++) {
		obj = doc->objects[KIND_BACKEND][i];
		if (is_of_family(obj, frontend) &&
		    is_backend(item->im, obj, &interface))
			return obj;
	}
	return NULL;
}

static bool is_of_all_protocols(const struct item *item)
{
	const json_t *word = importer_property(item->json, "protocol");

	return json_is_string(word) &&
	       nocase_equal(json_string_value(word), "All");
}

/* For a range over a pool there is nothing to be found. */
static int find_nothing(struct item *item)
{
	if (is_of_all_protocols(item))
		return item_leave_out(item, "a nat has one protocol");
	return 0;
}

static int find_target(struct item *item)
{
	if (is_of_all_protocols(item))
		return find_nothing(item);
	item->with = find_backend(item);
	if (item->with)
		return 0;
	return item_leave_out(item, "\"nat add\" makes one of the backend that it is for");
}

static int find_pool(struct item *item)
{
	const json_t *pairing;

	if (is_of_all_protocols(item))
		return find_nothing(item);
	pairing = pairing_of_nat_pool(item->im, item->name);
	if (!pairing)
		return item_leave_out(item, "\"nat add\" makes a nat of the pool that it is for");
	item->with = doc_find(item->im->doc, KIND_POOL,
			      pairing_text(pairing, "pool"));
	return 0;
}

static int take_range_end(struct item *item, const struct property *property,
			  const json_t *value)
{
	return take_port_number(item, property, value, &item->port_last);
}

static bool is_of_pool(const struct object *backend, const char *pool)
{
	return strcmp(backend->values[BACKEND_POOL].text, pool) == 0;
}

/* What is one port there names its backend here. */
static int set_only_backend(struct item *item)
{
	const struct doc *doc = item->im->doc;
	const char *pool = item->obj->values[NAT_POOL].text;
	const struct object *only = NULL;
	char remark[80];
	size_t i, n = 0;

	for (i = 0; i < doc->n[KIND_BACKEND]; i++) {
		if (!is_of_pool(doc->objects[KIND_BACKEND][i], pool))
			continue;
		only = doc->objects[KIND_BACKEND][i];
		n++;
	}
	if (n == 1)
		return item_set(item, NAT_BACKEND, object_name(only));
	snprintf(remark, sizeof(remark),
		 "one port leads to one backend, and its pool has %zu", n);
	return item_leave_out(item, remark);
}

static const char *find_taker(const struct item *item, const char *name)
{
	const struct doc *doc = item->im->doc;

	if (doc_find(doc, KIND_SERVICE, name))
		return object_types[KIND_SERVICE].name;
	return doc_find(doc, KIND_NAT, name) ? object_types[KIND_NAT].name :
					       NULL;
}

/* Azure has rules, NAT rules and NAT pools apart, here names are of one. */
static int keep_name(struct item *item)
{
	const char *collection = item->kind->collection, *taker;
	char full[2 * (IMPORT_NAME_MAX + 1)], cut[EXCERPT_SIZE];
	char ours[NFLB_NAME_MAX + 1];

	if (pairing_nat(item->im, collection, item->name))
		return importer_fail(item->im, "%s \"%s\": there are two of this name",
				     item->kind->label,
				     excerpt(item->name, cut));
	taker = find_taker(item, object_name(item->obj));
	if (taker) {
		snprintf(full, sizeof(full), "%s %s", item->name, collection);
		importer_name(item->im, item->im->balancer, full, ours);
		notes_add(item->im->notes, "%s \"%s\": it is called %s here: there is a %s of its name",
			  item->kind->label, excerpt(item->name, cut), ours,
			  taker);
		if (item_set(item, NAT_NAME, ours))
			return -1;
	}
	pairing_keep_nat(item->im, collection, item->name,
			 object_name(item->obj));
	return 0;
}

/* A range over a pool; its ports are given out here, as there. */
static int finish_range(struct item *item)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld-%lld", (long long)item->port,
		 (long long)item->port_last);
	if (item_set(item, NAT_PORT, text))
		return -1;
	if (item->port == item->port_last && set_only_backend(item))
		return -1;
	return item->is_left_out ? 0 : keep_name(item);
}

static bool is_of_sets(const struct object *backend, const json_t *sets)
{
	const char *set;
	json_t *yes;

	json_object_foreach((json_t *)sets, set, yes)
		if (instance_is_of(object_name(backend), set))
			return true;
	return false;
}

/* Who has a port in Azure is of the scale set, not just of its pool. */
static void note_others(struct item *item)
{
	const struct doc *doc = item->im->doc;
	const char *pool = object_name(item->with);
	const struct object *backend;
	char cut[EXCERPT_SIZE];
	const json_t *sets;
	size_t i;

	sets = json_object_get(pairing_of_nat_pool(item->im, item->name),
			       "sets");
	for (i = 0; i < doc->n[KIND_BACKEND]; i++) {
		backend = doc->objects[KIND_BACKEND][i];
		if (!is_of_pool(backend, pool) || is_of_sets(backend, sets))
			continue;
		notes_add(item->im->notes, "inbound NAT pool \"%s\": backend \"%s\" of pool \"%s\" has a port here, too, as a nat is for all of its pool",
			  excerpt(item->name, cut), object_name(backend), pool);
	}
}

static int finish_pool(struct item *item)
{
	if (item_set(item, NAT_POOL, object_name(item->with)) ||
	    finish_range(item))
		return -1;
	if (!item->is_left_out)
		note_others(item);
	return 0;
}

/* The ranges of a frontend and protocol do not overlap. */
static bool is_alike(const struct object *range, const struct object *nat)
{
	const struct value *a = range->values, *b = nat->values;

	return strcmp(a[NAT_FRONTEND].text, b[NAT_FRONTEND].text) == 0 &&
	       a[NAT_PROTOCOL].number == b[NAT_PROTOCOL].number &&
	       a[NAT_BACKEND_PORT].ports.first ==
	       b[NAT_BACKEND_PORT].ports.first;
}

/* A range of one port, which names its backend itself */
static bool is_port_of(const struct object *nat, const struct item *item)
{
	const struct value *values = nat->values;

	return values[NAT_PORT].ports.first == item->port &&
	       values[NAT_PORT].ports.last == item->port &&
	       nocase_equal(values[NAT_BACKEND].text, object_name(item->with));
}

/* Azure makes such rules itself, for the instances that a NAT pool is for. */
static bool is_of_range(struct item *item)
{
	const struct doc *doc = item->im->doc;
	const struct object *nat;
	size_t i;

	for (i = 0; i < doc->n[KIND_NAT]; i++) {
		nat = doc->objects[KIND_NAT][i];
		if (!is_alike(nat, item->obj))
			continue;
		if (is_port_of(nat, item))
			return true;
		if (natports_has(nat, item->port))
			return natports_map(item->im, nat,
					object_name(item->with), item->port);
	}
	return false;
}

static int finish_target(struct item *item)
{
	const struct object *backend = item->with;
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)item->port);
	if (item_set(item, NAT_PORT, text) ||
	    item_set(item, NAT_POOL, backend->values[BACKEND_POOL].text) ||
	    item_set(item, NAT_BACKEND, object_name(backend)))
		return -1;
	item->is_left_out = is_of_range(item);
	return item->is_left_out ? 0 : keep_name(item);
}

static const struct twin protocols[] = {
	{ "Tcp", "tcp", NULL },
	{ "Udp", "udp", NULL },
	{ NULL, NULL, NULL },
};

/* What all kinds of inbound NAT have alike, at the head of their tables */
#define COMMON_PROPERTIES						\
	[0] = { .name = "frontendIPConfiguration",			\
		.take = take_frontend, .is_required = true,		\
		.field = NAT_FRONTEND, .collection = FRONTENDS },	\
	[1] = { .name = "protocol", .take = take_word,			\
		.is_required = true,					\
		.field = NAT_PROTOCOL, .words = protocols },		\
	[2] = { .name = "backendPort", .take = take_number,		\
		.is_required = true, .field = NAT_BACKEND_PORT },	\
	[3] = { .name = "idleTimeoutInMinutes", .take = take_minutes,	\
		.field = NAT_IDLE_TIMEOUT },				\
	[4] = { .name = "enableTcpReset", .take = take_switch,		\
		.field = NAT_TCP_RESET },				\
	[5] = { .name = "enableFloatingIP", .take = take_usual,		\
		.usual = "false",					\
		.remark = "backends get packets to their own address" }

/* What those have that are for a pool, after that */
#define RANGE_PROPERTIES						\
	[6] = { .name = "frontendPortRangeStart", .take = take_port,	\
		.is_required = true },					\
	[7] = { .name = "frontendPortRangeEnd", .take = take_range_end,	\
		.is_required = true }

static const struct property range_properties[] = {
	COMMON_PROPERTIES,
	RANGE_PROPERTIES,
	{ .name = "backendAddressPool", .take = take_pool,
	  .is_required = true, .field = NAT_POOL, .collection = POOLS },
	{ .name = "frontendPort", .take = take_nothing },
	{ .name = TARGET, .take = take_nothing },
	{ .name = NULL },
};

static const struct item_kind range_kind = {
	.label = "inbound NAT rule", .collection = NAT_RULES, .kind = KIND_NAT,
	.properties = range_properties,
	.find = find_nothing, .finish = finish_range,
};

static const struct property target_properties[] = {
	COMMON_PROPERTIES,
	{ .name = "frontendPort", .take = take_port, .is_required = true },
	{ .name = "frontendPortRangeStart", .take = take_nothing },
	{ .name = "frontendPortRangeEnd", .take = take_nothing },
	{ .name = TARGET, .take = take_nothing },
	{ .name = NULL },
};

static const struct item_kind target_kind = {
	.label = "inbound NAT rule", .collection = NAT_RULES, .kind = KIND_NAT,
	.properties = target_properties,
	.find = find_target, .finish = finish_target,
};

static const struct property pool_properties[] = {
	COMMON_PROPERTIES,
	RANGE_PROPERTIES,
	{ .name = NULL },
};

static const struct item_kind nat_pool_kind = {
	.label = "inbound NAT pool", .collection = NAT_POOLS, .kind = KIND_NAT,
	.properties = pool_properties,
	.find = find_pool, .finish = finish_pool,
};

/* Azure calls a rule that it makes for an instance as the NAT pool, and .N. */
static bool nat_pool_name(const char *rule, char name[IMPORT_NAME_MAX + 1])
{
	const char *dot = strrchr(rule, '.');

	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
		return false;
	snprintf(name, IMPORT_NAME_MAX + 1, "%.*s", (int)(dot - rule), rule);
	return true;
}

/**
 * inbound_pair_rule() - has a rule tell scale set and pool of its NAT pool
 * @im: The import, whose way leads to the rule; all backends are there.
 * @json: The rule; what is no rule for an instance tells nothing.
 * @arg: Not needed.
 *
 * Return: 0.
 */
int inbound_pair_rule(struct importer *im, const json_t *json, void *arg)
{
	const char *id = importer_id(importer_property(json, TARGET));
	char name[IMPORT_NAME_MAX + 1], set[IMPORT_NAME_MAX + 1];
	struct item rule = { .im = im, .json = json };
	const struct object *backend;
	char key[NFLB_NAME_MAX + 1];

	(void)arg;
	rule.name = json_string_value(nocase_get(json, "name", NULL));
	if (!rule.name || !id ||
	    !importer_id_part(id, "virtualMachineScaleSets", set) ||
	    !nat_pool_name(item_own_name(rule.name), name))
		return 0;
	backend = find_backend(&rule);
	if (!backend)
		return 0;
	pairing_key(im, im->balancer, name, key);
	pairing_add(im, key, set, doc_find(im->doc, KIND_POOL,
					   backend->values[BACKEND_POOL].text));
	return 0;
}

/**
 * inbound_read_rule() - makes a nat of an inbound NAT rule
 * @im: The import, whose way leads to the rule; all backends are there.
 * @json: The rule.
 * @arg: Not needed.
 *
 * Return: 0 or a negative number.
 */
int inbound_read_rule(struct importer *im, const json_t *json, void *arg)
{
	const json_t *pool = importer_property(json, "backendAddressPool");
	struct object *obj;

	(void)arg;
	return item_read(im, json, json_is_object(pool) ? &range_kind :
							  &target_kind,
			 NULL, &obj);
}

/**
 * inbound_read_pool() - makes a nat of an inbound NAT pool
 * @im: The import, whose way leads to the NAT pool; all backends are there.
 * @json: The NAT pool.
 * @arg: Not needed.
 *
 * Return: 0 or a negative number.
 */
int inbound_read_pool(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	(void)arg;
	return item_read(im, json, &nat_pool_kind, NULL, &obj);
}
