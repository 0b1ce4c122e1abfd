// SPDX-License-Identifier: GPL-2.0-only
/* lbctl frontend: virtual addresses. */
#include "frontend.h"

#include "nflb.h"

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "address", "ADDRESS", 0 },
	{ "ping", "PING", 0 },
	{ "services", "SERVICES", COLUMN_RIGHT },
	{ "served", "SERVED", 0 },
	{ NULL, NULL, 0 },
};

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, FRONTEND_NAME, FRONTEND_PING);
	cell_u64(nl_u32(attrs, NFLB_A_FRONTEND_SERVICES));
	cell_bool(nl_u32(attrs, NFLB_A_FRONTEND_SERVED));
}

const struct view frontend_view = {
	.kind = KIND_FRONTEND,
	.columns = columns,
	.cells = cells,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &frontend_view, argc, argv);
}

const struct command frontend_verbs[] = {
	{
		.name = "add", .args = "NAME ADDRESS [KEYWORD VALUE]...",
		.help = "adds a frontend",
		.run = verb_add, .type = &object_types[KIND_FRONTEND],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [ADDRESS] [KEYWORD VALUE]...",
		.help = "changes a frontend; its flows go on until they end",
		.run = verb_set, .type = &object_types[KIND_FRONTEND],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a frontend that no service or nat uses",
		.run = verb_del, .type = &object_types[KIND_FRONTEND],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one frontend, or all",
		.run = show,
	},
	{ .name = NULL },
};
