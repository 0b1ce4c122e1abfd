/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why backends get new flows now, or get none: what their probes say is not all
 * that decides.
 */
#ifndef LBCTL_REASONS_H
#define LBCTL_REASONS_H

#include "netlink.h"
#include "nflb.h"

/**
 * struct ignored - a probe that does not count in a pool
 * @pool: Name of the pool.
 * @probe: Name of the probe.
 */
struct ignored {
	char pool[NFLB_NAME_MAX + 1];
	char probe[NFLB_NAME_MAX + 1];
};

/**
 * struct reasons - what has to be known of others than the backend
 * @items: The probes that do not count, as too few backends pass.
 * @n: How many.
 * @cap: Room in @items.
 */
struct reasons {
	struct ignored *items;
	size_t n;
	size_t cap;
};

int reasons_take(struct reasons *reasons, struct nl *nl,
		 const struct nl_list *backends);
void reasons_free(struct reasons *reasons);
const char *reasons_name(const struct reasons *reasons,
			 const struct nl_attrs *backend,
			 const struct nl_attrs *probe_state);

#endif /* LBCTL_REASONS_H */
