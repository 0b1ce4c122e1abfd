// SPDX-License-Identifier: GPL-2.0-only
/* lbctl pool: sets of backends. */
#include "pool.h"

#include "nflb.h"

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "scheduler", "SCHEDULER", 0 },
	{ "slots", "SLOTS", COLUMN_RIGHT },
	{ "seed", "SEED", COLUMN_RIGHT },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "eligible", "ELIGIBLE", COLUMN_RIGHT },
	{ "services", "SERVICES", COLUMN_RIGHT },
	{ "memory_bytes", "MEMORY", COLUMN_RIGHT },
	{ "digest", "DIGEST", 0 },
	{ NULL, NULL, 0 },
};

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, POOL_NAME, POOL_SEED);
	cell_u64(nl_u32(attrs, NFLB_A_POOL_BACKENDS));
	cell_u64(nl_u32(attrs, NFLB_A_POOL_ELIGIBLE));
	cell_u64(nl_u32(attrs, NFLB_A_POOL_SERVICES));
	cell_bytes(nl_u64(attrs, NFLB_A_POOL_MEMORY_BYTES));
	if (nl_has(attrs, NFLB_A_POOL_DIGEST))
		cell_hex(nl_u64(attrs, NFLB_A_POOL_DIGEST));
	else
		cell_none();
}

const struct view pool_view = {
	.kind = KIND_POOL,
	.columns = columns,
	.cells = cells,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &pool_view, argc, argv);
}

const struct command pool_verbs[] = {
	{
		.name = "add", .args = "NAME [KEYWORD VALUE]...",
		.help = "adds a pool, without backends",
		.run = verb_add, .type = &object_types[KIND_POOL],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a pool; what is not named stays",
		.run = verb_set, .type = &object_types[KIND_POOL],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a pool that no service uses, with its backends",
		.run = verb_del, .type = &object_types[KIND_POOL],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one pool, or all",
		.run = show,
	},
	{ .name = NULL },
};
