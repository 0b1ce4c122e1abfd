// SPDX-License-Identifier: GPL-2.0-only
/* When alerts begin, go on and end. */
#include "helper.h"

#include <string.h>

#include "alert.h"

#define MINUTE_MS	60000

static struct alert_share of(uint64_t part, uint64_t whole)
{
	return (struct alert_share){ .part = part, .whole = whole };
}

/* What percentages make of an alert of that kind, a letter each */
static const char *steps(enum alert_kind kind, const unsigned int *pct,
			 size_t n)
{
	static const char letters[] = {
		[ALERT_SAME] = '.',
		[ALERT_BEGINS] = 'b',
		[ALERT_GOES_ON] = 'g',
		[ALERT_ENDS] = 'e',
	};
	struct alert alert = { 0 };
	struct alert_share share;
	static char buf[32];
	size_t i;

	for (i = 0; i < n; i++) {
		share = of(pct[i], 100);
		buf[i] = letters[alert_update(&alert, kind, &share, i)];
	}
	buf[i] = '\0';
	return buf;
}

static void availability_has_two_thresholds(void **state)
{
	static const unsigned int refused[] = { 0, 10, 11, 75, 76, 11, 10 };

	(void)state;
	assert_string_equal(steps(ALERT_AVAILABILITY_WARNING, refused,
				  ARRAY_SIZE(refused)), "..b...e");
	assert_string_equal(steps(ALERT_AVAILABILITY_CRITICAL, refused,
				  ARRAY_SIZE(refused)), "....be.");
}

static void one_healthy_backend_is_enough(void **state)
{
	static const unsigned int none[] = { 0, 100, 0 };

	(void)state;
	assert_string_equal(steps(ALERT_NO_HEALTHY_BACKENDS, none,
				  ARRAY_SIZE(none)), ".be");
}

static void a_table_stays_near_full_until_it_is_not(void **state)
{
	static const unsigned int used[] = { 80, 81, 80, 76, 75, 76, 80, 81 };

	(void)state;
	assert_string_equal(steps(ALERT_CONNTRACK_USAGE, used,
				  ARRAY_SIZE(used)), ".b..e..b");
}

static void a_part_of_nothing_is_no_alert(void **state)
{
	const struct alert_share none = of(7, 0);
	struct alert alert = { 0 };

	(void)state;
	assert_int_equal(alert_update(&alert, ALERT_CONNTRACK_USAGE, &none, 1),
			 ALERT_SAME);
	alert.is_active = true;
	assert_int_equal(alert_update(&alert, ALERT_CONNTRACK_USAGE, &none, 1),
			 ALERT_ENDS);
}

static void expect_again_after(enum alert_kind kind, uint64_t again_ms)
{
	const struct alert_share all = of(1, 1);
	const uint64_t begin_ms = 1000;
	struct alert alert = { 0 };

	assert_int_equal(alert_update(&alert, kind, &all, begin_ms),
			 ALERT_BEGINS);
	assert_int_equal(alert_update(&alert, kind, &all,
				      begin_ms + again_ms - 1), ALERT_SAME);
	assert_int_equal(alert_update(&alert, kind, &all,
				      begin_ms + again_ms), ALERT_GOES_ON);
	assert_int_equal(alert_update(&alert, kind, &all,
				      begin_ms + 2 * again_ms - 1), ALERT_SAME);
	assert_int_equal(alert_update(&alert, kind, &all,
				      begin_ms + 2 * again_ms), ALERT_GOES_ON);
}

static void what_goes_on_is_told_again(void **state)
{
	(void)state;
	expect_again_after(ALERT_AVAILABILITY_WARNING, 5 * MINUTE_MS);
	expect_again_after(ALERT_AVAILABILITY_CRITICAL, 5 * MINUTE_MS);
	expect_again_after(ALERT_NO_HEALTHY_BACKENDS, 60 * MINUTE_MS);
	expect_again_after(ALERT_SNAT_USAGE, 5 * MINUTE_MS);
	expect_again_after(ALERT_SNAT_EXHAUSTION, 5 * MINUTE_MS);
	expect_again_after(ALERT_CONNTRACK_USAGE, 5 * MINUTE_MS);
	expect_again_after(ALERT_FLOW_QUOTA, 5 * MINUTE_MS);
	expect_again_after(ALERT_SYN_FLOOD, 5 * MINUTE_MS);
	expect_again_after(ALERT_RETURN_PATH, 5 * MINUTE_MS);
}

static uint64_t now_ms;

/* After a reading, a step later */
static void expect_share(struct alert_window *window,
			 struct alert_share counters, uint64_t part,
			 uint64_t whole)
{
	struct alert_reading reading = {
		.counters = counters,
		.at_ms = now_ms += ALERT_STEP_MS,
	};
	struct alert_share share;

	alert_window_add(window, &reading, &share);
	assert_int_equal(share.part, part);
	assert_int_equal(share.whole, whole);
}

/* What was counted before it was looked at says nothing of now. */
static void a_window_begins_with_nothing(void **state)
{
	struct alert_window window = { 0 };

	(void)state;
	expect_share(&window, of(100, 200), 0, 0);
	expect_share(&window, of(103, 210), 3, 10);
	expect_share(&window, of(103, 215), 3, 15);
}

static void a_window_is_a_minute(void **state)
{
	struct alert_window window = { 0 };
	uint64_t i;

	(void)state;
	expect_share(&window, of(0, 0), 0, 0);
	expect_share(&window, of(50, 50), 50, 50);
	for (i = 1; i < ALERT_WINDOW_MS / ALERT_STEP_MS; i++)
		expect_share(&window, of(50, 50 + i), 50, 50 + i);
	/* A step later the fifty are more than a minute old. */
	expect_share(&window, of(50, 50 + i), 0, i);
	expect_share(&window, of(50, 51 + i), 0, i);
}

/* What was counted in between may be old, or not; after that it is. */
static void a_window_with_a_gap_is_no_longer(void **state)
{
	struct alert_window window = { 0 };

	(void)state;
	expect_share(&window, of(0, 0), 0, 0);
	expect_share(&window, of(50, 50), 50, 50);
	now_ms += 2 * ALERT_WINDOW_MS;
	expect_share(&window, of(60, 70), 10, 20);
	expect_share(&window, of(60, 75), 0, 5);
	expect_share(&window, of(60, 80), 0, 10);
}

static void counters_that_begin_anew_empty_it(void **state)
{
	struct alert_window window = { 0 };

	(void)state;
	expect_share(&window, of(10, 20), 0, 0);
	expect_share(&window, of(15, 30), 5, 10);
	expect_share(&window, of(15, 16), 0, 0);
	expect_share(&window, of(16, 18), 1, 2);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(availability_has_two_thresholds),
		CASE(one_healthy_backend_is_enough),
		CASE(a_table_stays_near_full_until_it_is_not),
		CASE(a_part_of_nothing_is_no_alert),
		CASE(what_goes_on_is_told_again),
		CASE(a_window_begins_with_nothing),
		CASE(a_window_is_a_minute),
		CASE(a_window_with_a_gap_is_no_longer),
		CASE(counters_that_begin_anew_empty_it),
	};

	return RUN(cases);
}
