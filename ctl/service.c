// SPDX-License-Identifier: GPL-2.0-only
/* lbctl service: what is balanced. */
#include "service.h"

#include "counters.h"
#include "nflb.h"

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "frontend", "FRONTEND", 0 },
	{ "protocol", "PROTOCOL", 0 },
	{ "port", "PORT", COLUMN_RIGHT },
	{ "pool", "POOL", 0 },
	{ "backend_port", "BACKEND-PORT", COLUMN_RIGHT },
	{ "probe", "PROBE", 0 },
	{ "fastpath", "FASTPATH", COLUMN_JSON },
	{ "new_flows_mode", "NEW-FLOWS-MODE", COLUMN_JSON },
	{ "backup", "BACKUP", COLUMN_JSON },
	{ "all_down", "ALL-DOWN", COLUMN_JSON },
	{ "on_down", "ON-DOWN", COLUMN_JSON },
	{ "affinity", "AFFINITY", COLUMN_JSON },
	{ "affinity_prefix", "AFFINITY-PREFIX", COLUMN_JSON },
	{ "idle_timeout_ms", "IDLE-TIMEOUT", COLUMN_JSON },
	{ "half_open_timeout_ms", "HALF-OPEN-TIMEOUT", COLUMN_JSON },
	{ "half_closed_timeout_ms", "HALF-CLOSED-TIMEOUT", COLUMN_JSON },
	{ "udp_timeout_ms", "UDP-TIMEOUT", COLUMN_JSON },
	{ "tcp_reset", "TCP-RESET", COLUMN_JSON },
	{ "allow", "ALLOW", COLUMN_JSON },
	{ "max_flows", "MAX-FLOWS", COLUMN_JSON },
	{ "max_rate", "MAX-RATE", COLUMN_JSON },
	{ "no_flow", "NO-FLOW", COLUMN_JSON },
	{ "udp_mode", "UDP-MODE", COLUMN_JSON },
	{ "syn_proxy", "SYN-PROXY", COLUMN_JSON },
	{ "floating", "FLOATING", COLUMN_JSON },
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ "new_flows", "NEW-FLOWS", COLUMN_RIGHT },
	{ "drops", "DROPS", COLUMN_RIGHT },
	{ "healthy", "HEALTHY", COLUMN_RIGHT },
	{ "half_open", "HALF-OPEN", COLUMN_JSON },
	{ "protected", "PROTECTED", 0 },
	{ NULL, NULL, 0 },
};

/* Without syn-proxy nobody counts, and nothing is ever protected. */
static void cells_synproxy(const struct nl_attrs *attrs)
{
	if (!nl_has(attrs, NFLB_A_SERVICE_PROTECTED)) {
		cell_none();
		cell_none();
		return;
	}
	cell_u64(nl_u32(attrs, NFLB_A_SERVICE_HALF_OPEN));
	cell_bool(nl_u32(attrs, NFLB_A_SERVICE_PROTECTED));
}

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	struct counters counters;

	counters_read(attrs, NFLB_A_SERVICE_COUNTERS, &counters);
	view_cells(obj, SERVICE_NAME, SERVICE_FLOATING);
	cell_u64(counters.value[COUNTER_ACTIVE]);
	cell_u64(counters.value[COUNTER_NEW_FLOWS]);
	cell_u64(counters_drops(&counters));
	cell_u64(nl_u32(attrs, NFLB_A_SERVICE_HEALTHY));
	cells_synproxy(attrs);
}

const struct view service_view = {
	.kind = KIND_SERVICE,
	.columns = columns,
	.cells = cells,
};

/**
 * services_each() - asks for what flows are charged to: services and nats
 * @nl: The connection.
 * @on_reply: Called for each.
 * @arg: For @on_reply.
 *
 * Return: As nl_each().
 */
int services_each(struct nl *nl, nl_reply_fn on_reply, void *arg)
{
	int err = nl_each(nl, NFLB_CMD_SERVICE_GET, on_reply, arg);

	return err ?: nl_each(nl, NFLB_CMD_NAT_GET, on_reply, arg);
}

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &service_view, argc, argv);
}

const struct command service_verbs[] = {
	{
		.name = "add",
		.args = "NAME frontend F protocol P port PORT pool POOL [KEYWORD VALUE]...",
		.help = "adds a service",
		.run = verb_add, .type = &object_types[KIND_SERVICE],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a service for new flows, fastpath, on-down, the times, tcp-reset and udp-mode for all; what is not named stays",
		.run = verb_set, .type = &object_types[KIND_SERVICE],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a service; its flows go on until they end",
		.run = verb_del, .type = &object_types[KIND_SERVICE],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one service, or all",
		.run = show,
	},
	{ .name = NULL },
};
