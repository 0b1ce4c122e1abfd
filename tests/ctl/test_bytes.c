// SPDX-License-Identifier: GPL-2.0-only
/* Bytes as text, and the search for them. */
#include "helper.h"

#include <stdlib.h>
#include <string.h>

#include "needle.h"

static struct why why;
static struct bytes bytes;

static void expect_again(const char *text, const char *wanted)
{
	char *written;

	assert_int_equal(bytes_parse(text, &bytes, &why), 0);
	written = bytes_text(bytes.data, bytes.len);
	assert_string_equal(written, wanted);
	free(written);
}

static void equal_bytes_are_written_alike(void **state)
{
	char *none;

	(void)state;
	expect_again("all is well", "all is well");
	assert_int_equal(bytes.len, 11);
	expect_again("hex:616C6c", "all");
	expect_again("hex:0d0A", "hex:0d0a");
	assert_memory_equal(bytes.data, "\r\n", 2);
	expect_again("hex:00ff", "hex:00ff");
	/* What would be read as something else: "hex:" in letters. */
	expect_again("hex:6865783a", "hex:6865783a");
	expect_again("hex", "hex");
	none = bytes_text(NULL, 0);
	assert_string_equal(none, "");
	free(none);
}

static void what_is_no_bytes_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "hex:", "hex:0", "hex:0g", "hex:00 1", "hex:0x", "a\nb",
		"\xc3\xa9", "\x7f",
	};
	char long_text[NFLB_BYTES_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(bytes_parse(bad[i], &bytes, &why), 0);
		assert_string_equal(why.text, "allowed are 1 to 512 bytes as ASCII text, or as hex: and two digits for each");
	}
	memset(long_text, 'x', sizeof(long_text));
	long_text[NFLB_BYTES_MAX + 1] = '\0';
	assert_int_not_equal(bytes_parse(long_text, &bytes, &why), 0);
	long_text[NFLB_BYTES_MAX] = '\0';
	assert_int_equal(bytes_parse(long_text, &bytes, &why), 0);
}

/* What the library says of the whole, the needle says of the pieces. */
static void check_search(const uint8_t *hay, size_t len)
{
	struct needle needle;
	size_t at = 0, n;
	bool is_there;

	needle_init(&needle, &bytes);
	while (at < len) {
		n = 1 + rand() % (len - at);
		needle_look(&needle, hay + at, n);
		at += n;
	}
	is_there = memmem(hay, len, bytes.data, bytes.len);
	assert_int_equal(needle_is_found(&needle), is_there);
}

static void needle_is_found_in_pieces(void **state)
{
	uint8_t hay[64];
	size_t round, i;

	(void)state;
	srand(3);
	for (round = 0; round < 100000; round++) {
		/* Two letters, so that beginnings come again and again. */
		for (i = 0; i < sizeof(hay); i++)
			hay[i] = 'a' + rand() % 2;
		bytes.len = 1 + rand() % 9;
		for (i = 0; i < bytes.len; i++)
			bytes.data[i] = 'a' + rand() % 2;
		check_search(hay, 1 + rand() % sizeof(hay));
	}
}

static void longest_needle_is_found(void **state)
{
	uint8_t hay[2 * NFLB_BYTES_MAX];

	(void)state;
	bytes.len = NFLB_BYTES_MAX;
	memset(bytes.data, 'a', bytes.len);
	memset(hay, 'a', sizeof(hay));
	check_search(hay, sizeof(hay));
	hay[NFLB_BYTES_MAX - 1] = 'b';
	check_search(hay, sizeof(hay));
	bytes.data[NFLB_BYTES_MAX - 1] = 'b';
	check_search(hay, sizeof(hay));
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(equal_bytes_are_written_alike),
		CASE(what_is_no_bytes_is_refused),
		CASE(needle_is_found_in_pieces),
		CASE(longest_needle_is_found),
	};

	return RUN(cases);
}
