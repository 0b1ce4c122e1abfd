/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of names of objects as text, with commas between them. Their order
 * counts; an empty text is no name.
 */
#ifndef LBCTL_NAMES_H
#define LBCTL_NAMES_H

#include <stdbool.h>

#include "nflb.h"
#include "parse.h"

#define NAMES_MAX	NFLB_BACKUPS_MAX	/* no list has more */

/**
 * struct names - a list of names while it is being made
 * @text: The names, with commas.
 * @n: How many.
 */
struct names {
	char text[NAMES_MAX * (NFLB_NAME_MAX + 1)];
	unsigned int n;
};

int names_add(struct names *names, const char *name, struct why *why);
int names_parse(const char *text, char **canonical, struct why *why);
bool names_take(const char **text, char name[NFLB_NAME_MAX + 1]);
bool names_has(const char *text, const char *name);

#endif /* LBCTL_NAMES_H */
