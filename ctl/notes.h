/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sentences about what is not refused, but must be known.
 */
#ifndef LBCTL_NOTES_H
#define LBCTL_NOTES_H

#include <stddef.h>

#include "msg.h"

/**
 * struct notes - the sentences
 * @lines: The sentences.
 * @n: How many.
 * @cap: Room in @lines.
 * @seen: Tree of the sentences.
 */
struct notes {
	char **lines;
	size_t n;
	size_t cap;
	void *seen;
};

__printf(2, 3) void notes_add(struct notes *notes, const char *fmt, ...);
void notes_say(const struct notes *notes);
void notes_free(struct notes *notes);

#endif /* LBCTL_NOTES_H */
