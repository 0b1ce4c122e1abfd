// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2c. With two members both are always drawn, so it is known who is picked;
 * what is left to chance is held against five standard deviations.
 */

#include <linux/jiffies.h>

#include "../../kmod/ramp.h"
#include "../../kmod/trial.h"
#include "helper.h"

#define N_PICKS 20000

static struct nflb_pool *letters_pool(struct kunit *test, const char *letters,
				      const u32 *weight)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_p2c);

	nflb_test_add_letters(test, pool, letters, weight);
	nflb_test_finish(test, pool);
	return pool;
}

static struct nflb_trials *trials(const struct nflb_pool *pool, u32 pos)
{
	return &pool->member[pos].backend->trials;
}

static void set_connect(struct nflb_pool *pool, u32 pos, u32 us)
{
	ewma_nflb_connect_init(&trials(pool, pos)->connect);
	ewma_nflb_connect_add(&trials(pool, pos)->connect, us);
}

static void expect_always(struct kunit *test, struct nflb_pool *pool, u32 pos)
{
	u32 i;

	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_EQ(test, nflb_test_pick(pool), pos);
}

/* As often as @part of @of. */
static void expect_share(struct kunit *test, const u32 *count, u32 pos,
			 s64 part, s64 of)
{
	s64 off = count[pos] * of - N_PICKS * part;

	KUNIT_EXPECT_LE_MSG(test, off * off, 25 * N_PICKS * part * (of - part),
			    "%u has %u", pos, count[pos]);
}

static const u32 ones[] = { 1, 1, 1, 1 };

static void pick_takes_the_one_with_fewer_flows(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "ab", ones);

	nflb_test_set_active(pool, 0, 3);
	nflb_test_set_active(pool, 1, 2);
	expect_always(test, pool, 1);
	nflb_test_set_active(pool, 1, 4);
	expect_always(test, pool, 0);
}

static void pick_takes_the_one_that_answers_sooner(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "ab", ones);

	set_connect(pool, 0, 300);
	set_connect(pool, 1, 200);
	expect_always(test, pool, 1);
	/* 200 * 2 is more than 300, 200 * 3 less than 300 * 3 */
	nflb_test_set_active(pool, 1, 1);
	expect_always(test, pool, 0);
	nflb_test_set_active(pool, 0, 2);
	nflb_test_set_active(pool, 1, 2);
	expect_always(test, pool, 1);
}

static void pick_divides_by_weights(struct kunit *test)
{
	static const u32 weight[] = { 1, 3 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	expect_always(test, pool, 1);
	nflb_test_set_active(pool, 1, 1);
	expect_always(test, pool, 1);
	nflb_test_set_active(pool, 1, 3);
	expect_always(test, pool, 0);
}

static void pick_unmeasured_is_as_fast_as_the_other(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "ab", ones);

	set_connect(pool, 0, 5000);
	nflb_test_set_active(pool, 0, 1);
	expect_always(test, pool, 1);
	nflb_test_set_active(pool, 1, 2);
	expect_always(test, pool, 0);
}

static void pick_old_times_count_for_less(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "ab", ones);

	set_connect(pool, 0, 3000);
	set_connect(pool, 1, 1000);
	expect_always(test, pool, 1);
	trials(pool, 0)->answered = jiffies - 10 * HZ - HZ / 2;
	expect_always(test, pool, 1);
	trials(pool, 0)->answered = jiffies - 20 * HZ - HZ / 2;
	expect_always(test, pool, 0);
	/* So old that nothing is left */
	trials(pool, 0)->answered = jiffies - 10000 * HZ;
	nflb_test_set_active(pool, 0, 1);
	expect_always(test, pool, 1);
}

/* The greatest numbers there are fit. */
static void pick_extremes_do_not_overflow(struct kunit *test)
{
	static const u32 weight[] = { NFLB_WEIGHT_MAX, NFLB_WEIGHT_MAX - 1 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	nflb_test_set_active(pool, 0, INT_MAX - 1);
	nflb_test_set_active(pool, 1, INT_MAX - 1);
	set_connect(pool, 0, NFLB_CONNECT_MAX_US);
	set_connect(pool, 1, NFLB_CONNECT_MAX_US);
	expect_always(test, pool, 0);
	nflb_test_set_active(pool, 1, 1000);
	expect_always(test, pool, 1);
}

/* Of four that are alike two are drawn, and the first of them is taken. */
static void pick_equals_share_equally(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "abcd", ones);
	u32 *count = nflb_test_count(test, pool, N_PICKS);
	u32 pos;

	for (pos = 0; pos < 4; pos++)
		expect_share(test, count, pos, 1, 4);
}

