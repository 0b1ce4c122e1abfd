/* SPDX-License-Identifier: GPL-2.0-only */
/* lbctl fastpath: the fast path as a whole. */
#ifndef LBCTL_FASTPATH_H
#define LBCTL_FASTPATH_H

#include "command.h"
#include "netlink.h"

extern const struct command fastpath_verbs[];

void fastpath_show(const struct nl_attrs *attrs);

#endif /* LBCTL_FASTPATH_H */
