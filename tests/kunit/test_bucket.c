// SPDX-License-Identifier: GPL-2.0-only
/* Buckets: how many tokens there are, by time. */

#include <linux/time64.h>

#include "../../kmod/bucket.h"
#include "helper.h"

/* Some time after the machine has begun */
#define NOW (1000 * (u64)NSEC_PER_SEC)

static u32 take_all(struct nflb_bucket *bucket, u64 now_ns)
{
	u32 n = 0;

	while (nflb_bucket_take(bucket, now_ns))
		n++;
	return n;
}

static void bucket_without_a_rate_has_any_number(struct kunit *test)
{
	struct nflb_bucket bucket = {};
	u32 i;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_TRUE(test, nflb_bucket_take(&bucket, NOW));
	KUNIT_EXPECT_TRUE(test, nflb_bucket_has(&bucket, NOW));
	KUNIT_EXPECT_EQ(test, atomic64_read(&bucket.full_ns), 0LL);
}

static void bucket_holds_the_tokens_of_a_second(struct kunit *test)
{
	static const u32 rate[] = { 1, 3, 7, 100, 999, 700000, 1000000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rate); i++) {
		struct nflb_bucket bucket = { .rate = rate[i] };

		KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW), rate[i]);
		KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW), 0U);
		/* No more of them, however long it has been full. */
		KUNIT_EXPECT_EQ(test, take_all(&bucket, 9 * NOW), rate[i]);
	}
}

static void bucket_fills_up_evenly(struct kunit *test)
{
	struct nflb_bucket bucket = { .rate = 10 };
	const u64 token_ns = NSEC_PER_SEC / 10;

	take_all(&bucket, NOW);
	KUNIT_EXPECT_FALSE(test, nflb_bucket_has(&bucket, NOW + token_ns - 1));
	KUNIT_EXPECT_TRUE(test, nflb_bucket_has(&bucket, NOW + token_ns));
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW + token_ns), 1U);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW + 4 * token_ns), 3U);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW + 5 * token_ns - 1), 0U);
}

/* Asked all the time, it gives its rate and no more, what was there aside. */
static void bucket_is_exact_in_the_long_run(struct kunit *test)
{
	struct nflb_bucket bucket = { .rate = 300 };
	u32 n = 0;
	u64 ns;

	take_all(&bucket, NOW);
	for (ns = 0; ns < 20 * (u64)NSEC_PER_SEC; ns += NSEC_PER_SEC / 1000)
		n += nflb_bucket_take(&bucket, NOW + ns);
	KUNIT_EXPECT_GE(test, n, 5999U);
	KUNIT_EXPECT_LE(test, n, 6000U);
}

/* Clocks of two CPUs may be read in another order than they are used. */
static void bucket_takes_no_harm_from_a_time_before(struct kunit *test)
{
	struct nflb_bucket bucket = { .rate = 5 };

	KUNIT_EXPECT_TRUE(test, nflb_bucket_take(&bucket, NOW));
	KUNIT_EXPECT_TRUE(test, nflb_bucket_take(&bucket, NOW - 10));
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW), 3U);
}

static void bucket_follows_its_rate(struct kunit *test)
{
	struct nflb_bucket bucket = { .rate = 1 };

	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW), 1U);
	bucket.rate = 100;
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW), 0U);
	KUNIT_EXPECT_EQ(test, take_all(&bucket, NOW + NSEC_PER_SEC / 2), 50U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bucket_without_a_rate_has_any_number),
	KUNIT_CASE(bucket_holds_the_tokens_of_a_second),
	KUNIT_CASE(bucket_fills_up_evenly),
	KUNIT_CASE(bucket_is_exact_in_the_long_run),
	KUNIT_CASE(bucket_takes_no_harm_from_a_time_before),
	KUNIT_CASE(bucket_follows_its_rate),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_bucket",
	.test_cases = cases,
};

kunit_test_suite(suite);
