// SPDX-License-Identifier: GPL-2.0-only
/*
 * A configuration from a load balancer of Azure, item by item.
 */
#include "azure.h"

#include <stdlib.h>
#include <string.h>

#include "inbound.h"
#include "instances.h"
#include "kinds.h"
#include "mem.h"
#include "natports.h"
#include "nocase.h"

static int read_frontend(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	(void)arg;
	return item_read(im, json, &frontend_kind, NULL, &obj);
}

static int read_probe(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	(void)arg;
	return item_read(im, json, &probe_kind, NULL, &obj);
}

static int read_rule(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	(void)arg;
	return item_read(im, json, &rule_kind, NULL, &obj);
}

static int read_outbound(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;

	(void)arg;
	return item_read(im, json, &outbound_kind, NULL, &obj);
}

static int read_pool(struct importer *im, const json_t *json, void *arg)
{
	struct object *obj;
	int err;

	(void)arg;
	err = item_read(im, json, &pool_kind, NULL, &obj);
	return err ?: instances_of_pool(im, json, obj);
}

/**
 * struct both - what may be in its load balancer and a resource of its own
 * @collection: The key of its array, and the type of the resources.
 * @read: Reads one.
 */
struct both {
	const char *collection;
	int (*read)(struct importer *im, const json_t *json, void *arg);
};

/* LB/NAME of a type below that of load balancers */
static bool is_child(const struct resource *child, const char *balancer,
		     const char *collection)
{
	size_t len = strlen(balancer);

	return nocase_begins(child->type, TYPE_LB "/") &&
	       nocase_equal(child->type + strlen(TYPE_LB "/"), collection) &&
	       nocase_begins(child->name, balancer) && child->name[len] == '/';
}

static int each_child(struct importer *im, const struct both *both)
{
	const struct resource *balancer = im->resource, *child;
	size_t i;
	int err = 0;

	for (i = 0; i < im->resources->n && !err; i++) {
		child = &im->resources->items[i];
		if (!is_child(child, im->balancer, both->collection))
			continue;
		im->resource = child;
		err = both->read(im, child->json, NULL);
	}
	if (!err)
		im->resource = balancer;
	return err;
}

static bool has_child(const struct importer *im, const char *collection,
		      const char *name)
{
	const struct resource *child;
	size_t i;

	for (i = 0; i < im->resources->n; i++) {
		child = &im->resources->items[i];
		if (nocase_equal(item_own_name(child->name), name) &&
		    is_child(child, im->balancer, collection))
			return true;
	}
	return false;
}

/* What a resource of its own says is said by nobody else. */
static int read_inner(struct importer *im, const json_t *json, void *arg)
{
	const json_t *name = nocase_get(json, "name", NULL);
	const struct both *both = arg;

	if (json_is_string(name) &&
	    has_child(im, both->collection,
		      item_own_name(json_string_value(name))))
		return 0;
	return both->read(im, json, NULL);
}

/* Templates that Azure exports have them twice. */
static int each_of_both(struct importer *im, const json_t *json,
			const struct both *both)
{
	return each_child(im, both) ?:
	       importer_each(im, json, both->collection, read_inner,
			     (void *)both);
}

static const struct both pools = { POOLS, read_pool };
static const struct both outbounds = { OUTBOUND_RULES, read_outbound };
static const struct both nat_pairs = { NAT_RULES, inbound_pair_rule };
static const struct both nat_rules = { NAT_RULES, inbound_read_rule };

static int read_items(struct importer *im, const json_t *json)
{
	if (importer_each(im, json, FRONTENDS, read_frontend, NULL) ||
	    importer_each(im, json, PROBES, read_probe, NULL) ||
	    each_of_both(im, json, &pools) ||
	    importer_each(im, json, RULES, read_rule, NULL))
		return -1;
	return each_of_both(im, json, &outbounds);
}

static int read_balancer(struct importer *im, const struct resource *resource)
{
	struct item item = {
		.im = im,
		.kind = &balancer_kind,
		.name = resource->name,
		.json = resource->json,
	};

	im->resource = resource;
	im->balancer = resource->name;
	return item_take_all(&item) ?: read_items(im, resource->json);
}

/* The ranges come first: rules may be for ports of them. */
static int read_inbound(struct importer *im, const struct resource *resource)
{
	const json_t *json = resource->json;

	im->resource = resource;
	im->balancer = resource->name;
	if (each_of_both(im, json, &nat_pairs) ||
	    importer_each(im, json, NAT_POOLS, inbound_read_pool, NULL))
		return -1;
	return each_of_both(im, json, &nat_rules);
}

/* What of a load balancer may be a resource of its own */
static bool is_read(const char *collection)
{
	return nocase_equal(collection, POOLS) ||
	       nocase_equal(collection, NAT_RULES) ||
	       nocase_equal(collection, OUTBOUND_RULES);
}

