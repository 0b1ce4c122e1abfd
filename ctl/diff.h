/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What distinguishes two configurations, object by object.
 */
#ifndef LBCTL_DIFF_H
#define LBCTL_DIFF_H

#include "doc.h"

/**
 * struct change - one object that is not the same
 * @before: The object before, or NULL if it is new.
 * @after: The object afterwards, or NULL if it goes.
 * @fields: Bit for each field that changes, if it stays.
 */
struct change {
	const struct object *before;
	const struct object *after;
	uint32_t fields;
};

/**
 * struct diff - all objects that are not the same
 * @changes: They, by kind and name.
 * @n: How many.
 * @cap: Room in @changes.
 * @n_added: How many are new.
 * @n_changed: How many stay.
 * @n_removed: How many go.
 */
struct diff {
	struct change *changes;
	size_t n;
	size_t cap;
	size_t n_added;
	size_t n_changed;
	size_t n_removed;
};

void diff_make(struct diff *diff, struct doc *before, struct doc *after);
void diff_free(struct diff *diff);
void diff_print(const struct diff *diff);
void diff_print_json(const struct diff *diff);
uint32_t object_differing_fields(const struct object *before,
				 const struct object *after);

#endif /* LBCTL_DIFF_H */
