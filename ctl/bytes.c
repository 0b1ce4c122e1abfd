// SPDX-License-Identifier: GPL-2.0-only
/* Bytes that a probe sends or looks for. */
#include "bytes.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

#define HEX_PREFIX	"hex:"

static int because_bytes(struct why *why)
{
	return because(why, "allowed are 1 to %u bytes as ASCII text, or as %s and two digits for each",
		       NFLB_BYTES_MAX, HEX_PREFIX);
}

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c <= '~';
}

/* Above 15 for what is no digit. */
static unsigned int digit(unsigned char c)
{
	if (isdigit(c))
		return c - '0';
	return isxdigit(c) ? 10U + tolower(c) - 'a' : 16;
}

static int parse_hex(const char *text, struct bytes *bytes, struct why *why)
{
	size_t len = strlen(text);
	size_t i;

	if (!len || len % 2 || len / 2 > NFLB_BYTES_MAX)
		return because_bytes(why);
	for (i = 0; i < len; i += 2) {
		if (digit(text[i]) > 15 || digit(text[i + 1]) > 15)
			return because_bytes(why);
		bytes->data[bytes->len++] = digit(text[i]) << 4 |
					    digit(text[i + 1]);
	}
	return 0;
}

/**
 * bytes_parse() - reads bytes
 * @text: The text.
 * @bytes: Where they go.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int bytes_parse(const char *text, struct bytes *bytes, struct why *why)
{
	size_t len = strlen(text);
	size_t i;

	memset(bytes, 0, sizeof(*bytes));
	if (strncmp(text, HEX_PREFIX, strlen(HEX_PREFIX)) == 0)
		return parse_hex(text + strlen(HEX_PREFIX), bytes, why);
	if (!len || len > NFLB_BYTES_MAX)
		return because_bytes(why);
	for (i = 0; i < len; i++)
		if (!is_plain(text[i]))
			return because_bytes(why);
	memcpy(bytes->data, text, len);
	bytes->len = len;
	return 0;
}

/* Text that would be read as something else must not be written as text. */
static bool is_text(const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_plain(data[i]))
			return false;
	return len < strlen(HEX_PREFIX) ||
	       memcmp(data, HEX_PREFIX, strlen(HEX_PREFIX)) != 0;
}

/**
 * bytes_text() - writes bytes as bytes_parse() reads them, equal ones alike
 * @data: The bytes.
 * @len: How many.
 *
 * Return: The text, empty for none; free() it.
 */
char *bytes_text(const void *data, size_t len)
{
	size_t size = sizeof(HEX_PREFIX) + 2 * len;
	char *text = mem_zalloc(size);
	const uint8_t *p = data;
	size_t i, at;

	if (is_text(p, len)) {
		if (len)
			memcpy(text, p, len);
		return text;
	}
	at = sprintf(text, HEX_PREFIX);
	for (i = 0; i < len; i++)
		at += sprintf(text + at, "%02x", p[i]);
	return text;
}
