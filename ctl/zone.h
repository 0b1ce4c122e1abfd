/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lbctl zone: the backends of all pools that are in one place.
 */
#ifndef LBCTL_ZONE_H
#define LBCTL_ZONE_H

#include "command.h"

extern const struct command zone_verbs[];

#endif /* LBCTL_ZONE_H */
