/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lbctl import: documents of others as one of ours.
 */
#ifndef LBCTL_IMPORT_H
#define LBCTL_IMPORT_H

#include "command.h"

extern const struct command import_verbs[];

#endif /* LBCTL_IMPORT_H */
