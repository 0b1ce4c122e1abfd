// SPDX-License-Identifier: GPL-2.0-only
/*
 * lbctl apply: makes the kernel's configuration equal to a document, and
 * lbctl pool sync: makes the backends of a pool those of a list.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "commands.h"
#include "load.h"
#include "members.h"
#include "plan.h"
#include "print.h"
#include "source.h"
#include "txn.h"
#include "verbs.h"
#include "wire.h"

/**
 * struct apply - a document that is being applied
 * @ctx: The context, connected.
 * @source: Text of the document.
 * @is_dry_run: Nothing is to be changed.
 * @before: What the kernel has.
 * @after: What the document says.
 * @diff: What distinguishes them.
 * @plan: The requests.
 * @generation: Generation that was published.
 */
struct apply {
	struct context *ctx;
	struct source source;
	bool is_dry_run;
	struct doc *before;
	struct doc *after;
	struct diff diff;
	struct plan plan;
	uint32_t generation;
};

#define DRY_RUN_HELP "shows what would change and lets the kernel check it"

const struct help_word apply_words[] = {
	{ "FILE", "a JSON document, see lbctl(8); - reads it from stdin" },
	{ "dry-run, --dry-run", DRY_RUN_HELP },
	{ NULL, NULL },
};

const struct help_word sync_words[] = {
	{ "FILE", "a JSON array of backends; - reads it from stdin" },
	{ "dry-run, --dry-run", DRY_RUN_HELP },
	{ NULL, NULL },
};

/* Which object, and where it stands in the document. */
static void say_where(const struct apply *apply, const struct object *obj,
		      const char *sentence)
{
	char label[LABEL_SIZE];
	size_t line = 0;

	object_label(obj, label);
	if (doc_find_like(apply->after, obj) == obj)
		line = source_line(&apply->source, obj, -1);
	if (line)
		complain("%s:%zu: %s: %s", apply->source.file, line, label,
			 sentence);
	else
		complain("%s: %s: %s", apply->source.file, label, sentence);
}

static int on_refusal(size_t idx, const struct nl_refusal *refusal, void *arg)
{
	const struct apply *apply = arg;
	const struct object *obj = apply->plan.steps[idx].obj;
	struct why why;

	wire_explain_refusal(obj->type, refusal, &why);
	say_where(apply, obj, why.text);
	return -ECANCELED;
}

static int send_step(struct nl_stream *stream, const struct step *step)
{
	struct nl_msg msg;

	nl_msg_init(&msg, step->cmd);
	wire_put_ids(&msg, step->obj);
	wire_put_fields(&msg, step->obj, step->fields);
	return nl_stream_add(stream, &msg);
}

static int send_steps(struct apply *apply)
{
	struct nl_stream stream = {
		.nl = apply->ctx->nl,
		.on_refusal = on_refusal,
		.arg = apply,
	};
	int err = 0;
	size_t i;

	nl_stream_begin(&stream);
	for (i = 0; i < apply->plan.n && !err; i++) {
		progress("changes", i, apply->plan.n);
		err = send_step(&stream, &apply->plan.steps[i]);
	}
	if (!err)
		err = nl_stream_send(&stream);
	progress_end();
	return err;
}

/*
 * Without the privilege to change anything, a dry run is still good for
 * showing the difference.
 */
static bool is_unprivileged_dry_run(const struct apply *apply, int err)
{
	return apply->is_dry_run && (err == -EPERM || err == -EACCES);
}

/* Returns -EAGAIN if the kernel's configuration has changed meanwhile. */
static int transact(struct apply *apply)
{
	struct context *ctx = apply->ctx;
	int err;

	err = txn_begin(ctx, apply->before->generation);
	if (is_unprivileged_dry_run(apply, err))
		return 0;
	if (err == -EAGAIN)
		return err;
	if (err)
		goto err_say;
	err = send_steps(apply);
	if (err) {
		txn_abort(ctx);
		if (err == -ECANCELED)
			return err;
		complain("%s: %s", apply->source.file, strerror(-err));
		return -ECANCELED;
	}
	err = apply->is_dry_run ? txn_rehearse(ctx) :
				  txn_commit(ctx, &apply->generation);
	if (!err || err == -EAGAIN)
		return err;
err_say:
	context_failed(ctx, NULL, apply->source.file, err);
	return -ECANCELED;
}

static void forget(struct apply *apply)
{
	plan_free(&apply->plan);
	diff_free(&apply->diff);
	doc_free(apply->before);
	doc_free(apply->after);
	apply->before = NULL;
	apply->after = NULL;
}

static int read_document(struct apply *apply)
{
	struct why why;

	apply->after = source_parse(&apply->source, &why);
	if (!apply->after) {
		complain("%s", why.text);
		return EXIT_USAGE;
	}
	doc_sort(apply->after);
	return EXIT_OK;
}

/* Either the list is not right, or somebody needs who it does not have. */
static int blame(const struct apply *apply, const struct flaw *flaw)
{
	struct why why;

	source_blame(&apply->source, flaw, &why);
	complain("%s", why.text);
	return source_line(&apply->source, flaw->obj, flaw->field) ?
		EXIT_USAGE : EXIT_REFUSED;
}

