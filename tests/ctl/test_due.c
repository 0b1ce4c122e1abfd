// SPDX-License-Identifier: GPL-2.0-only
/* What is due when. */
#include "helper.h"

#include "due.h"

#define N	1000

static struct due things[N];

static uint32_t next_random(void)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static size_t empty_in_order(struct due_heap *heap)
{
	uint64_t last_us = 0;
	struct due *due;
	size_t n = 0;

	while ((due = due_first(heap))) {
		assert_true(due->at_us >= last_us);
		last_us = due->at_us;
		due_drop(heap, due);
		assert_int_equal(due->place, 0);
		n++;
	}
	return n;
}

static void comes_in_order(void **state)
{
	struct due_heap heap = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < N; i++)
		due_set(&heap, &things[i], next_random() % 500);
	assert_int_equal(empty_in_order(&heap), N);
	due_free(&heap);
}

static void can_be_set_anew_and_dropped(void **state)
{
	struct due_heap heap = { 0 };
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < N; i++)
		due_set(&heap, &things[i], next_random() % 500);
	for (i = 0; i < 10 * N; i++) {
		struct due *due = &things[next_random() % N];

		if (next_random() % 3)
			due_set(&heap, due, next_random() % 500);
		else
			due_drop(&heap, due);
	}
	for (i = 0; i < N; i++)
		n += things[i].place != 0;
	assert_int_equal(heap.n, n);
	assert_int_equal(empty_in_order(&heap), n);
	due_free(&heap);
}

static void an_empty_heap_has_no_first(void **state)
{
	struct due_heap heap = { 0 };
	struct due due = { 0 };

	(void)state;
	assert_null(due_first(&heap));
	due_drop(&heap, &due);
	due_set(&heap, &due, 7);
	assert_ptr_equal(due_first(&heap), &due);
	due_drop(&heap, &due);
	assert_null(due_first(&heap));
	due_free(&heap);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(comes_in_order),
		CASE(can_be_set_anew_and_dropped),
		CASE(an_empty_heap_has_no_first),
	};

	return RUN(cases);
}
