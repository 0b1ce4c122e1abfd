// SPDX-License-Identifier: GPL-2.0-only
/* lc and wlc */

#include "helper.h"

static struct nflb_pool *abc_pool(struct kunit *test,
				  const struct nflb_sched *sched, u32 a, u32 b,
				  u32 c)
{
	const u32 weight[] = { a, b, c };
	struct nflb_pool *pool = nflb_test_pool(test, sched);

	nflb_test_add_letters(test, pool, "abc", weight);
	nflb_test_finish(test, pool);
	return pool;
}

static void set_active(struct nflb_pool *pool, int a, int b, int c)
{
	nflb_test_set_active(pool, 0, a);
	nflb_test_set_active(pool, 1, b);
	nflb_test_set_active(pool, 2, c);
}

/* Flows that have ended before the next begins. */
static void expect_picks(struct kunit *test, struct nflb_pool *pool,
			 const char *expected)
{
	char letters[32];

	nflb_test_pick_letters(pool, letters, strlen(expected));
	KUNIT_EXPECT_STREQ(test, letters, expected);
}

/* Flows that stay open. */
static void open_flows(struct nflb_pool *pool, u32 n)
{
	u32 pos;

	while (n--) {
		pos = nflb_test_pick(pool);
		atomic_inc(&pool->member[pos].backend->account.active);
	}
}

static int active(const struct nflb_pool *pool, u32 pos)
{
	return atomic_read(&pool->member[pos].backend->account.active);
}

static void lc_pick_takes_least_active(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_lc, 1, 1, 1);

	set_active(pool, 3, 2, 4);
	expect_picks(test, pool, "bbb");
	set_active(pool, 3, 2, 0);
	expect_picks(test, pool, "ccc");
}

static void lc_pick_ignores_weights(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_lc, 100, 1, 1);

	set_active(pool, 3, 2, 4);
	expect_picks(test, pool, "bb");
}

static void lc_pick_equals_go_round(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_lc, 1, 1, 1);

	expect_picks(test, pool, "abcabc");
	set_active(pool, 5, 7, 5);
	expect_picks(test, pool, "acac");
}

static void lc_pick_equals_with_gap_share_exactly(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_lc, 10);
	u32 *count;
	u32 pos;

	for (pos = 2; pos < 7; pos++)
		nflb_test_set_eligible(pool, pos, false);
	count = nflb_test_count(test, pool, 50);
	for (pos = 0; pos < 10; pos++)
		KUNIT_EXPECT_EQ(test, count[pos], pos < 2 || pos > 6 ? 10 : 0);
}

static void lc_pick_least_ineligible_takes_next(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_lc, 1, 1, 1);

	set_active(pool, 3, 2, 4);
	nflb_test_set_eligible(pool, 1, false);
	expect_picks(test, pool, "aa");
}

static void lc_pick_open_flows_levels_out(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_lc, 1, 1, 1);

	set_active(pool, 10, 0, 20);
	open_flows(pool, 30);
	KUNIT_EXPECT_EQ(test, active(pool, 0), 20);
	KUNIT_EXPECT_EQ(test, active(pool, 1), 20);
	KUNIT_EXPECT_EQ(test, active(pool, 2), 20);
}

static void wlc_pick_compares_by_weight(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_wlc, 3, 2, 1);

	set_active(pool, 5, 4, 2);
	expect_picks(test, pool, "aa");
	set_active(pool, 6, 3, 2);
	expect_picks(test, pool, "bb");
	set_active(pool, 6, 4, 1);
	expect_picks(test, pool, "cc");
}

static void wlc_pick_large_counts_do_not_overflow(struct kunit *test)
{
	struct nflb_pool *pool;

	pool = abc_pool(test, &nflb_sched_wlc, 65535, 65534, 1);
	set_active(pool, INT_MAX, INT_MAX, INT_MAX);
	expect_picks(test, pool, "aa");
	set_active(pool, INT_MAX, INT_MAX - 65536, INT_MAX);
	expect_picks(test, pool, "bb");
}

static void wlc_pick_idle_follows_weights_smoothly(struct kunit *test)
{
	expect_picks(test, abc_pool(test, &nflb_sched_wlc, 5, 1, 1),
		     "aabacaaaabacaa");
}

