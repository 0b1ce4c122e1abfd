/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an application says of its own health, in JSON.
 */
#ifndef LBCTL_APPSTATE_H
#define LBCTL_APPSTATE_H

#include "parse.h"

/**
 * enum appstate - what it says
 * @APPSTATE_HEALTHY: All is well.
 * @APPSTATE_DRAINING: It is about to end, and wants nothing new.
 * @APPSTATE_OTHER: Something else, or nothing.
 */
enum appstate {
	APPSTATE_HEALTHY,
	APPSTATE_DRAINING,
	APPSTATE_OTHER,
};

enum appstate appstate_read(const char *text, size_t len, uint32_t *share,
			    struct why *why);

#endif /* LBCTL_APPSTATE_H */
