// SPDX-License-Identifier: GPL-2.0-only
/* Sentences about what is not refused, but must be known. */
#include "notes.h"

#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/**
 * notes_add() - keeps a sentence
 * @notes: The sentences; what is among them is not repeated.
 * @fmt: As for printf().
 */
void notes_add(struct notes *notes, const char *fmt, ...)
{
	char text[WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (tfind(text, &notes->seen, compare))
		return;
	if (notes->n == notes->cap)
		notes->lines = mem_grow(notes->lines, &notes->cap,
					sizeof(*notes->lines));
	notes->lines[notes->n] = mem_strdup(text);
	mem_need(tsearch(notes->lines[notes->n++], &notes->seen, compare));
}

/**
 * notes_say() - writes the sentences to stderr, a line each
 * @notes: The sentences.
 */
void notes_say(const struct notes *notes)
{
	size_t i;

	for (i = 0; i < notes->n; i++)
		complain("%s", notes->lines[i]);
}

/**
 * notes_free() - frees the sentences
 * @notes: The sentences.
 */
void notes_free(struct notes *notes)
{
	size_t i;

	tdestroy(notes->seen, mem_keep);
	for (i = 0; i < notes->n; i++)
		free(notes->lines[i]);
	free(notes->lines);
	memset(notes, 0, sizeof(*notes));
}
