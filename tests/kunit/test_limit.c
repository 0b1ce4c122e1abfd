// SPDX-License-Identifier: GPL-2.0-only
/* Limits: how many flows there may be, and who gets those beyond. */

#include "../../kmod/account.h"
#include "../../kmod/client.h"
#include "helper.h"

#define N 5
#define FLOWS 500

static struct nflb_pool *limited(struct kunit *test,
				 const struct nflb_sched *sched, u32 max_flows)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);
	u32 pos;

	nflb_test_add_many(test, pool, N, 1);
	for (pos = 0; pos < N; pos++) {
		pool->member[pos].max_flows = max_flows;
		pool->member[pos].backend->account.max_flows = max_flows;
	}
	nflb_test_finish(test, pool);
	return pool;
}

static void enter_is_exact(struct kunit *test)
{
	struct nflb_account account = { .max_flows = 2 };

	KUNIT_EXPECT_TRUE(test, nflb_account_enter(&account));
	KUNIT_EXPECT_FALSE(test, nflb_account_is_full(&account));
	KUNIT_EXPECT_TRUE(test, nflb_account_enter(&account));
	KUNIT_EXPECT_TRUE(test, nflb_account_is_full(&account));
	KUNIT_EXPECT_FALSE(test, nflb_account_enter(&account));
	KUNIT_EXPECT_EQ(test, atomic_read(&account.active), 2);
	account.max_flows = 1;
	KUNIT_EXPECT_FALSE(test, nflb_account_enter(&account));
	account.max_flows = 0;
	KUNIT_EXPECT_TRUE(test, nflb_account_enter(&account));
	KUNIT_EXPECT_FALSE(test, nflb_account_is_full(&account));
}

static void finish_has_room_only_for_limits(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, !!limited(test, &nflb_sched_rr, 0)->room);
	KUNIT_EXPECT_TRUE(test, !!limited(test, &nflb_sched_rr, 1)->room);
}

/* As if it were not eligible: by maglev nobody else's flow moves. */
static void pick_past_full_is_as_past_ineligible(struct kunit *test)
{
	struct nflb_pool *pool = limited(test, &nflb_sched_maglev, 7);
	struct nflb_pool *other = nflb_test_equals(test, &nflb_sched_maglev, N);
	struct nflb_choice choice;
	u32 n_past = 0;
	u32 i;

	nflb_test_set_active(pool, 1, 7);
	nflb_test_set_active(pool, 2, 6);
	nflb_test_set_eligible(other, 1, false);
	for (i = 0; i < FLOWS; i++) {
		choice = nflb_test_choose(pool, nflb_test_hash(i));
		KUNIT_ASSERT_EQ(test, choice.member,
				nflb_test_choose(other,
						 nflb_test_hash(i)).member);
		n_past += choice.full != NFLB_NONE;
		if (choice.full != NFLB_NONE)
			KUNIT_ASSERT_EQ(test, choice.full, 1U);
	}
	KUNIT_EXPECT_GT(test, n_past, FLOWS / N / 2);
	KUNIT_EXPECT_LT(test, n_past, FLOWS / N * 2);
}

static void pick_finds_the_only_room_by_every_scheduler(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct nflb_pool *pool;
	u32 i, pos;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		pool = limited(test, sched, 3);
		for (pos = 0; pos < N; pos++)
			nflb_test_set_active(pool, pos, pos == 3 ? 2 : 3);
		for (pos = 0; pos < N; pos++)
			KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), 3U);
	}
}

static void pick_of_full_ones_says_so(struct kunit *test)
{
	struct nflb_pool *pool = limited(test, &nflb_sched_maglev, 3);
	struct nflb_choice choice;
	u32 pos;

	for (pos = 0; pos < N; pos++)
		nflb_test_set_active(pool, pos, 3);
	choice = nflb_test_choose(pool, nflb_test_hash(1));
	KUNIT_EXPECT_EQ(test, choice.member, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.full, choice.first);
	nflb_test_set_none_eligible(pool);
	choice = nflb_test_choose(pool, nflb_test_hash(1));
	KUNIT_EXPECT_EQ(test, choice.member, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.full, NFLB_NONE);
}

static struct nflb_choice pick_for(struct nflb_pool *pool, u64 client)
{
	struct nflb_choice choice = { .hash = client, .kept = NFLB_NONE };

	nflb_clients_pick(pool, 0, &choice);
	return choice;
}

static void client_of_a_full_backend_returns(struct kunit *test)
{
	struct nflb_pool *pool = limited(test, &nflb_sched_rr, 3);
	struct nflb_choice choice;
	u32 own;

	pool->n_affine = 1;
	nflb_test_finish(test, pool);
	own = pick_for(pool, 7).member;
	nflb_test_set_active(pool, own, 3);
	choice = pick_for(pool, 7);
	KUNIT_EXPECT_NE(test, choice.member, own);
	KUNIT_EXPECT_NE(test, choice.member, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.full, own);
	nflb_test_set_active(pool, own, 2);
	KUNIT_EXPECT_EQ(test, pick_for(pool, 7).member, own);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(enter_is_exact),
	KUNIT_CASE(finish_has_room_only_for_limits),
	KUNIT_CASE(pick_past_full_is_as_past_ineligible),
	KUNIT_CASE(pick_finds_the_only_room_by_every_scheduler),
	KUNIT_CASE(pick_of_full_ones_says_so),
	KUNIT_CASE(client_of_a_full_backend_returns),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_limit",
	.test_cases = cases,
};

kunit_test_suite(suite);
