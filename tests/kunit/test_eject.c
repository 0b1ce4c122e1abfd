// SPDX-License-Identifier: GPL-2.0-only
/* Ejection: for how long, and whom a pool can spare. */

#include "../../kmod/eject.h"
#include "helper.h"

#define GATE 1

/* Jiffies in which one ejection of @base_ms is forgotten */
static u64 patience(u32 base_ms)
{
	return 6ULL * msecs_to_jiffies(base_ms);
}

static void time_doubles_up_to_the_longest(struct kunit *test)
{
	static const u32 ms[] = { 10000, 20000, 40000, 80000, 160000, 300000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ms); i++)
		KUNIT_EXPECT_EQ(test, nflb_eject_time_ms(10000, i), ms[i]);
	KUNIT_EXPECT_EQ(test, nflb_eject_time_ms(10000, U32_MAX), 300000);
	KUNIT_EXPECT_EQ(test, nflb_eject_time_ms(300000, 0), 300000);
	KUNIT_EXPECT_EQ(test, nflb_eject_time_ms(100, 11), 204800);
	KUNIT_EXPECT_EQ(test, nflb_eject_time_ms(100, 12), 300000);
}

static void n_before_falls_with_each_time_served(struct kunit *test)
{
	u64 one = patience(10000);

	KUNIT_EXPECT_EQ(test, nflb_eject_forget(3, 10000, 0), 3);
	KUNIT_EXPECT_EQ(test, nflb_eject_forget(3, 10000, one - 1), 3);
	KUNIT_EXPECT_EQ(test, nflb_eject_forget(3, 10000, one), 2);
	KUNIT_EXPECT_EQ(test, nflb_eject_forget(3, 10000, 3 * one), 0);
	KUNIT_EXPECT_EQ(test, nflb_eject_forget(3, 10000, U64_MAX), 0);
	KUNIT_EXPECT_EQ(test, nflb_eject_forget(0, 10000, 0), 0);
}

/* A finished pool of members b0, b1, ... that ejects, and a probe gates. */
static struct nflb_pool *ejecting(struct kunit *test, u32 n, u32 panic_pct)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);

	nflb_test_add_many(test, pool, n, 1);
	pool->panic_pct = panic_pct;
	pool->eject_after = 1;
	pool->n_services = 2;
	pool->gate[GATE].n_services = 1;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	return pool;
}

static void set_ejected(struct nflb_pool *pool, u32 pos, bool is_on)
{
	pool->member[pos].backend->ejection.is_on = is_on;
	nflb_pool_update_ejected(pool, pos);
}

static void report(struct nflb_pool *pool, u32 pos, u32 health)
{
	nflb_pool_set_health(pool, pos, GATE, health, true);
}

/* A letter for each member, by a gate: eligible or not. */
static void expect_state(struct kunit *test, const struct nflb_pool *pool,
			 u32 gate, const char *wanted)
{
	char state[16] = "";
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++)
		state[pos] = nflb_pool_is_eligible(pool, gate, pos) ? 'y' : '-';
	KUNIT_EXPECT_STREQ(test, state, wanted);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_eligible(pool, gate),
			bitmap_weight(pool->eligible[gate], pool->n_members));
}

static void ejected_is_out_of_all_gates(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	set_ejected(pool, 1, true);
	expect_state(test, pool, 0, "y-y");
	expect_state(test, pool, GATE, "y-y");
	report(pool, 1, NFLB_HEALTH_UP);
	expect_state(test, pool, GATE, "y-y");
	report(pool, 0, NFLB_HEALTH_DOWN);
	expect_state(test, pool, 0, "y-y");
	expect_state(test, pool, GATE, "--y");
	set_ejected(pool, 1, false);
	expect_state(test, pool, 0, "yyy");
	expect_state(test, pool, GATE, "-yy");
}

static void ejected_does_not_count_against_the_administrator(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	pool->member[0].admin = NFLB_ADMIN_UP;
	set_ejected(pool, 0, true);
	set_ejected(pool, 1, true);
	expect_state(test, pool, 0, "y-y");
	pool->eject_after = 0;
	nflb_pool_update_ejected(pool, 1);
	expect_state(test, pool, 0, "yyy");
}

static void can_spare_all_but_one(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	KUNIT_EXPECT_TRUE(test, nflb_pool_can_spare(pool, 0));
	set_ejected(pool, 0, true);
	KUNIT_EXPECT_TRUE(test, nflb_pool_can_spare(pool, 1));
	set_ejected(pool, 1, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_can_spare(pool, 2));
}

static void can_spare_as_many_as_the_threshold_says(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 4, 51);

	/* Three, as two are less */
	KUNIT_EXPECT_TRUE(test, nflb_pool_can_spare(pool, 0));
	set_ejected(pool, 0, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_can_spare(pool, 1));
	pool->panic_pct = 50;
	KUNIT_EXPECT_TRUE(test, nflb_pool_can_spare(pool, 1));
	pool->panic_pct = 100;
	set_ejected(pool, 0, false);
	KUNIT_EXPECT_FALSE(test, nflb_pool_can_spare(pool, 0));
}

/* It is the last one that the probe has left. */
static void can_spare_asks_every_gate(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 1, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_FALSE(test, nflb_pool_can_spare(pool, 2));
	KUNIT_EXPECT_TRUE(test, nflb_pool_can_spare(pool, 0));
	pool->member[0].weight = 0;
	nflb_test_finish(test, pool);
	nflb_pool_carry_health(pool, GATE, NULL, NFLB_NONE, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_serves(pool, 0));
}

