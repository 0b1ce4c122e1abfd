// SPDX-License-Identifier: GPL-2.0-only
/* The search of Knuth, Morris and Pratt: each byte is looked at once. */
#include "needle.h"

/* How many bytes are seen when @byte comes after @n_seen of them. */
static size_t step(const struct needle *needle, size_t n_seen, uint8_t byte)
{
	while (n_seen && needle->bytes.data[n_seen] != byte)
		n_seen = needle->back[n_seen];
	return n_seen + (needle->bytes.data[n_seen] == byte);
}

/**
 * needle_init() - gets ready to look
 * @needle: The needle.
 * @bytes: What to look for; at least one byte.
 */
void needle_init(struct needle *needle, const struct bytes *bytes)
{
	size_t i;

	needle->bytes = *bytes;
	needle->n_seen = 0;
	needle->back[0] = 0;
	needle->back[1] = 0;
	for (i = 1; i < bytes->len; i++)
		needle->back[i + 1] = step(needle, needle->back[i],
					   bytes->data[i]);
}

/**
 * needle_look() - looks at the next piece
 * @needle: The needle.
 * @data: The piece.
 * @len: Its bytes.
 */
void needle_look(struct needle *needle, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len && !needle_is_found(needle); i++)
		needle->n_seen = step(needle, needle->n_seen, p[i]);
}

/**
 * needle_is_found() - says whether it was in the pieces so far
 * @needle: The needle.
 *
 * Return: Whether it was.
 */
bool needle_is_found(const struct needle *needle)
{
	return needle->n_seen == needle->bytes.len;
}
