// SPDX-License-Identifier: GPL-2.0-only
/* lbctl show: everything there is. */
#include "backend.h"
#include "commands.h"
#include "fastpath.h"
#include "frontend.h"
#include "load.h"
#include "nat.h"
#include "nflb.h"
#include "pool.h"
#include "print.h"
#include "probe.h"
#include "service.h"
#include "snat.h"

/**
 * struct reading - what the kernel answered, all of one generation
 * @info: A list of one.
 * @of: All objects of each kind.
 */
struct reading {
	struct nl_list info;
	struct nl_list of[KINDS];
};

static const struct view *const views[KINDS] = {
	[KIND_FRONTEND] = &frontend_view,
	[KIND_PROBE] = &probe_view,
	[KIND_POOL] = &pool_view,
	[KIND_BACKEND] = &backend_view,
	[KIND_SERVICE] = &service_view,
	[KIND_NAT] = &nat_view,
	[KIND_MAPPING] = &mapping_view,
	[KIND_SNAT] = &snat_view,
	[KIND_FASTPATH] = NULL,	/* no table of them */
};

static int read_kind(struct context *ctx, enum object_kind kind,
		     struct nl_list *list)
{
	const struct object_type *type = &object_types[kind];
	struct nl_msg msg;

	nl_msg_init(&msg, type->cmd_get);
	if (type->n_ids)
		return nl_collect(ctx->nl, &msg, list);
	return nl_call(ctx->nl, &msg, nl_list_keep, list);
}

static void reading_free(struct reading *reading)
{
	int kind;

	nl_list_free(&reading->info);
	for (kind = 0; kind < KINDS; kind++)
		nl_list_free(&reading->of[kind]);
}

static int read_all(struct context *ctx, uint32_t generation, void *arg)
{
	struct reading *reading = arg;
	struct nl_msg msg;
	int kind, err;

	(void)generation;
	reading_free(reading);
	nl_msg_init(&msg, NFLB_CMD_INFO_GET);
	err = nl_call(ctx->nl, &msg, nl_list_keep, &reading->info);
	for (kind = 0; kind < KINDS && !err; kind++)
		err = read_kind(ctx, kind, &reading->of[kind]);
	return err;
}

static void show_info(const struct nl_list *list)
{
	const struct nlattr *item = NULL;
	struct nl_attrs attrs;
	const char *version;

	nl_list_get(list, 0, &attrs);
	version = nl_text(&attrs, NFLB_A_INFO_VERSION);
	if (!print_is_json()) {
		print_text("nflb %s, generation %u, schedulers:", version,
			   nl_u32(&attrs, NFLB_A_INFO_GENERATION));
		while ((item = nl_next(&attrs, NFLB_A_INFO_SCHEDULER, item)))
			print_text(" %s", nl_text_of(item));
		print_text("\n");
		return;
	}
	json_string("version", version);
	json_u64("generation", nl_u32(&attrs, NFLB_A_INFO_GENERATION));
	json_begin_array("schedulers", LAYOUT_INLINE);
	while ((item = nl_next(&attrs, NFLB_A_INFO_SCHEDULER, item)))
		json_string(NULL, nl_text_of(item));
	json_end();
}

static void show_kind(enum object_kind kind, const struct nl_list *list)
{
	const struct object_type *type = &object_types[kind];
	struct nl_attrs attrs;

	if (!list->n && !print_is_json())
		return;
	if (!print_is_json())
		print_text("\n%s\n", type->n_ids ? type->plural : type->name);
	if (views[kind]) {
		view_list(views[kind], list);
	} else {
		nl_list_get(list, 0, &attrs);
		fastpath_show(&attrs);
	}
}

static void show_all(const struct reading *reading)
{
	int kind;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	show_info(&reading->info);
	for (kind = 0; kind < KINDS; kind++)
		show_kind(kind, &reading->of[kind]);
	if (print_is_json())
		json_end();
}

/**
 * show_run() - lbctl show
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int show_run(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	struct reading reading = { 0 };
	int err;

	(void)command;
	if (argc > 0)
		return command_usage(ctx, "unexpected \"%s\"", argv[0]);
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = load_of_one_generation(ctx, read_all, &reading);
	if (!err)
		show_all(&reading);
	reading_free(&reading);
	return err ? context_failed(ctx, NULL, "show", err) : EXIT_OK;
}
