// SPDX-License-Identifier: GPL-2.0-only
/* wrr */

#include "helper.h"

static struct nflb_pool *letters_pool(struct kunit *test, const char *letters,
				      const u32 *weight)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_wrr);

	nflb_test_add_letters(test, pool, letters, weight);
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

/* The example that nginx gives for its own. */
static void pick_weights_5_1_1_is_smooth(struct kunit *test)
{
	static const u32 weight[] = { 5, 1, 1 };

	expect_picks(test, letters_pool(test, "abc", weight), "aabacaaaabacaa");
}

static void pick_weights_4_3_2_is_smooth(struct kunit *test)
{
	static const u32 weight[] = { 4, 3, 2 };

	expect_picks(test, letters_pool(test, "abc", weight),
		     "abcabacbaabcabacba");
}

static void pick_equal_weights_goes_round(struct kunit *test)
{
	static const u32 weight[] = { 7, 7, 7 };

	expect_picks(test, letters_pool(test, "abc", weight), "abcabcabc");
}

static void pick_shuffled_members_goes_by_name(struct kunit *test)
{
	static const u32 weight[] = { 1, 5, 1 };

	expect_picks(test, letters_pool(test, "cab", weight), "aabacaa");
}

static void pick_common_divisor_shortens_cycle(struct kunit *test)
{
	static const u32 weight[] = { 20000, 30000 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	expect_picks(test, pool, "babab");
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).slot, 0);
}

static void pick_one_member_gets_all(struct kunit *test)
{
	static const u32 weight[] = { 65535 };

	expect_picks(test, letters_pool(test, "a", weight), "aaa");
}

static void pick_weight_zero_gets_none(struct kunit *test)
{
	static const u32 weight[] = { 1, 0, 1 };

	expect_picks(test, letters_pool(test, "abc", weight), "acacac");
}

static void pick_no_weights_gives_none(struct kunit *test)
{
	static const u32 weight[] = { 0, 0 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	KUNIT_EXPECT_NULL(test, pool->sched_data);
	expect_picks(test, pool, "--");
}

static void pick_none_eligible_gives_none(struct kunit *test)
{
	static const u32 weight[] = { 2, 1 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	expect_picks(test, pool, "a");
	nflb_test_set_none_eligible(pool);
	expect_picks(test, pool, "--");
	nflb_test_set_eligible(pool, 0, true);
	nflb_test_set_eligible(pool, 1, true);
	expect_picks(test, pool, "ba");
}

static void pick_one_ineligible_keeps_others_proportion(struct kunit *test)
{
	static const u32 weight[] = { 5, 1, 1 };
	struct nflb_pool *pool = letters_pool(test, "abc", weight);

	nflb_test_set_eligible(pool, 1, false);
	expect_picks(test, pool, "aaacaaaaacaa");
	nflb_test_set_eligible(pool, 0, false);
	expect_picks(test, pool, "ccc");
	nflb_test_set_eligible(pool, 1, true);
	expect_picks(test, pool, "bcbc");
}

static void pick_tells_turn_attempts_and_first(struct kunit *test)
{
	static const u32 weight[] = { 1, 1, 1, 1 };
	struct nflb_pool *pool = letters_pool(test, "abcd", weight);
	struct nflb_choice choice;

	expect_picks(test, pool, "a");
	nflb_test_set_eligible(pool, 1, false);
	nflb_test_set_eligible(pool, 2, false);
	choice = nflb_test_ask(pool, 0);
	KUNIT_EXPECT_EQ(test, choice.member, 3);
	KUNIT_EXPECT_EQ(test, choice.slot, 3);
	KUNIT_EXPECT_EQ(test, choice.attempts, 3);
	KUNIT_EXPECT_EQ(test, choice.first, 1);
}

static void pick_dry_changes_nothing(struct kunit *test)
{
	static const u32 weight[] = { 1, 1 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 0);
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 0);
	expect_picks(test, pool, "ab");
}

static void pick_cursor_beyond_end_begins_again(struct kunit *test)
{
	static const u32 weight[] = { 2, 1 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	atomic_set(&pool->cursor, -1);
	expect_picks(test, pool, "aba");
}

/* At any moment everybody is within 1.5 of his exact share. */
static void pick_any_prefix_is_proportional(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_wrr);
	u32 count[40] = {};
	s64 sum = 40 * 41 / 2;
	s64 off;
	u32 k, pos;

	nflb_test_add_many(test, pool, 40, 40);
	nflb_test_finish(test, pool);
	for (k = 1; k <= 2 * sum; k++) {
		count[nflb_test_pick(pool)]++;
		for (pos = 0; pos < 40; pos++) {
			off = count[pos] * sum - k * (pos + 1);
			KUNIT_EXPECT_LT(test, 2 * abs(off), 3 * sum);
		}
	}
	for (pos = 0; pos < 40; pos++)
		KUNIT_EXPECT_EQ(test, count[pos], 2 * (pos + 1));
}

/* Counts one cycle, which ends where the slot is 0 again. */
static u32 *count_cycle(struct kunit *test, struct nflb_pool *pool,
			u32 *n_turns)
{
	u32 *count = kunit_kcalloc(test, pool->n_members, sizeof(*count),
				   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, count);
	*n_turns = 0;
	do {
		count[nflb_test_pick(pool)]++;
		++*n_turns;
	} while (nflb_test_ask(pool, 0).slot);
	return count;
}

static void build_long_cycle_is_scaled(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_wrr);
	u32 n_turns, pos, sum;
	u32 *count;
	s64 off;

	nflb_test_add_many(test, pool, 1000, 200);
	nflb_test_finish(test, pool);
	count = count_cycle(test, pool, &n_turns);
	KUNIT_EXPECT_GE(test, n_turns, 65536);
	KUNIT_EXPECT_LT(test, n_turns, 65536 + 1000);
	sum = 1000 / 200 * (200 * 201 / 2);
	for (pos = 0; pos < 1000; pos++) {
		off = (s64)count[pos] * sum - 65536LL * (1 + pos % 200);
		KUNIT_EXPECT_GE(test, count[pos], 1);
		KUNIT_EXPECT_LT(test, abs(off), (s64)sum);
	}
}

