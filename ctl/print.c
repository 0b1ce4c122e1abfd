// SPDX-License-Identifier: GPL-2.0-only
/*
 * stdout: text as it comes, and a writer of JSON that never holds more than
 * the containers that are open, so that a million flows cost no memory.
 */
#include "print.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define DEPTH_MAX	8
/* 2^53: readers of JSON round what is beyond */
#define EXACT_MAX	9007199254740992ull

/**
 * struct container - a JSON object or array that is being written
 * @close: Its last character.
 * @layout: How its members are laid out.
 * @has_member: Something has been written into it.
 */
struct container {
	char close;
	enum print_layout layout;
	bool has_member;
};

static struct container open_containers[DEPTH_MAX];
static unsigned int depth;
static bool is_json;
static bool is_one_line_each;

/**
 * print_init() - chooses between text and JSON
 * @as_json: JSON is wanted.
 */
void print_init(bool as_json)
{
	is_json = as_json;
	is_one_line_each = false;
	depth = 0;
}

/**
 * print_one_line_each() - makes each JSON value one line from here on
 */
void print_one_line_each(void)
{
	is_one_line_each = true;
}

/**
 * print_is_json() - says whether JSON is wanted
 *
 * Return: true for JSON, false for text.
 */
bool print_is_json(void)
{
	return is_json;
}

/**
 * print_finish() - makes sure that everything has been written
 *
 * Return: 0, or the negative error number of the first write that failed.
 */
int print_finish(void)
{
	if (fflush(stdout) != 0)
		return -errno;
	return ferror(stdout) ? -EIO : 0;
}

/**
 * print_flush() - hands over what is buffered, for readers that follow
 */
void print_flush(void)
{
	fflush(stdout);
}

/**
 * print_clear_screen() - empties the screen if stdout is a terminal
 */
void print_clear_screen(void)
{
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
}

/**
 * print_text() - writes text
 * @fmt: As for printf().
 */
void print_text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

static void write_string(const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	putchar('"');
	for (; *p; p++) {
		if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			printf("\\u%04x", *p);
		else if (*p > 0x7f)
			fputs("\\ufffd", stdout); /* never ours: all is ASCII */
		else
			putchar(*p);
	}
	putchar('"');
}

static void new_line(unsigned int indent)
{
	putchar('\n');
	while (indent--)
		fputs("  ", stdout);
}

static void begin_member(const char *key)
{
	struct container *in;

	if (depth == 0)
		return;
	in = &open_containers[depth - 1];
	if (in->has_member)
		fputs(in->layout == LAYOUT_INLINE ? ", " : ",", stdout);
	if (in->layout == LAYOUT_LINES)
		new_line(depth);
	in->has_member = true;
	if (in->close == '}') {
		write_string(key);
		fputs(": ", stdout);
	}
}

static void begin_container(const char *key, char first, char last,
			    enum print_layout layout)
{
	begin_member(key);
	assert(depth < DEPTH_MAX);
	putchar(first);
	open_containers[depth++] = (struct container){
		.close = last,
		.layout = is_one_line_each ? LAYOUT_INLINE : layout,
	};
}

/**
 * json_begin_object() - opens a JSON object
 * @key: Its key in the object that is open; unused in an array.
 * @layout: How its members are laid out.
 */
void json_begin_object(const char *key, enum print_layout layout)
{
	begin_container(key, '{', '}', layout);
}

/**
 * json_begin_array() - opens a JSON array
 * @key: Its key in the object that is open; unused in an array.
 * @layout: How its members are laid out.
 */
void json_begin_array(const char *key, enum print_layout layout)
{
	begin_container(key, '[', ']', layout);
}

/**
 * json_end() - closes the object or array that was opened last
 */
void json_end(void)
{
	struct container *in;

	assert(depth > 0);
	in = &open_containers[--depth];
	if (in->has_member && in->layout == LAYOUT_LINES)
		new_line(depth);
	putchar(in->close);
	if (depth == 0)
		putchar('\n');
}

/**
 * json_string() - writes a string
 * @key: Its key; unused in an array.
 * @value: The string.
 */
void json_string(const char *key, const char *value)
{
	begin_member(key);
	write_string(value);
}

/**
 * json_u64() - writes a whole number
 * @key: Its key; unused in an array.
 * @value: The number.
 */
void json_u64(const char *key, uint64_t value)
{
	begin_member(key);
	printf("%llu", (unsigned long long)value);
}

/**
 * json_exact() - writes a whole number that is not to be rounded
 * @key: Its key; unused in an array.
 * @value: The number; a string if readers of JSON would round it.
 */
void json_exact(const char *key, uint64_t value)
{
	char text[24];

	if (value <= EXACT_MAX) {
		json_u64(key, value);
		return;
	}
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	json_string(key, text);
}

/**
 * json_double() - writes a number with three decimals
 * @key: Its key; unused in an array.
 * @value: The number, which must be finite.
 */
void json_double(const char *key, double value)
{
	begin_member(key);
	printf("%.3f", value);
}

/**
 * json_bool() - writes true or false
 * @key: Its key; unused in an array.
 * @value: The value.
 */
void json_bool(const char *key, bool value)
{
	begin_member(key);
	fputs(value ? "true" : "false", stdout);
}
