/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: tables of verbs, help that is made from them, and the verbs that
 * are the same for every kind of object.
 */
#ifndef LBCTL_COMMAND_H
#define LBCTL_COMMAND_H

#include "msg.h"
#include "netlink.h"
#include "object.h"

/**
 * struct context - what every command function gets
 * @nl: The connection to the kernel; made by context_open().
 * @path: The words of the command line up to the command, for messages.
 */
struct context {
	struct nl *nl;
	char path[64];
};

/**
 * struct help_word - a word of a command that no table of fields has
 * @word: The word with what follows it.
 * @help: One line of help.
 */
struct help_word {
	const char *word;
	const char *help;
};

/**
 * struct command_option - what may follow a command, with a value
 * @name: The word.
 * @take: Takes the value for @arg of command_options(); returns 0, or a
 *        negative number and why.
 */
struct command_option {
	const char *name;
	int (*take)(void *arg, const char *value, struct why *why);
};

/**
 * struct command - an object or a verb on the command line
 * @name: The word.
 * @args: Synopsis of what follows it.
 * @help: One line of help.
 * @sub: Table of verbs, ended by one without a name; NULL for a verb.
 * @run: Runs the verb; returns the exit status.
 * @type: Kind of object that the verb is about, or NULL.
 * @has_keywords: It takes the fields of @type as keywords.
 * @words: More words for the help, or NULL.
 */
struct command {
	const char *name;
	const char *args;
	const char *help;
	const struct command *sub;
	int (*run)(struct context *ctx, const struct command *command,
		   int argc, char **argv);
	const struct object_type *type;
	bool has_keywords;
	const struct help_word *words;
};

extern const struct command top_command;

int command_run(struct context *ctx, const struct command *command, int argc,
		char **argv);
void command_help(const struct context *ctx, const struct command *command);
__printf(2, 3) int command_usage(const struct context *ctx, const char *fmt,
				 ...);
int command_options(const struct context *ctx,
		    const struct command_option *options, void *arg, int argc,
		    char **argv);
int command_takes(const struct context *ctx, int n, int argc, char **argv);
int context_open(struct context *ctx);
int context_failed(struct context *ctx, const struct object_type *type,
		   const char *what, int err);

#endif /* LBCTL_COMMAND_H */
