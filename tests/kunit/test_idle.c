// SPDX-License-Identifier: GPL-2.0-only
/* Idle flows: their times, and where the wheel has those that are reset. */

#include <linux/netfilter/nf_conntrack_tcp.h>

#include "../../kmod/times.h"
#include "../../kmod/wheel.h"
#include "helper.h"

static void times_of_tcp_go_by_state(struct kunit *test)
{
	static const struct {
		u8 state;
		enum nflb_time time;
	} is[] = {
		{ TCP_CONNTRACK_NONE, NFLB_N_TIMES },
		{ TCP_CONNTRACK_SYN_SENT, NFLB_TIME_HALF_OPEN },
		{ TCP_CONNTRACK_SYN_SENT2, NFLB_TIME_HALF_OPEN },
		{ TCP_CONNTRACK_SYN_RECV, NFLB_TIME_HALF_OPEN },
		{ TCP_CONNTRACK_ESTABLISHED, NFLB_TIME_ESTABLISHED },
		{ TCP_CONNTRACK_FIN_WAIT, NFLB_TIME_HALF_CLOSED },
		{ TCP_CONNTRACK_CLOSE_WAIT, NFLB_TIME_HALF_CLOSED },
		{ TCP_CONNTRACK_LAST_ACK, NFLB_N_TIMES },
		{ TCP_CONNTRACK_TIME_WAIT, NFLB_N_TIMES },
		{ TCP_CONNTRACK_CLOSE, NFLB_N_TIMES },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(is); i++)
		KUNIT_EXPECT_EQ(test, nflb_times_of_tcp(is[i].state, true),
				is[i].time);
}

static void times_of_tcp_unanswered_is_half_open(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test,
			nflb_times_of_tcp(TCP_CONNTRACK_ESTABLISHED, false),
			NFLB_TIME_HALF_OPEN);
}

static void times_update_with_reset_leaves_time_for_it(struct kunit *test)
{
	struct nflb_times times = {};
	struct nflb_idle idle;

	nflb_idle_init(&idle);
	KUNIT_EXPECT_FALSE(test, nflb_times_update(&times, &idle));
	KUNIT_EXPECT_EQ(test, times.entry[NFLB_TIME_ESTABLISHED], 240 * HZ);
	KUNIT_EXPECT_EQ(test, times.reset_after, 0);
	idle.is_reset = true;
	KUNIT_EXPECT_TRUE(test, nflb_times_update(&times, &idle));
	KUNIT_EXPECT_FALSE(test, nflb_times_update(&times, &idle));
	KUNIT_EXPECT_GT(test, times.entry[NFLB_TIME_ESTABLISHED], 240 * HZ);
	KUNIT_EXPECT_EQ(test, times.reset_after, 240 * HZ);
	idle.udp_ms = 1000;
	KUNIT_EXPECT_FALSE(test, nflb_times_update(&times, &idle));
	idle.established_ms = 1000;
	KUNIT_EXPECT_TRUE(test, nflb_times_update(&times, &idle));
}

static void times_of_new_udp_are_short(struct kunit *test)
{
	struct nflb_times times = {};
	struct nflb_idle idle;

	nflb_idle_init(&idle);
	nflb_times_update(&times, &idle);
	KUNIT_EXPECT_EQ(test, times.entry[NFLB_TIME_UDP], 120 * HZ);
	KUNIT_EXPECT_EQ(test, times.entry[NFLB_TIME_UDP_NEW], 30 * HZ);
	idle.udp_ms = 3000;
	nflb_times_update(&times, &idle);
	KUNIT_EXPECT_EQ(test, times.entry[NFLB_TIME_UDP], 3 * HZ);
	KUNIT_EXPECT_EQ(test, times.entry[NFLB_TIME_UDP_NEW], HZ);
}

static void wheel_slot_is_ahead_and_never_the_present(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(10, 1), 11);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(10, HZ / 2), 11);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(10, HZ / 2 + 1), 12);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(10, 0), 11);
}

static void wheel_slot_goes_round(struct kunit *test)
{
	const u32 n = NFLB_N_WHEEL_SLOTS;

	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(n - 1, 1), 0);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(U32_MAX, 1), 0);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(5 * n, HZ), 2);
}

static void wheel_slot_of_the_far_is_the_last(struct kunit *test)
{
	const u32 n = NFLB_N_WHEEL_SLOTS;

	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(0, (n - 1) * (HZ / 2)), n - 1);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(0, n * HZ), n - 1);
	KUNIT_EXPECT_EQ(test, nflb_wheel_slot(7, 86400 * HZ), 6);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(times_of_tcp_go_by_state),
	KUNIT_CASE(times_of_tcp_unanswered_is_half_open),
	KUNIT_CASE(times_update_with_reset_leaves_time_for_it),
	KUNIT_CASE(times_of_new_udp_are_short),
	KUNIT_CASE(wheel_slot_is_ahead_and_never_the_present),
	KUNIT_CASE(wheel_slot_goes_round),
	KUNIT_CASE(wheel_slot_of_the_far_is_the_last),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_idle",
	.test_cases = cases,
};

kunit_test_suite(suite);
