/* SPDX-License-Identifier: GPL-2.0-only */
/* Notes: why the administrator has decided as he has. */
#ifndef _NFLB_NOTE_H
#define _NFLB_NOTE_H

#include <linux/refcount.h>
#include <linux/types.h>

/**
 * struct nflb_note - a note, which versions of a pool share
 * @ref: references
 * @text: what it says
 */
struct nflb_note {
	refcount_t ref;
	char text[];
};

struct nflb_note *nflb_note_alloc(const char *text);
void nflb_note_get(struct nflb_note *note);
void nflb_note_put(struct nflb_note *note);
bool nflb_note_is_same(const struct nflb_note *a, const struct nflb_note *b);

#endif /* _NFLB_NOTE_H */
