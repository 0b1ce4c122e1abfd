// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backends of Azure's pools. A virtual machine is called as its interface
 * is; an instance of a scale set, whose interfaces all have one name, as the
 * scale set with its number, SET_N, as in Azure.
 */
#include "instances.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "expression.h"
#include "ipconfig.h"
#include "item.h"
#include "mem.h"
#include "natports.h"
#include "nocase.h"
#include "pairing.h"

#define CONFIGS		"ipConfigurations"
#define CONFIG_POOLS		"loadBalancerBackendAddressPools"
#define CONFIG_NAT_RULES	"loadBalancerInboundNatRules"
#define CONFIG_NAT_POOLS	"loadBalancerInboundNatPools"

/**
 * instance_name() - says what a virtual machine or an instance is called
 * @id: The id of its interface, or of what is in it.
 * @name: Where the name goes: SET_N of an instance, else the interface's.
 *
 * Return: 0, or a negative number if the id is of something else.
 */
int instance_name(const char *id, char name[IMPORT_NAME_MAX + 1])
{
	char set[IMPORT_NAME_MAX + 1], number[IMPORT_NAME_MAX + 1];
	int len;

	if (!importer_id_part(id, "virtualMachineScaleSets", set) ||
	    !importer_id_part(id, "virtualMachines", number))
		return importer_id_part(id, "networkInterfaces", name) ? 0 : -1;
	len = snprintf(name, IMPORT_NAME_MAX + 1, "%s_%s", set, number);
	return len <= IMPORT_NAME_MAX ? 0 : -1;
}

static void name_of_interface(const struct resource *interface,
			      char name[IMPORT_NAME_MAX + 1])
{
	const char *id = importer_id(interface->json);

	if (!id || instance_name(id, name))
		snprintf(name, IMPORT_NAME_MAX + 1, "%s", interface->name);
}

static const json_t *find_interface(struct importer *im,
				    const char *wanted, const char *id)
{
	char name[IMPORT_NAME_MAX + 1];
	const struct resource *interface;
	size_t i, n = im->resources->n;

	for (i = 0; i < n; i++) {
		interface = &im->resources->items[(im->next + i) % n];
		if (!nocase_equal(interface->type, TYPE_NIC) ||
		    !resource_has_id(interface, id))
			continue;
		name_of_interface(interface, name);
		if (!nocase_equal(name, wanted))
			continue;
		im->next = (im->next + i + 1) % n;
		return interface->json;
	}
	return NULL;
}

/**
 * instance_address() - finds the address of a configuration of an interface
 * @im: The import.
 * @id: The id of the configuration.
 *
 * Return: The address, or NULL if it is not in the document.
 */
const json_t *instance_address(struct importer *im, const char *id)
{
	char name[IMPORT_NAME_MAX + 1], config[IMPORT_NAME_MAX + 1];
	const json_t *configs;
	const char *own;
	json_t *item;
	size_t i;

	if (instance_name(id, name) || !importer_id_part(id, CONFIGS, config))
		return NULL;
	configs = importer_property(find_interface(im, name, id),
				    CONFIGS);
	json_array_foreach(configs, i, item) {
		own = json_string_value(nocase_get(item, "name", NULL));
		if (own && nocase_equal(own, config))
			return importer_property(item, "privateIPAddress");
	}
	return NULL;
}

static void note_without_address(struct importer *im, const struct object *obj)
{
	const char *name = object_name(obj);
	char buf[LABEL_SIZE];

	notes_add(im->notes, "%s: it is left out, as its address is not in the document; \"map %s=ADDRESS\" gives it",
		  object_label(obj, buf), name);
}

static int set_address(struct importer *im, struct object *obj,
		       const char *text)
{
	const struct field *field = &obj->type->fields[BACKEND_ADDRESS];
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE];
	struct value value;
	struct why why;

	if (value_parse(field, text, &value, &why))
		return importer_fail(im, "%s: address %s: %s",
				     object_label(obj, buf),
				     excerpt(text, cut), why.text);
	object_set_value(obj, field, &value);
	return 0;
}

/* One with two addresses would need two names. */
static void note_other_address(struct importer *im, const struct object *obj,
			       const char *text)
{
	const struct address *own = &obj->values[BACKEND_ADDRESS].address;
	char buf[LABEL_SIZE], at[ADDRESS_TEXT_SIZE], cut[EXCERPT_SIZE];
	struct address address;
	struct why why;

	if (!text || (!parse_address(text, &address, &why) &&
		      address_is_equal(&address, own)))
		return;
	notes_add(im->notes, "%s: it is at %s, so %s is left out",
		  object_label(obj, buf), format_address(own, at),
		  excerpt(text, cut));
}

