/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backends of Azure's pools: as the pool lists them, and as interfaces and
 * scale sets say to which pool they belong.
 */
#ifndef LBCTL_INSTANCES_H
#define LBCTL_INSTANCES_H

#include "importer.h"

int instance_name(const char *id, char name[IMPORT_NAME_MAX + 1]);
const json_t *instance_address(struct importer *im, const char *id);
bool instance_is_of(const char *name, const char *set);
int instances_of_pool(struct importer *im, const json_t *json,
		      const struct object *pool);
int instances_of_interfaces(struct importer *im);
int instances_of_scale_sets(struct importer *im);

#endif /* LBCTL_INSTANCES_H */
