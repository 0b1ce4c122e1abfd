/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network devices of the fast path, as text: auto, none, or a list of
 * names, sorted and with commas between them, so that equal ones are equal.
 */
#ifndef LBCTL_DEVICES_H
#define LBCTL_DEVICES_H

#include <stdbool.h>

#include "nflb.h"
#include "parse.h"

/**
 * struct devices - a list of names while it is being made
 * @name: The names.
 * @n: How many.
 */
struct devices {
	char name[NFLB_DEVICES_MAX][NFLB_DEVICE_MAX + 1];
	unsigned int n;
};

extern const struct word devices_words[];

int devices_add(struct devices *devices, const char *name, struct why *why);
char *devices_text(struct devices *devices);
int devices_parse(const char *text, char **canonical, struct why *why);
bool devices_is_list(const char *text);

#endif /* LBCTL_DEVICES_H */
