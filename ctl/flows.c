// SPDX-License-Identifier: GPL-2.0-only
/* lbctl conns: the balanced flows. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "nflb.h"
#include "print.h"
#include "table.h"
#include "verbs.h"

const struct help_word conns_words[] = {
	{ "service S", "only flows of this service" },
	{ "backend POOL/NAME", "only flows to this backend" },
	{ NULL, NULL },
};

static const struct column columns[] = {
	{ "protocol", "PROTOCOL", 0 },
	{ "", "CLIENT", COLUMN_TEXT },
	{ "client", "", COLUMN_JSON },
	{ "client_port", "", COLUMN_JSON },
	{ "", "FRONTEND", COLUMN_TEXT },
	{ "frontend_address", "", COLUMN_JSON },
	{ "frontend_port", "", COLUMN_JSON },
	{ "", "ADDRESS", COLUMN_TEXT },
	{ "backend_address", "", COLUMN_JSON },
	{ "backend_port", "", COLUMN_JSON },
	{ "service", "SERVICE", 0 },
	{ "pool", "POOL", 0 },
	{ "backend", "BACKEND", 0 },
	{ "active", "ACTIVE", 0 },
	{ "hairpin", "HAIRPIN", 0 },
	{ "timeout_ms", "TIMEOUT", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void cell_endpoint(const struct nl_attrs *attrs, uint16_t address_attr,
			  uint16_t port_attr)
{
	struct endpoint end = nl_endpoint(attrs, address_attr, port_attr);
	char text[ENDPOINT_TEXT_SIZE];

	cell_string(format_endpoint(&end, text));
	cell_string(format_address(&end.address, text));
	if (end.has_port)
		cell_u64(end.port);
	else
		cell_none();
}

static void cell_protocol(uint32_t protocol)
{
	const char *name = word_name(protocol_words, protocol);
	char text[12];

	if (!name)
		snprintf(text, sizeof(text), "%u", protocol);
	cell_string(name ?: text);
}

static void show_begin(bool *is_begun)
{
	if (*is_begun)
		return;
	*is_begun = true;
	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("flows", columns);
}

static void show_end(void)
{
	table_end();
	if (print_is_json())
		json_end();
}

static int show_flow(const struct nl_attrs *attrs, void *arg)
{
	show_begin(arg);
	table_row();
	cell_protocol(nl_u32(attrs, NFLB_A_FLOW_PROTOCOL));
	cell_endpoint(attrs, NFLB_A_FLOW_CLIENT, NFLB_A_FLOW_CLIENT_PORT);
	cell_endpoint(attrs, NFLB_A_FLOW_FRONTEND_ADDRESS,
		      NFLB_A_FLOW_FRONTEND_PORT);
	cell_endpoint(attrs, NFLB_A_FLOW_BACKEND_ADDRESS,
		      NFLB_A_FLOW_BACKEND_PORT);
	cell_string(nl_text(attrs, NFLB_A_FLOW_SERVICE));
	cell_string(nl_text(attrs, NFLB_A_FLOW_POOL));
	cell_string(nl_text(attrs, NFLB_A_FLOW_BACKEND));
	cell_bool(nl_u32(attrs, NFLB_A_FLOW_ACTIVE));
	cell_bool(nl_has(attrs, NFLB_A_FLOW_HAIRPIN));
	/* Whole seconds are enough for a person. */
	if (print_is_json())
		cell_ms(nl_u64(attrs, NFLB_A_FLOW_TIMEOUT_MS));
	else
		cell_ms(nl_u64(attrs, NFLB_A_FLOW_TIMEOUT_MS) / 1000 * 1000);
	table_row_end();
	return 0;
}

static int put_backend(struct nl_msg *msg, char *text)
{
	char *slash = strchr(text, '/');
	char cut[EXCERPT_SIZE];

	if (!slash) {
		complain("backend \"%s\": POOL/NAME is needed",
			 excerpt(text, cut));
		return EXIT_USAGE;
	}
	*slash = '\0';
	if (verb_put_name(msg, NFLB_A_FLOW_POOL, "pool", text) ||
	    verb_put_name(msg, NFLB_A_FLOW_BACKEND, "backend", slash + 1))
		return EXIT_USAGE;
	return EXIT_OK;
}

static int put_filters(struct context *ctx, struct nl_msg *msg, int argc,
		       char **argv)
{
	bool has_service = false, has_backend = false;
	char cut[EXCERPT_SIZE];
	int i, status;

	for (i = 0; i < argc; i += 2) {
		bool is_service = strcmp(argv[i], "service") == 0;

		if (!is_service && strcmp(argv[i], "backend") != 0)
			return command_usage(ctx, "unknown keyword \"%s\"",
					     excerpt(argv[i], cut));
		if (i + 1 == argc)
			return command_usage(ctx, "%s needs a value", argv[i]);
		if (is_service ? has_service : has_backend)
			return command_usage(ctx, "%s given twice", argv[i]);
		if (is_service)
			status = verb_put_name(msg, NFLB_A_FLOW_SERVICE,
					       argv[i], argv[i + 1]);
		else
			status = put_backend(msg, argv[i + 1]);
		if (status)
			return status;
		has_service |= is_service;
		has_backend |= !is_service;
	}
	return EXIT_OK;
}

/**
 * conns_run() - lbctl conns [service S] [backend POOL/NAME]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int conns_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	bool is_begun = false;
	struct nl_msg msg;
	int err, status;

	(void)command;
	nl_msg_init(&msg, NFLB_CMD_FLOW_GET);
	status = put_filters(ctx, &msg, argc, argv);
	if (status)
		return status;
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = nl_dump(ctx->nl, &msg, show_flow, &is_begun);
	/* Flows come and go while they are shown; that is no interruption. */
	if (err == -EINTR)
		err = 0;
	if (!err)
		show_begin(&is_begun);
	if (is_begun)
		show_end();
	return err ? context_failed(ctx, NULL, "conns", err) : EXIT_OK;
}
