// SPDX-License-Identifier: GPL-2.0-only
/* Finds the command, and makes help from the tables. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "wire.h"

#define HELP_WORD	"help"
#define DEFAULT_VERB	"show"
#define WORD_WIDTH	28

static bool is_help(int argc, char **argv)
{
	return argc == 1 && (strcmp(argv[0], HELP_WORD) == 0 ||
			     strcmp(argv[0], "--help") == 0 ||
			     strcmp(argv[0], "-h") == 0);
}

static void help_line(const char *words, const char *help)
{
	if (strlen(words) <= WORD_WIDTH)
		print_text("  %-*s  %s\n", WORD_WIDTH, words, help);
	else
		print_text("  %s\n  %*s  %s\n", words, WORD_WIDTH, "", help);
}

static void help_fields(const struct command *command)
{
	const struct object_type *type = command->type;
	const struct field *field;
	char words[80];
	unsigned int i;

	for (i = type->n_ids; i < type->n_fields; i++) {
		field = &type->fields[i];
		snprintf(words, sizeof(words), "%s %s", field->word,
			 field->arg);
		help_line(words, field->help);
	}
}

static void help_keywords(const struct command *command)
{
	const struct help_word *w;

	if (!command->has_keywords && !command->words)
		return;
	print_text("\n");
	if (command->has_keywords)
		help_fields(command);
	for (w = command->words; w && w->word; w++)
		help_line(w->word, w->help);
}

static void help_verbs(const struct command *command)
{
	const struct command *verb;
	char words[80];

	print_text("\n");
	for (verb = command->sub; verb->name; verb++) {
		snprintf(words, sizeof(words), "%s %s", verb->name,
			 verb->args);
		help_line(words, verb->help);
	}
}

static void help_more(const struct command *command)
{
	const struct command *verb;

	for (verb = command->sub; verb->name; verb++) {
		if (verb->sub) {
			print_text("\nlbctl OBJECT help and lbctl OBJECT VERB help say more.\n");
			return;
		}
	}
}

/**
 * command_help() - writes the help of a command
 * @ctx: The context.
 * @command: The command.
 */
void command_help(const struct context *ctx, const struct command *command)
{
	print_text("Usage: %s %s\n%s\n", ctx->path, command->args,
		   command->help);
	help_keywords(command);
	if (!command->sub)
		return;
	help_verbs(command);
	help_more(command);
}

/**
 * command_usage() - says what is wrong with a command line
 * @ctx: The context.
 * @fmt: As for printf().
 *
 * Return: The exit status.
 */
int command_usage(const struct context *ctx, const char *fmt, ...)
{
	char text[WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain("%s; see \"%s help\"", text, ctx->path);
	return EXIT_USAGE;
}

/**
 * command_takes() - refuses words that a command has no use for
 * @ctx: The context.
 * @n: How many words it takes at most.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int command_takes(const struct context *ctx, int n, int argc, char **argv)
{
	char cut[EXCERPT_SIZE];

	if (argc <= n)
		return EXIT_OK;
	return command_usage(ctx, "unexpected \"%s\"", excerpt(argv[n], cut));
}

/* With two hyphens before it, an option is the same. */
static int take_option(const struct context *ctx,
		       const struct command_option *option, void *arg,
		       const char *word, const char *value)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : word;
	char cut[EXCERPT_SIZE];
	struct why why;

	while (option->name && strcmp(name, option->name) != 0)
		option++;
	if (!option->name)
		return command_usage(ctx, "unexpected \"%s\"",
				     excerpt(word, cut));
	if (!value)
		return command_usage(ctx, "%s needs a value", word);
	if (!option->take(arg, value, &why))
		return EXIT_OK;
	complain("%s %s: %s", word, excerpt(value, cut), why.text);
	return EXIT_USAGE;
}

/**
 * command_options() - takes options, each with a value
 * @ctx: The context.
 * @options: The options, ended by one without a name.
 * @arg: What they are for.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int command_options(const struct context *ctx,
		    const struct command_option *options, void *arg, int argc,
		    char **argv)
{
	int status = EXIT_OK;
	int i;

	for (i = 0; i < argc && !status; i += 2)
		status = take_option(ctx, options, arg, argv[i],
				     i + 1 < argc ? argv[i + 1] : NULL);
	return status;
}

static const struct command *find_verb(const struct command *command,
				       const char *name)
{
	const struct command *verb;

	for (verb = command->sub; verb->name; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

static void path_add(struct context *ctx, const char *word)
{
	size_t len = strlen(ctx->path);

	snprintf(ctx->path + len, sizeof(ctx->path) - len, " %s", word);
}

static int run_sub(struct context *ctx, const struct command *command, int argc,
		   char **argv)
{
	const struct command *verb = NULL;
	char cut[EXCERPT_SIZE];

	if (argc > 0)
		verb = find_verb(command, argv[0]);
	else if (command != &top_command)
		verb = find_verb(command, DEFAULT_VERB);
	if (!verb && argc == 0)
		return command_usage(ctx, "a command is missing");
	if (!verb)
		return command_usage(ctx, "unknown command \"%s\"",
				     excerpt(argv[0], cut));
	path_add(ctx, verb->name);
	if (argc == 0)
		return command_run(ctx, verb, 0, argv);
	return command_run(ctx, verb, argc - 1, argv + 1);
}

/**
 * command_run() - runs what the rest of the command line says
 * @ctx: The context.
 * @command: What the words so far have led to.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int command_run(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	if (is_help(argc, argv)) {
		command_help(ctx, command);
		return EXIT_OK;
	}
	if (command->sub)
		return run_sub(ctx, command, argc, argv);
	return command->run(ctx, command, argc, argv);
}

/**
 * context_open() - connects to the kernel; says so if that is not possible
 * @ctx: The context.
 *
 * Return: EXIT_OK or EXIT_REFUSED.
 */
int context_open(struct context *ctx)
{
	struct why why;

	ctx->nl = nl_open(&why);
	if (ctx->nl)
		return EXIT_OK;
	complain("%s", why.text);
	return EXIT_REFUSED;
}

/**
 * context_failed() - says why a request failed
 * @ctx: The context.
 * @type: Kind of the object that it was about, or NULL.
 * @what: The object or the work, for sentences that do not name it.
 * @err: Negative error number that the request returned.
 *
 * Return: EXIT_REFUSED.
 */
int context_failed(struct context *ctx, const struct object_type *type,
		   const char *what, int err)
{
	const struct nl_refusal *refusal = nl_refusal(ctx->nl);
	struct why why;

	if (err == -EINTR)
		complain("%s: the configuration changes all the time", what);
	else if (refusal->err == 0)
		complain("%s: %s", what, strerror(-err));
	else if (wire_explain_refusal(type, refusal, &why))
		complain("%s", why.text);
	else
		complain("%s: %s", what, why.text);
	return EXIT_REFUSED;
}