static void build_extreme_weights_gives_each_a_turn(struct kunit *test)
{
	static const u32 weight[] = { 65535, 65535, 1 };
	struct nflb_pool *pool = letters_pool(test, "abc", weight);
	u32 n_turns;
	u32 *count = count_cycle(test, pool, &n_turns);

	KUNIT_EXPECT_EQ(test, count[0], 32768);
	KUNIT_EXPECT_EQ(test, count[1], 32768);
	KUNIT_EXPECT_EQ(test, count[2], 1);
}

static void pick_any_number_of_members_is_exact(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 5000 };
	struct nflb_pool *pool;
	u32 *count;
	u32 i, pos;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		pool = nflb_test_equals(test, &nflb_sched_wrr, sizes[i]);
		count = nflb_test_count(test, pool, 3 * sizes[i]);
		for (pos = 0; pos < sizes[i]; pos++)
			KUNIT_EXPECT_EQ(test, count[pos], 3);
	}
}

static void pick_long_ineligible_stretch_is_leapt(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_wrr, 2500);
	u32 *count;

	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 10, true);
	nflb_test_set_eligible(pool, 2000, true);
	count = nflb_test_count(test, pool, 500);
	KUNIT_EXPECT_EQ(test, count[10] + count[2000], 500);
	KUNIT_EXPECT_GT(test, min(count[10], count[2000]), 50);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pick_weights_5_1_1_is_smooth),
	KUNIT_CASE(pick_weights_4_3_2_is_smooth),
	KUNIT_CASE(pick_equal_weights_goes_round),
	KUNIT_CASE(pick_shuffled_members_goes_by_name),
	KUNIT_CASE(pick_common_divisor_shortens_cycle),
	KUNIT_CASE(pick_one_member_gets_all),
	KUNIT_CASE(pick_weight_zero_gets_none),
	KUNIT_CASE(pick_no_weights_gives_none),
	KUNIT_CASE(pick_none_eligible_gives_none),
	KUNIT_CASE(pick_one_ineligible_keeps_others_proportion),
	KUNIT_CASE(pick_tells_turn_attempts_and_first),
	KUNIT_CASE(pick_dry_changes_nothing),
	KUNIT_CASE(pick_cursor_beyond_end_begins_again),
	KUNIT_CASE(pick_any_prefix_is_proportional),
	KUNIT_CASE(pick_any_number_of_members_is_exact),
	KUNIT_CASE(pick_long_ineligible_stretch_is_leapt),
	KUNIT_CASE(build_long_cycle_is_scaled),
	KUNIT_CASE(build_extreme_weights_gives_each_a_turn),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_wrr",
	.test_cases = cases,
};

kunit_test_suite(suite);
