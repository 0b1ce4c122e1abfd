// SPDX-License-Identifier: GPL-2.0-only
/* What the schedulers have in common: registry, helpers, data, concurrency. */

#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "../../kmod/sched_shares.h"
#include "helper.h"

static void find_known_name_finds_it(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, nflb_sched_find("maglev"),
			    &nflb_sched_maglev);
	KUNIT_EXPECT_PTR_EQ(test, nflb_sched_find("random"),
			    &nflb_sched_random);
}

static void find_unknown_name_finds_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, nflb_sched_find(""));
	KUNIT_EXPECT_NULL(test, nflb_sched_find("magle"));
	KUNIT_EXPECT_NULL(test, nflb_sched_find("maglev2"));
}

static void at_all_are_found_by_name(struct kunit *test)
{
	const struct nflb_sched *sched;
	u32 i;

	KUNIT_EXPECT_PTR_EQ(test, nflb_sched_at(0), &nflb_sched_maglev);
	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		KUNIT_EXPECT_PTR_EQ(test, nflb_sched_find(sched->name), sched);
		KUNIT_EXPECT_LE(test, strlen(sched->name), NFLB_SCHED_MAX);
	}
	KUNIT_EXPECT_EQ(test, i, 7);
}

static void next_eligible_any_start_goes_round(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_rr, 130);
	unsigned long *eligible = pool->eligible[0];

	nflb_test_set_none_eligible(pool);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 0),
			NFLB_NONE);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 129),
			NFLB_NONE);
	nflb_test_set_eligible(pool, 3, true);
	nflb_test_set_eligible(pool, 128, true);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 0), 3);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 3), 3);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 4), 128);
	KUNIT_EXPECT_EQ(test, nflb_sched_next_eligible(pool, eligible, 129), 3);
}

static void shares_alloc_skips_weight_zero_and_sorts(struct kunit *test)
{
	static const u32 weight[] = { 3, 0, 1, 2 };
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);
	struct nflb_shares *shares;

	nflb_test_add_letters(test, pool, "dxab", weight);
	shares = nflb_shares_alloc(pool, false);
	KUNIT_ASSERT_NOT_NULL(test, shares);
	KUNIT_EXPECT_EQ(test, shares->n, 3);
	KUNIT_EXPECT_EQ(test, shares->weight_sum, 6);
	KUNIT_EXPECT_EQ(test, shares->weight_max, 3);
	KUNIT_EXPECT_STREQ(test, shares->share[0].name, "a");
	KUNIT_EXPECT_STREQ(test, shares->share[1].name, "b");
	KUNIT_EXPECT_STREQ(test, shares->share[2].name, "d");
	KUNIT_EXPECT_EQ(test, shares->share[0].pos, 2);
	nflb_shares_free(shares);
}

/* Of 10 things 4.44, 3.33 and 2.22 are due; ties go to the first. */
static void shares_apportion_goes_by_largest_remainder(struct kunit *test)
{
	static const u32 weight[] = { 4, 3, 2 };
	static const u32 equal[] = { 5, 5, 5 };
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);
	struct nflb_shares *shares;

	nflb_test_add_letters(test, pool, "abc", weight);
	shares = nflb_shares_alloc(pool, false);
	KUNIT_ASSERT_NOT_NULL(test, shares);
	KUNIT_ASSERT_EQ(test, nflb_shares_apportion(shares, 10), 0);
	KUNIT_EXPECT_EQ(test, shares->share[0].quota, 5);
	KUNIT_EXPECT_EQ(test, shares->share[1].quota, 3);
	KUNIT_EXPECT_EQ(test, shares->share[2].quota, 2);
	nflb_shares_free(shares);

	pool = nflb_test_pool(test, &nflb_sched_rr);
	nflb_test_add_letters(test, pool, "abc", equal);
	shares = nflb_shares_alloc(pool, false);
	KUNIT_ASSERT_NOT_NULL(test, shares);
	KUNIT_ASSERT_EQ(test, nflb_shares_apportion(shares, 5), 0);
	KUNIT_EXPECT_EQ(test, shares->share[0].quota, 2);
	KUNIT_EXPECT_EQ(test, shares->share[1].quota, 2);
	KUNIT_EXPECT_EQ(test, shares->share[2].quota, 1);
	nflb_shares_free(shares);
}

