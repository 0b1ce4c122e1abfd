// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resources of a document: of a template, or as tools and interfaces of
 * Azure show what is deployed, one or a list of them.
 */
#include "resources.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "jsonpath.h"
#include "mem.h"
#include "nocase.h"
#include "template.h"

#define RESOURCES_MAX	20000u	/* each is looked for among all of them */

static const char *const wanted_types[] = {
	TYPE_LB, TYPE_ADDRESS, TYPE_NIC, TYPE_SCALE_SET, TYPE_DEPLOYMENT,
};

/**
 * resources_want() - says whether somebody may need the resources of a type
 * @type: The type.
 *
 * Return: true for those of a load balancer, and for where addresses are.
 */
bool resources_want(const char *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted_types); i++)
		if (nocase_equal(type, wanted_types[i]))
			return true;
	return nocase_begins(type, TYPE_LB "/");
}

/**
 * resources_add() - adds a resource
 * @resources: The resources.
 * @where: The way to it in the document.
 * @type: Its type.
 * @name: Its name.
 * @json: All of it, of which a reference is taken.
 */
void resources_add(struct resources *resources, const char *where,
		   const char *type, const char *name, json_t *json)
{
	if (resources->n == resources->cap)
		resources->items = mem_grow(resources->items, &resources->cap,
					    sizeof(*resources->items));
	resources->items[resources->n++] = (struct resource){
		.where = mem_strdup(where),
		.type = mem_strdup(type),
		.name = mem_strdup(name),
		.json = json_incref(json),
	};
}

/**
 * resource_has_id() - tells resources of one name apart
 * @resource: The resource.
 * @id: An id of it, or of what is in it, if it is the resource that is meant.
 *
 * Return: true if it is; what does not say its own id is by its name alone.
 */
bool resource_has_id(const struct resource *resource, const char *id)
{
	const char *own = json_string_value(nocase_get(resource->json, "id",
						       NULL));
	size_t len;

	if (!own)
		return true;
	len = strlen(own);
	return nocase_begins(id, own) && (!id[len] || id[len] == '/');
}

/**
 * resources_find() - finds a resource
 * @resources: The resources.
 * @type: Its type.
 * @name: Its name.
 * @id: As for resource_has_id(), or NULL for any.
 *
 * Return: The resource, or NULL.
 */
const struct resource *resources_find(const struct resources *resources,
				      const char *type, const char *name,
				      const char *id)
{
	size_t i;

	for (i = 0; i < resources->n; i++)
		if (nocase_equal(resources->items[i].type, type) &&
		    nocase_equal(resources->items[i].name, name) &&
		    (!id || resource_has_id(&resources->items[i], id)))
			return &resources->items[i];
	return NULL;
}

/**
 * resources_free() - frees the resources
 * @resources: The resources.
 */
void resources_free(struct resources *resources)
{
	size_t i;

	for (i = 0; i < resources->n; i++) {
		free(resources->items[i].where);
		free(resources->items[i].type);
		free(resources->items[i].name);
		json_decref(resources->items[i].json);
	}
	free(resources->items);
	memset(resources, 0, sizeof(*resources));
}

static bool has(const json_t *json, const char *key)
{
	return nocase_get(json, key, NULL) ||
	       nocase_get(nocase_get(json, "properties", NULL), key, NULL);
}

/* A part may have been cut out of what has a type. */
static const char *type_of(const json_t *json)
{
	const char *type = json_string_value(nocase_get(json, "type", NULL));

	if (type)
		return type;
	if (has(json, "networkInterfaceConfigurations") ||
	    has(json, "virtualMachineProfile"))
		return TYPE_SCALE_SET;
	if (has(json, "loadBalancingRules") ||
	    has(json, "frontendIPConfigurations"))
		return TYPE_LB;
	/* Those of scale sets are shown without a type. */
	return has(json, "ipConfigurations") ? TYPE_NIC : "";
}

static int read_one(struct resources *resources, const char *where,
		    json_t *json, struct why *why)
{
	const char *name = json_string_value(nocase_get(json, "name", NULL));

	if (!json_is_object(json))
		return because(why, "%s%san object is needed", where,
			       *where ? ": " : "");
	if (resources->n == RESOURCES_MAX)
		return because(why, "%s: allowed are %u load balancers and what belongs to them",
			       where, RESOURCES_MAX);
	if (resources_want(type_of(json)))
		resources_add(resources, where, type_of(json), name ?: "",
			      json);
	return 0;
}

static int read_list(struct resources *resources, struct json_path *path,
		     const json_t *list, struct why *why)
{
	char where[JSON_PATH_TEXT_SIZE];
	json_t *item;
	size_t i;
	int err;

	json_array_foreach(list, i, item) {
		json_path_enter_idx(path, i);
		err = read_one(resources, json_path_text(path, where), item,
			       why);
		json_path_leave(path);
		if (err)
			return err;
	}
	return 0;
}

static int read_any(struct resources *resources, const json_t *root,
		    struct why *why)
{
	const json_t *list = json_object_get(root, "value");
	struct json_path path = { .depth = 0 };

	if (json_is_array(root))
		return read_list(resources, &path, root, why);
	if (!json_is_array(list))
		return read_one(resources, "", (json_t *)root, why);
	json_path_enter_key(&path, "value");
	return read_list(resources, &path, list, why);
}

/**
 * resources_read() - reads the resources of a document
 * @resources: Where they go; resources_free() it in any case.
 * @root: The document.
 * @parameters: Parameters for a template, or NULL.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int resources_read(struct resources *resources, const json_t *root,
		   const json_t *parameters, struct why *why)
{
	memset(resources, 0, sizeof(*resources));
	if (template_is(root))
		return template_expand(root, parameters, resources, why);
	if (parameters)
		return because(why, "only a template has parameters");
	return read_any(resources, root, why);
}
