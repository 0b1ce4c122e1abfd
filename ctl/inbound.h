/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inbound NAT of Azure.
 */
#ifndef LBCTL_INBOUND_H
#define LBCTL_INBOUND_H

#include "importer.h"

int inbound_pair_rule(struct importer *im, const json_t *json, void *arg);
int inbound_read_rule(struct importer *im, const json_t *json, void *arg);
int inbound_read_pool(struct importer *im, const json_t *json, void *arg);

#endif /* LBCTL_INBOUND_H */
