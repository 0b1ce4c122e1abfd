// SPDX-License-Identifier: GPL-2.0-only
/* When alerts begin, go on and end. */

#include <kunit/test.h>

#include "../../kmod/alert.h"

#define MINUTE_MS	60000

static struct nflb_alert_share of(u64 part, u64 whole)
{
	return (struct nflb_alert_share){ .part = part, .whole = whole };
}

/* What percentages make of an alert of that kind, a letter each */
static const char *steps(enum nflb_alert_kind kind, const u32 *pct, u32 n)
{
	static const char letters[] = {
		[NFLB_ALERT_SAME] = '.',
		[NFLB_ALERT_BEGINS] = 'b',
		[NFLB_ALERT_GOES_ON] = 'g',
		[NFLB_ALERT_ENDS] = 'e',
	};
	struct nflb_alert alert = {};
	struct nflb_alert_share share;
	static char buf[32];
	u32 i;

	for (i = 0; i < n; i++) {
		share = of(pct[i], 100);
		buf[i] = letters[nflb_alert_update(&alert, kind, &share, i)];
	}
	buf[i] = '\0';
	return buf;
}

static void availability_has_two_thresholds(struct kunit *test)
{
	static const u32 refused[] = { 0, 10, 11, 75, 76, 11, 10 };

	KUNIT_EXPECT_STREQ(test,
			   steps(NFLB_ALERT_AVAILABILITY_WARNING, refused,
				 ARRAY_SIZE(refused)), "..b...e");
	KUNIT_EXPECT_STREQ(test,
			   steps(NFLB_ALERT_AVAILABILITY_CRITICAL, refused,
				 ARRAY_SIZE(refused)), "....be.");
}

static void one_healthy_backend_is_enough(struct kunit *test)
{
	static const u32 none[] = { 0, 100, 0 };

	KUNIT_EXPECT_STREQ(test, steps(NFLB_ALERT_NO_HEALTHY_BACKENDS, none,
				       ARRAY_SIZE(none)), ".be");
}

static void a_table_stays_near_full_until_it_is_not(struct kunit *test)
{
	static const u32 used[] = { 80, 81, 80, 76, 75, 76, 80, 81 };

	KUNIT_EXPECT_STREQ(test, steps(NFLB_ALERT_CONNTRACK_USAGE, used,
				       ARRAY_SIZE(used)), ".b..e..b");
}

static void a_part_of_nothing_is_no_alert(struct kunit *test)
{
	const enum nflb_alert_kind kind = NFLB_ALERT_CONNTRACK_USAGE;
	const struct nflb_alert_share none = of(7, 0);
	struct nflb_alert alert = {};

	KUNIT_EXPECT_EQ(test, nflb_alert_update(&alert, kind, &none, 1),
			NFLB_ALERT_SAME);
	alert.is_active = true;
	KUNIT_EXPECT_EQ(test, nflb_alert_update(&alert, kind, &none, 1),
			NFLB_ALERT_ENDS);
}

/* It begins at 1000 ms, and is told again each @again_ms later. */
static void expect_again_after(struct kunit *test, enum nflb_alert_kind kind,
			       u64 again_ms)
{
	const u64 at_ms[] = { 1000, 999 + again_ms, 1000 + again_ms,
			      999 + 2 * again_ms, 1000 + 2 * again_ms };
	static const enum nflb_alert_step wanted[] = {
		NFLB_ALERT_BEGINS, NFLB_ALERT_SAME, NFLB_ALERT_GOES_ON,
		NFLB_ALERT_SAME, NFLB_ALERT_GOES_ON,
	};
	const struct nflb_alert_share all = of(1, 1);
	struct nflb_alert alert = {};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(at_ms); i++)
		KUNIT_EXPECT_EQ(test, nflb_alert_update(&alert, kind, &all,
							at_ms[i]), wanted[i]);
}

static void what_goes_on_is_told_again(struct kunit *test)
{
	enum nflb_alert_kind kind;
	u64 minutes;

	for (kind = 0; kind < NFLB_N_ALERTS; kind++) {
		minutes = kind == NFLB_ALERT_NO_HEALTHY_BACKENDS ? 60 : 5;
		expect_again_after(test, kind, minutes * MINUTE_MS);
	}
}

static u64 now_ms;

/* After a reading, a step later */
static void expect_share(struct kunit *test, struct nflb_alert_window *window,
			 struct nflb_alert_share counters, u64 part, u64 whole)
{
	struct nflb_alert_reading reading = {
		.counters = counters,
		.at_ms = now_ms += NFLB_ALERT_STEP_MS,
	};
	struct nflb_alert_share share;

	nflb_alert_window_add(window, &reading, &share);
	KUNIT_EXPECT_EQ(test, share.part, part);
	KUNIT_EXPECT_EQ(test, share.whole, whole);
}

/* What was counted before it was looked at says nothing of now. */
static void a_window_begins_with_nothing(struct kunit *test)
{
	struct nflb_alert_window window = {};

	expect_share(test, &window, of(100, 200), 0, 0);
	expect_share(test, &window, of(103, 210), 3, 10);
	expect_share(test, &window, of(103, 215), 3, 15);
}

static void a_window_is_a_minute(struct kunit *test)
{
	struct nflb_alert_window window = {};
	u64 i;

	expect_share(test, &window, of(0, 0), 0, 0);
	expect_share(test, &window, of(50, 50), 50, 50);
	for (i = 1; i < NFLB_ALERT_WINDOW_MS / NFLB_ALERT_STEP_MS; i++)
		expect_share(test, &window, of(50, 50 + i), 50, 50 + i);
	/* A step later the fifty are more than a minute old. */
	expect_share(test, &window, of(50, 50 + i), 0, i);
	expect_share(test, &window, of(50, 51 + i), 0, i);
}

/* What was counted in between may be old, or not; after that it is. */
static void a_window_with_a_gap_is_no_longer(struct kunit *test)
{
	struct nflb_alert_window window = {};

	expect_share(test, &window, of(0, 0), 0, 0);
	expect_share(test, &window, of(50, 50), 50, 50);
	now_ms += 2 * NFLB_ALERT_WINDOW_MS;
	expect_share(test, &window, of(60, 70), 10, 20);
	expect_share(test, &window, of(60, 75), 0, 5);
	expect_share(test, &window, of(60, 80), 0, 10);
}

static void counters_that_begin_anew_empty_it(struct kunit *test)
{
	struct nflb_alert_window window = {};

	expect_share(test, &window, of(10, 20), 0, 0);
	expect_share(test, &window, of(15, 30), 5, 10);
	expect_share(test, &window, of(15, 16), 0, 0);
	expect_share(test, &window, of(16, 18), 1, 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(availability_has_two_thresholds),
	KUNIT_CASE(one_healthy_backend_is_enough),
	KUNIT_CASE(a_table_stays_near_full_until_it_is_not),
	KUNIT_CASE(a_part_of_nothing_is_no_alert),
	KUNIT_CASE(what_goes_on_is_told_again),
	KUNIT_CASE(a_window_begins_with_nothing),
	KUNIT_CASE(a_window_is_a_minute),
	KUNIT_CASE(a_window_with_a_gap_is_no_longer),
	KUNIT_CASE(counters_that_begin_anew_empty_it),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_alert",
	.test_cases = cases,
};

kunit_test_suite(suite);
