/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_PROBE_H
#define LBCTL_PROBE_H

#include "verbs.h"

extern const struct command probe_verbs[];
extern const struct view probe_view;

#endif /* LBCTL_PROBE_H */