/* Several parts of a document may say that it belongs to the pool. */
static int add_backend(struct importer *im, const struct object *pool,
		       const char *name, const json_t *address)
{
	struct object *obj = object_new(KIND_BACKEND);
	const struct object *there;
	const char *text;

	text = importer_begin_backend(im, obj, pool, name);
	there = doc_find_like(im->doc, obj);
	if (there) {
		note_other_address(im, there,
				   text ?: json_string_value(address));
		object_free(obj);
		return 0;
	}
	if (!text && unresolved_why(address)) {
		object_free(obj);
		return importer_fail(im, "%s", unresolved_why(address));
	}
	text = text ?: json_string_value(address);
	if (!text || set_address(im, obj, text)) {
		if (!text)
			note_without_address(im, obj);
		object_free(obj);
		return text ? -1 : 0;
	}
	return importer_add(im, obj);
}

static const char *interface_of(const json_t *json)
{
	const char *key = "networkInterfaceIPConfiguration";

	return importer_id(importer_property(json, key));
}

static int name_address(struct item *item)
{
	const char *id = interface_of(item->json);

	if (!id || instance_name(id, item->buf))
		return item_read_name(item);
	item->name = item->buf;
	return 0;
}

static int finish_address(struct item *item)
{
	const char *id = interface_of(item->json);
	const json_t *address;

	if (!item->address && id) {
		address = instance_address(item->im, id);
		item->address = json_string_value(address);
	}
	if (item->address)
		return item_set(item, BACKEND_ADDRESS, item->address);
	note_without_address(item->im, item->obj);
	item->is_left_out = true;
	return 0;
}

static int take_admin(struct item *item, const struct property *property,
		      const json_t *value)
{
	const char *word = json_string_value(value);

	if (word && nocase_equal(word, "Drain"))
		return item_set(item, BACKEND_DRAIN, "on");
	return take_word(item, property, value);
}

static const struct twin admin_states[] = {
	{ "None", "none", NULL },
	{ "Up", "up", NULL },
	{ "Down", "down", NULL },
	{ "Drain", NULL, NULL },
	{ NULL, NULL, NULL },
};

static const struct property address_properties[] = {
	{ .name = "ipAddress", .take = take_address },
	{ .name = "adminState", .take = take_admin, .field = BACKEND_ADMIN,
	  .words = admin_states },
	{ .name = "loadBalancerFrontendIPConfiguration", .take = take_note,
	  .remark = "backends are servers, not load balancers" },
	{ .name = "inboundNatRulesPortMapping", .take = natports_take },
	{ .name = "networkInterfaceIPConfiguration", .take = take_nothing },
	{ .name = "subnet", .take = take_nothing },
	{ .name = "virtualNetwork", .take = take_nothing },
	{ .name = NULL },
};

static const struct item_kind address_kind = {
	.label = "backend", .kind = KIND_BACKEND,
	.properties = address_properties,
	.name = name_address, .finish = finish_address,
};

static int read_address(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	return item_read(im, json, &address_kind, arg, &obj);
}

static int read_config_id(struct importer *im, const json_t *json, void *arg)
{
	char name[IMPORT_NAME_MAX + 1];
	const char *id;

	if (importer_need_id(im, json, &id))
		return -1;
	if (instance_name(id, name))
		return importer_fail(im, "the id of a configuration of an interface is needed");
	return add_backend(im, arg, name, instance_address(im, id));
}

/**
 * instances_of_pool() - adds the backends that a pool lists itself
 * @im: The import, whose way leads to the pool.
 * @json: The pool in Azure.
 * @pool: The pool here.
 *
 * Return: 0 or a negative number.
 */
int instances_of_pool(struct importer *im, const json_t *json,
		      const struct object *pool)
{
	return importer_each(im, json, "loadBalancerBackendAddresses",
			     read_address, (void *)pool) ?:
	       importer_each(im, json, "backendIPConfigurations",
			     read_config_id, (void *)pool);
}

/* A pool whose load balancer is not in the document has only its name. */
static const struct object *make_pool(struct importer *im, const char *name)
{
	struct object *obj = object_new(KIND_POOL);
	char ours[NFLB_NAME_MAX + 1];
	struct value value;

	importer_name(im, NULL, name, ours);
	importer_note_name(im, "pool", name, ours);
	value.text = mem_strdup(ours);
	object_set_value(obj, &obj->type->fields[POOL_NAME], &value);
	return importer_add(im, obj) ? NULL : obj;
}

/* Without any load balancer, all pools must be of one. */
static int check_balancer(struct importer *im, const char *balancer)
{
	if (!*im->only_balancer)
		snprintf(im->only_balancer, sizeof(im->only_balancer), "%s",
			 balancer);
	if (nocase_equal(im->only_balancer, balancer))
		return 0;
	return importer_fail(im, "there are pools of %.60s and of %.60s, but the load balancers themselves are not in the document",
			     im->only_balancer, balancer);
}

