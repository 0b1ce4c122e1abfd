/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A document as text, from a file or from stdin, and what is in it: a whole
 * configuration, or the backends of one pool.
 */
#ifndef LBCTL_SOURCE_H
#define LBCTL_SOURCE_H

#include "doc.h"

/* Of the JSON library, whose header does not go with print.h. */
struct json_t;

/**
 * struct source - the text of a document
 * @file: Its name, for sentences.
 * @text: The text; not ended by a zero.
 * @len: Its bytes.
 * @pool: The pool whose backends it lists; NULL for a whole configuration.
 */
struct source {
	const char *file;
	char *text;
	size_t len;
	const char *pool;
};

int source_read(struct source *source, const char *file, struct why *why);
void source_free(struct source *source);
struct json_t *source_json(const struct source *source, struct why *why);
struct doc *source_parse(const struct source *source, struct why *why);
int source_blame(const struct source *source, const struct flaw *flaw,
		 struct why *why);
size_t source_line(const struct source *source, const struct object *obj,
		   int field);

#endif /* LBCTL_SOURCE_H */
