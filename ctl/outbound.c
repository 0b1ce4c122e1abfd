// SPDX-License-Identifier: GPL-2.0-only
/* lbctl snat flows and lbctl snat top: flows that backends have opened. */
#include "outbound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flows.h"
#include "nflb.h"
#include "print.h"
#include "toplist.h"
#include "verbs.h"
#include "wire.h"

#define LIMIT_DEFAULT	10
#define LIMIT_MAX	65536
#define ENTRIES_MAX	(2UL * LIMIT_MAX)	/* some 15 megabytes */

const struct help_word outbound_top_words[] = {
	{ "limit N", "how many destinations, 1..65536 (10)" },
	{ NULL, NULL },
};

static const struct column flow_columns[] = {
	{ "snat", "SNAT", 0 },
	{ "pool", "POOL", 0 },
	{ "backend", "BACKEND", 0 },
	{ "protocol", "PROTOCOL", 0 },
	{ "", "SOURCE", COLUMN_TEXT },
	{ "source", "", COLUMN_JSON },
	{ "source_port", "", COLUMN_JSON },
	{ "", "ADDRESS", COLUMN_TEXT },
	{ "address", "", COLUMN_JSON },
	{ "port", "", COLUMN_JSON },
	{ "", "DESTINATION", COLUMN_TEXT },
	{ "destination", "", COLUMN_JSON },
	{ "destination_port", "", COLUMN_JSON },
	{ "timeout_ms", "TIMEOUT", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static const struct column top_columns[] = {
	{ "", "DESTINATION", COLUMN_TEXT },
	{ "destination", "", COLUMN_JSON },
	{ "destination_port", "", COLUMN_JSON },
	{ "protocol", "PROTOCOL", 0 },
	{ "flows", "FLOWS", COLUMN_RIGHT },
	{ "percent", "PERCENT", COLUMN_RIGHT },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "top_backend", "TOP-BACKEND", 0 },
	{ "top_flows", "TOP-FLOWS", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void flow_cells(const struct nl_attrs *attrs)
{
	view_text(attrs, NFLB_A_OUTBOUND_SNAT);
	cell_string(nl_text(attrs, NFLB_A_OUTBOUND_POOL));
	cell_string(nl_text(attrs, NFLB_A_OUTBOUND_BACKEND));
	cell_protocol(nl_u32(attrs, NFLB_A_OUTBOUND_PROTOCOL));
	cell_end(attrs, NFLB_A_OUTBOUND_SOURCE, NFLB_A_OUTBOUND_SOURCE_PORT);
	cell_end(attrs, NFLB_A_OUTBOUND_ADDRESS, NFLB_A_OUTBOUND_PORT);
	cell_end(attrs, NFLB_A_OUTBOUND_DESTINATION,
		 NFLB_A_OUTBOUND_DESTINATION_PORT);
	cell_timeout(nl_u64(attrs, NFLB_A_OUTBOUND_TIMEOUT_MS));
}

static const struct flow_view flow_view = {
	.columns = flow_columns,
	.cells = flow_cells,
};

/* A dump of the flows of a snat that is not there is just empty. */
static int check_snat(struct context *ctx, const struct object *snat)
{
	char label[LABEL_SIZE];
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, snat->type->cmd_get);
	wire_put_ids(&msg, snat);
	err = nl_call(ctx->nl, &msg, NULL, NULL);
	if (!err)
		return EXIT_OK;
	return context_failed(ctx, snat->type, object_label(snat, label), err);
}

/* Asks for the flows of a snat, or of all if that has no name. */
static int ask(struct context *ctx, const struct object *snat,
	       struct nl_msg *msg)
{
	if (context_open(ctx))
		return EXIT_REFUSED;
	nl_msg_init(msg, NFLB_CMD_OUTBOUND_GET);
	if (!object_is_given(snat, SNAT_NAME))
		return EXIT_OK;
	nl_put_text(msg, NFLB_A_OUTBOUND_SNAT, object_name(snat));
	return check_snat(ctx, snat);
}

/**
 * outbound_flows() - lbctl snat flows [NAME]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int outbound_flows(struct context *ctx, const struct command *command,
		   int argc, char **argv)
{
	struct object *snat;
	struct nl_msg msg;
	int status;

	(void)command;
	if (command_takes(ctx, 1, argc, argv))
		return EXIT_USAGE;
	snat = verb_parse_ids(ctx, KIND_SNAT, argc, argc, argv);
	if (!snat)
		return EXIT_USAGE;
	status = ask(ctx, snat, &msg);
	if (!status)
		status = flows_show(ctx, &msg, &flow_view, "flows");
	object_free(snat);
	return status;
}

static int add_flow(const struct nl_attrs *attrs, void *arg)
{
	struct toplist_entry entry = {
		.protocol = nl_u32(attrs, NFLB_A_OUTBOUND_PROTOCOL),
		.n_flows = 1,
	};

	entry.end = nl_endpoint(attrs, NFLB_A_OUTBOUND_DESTINATION,
				NFLB_A_OUTBOUND_DESTINATION_PORT);
	snprintf(entry.backend, sizeof(entry.backend), "%s",
		 nl_text(attrs, NFLB_A_OUTBOUND_BACKEND));
	toplist_add(arg, &entry);
	return 0;
}

static void show_row(const struct toplist *list, const struct toplist_row *row)
{
	table_row();
	cell_endpoint(&row->end);
	cell_protocol(row->protocol);
	cell_u64(row->n_flows);
	cell_double(100.0 * row->n_flows / list->n_flows);
	cell_u64(row->n_backends);
	cell_string(row->top->backend);
	cell_u64(row->top->n_flows);
	table_row_end();
}

static void show_rows(struct toplist *list, uint64_t limit)
{
	struct toplist_row *rows;
	size_t i, n;

	rows = toplist_rows(list, &n);
	table_begin("destinations", top_columns);
	for (i = 0; i < n && i < limit; i++)
		show_row(list, &rows[i]);
	table_end();
	free(rows);
}

static void show_top(const struct object *snat, struct toplist *list,
		     uint64_t limit)
{
	if (print_is_json()) {
		json_begin_object(NULL, LAYOUT_LINES);
		json_string("snat", object_name(snat));
		json_u64("flows", list->n_flows);
		json_u64("left_out", list->n_left_out);
	}
	show_rows(list, limit);
	if (print_is_json())
		json_end();
	if (list->n_left_out)
		complain("there are too many destinations: %llu of %llu flows, to those with the fewest, are left out",
			 (unsigned long long)list->n_left_out,
			 (unsigned long long)list->n_flows);
}

static int run_top(struct context *ctx, const struct object *snat,
		   uint64_t limit)
{
	struct toplist list;
	struct nl_msg msg;
	int err;

	if (ask(ctx, snat, &msg))
		return EXIT_REFUSED;
	toplist_init(&list, ENTRIES_MAX);
	err = flows_dump(ctx, &msg, add_flow, &list);
	if (!err)
		show_top(snat, &list, limit);
	toplist_free(&list);
	return err ? context_failed(ctx, NULL, "top", err) : EXIT_OK;
}

static int take_limit(void *arg, const char *value, struct why *why)
{
	return parse_u64(value, 1, LIMIT_MAX, arg, why);
}

/**
 * outbound_top() - lbctl snat top NAME [limit N]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int outbound_top(struct context *ctx, const struct command *command, int argc,
		 char **argv)
{
	static const struct command_option options[] = {
		{ "limit", take_limit },
		{ NULL, NULL },
	};
	uint64_t limit = LIMIT_DEFAULT;
	struct object *snat;
	int status;

	(void)command;
	snat = verb_parse_ids(ctx, KIND_SNAT, 1, argc, argv);
	if (!snat)
		return EXIT_USAGE;
	status = command_options(ctx, options, &limit, argc - 1, argv + 1);
	if (!status)
		status = run_top(ctx, snat, limit);
	object_free(snat);
	return status;
}
