/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_FRONTEND_H
#define LBCTL_FRONTEND_H

#include "verbs.h"

extern const struct command frontend_verbs[];
extern const struct view frontend_view;

#endif /* LBCTL_FRONTEND_H */
