/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One reading of all counters, and what has changed since another.
 */
#ifndef LBCTL_SAMPLE_H
#define LBCTL_SAMPLE_H

#include "counters.h"

/**
 * struct sample_item - the counters of one service or backend
 * @pool: Pool of a backend; empty for a service.
 * @name: Name.
 * @address: Address of a backend, which tells it from one that leaves.
 * @connect_us: How long a backend takes to answer a SYN, 0 if not known.
 * @counters: Its counters.
 * @since: What was counted since another sample; gauges as they are.
 */
struct sample_item {
	char *pool;
	char *name;
	struct address address;
	uint32_t connect_us;
	struct counters counters;
	struct counters since;
};

/**
 * struct sample_list - the counters of all services, or of all backends
 * @items: They, in the order of the kernel.
 * @n: How many.
 * @cap: Room in @items.
 */
struct sample_list {
	struct sample_item *items;
	size_t n;
	size_t cap;
};

/**
 * struct sample - one reading
 * @at_sec: When, in seconds of a clock that only goes forward.
 * @total: Counters of the namespace.
 * @total_since: What was counted since another sample.
 * @services: Counters of the services.
 * @backends: Counters of the backends.
 */
struct sample {
	double at_sec;
	struct counters total;
	struct counters total_since;
	struct sample_list services;
	struct sample_list backends;
};

int sample_take(struct nl *nl, struct sample *sample);
void sample_free(struct sample *sample);
void sample_compare(struct sample *now, const struct sample *before);

#endif /* LBCTL_SAMPLE_H */
