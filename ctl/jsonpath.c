// SPDX-License-Identifier: GPL-2.0-only
/* The way to a value in a JSON text. */
#include "jsonpath.h"

#include <stdio.h>

static void enter(struct json_path *path, struct json_step step)
{
	if (path->depth < JSON_PATH_STEPS_MAX)
		path->steps[path->depth] = step;
	path->depth++;
}

/**
 * json_path_enter_key() - goes into a member of an object
 * @path: The way.
 * @key: Key of the member; stays as long as @path is in there.
 */
void json_path_enter_key(struct json_path *path, const char *key)
{
	enter(path, (struct json_step){ .key = key });
}

/**
 * json_path_enter_idx() - goes into an item of an array
 * @path: The way.
 * @idx: Index of the item.
 */
void json_path_enter_idx(struct json_path *path, size_t idx)
{
	enter(path, (struct json_step){ .idx = idx });
}

/**
 * json_path_leave() - goes back one step
 * @path: The way.
 */
void json_path_leave(struct json_path *path)
{
	path->depth--;
}

/**
 * json_path_text() - writes a way as in pools[0].backends[3]
 * @path: The way.
 * @buf: Memory for the text.
 *
 * Return: @buf; a way that is too long for it is cut.
 */
const char *json_path_text(const struct json_path *path,
			   char buf[JSON_PATH_TEXT_SIZE])
{
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < path->depth && i < JSON_PATH_STEPS_MAX; i++) {
		const struct json_step *step = &path->steps[i];

		if (len >= JSON_PATH_TEXT_SIZE)
			break;
		if (step->key)
			len += snprintf(buf + len, JSON_PATH_TEXT_SIZE - len,
					"%s%.40s", i ? "." : "", step->key);
		else
			len += snprintf(buf + len, JSON_PATH_TEXT_SIZE - len,
					"[%zu]", step->idx);
	}
	return buf;
}
