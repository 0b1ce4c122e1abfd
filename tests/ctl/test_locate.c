// SPDX-License-Identifier: GPL-2.0-only
/* The line of a value in a JSON text. */
#include "helper.h"

#include <string.h>

#include "locate.h"

#define KEY(k) { .key = (k) }
#define IDX(i) { .idx = (i) }
#define LINE(text, ...) line_of(text, (struct json_step[]){ __VA_ARGS__ }, \
	sizeof((struct json_step[]){ __VA_ARGS__ }) / sizeof(struct json_step))

static const char text[] =
	"{\n"
	" \"a\": [1,\n"
	"  {\"x\": \"]}\\\"\", \"y\": {\"z\": [[], {}, [\n"
	"   [7]]]}},\n"
	"  \"last\"],\n"
	" \"\\u0062\"\n"
	"   :\n"
	"  null,\n"
	" \"\": true }";

static size_t line_of(const char *json, const struct json_step *steps, size_t n)
{
	return locate_line(json, strlen(json), steps, n);
}

static void root_is_on_its_own_line(void **state)
{
	(void)state;
	assert_int_equal(locate_line(text, strlen(text), NULL, 0), 1);
	assert_int_equal(locate_line("\n\n 1", 4, NULL, 0), 3);
}

static void nested_values_are_found(void **state)
{
	(void)state;
	assert_int_equal(LINE(text, KEY("a")), 2);
	assert_int_equal(LINE(text, KEY("a"), IDX(0)), 2);
	assert_int_equal(LINE(text, KEY("a"), IDX(1), KEY("y")), 3);
	assert_int_equal(LINE(text, KEY("a"), IDX(1), KEY("y"), KEY("z"),
			      IDX(2), IDX(0)), 4);
	assert_int_equal(LINE(text, KEY("a"), IDX(2)), 5);
}

static void escaped_and_empty_keys_are_found(void **state)
{
	(void)state;
	assert_int_equal(LINE(text, KEY("b")), 8);
	assert_int_equal(LINE(text, KEY("")), 9);
}

static void what_is_not_there_has_no_line(void **state)
{
	(void)state;
	assert_int_equal(LINE(text, KEY("c")), 0);
	assert_int_equal(LINE(text, IDX(0)), 0);
	assert_int_equal(LINE(text, KEY("a"), IDX(3)), 0);
	assert_int_equal(LINE(text, KEY("a"), KEY("x")), 0);
}

/* Whatever comes, nothing outside the text is read: ASan says so. */
static void cut_text_is_no_danger(void **state)
{
	static const struct json_step steps[] = {
		KEY("a"), IDX(1), KEY("y"), KEY("z"), IDX(2), IDX(0),
	};
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		char *copy = test_malloc(len + 1);

		memcpy(copy, text, len);
		locate_line(copy, len, steps, 6);
		test_free(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(root_is_on_its_own_line),
		CASE(nested_values_are_found),
		CASE(escaped_and_empty_keys_are_found),
		CASE(what_is_not_there_has_no_line),
		CASE(cut_text_is_no_danger),
	};

	return RUN(cases);
}