static int find_pool(struct importer *im, const json_t *reference,
		     const struct object **pool)
{
	char balancer[IMPORT_NAME_MAX + 1], name[IMPORT_NAME_MAX + 1];
	const char *id;

	*pool = NULL;
	if (importer_need_id(im, reference, &id))
		return -1;
	if (!importer_id_part(id, "loadBalancers", balancer) ||
	    !importer_id_part(id, "backendAddressPools", name))
		return importer_fail(im, "the id of a pool of a load balancer is needed");
	if (im->n_balancers &&
	    !resources_find(im->resources, TYPE_LB, balancer, id))
		return 0;
	if (!im->n_balancers && check_balancer(im, balancer))
		return -1;
	*pool = importer_find(im, KIND_POOL, balancer, name);
	if (!*pool && !im->n_balancers)
		*pool = make_pool(im, name);
	if (*pool)
		return 0;
	return importer_fail(im, "load balancer \"%.60s\" has no pool \"%.60s\"",
			     balancer, name);
}

/**
 * struct member - what says of itself to which pools it belongs
 * @name: Its name.
 * @address: Its address, or NULL.
 * @capacity: Of a scale set, how many instances it has; -1 if not known.
 * @config: Of a scale set, the configuration that is being read.
 * @pool: The first pool of the configuration that is being read, or NULL.
 */
struct member {
	char name[IMPORT_NAME_MAX + 1];
	const json_t *address;
	json_int_t capacity;
	const json_t *config;
	const struct object *pool;
};

static int join_pool(struct importer *im, const json_t *reference, void *arg)
{
	struct member *member = arg;
	const struct object *pool;

	if (find_pool(im, reference, &pool))
		return -1;
	if (!pool)
		return 0;
	member->pool = member->pool ?: pool;
	return add_backend(im, pool, member->name, member->address);
}

static int keep_rule(struct importer *im, const json_t *reference, void *arg)
{
	const struct member *member = arg;

	return pairing_of_interface(im, reference, member->name,
				    member->address);
}

static int read_config(struct importer *im, const json_t *json, void *arg)
{
	struct member *member = arg;

	member->address = importer_property(json, "privateIPAddress");
	member->pool = NULL;
	if (importer_each(im, json, CONFIG_POOLS, join_pool, member) ||
	    importer_each(im, json, CONFIG_NAT_RULES, keep_rule, member))
		return -1;
	if (!member->pool)
		return 0;
	return ipconfig_note(im, json, "interface", member->name);
}

/**
 * instances_of_interfaces() - adds the backends whose interfaces say their pool
 * @im: The import.
 *
 * Return: 0 or a negative number.
 */
int instances_of_interfaces(struct importer *im)
{
	struct member member = { .address = NULL };
	const struct resources *all = im->resources;
	int err = 0;
	size_t i;

	for (i = 0; i < all->n && !err; i++) {
		if (!nocase_equal(all->items[i].type, TYPE_NIC))
			continue;
		im->resource = &all->items[i];
		name_of_interface(im->resource, member.name);
		err = importer_each(im, im->resource->json, CONFIGS,
				    read_config, &member);
	}
	return err;
}

/**
 * instance_is_of() - says whether a name is that of an instance
 * @name: The name, without that of a pool.
 * @set: Name of the scale set.
 *
 * Return: true if it is one of the scale set.
 */
bool instance_is_of(const char *name, const char *set)
{
	size_t len = strlen(set);

	return nocase_begins(name, set) && name[len] == '_' && name[len + 1] &&
	       !name[len + 1 + strspn(name + len + 1, "0123456789")];
}

static json_int_t count_instances(const struct importer *im,
				  const struct object *pool, const char *set)
{
	const struct object *obj;
	json_int_t n = 0;
	size_t i;

	for (i = 0; i < im->doc->n[KIND_BACKEND]; i++) {
		obj = im->doc->objects[KIND_BACKEND][i];
		n += strcmp(obj->values[BACKEND_POOL].text,
			    object_name(pool)) == 0 &&
		     instance_is_of(object_name(obj), set);
	}
	return n;
}

static void note_missing(struct importer *im, const struct object *pool,
			 const struct member *set)
{
	json_int_t n = count_instances(im, pool, set->name);
	char cut[EXCERPT_SIZE];

	if (set->capacity < 0)
		notes_add(im->notes, "scale set \"%s\": how many instances it has is not known, %lld are in pool \"%s\"; \"map %s_N=ADDRESS\" adds one, \"pool sync\" all",
			  excerpt(set->name, cut), (long long)n,
			  object_name(pool), set->name);
	else if (n < set->capacity)
		notes_add(im->notes, "scale set \"%s\": of its %lld instances %lld are in pool \"%s\"; \"map %s_N=ADDRESS\" adds one, \"pool sync\" all",
			  excerpt(set->name, cut), (long long)set->capacity,
			  (long long)n, object_name(pool), set->name);
}

