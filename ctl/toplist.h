/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where most flows go, and whose they are: flows are added up one by one, in
 * memory that has a limit.
 */
#ifndef LBCTL_TOPLIST_H
#define LBCTL_TOPLIST_H

#include <stddef.h>
#include <stdint.h>

#include "nflb.h"
#include "parse.h"

/**
 * struct toplist_entry - flows of one backend to one destination
 * @end: The destination.
 * @protocol: IP protocol number.
 * @n_flows: How many.
 * @backend: Name of the backend.
 */
struct toplist_entry {
	struct endpoint end;
	uint32_t protocol;
	uint64_t n_flows;
	char backend[NFLB_NAME_MAX + 1];
};

/**
 * struct toplist - the flows so far
 * @entries: Them; some may be about the same backend and destination.
 * @n: How many entries.
 * @cap: Room in @entries.
 * @max: Most entries that there may be.
 * @n_flows: Flows in all.
 * @n_left_out: Those of them that have no entry any more.
 */
struct toplist {
	struct toplist_entry *entries;
	size_t n;
	size_t cap;
	size_t max;
	uint64_t n_flows;
	uint64_t n_left_out;
};

/**
 * struct toplist_row - a destination
 * @end: It.
 * @protocol: IP protocol number.
 * @n_flows: Flows that go there.
 * @n_backends: Backends that these are of.
 * @top: The backend that has most of them, and how many.
 */
struct toplist_row {
	struct endpoint end;
	uint32_t protocol;
	uint64_t n_flows;
	size_t n_backends;
	const struct toplist_entry *top;
};

void toplist_init(struct toplist *list, size_t max);
void toplist_add(struct toplist *list, const struct toplist_entry *entry);
struct toplist_row *toplist_rows(struct toplist *list, size_t *n);
void toplist_free(struct toplist *list);

#endif /* LBCTL_TOPLIST_H */
