// SPDX-License-Identifier: GPL-2.0-only
/* The backends of one pool, replaced by those of a list. */
#include "members.h"

#include <string.h>

static bool is_member(const struct object *obj, const char *pool)
{
	return obj->type->kind == KIND_BACKEND &&
	       strcmp(obj->values[BACKEND_POOL].text, pool) == 0;
}

static void copy_others(struct doc *after, const struct doc *before,
			const char *pool)
{
	const struct object *obj;
	size_t i;
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		/* That of backends that go is not to be said. */
		if (kind == KIND_MAPPING)
			continue;
		for (i = 0; i < before->n[kind]; i++) {
			obj = before->objects[kind][i];
			if (!is_member(obj, pool))
				doc_add(after, object_copy(obj));
		}
	}
}

/* Who made the list need not know the weight that an operator has given. */
static void keep_what_is_not_said(struct object *obj,
				  const struct object *before)
{
	const struct object_type *type = obj->type;
	unsigned int i;

	for (i = type->n_ids; i < type->n_fields; i++) {
		if (object_is_given(obj, i))
			continue;
		value_free(&type->fields[i], &obj->values[i]);
		value_copy(&type->fields[i], &obj->values[i],
			   &before->values[i]);
	}
}

/**
 * members_replace() - gives a pool other backends
 * @before: A configuration that has the pool.
 * @list: One whose backends are those of the pool.
 * @pool: Name of the pool.
 *
 * What the list does not say of a backend that the pool has already, stays.
 *
 * Return: The configuration with these backends, sorted; doc_free() it.
 */
struct doc *members_replace(const struct doc *before, const struct doc *list,
			    const char *pool)
{
	struct doc *after = doc_new();
	const struct object *peer;
	struct object *obj;
	size_t i;

	copy_others(after, before, pool);
	for (i = 0; i < list->n[KIND_BACKEND]; i++) {
		obj = object_copy(list->objects[KIND_BACKEND][i]);
		peer = doc_find_like(before, obj);
		if (peer)
			keep_what_is_not_said(obj, peer);
		doc_add(after, obj);
	}
	doc_sort(after);
	return after;
}
