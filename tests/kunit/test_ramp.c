// SPDX-License-Identifier: GPL-2.0-only
/* Ramps: what a member takes that is newly eligible, and who gets the rest. */

#include <linux/bitmap.h>
#include <linux/jiffies.h>

#include "../../kmod/ramp.h"
#include "../../kmod/recent.h"
#include "helper.h"

#define GATE 1
#define FLOWS 20000

/* So long that the time that a test takes does not matter */
#define SLOW_START_MS NFLB_SLOW_START_MAX_MS

/* Has member @pos ramp since @part of @of of the time. */
static void ramp_since(struct nflb_pool *pool, u32 pos, u32 part, u32 of)
{
	struct nflb_ramp *ramp = pool->ramp[0];

	nflb_ramp_start(ramp, pos, false);
	ramp->begin[pos] -= (u64)ramp->time * part / of;
}

/* Has all members ramp, the first half since @part of @of of the time. */
static void all_ramp(struct nflb_pool *pool, u32 part, u32 of)
{
	u32 pos;

	for (pos = 0; pos < 4; pos++)
		nflb_ramp_stop(pool->ramp[0], pos, pool->eligible[0]);
	nflb_ramp_start(pool->ramp[0], 0, true);
	for (pos = 0; pos < 4; pos++)
		ramp_since(pool, pos, pos < 2 ? part : 0, of);
	pool->ramp[0]->first = pool->ramp[0]->begin[0];
}

/* A finished pool of members with these weights, of whom nobody ramps. */
static struct nflb_pool *settled(struct kunit *test,
				 const struct nflb_sched *sched,
				 const u32 *weight)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);
	u32 pos;

	pool->slow_start_ms = SLOW_START_MS;
	nflb_test_add_letters(test, pool, "abcd", weight);
	nflb_test_finish(test, pool);
	for (pos = 0; pos < 4; pos++)
		nflb_ramp_settle(pool->ramp[0], pos);
	return pool;
}

static const u32 equals[] = { 1, 1, 1, 1 };

/* 4.5 standard deviations are less than 320. */
static void expect_near(struct kunit *test, u32 n, u32 expected)
{
	KUNIT_EXPECT_LE_MSG(test, abs((int)n - (int)expected), 320,
			    "%u instead of %u", n, expected);
}

static u32 n_accepted(u32 reached, u32 time)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < FLOWS; i++)
		n += nflb_ramp_accepts(nflb_test_hash(i), reached, time);
	return n;
}

static void accepts_takes_its_share(struct kunit *test)
{
	static const u32 time[] = { 1, 20, 1000, 3600000 };
	u32 i;

	for (i = 1; i < ARRAY_SIZE(time); i++) {
		KUNIT_EXPECT_EQ(test, n_accepted(0, time[i]), 0);
		expect_near(test, n_accepted(time[i] / 20, time[i]),
			    FLOWS / 20);
		expect_near(test, n_accepted(time[i] / 4, time[i]), FLOWS / 4);
		expect_near(test, n_accepted(time[i] / 2, time[i]), FLOWS / 2);
	}
	for (i = 0; i < ARRAY_SIZE(time); i++)
		KUNIT_EXPECT_EQ(test, n_accepted(time[i], time[i]), FLOWS);
}

/* The furthest go on, too, until they are there. */
static void accepts_once_stays_so(struct kunit *test)
{
	bool has_accepted, accepts;
	u32 i, reached;

	for (i = 0; i < 1000; i++) {
		has_accepted = false;
		for (reached = 1; reached <= 200; reached++) {
			accepts = nflb_ramp_accepts(nflb_test_hash(i), reached,
						    min(reached + 60, 200U));
			KUNIT_ASSERT_FALSE(test, has_accepted && !accepts);
			has_accepted = accepts;
		}
		KUNIT_ASSERT_TRUE(test, has_accepted);
	}
}

