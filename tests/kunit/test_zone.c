// SPDX-License-Identifier: GPL-2.0-only
/* Zones: which flows are for the preferred one, and who gets the others. */

#include "../../kmod/ramp.h"
#include "../../kmod/zone.h"
#include "helper.h"

#define GATE 1
#define FLOWS 20000

/* The first are in zone 1, which is preferred. */
#define N_NEAR 4
#define N 6

/* A pool of members of weight 1, not finished. */
static struct nflb_pool *unfinished(struct kunit *test,
				    const struct nflb_sched *sched)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);
	u32 pos;

	nflb_test_add_many(test, pool, N, 1);
	for (pos = 0; pos < N; pos++)
		pool->member[pos].zone = pos < N_NEAR ? 1 : 2;
	pool->prefer_zone = 1;
	return pool;
}

static struct nflb_pool *zoned(struct kunit *test,
			       const struct nflb_sched *sched)
{
	struct nflb_pool *pool = unfinished(test, sched);

	nflb_test_finish(test, pool);
	return pool;
}

/* Has so many of the zone be eligible, the last ones. */
static void set_near(struct nflb_pool *pool, u32 n)
{
	u32 pos;

	for (pos = 0; pos < N_NEAR; pos++)
		nflb_test_set_eligible(pool, pos, pos >= N_NEAR - n);
	nflb_zone_update(pool, 0);
}

static void set_far(struct nflb_pool *pool, bool eligible)
{
	u32 pos;

	for (pos = N_NEAR; pos < N; pos++)
		nflb_test_set_eligible(pool, pos, eligible);
	nflb_zone_update(pool, 0);
}

static u32 picked(struct nflb_pool *pool, u32 flow)
{
	return nflb_test_ask(pool, nflb_test_hash(flow)).member;
}

/* 4.5 standard deviations are less than 320. */
static void expect_about(struct kunit *test, u32 n, u32 expected)
{
	KUNIT_EXPECT_LE_MSG(test, abs((int)n - (int)expected), 320,
			    "%u instead of %u", n, expected);
}

static void expect_pcts(struct kunit *test, u32 spill_pct, const u32 *pct)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_rr);
	u32 n;

	pool->spill_pct = spill_pct;
	nflb_test_finish(test, pool);
	for (n = 0; n <= N_NEAR; n++) {
		set_near(pool, n);
		KUNIT_EXPECT_EQ_MSG(test, nflb_zone_pct(pool, 0), pct[n],
				    "%u of %u at %u %%", n, N_NEAR, spill_pct);
	}
}

static void share_is_what_is_eligible_of_what_has_to_be(struct kunit *test)
{
	expect_pcts(test, 0, (const u32[]){ 0, 100, 100, 100, 100 });
	expect_pcts(test, 25, (const u32[]){ 0, 100, 100, 100, 100 });
	expect_pcts(test, 26, (const u32[]){ 0, 96, 100, 100, 100 });
	expect_pcts(test, 70, (const u32[]){ 0, 35, 71, 100, 100 });
	expect_pcts(test, 100, (const u32[]){ 0, 33, 50, 75, 100 });
}

/* Of those that are left each gets the same. */
static void share_is_not_less_than_even(struct kunit *test)
{
	struct nflb_pool *pool = zoned(test, &nflb_sched_rr);
	u32 pos;

	for (pos = N_NEAR + 1; pos < N; pos++)
		nflb_test_set_eligible(pool, pos, false);
	set_near(pool, 1);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 50);
	set_near(pool, 2);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 71);
}

static void share_without_others_is_all(struct kunit *test)
{
	struct nflb_pool *pool = zoned(test, &nflb_sched_rr);

	set_far(pool, false);
	set_near(pool, 1);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 100);
	set_near(pool, 0);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 0);
	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

/* Whom an administrator excludes is missed, who has no weight is not. */
static void share_counts_all_that_have_a_weight(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_rr);

	pool->member[0].admin = NFLB_ADMIN_DOWN;
	pool->member[1].is_draining = true;
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 71);
	pool->member[0].weight = 0;
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 95);
	pool->member[1].weight = 0;
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, 0), 100);
}

