/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole configuration in memory, from a file or from the kernel. Nothing
 * here looks through all objects to find one.
 */
#ifndef LBCTL_DOC_H
#define LBCTL_DOC_H

#include "object.h"

/**
 * struct doc - a configuration
 * @objects: The objects of each kind.
 * @n: How many.
 * @cap: Room in @objects.
 * @by_id: Tree of the objects of each kind by their names.
 * @by_key: Tree by what no two of a kind may share: the address of a frontend,
 *          pool and address of a backend, frontend, protocol and port of a
 *          service or a nat, nat and port of a mapping, pool of a snat.
 * @generation: Generation that was read; 0 for a file.
 */
struct doc {
	struct object **objects[KINDS];
	size_t n[KINDS];
	size_t cap[KINDS];
	void *by_id[KINDS];
	void *by_key[KINDS];
	uint32_t generation;
};

/**
 * struct flaw - what is wrong in a configuration
 * @obj: The object.
 * @field: Index of the field, or -1 for the object itself.
 * @why: What is wrong.
 */
struct flaw {
	const struct object *obj;
	int field;
	struct why why;
};

struct doc *doc_new(void);
void doc_free(struct doc *doc);
const struct object *doc_add(struct doc *doc, struct object *obj);
void doc_complete(struct doc *doc);
const struct object *doc_find(const struct doc *doc, enum object_kind kind,
			      const char *name);
const struct object *doc_find_like(const struct doc *doc,
				   const struct object *obj);
const struct object *doc_find_member(const struct doc *doc, const char *pool,
				     const char *name);
const struct object *doc_key_owner(const struct doc *doc,
				   const struct object *obj);
void doc_sort(struct doc *doc);
const char *flaw_text(const struct flaw *flaw, char buf[WHY_SIZE]);
int doc_check(const struct doc *doc, struct flaw *flaw);
const struct address *doc_service_address(const struct doc *doc,
					  const struct object *service);

void doc_write(const struct doc *doc);
void doc_write_ids(const struct object *obj);
void doc_write_value(const struct field *field, const struct value *value);

#endif /* LBCTL_DOC_H */
