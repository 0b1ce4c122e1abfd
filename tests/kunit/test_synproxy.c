// SPDX-License-Identifier: GPL-2.0-only
/* Synproxies: when protection goes on and off, and what cookies say. */

#include "../../kmod/account.h"
#include "../../kmod/cookie.h"
#include "../../kmod/flow.h"
#include "../../kmod/net.h"
#include "../../kmod/service.h"
#include "helper.h"

#define MARK 10
#define CALM (5 * HZ)

/* As it is when a packet has switched it on, at no time. */
static struct nflb_synproxy pressed(u32 mark, u32 half_open)
{
	struct nflb_synproxy synproxy = { .mark = mark, .is_on = true };

	atomic_set(&synproxy.half_open, half_open);
	return synproxy;
}

static void goes_on_while_half_of_the_mark_is_exceeded(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(MARK, MARK / 2 + 1);

	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, CALM));
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, 9 * CALM));
}

static void goes_off_after_some_seconds_of_calm(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(MARK, MARK / 2);

	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, CALM - 1));
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_goes_on(&synproxy, 0, CALM));
}

static void calm_begins_anew_after_pressure(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(MARK, MARK);

	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, HZ));
	atomic_set(&synproxy.half_open, 0);
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, CALM));
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_goes_on(&synproxy, 0,
						       CALM + HZ));
}

static void cookies_without_answer_are_pressure(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(MARK, 1);

	/* With the one, they are as many as may be. */
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, MARK / 2 - 1,
						      CALM - 1));
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, MARK / 2,
						      CALM - 1));
	/* These do not count any more. */
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_goes_on(&synproxy, MARK / 2,
						       2 * CALM - 1));
}

static void answers_of_before_hide_no_pressure(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(MARK, MARK / 2 + 1);

	synproxy.calm_unanswered = 100;
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_goes_on(&synproxy, 0, CALM));
}

static void goes_off_at_once_without_a_mark(struct kunit *test)
{
	struct nflb_synproxy synproxy = pressed(0, 1000);

	KUNIT_EXPECT_FALSE(test, nflb_synproxy_goes_on(&synproxy, 1000, 0));
}

/* The mark is reached by who enters as one that many. */
static void enter_switches_on_at_the_mark(struct kunit *test)
{
	struct nflb_account *account = nflb_service_account_alloc("test");
	struct nflb_net *nn = nflb_test_nn();
	struct nflb_synproxy *synproxy;

	KUNIT_ASSERT_NOT_NULL(test, account);
	synproxy = &account->synproxy;
	synproxy->mark = 2;
	nflb_synproxy_enter(nn, account);
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_is_on(synproxy));
	nflb_synproxy_leave(synproxy);
	nflb_synproxy_enter(nn, account);
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_is_on(synproxy));
	nflb_synproxy_enter(nn, account);
	KUNIT_EXPECT_TRUE(test, nflb_synproxy_is_on(synproxy));
	/* It is no service of the namespace, so that lets go of it. */
	flush_delayed_work(&nn->synproxy_work);
	KUNIT_EXPECT_FALSE(test, nflb_synproxy_is_on(synproxy));
	KUNIT_EXPECT_FALSE(test, synproxy->is_watched);
	KUNIT_EXPECT_EQ(test, refcount_read(&account->ref), 1);
	nflb_account_put(account);
}

static void flags_have_room_in_pointers_to_accounts(struct kunit *test)
{
	struct nflb_account *account = nflb_service_account_alloc("test");

	KUNIT_ASSERT_NOT_NULL(test, account);
	KUNIT_EXPECT_EQ(test, (unsigned long)account &
			(BIT(NFLB_N_FLOW_FLAGS) - 1), 0);
	nflb_account_put(account);
}

static void learn_keeps_the_least(struct kunit *test)
{
	struct nflb_synproxy synproxy = {};

	nflb_synproxy_setup(&synproxy);
	KUNIT_EXPECT_EQ(test, synproxy.wscale, NFLB_SYNPROXY_WSCALE);
	nflb_synproxy_learn(&synproxy, 14);
	KUNIT_EXPECT_EQ(test, synproxy.wscale, NFLB_SYNPROXY_WSCALE);
	nflb_synproxy_learn(&synproxy, 3);
	nflb_synproxy_learn(&synproxy, 5);
	KUNIT_EXPECT_EQ(test, synproxy.wscale, 3);
}

static void encode_mss_leaves_a_gap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(0, AF_INET), 0);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(1300, AF_INET), 1300);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(1440, AF_INET), 1439);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(1459, AF_INET), 1439);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(1460, AF_INET), 1460);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(1440, AF_INET6), 1439);
	KUNIT_EXPECT_EQ(test, nflb_cookie_encode_mss(8940, AF_INET6), 8940);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(goes_on_while_half_of_the_mark_is_exceeded),
	KUNIT_CASE(goes_off_after_some_seconds_of_calm),
	KUNIT_CASE(calm_begins_anew_after_pressure),
	KUNIT_CASE(cookies_without_answer_are_pressure),
	KUNIT_CASE(answers_of_before_hide_no_pressure),
	KUNIT_CASE(goes_off_at_once_without_a_mark),
	KUNIT_CASE(enter_switches_on_at_the_mark),
	KUNIT_CASE(flags_have_room_in_pointers_to_accounts),
	KUNIT_CASE(learn_keeps_the_least),
	KUNIT_CASE(encode_mss_leaves_a_gap),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_synproxy",
	.test_cases = cases,
};

kunit_test_suite(suite);
