// SPDX-License-Identifier: GPL-2.0-only
/* lbctl zone: the backends of all pools that are in one place. */
#include "zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "drain.h"
#include "load.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"
#include "table.h"
#include "txn.h"
#include "wire.h"

static const struct column columns[] = {
	{ "zone", "ZONE", COLUMN_RIGHT },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "draining", "DRAINING", COLUMN_RIGHT },
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

/**
 * struct zone - what is said of one
 * @number: Its number.
 * @n_backends: Backends that are in it, of all pools.
 * @n_draining: Those of them that drain.
 * @n_active: Flows that these backends have open.
 */
struct zone {
	uint32_t number;
	size_t n_backends;
	size_t n_draining;
	uint64_t n_active;
};

/**
 * struct turn - a zone whose backends all begin to drain, or end it
 * @ctx: The context, connected.
 * @label: The zone, for messages.
 * @number: Its number.
 * @drains: They begin.
 * @deadline_ms: What is left then is reset, or DRAIN_NO_DEADLINE.
 * @doc: What the kernel has.
 * @n: How many there are whose drain begins or ends.
 * @generation: Number of the configuration that has them.
 */
struct turn {
	struct context *ctx;
	char label[LABEL_SIZE];
	uint64_t number;
	bool drains;
	uint64_t deadline_ms;
	struct doc *doc;
	size_t n;
	uint32_t generation;
};

/* Who drains already may get another deadline. */
static bool takes_part(const struct turn *turn, const struct object *backend)
{
	return backend->values[BACKEND_ZONE].number == turn->number &&
	       (turn->drains || backend->values[BACKEND_DRAIN].number);
}

static int on_refusal(size_t idx, const struct nl_refusal *refusal, void *arg)
{
	const struct turn *turn = arg;
	struct why why;

	(void)idx;
	wire_explain_refusal(&object_types[KIND_BACKEND], refusal, &why);
	complain("%s: %s", turn->label, why.text);
	return -ECANCELED;
}

static int send_one(struct nl_stream *stream, const struct turn *turn,
		    const struct object *backend)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_BACKEND_SET);
	wire_put_ids(&msg, backend);
	nl_put_u32(&msg, NFLB_A_BACKEND_DRAIN, turn->drains);
	if (turn->deadline_ms != DRAIN_NO_DEADLINE)
		nl_put_u32(&msg, NFLB_A_BACKEND_DEADLINE_MS,
			   turn->deadline_ms);
	return nl_stream_add(stream, &msg);
}

static int send_all(struct turn *turn)
{
	struct nl_stream stream = {
		.nl = turn->ctx->nl,
		.on_refusal = on_refusal,
		.arg = turn,
	};
	const struct object *backend;
	int err = 0;
	size_t i;

	nl_stream_begin(&stream);
	for (i = 0; i < turn->doc->n[KIND_BACKEND] && !err; i++) {
		backend = turn->doc->objects[KIND_BACKEND][i];
		if (takes_part(turn, backend))
			err = send_one(&stream, turn, backend);
	}
	return err ?: nl_stream_send(&stream);
}

/* Returns -EAGAIN if the configuration is another one by now. */
static int transact(struct turn *turn)
{
	int err;

	err = txn_begin(turn->ctx, turn->doc->generation);
	if (err)
		return err;
	err = send_all(turn);
	if (err) {
		txn_abort(turn->ctx);
		return err;
	}
	return txn_commit(turn->ctx, &turn->generation);
}

static void count(struct turn *turn)
{
	size_t i;

	turn->n = 0;
	for (i = 0; i < turn->doc->n[KIND_BACKEND]; i++)
		turn->n += takes_part(turn,
				      turn->doc->objects[KIND_BACKEND][i]);
}

static int refuse_nobody(const struct turn *turn)
{
	complain("%s: %s", turn->label,
		 turn->drains ? "no backend is in it" :
				"no backend in it drains");
	return EXIT_REFUSED;
}

static int turn_once(struct turn *turn, int *err)
{
	*err = 0;
	turn->doc = load_kernel(turn->ctx);
	if (!turn->doc)
		return EXIT_REFUSED;
	count(turn);
	if (!turn->n)
		return refuse_nobody(turn);
	*err = transact(turn);
	return *err ? EXIT_REFUSED : EXIT_OK;
}

