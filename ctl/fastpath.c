// SPDX-License-Identifier: GPL-2.0-only
/* lbctl fastpath: the fast path as a whole. */
#include "fastpath.h"

#include "doc.h"
#include "nflb.h"
#include "print.h"
#include "verbs.h"
#include "wire.h"

static const struct column columns[] = {
	{ "devices", "DEVICES", 0 },
	{ NULL, NULL, 0 },
};

static const struct object_type *type(void)
{
	return &object_types[KIND_FASTPATH];
}

/* There is one, so in JSON it is an object and no array. */
static void show_json(const struct object *obj)
{
	unsigned int i;

	json_begin_object(type()->name, LAYOUT_INLINE);
	for (i = 0; i < type()->n_fields; i++)
		doc_write_value(&type()->fields[i], &obj->values[i]);
	json_end();
}

/**
 * fastpath_show() - shows it
 * @attrs: What the kernel answered.
 */
void fastpath_show(const struct nl_attrs *attrs)
{
	struct object *obj = wire_read(attrs, KIND_FASTPATH);

	if (print_is_json()) {
		show_json(obj);
	} else {
		table_begin(type()->name, columns);
		table_row();
		view_cells(obj, FASTPATH_DEVICES, FASTPATH_DEVICES);
		table_row_end();
		table_end();
	}
	object_free(obj);
}

static int show_reply(const struct nl_attrs *attrs, void *arg)
{
	(void)arg;
	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	fastpath_show(attrs);
	if (print_is_json())
		json_end();
	return 0;
}

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	struct nl_msg msg;
	int err;

	(void)command;
	if (command_takes(ctx, 0, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	nl_msg_init(&msg, type()->cmd_get);
	err = nl_call(ctx->nl, &msg, show_reply, NULL);
	if (err)
		return context_failed(ctx, type(), type()->name, err);
	return EXIT_OK;
}

const struct command fastpath_verbs[] = {
	{
		.name = "set", .args = "[KEYWORD VALUE]...",
		.help = "changes it, for flows that exist, too",
		.run = verb_set, .type = &object_types[KIND_FASTPATH],
		.has_keywords = true,
	},
	{
		.name = "show", .args = "",
		.help = "shows what is set",
		.run = show,
	},
	{ .name = NULL },
};
