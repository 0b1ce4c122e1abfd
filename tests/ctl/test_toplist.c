// SPDX-License-Identifier: GPL-2.0-only
/* Where most flows go. */
#include "helper.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "toplist.h"

static void add(struct toplist *list, const char *destination,
		const char *backend, uint64_t n)
{
	struct toplist_entry entry = { .protocol = 6, .n_flows = 1 };
	struct why why;

	assert_int_equal(parse_endpoint(destination, &entry.end, &why), 0);
	strcpy(entry.backend, backend);
	while (n--)
		toplist_add(list, &entry);
}

/* The rows, as one text. */
static const char *rows_of(struct toplist *list)
{
	static char text[4096];
	char end[ENDPOINT_TEXT_SIZE];
	struct toplist_row *rows;
	size_t i, n, len = 0;

	rows = toplist_rows(list, &n);
	text[0] = '\0';
	for (i = 0; i < n; i++)
		len += sprintf(text + len, "%s %llu %zu %s %llu\n",
			       format_endpoint(&rows[i].end, end),
			       (unsigned long long)rows[i].n_flows,
			       rows[i].n_backends, rows[i].top->backend,
			       (unsigned long long)rows[i].top->n_flows);
	free(rows);
	return text;
}

static void flows_of_a_destination_are_added_up(void **state)
{
	struct toplist list;

	(void)state;
	toplist_init(&list, 1000);
	add(&list, "192.0.2.1:443", "b1", 3);
	add(&list, "192.0.2.2:443", "b2", 7);
	add(&list, "[2001:db8::1]:443", "b1", 2);
	add(&list, "192.0.2.1:80", "b1", 4);
	add(&list, "192.0.2.1:443", "b2", 5);
	add(&list, "192.0.2.1:443", "b1", 1);
	assert_string_equal(rows_of(&list),
			    "192.0.2.1:443 9 2 b2 5\n"
			    "192.0.2.2:443 7 1 b2 7\n"
			    "192.0.2.1:80 4 1 b1 4\n"
			    "[2001:db8::1]:443 2 1 b1 2\n");
	assert_int_equal(list.n_flows, 22);
	assert_int_equal(list.n_left_out, 0);
	toplist_free(&list);
}

static void protocols_are_told_apart(void **state)
{
	struct toplist_entry entry = { .protocol = 17, .n_flows = 2 };
	struct toplist list;
	struct why why;

	(void)state;
	toplist_init(&list, 1000);
	add(&list, "192.0.2.1:53", "b1", 3);
	assert_int_equal(parse_endpoint("192.0.2.1:53", &entry.end, &why), 0);
	strcpy(entry.backend, "b1");
	toplist_add(&list, &entry);
	assert_string_equal(rows_of(&list),
			    "192.0.2.1:53 3 1 b1 3\n"
			    "192.0.2.1:53 2 1 b1 2\n");
	toplist_free(&list);
}

static void without_flows_there_are_no_rows(void **state)
{
	struct toplist list;

	(void)state;
	toplist_init(&list, 1000);
	assert_string_equal(rows_of(&list), "");
	toplist_free(&list);
}

/* Few destinations need little room, however many flows there are. */
static void equal_flows_need_one_entry(void **state)
{
	struct toplist list;
	int i;

	(void)state;
	toplist_init(&list, 8);
	for (i = 0; i < 1000; i++) {
		add(&list, "192.0.2.1:443", "b1", 1);
		add(&list, "192.0.2.2:443", "b1", 2);
	}
	assert_int_equal(list.n_left_out, 0);
	assert_in_range(list.cap, 1, 16);
	assert_string_equal(rows_of(&list),
			    "192.0.2.2:443 2000 1 b1 2000\n"
			    "192.0.2.1:443 1000 1 b1 1000\n");
	toplist_free(&list);
}

/* Of 1250 destinations one has a fifth of the flows, among the others. */
static void who_has_many_flows_is_kept(void **state)
{
	struct toplist_row *rows;
	struct toplist list;
	char text[32];
	uint64_t n = 0;
	size_t n_rows;
	int i;

	(void)state;
	toplist_init(&list, 64);
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.0.%d.%d:80", i / 250, i % 250);
		add(&list, text, "b1", 1);
		if (i % 4 == 0)
			add(&list, "192.0.2.1:443", i % 8 ? "b2" : "b3", 1);
	}
	assert_int_equal(list.n_flows, 1250);
	rows = toplist_rows(&list, &n_rows);
	assert_in_range(n_rows, 1, 64);
	assert_int_equal(rows[0].end.port, 443);
	assert_int_equal(rows[0].n_flows, 250);
	assert_int_equal(rows[0].n_backends, 2);
	for (i = 0; (size_t)i < n_rows; i++)
		n += rows[i].n_flows;
	assert_int_equal(n + list.n_left_out, 1250);
	assert_true(list.n_left_out > 0);
	free(rows);
	toplist_free(&list);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(flows_of_a_destination_are_added_up),
		CASE(protocols_are_told_apart),
		CASE(without_flows_there_are_no_rows),
		CASE(equal_flows_need_one_entry),
		CASE(who_has_many_flows_is_kept),
	};

	return RUN(cases);
}
