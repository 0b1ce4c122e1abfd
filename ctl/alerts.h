/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All alerts of a network namespace: made of what the kernel says of services
 * and of conntrack, and shown as they come and go.
 */
#ifndef LBCTL_ALERTS_H
#define LBCTL_ALERTS_H

#include <stddef.h>

#include "alert.h"
#include "netlink.h"
#include "schema.h"

/**
 * struct alert_owner - a service or a snat with its alerts
 * @kind: KIND_SERVICE or KIND_SNAT.
 * @name: Its name.
 * @alerts: By enum alert_kind, those of its kind.
 * @window: Of a service, its new flows, those that were lost and all.
 * @answers: Of a service, its connections that were not answered, and these and
 *           all packets that came back.
 * @since_us: When it was seen first.
 * @is_known: So much is known of its backends that their health can be judged.
 * @is_there: The kernel still has it.
 */
struct alert_owner {
	enum object_kind kind;
	char *name;
	struct alert alerts[ALERT_OWNED_KINDS];
	struct alert_window window;
	struct alert_window answers;
	uint64_t since_us;
	bool is_known;
	bool is_there;
};

/**
 * struct alerts - the alerts
 * @nl: Connection for requests.
 * @items: The services and snats, sorted.
 * @n: How many.
 * @n_sorted: How many are sorted; the others are new.
 * @cap: Room in @items.
 * @conntrack: The alert of conntrack's table.
 * @now_us: When it looks.
 * @step_us: When the counters are read next.
 * @due_us: When to look next, at the latest then.
 * @pause_us: Not before, lest there be no time for anything else.
 * @complain_us: When it may complain again of what it cannot do for a while.
 */
struct alerts {
	struct nl *nl;
	struct alert_owner *items;
	size_t n;
	size_t n_sorted;
	size_t cap;
	struct alert conntrack;
	uint64_t now_us;
	uint64_t step_us;
	uint64_t due_us;
	uint64_t pause_us;
	uint64_t complain_us;
};

void alerts_init(struct alerts *alerts, struct nl *nl);
enum alert_kind alert_owner_first(const struct alert_owner *owner);
enum alert_kind alert_owner_end(const struct alert_owner *owner);
void alerts_end(struct alerts *alerts);
void alerts_want(struct alerts *alerts);
void alerts_hear(struct alerts *alerts, const struct nl_attrs *event);
int alerts_run(struct alerts *alerts);

#endif /* LBCTL_ALERTS_H */
