/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Azure's keys and names: upper and lower case are the same.
 */
#ifndef LBCTL_NOCASE_H
#define LBCTL_NOCASE_H

#include <stdbool.h>
#include <stddef.h>

struct json_t;

bool nocase_equal(const char *a, const char *b);
bool nocase_begins(const char *text, const char *with);
struct json_t *nocase_get(const struct json_t *object, const char *key,
			  const char **found);

#endif /* LBCTL_NOCASE_H */
