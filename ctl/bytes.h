/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that a probe sends or looks for: as text, or as hex:0d0a and so on.
 */
#ifndef LBCTL_BYTES_H
#define LBCTL_BYTES_H

#include "nflb.h"
#include "parse.h"

/**
 * struct bytes - bytes
 * @len: How many.
 * @data: The bytes.
 */
struct bytes {
	size_t len;
	uint8_t data[NFLB_BYTES_MAX];
};

int bytes_parse(const char *text, struct bytes *bytes, struct why *why);
char *bytes_text(const void *data, size_t len);

#endif /* LBCTL_BYTES_H */
