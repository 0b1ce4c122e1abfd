// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes that flows may come from. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "prefixes.h"

static struct why why;

/* What it is written as again; NULL if it is refused. */
static const char *again(const char *text)
{
	static char kept[4096];
	char *written;

	if (prefixes_parse(text, &written, &why))
		return NULL;
	assert_true(strlen(written) < sizeof(kept));
	strcpy(kept, written);
	free(written);
	return kept;
}

static void equal_lists_are_written_alike(void **state)
{
	(void)state;
	assert_string_equal(again("any"), "any");
	assert_string_equal(again("10.1.2.3"), "10.1.2.3/32");
	assert_string_equal(again("fd00::1"), "fd00::1/128");
	assert_string_equal(again("10.2.0.0/16,10.1.0.0/16"),
			    "10.1.0.0/16,10.2.0.0/16");
	assert_string_equal(again("10.1.0.0/16,10.1.0.0/16"), "10.1.0.0/16");
	assert_string_equal(again("2001:DB8::/32,fd00:0::/8"),
			    "2001:db8::/32,fd00::/8");
}

static void what_is_a_part_of_another_is_left_out(void **state)
{
	(void)state;
	assert_string_equal(again("10.1.0.0/16,10.0.0.0/8,11.0.0.0/8"),
			    "10.0.0.0/8,11.0.0.0/8");
	assert_string_equal(again("10.0.0.0/9,10.128.0.0/9"),
			    "10.0.0.0/9,10.128.0.0/9");
	assert_string_equal(again("1.2.3.4,0.0.0.0/0"), "0.0.0.0/0");
	assert_string_equal(again("fd00::/15,fd01::,fd02::/16"),
			    "fd00::/15,fd02::/16");
}

static void what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ",", "10.0.0.0/8,", ",10.0.0.0/8", "none", "10.0.0/8",
		"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/08x",
		"fd00::/129", "10.0.0.0/8 ", "10.0.0.0 /8", "/8", "10.0.0.1/31",
		"10.0.0.0/8,fd00::/8", "0.0.0.1/0", "fd00::8000:0/96",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (again(bad[i]))
			fail_msg("\"%s\" is not refused", bad[i]);
}

/* Sixty bytes for each are more than the longest has. */
static char *addresses(unsigned int n)
{
	char *text = mem_zalloc(60 * (size_t)n);
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		len += sprintf(text + len, "%s2001:db8:%x::/48", i ? "," : "",
			       i + 1);
	return text;
}

static void longest_list_survives_and_one_more_does_not(void **state)
{
	char *longest = addresses(NFLB_ALLOW_MAX);
	char *longer = addresses(NFLB_ALLOW_MAX + 1);
	char *written;

	(void)state;
	assert_int_equal(prefixes_parse(longest, &written, &why), 0);
	assert_int_equal(strlen(written), strlen(longest));
	free(written);
	assert_int_not_equal(prefixes_parse(longer, &written, &why), 0);
	assert_non_null(strstr(why.text, "a list has at most 1024 prefixes"));
	free(longest);
	free(longer);
}

static void bytes_are_read_as_they_are_written(void **state)
{
	static const char *const texts[] = {
		"10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "2001:db8::1/128",
	};
	struct prefixes prefixes;
	uint8_t bytes[NFLB_PREFIX_BYTES];
	struct prefix prefix;
	char *written;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		memset(&prefixes, 0, sizeof(prefixes));
		assert_int_equal(prefix_parse(texts[i], &prefix, &why), 0);
		prefixes_add_bytes(&prefixes, bytes,
				   prefix_bytes(&prefix, bytes));
		prefixes_add_bytes(&prefixes, bytes, 4);
		written = prefixes_text(&prefixes);
		assert_string_equal(written, texts[i]);
		free(written);
	}
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(equal_lists_are_written_alike),
		CASE(what_is_a_part_of_another_is_left_out),
		CASE(what_is_no_list_is_refused),
		CASE(longest_list_survives_and_one_more_does_not),
		CASE(bytes_are_read_as_they_are_written),
	};

	return RUN(cases);
}
