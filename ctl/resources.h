/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The resources that a document of Azure describes, whatever form it has.
 */
#ifndef LBCTL_RESOURCES_H
#define LBCTL_RESOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "msg.h"

#define TYPE_LB		"Microsoft.Network/loadBalancers"
#define TYPE_ADDRESS	"Microsoft.Network/publicIPAddresses"
#define TYPE_NIC	"Microsoft.Network/networkInterfaces"
#define TYPE_SCALE_SET	"Microsoft.Compute/virtualMachineScaleSets"
#define TYPE_DEPLOYMENT	"Microsoft.Resources/deployments"

struct json_t;

/**
 * struct resource - a resource
 * @where: The way to it in the document; empty for all of the document.
 * @type: Its type.
 * @name: Its name, of a child with those of its parents: LB/POOL.
 * @json: All of it.
 */
struct resource {
	char *where;
	char *type;
	char *name;
	struct json_t *json;
};

/**
 * struct resources - the resources of a document
 * @items: The resources.
 * @n: How many.
 * @cap: Room in @items.
 */
struct resources {
	struct resource *items;
	size_t n;
	size_t cap;
};

int resources_read(struct resources *resources, const struct json_t *root,
		   const struct json_t *parameters, struct why *why);
bool resources_want(const char *type);
void resources_add(struct resources *resources, const char *where,
		   const char *type, const char *name, struct json_t *json);
const struct resource *resources_find(const struct resources *resources,
				      const char *type, const char *name,
				      const char *id);
bool resource_has_id(const struct resource *resource, const char *id);
void resources_free(struct resources *resources);

#endif /* LBCTL_RESOURCES_H */
