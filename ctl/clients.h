/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients of a service: how many would another affinity move? */
#ifndef LBCTL_CLIENTS_H
#define LBCTL_CLIENTS_H

#include "command.h"
#include "diff.h"

int clients_show(struct context *ctx, const struct diff *diff);

#endif /* LBCTL_CLIENTS_H */
