// SPDX-License-Identifier: GPL-2.0-only
/*
 * lbctl snat plan: how the ports of a snat are shared out, or would be with
 * other numbers. The arithmetic is the kernel's.
 */
#include "snatplan.h"

#include <string.h>

#include "nflb.h"
#include "print.h"
#include "table.h"
#include "verbs.h"

const struct help_word snatplan_words[] = {
	{ "ports N|azure|dynamic", "ports of each backend (the snat's)" },
	{ "backends N", "how many there are, 1..20000 (those of its pool)" },
	{ "addresses N", "how many there are, 1..16 (its own)" },
	{ NULL, NULL },
};

static const struct column plan_columns[] = {
	{ "snat", "SNAT", 0 },
	{ "ports", "PORTS", COLUMN_RIGHT },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "addresses", "ADDRESSES", COLUMN_RIGHT },
	{ "capacity", "CAPACITY", COLUMN_RIGHT },
	{ "reserved", "RESERVED", COLUMN_RIGHT },
	{ "limit", "LIMIT", COLUMN_RIGHT },
	{ "sum", "SUM", COLUMN_RIGHT },
	{ "fit", "FIT", COLUMN_RIGHT },
	{ "refusal", "", COLUMN_JSON },
	{ NULL, NULL, 0 },
};

static const struct column address_columns[] = {
	{ "address", "ADDRESS", 0 },
	{ "ports", "PORTS", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static const struct column step_columns[] = {
	{ "backends", "AZURE-BACKENDS", COLUMN_RIGHT },
	{ "ports", "PORTS", COLUMN_RIGHT },
	{ "fit", "FIT", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static const struct field *ports_field(void)
{
	return &object_types[KIND_SNAT].fields[SNAT_PORTS];
}

static void cell_ports(uint32_t ports)
{
	const char *word = word_name(ports_field()->words, ports);

	if (word)
		cell_string(word);
	else
		cell_u64(ports);
}

static void show_numbers(const struct nl_attrs *attrs)
{
	table_begin("plan", plan_columns);
	table_row();
	view_text(attrs, NFLB_A_PLAN_SNAT);
	cell_ports(nl_u32(attrs, NFLB_A_PLAN_PORTS));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_BACKENDS));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_ADDRESSES));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_CAPACITY));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_RESERVED));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_LIMIT));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_SUM));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_FIT));
	view_text(attrs, NFLB_A_PLAN_REFUSAL);
	table_row_end();
	table_end();
}

static void address_cells(const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_PLAN_ADDRESS_ADDRESS);
	char text[ADDRESS_TEXT_SIZE];

	if (address.len)
		cell_string(format_address(&address, text));
	else
		cell_none();
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_ADDRESS_PORTS));
}

static void step_cells(const struct nl_attrs *attrs)
{
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_STEP_BACKENDS));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_STEP_PORTS));
	cell_u64(nl_u32(attrs, NFLB_A_PLAN_STEP_FIT));
}

/* A row for each of the nests. */
static void show_nests(const struct nl_attrs *attrs, uint16_t attr,
		       void (*cells)(const struct nl_attrs *attrs))
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;

	while ((item = nl_next(attrs, attr, item))) {
		if (!nl_nest_of(item, &nest))
			continue;
		table_row();
		cells(&nest);
		table_row_end();
	}
	table_end();
}

static int show(const struct nl_attrs *attrs, void *arg)
{
	bool *is_refused = arg;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	show_numbers(attrs);
	if (!print_is_json())
		print_text("\n");
	table_begin("addresses", address_columns);
	show_nests(attrs, NFLB_A_PLAN_ADDRESS, address_cells);
	if (!print_is_json())
		print_text("\n");
	table_begin("azure", step_columns);
	show_nests(attrs, NFLB_A_PLAN_STEP, step_cells);
	if (print_is_json())
		json_end();
	*is_refused = nl_has(attrs, NFLB_A_PLAN_REFUSAL);
	if (*is_refused)
		complain("%s", nl_text(attrs, NFLB_A_PLAN_REFUSAL));
	return 0;
}

static int take_ports(void *arg, const char *text, struct why *why)
{
	struct value value;

	if (value_parse(ports_field(), text, &value, why))
		return -1;
	nl_put_u32(arg, NFLB_A_PLAN_PORTS, value.number);
	return 0;
}

static int take_number(struct nl_msg *msg, uint16_t attr, const char *text,
		       uint32_t max, struct why *why)
{
	uint64_t number;

	if (parse_u64(text, 1, max, &number, why))
		return -1;
	nl_put_u32(msg, attr, number);
	return 0;
}

static int take_backends(void *arg, const char *text, struct why *why)
{
	return take_number(arg, NFLB_A_PLAN_BACKENDS, text, NFLB_BACKENDS_MAX,
			   why);
}

static int take_addresses(void *arg, const char *text, struct why *why)
{
	return take_number(arg, NFLB_A_PLAN_ADDRESSES, text,
			   NFLB_SNAT_ADDRESSES_MAX, why);
}

static const struct command_option options[] = {
	{ "ports", take_ports },
	{ "backends", take_backends },
	{ "addresses", take_addresses },
	{ NULL, NULL },
};

static bool is_option(const char *word)
{
	const struct command_option *option = options;

	while (option->name && strcmp(word, option->name) != 0)
		option++;
	return option->name;
}

/* Options come in pairs: if there is one word more, that is a name, too. */
static int read_words(struct context *ctx, struct nl_msg *msg, int argc,
		      char **argv)
{
	int n_names = argc % 2 || (argc && !is_option(argv[0]));

	if (n_names && verb_put_name(msg, NFLB_A_PLAN_SNAT, "snat", argv[0]))
		return EXIT_USAGE;
	return command_options(ctx, options, msg, argc - n_names,
			       argv + n_names);
}

/**
 * snatplan_run() - lbctl snat plan [NAME] [ports P] [backends N] [addresses N]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status; EXIT_REFUSED too if a snat would be.
 */
int snatplan_run(struct context *ctx, const struct command *command, int argc,
		 char **argv)
{
	bool is_refused = false;
	struct nl_msg msg;
	int err;

	(void)command;
	nl_msg_init(&msg, NFLB_CMD_PLAN_GET);
	if (read_words(ctx, &msg, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = nl_call(ctx->nl, &msg, show, &is_refused);
	if (err)
		return context_failed(ctx, NULL, "plan", err);
	return is_refused ? EXIT_REFUSED : EXIT_OK;
}
