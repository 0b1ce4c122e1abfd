/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lbctl pool roll: something is done to the servers of a pool, one after the
 * other, while the others serve.
 */
#ifndef LBCTL_ROLL_H
#define LBCTL_ROLL_H

#include "command.h"

extern const struct help_word roll_words[];

int roll_run(struct context *ctx, const struct command *command, int argc,
	     char **argv);

#endif /* LBCTL_ROLL_H */
