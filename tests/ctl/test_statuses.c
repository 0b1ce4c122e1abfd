// SPDX-License-Identifier: GPL-2.0-only
/* Sets of HTTP statuses. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statuses.h"

static struct why why;

/* What it is written as again; NULL if it is refused. */
static const char *again(const char *text)
{
	static char kept[4096];
	struct statuses statuses;
	char *written;

	if (statuses_parse(text, &statuses, &why))
		return NULL;
	written = statuses_text(&statuses);
	assert_true(strlen(written) < sizeof(kept));
	strcpy(kept, written);
	free(written);
	return kept;
}

static void equal_sets_are_written_alike(void **state)
{
	(void)state;
	assert_string_equal(again("200"), "200");
	assert_string_equal(again("404,200-299"), "200-299,404");
	assert_string_equal(again("201,200,202"), "200-202");
	assert_string_equal(again("200-210,205-220,220"), "200-220");
	assert_string_equal(again("599"), "599");
	assert_string_equal(again("200-599"), "200-599");
}

/* Each other status: the longest text that there is. */
static void longest_set_survives(void **state)
{
	char text[4096];
	size_t len = 0;
	int status;

	(void)state;
	for (status = STATUS_MIN; status <= STATUS_MAX; status += 2)
		len += sprintf(text + len, "%s%d", len ? "," : "", status);
	assert_string_equal(again(text), text);
}

static void what_is_no_set_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ",", "200,", ",200", "200,,201", "199", "600", "100-200",
		"299-200", "200-", "-200", "2xx", "20", "2000", "200-2999",
		"200 ", " 200", "+200", "200-299-300", "200;201",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_null(again(bad[i]));
		assert_string_equal(why.text, "allowed are statuses 200 to 599 and ranges, such as 200-299,404");
	}
}

static void a_set_has_what_it_says(void **state)
{
	struct statuses statuses;

	(void)state;
	assert_int_equal(statuses_parse("200-204,404", &statuses, &why), 0);
	assert_true(statuses_has(&statuses, 200));
	assert_true(statuses_has(&statuses, 204));
	assert_true(statuses_has(&statuses, 404));
	assert_false(statuses_has(&statuses, 205));
	assert_false(statuses_has(&statuses, 403));
	assert_false(statuses_has(&statuses, 0));
	assert_false(statuses_has(&statuses, -1));
	assert_false(statuses_has(&statuses, 100000));
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(equal_sets_are_written_alike),
		CASE(longest_set_survives),
		CASE(what_is_no_set_is_refused),
		CASE(a_set_has_what_it_says),
	};

	return RUN(cases);
}