static void wlc_pick_equally_busy_follows_weights(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_wlc, 4, 2, 1);

	set_active(pool, 8, 4, 3);
	expect_picks(test, pool, "abaaba");
}

static void wlc_pick_open_flows_follow_weights(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_wlc, 7, 2, 1);

	open_flows(pool, 1000);
	KUNIT_EXPECT_EQ(test, active(pool, 0), 700);
	KUNIT_EXPECT_EQ(test, active(pool, 1), 200);
	KUNIT_EXPECT_EQ(test, active(pool, 2), 100);
}

static void wlc_pick_one_ineligible_keeps_others_proportion(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_wlc, 5, 1, 1);

	nflb_test_set_eligible(pool, 1, false);
	expect_picks(test, pool, "aaacaaaaacaa");
}

static void wlc_pick_weight_zero_gets_none(struct kunit *test)
{
	struct nflb_pool *pool = abc_pool(test, &nflb_sched_wlc, 1, 0, 1);

	set_active(pool, 9, 0, 9);
	expect_picks(test, pool, "acac");
	pool = abc_pool(test, &nflb_sched_wlc, 0, 0, 0);
	expect_picks(test, pool, "--");
}

static const struct nflb_sched *const both[] = {
	&nflb_sched_lc,
	&nflb_sched_wlc,
};

static void pick_none_eligible_gives_none(struct kunit *test)
{
	struct nflb_pool *pool;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		pool = abc_pool(test, both[i], 1, 1, 1);
		nflb_test_set_none_eligible(pool);
		expect_picks(test, pool, "--");
	}
}

static void pick_dry_changes_nothing(struct kunit *test)
{
	struct nflb_pool *pool;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		pool = abc_pool(test, both[i], 1, 1, 1);
		KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 0);
		KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).member, 0);
		expect_picks(test, pool, "abc");
	}
}

static void pick_cursor_beyond_end_begins_again(struct kunit *test)
{
	struct nflb_pool *pool;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		pool = abc_pool(test, both[i], 1, 1, 1);
		atomic_set(&pool->cursor, -1);
		expect_picks(test, pool, "abca");
	}
}

static void pick_any_number_of_members_is_exact(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 64, 300 };
	struct nflb_pool *pool;
	u32 i, pos, size;

	for (i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		size = sizes[i / 2];
		pool = nflb_test_equals(test, both[i % 2], size);
		open_flows(pool, 3 * size);
		for (pos = 0; pos < size; pos++)
			KUNIT_EXPECT_EQ(test, active(pool, pos), 3);
	}
}

static void pick_5000_members_finds_the_idle_one(struct kunit *test)
{
	struct nflb_pool *pool;
	u32 i, pos;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		pool = nflb_test_equals(test, both[i], 5000);
		for (pos = 0; pos < 5000; pos++)
			nflb_test_set_active(pool, pos, 2);
		nflb_test_set_active(pool, 4998, 1);
		KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), 4998);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lc_pick_takes_least_active),
	KUNIT_CASE(lc_pick_ignores_weights),
	KUNIT_CASE(lc_pick_equals_go_round),
	KUNIT_CASE(lc_pick_equals_with_gap_share_exactly),
	KUNIT_CASE(lc_pick_least_ineligible_takes_next),
	KUNIT_CASE(lc_pick_open_flows_levels_out),
	KUNIT_CASE(wlc_pick_compares_by_weight),
	KUNIT_CASE(wlc_pick_large_counts_do_not_overflow),
	KUNIT_CASE(wlc_pick_idle_follows_weights_smoothly),
	KUNIT_CASE(wlc_pick_equally_busy_follows_weights),
	KUNIT_CASE(wlc_pick_open_flows_follow_weights),
	KUNIT_CASE(wlc_pick_one_ineligible_keeps_others_proportion),
	KUNIT_CASE(wlc_pick_weight_zero_gets_none),
	KUNIT_CASE(pick_none_eligible_gives_none),
	KUNIT_CASE(pick_dry_changes_nothing),
	KUNIT_CASE(pick_cursor_beyond_end_begins_again),
	KUNIT_CASE(pick_any_number_of_members_is_exact),
	KUNIT_CASE(pick_5000_members_finds_the_idle_one),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_lc",
	.test_cases = cases,
};

kunit_test_suite(suite);
