// SPDX-License-Identifier: GPL-2.0-only
/* A list of addresses. */
#include "addresses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static int compare(const void *left, const void *right)
{
	return address_compare(left, right);
}

/**
 * addresses_add() - adds an address to a list
 * @addresses: The list; all zero at first.
 * @address: The address.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int addresses_add(struct addresses *addresses, const struct address *address,
		  struct why *why)
{
	unsigned int i;

	for (i = 0; i < addresses->n; i++)
		if (address_is_equal(&addresses->address[i], address))
			return because(why, "given twice");
	if (addresses->n == NFLB_SNAT_ADDRESSES_MAX)
		return because(why, "a list has at most %u addresses",
			       NFLB_SNAT_ADDRESSES_MAX);
	addresses->address[addresses->n++] = *address;
	return 0;
}

/**
 * addresses_add_text() - adds an address to a list
 * @addresses: The list; all zero at first.
 * @text: The address.
 * @why: What is wrong, with the address.
 *
 * Return: 0 or a negative number.
 */
int addresses_add_text(struct addresses *addresses, const char *text,
		       struct why *why)
{
	char cut[EXCERPT_SIZE];
	struct address address;
	struct why reason;

	if (!parse_address(text, &address, &reason) &&
	    !addresses_add(addresses, &address, &reason))
		return 0;
	return because(why, "\"%s\": %.300s", excerpt(text, cut), reason.text);
}

/**
 * addresses_text() - writes a list as text
 * @addresses: The list, sorted afterwards.
 *
 * Return: The text; free() it.
 */
char *addresses_text(struct addresses *addresses)
{
	char text[NFLB_SNAT_ADDRESSES_MAX * ADDRESS_TEXT_SIZE];
	char one[ADDRESS_TEXT_SIZE];
	size_t len = 0;
	unsigned int i;

	*text = '\0';
	qsort(addresses->address, addresses->n, sizeof(*addresses->address),
	      compare);
	for (i = 0; i < addresses->n; i++)
		len += sprintf(text + len, "%s%s", i ? "," : "",
			       format_address(&addresses->address[i], one));
	return mem_strdup(text);
}

/* Up to the comma or the end; what is too long is no address in any case. */
static const char *cut_address(const char *text, char one[EXCERPT_SIZE])
{
	size_t len = strcspn(text, ",");

	snprintf(one, EXCERPT_SIZE, "%.*s", (int)len, text);
	return text[len] ? text + len + 1 : NULL;
}

/**
 * addresses_parse() - reads a list with commas
 * @text: The text.
 * @canonical: Where it goes, sorted; free() it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int addresses_parse(const char *text, char **canonical, struct why *why)
{
	struct addresses addresses = { .n = 0 };
	char one[EXCERPT_SIZE];

	while (text) {
		text = cut_address(text, one);
		if (addresses_add_text(&addresses, one, why))
			return -1;
	}
	*canonical = addresses_text(&addresses);
	return 0;
}

/**
 * addresses_next() - takes an address off a list
 * @text: The list, canonical, or what is left of it.
 * @address: Where the address goes.
 *
 * Return: What is left, or NULL after the last address.
 */
const char *addresses_next(const char *text, struct address *address)
{
	char one[EXCERPT_SIZE];
	struct why why;

	text = cut_address(text, one);
	parse_address(one, address, &why);
	return text;
}
