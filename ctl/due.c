// SPDX-License-Identifier: GPL-2.0-only
/* A binary heap; places count from 1, so that 2n and 2n + 1 are below n. */
#include "due.h"

#include <stdlib.h>

#include "mem.h"

static struct due *at(const struct due_heap *heap, size_t place)
{
	return heap->items[place - 1];
}

static void put(struct due_heap *heap, struct due *due, size_t place)
{
	heap->items[place - 1] = due;
	due->place = place;
}

static void move_up(struct due_heap *heap, struct due *due)
{
	size_t place = due->place;

	while (place > 1 && at(heap, place / 2)->at_us > due->at_us) {
		put(heap, at(heap, place / 2), place);
		place /= 2;
	}
	put(heap, due, place);
}

/* The earlier one of the two below, 0 if there is none. */
static size_t below(const struct due_heap *heap, size_t place)
{
	size_t left = 2 * place;

	if (left > heap->n)
		return 0;
	if (left < heap->n &&
	    at(heap, left + 1)->at_us < at(heap, left)->at_us)
		return left + 1;
	return left;
}

static void move_down(struct due_heap *heap, struct due *due)
{
	size_t place = due->place;
	size_t next;

	while ((next = below(heap, place)) &&
	       at(heap, next)->at_us < due->at_us) {
		put(heap, at(heap, next), place);
		place = next;
	}
	put(heap, due, place);
}

/**
 * due_set() - says when a thing is due
 * @heap: The heap.
 * @due: The thing; it may be in the heap already.
 * @at_us: When, by the monotonic clock.
 */
void due_set(struct due_heap *heap, struct due *due, uint64_t at_us)
{
	if (!due->place) {
		if (heap->n == heap->cap)
			heap->items = mem_grow(heap->items, &heap->cap,
					       sizeof(struct due *));
		put(heap, due, ++heap->n);
	}
	due->at_us = at_us;
	move_up(heap, due);
	move_down(heap, due);
}

/**
 * due_drop() - takes a thing out
 * @heap: The heap.
 * @due: The thing; it need not be in the heap.
 */
void due_drop(struct due_heap *heap, struct due *due)
{
	size_t place = due->place;
	struct due *last;

	if (!place)
		return;
	due->place = 0;
	last = at(heap, heap->n--);
	if (last == due)
		return;
	put(heap, last, place);
	move_up(heap, last);
	move_down(heap, last);
}

/**
 * due_first() - says what is due first
 * @heap: The heap.
 *
 * Return: The thing, or NULL; it stays in the heap.
 */
struct due *due_first(const struct due_heap *heap)
{
	return heap->n ? heap->items[0] : NULL;
}

/**
 * due_free() - frees the heap, not what was in there
 * @heap: The heap, empty afterwards.
 */
void due_free(struct due_heap *heap)
{
	free(heap->items);
	*heap = (struct due_heap){ 0 };
}
