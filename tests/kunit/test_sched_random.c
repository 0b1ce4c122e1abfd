// SPDX-License-Identifier: GPL-2.0-only
/*
 * random. Counts are held against five standard deviations: a sound generator
 * fails one comparison in a million.
 */

#include "helper.h"

#define N_PICKS 20000

static struct nflb_pool *letters_pool(struct kunit *test, const char *letters,
				      const u32 *weight)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_random);

	nflb_test_add_letters(test, pool, letters, weight);
	nflb_test_finish(test, pool);
	return pool;
}

/*
 * Of n picks a member of weight w out of W gets n * p with a variance of
 * n * p * (1 - p), where p is w / W; here both sides are multiplied by W * W.
 */
static void expect_proportional(struct kunit *test, struct nflb_pool *pool)
{
	u32 *count = nflb_test_count(test, pool, N_PICKS);
	s64 sum = 0;
	s64 off, w;
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++) {
		if (nflb_pool_is_eligible(pool, 0, pos))
			sum += pool->member[pos].weight;
	}
	for (pos = 0; pos < pool->n_members; pos++) {
		w = nflb_pool_is_eligible(pool, 0, pos) ?
			    pool->member[pos].weight : 0;
		off = count[pos] * sum - N_PICKS * w;
		KUNIT_EXPECT_LE_MSG(test, off * off,
				    25 * N_PICKS * w * (sum - w),
				    "%s has %u", nflb_test_name(pool, pos),
				    count[pos]);
	}
}

static void pick_equal_weights_share_equally(struct kunit *test)
{
	expect_proportional(test,
			    nflb_test_equals(test, &nflb_sched_random, 10));
}

static void pick_any_weights_are_proportional(struct kunit *test)
{
	static const u32 weight[] = { 5, 0, 1, 2, 0, 10, 0 };

	expect_proportional(test, letters_pool(test, "abcdefg", weight));
}

static void pick_large_weights_are_proportional(struct kunit *test)
{
	static const u32 weight[] = { 1000, 65535, 65535 };

	expect_proportional(test, letters_pool(test, "abc", weight));
}

static void pick_some_ineligible_keeps_proportions(struct kunit *test)
{
	static const u32 weight[] = { 5, 3, 1, 2 };
	struct nflb_pool *pool = letters_pool(test, "abcd", weight);

	nflb_test_set_eligible(pool, 0, false);
	nflb_test_set_eligible(pool, 2, false);
	expect_proportional(test, pool);
}

static void pick_few_left_keeps_proportions(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_random);

	nflb_test_add_many(test, pool, 100, 7);
	nflb_test_finish(test, pool);
	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 7, true);
	nflb_test_set_eligible(pool, 8, true);
	nflb_test_set_eligible(pool, 90, true);
	expect_proportional(test, pool);
}

static void pick_none_eligible_gives_none(struct kunit *test)
{
	static const u32 weight[] = { 1, 0 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	nflb_test_set_none_eligible(pool);
	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

static void pick_no_weights_gives_none(struct kunit *test)
{
	static const u32 weight[] = { 0, 0 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

static void pick_tells_attempts_and_first(struct kunit *test)
{
	static const u32 weight[] = { 65535, 1 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);
	struct nflb_choice choice = nflb_test_choose(pool, 0);

	KUNIT_EXPECT_GE(test, choice.attempts, 1);
	KUNIT_EXPECT_LT(test, choice.first, 2);
	KUNIT_EXPECT_EQ(test, choice.slot, NFLB_NONE);
	if (choice.attempts == 1)
		KUNIT_EXPECT_EQ(test, choice.first, choice.member);
}

static void pick_one_and_two_members_work(struct kunit *test)
{
	struct nflb_pool *pool;

	pool = nflb_test_equals(test, &nflb_sched_random, 1);
	expect_proportional(test, pool);
	pool = nflb_test_equals(test, &nflb_sched_random, 2);
	expect_proportional(test, pool);
}

static void pick_5000_members_reaches_most(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_random,
						  5000);
	u32 *count = nflb_test_count(test, pool, N_PICKS);
	u32 n_reached = 0;
	u32 pos;

	for (pos = 0; pos < 5000; pos++) {
		n_reached += !!count[pos];
		KUNIT_EXPECT_LT(test, count[pos], 25);
	}
	/* 5000 * (1 - exp(-4)) is 4908, and 9 are a standard deviation. */
	KUNIT_EXPECT_GT(test, n_reached, 4860);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pick_equal_weights_share_equally),
	KUNIT_CASE(pick_any_weights_are_proportional),
	KUNIT_CASE(pick_large_weights_are_proportional),
	KUNIT_CASE(pick_some_ineligible_keeps_proportions),
	KUNIT_CASE(pick_few_left_keeps_proportions),
	KUNIT_CASE(pick_none_eligible_gives_none),
	KUNIT_CASE(pick_no_weights_gives_none),
	KUNIT_CASE(pick_tells_attempts_and_first),
	KUNIT_CASE(pick_one_and_two_members_work),
	KUNIT_CASE(pick_5000_members_reaches_most),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_random",
	.test_cases = cases,
};

kunit_test_suite(suite);
