/* SPDX-License-Identifier: GPL-2.0-only */
/* lbctl fastpath: the fast path as a whole. */
#ifndef LBCTL_FASTPATH_H
#define LBCTL_FASTPATH_H

#include "command.h"

extern const struct command fastpath_verbs[];

int fastpath_section(struct context *ctx);

#endif /* LBCTL_FASTPATH_H */
