/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An import under way: what it works on, ways, names and ids.
 */
#ifndef LBCTL_IMPORTER_H
#define LBCTL_IMPORTER_H

#include <jansson.h>

#include "addressbook.h"
#include "doc.h"
#include "jsonpath.h"
#include "nflb.h"
#include "notes.h"
#include "resources.h"

#define IMPORT_NAME_MAX	255	/* Azure has none of more than 80 */

/**
 * struct nat_port - a port that a backend says it has of a range
 * @nat: Key of the rule, which may be read later; empty if it says none.
 * @pool: The backend's pool.
 * @backend: Name of the backend, which may be left out.
 * @entry: What it says.
 */
struct nat_port {
	char nat[NFLB_NAME_MAX + 1];
	const struct object *pool;
	char backend[NFLB_NAME_MAX + 1];
	const json_t *entry;
};

/**
 * struct importer - an import
 * @file: Name of the document, for sentences.
 * @resources: What the document describes.
 * @book: Addresses that the user gives.
 * @notes: What has no counterpart.
 * @doc: The configuration that grows.
 * @why: Why the document is refused.
 * @resource: The resource that is being read.
 * @balancer: Name of the load balancer that is being read.
 * @only_balancer: The load balancer whose pools are referred to if none is in
 *                 the document.
 * @path: The way in it to what is being read.
 * @next: Index of the resource after the interface that was found last: they
 *        tend to be referred to in the order in which they are there.
 * @n_balancers: How many load balancers there are; the names of what several
 *               have begin with theirs.
 * @open_probes: Set of the probes that count as passed when nobody passes.
 * @public_frontends: Set of the frontends with a public address.
 * @tracked_frontends: Set of those all of whose rules track flows of UDP.
 * @nat_targets: By inbound NAT rule, whom interfaces say that it is for.
 * @nat_pools: By inbound NAT pool, what scale sets say that it is for.
 * @nats: By collection and key in it, which nat has become of it.
 * @nat_ports: The ports that backends say they have of ranges.
 * @n_nat_ports: How many.
 * @nat_ports_cap: Room in @nat_ports.
 * @n_items: How many items of arrays have been read.
 */
struct importer {
	const char *file;
	const struct resources *resources;
	struct addressbook *book;
	struct notes *notes;
	struct doc *doc;
	struct why *why;
	const struct resource *resource;
	const char *balancer;
	char only_balancer[IMPORT_NAME_MAX + 1];
	struct json_path path;
	size_t next;
	size_t n_balancers;
	json_t *open_probes;
	json_t *public_frontends;
	json_t *tracked_frontends;
	json_t *nat_targets;
	json_t *nat_pools;
	json_t *nats;
	struct nat_port *nat_ports;
	size_t n_nat_ports;
	size_t nat_ports_cap;
	size_t n_items;
};

__printf(2, 3) int importer_fail(struct importer *im, const char *fmt, ...);
const json_t *importer_enter(struct importer *im, const json_t *json,
			     const char *key);
int importer_each(struct importer *im, const json_t *json, const char *key,
		  int (*read)(struct importer *im, const json_t *item,
			      void *arg),
		  void *arg);
void importer_name(const struct importer *im, const char *balancer,
		   const char *name, char ours[NFLB_NAME_MAX + 1]);
void importer_note_name(struct importer *im, const char *label,
			const char *name, const char *ours);
const char *importer_begin_backend(struct importer *im, struct object *obj,
				   const struct object *pool,
				   const char *name);
const char *importer_given(const struct importer *im, const struct object *obj,
			   const char *name);
int importer_add(struct importer *im, struct object *obj);
const json_t *importer_property(const json_t *json, const char *key);
const char *importer_id(const json_t *reference);
int importer_need_id(struct importer *im, const json_t *reference,
		     const char **id);
bool importer_id_part(const char *id, const char *type,
		      char part[IMPORT_NAME_MAX + 1]);
const struct object *importer_find(const struct importer *im,
				   enum object_kind kind,
				   const char *balancer, const char *name);

#endif /* LBCTL_IMPORTER_H */
