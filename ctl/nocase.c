// SPDX-License-Identifier: GPL-2.0-only
/* Azure's keys and names. */
#include "nocase.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

/**
 * nocase_equal() - compares two names
 * @a: One.
 * @b: The other.
 *
 * Return: true if they are the same name.
 */
bool nocase_equal(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

/**
 * nocase_begins() - says whether a name begins with another
 * @text: The name.
 * @with: What it may begin with.
 *
 * Return: true if it does.
 */
bool nocase_begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

/**
 * nocase_get() - finds a member of a JSON object
 * @object: The object; of anything else nothing is found.
 * @key: The key.
 * @found: Where the key goes as the object has it, or NULL.
 *
 * Return: The member, which belongs to @object, or NULL.
 */
json_t *nocase_get(const json_t *object, const char *key, const char **found)
{
	const char *own;
	json_t *member;

	json_object_foreach((json_t *)object, own, member) {
		if (!nocase_equal(own, key))
			continue;
		if (found)
			*found = own;
		return member;
	}
	return NULL;
}
