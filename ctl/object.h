/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One object in memory: a value for each field of its type.
 */
#ifndef LBCTL_OBJECT_H
#define LBCTL_OBJECT_H

#include <stddef.h>

#include "schema.h"

#define LABEL_SIZE	160	/* kind, pool and name, with quotes */

/**
 * struct object - an object, from the command line, a document or the kernel
 * @type: Its kind.
 * @given: Bit for each field that was named by where it comes from.
 * @values: The values, by field.
 * @idx: Its place in the array of the document that it comes from.
 * @outer_idx: The place of the object that it stands in, if it does.
 * @member: Of a pool: one of its backends, which tells the family; or NULL.
 * @family: Of a pool, while a plan is made: an address of its family, or NULL.
 * @peer: The object of this name in the configuration that this one is
 *        compared with, or NULL.
 * @is_early: To be removed before others change, and added again after that.
 */
struct object {
	const struct object_type *type;
	uint32_t given;
	struct value values[FIELDS_MAX];
	size_t idx;
	size_t outer_idx;
	const struct object *member;
	const struct address *family;
	const struct object *peer;
	bool is_early;
};

struct object *object_new(enum object_kind kind);
struct object *object_copy(const struct object *obj);
void object_free(struct object *obj);
void object_set_value(struct object *obj, const struct field *field,
		      struct value *value);
void object_fill_defaults(struct object *obj);
bool object_is_given(const struct object *obj, unsigned int field);
bool object_is_default(const struct object *obj, unsigned int field);
const char *object_name(const struct object *obj);
const char *object_label(const struct object *obj, char buf[LABEL_SIZE]);
const struct field *object_missing(const struct object *obj);
int object_check(const struct object *obj, unsigned int *field,
		 struct why *why);
int object_compare_ids(const struct object *a, const struct object *b);

#endif /* LBCTL_OBJECT_H */
