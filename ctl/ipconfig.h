/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IP configurations of Azure, which interfaces and scale sets have.
 */
#ifndef LBCTL_IPCONFIG_H
#define LBCTL_IPCONFIG_H

#include "importer.h"

int ipconfig_note(struct importer *im, const json_t *json, const char *label,
		  const char *name);

#endif /* LBCTL_IPCONFIG_H */
