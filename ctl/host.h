/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hosts that http probes ask for, and their names for TLS.
 */
#ifndef LBCTL_HOST_H
#define LBCTL_HOST_H

#include "nflb.h"
#include "parse.h"

#define HOST_NAME_SIZE	(NFLB_HOST_MAX + 1)

int host_parse(const char *text, struct why *why);
int host_parse_name(const char *text, struct why *why);
const char *host_name(const char *host, char buf[HOST_NAME_SIZE]);

#endif /* LBCTL_HOST_H */
