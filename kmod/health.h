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
 * @reason: why, a word, or NULL
 * @text: the same for a person, or NULL
 * @rtt_us: time that the answer took, in microseconds
 * @n_results: number of results in @passes
 * @passes: results of the last checks, bit 0 is the last one
 * @claim: number of the claim of the agent that reports, 0 if it is none
 * @share: what the application wants of its share of new flows, as a
 *	percentage, if it is up; 0 if that is not said
 */
struct nflb_health_spec {
	const char *pool;
	const char *backend;
	const char *probe;
	u32 state;
	const char *reason;
	const char *text;
	u32 rtt_us;
	u32 n_results;
	u32 passes;
	u32 claim;
	u32 share;
};

int nflb_health_set(struct nflb_net *nn, const struct nflb_health_spec *spec,
		    const struct nflb_why *why);

#endif /* _NFLB_HEALTH_H */
