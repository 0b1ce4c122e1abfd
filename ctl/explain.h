/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to the kernel: what would become of a flow's first packet? */
#ifndef LBCTL_EXPLAIN_H
#define LBCTL_EXPLAIN_H

#include "netlink.h"
#include "parse.h"

/**
 * struct tuple - a flow that is asked about
 * @protocol: IP protocol number.
 * @src: Client.
 * @dst: What the client sends to.
 */
struct tuple {
	uint32_t protocol;
	struct endpoint src;
	struct endpoint dst;
};

void explain_begin(struct nl_msg *msg, const struct tuple *tuple);

#endif /* LBCTL_EXPLAIN_H */
