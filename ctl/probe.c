// SPDX-License-Identifier: GPL-2.0-only
/* lbctl probe: how health is checked. */
#include "probe.h"

#include "nflb.h"

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "type", "TYPE", 0 },
	{ "port", "PORT", COLUMN_RIGHT },
	{ "path", "PATH", 0 },
	{ "interval_ms", "INTERVAL", COLUMN_RIGHT },
	{ "timeout_ms", "TIMEOUT", COLUMN_RIGHT },
	{ "rise", "RISE", COLUMN_RIGHT },
	{ "fall", "FALL", COLUMN_RIGHT },
	{ "initial", "INITIAL", 0 },
	{ "services", "SERVICES", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, PROBE_NAME, PROBE_INITIAL);
	cell_u64(nl_u32(attrs, NFLB_A_PROBE_SERVICES));
}

const struct view probe_view = {
	.kind = KIND_PROBE,
	.columns = columns,
	.cells = cells,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &probe_view, argc, argv);
}

const struct command probe_verbs[] = {
	{
		.name = "add", .args = "NAME tcp|http|https [KEYWORD VALUE]...",
		.help = "adds a probe",
		.run = verb_add, .type = &object_types[KIND_PROBE],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a probe; what is not named stays",
		.run = verb_set, .type = &object_types[KIND_PROBE],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a probe that no service uses",
		.run = verb_del, .type = &object_types[KIND_PROBE],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one probe, or all",
		.run = show,
	},
	{ .name = NULL },
};
