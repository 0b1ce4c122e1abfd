/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_SERVICE_H
#define LBCTL_SERVICE_H

#include "verbs.h"

extern const struct command service_verbs[];
extern const struct view service_view;

#endif /* LBCTL_SERVICE_H */
