// SPDX-License-Identifier: GPL-2.0-only
/* The text of a document, and where in it an object stands. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "locate.h"
#include "mem.h"

#define LEN_MAX		(64u << 20)
#define STDIN_NAME	"stdin"

static int read_all(struct source *source, int fd, struct why *why)
{
	size_t cap = 0;
	ssize_t got;

	for (;;) {
		if (source->len == cap)
			source->text = mem_grow(source->text, &cap, 1);
		got = read(fd, source->text + source->len, cap - source->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return because(why, "%s: %s", source->file,
				       strerror(errno));
		if (got == 0)
			return 0;
		source->len += got;
		if (source->len > LEN_MAX)
			return because(why, "%s: longer than %u MiB",
				       source->file, LEN_MAX >> 20);
	}
}

/**
 * source_read() - reads the text of a document
 * @source: Where it goes; source_free() it in any case.
 * @file: Name of the file, "-" for stdin.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int source_read(struct source *source, const char *file, struct why *why)
{
	bool is_stdin = strcmp(file, "-") == 0;
	int fd = STDIN_FILENO;
	int err;

	memset(source, 0, sizeof(*source));
	source->file = is_stdin ? STDIN_NAME : file;
	if (!is_stdin)
		fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return because(why, "%s: %s", file, strerror(errno));
	err = read_all(source, fd, why);
	if (!is_stdin)
		close(fd);
	return err;
}

/**
 * source_free() - frees the text
 * @source: The text.
 */
void source_free(struct source *source)
{
	free(source->text);
	source->text = NULL;
}

static bool is_in(const struct source *source, const struct object *obj)
{
	return !source->pool ||
	       (obj->type->kind == KIND_BACKEND &&
		strcmp(obj->values[BACKEND_POOL].text, source->pool) == 0);
}

/**
 * source_line() - finds the line of an object
 * @source: The text.
 * @obj: The object, which was read from it.
 * @field: Index of the field that is wanted, or -1 for the object.
 *
 * Return: The line, from 1: that of the object when it does not have the
 * field. 0 if it is not to be found.
 */
size_t source_line(const struct source *source, const struct object *obj,
		   int field)
{
	enum object_kind outer = obj->type->outer;
	struct json_step steps[5];
	size_t n = 0;

	if (!is_in(source, obj))
		return 0;
	if (outer && !source->pool) {
		steps[n++] = (struct json_step){
			.key = object_types[outer].plural,
		};
		steps[n++] = (struct json_step){ .idx = obj->outer_idx };
	}
	if (!source->pool)
		steps[n++] = (struct json_step){ .key = obj->type->plural };
	if (obj->type->n_ids)
		steps[n++] = (struct json_step){ .idx = obj->idx };
	if (field >= 0 && object_is_given(obj, field))
		steps[n++] = (struct json_step){
			.key = obj->type->fields[field].key,
		};
	return locate_line(source->text, source->len, steps, n);
}
