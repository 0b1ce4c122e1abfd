/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_BACKEND_H
#define LBCTL_BACKEND_H

#include "verbs.h"

extern const struct command backend_verbs[];
extern const struct view backend_view;

#endif /* LBCTL_BACKEND_H */
