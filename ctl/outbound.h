/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows that backends have opened and that have ports by a snat.
 */
#ifndef LBCTL_OUTBOUND_H
#define LBCTL_OUTBOUND_H

#include "command.h"

extern const struct help_word outbound_top_words[];

int outbound_top(struct context *ctx, const struct command *command, int argc,
		 char **argv);
int outbound_flows(struct context *ctx, const struct command *command,
		   int argc, char **argv);

#endif /* LBCTL_OUTBOUND_H */