/* A child whose load balancer is not in the document has no rules either. */
static void note_resource(struct importer *im, const struct resource *resource)
{
	char cut[EXCERPT_SIZE], name[IMPORT_NAME_MAX + 1];

	if (nocase_equal(resource->type, TYPE_DEPLOYMENT))
		notes_add(im->notes, "deployment \"%s\": the template in it is not read",
			  excerpt(resource->name, cut));
	if (!nocase_begins(resource->type, TYPE_LB "/"))
		return;
	snprintf(name, sizeof(name), "%.*s",
		 (int)strcspn(resource->name, "/"), resource->name);
	if (!resources_find(im->resources, TYPE_LB, name, NULL))
		notes_add(im->notes, "\"%s\": its load balancer is not in the document",
			  excerpt(resource->name, cut));
	else if (!is_read(resource->type + strlen(TYPE_LB "/")))
		notes_add(im->notes, "\"%s\" is left out: what lbctl knows as resources of their own are pools",
			  excerpt(resource->name, cut));
}

static int read_balancers(struct importer *im,
			  int (*read)(struct importer *im,
				      const struct resource *resource))
{
	const struct resources *all = im->resources;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (nocase_equal(all->items[i].type, TYPE_LB) &&
		    read(im, &all->items[i]))
			return -1;
	return 0;
}

/* For whom inbound NAT is, only their backends say. */
static int read_resources(struct importer *im)
{
	const struct resources *all = im->resources;
	size_t i;

	for (i = 0; i < all->n; i++)
		im->n_balancers += nocase_equal(all->items[i].type, TYPE_LB);
	if (im->n_balancers > 1)
		notes_add(im->notes, "names begin with that of the load balancer, of which there are %zu",
			  im->n_balancers);
	for (i = 0; i < all->n; i++)
		note_resource(im, &all->items[i]);
	if (read_balancers(im, read_balancer) || instances_of_interfaces(im) ||
	    instances_of_scale_sets(im) || read_balancers(im, read_inbound))
		return -1;
	natports_finish(im);
	im->resource = NULL;
	return 0;
}

static int check(struct importer *im)
{
	char text[WHY_SIZE];
	struct flaw flaw;
	struct why why;

	if (!im->doc->n[KIND_POOL] && !im->doc->n[KIND_FRONTEND])
		return importer_fail(im, "there is no load balancer in it, and no member of a pool");
	if (doc_check(im->doc, &flaw))
		return importer_fail(im, "%s", flaw_text(&flaw, text));
	if (addressbook_check(im->book, &why))
		return importer_fail(im, "%s", why.text);
	return 0;
}

static int import(struct importer *im)
{
	int err;

	im->doc = doc_new();
	im->open_probes = mem_need(json_object());
	im->public_frontends = mem_need(json_object());
	im->tracked_frontends = mem_need(json_object());
	im->nat_targets = mem_need(json_object());
	im->nat_pools = mem_need(json_object());
	im->nats = mem_need(json_object());
	err = read_resources(im) ?: check(im);
	json_decref(im->open_probes);
	json_decref(im->public_frontends);
	json_decref(im->tracked_frontends);
	json_decref(im->nat_targets);
	json_decref(im->nat_pools);
	json_decref(im->nats);
	free(im->nat_ports);
	return err;
}

static int import_json(struct importer *im, const json_t *root,
		       const json_t *parameters)
{
	struct resources resources;
	struct why why;
	int err;

	im->resources = &resources;
	err = resources_read(&resources, root, parameters, &why);
	if (err)
		because(im->why, "%.80s: %.500s", im->file, why.text);
	else
		err = import(im);
	im->resources = NULL;
	resources_free(&resources);
	return err;
}

/* A file of parameters has them by name, perhaps below "parameters". */
static const json_t *find_parameters(const json_t *root)
{
	const json_t *below = json_object_get(root, "parameters");

	return below && !json_object_get(below, "value") ? below : root;
}

static int read_parameters(const struct source *source, json_t **root,
			   struct why *why)
{
	*root = NULL;
	if (!source)
		return 0;
	*root = source_json(source, why);
	if (!*root)
		return -1;
	if (json_is_object(find_parameters(*root)))
		return 0;
	json_decref(*root);
	return because(why, "%s: an object is needed", source->file);
}

/**
 * azure_import() - makes a configuration of what describes a load balancer
 * @source: The document.
 * @parameters: Parameters of a template, or NULL.
 * @book: Addresses that the user gives.
 * @notes: Where it goes what has no counterpart.
 * @why: Why the document is refused.
 *
 * Return: The configuration, or NULL; doc_free() it.
 */
struct doc *azure_import(const struct source *source,
			 const struct source *parameters,
			 struct addressbook *book, struct notes *notes,
			 struct why *why)
{
	struct importer im = {
		.file = source->file,
		.book = book,
		.notes = notes,
		.why = why,
	};
	json_t *root = source_json(source, why), *given;
	int err = -1;

	if (!root)
		return NULL;
	if (!read_parameters(parameters, &given, why)) {
		err = import_json(&im, root, given ? find_parameters(given) :
						     NULL);
		json_decref(given);
	}
	json_decref(root);
	if (!err)
		return im.doc;
	doc_free(im.doc);
	return NULL;
}
