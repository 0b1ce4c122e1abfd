// SPDX-License-Identifier: GPL-2.0-only
/* The ports that backends have in Azure, as the mapping of a nat. */
#include "natports.h"

#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "mem.h"
#include "nocase.h"
#include "pairing.h"

/* The rule is read later, and so may be the backend's address. */
static void keep_ports(struct item *item, json_t *entry)
{
	const char *name = json_string_value(nocase_get(entry,
							"inboundNatRuleName",
							NULL));
	char key[NFLB_NAME_MAX + 1] = "";
	json_t *kept;

	if (name)
		pairing_key(item->im, item->im->balancer, name, key);
	kept = mem_need(json_pack("{s:s,s:s,s:s,s:O}", "nat", key,
				  "pool", object_name(item->pool),
				  "backend", object_name(item->obj),
				  "entry", entry));
	mem_need(json_array_append_new(item->im->nat_ports, kept) ?
		 NULL : kept);
}

/**
 * natports_take() - keeps which ports of ranges a backend has
 * @item: The backend.
 * @property: The property that says so.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int natports_take(struct item *item, const struct property *property,
		  const json_t *value)
{
	json_t *entry;
	size_t i;

	if (item_needs(item, property, value, JSON_ARRAY))
		return -1;
	json_array_foreach((json_t *)value, i, entry)
		keep_ports(item, entry);
	return 0;
}

static bool is_named(const struct object *obj, const char *pool,
		     const char *name)
{
	return strcmp(obj->values[BACKEND_POOL].text, pool) == 0 &&
	       nocase_equal(object_name(obj), name);
}

/* The backend of a pool by its name, whose case means nothing in Azure */
static const struct object *find_member(const struct importer *im,
					const char *pool, const char *name)
{
	struct object wanted = { .type = &object_types[KIND_BACKEND] };
	const struct object *obj;
	size_t i;

	wanted.values[BACKEND_POOL].text = (char *)pool;
	wanted.values[BACKEND_NAME].text = (char *)name;
	obj = doc_find_like(im->doc, &wanted);
	for (i = 0; !obj && i < im->doc->n[KIND_BACKEND]; i++)
		if (is_named(im->doc->objects[KIND_BACKEND][i], pool, name))
			obj = im->doc->objects[KIND_BACKEND][i];
	return obj;
}

/**
 * natports_has() - says whether a nat is a range with a port
 * @nat: The nat.
 * @port: The port.
 *
 * Return: true if it is.
 */
bool natports_has(const struct object *nat, json_int_t port)
{
	const struct ports *ports = &nat->values[NAT_PORT].ports;

	return ports->first != ports->last && port >= ports->first &&
	       port <= ports->last;
}

static struct object *make_mapping(const struct object *nat,
				   const char *backend, json_int_t port)
{
	struct object *obj = object_new(KIND_MAPPING);
	const struct field *fields = obj->type->fields;
	struct value value;

	value.text = mem_strdup(object_name(nat));
	object_set_value(obj, &fields[MAPPING_NAT], &value);
	value.text = mem_strdup(backend);
	object_set_value(obj, &fields[MAPPING_BACKEND], &value);
	value.ports = (struct ports){ .first = port, .last = port };
	object_set_value(obj, &fields[MAPPING_PORT], &value);
	return obj;
}

/**
 * natports_map() - gives a backend the port of a range that it has in Azure
 * @im: The import.
 * @nat: The range.
 * @backend: Name of the backend.
 * @port: The port.
 *
 * Return: true, or false if it cannot have it.
 */
bool natports_map(struct importer *im, const struct object *nat,
		  const char *backend, json_int_t port)
{
	const struct object *member;
	struct object *obj;

	member = find_member(im, nat->values[NAT_POOL].text, backend);
	if (!natports_has(nat, port) || !member)
		return false;
	obj = make_mapping(nat, object_name(member), port);
	if (!doc_key_owner(im->doc, obj) && !doc_add(im->doc, obj))
		return true;
	object_free(obj);
	return false;
}

static bool map_kept(struct importer *im, const json_t *kept)
{
	const json_t *port = nocase_get(json_object_get(kept, "entry"),
					"frontendPort", NULL);
	const struct object *nat;
	const char *name;

	name = pairing_text(json_object_get(im->nats, NAT_RULES),
			    pairing_text(kept, "nat"));
	nat = name ? doc_find(im->doc, KIND_NAT, name) : NULL;
	if (!nat || strcmp(nat->values[NAT_POOL].text,
			   pairing_text(kept, "pool")) != 0)
		return false;
	return natports_map(im, nat, pairing_text(kept, "backend"),
			    json_integer_value(port));
}

static void note_kept(struct importer *im, const json_t *kept)
{
	char *text = json_dumps(json_object_get(kept, "entry"),
				JSON_ENCODE_ANY | JSON_COMPACT);
	char cut[EXCERPT_SIZE];

	notes_add(im->notes, "backend \"%s\": inboundNatRulesPortMapping %s has no counterpart: its pool has no nat of this name with this port",
		  pairing_text(kept, "backend"), excerpt(text ?: "?", cut));
	free(text);
}

/**
 * natports_finish() - gives backends the ports that they have in Azure
 * @im: The import, after all rules.
 */
void natports_finish(struct importer *im)
{
	const json_t *kept;
	size_t i;

	json_array_foreach(im->nat_ports, i, kept) {
		if (!find_member(im, pairing_text(kept, "pool"),
				 pairing_text(kept, "backend")) ||
		    map_kept(im, kept))
			continue;
		note_kept(im, kept);
	}
}
