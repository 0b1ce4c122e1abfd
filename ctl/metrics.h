/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel counts and what the prober finds, in the text format that
 * Prometheus reads.
 */
#ifndef LBCTL_METRICS_H
#define LBCTL_METRICS_H

#include <stdio.h>

#include "command.h"
#include "prober.h"

void metrics_head(FILE *out, const char *name, const char *type,
		  const char *help);
int metrics_write(FILE *out, struct context *ctx, const struct prober *prober);

#endif /* LBCTL_METRICS_H */
