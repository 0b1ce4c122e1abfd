// SPDX-License-Identifier: GPL-2.0-only
/* lbctl nat: inbound NAT, ports that each lead to one backend. */
#include "nat.h"

#include "counters.h"
#include "nflb.h"
#include "print.h"

static const struct column nat_columns[] = {
	{ "name", "NAME", 0 },
	{ "frontend", "FRONTEND", 0 },
	{ "protocol", "PROTOCOL", 0 },
	{ "port", "PORT", COLUMN_RIGHT },
	{ "pool", "POOL", 0 },
	{ "backend_port", "BACKEND-PORT", COLUMN_RIGHT },
	{ "probe", "PROBE", 0 },
	{ "fastpath", "FASTPATH", COLUMN_JSON },
	{ "new_flows_mode", "NEW-FLOWS-MODE", COLUMN_JSON },
	{ "backend", "BACKEND", 0 },
	{ "quarantine_ms", "QUARANTINE", COLUMN_RIGHT },
	{ "all_down", "ALL-DOWN", COLUMN_JSON },
	{ "on_down", "ON-DOWN", COLUMN_JSON },
	{ "idle_timeout_ms", "IDLE-TIMEOUT", COLUMN_JSON },
	{ "half_open_timeout_ms", "HALF-OPEN-TIMEOUT", COLUMN_JSON },
	{ "half_closed_timeout_ms", "HALF-CLOSED-TIMEOUT", COLUMN_JSON },
	{ "udp_timeout_ms", "UDP-TIMEOUT", COLUMN_JSON },
	{ "tcp_reset", "TCP-RESET", COLUMN_JSON },
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ "new_flows", "NEW-FLOWS", COLUMN_RIGHT },
	{ "drops", "DROPS", COLUMN_RIGHT },
	{ "unmapped", "UNMAPPED", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void nat_cells(const struct object *obj, const struct nl_attrs *attrs)
{
	struct counters counters;

	counters_read(attrs, NFLB_A_SERVICE_COUNTERS, &counters);
	view_cells(obj, NAT_NAME, NAT_TCP_RESET);
	cell_u64(counters.value[COUNTER_ACTIVE]);
	cell_u64(counters.value[COUNTER_NEW_FLOWS]);
	cell_u64(counters_drops(&counters));
	cell_u64(nl_u32(attrs, NFLB_A_SERVICE_UNMAPPED));
}

static const struct column mapping_columns[] = {
	{ "nat", "NAT", 0 },
	{ "backend", "BACKEND", 0 },
	{ "address", "ADDRESS", 0 },
	{ "port", "PORT", COLUMN_RIGHT },
	{ "state", "STATE", 0 },
	{ "left_ms", "LEFT", COLUMN_RIGHT },
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void mapping_cells(const struct object *obj,
			  const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_MAPPING_ADDRESS);
	uint32_t left_ms = nl_u32(attrs, NFLB_A_MAPPING_LEFT_MS);
	uint32_t state = nl_u32(attrs, NFLB_A_MAPPING_STATE);
	char text[ADDRESS_TEXT_SIZE], time[TIME_TEXT_SIZE];

	view_cells(obj, MAPPING_NAT, MAPPING_BACKEND);
	if (address.len)
		cell_string(format_address(&address, text));
	else
		cell_none();
	if (state == NFLB_MAPPING_STATE_NO_PORT)
		cell_none();
	else
		view_cells(obj, MAPPING_PORT, MAPPING_PORT);
	cell_string(word_name(mapping_state_words, state) ?: "unknown");
	if (state == NFLB_MAPPING_STATE_QUARANTINE)
		cell_u64_as(left_ms, format_ms(left_ms, time));
	else
		cell_none();
	view_number(attrs, NFLB_A_MAPPING_ACTIVE);
}

const struct view mapping_view = {
	.kind = KIND_MAPPING,
	.columns = mapping_columns,
	.cells = mapping_cells,
};

static int show_parts(struct context *ctx, const char *nat)
{
	struct nl_list list;
	struct nl_msg msg;
	int err;

	nl_list_init(&list);
	nl_msg_init(&msg, NFLB_CMD_MAPPING_GET);
	if (nat)
		nl_put_text(&msg, NFLB_A_MAPPING_NAT, nat);
	err = nl_collect(ctx->nl, &msg, &list);
	if (!err && !print_is_json())
		print_text("\n");
	if (!err)
		view_list(&mapping_view, &list);
	nl_list_free(&list);
	return err ? context_failed(ctx, NULL, "mapping", err) : EXIT_OK;
}

const struct view nat_view = {
	.kind = KIND_NAT,
	.columns = nat_columns,
	.cells = nat_cells,
	.parts = show_parts,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &nat_view, argc, argv);
}

const struct command nat_verbs[] = {
	{
		.name = "add",
		.args = "NAME frontend F protocol P port PORT pool POOL backend-port PORT [KEYWORD VALUE]...",
		.help = "adds a nat: one port to a backend, or a range over the pool",
		.run = verb_add, .type = &object_types[KIND_NAT],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a nat, as set does a service; who has a port keeps it",
		.run = verb_set, .type = &object_types[KIND_NAT],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a nat; its flows go on until they end",
		.run = verb_del, .type = &object_types[KIND_NAT],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one nat, or all, and which port leads to which backend",
		.run = show,
	},
	{ .name = NULL },
};
