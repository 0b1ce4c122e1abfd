// SPDX-License-Identifier: GPL-2.0-only
/* Targets, made of what the kernel says of backends. */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nflb.h"

static int compare_names(const struct target *a, const char *pool,
			 const char *backend, const char *probe)
{
	int order = strcmp(a->gate->pool, pool);

	if (!order)
		order = strcmp(a->backend, backend);
	return order ? order : strcmp(a->gate->probe, probe);
}

static int compare(const struct target *a, const struct target *b)
{
	return compare_names(a, b->gate->pool, b->backend, b->gate->probe);
}

static int compare_items(const void *a, const void *b)
{
	return compare(*(struct target *const *)a, *(struct target *const *)b);
}

/**
 * targets_find() - finds a target
 * @targets: The targets.
 * @pool: Name of the pool.
 * @backend: Name of the backend.
 * @probe: Name of the probe.
 *
 * Return: The target, or NULL.
 */
struct target *targets_find(const struct targets *targets, const char *pool,
			    const char *backend, const char *probe)
{
	size_t low = 0, high = targets->n;
	size_t middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = compare_names(targets->items[middle], pool, backend,
				      probe);
		if (!order)
			return targets->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void add(struct targets *targets, const struct gate *gate,
		const struct nl_attrs *backend, enum nflb_health state)
{
	struct target *target = mem_zalloc(sizeof(*target));

	target->gate = gate;
	target->backend = mem_strdup(nl_text(backend, NFLB_A_BACKEND_NAME));
	target->address = nl_address(backend, NFLB_A_BACKEND_ADDRESS);
	target->reported = state;
	tally_init(&target->tally, state);
	if (targets->n == targets->cap)
		targets->items = mem_grow(targets->items, &targets->cap,
					  sizeof(struct target *));
	targets->items[targets->n++] = target;
}

/**
 * struct reading - targets that are being read
 * @gates: The gates.
 * @targets: Where they go.
 */
struct reading {
	const struct gates *gates;
	struct targets *targets;
};

/* A gate without a port cannot be checked: the services take any. */
static int read_backend(const struct nl_attrs *backend, void *arg)
{
	const char *pool = nl_text(backend, NFLB_A_BACKEND_POOL);
	const struct reading *reading = arg;
	const struct nlattr *item = NULL;
	const struct gate *gate;
	struct nl_attrs nest;

	if (nl_has(backend, NFLB_A_BACKEND_LEAVING))
		return 0;
	while ((item = nl_next(backend, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		gate = gates_find(reading->gates, pool,
				  nl_text(&nest, NFLB_A_PROBE_STATE_PROBE));
		if (gate && gate->n_ports)
			add(reading->targets, gate, backend,
			    nl_u32(&nest, NFLB_A_PROBE_STATE_STATE));
	}
	return 0;
}

/**
 * targets_read() - asks the kernel
 * @nl: The connection.
 * @gates: The gates.
 * @targets: Where they go; targets_free() it also after an error.
 *
 * Return: 0, -EINTR when the configuration never stood still, or another
 * negative error number.
 */
int targets_read(struct nl *nl, const struct gates *gates,
		 struct targets *targets)
{
	struct reading reading = { .gates = gates, .targets = targets };
	int err;

	*targets = (struct targets){ 0 };
	err = nl_each(nl, NFLB_CMD_BACKEND_GET, read_backend, &reading);
	if (targets->n)
		qsort(targets->items, targets->n, sizeof(struct target *),
		      compare_items);
	return err;
}

static void free_target(struct target *target)
{
	if (target->check)
		target->check->cancel(target->check);
	free(target->backend);
	free(target);
}

/**
 * targets_free() - frees targets, and ends their checks
 * @targets: The targets, in no heap; empty afterwards.
 */
void targets_free(struct targets *targets)
{
	size_t i;

	for (i = 0; i < targets->n; i++)
		free_target(targets->items[i]);
	free(targets->items);
	*targets = (struct targets){ 0 };
}

/* What the kernel has forgotten, another backend of that name, begins anew. */
static bool is_same(const struct target *a, const struct target *old)
{
	return address_is_equal(&a->address, &old->address) &&
	       gate_is_equal(a->gate, old->gate) &&
	       (a->reported != NFLB_HEALTH_UNKNOWN ||
		old->reported == NFLB_HEALTH_UNKNOWN);
}

static void swap(struct target **a, struct target **b)
{
	struct target *c = *a;

	*a = *b;
	*b = c;
}

static void inherit(struct target **item, struct target **old)
{
	if (!is_same(*item, *old))
		return;
	(*old)->gate = (*item)->gate;
	(*old)->reported = (*item)->reported;
	swap(item, old);
}

/**
 * targets_inherit() - keeps those targets that are still what they were
 * @targets: The targets as they shall be.
 * @old: The targets so far. Those that go on change places with their new
 *       selves; what is left there afterwards is not needed any more.
 */
void targets_inherit(struct targets *targets, struct targets *old)
{
	size_t i = 0, j = 0;
	int order;

	while (i < targets->n && j < old->n) {
		order = compare(targets->items[i], old->items[j]);
		if (order == 0)
			inherit(&targets->items[i], &old->items[j]);
		if (order <= 0)
			i++;
		if (order >= 0)
			j++;
	}
}