static void reached_grows_from_a_twentieth_to_all(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_rr, equals);
	const struct nflb_ramp *ramp = pool->ramp[0];
	u32 end = ramp->time * NFLB_PCT_MAX;

	KUNIT_EXPECT_EQ(test, nflb_ramp_reached(ramp, 1), end);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 1), 100);
	ramp_since(pool, 1, 0, 1);
	KUNIT_EXPECT_EQ(test, nflb_ramp_reached(ramp, 1),
			DIV_ROUND_UP(ramp->time, 20) * NFLB_PCT_MAX);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 1), 5);
	ramp_since(pool, 1, 1, 4);
	KUNIT_EXPECT_GE(test, nflb_ramp_reached(ramp, 1), end / 4);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 1), 25);
	ramp_since(pool, 1, 1, 1);
	KUNIT_EXPECT_EQ(test, nflb_ramp_reached(ramp, 1), end);
	ramp_since(pool, 1, 5, 1);
	KUNIT_EXPECT_EQ(test, nflb_ramp_reached(ramp, 1), end);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 1), 100);
}

/* Who reads sees the last one eligible still when its ramp has ended. */
static void pct_is_told_while_the_last_leaves(struct kunit *test)
{
	static const u32 last = 3;
	struct nflb_pool *pool = settled(test, &nflb_sched_rr, equals);
	u32 pos;

	all_ramp(pool, 1, 4);
	for (pos = 0; pos < last; pos++)
		nflb_test_set_eligible(pool, pos, false);
	nflb_ramp_stop(pool->ramp[0], last, pool->eligible[0]);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, last), 100);
}

/* What it does not take goes where it would go were it not there. */
static void pick_maglev_moves_no_other_flow(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_maglev, equals);
	struct nflb_pool *rest = settled(test, &nflb_sched_maglev, equals);
	struct nflb_choice choice;
	u32 n_taken = 0;
	u64 hash;
	u32 i;

	nflb_test_set_eligible(rest, 2, false);
	ramp_since(pool, 2, 1, 2);
	for (i = 0; i < FLOWS; i++) {
		hash = nflb_test_hash(i);
		choice = nflb_test_choose(pool, hash);
		n_taken += choice.member == 2;
		if (choice.member == 2)
			KUNIT_ASSERT_EQ(test, choice.first, 2);
		else
			KUNIT_ASSERT_EQ(test, choice.member,
					nflb_test_choose(rest, hash).member);
		KUNIT_ASSERT_EQ(test, choice.ramping,
				choice.first == 2 && choice.member != 2 ?
					2 : NFLB_NONE);
	}
	expect_near(test, n_taken, FLOWS / 8);
}

static bool draws(const struct nflb_sched *sched)
{
	return sched == &nflb_sched_random || sched == &nflb_sched_p2c;
}

/*
 * Those that take turns, as do lc and wlc without open flows, go on to the next
 * turn of another if a member does not take its own. So flows are fewer in a
 * round, and its share of them is a bit greater than that of the weight.
 */
static bool takes_turns(const struct nflb_sched *sched)
{
	return sched != &nflb_sched_maglev && !draws(sched);
}

static void pick_any_scheduler_gives_its_share(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct nflb_pool *pool;
	u32 i, pos, expected;
	u32 *count;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = settled(test, sched, equals);
		ramp_since(pool, 1, 1, 2);
		count = nflb_test_count(test, pool, FLOWS);
		expected = takes_turns(sched) ? FLOWS / 7 : FLOWS / 8;
		for (pos = 0; pos < 4; pos++)
			expect_near(test, count[pos],
				    pos == 1 ? expected :
					       (FLOWS - expected) / 3);
	}
}

static void pick_weighted_keeps_proportions(struct kunit *test)
{
	static const u32 weight[] = { 1, 2, 4, 3 };
	static const struct nflb_sched *const sched[] = {
		&nflb_sched_maglev, &nflb_sched_wrr, &nflb_sched_wlc,
		&nflb_sched_random,
	};
	struct nflb_pool *pool;
	u32 *count;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sched); i++) {
		pool = settled(test, sched[i], weight);
		ramp_since(pool, 2, 1, 2);
		count = nflb_test_count(test, pool, FLOWS);
		if (takes_turns(sched[i]))
			expect_near(test, count[2], FLOWS * 9 / 40);
		else
			expect_near(test, count[2], FLOWS / 5);
		expect_near(test, count[3], (FLOWS - count[2]) / 2);
		expect_near(test, count[0], (FLOWS - count[2]) / 6);
	}
}

