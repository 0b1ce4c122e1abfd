// SPDX-License-Identifier: GPL-2.0-only
/* The ports that backends have in Azure, as the mapping of a nat. */
#include "natports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "mem.h"
#include "nocase.h"
#include "pairing.h"

/* The rule is read later, and so may be the backend's address. */
static void keep_port(struct item *item, const json_t *entry)
{
	const char *name = json_string_value(nocase_get(entry,
							"inboundNatRuleName",
							NULL));
	struct importer *im = item->im;
	struct nat_port *kept;

	if (im->n_nat_ports == im->nat_ports_cap)
		im->nat_ports = mem_grow(im->nat_ports, &im->nat_ports_cap,
					 sizeof(*im->nat_ports));
	kept = &im->nat_ports[im->n_nat_ports++];
	*kept = (struct nat_port){ .pool = item->pool, .entry = entry };
	snprintf(kept->backend, sizeof(kept->backend), "%s",
		 object_name(item->obj));
	if (name)
		pairing_key(im, im->balancer, name, kept->nat);
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
		keep_port(item, entry);
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
	const struct object *obj = doc_find_member(im->doc, pool, name);
	size_t i;

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

static bool map_kept(struct importer *im, const struct nat_port *kept)
{
	const json_t *port = nocase_get(kept->entry, "frontendPort", NULL);
	const struct object *nat;
	const char *name;

	name = pairing_text(json_object_get(im->nats, NAT_RULES), kept->nat);
	nat = name ? doc_find(im->doc, KIND_NAT, name) : NULL;
	if (!nat || strcmp(nat->values[NAT_POOL].text,
			   object_name(kept->pool)) != 0)
		return false;
	return natports_map(im, nat, kept->backend, json_integer_value(port));
}

static void note_kept(struct importer *im, const struct nat_port *kept)
{
	char *text = json_dumps(kept->entry, JSON_ENCODE_ANY | JSON_COMPACT);
	char cut[EXCERPT_SIZE];

	notes_add(im->notes, "backend \"%s\": inboundNatRulesPortMapping %s has no counterpart: its pool has no nat of this name with this port",
		  kept->backend, excerpt(text ?: "?", cut));
	free(text);
}

/**
 * natports_finish() - gives backends the ports that they have in Azure
 * @im: The import, after all rules.
 */
void natports_finish(struct importer *im)
{
	const struct nat_port *kept;
	size_t i;

	for (i = 0; i < im->n_nat_ports; i++) {
		kept = &im->nat_ports[i];
		if (doc_find_member(im->doc, object_name(kept->pool),
				    kept->backend) &&
		    !map_kept(im, kept))
			note_kept(im, kept);
	}
}
