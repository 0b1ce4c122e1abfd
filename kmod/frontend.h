/* SPDX-License-Identifier: GPL-2.0-only */
/* Frontends: virtual addresses. */
#ifndef _NFLB_FRONTEND_H
#define _NFLB_FRONTEND_H

#include <linux/netfilter.h>

#include "addr.h"
#include "object.h"

/**
 * struct nflb_frontend - a virtual address
 * @object: name and references
 * @addr: the address
 */
struct nflb_frontend {
	struct nflb_object object;
	struct nflb_addr addr;
};

/**
 * struct nflb_frontend_spec - what a request says of a frontend
 * @name: its name
 * @addr: its address, or NULL when not said
 */
struct nflb_frontend_spec {
	const char *name;
	const struct nflb_addr *addr;
};

struct nflb_frontend *nflb_frontend_alloc(const char *name,
					  const struct nflb_addr *addr);

#endif /* _NFLB_FRONTEND_H */
