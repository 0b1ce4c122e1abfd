/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_POOL_H
#define LBCTL_POOL_H

#include "verbs.h"

extern const struct command pool_verbs[];
extern const struct view pool_view;

#endif /* LBCTL_POOL_H */
