// SPDX-License-Identifier: GPL-2.0-only
/* Sentences of refusals, which have to fit */

#include <kunit/test.h>

#include "../../kmod/refuse.h"

#define SIZE 40

static void expect_fit(struct kunit *test, const char *sentence,
		       const char *wanted)
{
	char buf[SIZE];

	nflb_fit_sentence(buf, sizeof(buf), sentence);
	KUNIT_EXPECT_STREQ(test, buf, wanted);
}

static void fit_short_sentence_stays(struct kunit *test)
{
	expect_fit(test, "", "");
	expect_fit(test, "pool p exists already",
		   "pool p exists already");
	expect_fit(test, "pool 0123456789012345678 exists already",
		   "pool 0123456789012345678 exists already");
}

static void fit_long_names_are_shortened(struct kunit *test)
{
	expect_fit(test, "pool 01234567890123456789 exists already",
		   "pool 0123456789012345... exists already");
	expect_fit(test, "service 0123456789abcdef uses pool 0123456789abcdef",
		   "service 0123456... uses pool 0123456...");
}

static void fit_without_names_it_is_cut(struct kunit *test)
{
	expect_fit(test, "there are more words than there is any room for them",
		   "there are more words than there is any ");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(fit_short_sentence_stays),
	KUNIT_CASE(fit_long_names_are_shortened),
	KUNIT_CASE(fit_without_names_it_is_cut),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_refuse",
	.test_cases = cases,
};

kunit_test_suite(suite);
