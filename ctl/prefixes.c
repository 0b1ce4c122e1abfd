// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes that flows may come from. */
#include "prefixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* A byte of the address without what is behind the length. */
static uint8_t byte_within(const struct prefix *prefix, unsigned int i)
{
	unsigned int n_bits = prefix->len > 8 * i ? prefix->len - 8 * i : 0;

	if (n_bits >= 8)
		return prefix->address.bytes[i];
	return prefix->address.bytes[i] & ~(0xffu >> n_bits);
}

static bool covers(const struct prefix *prefix, const struct address *address)
{
	struct prefix other = { .address = *address, .len = prefix->len };
	unsigned int i;

	for (i = 0; i < address->len; i++)
		if (byte_within(prefix, i) != byte_within(&other, i))
			return false;
	return true;
}

static void format(const struct prefix *prefix, char text[PREFIX_TEXT_SIZE])
{
	char address[ADDRESS_TEXT_SIZE];

	snprintf(text, PREFIX_TEXT_SIZE, "%s/%u",
		 format_address(&prefix->address, address), prefix->len);
}

/* Bits that no address of the prefix has to have are most likely a mistake. */
static int check_bits(const struct prefix *prefix, struct why *why)
{
	struct prefix clean = *prefix;
	char text[PREFIX_TEXT_SIZE];
	unsigned int i;

	for (i = 0; i < clean.address.len; i++)
		clean.address.bytes[i] = byte_within(prefix, i);
	if (address_is_equal(&clean.address, &prefix->address))
		return 0;
	format(&clean, text);
	return because(why, "bits are set behind its length, allowed is %s",
		       text);
}

static int parse_length(const char *text, struct prefix *prefix,
			struct why *why)
{
	uint64_t len;

	if (parse_u64(text, 0, 8ULL * prefix->address.len, &len, why))
		return -1;
	prefix->len = len;
	return check_bits(prefix, why);
}

/**
 * prefix_parse() - reads a prefix, or an address, which is one alone
 * @text: The text.
 * @prefix: Where it goes.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int prefix_parse(const char *text, struct prefix *prefix, struct why *why)
{
	const char *slash = strchr(text, '/');
	char address[ADDRESS_TEXT_SIZE];
	size_t len = slash ? (size_t)(slash - text) : strlen(text);

	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	if (len >= sizeof(address) ||
	    parse_address(address, &prefix->address, why))
		return because(why, "not an IPv4 or IPv6 prefix");
	prefix->len = 8 * prefix->address.len;
	return slash ? parse_length(slash + 1, prefix, why) : 0;
}

/**
 * prefixes_add() - adds a prefix to a list
 * @prefixes: The list; all zero at first.
 * @text: The prefix.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int prefixes_add(struct prefixes *prefixes, const char *text, struct why *why)
{
	const struct address *first = &prefixes->prefix[0].address;
	struct prefix prefix;

	if (prefix_parse(text, &prefix, why))
		return -1;
	if (prefixes->n && prefix.address.len != first->len)
		return because(why, "%s, but the first of the list is %s",
			       address_family_name(&prefix.address),
			       address_family_name(first));
	if (prefixes->n == NFLB_ALLOW_MAX)
		return because(why, "a list has at most %u prefixes",
			       NFLB_ALLOW_MAX);
	prefixes->prefix[prefixes->n++] = prefix;
	return 0;
}

/**
 * prefixes_add_bytes() - adds a prefix that the kernel has sent
 * @prefixes: The list; all zero at first.
 * @data: The prefix; one that is none is left out, as one too many is.
 * @len: Its bytes.
 */
void prefixes_add_bytes(struct prefixes *prefixes, const uint8_t *data,
			size_t len)
{
	struct prefix *prefix = &prefixes->prefix[prefixes->n];

	if ((len != 5 && len != NFLB_PREFIX_BYTES) ||
	    prefixes->n == NFLB_ALLOW_MAX)
		return;
	prefix->address.len = len - 1;
	memcpy(prefix->address.bytes, data, len - 1);
	prefix->len = data[len - 1];
	prefixes->n++;
}

/**
 * prefix_bytes() - writes a prefix as the kernel reads it
 * @prefix: The prefix.
 * @bytes: Where it goes.
 *
 * Return: Number of bytes.
 */
size_t prefix_bytes(const struct prefix *prefix,
		    uint8_t bytes[NFLB_PREFIX_BYTES])
{
	size_t len = prefix->address.len;

	memcpy(bytes, prefix->address.bytes, len);
	bytes[len] = prefix->len;
	return len + 1;
}

static int compare(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;

	return memcmp(a->address.bytes, b->address.bytes, a->address.len) ?:
	       a->len - b->len;
}

/**
 * prefixes_text() - writes a list as text
 * @prefixes: The list, sorted afterwards.
 *
 * Return: The text, PREFIXES_ANY for an empty list; free() it.
 */
char *prefixes_text(struct prefixes *prefixes)
{
	char *text = mem_zalloc(prefixes->n * PREFIX_TEXT_SIZE + 1);
	const struct prefix *last = NULL, *prefix = prefixes->prefix;
	const struct prefix *end = prefix + prefixes->n;
	char *at = text;

	if (!prefixes->n) {
		free(text);
		return mem_strdup(PREFIXES_ANY);
	}
	qsort(prefixes->prefix, prefixes->n, sizeof(*prefix), compare);
	for (; prefix < end; prefix++) {
		/* It is a part of the last one. */
		if (last && covers(last, &prefix->address))
			continue;
		if (last)
			*at++ = ',';
		format(prefix, at);
		at += strlen(at);
		last = prefix;
	}
	return text;
}

/**
 * prefixes_parse() - reads any or a list with commas
 * @text: The text.
 * @canonical: Where it goes; free() it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int prefixes_parse(const char *text, char **canonical, struct why *why)
{
	struct prefixes prefixes = { .n = 0 };
	char item[EXCERPT_SIZE];
	const char *rest = text;
	struct why reason;

	if (!prefixes_is_list(text)) {
		*canonical = mem_strdup(text);
		return 0;
	}
	while (rest) {
		rest = cut_item(rest, item, sizeof(item));
		if (prefixes_add(&prefixes, item, &reason))
			return because(why, "prefix \"%s\": %s", item,
				       reason.text);
	}
	*canonical = prefixes_text(&prefixes);
	return 0;
}

/**
 * prefixes_is_list() - says whether a text stands for prefixes
 * @text: The text.
 *
 * Return: false for any.
 */
bool prefixes_is_list(const char *text)
{
	return strcmp(text, PREFIXES_ANY) != 0;
}