static void pick_all_ramp_alike_serve_by_weight(struct kunit *test)
{
	static const u32 weight[] = { 1, 2, 4, 3 };
	const struct nflb_sched *sched;
	struct nflb_pool *pool, *rest;
	struct nflb_choice choice, other;
	u32 i, k;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = settled(test, sched, weight);
		rest = settled(test, sched, weight);
		all_ramp(pool, 0, 8);
		for (k = 0; k < 2000; k++) {
			choice = nflb_test_choose(pool, nflb_test_hash(k));
			KUNIT_ASSERT_LT(test, choice.member, 4);
			KUNIT_ASSERT_EQ(test, choice.ramping, NFLB_NONE);
			other = nflb_test_choose(rest, nflb_test_hash(k));
			if (!draws(sched))
				KUNIT_ASSERT_EQ(test, choice.member,
						other.member);
		}
	}
}

/* Two have half of a ramp behind them and two a twentieth: 10 to 1. */
static void pick_all_ramp_latest_get_least(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct nflb_pool *pool;
	u32 *count;
	u32 i, n_late;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = settled(test, sched, equals);
		all_ramp(pool, 1, 2);
		KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 0), 100);
		KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 3), 10);
		count = nflb_test_count(test, pool, FLOWS);
		n_late = count[2] + count[3];
		expect_near(test, count[0], (FLOWS - n_late) / 2);
		KUNIT_EXPECT_GE_MSG(test, n_late, FLOWS / 16, "%s",
				    sched->name);
		KUNIT_EXPECT_LE_MSG(test, n_late, FLOWS / 8, "%s",
				    sched->name);
	}
}

/* Those that are left have all of it. */
static void pick_furthest_gone_by_weight(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_maglev, equals);
	u32 pos;
	u32 *count;

	all_ramp(pool, 1, 2);
	for (pos = 0; pos < 2; pos++) {
		nflb_ramp_stop(pool->ramp[0], pos, pool->eligible[0]);
		nflb_test_set_eligible(pool, pos, false);
		KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 3),
				pos ? 100 : 10);
	}
	count = nflb_test_count(test, pool, FLOWS);
	expect_near(test, count[2], FLOWS / 2);
	expect_near(test, count[3], FLOWS / 2);
}

/* Nobody who ramps is eligible: then nobody is. */
static void pick_none_eligible_finds_nobody(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_maglev, equals);
	u32 pos;

	for (pos = 0; pos < 4; pos++)
		nflb_ramp_stop(pool->ramp[0], pos, pool->eligible[0]);
	nflb_test_set_none_eligible(pool);
	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

/* Flows that stay open: the new one has as many as is due to it, not all. */
static void pick_by_load_fills_up_with_the_ramp(struct kunit *test)
{
	static const struct nflb_sched *const sched[] = {
		&nflb_sched_lc, &nflb_sched_wlc,
	};
	struct nflb_pool *pool;
	u32 i, k, pos, active;

	for (i = 0; i < ARRAY_SIZE(sched); i++) {
		pool = settled(test, sched[i], equals);
		for (pos = 0; pos < 3; pos++)
			nflb_test_set_active(pool, pos, 400);
		ramp_since(pool, 3, 1, 4);
		for (k = 0; k < 1000; k++) {
			pos = nflb_test_choose(pool, nflb_test_hash(k)).member;
			atomic_inc(&pool->member[pos].backend->account.active);
		}
		active = atomic_read(&pool->member[3].backend->account.active);
		KUNIT_EXPECT_GE(test, active, 150);
		KUNIT_EXPECT_LE(test, active, 180);
	}
}

/* Two first packets of one flow, and in between the ramp comes by it. */
static void recent_pick_outlasts_the_ramp(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_maglev, equals);
	struct nflb_recent *recent = nflb_recent_alloc();
	struct nflb_choice choice = {
		.kept = NFLB_NONE, .ramping = NFLB_NONE,
	};
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, recent);
	ramp_since(pool, 0, 0, 1);
	for (i = 0; i < FLOWS && choice.ramping != 0; i++) {
		choice.hash = nflb_test_hash(i);
		nflb_recent_pick(recent, 1, pool, 0, &choice);
	}
	KUNIT_ASSERT_EQ(test, choice.ramping, 0);
	i = choice.member;
	ramp_since(pool, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, choice.hash).member, 0);
	nflb_recent_pick(recent, 1, pool, 0, &choice);
	KUNIT_EXPECT_EQ(test, choice.member, i);
	kfree(recent);
}

