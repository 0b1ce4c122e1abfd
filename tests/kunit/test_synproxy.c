// SPDX-License-Identifier: GPL-2.0-only
/* Synproxies: when protection goes on and off, and what cookies say. */

#include <linux/netfilter_ipv6.h>
#include <net/tcp.h>

#include "../../kmod/account.h"
#include "../../kmod/compat.h"
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

#define ISN 1000

/* What a segment with this number, whose SYN had @mss, is taken for. */
static int decoded_ipv4(u16 mss, u32 seq)
{
	const struct iphdr iph = {
		.saddr = htonl(0xc0000201),
		.daddr = htonl(0xcb007101),
	};
	struct tcphdr th = { .source = htons(40000), .dest = htons(80) };

	mss = nflb_cookie_encode_mss(mss);
	th.seq = htonl(ISN);
	th.ack_seq = htonl(__cookie_v4_init_sequence(&iph, &th, &mss) + 1);
	th.seq = htonl(seq);
	return nflb_cookie_decode_mss(nflb_cookie_check_ipv4(&iph, &th));
}

static int decoded_ipv6(u16 mss, u32 seq)
{
	const struct ipv6hdr ip6h = {
		.saddr.s6_addr = { 0x20, 1, [15] = 1 },
		.daddr.s6_addr = { 0x20, 1, [15] = 2 },
	};
	struct tcphdr th = { .source = htons(40000), .dest = htons(80) };

	mss = nflb_cookie_encode_mss(mss);
	th.seq = htonl(ISN);
	th.ack_seq = htonl(nf_ipv6_cookie_init_sequence(&ip6h, &th, &mss) + 1);
	th.seq = htonl(seq);
	return nflb_cookie_decode_mss(nflb_cookie_check_ipv6(&ip6h, &th));
}

/* A client that asks for a bigger window has the number before its first. */
static void cookie_tells_who_asks_from_who_confirms(struct kunit *test)
{
	static const u16 mss[] = {
		0, 536, 1220, 1299, 1300, 1419, 1420, 1439, 1440, 1459, 1460,
		8939, 8940, 65535,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(mss); i++) {
		KUNIT_EXPECT_EQ(test, decoded_ipv4(mss[i], ISN + 1),
				mss[i] < 1440 ? 536 : 1440);
		KUNIT_EXPECT_EQ(test, decoded_ipv6(mss[i], ISN + 1),
				mss[i] < 1440 ? 1220 : 1440);
		KUNIT_EXPECT_EQ(test, decoded_ipv4(mss[i], ISN), 0);
		KUNIT_EXPECT_EQ(test, decoded_ipv6(mss[i], ISN), 0);
	}
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
	KUNIT_CASE(cookie_tells_who_asks_from_who_confirms),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_synproxy",
	.test_cases = cases,
};

kunit_test_suite(suite);
