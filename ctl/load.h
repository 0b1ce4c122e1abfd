/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration that the kernel has.
 */
#ifndef LBCTL_LOAD_H
#define LBCTL_LOAD_H

#include "command.h"
#include "doc.h"

int load_generation(struct context *ctx, uint32_t *generation);
struct doc *load_kernel(struct context *ctx);

#endif /* LBCTL_LOAD_H */
