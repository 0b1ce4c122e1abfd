/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules by which the kernel takes or refuses each change of a
 * transaction, as simple as they can be written: every check looks at
 * everything.
 */
#ifndef TEST_KERNEL_MODEL_H
#define TEST_KERNEL_MODEL_H

#include "doc.h"
#include "plan.h"

#define MODEL_MAX	256

/**
 * struct model - a configuration
 * @objects: The objects, in any order.
 * @n: How many.
 */
struct model {
	struct object *objects[MODEL_MAX];
	size_t n;
};

void model_free(struct model *model);
const char *model_step(struct model *model, const struct step *step);
struct doc *model_doc(const struct model *model);

#endif /* TEST_KERNEL_MODEL_H */
