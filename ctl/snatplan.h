/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the ports of a snat are shared out, or would be.
 */
#ifndef LBCTL_SNATPLAN_H
#define LBCTL_SNATPLAN_H

#include "command.h"

extern const struct help_word snatplan_words[];

int snatplan_run(struct context *ctx, const struct command *command, int argc,
		 char **argv);

#endif /* LBCTL_SNATPLAN_H */
