// SPDX-License-Identifier: GPL-2.0-only
/* lbctl pool: sets of backends. */
#include "pool.h"

#include <stdio.h>

#include "commands.h"
#include "nflb.h"
#include "print.h"
#include "roll.h"

#define PANICS_TEXT_SIZE	256

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "scheduler", "SCHEDULER", 0 },
	{ "slots", "SLOTS", COLUMN_RIGHT },
	{ "seed", "SEED", COLUMN_RIGHT },
	{ "panic", "PANIC", COLUMN_RIGHT },
	{ "slow_start_ms", "SLOW-START", COLUMN_RIGHT },
	{ "prefer_zone", "PREFER-ZONE", COLUMN_RIGHT },
	{ "spill_below", "SPILL-BELOW", COLUMN_RIGHT },
	{ "eject_after", "EJECT-AFTER", COLUMN_RIGHT },
	{ "eject_time_ms", "EJECT-TIME", COLUMN_RIGHT },
	{ "panicking", "PANICKING", 0 },
	{ "backends", "BACKENDS", COLUMN_RIGHT },
	{ "eligible", "ELIGIBLE", COLUMN_RIGHT },
	{ "services", "SERVICES", COLUMN_RIGHT },
	{ "memory_bytes", "MEMORY", COLUMN_RIGHT },
	{ "digest", "DIGEST", 0 },
	{ NULL, NULL, 0 },
};

/* The names of the probes that too few pass. */
static void cell_panics(const struct nl_attrs *attrs)
{
	const char *key = cell_begin_nested();
	const struct nlattr *item = NULL;
	char text[PANICS_TEXT_SIZE] = "";
	size_t len = 0;

	if (key)
		json_begin_array(key, LAYOUT_INLINE);
	while ((item = nl_next(attrs, NFLB_A_POOL_PANIC_PROBE, item))) {
		if (key)
			json_string(NULL, nl_text_of(item));
		else if (len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len, "%s%s",
					len ? "," : "", nl_text_of(item));
	}
	if (key)
		json_end();
	cell_end_nested(text);
}

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, POOL_NAME, POOL_EJECT_TIME);
	cell_panics(attrs);
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
		.help = "removes a pool that no service, nat or snat uses, with its backends",
		.run = verb_del, .type = &object_types[KIND_POOL],
	},
	{
		.name = "sync", .args = "NAME FILE|- [dry-run]",
		.help = "makes the backends of a pool those of a list",
		.run = sync_run, .words = sync_words,
	},
	{
		.name = "roll", .args = "NAME COMMAND [deadline TIME]",
		.help = "drains one backend after the other and runs COMMAND for it",
		.run = roll_run, .words = roll_words,
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one pool, or all",
		.run = show,
	},
	{ .name = NULL },
};