static void pool_copy_shares_data_until_changed(struct kunit *test)
{
	struct nflb_pool *pool = nflb_test_equals(test, &nflb_sched_maglev, 3);
	struct nflb_pool *copy = nflb_pool_copy(pool);
	struct nflb_sched_data *data = pool->sched_data;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_EQ(test, nflb_pool_finish(copy), 0);
	KUNIT_EXPECT_PTR_EQ(test, copy->sched_data, data);
	KUNIT_EXPECT_EQ(test, refcount_read(&data->ref), 2);
	nflb_test_finish(test, copy);
	KUNIT_EXPECT_PTR_NE(test, copy->sched_data, data);
	KUNIT_EXPECT_EQ(test, refcount_read(&data->ref), 1);
	nflb_object_put(&copy->object);
}

/**
 * struct picker - somebody who picks, on any CPU
 * @work: his work
 * @pool: from this pool
 * @n: so many times
 * @count: picks by place
 * @n_none: picks of nobody
 */
struct picker {
	struct work_struct work;
	struct nflb_pool *pool;
	u32 n;
	u32 *count;
	u32 n_none;
};

static void picker_run(struct work_struct *work)
{
	struct picker *picker = container_of(work, struct picker, work);
	u32 i, pos;

	for (i = 0; i < picker->n; i++) {
		rcu_read_lock_bh();
		pos = nflb_test_choose(picker->pool, nflb_test_hash(i)).member;
		rcu_read_unlock_bh();
		if (pos < picker->pool->n_members)
			picker->count[pos]++;
		else
			picker->n_none++;
		cond_resched();
	}
}

static struct picker *picker_start(struct kunit *test, struct nflb_pool *pool,
				   u32 n)
{
	struct picker *picker = kunit_kzalloc(test, sizeof(*picker),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, picker);
	picker->count = kunit_kcalloc(test, pool->n_members,
				      sizeof(*picker->count), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, picker->count);
	picker->pool = pool;
	picker->n = n;
	INIT_WORK(&picker->work, picker_run);
	queue_work(nflb_wq, &picker->work);
	return picker;
}

/* A CPU that gives up its tries may shift the order by one, hence the slack. */
static void expect_twice(struct kunit *test, const struct nflb_sched *sched)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);
	struct picker *a, *b;
	u32 pos, n;

	nflb_test_add_many(test, pool, 10, 1);
	nflb_test_finish(test, pool);
	nflb_test_set_eligible(pool, 4, false);
	a = picker_start(test, pool, 9000);
	b = picker_start(test, pool, 9000);
	flush_work(&a->work);
	flush_work(&b->work);
	for (pos = 0; pos < 10; pos++) {
		n = a->count[pos] + b->count[pos];
		if (pos == 4)
			KUNIT_EXPECT_EQ(test, n, 0);
		else
			KUNIT_EXPECT_LE(test, abs((int)n - 2000), 20);
	}
	KUNIT_EXPECT_EQ(test, a->n_none + b->n_none, 0);
}

static void pick_two_at_once_go_round_exactly(struct kunit *test)
{
	expect_twice(test, &nflb_sched_rr);
	expect_twice(test, &nflb_sched_wrr);
}

/* Health changes while others pick: always somebody, never out of bounds. */
static void pick_health_flaps_always_finds_member(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct picker *picker;
	struct nflb_pool *pool;
	u32 i, k;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = nflb_test_pool(test, sched);
		nflb_test_add_many(test, pool, 100, 3);
		nflb_test_finish(test, pool);
		picker = picker_start(test, pool, 2000);
		for (k = 0; k < 5000; k++)
			nflb_test_set_eligible(pool, 1 + k % 99, k / 99 % 2);
		flush_work(&picker->work);
		KUNIT_EXPECT_EQ_MSG(test, picker->n_none, 0, "%s", sched->name);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(find_known_name_finds_it),
	KUNIT_CASE(find_unknown_name_finds_nothing),
	KUNIT_CASE(at_all_are_found_by_name),
	KUNIT_CASE(next_eligible_any_start_goes_round),
	KUNIT_CASE(shares_alloc_skips_weight_zero_and_sorts),
	KUNIT_CASE(shares_apportion_goes_by_largest_remainder),
	KUNIT_CASE(pool_copy_shares_data_until_changed),
	KUNIT_CASE(pick_two_at_once_go_round_exactly),
	KUNIT_CASE(pick_health_flaps_always_finds_member),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched",
	.test_cases = cases,
};

kunit_test_suite(suite);
