/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration that the kernel has.
 */
#ifndef LBCTL_LOAD_H
#define LBCTL_LOAD_H

#include "command.h"
#include "doc.h"

/**
 * load_fn - asks the kernel for what must be of one generation
 * @ctx: The context, connected.
 * @generation: Number that the configuration had just before.
 * @arg: From the caller; what a former call put there is forgotten.
 *
 * Return: 0, -EINTR when the configuration changed meanwhile, or another
 * negative error number.
 */
typedef int load_fn(struct context *ctx, uint32_t generation, void *arg);

int load_generation(struct context *ctx, uint32_t *generation);
int load_of_one_generation(struct context *ctx, load_fn *load, void *arg);
struct doc *load_kernel(struct context *ctx);

#endif /* LBCTL_LOAD_H */