static bool is_of_pool(const char *name, const char *slash,
		       const struct object *pool)
{
	size_t len = slash - name;

	return strlen(object_name(pool)) == len &&
	       strncmp(name, object_name(pool), len) == 0;
}

/* Which numbers there are, only the user can know. */
static int join_instances(struct importer *im, const json_t *reference,
			  void *arg)
{
	struct member *set = arg;
	const struct object *pool;
	const char *name, *slash;
	size_t i;

	if (find_pool(im, reference, &pool))
		return -1;
	for (i = 0; pool && i < im->book->n; i++) {
		name = im->book->entries[i].name;
		slash = strchr(name, '/');
		if (slash && !is_of_pool(name, slash, pool))
			continue;
		name = slash ? slash + 1 : name;
		if (instance_is_of(name, set->name) &&
		    add_backend(im, pool, name, NULL))
			return -1;
	}
	if (pool)
		note_missing(im, pool, set);
	set->pool = set->pool ?: pool;
	return 0;
}

static bool is_of_one_balancer(const json_t *a, const json_t *b)
{
	char name[IMPORT_NAME_MAX + 1], other[IMPORT_NAME_MAX + 1];
	const char *id = importer_id(a), *other_id = importer_id(b);

	return id && other_id && importer_id_part(id, "loadBalancers", name) &&
	       importer_id_part(other_id, "loadBalancers", other) &&
	       nocase_equal(name, other);
}

/* The pool that the NAT pool's own load balancer has, else the first */
static int keep_nat_pool(struct importer *im, const json_t *reference,
			 void *arg)
{
	const struct member *set = arg;
	const struct object *pool = NULL;
	const json_t *list, *one;
	size_t i;

	list = importer_property(set->config, CONFIG_POOLS);
	json_array_foreach(list, i, one) {
		if (!pool && is_of_one_balancer(one, reference) &&
		    find_pool(im, one, &pool))
			return -1;
	}
	return pairing_of_scale_set(im, reference, set->name,
				    pool ?: set->pool);
}

static int read_set_config(struct importer *im, const json_t *json, void *arg)
{
	struct member *set = arg;

	set->config = json;
	set->pool = NULL;
	if (importer_each(im, json, CONFIG_POOLS, join_instances, set) ||
	    importer_each(im, json, CONFIG_NAT_POOLS, keep_nat_pool, set))
		return -1;
	if (!set->pool)
		return 0;
	return ipconfig_note(im, json, "scale set", set->name);
}

static int read_set_interface(struct importer *im, const json_t *json,
			      void *arg)
{
	return importer_each(im, json, CONFIGS, read_set_config, arg);
}

/* All of the scale set, or only what of it is about the network */
static int read_profile(struct importer *im, const json_t *json,
			struct member *set)
{
	static const char *const keys[] = {
		"virtualMachineProfile", "networkProfile",
	};
	char cut[EXCERPT_SIZE];
	const json_t *part;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		part = importer_enter(im, json, keys[i]);
		json = part ?: json;
	}
	if (unresolved_why(json))
		return importer_fail(im, "%s", unresolved_why(json));
	part = importer_property(json, "healthProbe");
	if (part)
		notes_add(im->notes, "scale set \"%s\": its healthProbe has no counterpart: it is about upgrades and repair",
			  excerpt(set->name, cut));
	return importer_each(im, json, "networkInterfaceConfigurations",
			     read_set_interface, set);
}

static int read_scale_set(struct importer *im, const struct resource *resource)
{
	size_t depth = im->path.depth;
	struct member set = { .address = NULL };
	const json_t *capacity;
	int err;

	im->resource = resource;
	snprintf(set.name, sizeof(set.name), "%s", resource->name);
	capacity = nocase_get(nocase_get(resource->json, "sku", NULL),
			      "capacity", NULL);
	set.capacity = json_is_integer(capacity) ?
		       json_integer_value(capacity) : -1;
	err = read_profile(im, resource->json, &set);
	im->path.depth = depth;
	return err;
}

/**
 * instances_of_scale_sets() - adds the instances that the user gives addresses
 * @im: The import.
 *
 * Return: 0 or a negative number.
 */
int instances_of_scale_sets(struct importer *im)
{
	const struct resources *all = im->resources;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (nocase_equal(all->items[i].type, TYPE_SCALE_SET) &&
		    read_scale_set(im, &all->items[i]))
			return -1;
	return 0;
}