static void report(const struct turn *turn)
{
	if (!print_is_json()) {
		print_text("%s: %zu backends %s (generation %u)\n", turn->label,
			   turn->n, turn->drains ? "drain" : "drain no more",
			   turn->generation);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_u64("zone", turn->number);
	json_u64("backends", turn->n);
	json_u64("generation", turn->generation);
	json_end();
}

static int turn_all(struct turn *turn)
{
	int status, tries = 0;
	int err;

	do {
		status = turn_once(turn, &err);
		doc_free(turn->doc);
	} while (err == -EAGAIN && ++tries < TXN_TRIES_MAX);
	if (!status)
		report(turn);
	else if (err == -EAGAIN)
		complain("%s: the configuration changes all the time",
			 turn->label);
	else if (err && err != -ECANCELED)
		context_failed(turn->ctx, NULL, turn->label, err);
	return status;
}

/* Zone 0 is none: its backends are anywhere. */
static int take_zone(struct turn *turn, int argc, char **argv)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	if (argc == 0)
		return command_usage(turn->ctx, "ZONE is missing");
	if (parse_u64(argv[0], 1, NFLB_ZONE_MAX, &turn->number, &why)) {
		complain("zone \"%s\": %s", excerpt(argv[0], cut), why.text);
		return EXIT_USAGE;
	}
	snprintf(turn->label, sizeof(turn->label), "zone %u",
		 (unsigned int)turn->number);
	return EXIT_OK;
}

static int drain(struct context *ctx, const struct command *command, int argc,
		 char **argv)
{
	struct turn turn = { .ctx = ctx, .drains = true };
	int status;

	(void)command;
	status = take_zone(&turn, argc, argv);
	if (!status)
		status = drain_parse_deadline(ctx, turn.label, argc - 1,
					      argv + 1, &turn.deadline_ms);
	if (!status)
		status = context_open(ctx);
	return status ?: turn_all(&turn);
}

static int undrain(struct context *ctx, const struct command *command, int argc,
		   char **argv)
{
	struct turn turn = { .ctx = ctx, .deadline_ms = DRAIN_NO_DEADLINE };
	int status;

	(void)command;
	status = command_takes(ctx, 1, argc, argv);
	if (!status)
		status = take_zone(&turn, argc, argv);
	if (!status)
		status = context_open(ctx);
	return status ?: turn_all(&turn);
}

/**
 * struct zones - all zones
 * @zone: They, by number.
 * @n: How many.
 * @cap: Room in @zone.
 */
struct zones {
	struct zone *zone;
	size_t n;
	size_t cap;
};

static struct zone *find_zone(struct zones *zones, uint32_t number)
{
	size_t i;

	for (i = 0; i < zones->n && zones->zone[i].number < number; i++)
		;
	if (i < zones->n && zones->zone[i].number == number)
		return &zones->zone[i];
	if (zones->n == zones->cap)
		zones->zone = mem_grow(zones->zone, &zones->cap,
				       sizeof(*zones->zone));
	memmove(&zones->zone[i + 1], &zones->zone[i],
		(zones->n - i) * sizeof(*zones->zone));
	zones->n++;
	zones->zone[i] = (struct zone){ .number = number };
	return &zones->zone[i];
}

/* One that is leaving has flows, but is nobody's backend any more. */
static int take_backend(const struct nl_attrs *attrs, void *arg)
{
	struct counters counters;
	struct zone *zone;

	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &counters);
	zone = find_zone(arg, nl_u32(attrs, NFLB_A_BACKEND_ZONE));
	zone->n_active += counters.value[COUNTER_ACTIVE];
	if (nl_has(attrs, NFLB_A_BACKEND_LEAVING))
		return 0;
	zone->n_backends++;
	zone->n_draining += !!nl_u32(attrs, NFLB_A_BACKEND_DRAIN);
	return 0;
}

static void show_zones(const struct zones *zones)
{
	const struct zone *zone;
	size_t i;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("zones", columns);
	for (i = 0; i < zones->n; i++) {
		zone = &zones->zone[i];
		table_row();
		cell_u64(zone->number);
		cell_u64(zone->n_backends);
		cell_u64(zone->n_draining);
		cell_u64(zone->n_active);
		table_row_end();
	}
	table_end();
	if (print_is_json())
		json_end();
}

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	struct zones zones = { .n = 0 };
	int status, err;

	(void)command;
	status = command_takes(ctx, 0, argc, argv);
	if (!status)
		status = context_open(ctx);
	if (status)
		return status;
	err = nl_each(ctx->nl, NFLB_CMD_BACKEND_GET, take_backend, &zones);
	if (err)
		status = context_failed(ctx, NULL, "zones", err);
	else
		show_zones(&zones);
	free(zones.zone);
	return status;
}

static const struct help_word drain_zone_words[] = {
	{ "deadline TIME", "resets what is left of their flows, 0s to 168h" },
	{ NULL, NULL },
};

const struct command zone_verbs[] = {
	{
		.name = "drain", .args = "ZONE [deadline TIME]",
		.help = "drains all backends of a zone, of every pool",
		.run = drain, .words = drain_zone_words,
	},
	{
		.name = "undrain", .args = "ZONE",
		.help = "ends the drain of all backends of a zone",
		.run = undrain,
	},
	{
		.name = "show", .args = "",
		.help = "shows the zones of all backends",
		.run = show,
	},
	{ .name = NULL },
};
