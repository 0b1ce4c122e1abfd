/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Alerts of a network namespace, which the kernel finds out: those that are
 * active, and then what it announces of them, shown a line each.
 */
#ifndef LBCTL_ALERTS_H
#define LBCTL_ALERTS_H

#include "netlink.h"

/**
 * struct alerts - the alerts
 * @nl: Connection for requests.
 * @is_wanted: Those that are active are to be shown.
 * @seen: Number of the last announcement that is told by what was shown then.
 * @due_us: When to ask for them next.
 * @complain_us: When it may complain again of what it cannot do for a while.
 */
struct alerts {
	struct nl *nl;
	bool is_wanted;
	uint32_t seen;
	uint64_t due_us;
	uint64_t complain_us;
};

void alerts_init(struct alerts *alerts, struct nl *nl);
void alerts_want(struct alerts *alerts);
void alerts_hear(struct alerts *alerts, const struct nl_attrs *event);
int alerts_run(struct alerts *alerts);

#endif /* LBCTL_ALERTS_H */
