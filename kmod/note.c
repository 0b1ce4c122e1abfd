// SPDX-License-Identifier: GPL-2.0-only
/* Notes: why the administrator has decided as he has. */

#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "note.h"

/**
 * nflb_note_alloc() - makes a note
 * @text: what it says
 *
 * Context: process, may sleep.
 * Return: the note with one reference, or NULL.
 */
struct nflb_note *nflb_note_alloc(const char *text)
{
	size_t n_bytes = strlen(text) + 1;
	struct nflb_note *note;

	note = kmalloc(struct_size(note, text, n_bytes), GFP_KERNEL_ACCOUNT);
	if (!note)
		return NULL;
	refcount_set(&note->ref, 1);
	memcpy(note->text, text, n_bytes);
	return note;
}

/**
 * nflb_note_get() - takes a reference
 * @note: the note, or NULL
 */
void nflb_note_get(struct nflb_note *note)
{
	if (note)
		refcount_inc(&note->ref);
}

/**
 * nflb_note_put() - drops a reference
 * @note: the note, or NULL
 *
 * Who reads it under RCU finds it in a published pool, which has one until the
 * grace period.
 *
 * Context: process.
 */
void nflb_note_put(struct nflb_note *note)
{
	if (note && refcount_dec_and_test(&note->ref))
		kfree(note);
}

/**
 * nflb_note_is_same() - compares notes
 * @a: a note, or NULL
 * @b: another one, or NULL
 *
 * Return: true if they say the same.
 */
bool nflb_note_is_same(const struct nflb_note *a, const struct nflb_note *b)
{
	return a == b || (a && b && !strcmp(a->text, b->text));
}
