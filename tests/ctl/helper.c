// SPDX-License-Identifier: GPL-2.0-only
/* What the suites share. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"

static FILE *real_stdout;
static char *captured;
static size_t captured_len;

static struct doc *parse_as(const char *text, size_t len, const char *pool,
			    struct why *why)
{
	struct source source = { .file = "F", .len = len, .pool = pool };
	struct doc *doc;

	source.text = malloc(len ? len : 1);
	assert_non_null(source.text);
	memcpy(source.text, text, len);
	doc = source_parse(&source, why);
	source_free(&source);
	return doc;
}

/**
 * parse_bytes() - reads a document from memory
 * @text: The document; copied to memory of its exact size, for ASan.
 * @len: Its bytes.
 * @why: What is wrong with it.
 *
 * Return: The configuration, or NULL.
 */
struct doc *parse_bytes(const char *text, size_t len, struct why *why)
{
	return parse_as(text, len, NULL, why);
}

/**
 * parse_list() - reads a list of backends from a string
 * @text: The list.
 * @pool: Name of their pool.
 * @why: What is wrong with it.
 *
 * Return: The configuration that has only these, or NULL.
 */
struct doc *parse_list(const char *text, const char *pool, struct why *why)
{
	return parse_as(text, strlen(text), pool, why);
}

/**
 * parse() - reads a document from a string
 * @text: The document.
 * @why: What is wrong with it.
 *
 * Return: The configuration, or NULL.
 */
struct doc *parse(const char *text, struct why *why)
{
	return parse_bytes(text, strlen(text), why);
}

/**
 * parse_good() - reads a document that must be right
 * @text: The document.
 *
 * Return: The configuration, sorted.
 */
struct doc *parse_good(const char *text)
{
	struct doc *doc;
	struct why why;

	doc = parse(text, &why);
	if (!doc)
		fail_msg("%s", why.text);
	doc_sort(doc);
	return doc;
}

/**
 * capture_begin() - keeps what is written to stdout
 */
void capture_begin(void)
{
	fflush(stdout);
	real_stdout = stdout;
	stdout = open_memstream(&captured, &captured_len);
	assert_non_null(stdout);
}

/**
 * capture_end() - ends capture_begin()
 *
 * Return: What was written; free() it.
 */
char *capture_end(void)
{
	fclose(stdout);
	stdout = real_stdout;
	return captured;
}

/**
 * exported() - writes a configuration as lbctl export does
 * @doc: The configuration.
 *
 * Return: The document; free() it.
 */
char *exported(struct doc *doc)
{
	doc_sort(doc);
	print_init(true);
	capture_begin();
	doc_write(doc);
	return capture_end();
}
