/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that are not verbs of an object.
 */
#ifndef LBCTL_COMMANDS_H
#define LBCTL_COMMANDS_H

#include "command.h"

extern const struct command health_verbs[];
extern const struct help_word stats_words[];
extern const struct help_word conns_words[];
extern const struct help_word explain_words[];
extern const struct help_word apply_words[];
extern const struct help_word sync_words[];
extern const struct help_word diff_words[];
extern const struct help_word check_words[];

int show_run(struct context *ctx, const struct command *command, int argc,
	     char **argv);
int stats_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);
int conns_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);
int monitor_run(struct context *ctx, const struct command *command, int argc,
		char **argv);
int agent_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);
int explain_run(struct context *ctx, const struct command *command, int argc,
		char **argv);
int apply_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);
int sync_run(struct context *ctx, const struct command *command, int argc,
	     char **argv);
int diff_run(struct context *ctx, const struct command *command, int argc,
	     char **argv);
int check_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);
int export_run(struct context *ctx, const struct command *command, int argc,
	       char **argv);
int flush_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);

#endif /* LBCTL_COMMANDS_H */
