/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way to a value in a JSON text, kept while the text is walked: for the
 * sentences that say where something is wrong.
 */
#ifndef LBCTL_JSONPATH_H
#define LBCTL_JSONPATH_H

#include <stddef.h>

#define JSON_PATH_STEPS_MAX	64
#define JSON_PATH_TEXT_SIZE	256

/**
 * struct json_step - one step into a JSON value
 * @key: Key of an object's member, or NULL.
 * @idx: Index of an array's item, if @key is NULL.
 */
struct json_step {
	const char *key;
	size_t idx;
};

/**
 * struct json_path - the way to what is being read
 * @steps: The steps; what is deeper than they reach is not kept.
 * @depth: Number of steps.
 */
struct json_path {
	struct json_step steps[JSON_PATH_STEPS_MAX];
	size_t depth;
};

void json_path_enter_key(struct json_path *path, const char *key);
void json_path_enter_idx(struct json_path *path, size_t idx);
void json_path_leave(struct json_path *path);
const char *json_path_text(const struct json_path *path,
			   char buf[JSON_PATH_TEXT_SIZE]);

#endif /* LBCTL_JSONPATH_H */
