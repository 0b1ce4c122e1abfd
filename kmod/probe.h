/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes: how health is checked. The kernel keeps them, lbctl runs them. */
#ifndef _NFLB_PROBE_H
#define _NFLB_PROBE_H

#include "object.h"

/**
 * struct nflb_probe_config - what can be said of a probe
 * @type: enum nflb_probe_type
 * @port: port to check, 0 for the service's backend port
 * @interval_ms: time between two checks
 * @timeout_ms: time after which a check has failed
 * @rise: passes in a row that make a backend up
 * @fall: failures in a row that make a backend down
 * @initial: what unknown counts as, NFLB_HEALTH_UP or NFLB_HEALTH_DOWN
 * @path: path of an http or https probe
 */
struct nflb_probe_config {
	u32 type;
	u32 port;
	u32 interval_ms;
	u32 timeout_ms;
	u32 rise;
	u32 fall;
	u32 initial;
	char path[NFLB_PATH_MAX + 1];
};

/**
 * struct nflb_probe - how health is checked
 * @object: name and references
 * @config: the rest
 */
struct nflb_probe {
	struct nflb_object object;
	struct nflb_probe_config config;
};

extern const struct nflb_probe_config nflb_probe_default;

struct nflb_probe *nflb_probe_alloc(const char *name,
				    const struct nflb_probe_config *config);

#endif /* _NFLB_PROBE_H */
