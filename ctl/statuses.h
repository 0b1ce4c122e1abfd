/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of HTTP statuses, such as 200-299,404.
 */
#ifndef LBCTL_STATUSES_H
#define LBCTL_STATUSES_H

#include "nflb.h"
#include "parse.h"

#define STATUS_MIN	200	/* those below do not end an answer */
#define STATUS_MAX	(STATUS_MIN + 8 * NFLB_EXPECT_BYTES - 1)

/**
 * struct statuses - a set of statuses
 * @bits: A bit for each from STATUS_MIN on, the lowest of a byte first.
 */
struct statuses {
	uint8_t bits[NFLB_EXPECT_BYTES];
};

int statuses_parse(const char *text, struct statuses *statuses,
		   struct why *why);
char *statuses_text(const struct statuses *statuses);
bool statuses_has(const struct statuses *statuses, long status);

#endif /* LBCTL_STATUSES_H */