/* A finished pool of members that a probe gates, of whom nobody ramps. */
static struct nflb_pool *gated(struct kunit *test, u32 panic_pct)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);
	u32 pos;

	pool->slow_start_ms = SLOW_START_MS;
	pool->panic_pct = panic_pct;
	nflb_test_add_letters(test, pool, "abcd", equals);
	pool->gate[GATE].n_services = 1;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	nflb_pool_carry_ramps(pool, GATE, NULL, NFLB_NONE);
	for (pos = 0; pos < 4; pos++)
		nflb_ramp_settle(pool->ramp[GATE], pos);
	return pool;
}

static void report(struct nflb_pool *pool, u32 pos, u32 health)
{
	nflb_pool_set_health(pool, pos, GATE, health, true);
}

/* A letter for each member: not eligible, ramps, settled. */
static void expect_state(struct kunit *test, const struct nflb_pool *pool,
			 const char *wanted)
{
	char state[5] = "";
	u32 pos;

	for (pos = 0; pos < 4; pos++) {
		state[pos] = '-';
		if (test_bit(pos, pool->ramp[GATE]->settled))
			state[pos] = 's';
		else if (nflb_pool_is_eligible(pool, GATE, pos))
			state[pos] = 'r';
	}
	KUNIT_EXPECT_STREQ(test, state, wanted);
}

static void set_health_up_again_ramps_anew(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 0);

	expect_state(test, pool, "ssss");
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, "ssss");
	report(pool, 1, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "s-ss");
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, "srss");
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 5);
	pool->ramp[GATE]->begin[1] -= pool->ramp[GATE]->time / 2;
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 50);
	report(pool, 1, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 100);
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, "srss");
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 5);
}

/* Who has to help as others are down is not spared. */
static void panic_ends_ramps(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 50);

	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 0, NFLB_HEALTH_UP);
	report(pool, 1, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "r--s");
	report(pool, 3, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "ssss");
	report(pool, 3, NFLB_HEALTH_UP);
	expect_state(test, pool, "s--s");
}

static void carry_ramps_keeps_how_far_they_are(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 0);
	struct nflb_pool *next;

	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_UP);
	pool->ramp[GATE]->begin[2] -= pool->ramp[GATE]->time / 4;
	next = nflb_pool_copy(pool);
	KUNIT_ASSERT_NOT_NULL(test, next);
	/* The last one goes to the place of the second. */
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(next, 1), 0);
	nflb_test_add(test, next, "new", 1);
	nflb_test_finish(test, next);
	nflb_pool_carry_health(next, GATE, pool, GATE, true);
	nflb_pool_carry_ramps(next, GATE, pool, GATE);
	expect_state(test, next, "-srr");
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, GATE, 2), 25);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, GATE, 3), 5);
	nflb_object_put(&next->object);
}

/* Shares are of what the furthest gets who is still there. */
static void carry_ramps_measures_who_is_left(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 0);
	struct nflb_pool *next;
	u32 pos;

	for (pos = 1; pos < 4; pos++) {
		report(pool, pos, NFLB_HEALTH_DOWN);
		report(pool, pos, NFLB_HEALTH_UP);
		pool->ramp[GATE]->begin[pos] -= pool->ramp[GATE]->time /
						(2 * pos);
	}
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 50);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 2), 25);
	next = nflb_pool_copy(pool);
	KUNIT_ASSERT_NOT_NULL(test, next);
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(next, 0), 0);
	nflb_test_finish(test, next);
	nflb_pool_carry_health(next, GATE, pool, GATE, true);
	nflb_pool_carry_ramps(next, GATE, pool, GATE);
	expect_state(test, next, "rrr-");
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, GATE, 1), 100);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, GATE, 2), 50);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, GATE, 0), 33);
	nflb_object_put(&next->object);
}

