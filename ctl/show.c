// SPDX-License-Identifier: GPL-2.0-only
/* lbctl show: everything there is. */
#include "backend.h"
#include "commands.h"
#include "fastpath.h"
#include "frontend.h"
#include "nflb.h"
#include "pool.h"
#include "print.h"
#include "probe.h"
#include "service.h"

static const struct view *const views[KINDS] = {
	[KIND_FRONTEND] = &frontend_view,
	[KIND_PROBE] = &probe_view,
	[KIND_POOL] = &pool_view,
	[KIND_BACKEND] = &backend_view,
	[KIND_SERVICE] = &service_view,
	[KIND_FASTPATH] = NULL,	/* no table of them */
};

static int show_info(const struct nl_attrs *attrs, void *arg)
{
	const char *version = nl_text(attrs, NFLB_A_INFO_VERSION);
	const struct nlattr *item = NULL;

	(void)arg;
	if (!print_is_json()) {
		print_text("nflb %s, generation %u, schedulers:", version,
			   nl_u32(attrs, NFLB_A_INFO_GENERATION));
		while ((item = nl_next(attrs, NFLB_A_INFO_SCHEDULER, item)))
			print_text(" %s", nl_text_of(item));
		print_text("\n");
		return 0;
	}
	json_string("version", version);
	json_u64("generation", nl_u32(attrs, NFLB_A_INFO_GENERATION));
	json_begin_array("schedulers", LAYOUT_INLINE);
	while ((item = nl_next(attrs, NFLB_A_INFO_SCHEDULER, item)))
		json_string(NULL, nl_text_of(item));
	json_end();
	return 0;
}

static int show_sections(struct context *ctx)
{
	struct nl_msg msg;
	int i, status;
	int err;

	nl_msg_init(&msg, NFLB_CMD_INFO_GET);
	err = nl_call(ctx->nl, &msg, show_info, NULL);
	if (err)
		return context_failed(ctx, NULL, "show", err);
	for (i = 0; i < KINDS; i++) {
		status = views[i] ? view_section(ctx, views[i]) :
				    fastpath_section(ctx);
		if (status)
			return status;
	}
	return EXIT_OK;
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
	int status;

	(void)command;
	if (argc > 0)
		return command_usage(ctx, "unexpected \"%s\"", argv[0]);
	status = context_open(ctx);
	if (status)
		return status;
	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	status = show_sections(ctx);
	if (print_is_json())
		json_end();
	return status;
}