static u32 n_kept(u32 share)
{
	struct nflb_split split = { .share = share };
	static const siphash_key_t key;
	u32 n = 0;
	u32 i;

	for (i = 0; i < FLOWS; i++)
		n += nflb_zone_keeps(&split, nflb_test_hash(i), &key);
	return n;
}

static void keeps_its_share(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, n_kept(0), 0);
	expect_about(test, n_kept(NFLB_ZONE_ALL / 10), FLOWS / 10);
	expect_about(test, n_kept(NFLB_ZONE_ALL / 2), FLOWS / 2);
	KUNIT_EXPECT_EQ(test, n_kept(NFLB_ZONE_ALL), FLOWS);
}

/* With every algorithm, and so do those that share what stays, and the rest. */
static void pick_keeps_share_with_all_schedulers(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct nflb_pool *pool;
	u32 *count;
	u32 i;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = zoned(test, sched);
		set_near(pool, 2);
		count = nflb_test_count(test, pool, FLOWS);
		KUNIT_EXPECT_EQ(test, count[0] + count[1], 0);
		expect_about(test, count[2], FLOWS * 5 / 14);
		expect_about(test, count[3], FLOWS * 5 / 14);
		expect_about(test, count[4], FLOWS / 7);
		expect_about(test, count[5], FLOWS / 7);
	}
}

static void pick_takes_turns_in_each_zone(struct kunit *test)
{
	struct nflb_pool *pool = zoned(test, &nflb_sched_rr);
	u32 *count;

	set_near(pool, 2);
	count = nflb_test_count(test, pool, FLOWS);
	KUNIT_EXPECT_LE(test, abs((int)count[2] - (int)count[3]), 1);
	KUNIT_EXPECT_LE(test, abs((int)count[4] - (int)count[5]), 1);
}

static void pick_with_all_or_nobody_near(struct kunit *test)
{
	struct nflb_pool *pool = zoned(test, &nflb_sched_maglev);
	u32 i;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_LT(test, picked(pool, i), N_NEAR);
	set_near(pool, 0);
	for (i = 0; i < 1000; i++) {
		KUNIT_ASSERT_GE(test, picked(pool, i), N_NEAR);
		KUNIT_ASSERT_LT(test, picked(pool, i), N);
	}
	set_far(pool, false);
	set_near(pool, 1);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, picked(pool, i), N_NEAR - 1);
}

/* One after the other is gone: who moves was its, or is spilled over. */
static void pick_maglev_moves_no_other_flow(struct kunit *test)
{
	struct nflb_pool *before = zoned(test, &nflb_sched_maglev);
	struct nflb_pool *after = zoned(test, &nflb_sched_maglev);
	u32 i, n, was, is;

	for (n = N_NEAR; n > 0; n--) {
		set_near(before, n);
		set_near(after, n - 1);
		for (i = 0; i < FLOWS; i++) {
			was = picked(before, i);
			is = picked(after, i);
			if (was != is && was != N_NEAR - n)
				KUNIT_ASSERT_TRUE(test, was < N_NEAR &&
						  is >= N_NEAR);
		}
	}
}

/* It is not the first choice if the flow is not for its zone. */
static void pick_first_choice_is_of_the_zone(struct kunit *test)
{
	struct nflb_pool *pool = zoned(test, &nflb_sched_maglev);
	struct nflb_choice choice;
	u32 n_instead = 0;
	u32 i;

	set_near(pool, 2);
	for (i = 0; i < 1000; i++) {
		choice = nflb_test_ask(pool, nflb_test_hash(i));
		if (choice.first == NFLB_NONE)
			continue;
		KUNIT_ASSERT_EQ(test, choice.first < N_NEAR,
				choice.member < N_NEAR);
		n_instead += choice.first != choice.member;
	}
	KUNIT_EXPECT_GT(test, n_instead, 100);
}

