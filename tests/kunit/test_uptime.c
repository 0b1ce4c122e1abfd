// SPDX-License-Identifier: GPL-2.0-only
/* How much of the last minute a backend was up. */

#include <linux/string.h>
#include <uapi/nflb.h>

#include "../../kmod/index.h"
#include "../../kmod/uptime.h"
#include "helper.h"

/* Somewhere within a step */
#define START	(1000ULL * NFLB_UPTIME_STEP + HZ)

static void pct_unreported_is_none(struct kunit *test)
{
	const struct nflb_uptime uptime = { .at = START };

	KUNIT_EXPECT_EQ(test, NFLB_NONE,
			nflb_uptime_pct(&uptime, START, NFLB_HEALTH_UP));
	KUNIT_EXPECT_EQ(test, NFLB_NONE,
			nflb_uptime_pct(&uptime, START + HZ,
					NFLB_HEALTH_UNKNOWN));
}

static void pct_short_is_of_what_is_known(struct kunit *test)
{
	struct nflb_uptime uptime = { .at = START };

	nflb_uptime_add(&uptime, START + 3 * HZ, NFLB_HEALTH_UP);
	KUNIT_EXPECT_EQ(test, 100U, nflb_uptime_pct(&uptime, START + 3 * HZ,
						    NFLB_HEALTH_DOWN));
	KUNIT_EXPECT_EQ(test, 75U, nflb_uptime_pct(&uptime, START + 4 * HZ,
						   NFLB_HEALTH_DOWN));
	KUNIT_EXPECT_EQ(test, 75U, nflb_uptime_pct(&uptime, START + 4 * HZ,
						   NFLB_HEALTH_DRAINING));
}

/* What nobody has known counts for nothing. */
static void pct_unknown_is_left_out(struct kunit *test)
{
	struct nflb_uptime uptime = { .at = START };

	nflb_uptime_add(&uptime, START + 10 * HZ, NFLB_HEALTH_UP);
	nflb_uptime_add(&uptime, START + 30 * HZ, NFLB_HEALTH_UNKNOWN);
	KUNIT_EXPECT_EQ(test, 50U, nflb_uptime_pct(&uptime, START + 40 * HZ,
						   NFLB_HEALTH_DOWN));
}

/* Up for a minute, then down: by the second it gets less, until it is 0. */
static void pct_forgets_after_a_minute(struct kunit *test)
{
	struct nflb_uptime uptime = { .at = START };
	u64 now = START + 90 * HZ;
	u32 last = 100, pct, s;

	nflb_uptime_add(&uptime, now, NFLB_HEALTH_UP);
	for (s = 0; s <= 65; s++) {
		pct = nflb_uptime_pct(&uptime, now + s * HZ, NFLB_HEALTH_DOWN);
		KUNIT_EXPECT_LE(test, pct, last);
		KUNIT_EXPECT_LE(test, pct, 100 - s * 100 / 65);
		KUNIT_EXPECT_GE(test, pct + 1 + s * 100 / 60, 100U);
		last = pct;
	}
	KUNIT_EXPECT_EQ(test, last, 0U);
}

/* By reports at any time it is the same as by one at the end. */
static void add_often_is_as_once(struct kunit *test)
{
	struct nflb_uptime often = { .at = START }, once = { .at = START };
	u64 now = START + 47 * HZ;
	u64 at;

	for (at = START; at < now; at += HZ / 10 + 1)
		nflb_uptime_add(&often, at, NFLB_HEALTH_UP);
	nflb_uptime_add(&often, now, NFLB_HEALTH_UP);
	nflb_uptime_add(&once, now, NFLB_HEALTH_UP);
	KUNIT_EXPECT_EQ(test, often.at, once.at);
	KUNIT_EXPECT_EQ(test, 0, memcmp(often.up, once.up, sizeof(once.up)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(often.known, once.known,
					sizeof(once.known)));
}

/* A report after days, as by an agent that was gone */
static void add_late_is_the_last_minute(struct kunit *test)
{
	struct nflb_uptime uptime = { .at = START };
	u64 now = START + 100ULL * 3600 * HZ;

	nflb_uptime_add(&uptime, START + 60 * HZ, NFLB_HEALTH_DOWN);
	nflb_uptime_add(&uptime, now, NFLB_HEALTH_UP);
	KUNIT_EXPECT_EQ(test, uptime.at, now);
	KUNIT_EXPECT_EQ(test, 100U,
			nflb_uptime_pct(&uptime, now, NFLB_HEALTH_DOWN));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pct_unreported_is_none),
	KUNIT_CASE(pct_short_is_of_what_is_known),
	KUNIT_CASE(pct_unknown_is_left_out),
	KUNIT_CASE(pct_forgets_after_a_minute),
	KUNIT_CASE(add_often_is_as_once),
	KUNIT_CASE(add_late_is_the_last_minute),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_uptime",
	.test_cases = cases,
};

kunit_test_suite(suite);
