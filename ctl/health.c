// SPDX-License-Identifier: GPL-2.0-only
/* lbctl health: what probes say of backends. */
#include "commands.h"
#include "nflb.h"
#include "print.h"
#include "table.h"
#include "verbs.h"
#include "wire.h"

static const struct column columns[] = {
	{ "pool", "POOL", 0 },
	{ "backend", "BACKEND", 0 },
	{ "address", "ADDRESS", 0 },
	{ "probe", "PROBE", 0 },
	{ "state", "STATE", 0 },
	{ NULL, NULL, 0 },
};

static void show_backend(const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);
	const struct nlattr *item = NULL;
	char text[ADDRESS_TEXT_SIZE];
	struct nl_attrs nest;
	uint32_t state;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		state = nl_u32(&nest, NFLB_A_PROBE_STATE_STATE);
		table_row();
		cell_string(nl_text(attrs, NFLB_A_BACKEND_POOL));
		cell_string(nl_text(attrs, NFLB_A_BACKEND_NAME));
		cell_string(format_address(&address, text));
		cell_string(nl_text(&nest, NFLB_A_PROBE_STATE_PROBE));
		cell_string(word_name(health_words, state) ?: "unknown");
		table_row_end();
	}
}

static void show_list(const struct nl_list *list)
{
	struct nl_attrs attrs;
	size_t i;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("health", columns);
	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, &attrs);
		if (!nl_has(&attrs, NFLB_A_BACKEND_LEAVING))
			show_backend(&attrs);
	}
	table_end();
	if (print_is_json())
		json_end();
}

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	struct nl_list list;
	struct nl_msg msg;
	int err;

	(void)command;
	if (command_takes(ctx, 0, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	nl_list_init(&list);
	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	err = nl_collect(ctx->nl, &msg, &list);
	if (!err)
		show_list(&list);
	nl_list_free(&list);
	return err ? context_failed(ctx, NULL, "health", err) : EXIT_OK;
}

static int put_report(struct nl_msg *msg, char **argv)
{
	char cut[EXCERPT_SIZE];
	struct why why;
	uint32_t state;

	if (verb_put_name(msg, NFLB_A_HEALTH_POOL, "pool", argv[0]) ||
	    verb_put_name(msg, NFLB_A_HEALTH_BACKEND, "backend", argv[1]) ||
	    verb_put_name(msg, NFLB_A_HEALTH_PROBE, "probe", argv[2]))
		return EXIT_USAGE;
	if (parse_word(health_words, argv[3], &state, &why)) {
		complain("state \"%s\": %s", excerpt(argv[3], cut), why.text);
		return EXIT_USAGE;
	}
	nl_put_u32(msg, NFLB_A_HEALTH_STATE, state);
	return EXIT_OK;
}

static int set(struct context *ctx, const struct command *command, int argc,
	       char **argv)
{
	struct nl_msg msg;
	int err;

	(void)command;
	if (argc != 4)
		return command_usage(ctx, "four words are needed");
	nl_msg_init(&msg, NFLB_CMD_HEALTH_SET);
	if (put_report(&msg, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = nl_call(ctx->nl, &msg, NULL, NULL);
	return err ? context_failed(ctx, NULL, "health", err) : EXIT_OK;
}

const struct command health_verbs[] = {
	{
		.name = "set", .args = "POOL BACKEND PROBE up|down|unknown",
		.help = "reports what a probe says of a backend",
		.run = set,
	},
	{
		.name = "show", .args = "",
		.help = "shows what all probes say",
		.run = show,
	},
	{ .name = NULL },
};
