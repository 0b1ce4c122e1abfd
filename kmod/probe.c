// SPDX-License-Identifier: GPL-2.0-only
/* Probes: how health is checked. */

#include <linux/slab.h>

#include "probe.h"

/* What a new probe has when a request does not say otherwise. */
const struct nflb_probe_config nflb_probe_default = {
	.type = NFLB_PROBE_TYPE_TCP,
	.interval_ms = 5000,
	.timeout_ms = 2000,
	.rise = 2,
	.fall = 2,
	.initial = NFLB_HEALTH_DOWN,
};

static void nflb_probe_free(struct nflb_object *object)
{
	kfree(container_of(object, struct nflb_probe, object));
}

static const struct nflb_kind nflb_probe_kind = {
	.name = "probe",
	.free = nflb_probe_free,
};

/**
 * nflb_probe_alloc() - makes a probe
 * @name: its name
 * @config: the rest
 *
 * Context: process, may sleep.
 * Return: the probe with one reference, or NULL.
 */
struct nflb_probe *nflb_probe_alloc(const char *name,
				    const struct nflb_probe_config *config)
{
	struct nflb_probe *probe;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return NULL;
	nflb_object_init(&probe->object, &nflb_probe_kind, name);
	probe->config = *config;
	return probe;
}
