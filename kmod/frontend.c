// SPDX-License-Identifier: GPL-2.0-only
/* Frontends: virtual addresses. */

#include <linux/slab.h>

#include "frontend.h"

static void nflb_frontend_free(struct nflb_object *object)
{
	kfree(container_of(object, struct nflb_frontend, object));
}

static const struct nflb_kind nflb_frontend_kind = {
	.name = "frontend",
	.free = nflb_frontend_free,
};

/**
 * nflb_frontend_alloc() - makes a frontend
 * @name: its name
 * @addr: its address
 *
 * Context: process, may sleep.
 * Return: the frontend with one reference, or NULL.
 */
struct nflb_frontend *nflb_frontend_alloc(const char *name,
					  const struct nflb_addr *addr)
{
	struct nflb_frontend *frontend;

	frontend = kzalloc(sizeof(*frontend), GFP_KERNEL_ACCOUNT);
	if (!frontend)
		return NULL;
	nflb_object_init(&frontend->object, &nflb_frontend_kind, name);
	frontend->addr = *addr;
	return frontend;
}
