// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where most flows go. What comes is kept as it is; when there is no more room,
 * entries of the same backend and destination become one, and if these are
 * still more than half of what there is room for, those with the fewest flows
 * are left out. A destination that has a good share of the flows has entries
 * with many of them by then, whatever order they come in.
 */
#include "toplist.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ends(const struct endpoint *a, const struct endpoint *b)
{
	return address_compare(&a->address, &b->address) ?:
	       compare_numbers(a->port, b->port);
}

static bool is_same_place(const struct toplist_entry *a,
			  const struct toplist_entry *b)
{
	return !compare_ends(&a->end, &b->end) && a->protocol == b->protocol;
}

static int compare_entries(const void *left, const void *right)
{
	const struct toplist_entry *a = left, *b = right;

	return compare_ends(&a->end, &b->end) ?:
	       compare_numbers(a->protocol, b->protocol) ?:
	       strcmp(a->backend, b->backend);
}

static int compare_sizes(const void *left, const void *right)
{
	const struct toplist_entry *a = left, *b = right;

	return compare_numbers(b->n_flows, a->n_flows) ?:
	       compare_entries(a, b);
}

static int compare_rows(const void *left, const void *right)
{
	const struct toplist_row *a = left, *b = right;

	return compare_numbers(b->n_flows, a->n_flows) ?:
	       compare_ends(&a->end, &b->end) ?:
	       compare_numbers(a->protocol, b->protocol);
}

/* One entry for each backend and destination, those of the latter together. */
static void merge(struct toplist *list)
{
	struct toplist_entry *to = list->entries;
	size_t i;

	if (!list->n)
		return;
	qsort(list->entries, list->n, sizeof(*list->entries), compare_entries);
	for (i = 1; i < list->n; i++) {
		if (!compare_entries(to, &list->entries[i]))
			to->n_flows += list->entries[i].n_flows;
		else
			*++to = list->entries[i];
	}
	list->n = to + 1 - list->entries;
}

static void make_room(struct toplist *list)
{
	merge(list);
	if (list->n <= list->max / 2)
		return;
	qsort(list->entries, list->n, sizeof(*list->entries), compare_sizes);
	while (list->n > list->max / 2)
		list->n_left_out += list->entries[--list->n].n_flows;
}

/**
 * toplist_init() - begins without flows
 * @list: The list; toplist_free() it.
 * @max: Most entries that it may have, 2 at least.
 */
void toplist_init(struct toplist *list, size_t max)
{
	memset(list, 0, sizeof(*list));
	list->max = max;
}

/**
 * toplist_add() - adds flows
 * @list: The list.
 * @entry: The flows.
 */
void toplist_add(struct toplist *list, const struct toplist_entry *entry)
{
	if (list->n == list->max)
		make_room(list);
	if (list->n == list->cap)
		list->entries = mem_grow(list->entries, &list->cap,
					 sizeof(*list->entries));
	list->entries[list->n++] = *entry;
	list->n_flows += entry->n_flows;
}

static void add_to_row(struct toplist_row *row,
		       const struct toplist_entry *entry)
{
	row->end = entry->end;
	row->protocol = entry->protocol;
	row->n_flows += entry->n_flows;
	row->n_backends++;
	if (!row->top || entry->n_flows > row->top->n_flows)
		row->top = entry;
}

/**
 * toplist_rows() - adds up what there is of each destination
 * @list: The list, which the rows point into.
 * @n: Where their number goes.
 *
 * Return: The rows, most flows first; free() them.
 */
struct toplist_row *toplist_rows(struct toplist *list, size_t *n)
{
	struct toplist_row *rows;
	size_t i;

	merge(list);
	rows = mem_zalloc((list->n + 1) * sizeof(*rows));
	*n = 0;
	for (i = 0; i < list->n; i++) {
		if (!i || !is_same_place(&list->entries[i - 1],
					 &list->entries[i]))
			++*n;
		add_to_row(&rows[*n - 1], &list->entries[i]);
	}
	qsort(rows, *n, sizeof(*rows), compare_rows);
	return rows;
}

/**
 * toplist_free() - frees what it holds
 * @list: The list.
 */
void toplist_free(struct toplist *list)
{
	free(list->entries);
}
