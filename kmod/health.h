/* SPDX-License-Identifier: GPL-2.0-only */
/* Health: what probers report of backends. */
#ifndef _NFLB_HEALTH_H
#define _NFLB_HEALTH_H

#include <linux/types.h>

struct nflb_net;
struct nflb_why;

/**
 * struct nflb_health_spec - a prober's report
 * @pool: name of the pool
 * @backend: name of the backend
 * @probe: name of the probe
 * @state: enum nflb_health
 */
struct nflb_health_spec {
	const char *pool;
	const char *backend;
	const char *probe;
	u32 state;
};

int nflb_health_set(struct nflb_net *nn, const struct nflb_health_spec *spec,
		    const struct nflb_why *why);

#endif /* _NFLB_HEALTH_H */
