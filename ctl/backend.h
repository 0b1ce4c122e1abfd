/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_BACKEND_H
#define LBCTL_BACKEND_H

#include "verbs.h"

extern const struct command backend_verbs[];
extern const struct view backend_view;

bool backend_passes(const struct nl_attrs *attrs);
const char *backend_stale_probe(const struct nl_attrs *attrs);
const char *backend_state(const struct object *obj,
			  const struct nl_attrs *attrs);

#endif /* LBCTL_BACKEND_H */