/* Those who are settled keep what they have while a whole zone comes back. */
static void pick_leaves_what_ramps_do_not_take(struct kunit *test)
{
	struct nflb_pool *before = zoned(test, &nflb_sched_maglev);
	struct nflb_pool *after = unfinished(test, &nflb_sched_maglev);
	struct nflb_choice choice;
	u32 n_taken = 0;
	u32 i, pos;

	set_near(before, 1);
	after->slow_start_ms = NFLB_SLOW_START_MAX_MS;
	nflb_test_finish(test, after);
	for (pos = N_NEAR - 1; pos < N; pos++)
		nflb_ramp_settle(after->ramp[0], pos);
	for (pos = 0; pos < N_NEAR - 1; pos++)
		nflb_ramp_start(after->ramp[0], pos, false);
	nflb_zone_update(after, 0);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(after, 0), 100);
	for (i = 0; i < FLOWS; i++) {
		choice = nflb_test_ask(after, nflb_test_hash(i));
		if (choice.member >= N_NEAR - 1)
			KUNIT_ASSERT_EQ(test, choice.member, picked(before, i));
		n_taken += choice.member < N_NEAR - 1;
	}
	expect_about(test, n_taken, FLOWS * 3 / 4 / 20);
}

/* Nobody is settled, and the others have come further. */
static void pick_is_not_bound_to_a_zone_that_begins(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_maglev);
	u32 n_near = 0;
	u32 i, pos;

	pool->slow_start_ms = NFLB_SLOW_START_MAX_MS;
	nflb_test_finish(test, pool);
	for (pos = 0; pos < N; pos++)
		nflb_ramp_start(pool->ramp[0], pos, false);
	for (pos = N_NEAR; pos < N; pos++)
		pool->ramp[0]->begin[pos] -= pool->ramp[0]->time * 9 / 10;
	pool->ramp[0]->first = pool->ramp[0]->begin[N_NEAR];
	nflb_zone_update(pool, 0);
	for (i = 0; i < FLOWS; i++)
		n_near += picked(pool, i) < N_NEAR;
	KUNIT_EXPECT_LE(test, n_near, FLOWS / 5);
}

static void health_changes_share_unless_in_panic(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_maglev);
	u32 pos;

	pool->panic_pct = 50;
	pool->gate[GATE].n_services = 1;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, GATE), 100);
	for (pos = 0; pos < 2; pos++)
		nflb_pool_set_health(pool, pos, GATE, NFLB_HEALTH_DOWN, true);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, GATE), 71);
	for (; pos < N_NEAR; pos++)
		nflb_pool_set_health(pool, pos, GATE, NFLB_HEALTH_DOWN, true);
	KUNIT_EXPECT_TRUE(test, nflb_pool_is_panicking(pool, GATE));
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, GATE), 0);
	KUNIT_EXPECT_EQ(test, bitmap_weight(pool->zone[GATE]->eligible.far, N),
			N);
	nflb_pool_set_health(pool, 0, GATE, NFLB_HEALTH_UP, true);
	KUNIT_EXPECT_EQ(test, nflb_zone_pct(pool, GATE), 35);
}

static struct kunit_case nflb_zone_cases[] = {
	KUNIT_CASE(share_is_what_is_eligible_of_what_has_to_be),
	KUNIT_CASE(share_is_not_less_than_even),
	KUNIT_CASE(share_without_others_is_all),
	KUNIT_CASE(share_counts_all_that_have_a_weight),
	KUNIT_CASE(keeps_its_share),
	KUNIT_CASE(pick_keeps_share_with_all_schedulers),
	KUNIT_CASE(pick_takes_turns_in_each_zone),
	KUNIT_CASE(pick_with_all_or_nobody_near),
	KUNIT_CASE(pick_maglev_moves_no_other_flow),
	KUNIT_CASE(pick_first_choice_is_of_the_zone),
	KUNIT_CASE(pick_leaves_what_ramps_do_not_take),
	KUNIT_CASE(pick_is_not_bound_to_a_zone_that_begins),
	KUNIT_CASE(health_changes_share_unless_in_panic),
	{}
};

static struct kunit_suite nflb_zone_suite = {
	.name = "nflb_zone",
	.test_cases = nflb_zone_cases,
};

kunit_test_suite(nflb_zone_suite);
