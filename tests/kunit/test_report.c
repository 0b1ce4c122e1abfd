// SPDX-License-Identifier: GPL-2.0-only
/* Reports of probers. */

#include <linux/slab.h>

#include "../../kmod/health.h"
#include "../../kmod/report.h"
#include "helper.h"

static void report_steers_no_terminal(struct kunit *test)
{
	const struct nflb_health_spec spec = {
		.probe = "p",
		.reason = "Down\x1b[31m",
		.text = "two\nlines, \xc3\xa9\x7f",
	};
	struct nflb_report *report = nflb_report_alloc(&spec);

	KUNIT_ASSERT_NOT_NULL(test, report);
	KUNIT_EXPECT_STREQ(test, report->reason, "Down?[31m");
	KUNIT_EXPECT_STREQ(test, report->text, "two?lines, ???");
	kfree(report);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(report_steers_no_terminal),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_report",
	.test_cases = cases,
};

kunit_test_suite(suite);