/* Of a service with a probe, whoever that has down serves nobody. */
static void serves_by_the_gates_of_services_alone(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	report(pool, 0, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_TRUE(test, nflb_pool_serves(pool, 0));
	pool->n_services = 1;
	KUNIT_EXPECT_FALSE(test, nflb_pool_serves(pool, 0));
	KUNIT_EXPECT_TRUE(test, nflb_pool_serves(pool, 1));
	set_ejected(pool, 1, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_serves(pool, 1));
	KUNIT_EXPECT_EQ(test, nflb_pool_n_healthy(pool, GATE), 1);
	KUNIT_EXPECT_EQ(test, nflb_pool_n_healthy(pool, 0), 2);
	KUNIT_EXPECT_TRUE(test, nflb_pool_has_healthy(pool, GATE));
	report(pool, 2, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_FALSE(test, nflb_pool_has_healthy(pool, GATE));
	KUNIT_EXPECT_TRUE(test, nflb_pool_has_healthy(pool, 0));
}

static void passes_counts_unknown_as_configured(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 2, 0);

	report(pool, 0, NFLB_HEALTH_DOWN);
	set_ejected(pool, 1, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_passes(pool, 0));
	KUNIT_EXPECT_TRUE(test, nflb_pool_passes(pool, 1));
}

/* What failed before a probe has found it up does not count. */
static void hear_forgives_who_is_up(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);
	struct nflb_backend *backend = pool->member[0].backend;
	struct nflb_net *nn = nflb_test_nn();

	mutex_lock(&nn->cfg_mutex);
	backend->trials.limit = 1;
	pool->n_services = 1;
	report(pool, 0, NFLB_HEALTH_DOWN);
	atomic_set(&backend->trials.n_failed, 1);
	nflb_eject_hear(nn, pool, 0, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_FALSE(test, backend->ejection.is_on);
	atomic_set(&backend->trials.n_failed, 1);
	report(pool, 0, NFLB_HEALTH_UP);
	nflb_eject_hear(nn, pool, 0, NFLB_HEALTH_UP);
	KUNIT_EXPECT_FALSE(test, backend->ejection.is_on);
	KUNIT_EXPECT_EQ(test, atomic_read(&backend->trials.n_failed), 0);
	mutex_unlock(&nn->cfg_mutex);
}

static void lacks_who_would_help(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 3, 0);

	set_ejected(pool, 0, true);
	set_ejected(pool, 1, true);
	KUNIT_EXPECT_FALSE(test, nflb_pool_lacks(pool, 0));
	report(pool, 0, NFLB_HEALTH_DOWN);
	report(pool, 2, NFLB_HEALTH_DOWN);
	KUNIT_EXPECT_FALSE(test, nflb_pool_lacks(pool, 0));
	KUNIT_EXPECT_TRUE(test, nflb_pool_lacks(pool, 1));
	set_ejected(pool, 1, false);
	KUNIT_EXPECT_FALSE(test, nflb_pool_lacks(pool, 0));
}

static void follow_sets_limit_and_ends_what_is_not_wanted(struct kunit *test)
{
	struct nflb_pool *pool = ejecting(test, 2, 0);
	struct nflb_backend *backend = pool->member[0].backend;
	struct nflb_net *nn = nflb_test_nn();

	mutex_lock(&nn->cfg_mutex);
	nflb_eject_follow(nn, pool, 0);
	KUNIT_EXPECT_TRUE(test, backend->trials.is_on);
	KUNIT_EXPECT_EQ(test, backend->trials.limit, 1);
	set_ejected(pool, 0, true);
	nflb_eject_follow(nn, pool, 0);
	expect_state(test, pool, 0, "-y");
	pool->member[0].admin = NFLB_ADMIN_UP;
	nflb_eject_follow(nn, pool, 0);
	KUNIT_EXPECT_FALSE(test, backend->ejection.is_on);
	KUNIT_EXPECT_TRUE(test, backend->trials.is_on);
	KUNIT_EXPECT_EQ(test, backend->trials.limit, 0);
	pool->eject_after = 0;
	nflb_eject_follow(nn, pool, 0);
	KUNIT_EXPECT_FALSE(test, backend->trials.is_on);
	mutex_unlock(&nn->cfg_mutex);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(time_doubles_up_to_the_longest),
	KUNIT_CASE(n_before_falls_with_each_time_served),
	KUNIT_CASE(ejected_is_out_of_all_gates),
	KUNIT_CASE(ejected_does_not_count_against_the_administrator),
	KUNIT_CASE(can_spare_all_but_one),
	KUNIT_CASE(can_spare_as_many_as_the_threshold_says),
	KUNIT_CASE(can_spare_asks_every_gate),
	KUNIT_CASE(serves_by_the_gates_of_services_alone),
	KUNIT_CASE(passes_counts_unknown_as_configured),
	KUNIT_CASE(hear_forgives_who_is_up),
	KUNIT_CASE(lacks_who_would_help),
	KUNIT_CASE(follow_sets_limit_and_ends_what_is_not_wanted),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_eject",
	.test_cases = cases,
};

kunit_test_suite(suite);
