// SPDX-License-Identifier: GPL-2.0-only
/* The claim of the active agent: who gets it, and until when. */

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>

#include "../../kmod/agent.h"
#include "../../kmod/health.h"
#include "../../kmod/refuse.h"
#include "helper.h"

/* Sockets of agents */
#define PORT_A 1
#define PORT_B 2

static const struct nflb_why no_why;

static int claim(u32 port, u32 *number)
{
	return nflb_agent_claim(nflb_test_nn(), port, number, &no_why);
}

/* There is no pool p: a report that goes that far is not refused before. */
static int report(u32 number)
{
	struct nflb_health_spec spec = {
		.pool = "p", .backend = "b", .probe = "ok",
		.state = NFLB_HEALTH_UP, .claim = number,
	};

	return nflb_health_set(nflb_test_nn(), &spec, &no_why);
}

/* As if the holder had said nothing for so long. */
static void let_time_pass(void)
{
	nflb_test_nn()->claim.until = get_jiffies_64();
}

static void agent_exit(struct kunit *test)
{
	nflb_agent_release(nflb_test_nn(), PORT_A);
	nflb_agent_release(nflb_test_nn(), PORT_B);
}

static void claim_held_is_refused_to_others(struct kunit *test)
{
	u32 first, number;

	KUNIT_ASSERT_EQ(test, claim(PORT_A, &first), 0);
	KUNIT_EXPECT_EQ(test, claim(PORT_B, &number), -EBUSY);
	KUNIT_EXPECT_EQ(test, claim(PORT_A, &number), 0);
	KUNIT_EXPECT_EQ(test, number, first);
}

static void claim_released_is_free(struct kunit *test)
{
	u32 first, number;

	KUNIT_ASSERT_EQ(test, claim(PORT_A, &first), 0);
	nflb_agent_release(nflb_test_nn(), PORT_B);
	KUNIT_EXPECT_EQ(test, claim(PORT_B, &number), -EBUSY);
	nflb_agent_release(nflb_test_nn(), PORT_A);
	KUNIT_EXPECT_EQ(test, report(first), -ESTALE);
	KUNIT_EXPECT_EQ(test, claim(PORT_B, &number), 0);
	KUNIT_EXPECT_NE(test, number, first);
}

static void claim_silent_may_be_taken(struct kunit *test)
{
	u32 first, number;

	KUNIT_ASSERT_EQ(test, claim(PORT_A, &first), 0);
	let_time_pass();
	/* Nobody has taken it: it still holds, and can be renewed. */
	KUNIT_EXPECT_EQ(test, report(first), -ENOENT);
	KUNIT_EXPECT_EQ(test, claim(PORT_A, &number), 0);
	KUNIT_EXPECT_EQ(test, number, first);
	KUNIT_EXPECT_EQ(test, claim(PORT_B, &number), -EBUSY);

	let_time_pass();
	KUNIT_EXPECT_EQ(test, claim(PORT_B, &number), 0);
	KUNIT_EXPECT_NE(test, number, first);
	KUNIT_EXPECT_EQ(test, claim(PORT_A, &number), -EBUSY);
	nflb_agent_release(nflb_test_nn(), PORT_A);
	KUNIT_EXPECT_EQ(test, claim(PORT_A, &number), -EBUSY);
}

static void report_of_former_agent_is_refused(struct kunit *test)
{
	u32 first, second, third;

	KUNIT_ASSERT_EQ(test, claim(PORT_A, &first), 0);
	KUNIT_EXPECT_EQ(test, report(first), -ENOENT);
	let_time_pass();
	KUNIT_ASSERT_EQ(test, claim(PORT_B, &second), 0);
	KUNIT_EXPECT_EQ(test, report(first), -ESTALE);
	KUNIT_EXPECT_EQ(test, report(second), -ENOENT);

	/* What it knew is out of date also when the claim is its own again. */
	nflb_agent_release(nflb_test_nn(), PORT_B);
	KUNIT_ASSERT_EQ(test, claim(PORT_A, &third), 0);
	KUNIT_EXPECT_EQ(test, report(first), -ESTALE);
	KUNIT_EXPECT_EQ(test, report(third), -ENOENT);
}

static void report_without_claim_is_anybodys(struct kunit *test)
{
	u32 number;

	KUNIT_EXPECT_EQ(test, report(0), -ENOENT);
	KUNIT_ASSERT_EQ(test, claim(PORT_A, &number), 0);
	KUNIT_EXPECT_EQ(test, report(0), -ENOENT);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(claim_held_is_refused_to_others),
	KUNIT_CASE(claim_released_is_free),
	KUNIT_CASE(claim_silent_may_be_taken),
	KUNIT_CASE(report_of_former_agent_is_refused),
	KUNIT_CASE(report_without_claim_is_anybodys),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_agent",
	.exit = agent_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
