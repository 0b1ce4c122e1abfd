// SPDX-License-Identifier: GPL-2.0-only
/* Flows as they are shown, and lbctl conns: the balanced ones. */
#include "flows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "nflb.h"
#include "print.h"
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

/**
 * struct flow_list - flows that are shown
 * @view: How.
 * @is_begun: The table has been opened.
 */
struct flow_list {
	const struct flow_view *view;
	bool is_begun;
};

/**
 * cell_endpoint() - three cells: the whole for text, address and port for JSON
 * @end: The endpoint.
 */
void cell_endpoint(const struct endpoint *end)
{
	char text[ENDPOINT_TEXT_SIZE];

	cell_string(format_endpoint(end, text));
	cell_string(format_address(&end->address, text));
	if (end->has_port)
		cell_u64(end->port);
	else
		cell_none();
}

/**
 * cell_end() - the cells of one end of a flow
 * @attrs: What the kernel says of the flow.
 * @address_attr: The attribute of the address.
 * @port_attr: That of the port, which may be absent.
 */
void cell_end(const struct nl_attrs *attrs, uint16_t address_attr,
	      uint16_t port_attr)
{
	struct endpoint end = nl_endpoint(attrs, address_attr, port_attr);

	cell_endpoint(&end);
}

/**
 * cell_protocol() - a cell with a protocol, by its name if it has one here
 * @protocol: IP protocol number.
 */
void cell_protocol(uint32_t protocol)
{
	const char *name = word_name(protocol_words, protocol);
	char text[12];

	if (!name)
		snprintf(text, sizeof(text), "%u", protocol);
	cell_string(name ?: text);
}

/**
 * cell_timeout() - a cell with a time that a flow has left
 * @ms: The time; whole seconds are enough for a person.
 */
void cell_timeout(uint64_t ms)
{
	cell_ms(print_is_json() ? ms : ms / 1000 * 1000);
}

static void show_begin(struct flow_list *list)
{
	if (list->is_begun)
		return;
	list->is_begun = true;
	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("flows", list->view->columns);
}

static void show_end(void)
{
	table_end();
	if (print_is_json())
		json_end();
}

static int show_flow(const struct nl_attrs *attrs, void *arg)
{
	struct flow_list *list = arg;

	show_begin(list);
	table_row();
	list->view->cells(attrs);
	table_row_end();
	return 0;
}

/**
 * flows_dump() - has the kernel tell flows
 * @ctx: The context, connected.
 * @msg: The request.
 * @on_flow: Called for each.
 * @arg: For @on_flow.
 *
 * Return: 0 or a negative error number.
 */
int flows_dump(struct context *ctx, struct nl_msg *msg, nl_reply_fn on_flow,
	       void *arg)
{
	int err = nl_dump(ctx->nl, msg, on_flow, arg);

	/* Flows come and go meanwhile; that is no interruption. */
	return err == -EINTR ? 0 : err;
}

/**
 * flows_show() - shows flows as they come
 * @ctx: The context, connected.
 * @msg: The request for them.
 * @view: How they are shown.
 * @what: The work, for sentences.
 *
 * Return: The exit status.
 */
int flows_show(struct context *ctx, struct nl_msg *msg,
	       const struct flow_view *view, const char *what)
{
	struct flow_list list = { .view = view };
	int err;

	err = flows_dump(ctx, msg, show_flow, &list);
	if (!err)
		show_begin(&list);
	if (list.is_begun)
		show_end();
	return err ? context_failed(ctx, NULL, what, err) : EXIT_OK;
}

static void cells(const struct nl_attrs *attrs)
{
	cell_protocol(nl_u32(attrs, NFLB_A_FLOW_PROTOCOL));
	cell_end(attrs, NFLB_A_FLOW_CLIENT, NFLB_A_FLOW_CLIENT_PORT);
	cell_end(attrs, NFLB_A_FLOW_FRONTEND_ADDRESS,
		 NFLB_A_FLOW_FRONTEND_PORT);
	cell_end(attrs, NFLB_A_FLOW_BACKEND_ADDRESS,
		 NFLB_A_FLOW_BACKEND_PORT);
	cell_string(nl_text(attrs, NFLB_A_FLOW_SERVICE));
	cell_string(nl_text(attrs, NFLB_A_FLOW_POOL));
	cell_string(nl_text(attrs, NFLB_A_FLOW_BACKEND));
	cell_bool(nl_u32(attrs, NFLB_A_FLOW_ACTIVE));
	cell_bool(nl_has(attrs, NFLB_A_FLOW_HAIRPIN));
	cell_timeout(nl_u64(attrs, NFLB_A_FLOW_TIMEOUT_MS));
}

static const struct flow_view view = {
	.columns = columns,
	.cells = cells,
};

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
	struct nl_msg msg;
	int status;

	(void)command;
	nl_msg_init(&msg, NFLB_CMD_FLOW_GET);
	status = put_filters(ctx, &msg, argc, argv);
	if (status)
		return status;
	if (context_open(ctx))
		return EXIT_REFUSED;
	return flows_show(ctx, &msg, &view, "conns");
}
