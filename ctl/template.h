/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A template of Azure: its resources, with parameters, variables, loops and
 * expressions resolved.
 */
#ifndef LBCTL_TEMPLATE_H
#define LBCTL_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>

#include "msg.h"

/* What stands for what only Azure knows; ids need something there. */
#define TEMPLATE_GROUP	"RESOURCE-GROUP"

struct resources;

bool template_is(const json_t *root);
int template_expand(const json_t *root, const json_t *parameters,
		    struct resources *resources, struct why *why);

#endif /* LBCTL_TEMPLATE_H */
