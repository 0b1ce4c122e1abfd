// SPDX-License-Identifier: GPL-2.0-only
/* Pools: who is eligible, by what probes say and the panic threshold. */

#include <kunit/test.h>

#include "helper.h"

#define GATE 1

/* A finished pool of members named b0, b1, ... that a probe gates. */
static struct nflb_pool *gated(struct kunit *test, u32 n, u32 panic_pct)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);

	nflb_test_add_many(test, pool, n, 1);
	pool->panic_pct = panic_pct;
	pool->gate[GATE].n_services = 1;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	return pool;
}

static void report(struct nflb_pool *pool, u32 pos, u32 health)
{
	nflb_pool_set_health(pool, pos, GATE, health, true);
}

/* A letter for each member: eligible or not; and one for a panic. */
static void expect_state(struct kunit *test, const struct nflb_pool *pool,
			 const char *wanted)
{
	char state[16] = "";
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++)
		state[pos] = nflb_pool_is_eligible(pool, GATE, pos) ? 'y' : '-';
	if (nflb_pool_is_panicking(pool, GATE))
		state[pos] = '!';
	KUNIT_EXPECT_STREQ(test, state, wanted);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_eligible(pool, GATE),
			bitmap_weight(pool->eligible[GATE], pool->n_members));
}

static void set_health_without_threshold_excludes_all(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 3, 0);

	expect_state(test, pool, "yyy");
	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "-y-");
	report(pool, 1, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "---");
	report(pool, 1, NFLB_HEALTH_UNKNOWN);
	expect_state(test, pool, "-y-");
}

static void n_unreported_counts_who_is_unknown_by_a_probe(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 3, 0);

	KUNIT_EXPECT_EQ(test, nflb_pool_n_unreported(pool, GATE), 3);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_unreported(pool, 0), 0);
	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_UP);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_unreported(pool, GATE), 1);
	report(pool, 2, NFLB_HEALTH_UNKNOWN);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_unreported(pool, GATE), 2);
}

static void expect_health(struct kunit *test, const struct nflb_pool *pool,
			  u32 health)
{
	KUNIT_EXPECT_EQ(test, nflb_pool_health(pool, 0, GATE), health);
	KUNIT_EXPECT_EQ(test,
			nflb_pool_is_down(pool, GATE, pool->member[0].backend),
			health == NFLB_HEALTH_DOWN);
}

/* Between any two states nothing is left of the one before. */
static void set_health_draining_excludes_but_is_not_down(struct kunit *test)
{
	static const u32 healths[] = {
		NFLB_HEALTH_UP, NFLB_HEALTH_DRAINING, NFLB_HEALTH_UP,
		NFLB_HEALTH_DOWN, NFLB_HEALTH_DRAINING, NFLB_HEALTH_DOWN,
		NFLB_HEALTH_UP, NFLB_HEALTH_DRAINING, NFLB_HEALTH_UNKNOWN,
		NFLB_HEALTH_DOWN, NFLB_HEALTH_UNKNOWN, NFLB_HEALTH_DRAINING,
	};
	struct nflb_pool *pool = gated(test, 2, 0);
	bool serves;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(healths); i++) {
		report(pool, 0, healths[i]);
		expect_health(test, pool, healths[i]);
		serves = healths[i] == NFLB_HEALTH_UP ||
			 healths[i] == NFLB_HEALTH_UNKNOWN;
		expect_state(test, pool, serves ? "yy" : "-y");
	}
}

static void set_health_below_threshold_panics(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 4, 50);

	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 1, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "--yy");
	report(pool, 2, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "yyyy!");
	report(pool, 3, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "yyyy!");
	report(pool, 0, NFLB_HEALTH_UP);
	expect_state(test, pool, "yyyy!");
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, "yy--");
}

static void set_health_at_100_panics_with_the_first(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 3, 100);

	expect_state(test, pool, "yyy");
	report(pool, 1, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "yyy!");
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, "yyy");
}

/* Whom the administrator excludes, no panic brings back. */
static void panic_excluded_members_do_not_count(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 5, 50);

	pool->member[0].admin = NFLB_ADMIN_DOWN;
	pool->member[1].is_draining = true;
	pool->member[2].admin = NFLB_ADMIN_UP;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	expect_state(test, pool, "--yyy");
	report(pool, 3, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "--y-y");
	report(pool, 4, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "--yyy!");
	report(pool, 2, NFLB_HEALTH_DOWN);
	report(pool, 4, NFLB_HEALTH_UP);
	expect_state(test, pool, "--y-y");
}

static void panic_carries_over_to_the_next_version(struct kunit *test)
{
	struct nflb_pool *pool = gated(test, 2, 60);
	struct nflb_pool *next;

	report(pool, 0, NFLB_HEALTH_DOWN);
	expect_state(test, pool, "yy!");
	next = nflb_pool_copy(pool);
	KUNIT_ASSERT_NOT_NULL(test, next);
	KUNIT_ASSERT_EQ(test, nflb_pool_finish(next), 0);
	nflb_pool_carry_health(next, GATE, pool, GATE, true);
	expect_state(test, next, "yy!");
	next->panic_pct = 50;
	KUNIT_ASSERT_EQ(test, nflb_pool_finish(next), 0);
	nflb_pool_carry_health(next, GATE, pool, GATE, true);
	expect_state(test, next, "-y");
	nflb_object_put(&next->object);
}

static struct kunit_case nflb_pool_cases[] = {
	KUNIT_CASE(set_health_without_threshold_excludes_all),
	KUNIT_CASE(n_unreported_counts_who_is_unknown_by_a_probe),
	KUNIT_CASE(set_health_draining_excludes_but_is_not_down),
	KUNIT_CASE(set_health_below_threshold_panics),
	KUNIT_CASE(set_health_at_100_panics_with_the_first),
	KUNIT_CASE(panic_excluded_members_do_not_count),
	KUNIT_CASE(panic_carries_over_to_the_next_version),
	{}
};

static struct kunit_suite nflb_pool_suite = {
	.name = "nflb_pool",
	.test_cases = nflb_pool_cases,
};

kunit_test_suite(nflb_pool_suite);
