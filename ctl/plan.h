/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a difference to requests, in an order in which the kernel can take
 * them: it checks each change against what the ones before it have left.
 */
#ifndef LBCTL_PLAN_H
#define LBCTL_PLAN_H

#include "diff.h"

/**
 * struct step - one request
 * @cmd: Its netlink command.
 * @obj: The object.
 * @fields: Bit for each field to send besides the names.
 */
struct step {
	uint8_t cmd;
	const struct object *obj;
	uint32_t fields;
};

/**
 * struct plan - all requests
 * @steps: They, in order.
 * @n: How many.
 * @cap: Room in @steps.
 */
struct plan {
	struct step *steps;
	size_t n;
	size_t cap;
};

void plan_make(struct plan *plan, struct doc *before, struct doc *after);
void plan_free(struct plan *plan);

#endif /* LBCTL_PLAN_H */
