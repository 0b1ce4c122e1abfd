/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that are looked for in what comes in pieces, which need not be kept.
 */
#ifndef LBCTL_NEEDLE_H
#define LBCTL_NEEDLE_H

#include "bytes.h"

/**
 * struct needle - what is looked for, and how much of it has been seen
 * @bytes: What is looked for.
 * @back: For each number of bytes seen, how many of these begin it again if
 *        the next byte is not as wanted.
 * @n_seen: How many of its first bytes have just come; all once it is found.
 */
struct needle {
	struct bytes bytes;
	uint16_t back[NFLB_BYTES_MAX + 1];
	size_t n_seen;
};

void needle_init(struct needle *needle, const struct bytes *bytes);
void needle_look(struct needle *needle, const void *data, size_t len);
bool needle_is_found(const struct needle *needle);

#endif /* LBCTL_NEEDLE_H */