/* With the option on, who has served goes on to. */
static void carry_ramps_from_none_settles(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 0);
	struct nflb_pool *off, *on;

	report(pool, 3, NFLB_HEALTH_DOWN);
	off = nflb_pool_copy(pool);
	KUNIT_ASSERT_NOT_NULL(test, off);
	off->slow_start_ms = 0;
	nflb_test_finish(test, off);
	nflb_pool_carry_health(off, GATE, pool, GATE, true);
	nflb_pool_carry_ramps(off, GATE, pool, GATE);
	KUNIT_EXPECT_NULL(test, off->ramp[GATE]);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(off, GATE, 0), 100);

	on = nflb_pool_copy(off);
	KUNIT_ASSERT_NOT_NULL(test, on);
	on->slow_start_ms = SLOW_START_MS;
	nflb_test_finish(test, on);
	nflb_pool_carry_health(on, GATE, off, GATE, true);
	nflb_pool_carry_ramps(on, GATE, off, GATE);
	expect_state(test, on, "sss-");
	report(on, 3, NFLB_HEALTH_UP);
	expect_state(test, on, "sssr");
	nflb_object_put(&off->object);
	nflb_object_put(&on->object);
}

/* A finished pool of equal members, without slow start. */
static struct nflb_pool *plain(struct kunit *test,
			       const struct nflb_sched *sched)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);

	nflb_test_add_letters(test, pool, "abcd", equals);
	nflb_test_finish(test, pool);
	return pool;
}

static void want(struct kunit *test, struct nflb_pool *pool, u32 gate, u32 pos,
		 u32 pct)
{
	KUNIT_ASSERT_EQ(test, nflb_pool_want(pool, pos, gate, pct), 1);
	KUNIT_EXPECT_EQ(test, nflb_pool_want(pool, pos, gate, pct), 0);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, gate, pos), pct);
}

/* Nor is anything made for those who want it all. */
static void want_less_moves_no_other_flow(struct kunit *test)
{
	struct nflb_pool *pool = plain(test, &nflb_sched_maglev);
	struct nflb_pool *rest = plain(test, &nflb_sched_maglev);
	struct nflb_choice choice, former;
	u32 n_taken = 0;
	u32 i;

	KUNIT_EXPECT_EQ(test, nflb_pool_want(pool, 2, 0, 100), 0);
	KUNIT_EXPECT_NULL(test, pool->ramp[0]);
	want(test, pool, 0, 2, 50);
	for (i = 0; i < FLOWS; i++) {
		choice = nflb_test_choose(pool, nflb_test_hash(i));
		former = nflb_test_choose(rest, nflb_test_hash(i));
		n_taken += choice.member == 2;
		if (former.member != 2)
			KUNIT_ASSERT_EQ(test, choice.member, former.member);
	}
	expect_near(test, n_taken, FLOWS / 8);
	want(test, pool, 0, 2, 100);
	for (i = 0; i < FLOWS; i++) {
		choice = nflb_test_choose(pool, nflb_test_hash(i));
		former = nflb_test_choose(rest, nflb_test_hash(i));
		KUNIT_ASSERT_EQ(test, choice.member, former.member);
	}
}

/* 4 to 4 to 2 to 1, as if it were their weights. */
static void want_all_less_serve_by_that(struct kunit *test)
{
	static const u32 pct[] = { 40, 40, 20, 10 };
	static const struct nflb_sched *const sched[] = {
		&nflb_sched_maglev, &nflb_sched_random,
	};
	struct nflb_pool *pool;
	u32 i, pos;
	u32 *count;

	for (i = 0; i < ARRAY_SIZE(sched); i++) {
		pool = plain(test, sched[i]);
		for (pos = 0; pos < 4; pos++)
			KUNIT_ASSERT_EQ(test, 1,
					nflb_pool_want(pool, pos, 0, pct[pos]));
		count = nflb_test_count(test, pool, FLOWS);
		for (pos = 0; pos < 4; pos++) {
			KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, pos),
					pct[pos] * 100 / 40);
			expect_near(test, count[pos], FLOWS * pct[pos] / 110);
		}
	}
}

