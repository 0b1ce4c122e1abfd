// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the whole configuration from the kernel. That takes several dumps;
 * they belong together only if all are of one generation.
 */
#include "load.h"

#include <errno.h>

#include "nflb.h"
#include "wire.h"

#define TRIES_MAX	20

/**
 * struct loading - a configuration that is being read
 * @doc: What has been read.
 * @type: Kind of the objects that are being read.
 */
struct loading {
	struct doc *doc;
	const struct object_type *type;
};

static int take_generation(const struct nl_attrs *attrs, void *arg)
{
	uint32_t *generation = arg;

	*generation = nl_u32(attrs, NFLB_A_INFO_GENERATION);
	return 0;
}

/**
 * load_generation() - asks for the number of the configuration
 * @ctx: The context, connected.
 * @generation: Where it goes.
 *
 * Return: 0 or a negative error number.
 */
int load_generation(struct context *ctx, uint32_t *generation)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_INFO_GET);
	return nl_call(ctx->nl, &msg, take_generation, generation);
}

/* What belongs to no document: who leaves, and what the kernel sees to. */
static bool is_passing(const struct doc *doc, const struct object_type *type,
		       const struct nl_attrs *attrs)
{
	const struct object *nat;

	if (type->kind == KIND_BACKEND)
		return nl_has(attrs, NFLB_A_BACKEND_LEAVING);
	if (type->kind != KIND_MAPPING)
		return false;
	nat = doc_find(doc, KIND_NAT, nl_text(attrs, NFLB_A_MAPPING_NAT));
	return !nl_u32(attrs, NFLB_A_MAPPING_PORT) ||
	       nl_u32(attrs, NFLB_A_MAPPING_STATE) ==
		       NFLB_MAPPING_STATE_QUARANTINE ||
	       !nat || *nat->values[NAT_BACKEND].text;
}

static int load_object(const struct nl_attrs *attrs, void *arg)
{
	struct loading *loading = arg;
	const struct object_type *type = loading->type;
	struct object *obj;

	if (is_passing(loading->doc, type, attrs))
		return 0;
	if (nl_has(attrs, type->attr_generation) &&
	    nl_u32(attrs, type->attr_generation) != loading->doc->generation)
		return -EINTR;
	obj = wire_read(attrs, type->kind);
	if (!doc_add(loading->doc, obj))
		return 0;
	/* Seen twice: objects moved while the dump was running. */
	object_free(obj);
	return -EINTR;
}

static int load_kind(struct context *ctx, struct doc *doc,
		     enum object_kind kind)
{
	struct loading loading = { .doc = doc, .type = &object_types[kind] };
	struct nl_msg msg;

	nl_msg_init(&msg, loading.type->cmd_get);
	if (!loading.type->n_ids)
		return nl_call(ctx->nl, &msg, load_object, &loading);
	return nl_dump(ctx->nl, &msg, load_object, &loading);
}

/* Anew with each try, for the one before may have stopped anywhere. */
static int load_doc(struct context *ctx, uint32_t generation, void *arg)
{
	struct doc **doc = arg;
	int kind, err = 0;

	doc_free(*doc);
	*doc = doc_new();
	(*doc)->generation = generation;
	for (kind = 0; kind < KINDS && !err; kind++)
		err = load_kind(ctx, *doc, kind);
	return err;
}

static int load_once(struct context *ctx, load_fn *load, void *arg)
{
	uint32_t before, after;
	int err;

	err = load_generation(ctx, &before);
	if (!err)
		err = load(ctx, before, arg);
	if (!err)
		err = load_generation(ctx, &after);
	if (!err && after != before)
		err = -EINTR;
	return err;
}

/**
 * load_of_one_generation() - asks the kernel until all answers belong together
 * @ctx: The context, connected.
 * @load: Asks for all of it, perhaps repeatedly.
 * @arg: For @load.
 *
 * Return: 0; -EINTR if the configuration changed every time; or a negative
 * error number.
 */
int load_of_one_generation(struct context *ctx, load_fn *load, void *arg)
{
	int err, tries = 0;

	do {
		err = load_once(ctx, load, arg);
	} while (err == -EINTR && ++tries < TRIES_MAX);
	return err;
}

/**
 * load_kernel() - reads the configuration that the kernel has
 * @ctx: The context, connected.
 *
 * Return: The configuration, sorted, or NULL after having said what is wrong;
 * doc_free() it.
 */
struct doc *load_kernel(struct context *ctx)
{
	struct doc *doc = NULL;
	int err;

	err = load_of_one_generation(ctx, load_doc, &doc);
	if (!err) {
		doc_sort(doc);
		return doc;
	}
	doc_free(doc);
	context_failed(ctx, NULL, "reading the configuration", err);
	return NULL;
}
