/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backends of one pool, replaced by those of a list.
 */
#ifndef LBCTL_MEMBERS_H
#define LBCTL_MEMBERS_H

#include "doc.h"

struct doc *members_replace(const struct doc *before, const struct doc *list,
			    const char *pool);

#endif /* LBCTL_MEMBERS_H */