/* From a list of backends to the configuration that has them. */
static int replace_members(struct apply *apply)
{
	const char *pool = apply->source.pool;
	struct doc *list = apply->after;
	struct flaw flaw;

	if (!doc_find(apply->before, KIND_POOL, pool)) {
		complain("pool \"%s\": there is no such pool", pool);
		return EXIT_REFUSED;
	}
	apply->after = members_replace(apply->before, list, pool);
	doc_free(list);
	return doc_check(apply->after, &flaw) ? blame(apply, &flaw) : EXIT_OK;
}

static int compare(struct apply *apply)
{
	int status = read_document(apply);

	if (status)
		return status;
	if (!apply->ctx->nl)
		status = context_open(apply->ctx);
	if (status)
		return status;
	apply->before = load_kernel(apply->ctx);
	if (!apply->before)
		return EXIT_REFUSED;
	if (apply->source.pool)
		status = replace_members(apply);
	if (status)
		return status;
	apply->generation = apply->before->generation;
	diff_make(&apply->diff, apply->before, apply->after);
	return EXIT_OK;
}

static int apply_once(struct apply *apply, int *err)
{
	int status = compare(apply);

	if (status || !apply->diff.n)
		return status;
	plan_make(&apply->plan, apply->before, apply->after);
	*err = transact(apply);
	return *err ? EXIT_REFUSED : EXIT_OK;
}

static int apply_until_done(struct apply *apply)
{
	int err = 0, status, tries;

	for (tries = 0; tries < TXN_TRIES_MAX; tries++) {
		forget(apply);
		status = apply_once(apply, &err);
		if (err != -EAGAIN)
			return status;
		err = 0;
	}
	complain("%s: the configuration changes all the time",
		 apply->source.file);
	return EXIT_REFUSED;
}

static int report_json(const struct apply *apply)
{
	const struct diff *diff = &apply->diff;
	int status = EXIT_OK;

	json_begin_object(NULL, LAYOUT_LINES);
	json_bool("dry_run", apply->is_dry_run);
	json_u64("added", diff->n_added);
	json_u64("changed", diff->n_changed);
	json_u64("removed", diff->n_removed);
	json_u64("generation", apply->generation);
	if (apply->is_dry_run) {
		diff_print_json(diff);
		status = clients_show(apply->ctx, diff);
	}
	json_end();
	return status;
}

static int report(const struct apply *apply)
{
	const struct diff *diff = &apply->diff;
	int status = EXIT_OK;

	if (print_is_json())
		return report_json(apply);
	if (apply->is_dry_run) {
		diff_print(diff);
		status = clients_show(apply->ctx, diff);
	}
	if (!diff->n)
		print_text("no change (generation %u)\n", apply->generation);
	else
		print_text("%s: %zu added, %zu changed, %zu removed (generation %u)\n",
			   apply->is_dry_run ? "dry run, nothing applied" :
					       "applied",
			   diff->n_added, diff->n_changed, diff->n_removed,
			   apply->generation);
	return status;
}

static bool is_dry_run_word(const char *word)
{
	return strcmp(word, "dry-run") == 0 || strcmp(word, "--dry-run") == 0;
}

static int apply_file(struct apply *apply, const char *file, const char *pool)
{
	struct why why;
	int status;

	if (source_read(&apply->source, file, &why)) {
		complain("%s", why.text);
		source_free(&apply->source);
		return EXIT_USAGE;
	}
	apply->source.pool = pool;
	status = apply_until_done(apply);
	if (!status)
		status = report(apply);
	forget(apply);
	source_free(&apply->source);
	return status;
}

/* FILE|- [dry-run], of a whole configuration or of the backends of a pool */
static int apply_command(struct context *ctx, const char *pool, int argc,
			 char **argv)
{
	struct apply apply = { .ctx = ctx };
	char cut[EXCERPT_SIZE];

	if (argc > 1 && is_dry_run_word(argv[0])) {
		apply.is_dry_run = true;
		argc--;
		argv++;
	}
	if (argc == 0)
		return command_usage(ctx, "FILE is missing");
	if (argc == 2 && is_dry_run_word(argv[1]))
		apply.is_dry_run = true;
	else if (argc > 1)
		return command_usage(ctx, "unexpected \"%s\"",
				     excerpt(argv[1], cut));
	return apply_file(&apply, argv[0], pool);
}

/**
 * apply_run() - lbctl apply FILE|- [dry-run]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int apply_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	(void)command;
	return apply_command(ctx, NULL, argc, argv);
}

/**
 * sync_run() - lbctl pool sync POOL FILE|- [dry-run]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int sync_run(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	struct object *pool = verb_parse_ids(ctx, KIND_POOL, 1, argc, argv);
	int status;

	(void)command;
	if (!pool)
		return EXIT_USAGE;
	status = apply_command(ctx, object_name(pool), argc - 1, argv + 1);
	object_free(pool);
	return status;
}
