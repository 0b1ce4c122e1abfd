// SPDX-License-Identifier: GPL-2.0-only
/* One reading of all counters. */
#include "sample.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "nflb.h"
#include "service.h"

static void list_add(struct sample_list *list, const char *pool,
		     const char *name, const struct address *address,
		     const struct counters *counters)
{
	if (list->n == list->cap)
		list->items = mem_grow(list->items, &list->cap,
				       sizeof(*list->items));
	list->items[list->n++] = (struct sample_item){
		.pool = mem_strdup(pool),
		.name = mem_strdup(name),
		.address = *address,
		.counters = *counters,
	};
}

static struct sample_item *last_of(const struct sample_list *list)
{
	return &list->items[list->n - 1];
}

static void list_free(struct sample_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		free(list->items[i].pool);
		free(list->items[i].name);
	}
	free(list->items);
}

static int take_total(const struct nl_attrs *attrs, void *arg)
{
	counters_read(attrs, NFLB_A_INFO_COUNTERS, arg);
	return 0;
}

static int take_service(const struct nl_attrs *attrs, void *arg)
{
	static const struct address none;
	struct counters counters;

	counters_read(attrs, NFLB_A_SERVICE_COUNTERS, &counters);
	list_add(arg, "", nl_text(attrs, NFLB_A_SERVICE_NAME), &none,
		 &counters);
	return 0;
}

static int take_backend(const struct nl_attrs *attrs, void *arg)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);
	struct counters counters;

	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &counters);
	list_add(arg, nl_text(attrs, NFLB_A_BACKEND_POOL),
		 nl_text(attrs, NFLB_A_BACKEND_NAME), &address, &counters);
	last_of(arg)->connect_us = nl_u32(attrs, NFLB_A_BACKEND_CONNECT_US);
	return 0;
}

/**
 * sample_take() - reads all counters
 * @nl: The connection.
 * @sample: Where they go; sample_free() it in any case.
 *
 * Return: 0 or a negative error number.
 */
int sample_take(struct nl *nl, struct sample *sample)
{
	struct timespec now;
	struct nl_msg msg;
	int err;

	memset(sample, 0, sizeof(*sample));
	clock_gettime(CLOCK_MONOTONIC, &now);
	sample->at_sec = now.tv_sec + now.tv_nsec / 1e9;
	nl_msg_init(&msg, NFLB_CMD_INFO_GET);
	err = nl_call(nl, &msg, take_total, &sample->total);
	if (!err)
		err = services_each(nl, take_service, &sample->services);
	if (!err)
		err = nl_each(nl, NFLB_CMD_BACKEND_GET, take_backend,
			      &sample->backends);
	return err;
}

/**
 * sample_free() - frees what a sample holds
 * @sample: The sample, empty afterwards.
 */
void sample_free(struct sample *sample)
{
	list_free(&sample->services);
	list_free(&sample->backends);
	memset(sample, 0, sizeof(*sample));
}

/* active is a gauge; a counter that fell belongs to a new object. */
static void compare_counters(struct counters *since, const struct counters *now,
			     const struct counters *before)
{
	unsigned int i;

	*since = *now;
	for (i = 0; i < COUNTERS; i++)
		if (i != COUNTER_ACTIVE && now->value[i] >= before->value[i])
			since->value[i] -= before->value[i];
}

static int compare_items(const void *left, const void *right)
{
	const struct sample_item *a = left, *b = right;
	int order = strcmp(a->pool, b->pool);

	if (!order)
		order = strcmp(a->name, b->name);
	if (!order)
		order = memcmp(&a->address, &b->address, sizeof(a->address));
	return order;
}

static void compare_lists(struct sample_list *now,
			  const struct sample_list *before)
{
	static const struct counters none;
	struct sample_item *item, **found;
	void *tree = NULL;
	size_t i;

	for (i = 0; i < before->n; i++)
		mem_need(tsearch(&before->items[i], &tree, compare_items));
	for (i = 0; i < now->n; i++) {
		item = &now->items[i];
		found = tfind(item, &tree, compare_items);
		compare_counters(&item->since, &item->counters,
				 found ? &(*found)->counters : &none);
	}
	tdestroy(tree, mem_keep);
}

/**
 * sample_compare() - finds out what was counted since an earlier sample
 * @now: The sample.
 * @before: The earlier one.
 */
void sample_compare(struct sample *now, const struct sample *before)
{
	compare_counters(&now->total_since, &now->total, &before->total);
	compare_lists(&now->services, &before->services);
	compare_lists(&now->backends, &before->backends);
}
