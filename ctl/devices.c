// SPDX-License-Identifier: GPL-2.0-only
/* The network devices of the fast path. */
#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* The words that are no list. */
const struct word devices_words[] = {
	{ "auto", NFLB_DEVICES_AUTO },
	{ "none", NFLB_DEVICES_NONE },
	{ NULL, 0 },
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/**
 * devices_add() - adds a name to a list
 * @devices: The list; all zero at first.
 * @name: The name.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int devices_add(struct devices *devices, const char *name, struct why *why)
{
	unsigned int i;

	if (parse_device(name, why))
		return -1;
	for (i = 0; i < devices->n; i++)
		if (strcmp(devices->name[i], name) == 0)
			return because(why, "given twice");
	if (devices->n == NFLB_DEVICES_MAX)
		return because(why, "a list has at most %u devices",
			       NFLB_DEVICES_MAX);
	memcpy(devices->name[devices->n++], name, strlen(name) + 1);
	return 0;
}

/**
 * devices_text() - writes a list as text
 * @devices: The list, sorted afterwards.
 *
 * Return: The text; free() it.
 */
char *devices_text(struct devices *devices)
{
	char text[sizeof(devices->name)];
	size_t len = 0;
	unsigned int i;

	*text = '\0';
	qsort(devices->name, devices->n, sizeof(*devices->name), compare);
	for (i = 0; i < devices->n; i++)
		len += sprintf(text + len, "%s%s", i ? "," : "",
			       devices->name[i]);
	return mem_strdup(text);
}

/**
 * devices_parse() - reads auto, none or a list with commas
 * @text: The text.
 * @canonical: Where it goes, sorted; free() it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int devices_parse(const char *text, char **canonical, struct why *why)
{
	struct devices devices = { .n = 0 };
	char name[EXCERPT_SIZE];
	const char *rest = text;
	struct why reason;

	if (!devices_is_list(text)) {
		*canonical = mem_strdup(text);
		return 0;
	}
	while (rest) {
		rest = cut_item(rest, name, sizeof(name));
		if (devices_add(&devices, name, &reason))
			return because(why, "device \"%s\": %s", name,
				       reason.text);
	}
	*canonical = devices_text(&devices);
	return 0;
}

/**
 * devices_is_list() - says whether a text stands for names
 * @text: The text.
 *
 * Return: false for auto and none.
 */
bool devices_is_list(const char *text)
{
	const struct word *word;

	for (word = devices_words; word->name; word++)
		if (strcmp(word->name, text) == 0)
			return false;
	return true;
}
