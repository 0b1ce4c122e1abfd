/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ports that backends have by snats, as metrics.
 */
#ifndef LBCTL_LEASES_H
#define LBCTL_LEASES_H

#include <stdio.h>

#include "netlink.h"

/**
 * enum lease_figure - what a metric says of each
 * @LEASE_ALLOCATED: Ports that it has.
 * @LEASE_LIMIT: Ports that it may have.
 * @LEASE_USED: Ports that flows have.
 * @LEASE_FAILED: Flows that got none.
 * @LEASE_FIGURES: Number of the above.
 */
enum lease_figure {
	LEASE_ALLOCATED,
	LEASE_LIMIT,
	LEASE_USED,
	LEASE_FAILED,
	LEASE_FIGURES,
};

struct lease;

/**
 * struct leases - the ports of all backends
 * @items: Those of each.
 * @n: How many.
 * @cap: Room in @items.
 */
struct leases {
	struct lease *items;
	size_t n;
	size_t cap;
};

int leases_take(struct leases *leases, struct nl *nl);
void leases_write(FILE *out, const struct leases *leases);
void leases_free(struct leases *leases);

#endif /* LBCTL_LEASES_H */
