/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an application says of its own health, in JSON.
 */
#ifndef LBCTL_APPSTATE_H
#define LBCTL_APPSTATE_H

#include "parse.h"

bool appstate_is_healthy(const char *text, size_t len, struct why *why);

#endif /* LBCTL_APPSTATE_H */
