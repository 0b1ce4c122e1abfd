/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_SNAT_H
#define LBCTL_SNAT_H

#include "verbs.h"

extern const struct command snat_verbs[];
extern const struct view snat_view;

#endif /* LBCTL_SNAT_H */
