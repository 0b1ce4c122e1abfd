// SPDX-License-Identifier: GPL-2.0-only
/* Sets of HTTP statuses. */
#include "statuses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define RANGE_SIZE	8	/* "200-299" */

static void add(struct statuses *statuses, unsigned int status)
{
	unsigned int n = status - STATUS_MIN;

	statuses->bits[n / 8] |= 1u << n % 8;
}

/* Three digits, and the end or a hyphen after them. */
static bool take_status(const char **text, unsigned int *status)
{
	if (strspn(*text, "0123456789") != 3)
		return false;
	*status = strtoul(*text, NULL, 10);
	*text += 3;
	return *status >= STATUS_MIN && *status <= STATUS_MAX;
}

static bool add_range(struct statuses *statuses, const char *text)
{
	unsigned int first, last;

	if (!take_status(&text, &first))
		return false;
	last = first;
	if (*text == '-') {
		text++;
		if (!take_status(&text, &last))
			return false;
	}
	if (*text || last < first)
		return false;
	while (first <= last)
		add(statuses, first++);
	return true;
}

/* Up to the comma; NULL after the last one. */
static const char *cut_range(const char *text, char range[RANGE_SIZE])
{
	size_t len = strcspn(text, ",");

	snprintf(range, RANGE_SIZE, "%.*s", len < RANGE_SIZE ? (int)len : 0,
		 text);
	return text[len] ? text + len + 1 : NULL;
}

/**
 * statuses_parse() - reads statuses and ranges with commas between them
 * @text: The text.
 * @statuses: Where they go.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int statuses_parse(const char *text, struct statuses *statuses, struct why *why)
{
	char range[RANGE_SIZE];

	memset(statuses, 0, sizeof(*statuses));
	while (text) {
		text = cut_range(text, range);
		if (!add_range(statuses, range))
			return because(why, "allowed are statuses %u to %u and ranges, such as 200-299,404",
				       STATUS_MIN, STATUS_MAX);
	}
	return 0;
}

/* The first status from @status on that is in the set, or is not. */
static unsigned int next(const struct statuses *statuses, unsigned int status,
			 bool is_in)
{
	while (status <= STATUS_MAX && statuses_has(statuses, status) != is_in)
		status++;
	return status;
}

/**
 * statuses_text() - writes a set as text, sets that are equal alike
 * @statuses: The set.
 *
 * Return: The text, empty for none; free() it.
 */
char *statuses_text(const struct statuses *statuses)
{
	char text[8 * NFLB_EXPECT_BYTES / 2 * RANGE_SIZE] = "";
	unsigned int first, end;
	size_t len = 0;

	first = next(statuses, STATUS_MIN, true);
	while (first <= STATUS_MAX) {
		end = next(statuses, first, false);
		len += sprintf(text + len, "%s%u", len ? "," : "", first);
		if (end - first > 1)
			len += sprintf(text + len, "-%u", end - 1);
		first = next(statuses, end, true);
	}
	return mem_strdup(text);
}

/**
 * statuses_has() - says whether a status is in a set
 * @statuses: The set.
 * @status: The status, any number.
 *
 * Return: Whether it is.
 */
bool statuses_has(const struct statuses *statuses, long status)
{
	long n = status - STATUS_MIN;

	if (status < STATUS_MIN || status > STATUS_MAX)
		return false;
	return statuses->bits[n / 8] & 1u << n % 8;
}
