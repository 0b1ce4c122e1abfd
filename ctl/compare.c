// SPDX-License-Identifier: GPL-2.0-only
/* lbctl diff, check, export and flush. */
#include "commands.h"
#include "diff.h"
#include "lint.h"
#include "load.h"
#include "nflb.h"
#include "print.h"
#include "source.h"

const struct help_word diff_words[] = {
	{ "FILE", "a JSON document, see lbctl(8); - reads it from stdin" },
	{ "", "exit status 0 without a difference, 1 with one" },
	{ NULL, NULL },
};

const struct help_word check_words[] = {
	{ "FILE", "a JSON document, - reads it from stdin (what is in force)" },
	{ "", "exit status 0 if nothing is found, else 1" },
	{ NULL, NULL },
};

/* As diff(1): a difference is status 1. */
static int show_difference(struct doc *before, struct doc *after)
{
	struct diff diff;
	int status;

	diff_make(&diff, before, after);
	if (print_is_json()) {
		json_begin_object(NULL, LAYOUT_LINES);
		diff_print_json(&diff);
		json_end();
	} else {
		diff_print(&diff);
	}
	status = diff.n ? EXIT_REFUSED : EXIT_OK;
	diff_free(&diff);
	return status;
}

static int diff_document(struct context *ctx, struct doc *after)
{
	struct doc *before;
	int status;

	status = context_open(ctx);
	if (status)
		return status;
	before = load_kernel(ctx);
	if (!before)
		return EXIT_REFUSED;
	status = show_difference(before, after);
	doc_free(before);
	return status;
}

static struct doc *read_document(const char *file)
{
	struct doc *doc = NULL;
	struct source source;
	struct why why;

	if (!source_read(&source, file, &why))
		doc = source_parse(&source, &why);
	source_free(&source);
	if (doc)
		doc_sort(doc);
	else
		complain("%s", why.text);
	return doc;
}

/**
 * diff_run() - lbctl diff FILE|-
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int diff_run(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	struct doc *after;
	int status;

	(void)command;
	if (argc != 1)
		return command_usage(ctx, argc ? "one FILE is enough" :
						 "FILE is missing");
	after = read_document(argv[0]);
	if (!after)
		return EXIT_USAGE;
	status = diff_document(ctx, after);
	doc_free(after);
	return status;
}

static void show_finding(const struct object *obj, const char *sentence,
			 void *arg)
{
	char label[LABEL_SIZE];
	size_t *n = arg;

	++*n;
	if (!print_is_json()) {
		print_text("%s: %s\n", object_label(obj, label), sentence);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	doc_write_ids(obj);
	json_string("finding", sentence);
	json_end();
}

static int show_findings(const struct doc *doc)
{
	size_t n = 0;

	if (print_is_json()) {
		json_begin_object(NULL, LAYOUT_LINES);
		json_begin_array("findings", LAYOUT_LINES);
	}
	lint_doc(doc, show_finding, &n);
	if (print_is_json()) {
		json_end();
		json_end();
	}
	return n ? EXIT_REFUSED : EXIT_OK;
}

/**
 * check_run() - lbctl check [FILE|-]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int check_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	struct doc *doc;
	int status;

	(void)command;
	if (argc > 1)
		return command_usage(ctx, "one FILE is enough");
	if (!argc) {
		status = context_open(ctx);
		if (status)
			return status;
		doc = load_kernel(ctx);
	} else {
		doc = read_document(argv[0]);
	}
	if (!doc)
		return argc ? EXIT_USAGE : EXIT_REFUSED;
	status = show_findings(doc);
	doc_free(doc);
	return status;
}

/**
 * export_run() - lbctl export
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int export_run(struct context *ctx, const struct command *command, int argc,
	       char **argv)
{
	struct doc *doc;
	int status;

	(void)command;
	if (argc > 0)
		return command_usage(ctx, "unexpected \"%s\"", argv[0]);
	status = context_open(ctx);
	if (status)
		return status;
	doc = load_kernel(ctx);
	if (!doc)
		return EXIT_REFUSED;
	doc_write(doc);
	doc_free(doc);
	return EXIT_OK;
}

/**
 * flush_run() - lbctl flush
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int flush_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	struct nl_msg msg;
	int err;

	(void)command;
	if (argc > 0)
		return command_usage(ctx, "unexpected \"%s\"", argv[0]);
	if (context_open(ctx))
		return EXIT_REFUSED;
	nl_msg_init(&msg, NFLB_CMD_FLUSH);
	err = nl_call(ctx->nl, &msg, NULL, NULL);
	if (err)
		return context_failed(ctx, NULL, "flush", err);
	return EXIT_OK;
}