/* The best of four wins if it is drawn, the worst never does. */
static void pick_ranks_win_as_often_as_they_are_best_of_two(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "abcd", ones);
	u32 *count;
	u32 pos;

	for (pos = 0; pos < 4; pos++)
		set_connect(pool, pos, 100 * (pos + 1));
	count = nflb_test_count(test, pool, N_PICKS);
	expect_share(test, count, 0, 3, 6);
	expect_share(test, count, 1, 2, 6);
	expect_share(test, count, 2, 1, 6);
	KUNIT_EXPECT_EQ(test, count[3], 0);
}

static void pick_takes_only_who_is_eligible(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "abcd", ones);

	nflb_test_set_eligible(pool, 0, false);
	nflb_test_set_eligible(pool, 2, false);
	nflb_test_set_active(pool, 1, 1);
	expect_always(test, pool, 3);
	nflb_test_set_eligible(pool, 3, false);
	expect_always(test, pool, 1);
	nflb_test_set_eligible(pool, 1, false);
	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

/* Few of many: draws miss them, and then each is looked at. */
static void pick_few_of_many_takes_the_better(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_p2c, 1000);

	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 7, true);
	nflb_test_set_eligible(pool, 900, true);
	nflb_test_set_active(pool, 7, 1);
	expect_always(test, pool, 900);
}

static void pick_without_weights_gives_none(struct kunit *test)
{
	static const u32 weight[] = { 0, 0 };
	struct nflb_pool *pool = letters_pool(test, "ab", weight);

	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

static void pick_does_not_know_the_first_choice(struct kunit *test)
{
	struct nflb_pool *pool = letters_pool(test, "ab", ones);
	struct nflb_choice choice = nflb_test_choose(pool, 0);

	KUNIT_EXPECT_EQ(test, choice.first, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.slot, NFLB_NONE);
	KUNIT_EXPECT_GE(test, choice.attempts, 1);
}

/* At a twentieth of its ramp a flow makes as busy as 20 do others. */
static void pick_who_ramps_is_busier(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_p2c);
	struct nflb_choice choice = {};

	pool->slow_start_ms = NFLB_SLOW_START_MAX_MS;
	nflb_test_add_letters(test, pool, "ab", ones);
	nflb_test_finish(test, pool);
	nflb_ramp_settle(pool->ramp[0], 0);
	nflb_ramp_start(pool->ramp[0], 1, false);
	choice.ramp = pool->ramp[0];
	nflb_test_set_active(pool, 0, 19);
	nflb_test_set_active(pool, 1, 1);
	pool->sched->pick(pool, pool->eligible[0], &choice);
	KUNIT_EXPECT_EQ(test, choice.member, 0);
	nflb_test_set_active(pool, 0, 21);
	pool->sched->pick(pool, pool->eligible[0], &choice);
	KUNIT_EXPECT_EQ(test, choice.member, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pick_takes_the_one_with_fewer_flows),
	KUNIT_CASE(pick_takes_the_one_that_answers_sooner),
	KUNIT_CASE(pick_divides_by_weights),
	KUNIT_CASE(pick_unmeasured_is_as_fast_as_the_other),
	KUNIT_CASE(pick_old_times_count_for_less),
	KUNIT_CASE(pick_extremes_do_not_overflow),
	KUNIT_CASE(pick_equals_share_equally),
	KUNIT_CASE(pick_ranks_win_as_often_as_they_are_best_of_two),
	KUNIT_CASE(pick_takes_only_who_is_eligible),
	KUNIT_CASE(pick_few_of_many_takes_the_better),
	KUNIT_CASE(pick_without_weights_gives_none),
	KUNIT_CASE(pick_does_not_know_the_first_choice),
	KUNIT_CASE(pick_who_ramps_is_busier),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_p2c",
	.test_cases = cases,
};

kunit_test_suite(suite);
