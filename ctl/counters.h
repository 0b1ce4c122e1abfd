/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of a service, a backend or a namespace.
 */
#ifndef LBCTL_COUNTERS_H
#define LBCTL_COUNTERS_H

#include "netlink.h"

/* Places of the counters that have a column of their own. */
enum counter {
	COUNTER_ACTIVE,
	COUNTER_NEW_FLOWS,
	COUNTER_IN_PKTS,
	COUNTER_IN_BYTES,
	COUNTER_OUT_PKTS,
	COUNTER_OUT_BYTES,
	COUNTER_FAILED_CONNECTS,
	COUNTER_REASONS,	/* from here on: why, counted */
	COUNTERS = COUNTER_REASONS + 43,
};

/**
 * struct counter_name - what a counter is called
 * @key: Key in JSON.
 * @word: Word in text.
 * @attr: Netlink attribute.
 * @is_drop: It counts packets that were dropped.
 */
struct counter_name {
	const char *key;
	const char *word;
	uint16_t attr;
	bool is_drop;
};

/**
 * struct counters - one reading
 * @value: By enum counter.
 */
struct counters {
	uint64_t value[COUNTERS];
};

extern const struct counter_name counter_names[COUNTERS];

void counters_read(const struct nl_attrs *attrs, uint16_t attr,
		   struct counters *counters);
uint64_t counters_drops(const struct counters *counters);

#endif /* LBCTL_COUNTERS_H */
