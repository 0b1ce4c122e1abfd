/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lbctl backend drain: a backend gets nothing new, and one waits until it has
 * nothing left.
 */
#ifndef LBCTL_DRAIN_H
#define LBCTL_DRAIN_H

#include "command.h"

extern const struct help_word drain_words[];

#define DRAIN_NO_DEADLINE	UINT64_MAX

int drain_parse_deadline(const struct context *ctx, const char *label,
			 int argc, char **argv, uint64_t *ms);
int drain_put_note(struct nl_msg *msg, const struct object *obj, int *argc,
		   char **argv);
int drain_put_deadline(struct context *ctx, struct nl_msg *msg,
		       const struct object *obj, int argc, char **argv);
int drain_and_wait(struct context *ctx, struct nl_msg *msg,
		   const struct object *obj);
int drain_run(struct context *ctx, const struct command *command, int argc,
	      char **argv);

#endif /* LBCTL_DRAIN_H */
