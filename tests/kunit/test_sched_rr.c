// SPDX-License-Identifier: GPL-2.0-only
/* rr */

#include "helper.h"

static struct nflb_pool *abcd_pool(struct kunit *test)
{
	static const u32 weight[] = { 1, 50, 3, 1 };
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);

	nflb_test_add_letters(test, pool, "abcd", weight);
	nflb_test_finish(test, pool);
	return pool;
}

static void expect_picks(struct kunit *test, struct nflb_pool *pool,
			 const char *expected)
{
	char letters[32];

	nflb_test_pick_letters(pool, letters, strlen(expected));
	KUNIT_EXPECT_STREQ(test, letters, expected);
}

static void pick_all_eligible_goes_round(struct kunit *test)
{
	expect_picks(test, abcd_pool(test), "abcdabcdabcd");
}

static void pick_tells_one_attempt_and_no_slot(struct kunit *test)
{
	struct nflb_choice choice = nflb_test_choose(abcd_pool(test), 1);

	KUNIT_EXPECT_EQ(test, choice.attempts, 1);
	KUNIT_EXPECT_EQ(test, choice.slot, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.first, NFLB_NONE);
}

static void pick_one_ineligible_leaves_it_out_exactly(struct kunit *test)
{
	struct nflb_pool *pool = abcd_pool(test);

	nflb_test_set_eligible(pool, 1, false);
	expect_picks(test, pool, "acdacdacd");
	nflb_test_set_eligible(pool, 1, true);
	expect_picks(test, pool, "abcdabcd");
	nflb_test_set_eligible(pool, 3, false);
	expect_picks(test, pool, "abcabc");
}

static void pick_one_eligible_gets_all(struct kunit *test)
{
	struct nflb_pool *pool = abcd_pool(test);

	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 2, true);
	expect_picks(test, pool, "cccc");
}

static void pick_none_eligible_gives_none(struct kunit *test)
{
	struct nflb_pool *pool = abcd_pool(test);

	expect_picks(test, pool, "ab");
	nflb_test_set_none_eligible(pool);
	expect_picks(test, pool, "--");
	nflb_test_set_eligible(pool, 2, true);
	nflb_test_set_eligible(pool, 3, true);
	expect_picks(test, pool, "cdc");
}

static void pick_weight_zero_gets_none(struct kunit *test)
{
	static const u32 weight[] = { 1, 0, 1 };
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);

	nflb_test_add_letters(test, pool, "abc", weight);
	nflb_test_finish(test, pool);
	expect_picks(test, pool, "acacac");
}

static void pick_dry_changes_nothing(struct kunit *test)
{
	struct nflb_pool *pool = abcd_pool(test);

	expect_picks(test, pool, "a");
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 1);
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 1);
	expect_picks(test, pool, "b");
}

static void pick_cursor_beyond_end_begins_again(struct kunit *test)
{
	struct nflb_pool *pool = abcd_pool(test);

	atomic_set(&pool->cursor, 4);
	expect_picks(test, pool, "a");
	atomic_set(&pool->cursor, -1);
	expect_picks(test, pool, "a");
}

static void pick_any_number_of_members_is_exact(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 63, 64, 65, 5000 };
	struct nflb_pool *pool;
	u32 *count;
	u32 i, pos;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		pool = nflb_test_equals(test, &nflb_sched_rr, sizes[i]);
		count = nflb_test_count(test, pool, 3 * sizes[i]);
		for (pos = 0; pos < sizes[i]; pos++)
			KUNIT_EXPECT_EQ(test, count[pos], 3);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pick_all_eligible_goes_round),
	KUNIT_CASE(pick_tells_one_attempt_and_no_slot),
	KUNIT_CASE(pick_one_ineligible_leaves_it_out_exactly),
	KUNIT_CASE(pick_one_eligible_gets_all),
	KUNIT_CASE(pick_none_eligible_gives_none),
	KUNIT_CASE(pick_weight_zero_gets_none),
	KUNIT_CASE(pick_dry_changes_nothing),
	KUNIT_CASE(pick_cursor_beyond_end_begins_again),
	KUNIT_CASE(pick_any_number_of_members_is_exact),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_rr",
	.test_cases = cases,
};

kunit_test_suite(suite);
