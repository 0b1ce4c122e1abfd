// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of a value in a JSON text. The text has been read by the JSON
 * library before, so it is well-formed; if it is not after all, no line is
 * found, and nothing outside the text is looked at.
 */
#include "locate.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/**
 * struct cursor - a place in the text
 * @text: The text.
 * @len: Its bytes.
 * @pos: The place.
 */
struct cursor {
	const char *text;
	size_t len;
	size_t pos;
};

static char peek(const struct cursor *c)
{
	return c->pos < c->len ? c->text[c->pos] : '\0';
}

static void skip_space(struct cursor *c)
{
	while (c->pos < c->len && strchr(" \t\r\n", c->text[c->pos]) &&
	       c->text[c->pos])
		c->pos++;
}

/* Takes one character, with the space around it. */
static bool take(struct cursor *c, char wanted)
{
	skip_space(c);
	if (peek(c) != wanted)
		return false;
	c->pos++;
	skip_space(c);
	return true;
}

static bool skip_string(struct cursor *c)
{
	if (peek(c) != '"')
		return false;
	for (c->pos++; c->pos < c->len; c->pos++) {
		if (c->text[c->pos] == '\\') {
			c->pos++;
		} else if (c->text[c->pos] == '"') {
			c->pos++;
			return true;
		}
	}
	return false;
}

static void skip_scalar(struct cursor *c)
{
	while (c->pos < c->len && !strchr(",]} \t\r\n", c->text[c->pos]))
		c->pos++;
}

/* Any value, however deep, without recursion. */
static bool skip_value(struct cursor *c)
{
	size_t depth = 0;

	do {
		skip_space(c);
		switch (peek(c)) {
		case '\0':
			return false;
		case '{':
		case '[':
			depth++;
			c->pos++;
			break;
		case '}':
		case ']':
			if (!depth)
				return false;
			depth--;
			c->pos++;
			break;
		case ',':
		case ':':
			if (!depth)
				return false;
			c->pos++;
			break;
		case '"':
			if (!skip_string(c))
				return false;
			break;
		default:
			skip_scalar(c);
		}
	} while (depth);
	return true;
}

/* Keys may be written with escapes: the library reads them. */
static bool key_matches(const struct cursor *c, size_t start, const char *key)
{
	const char *raw = c->text + start;
	size_t len = c->pos - start;
	json_t *decoded;
	bool is_equal;

	if (!memchr(raw, '\\', len))
		return len == strlen(key) + 2 &&
		       memcmp(raw + 1, key, len - 2) == 0;
	decoded = json_loadb(raw, len, JSON_DECODE_ANY, NULL);
	is_equal = decoded && strcmp(json_string_value(decoded), key) == 0;
	json_decref(decoded);
	return is_equal;
}

static bool enter_member(struct cursor *c, const char *key)
{
	size_t start;

	if (!take(c, '{'))
		return false;
	do {
		start = c->pos;
		if (!skip_string(c))
			return false;
		if (key_matches(c, start, key))
			return take(c, ':');
		if (!take(c, ':') || !skip_value(c))
			return false;
	} while (take(c, ','));
	return false;
}

static bool enter_item(struct cursor *c, size_t idx)
{
	if (!take(c, '['))
		return false;
	while (idx--)
		if (!skip_value(c) || !take(c, ','))
			return false;
	return true;
}

static size_t line_at(const struct cursor *c)
{
	const char *p = c->text, *end = c->text + c->pos;
	size_t line = 1;

	while ((p = memchr(p, '\n', end - p))) {
		line++;
		p++;
	}
	return line;
}

/**
 * locate_line() - finds the line of a value in a JSON text
 * @text: The text.
 * @len: Its bytes.
 * @steps: The way to the value.
 * @n_steps: Number of steps.
 *
 * Return: The line, from 1; 0 if there is no such value.
 */
size_t locate_line(const char *text, size_t len, const struct json_step *steps,
		   size_t n_steps)
{
	struct cursor c = { .text = text, .len = len };
	bool is_found = true;
	size_t i;

	skip_space(&c);
	for (i = 0; i < n_steps && is_found; i++) {
		if (steps[i].key)
			is_found = enter_member(&c, steps[i].key);
		else
			is_found = enter_item(&c, steps[i].idx);
	}
	return is_found ? line_at(&c) : 0;
}
