/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is due when: a binary heap of things that carry their time.
 */
#ifndef LBCTL_DUE_H
#define LBCTL_DUE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct due - a part of a thing that becomes due
 * @at_us: When, by the monotonic clock; only due.c changes it.
 * @place: Where it is in the heap, from 1; 0 if it is in none.
 */
struct due {
	uint64_t at_us;
	size_t place;
};

/**
 * struct due_heap - things by the time when they are due
 * @items: The heap; what is due first is first.
 * @n: Number of things.
 * @cap: Room in @items.
 */
struct due_heap {
	struct due **items;
	size_t n;
	size_t cap;
};

void due_set(struct due_heap *heap, struct due *due, uint64_t at_us);
void due_drop(struct due_heap *heap, struct due *due);
struct due *due_first(const struct due_heap *heap);
void due_free(struct due_heap *heap);

#endif /* LBCTL_DUE_H */
