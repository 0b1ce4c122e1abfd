// SPDX-License-Identifier: GPL-2.0-only
/* A list of names of objects. */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

/**
 * names_add() - adds a name to a list
 * @names: The list; all zero at first.
 * @name: The name.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int names_add(struct names *names, const char *name, struct why *why)
{
	size_t len = strlen(names->text);

	if (parse_name(name, why))
		return -1;
	if (names_has(names->text, name))
		return because(why, "given twice");
	if (names->n == NAMES_MAX)
		return because(why, "a list has at most %u names", NAMES_MAX);
	snprintf(names->text + len, sizeof(names->text) - len, "%s%s",
		 names->n++ ? "," : "", name);
	return 0;
}

/**
 * names_parse() - reads none, or a list with commas
 * @text: The text.
 * @canonical: Where the list goes; free() it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int names_parse(const char *text, char **canonical, struct why *why)
{
	char name[EXCERPT_SIZE], cut[EXCERPT_SIZE];
	struct names names = { .n = 0 };
	struct why reason;

	if (!*text || strcmp(text, "none") == 0)
		text = NULL;
	while (text) {
		text = cut_item(text, name, sizeof(name));
		if (names_add(&names, name, &reason))
			return because(why, "\"%s\": %.300s",
				       excerpt(name, cut), reason.text);
	}
	*canonical = mem_strdup(names.text);
	return 0;
}

/**
 * names_take() - takes a name off a list
 * @text: The list, or what is left of it.
 * @name: Where the name goes.
 *
 * Return: false if there was none left.
 */
bool names_take(const char **text, char name[NFLB_NAME_MAX + 1])
{
	if (!*text || !**text)
		return false;
	*text = cut_item(*text, name, NFLB_NAME_MAX + 1);
	return true;
}

/**
 * names_has() - says whether a list has a name
 * @text: The list.
 * @name: The name.
 *
 * Return: true if so.
 */
bool names_has(const char *text, const char *name)
{
	char one[NFLB_NAME_MAX + 1];

	while (names_take(&text, one))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}
