/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prefixes that flows may come from, as text: any, or a list with commas
 * between them, sorted and without those that are a part of others, so that
 * equal ones are equal.
 */
#ifndef LBCTL_PREFIXES_H
#define LBCTL_PREFIXES_H

#include <stdbool.h>

#include "nflb.h"
#include "parse.h"

#define PREFIXES_ANY		"any"
#define PREFIX_TEXT_SIZE	(ADDRESS_TEXT_SIZE + 4)

/**
 * struct prefix - a prefix
 * @address: Its address.
 * @len: Its length in bits.
 */
struct prefix {
	struct address address;
	uint8_t len;
};

/**
 * struct prefixes - a list while it is being made
 * @prefix: The prefixes.
 * @n: How many.
 */
struct prefixes {
	struct prefix prefix[NFLB_ALLOW_MAX];
	unsigned int n;
};

int prefix_parse(const char *text, struct prefix *prefix, struct why *why);
int prefixes_add(struct prefixes *prefixes, const char *text, struct why *why);
void prefixes_add_bytes(struct prefixes *prefixes, const uint8_t *data,
			size_t len);
char *prefixes_text(struct prefixes *prefixes);
int prefixes_parse(const char *text, char **canonical, struct why *why);
bool prefixes_is_list(const char *text);
size_t prefix_bytes(const struct prefix *prefix,
		    uint8_t bytes[NFLB_PREFIX_BYTES]);

#endif /* LBCTL_PREFIXES_H */
