// SPDX-License-Identifier: GPL-2.0-only
/* lbctl snat: addresses that the flows leave through which backends open. */
#include "snat.h"

#include "nflb.h"
#include "outbound.h"
#include "print.h"
#include "snatplan.h"

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "pool", "POOL", 0 },
	{ "address", "ADDRESS", 0 },
	{ "protocol", "PROTOCOL", 0 },
	{ "ports", "PORTS", COLUMN_RIGHT },
	{ "idle_timeout_ms", "IDLE-TIMEOUT", COLUMN_JSON },
	{ "half_open_timeout_ms", "HALF-OPEN-TIMEOUT", COLUMN_JSON },
	{ "half_closed_timeout_ms", "HALF-CLOSED-TIMEOUT", COLUMN_JSON },
	{ "udp_timeout_ms", "UDP-TIMEOUT", COLUMN_JSON },
	{ "tcp_reset", "TCP-RESET", COLUMN_JSON },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "reserved", "RESERVED", COLUMN_RIGHT },
	{ "capacity", "CAPACITY", COLUMN_RIGHT },
	{ "allocated", "ALLOCATED", COLUMN_RIGHT },
	{ "used", "USED", COLUMN_RIGHT },
	{ "failed", "FAILED", COLUMN_RIGHT },
	{ "short", "SHORT", COLUMN_RIGHT },
	{ "busy", "BUSY", COLUMN_JSON },
	{ "exhausted", "EXHAUSTED", COLUMN_JSON },
	{ "idle_resets", "IDLE-RESETS", COLUMN_JSON },
	{ NULL, NULL, 0 },
};

static const struct column lease_columns[] = {
	{ "snat", "SNAT", 0 },
	{ "pool", "POOL", 0 },
	{ "backend", "BACKEND", 0 },
	{ "address", "ADDRESS", 0 },
	{ "allocated", "ALLOCATED", COLUMN_RIGHT },
	{ "limit", "LIMIT", COLUMN_RIGHT },
	{ "used", "USED", COLUMN_RIGHT },
	{ "failed", "FAILED", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, SNAT_NAME, SNAT_TCP_RESET);
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_BACKENDS));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_RESERVED));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_CAPACITY));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_ALLOCATED));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_USED));
	cell_u64(nl_u64(attrs, NFLB_A_SNAT_FAILED));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_SHORT));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_BUSY));
	cell_u64(nl_u32(attrs, NFLB_A_SNAT_EXHAUSTED));
	cell_u64(nl_u64(attrs, NFLB_A_SNAT_IDLE_RESETS));
}

static void show_lease(const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_LEASE_ADDRESS);
	char text[ADDRESS_TEXT_SIZE];

	table_row();
	cell_string(nl_text(attrs, NFLB_A_LEASE_SNAT));
	cell_string(nl_text(attrs, NFLB_A_LEASE_POOL));
	cell_string(nl_text(attrs, NFLB_A_LEASE_BACKEND));
	cell_string(format_address(&address, text));
	cell_u64(nl_u32(attrs, NFLB_A_LEASE_ALLOCATED));
	cell_u64(nl_u32(attrs, NFLB_A_LEASE_LIMIT));
	cell_u64(nl_u32(attrs, NFLB_A_LEASE_USED));
	cell_u64(nl_u64(attrs, NFLB_A_LEASE_FAILED));
	table_row_end();
}

static void show_leases(const struct nl_list *list)
{
	struct nl_attrs attrs;
	size_t i;

	table_begin("leases", lease_columns);
	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, &attrs);
		show_lease(&attrs);
	}
	table_end();
}

static int show_parts(struct context *ctx, const char *snat)
{
	struct nl_list list;
	struct nl_msg msg;
	int err;

	nl_list_init(&list);
	nl_msg_init(&msg, NFLB_CMD_LEASE_GET);
	if (snat)
		nl_put_text(&msg, NFLB_A_LEASE_SNAT, snat);
	err = nl_collect(ctx->nl, &msg, &list);
	if (!err && !print_is_json())
		print_text("\n");
	if (!err)
		show_leases(&list);
	nl_list_free(&list);
	return err ? context_failed(ctx, NULL, "leases", err) : EXIT_OK;
}

const struct view snat_view = {
	.kind = KIND_SNAT,
	.columns = columns,
	.cells = cells,
	.parts = show_parts,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &snat_view, argc, argv);
}

const struct command snat_verbs[] = {
	{
		.name = "add",
		.args = "NAME pool POOL address ADDRESS[,ADDRESS]... [KEYWORD VALUE]...",
		.help = "adds a snat",
		.run = verb_add, .type = &object_types[KIND_SNAT],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a snat for new flows, the times and tcp-reset for all; what is not named stays",
		.run = verb_set, .type = &object_types[KIND_SNAT],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a snat; its flows go on until they end",
		.run = verb_del, .type = &object_types[KIND_SNAT],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one snat, or all, and the ports of each backend",
		.run = show,
	},
	{
		.name = "top", .args = "NAME [limit N]",
		.help = "shows where the flows go that have most of the ports",
		.run = outbound_top, .words = outbound_top_words,
	},
	{
		.name = "flows", .args = "[NAME]",
		.help = "shows the flows that have ports by a snat, or by all",
		.run = outbound_flows,
	},
	{
		.name = "plan",
		.args = "[NAME] [ports N|azure|dynamic] [backends N] [addresses N]",
		.help = "shows how ports are shared out, or would be with other numbers",
		.run = snatplan_run, .words = snatplan_words,
	},
	{ .name = NULL },
};
