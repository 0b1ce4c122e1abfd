/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_NAT_H
#define LBCTL_NAT_H

#include "verbs.h"

extern const struct view nat_view;
extern const struct view mapping_view;
extern const struct command nat_verbs[];

#endif /* LBCTL_NAT_H */
