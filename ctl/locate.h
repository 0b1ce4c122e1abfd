/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line of a value in a JSON text, found by its path. Only used when
 * something is wrong with the value: the JSON library does not keep lines.
 */
#ifndef LBCTL_LOCATE_H
#define LBCTL_LOCATE_H

#include "jsonpath.h"

size_t locate_line(const char *text, size_t len, const struct json_step *steps,
		   size_t n_steps);

#endif /* LBCTL_LOCATE_H */