/* The greatest that is left counts, and who is settled. */
static void want_follows_who_is_there(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 0);

	want(test, pool, GATE, 0, 20);
	want(test, pool, GATE, 1, 10);
	expect_state(test, pool, "rrss");
	report(pool, 2, NFLB_HEALTH_DOWN);
	report(pool, 3, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 0), 100);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 50);
	report(pool, 0, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 100);
	report(pool, 2, NFLB_HEALTH_UP);
	/* A twentieth of its ramp beside a tenth of the share */
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 2), 5);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, GATE, 1), 10);
}

/* Half of a ramp, and half of its share */
static void want_and_ramp_multiply(struct kunit *test)
{
	struct nflb_pool *pool = settled(test, &nflb_sched_maglev, equals);
	u32 *count;

	ramp_since(pool, 1, 1, 2);
	KUNIT_ASSERT_EQ(test, nflb_pool_want(pool, 1, 0, 50), 1);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(pool, 0, 1), 25);
	count = nflb_test_count(test, pool, FLOWS);
	expect_near(test, count[1], FLOWS / 16);
}

static void carry_ramps_keeps_what_is_wanted(struct kunit *test)
{
	struct nflb_pool *pool = plain(test, &nflb_sched_rr);
	struct nflb_pool *next, *last;

	want(test, pool, 0, 3, 30);
	next = nflb_pool_copy(pool);
	KUNIT_ASSERT_NOT_NULL(test, next);
	/* The last one goes to the place of the second. */
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(next, 1), 0);
	nflb_test_finish(test, next);
	KUNIT_ASSERT_EQ(test, nflb_pool_carry_ramps(next, 0, pool, 0), 0);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, 0, 1), 30);
	KUNIT_EXPECT_EQ(test, nflb_ramp_pct(next, 0, 2), 100);
	want(test, next, 0, 1, 100);

	last = nflb_pool_copy(next);
	KUNIT_ASSERT_NOT_NULL(test, last);
	nflb_test_finish(test, last);
	KUNIT_ASSERT_EQ(test, nflb_pool_carry_ramps(last, 0, next, 0), 0);
	KUNIT_EXPECT_NULL(test, last->ramp[0]);
	nflb_object_put(&next->object);
	nflb_object_put(&last->object);
}

static struct kunit_case nflb_ramp_cases[] = {
	KUNIT_CASE(accepts_takes_its_share),
	KUNIT_CASE(accepts_once_stays_so),
	KUNIT_CASE(reached_grows_from_a_twentieth_to_all),
	KUNIT_CASE(pct_is_told_while_the_last_leaves),
	KUNIT_CASE(pick_maglev_moves_no_other_flow),
	KUNIT_CASE(pick_any_scheduler_gives_its_share),
	KUNIT_CASE(pick_weighted_keeps_proportions),
	KUNIT_CASE(pick_all_ramp_alike_serve_by_weight),
	KUNIT_CASE(pick_all_ramp_latest_get_least),
	KUNIT_CASE(pick_furthest_gone_by_weight),
	KUNIT_CASE(pick_none_eligible_finds_nobody),
	KUNIT_CASE(pick_by_load_fills_up_with_the_ramp),
	KUNIT_CASE(recent_pick_outlasts_the_ramp),
	KUNIT_CASE(set_health_up_again_ramps_anew),
	KUNIT_CASE(panic_ends_ramps),
	KUNIT_CASE(carry_ramps_keeps_how_far_they_are),
	KUNIT_CASE(carry_ramps_measures_who_is_left),
	KUNIT_CASE(carry_ramps_from_none_settles),
	KUNIT_CASE(want_less_moves_no_other_flow),
	KUNIT_CASE(want_all_less_serve_by_that),
	KUNIT_CASE(want_follows_who_is_there),
	KUNIT_CASE(want_and_ramp_multiply),
	KUNIT_CASE(carry_ramps_keeps_what_is_wanted),
	{}
};

static struct kunit_suite nflb_ramp_suite = {
	.name = "nflb_ramp",
	.test_cases = nflb_ramp_cases,
};

kunit_test_suite(nflb_ramp_suite);
