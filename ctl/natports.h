/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ports of ranges that backends have in Azure.
 */
#ifndef LBCTL_NATPORTS_H
#define LBCTL_NATPORTS_H

#include "item.h"

int natports_take(struct item *item, const struct property *property,
		  const json_t *value);
bool natports_has(const struct object *nat, json_int_t port);
bool natports_map(struct importer *im, const struct object *nat,
		  const char *backend, json_int_t port);
void natports_finish(struct importer *im);

#endif /* LBCTL_NATPORTS_H */
