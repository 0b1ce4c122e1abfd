// SPDX-License-Identifier: GPL-2.0-only
/* Inbound NAT: who has which port, as backends come and go. */

#include "../../kmod/nat.h"
#include "helper.h"

#define FIRST 50000

static const u32 ones[] = { 1, 1, 1, 1, 1, 1 };

static int nat_init(struct kunit_resource *res, void *nat)
{
	res->data = nat;
	return 0;
}

static void nat_exit(struct kunit_resource *res)
{
	nflb_nat_free(res->data);
}

/* A nat with a range that ends with the test */
static struct nflb_nat *range(struct kunit *test, u32 n_ports)
{
	struct nflb_nat *nat = nflb_nat_alloc();

	KUNIT_ASSERT_NOT_NULL(test, nat);
	kunit_alloc_resource(test, nat_init, nat_exit, GFP_KERNEL, nat);
	KUNIT_ASSERT_EQ(test, nflb_nat_fit(nat, FIRST, n_ports), 0);
	return nat;
}

static struct nflb_pool *pool_of(struct kunit *test, const char *letters)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_rr);

	nflb_test_add_letters(test, pool, letters, ones);
	return pool;
}

/* Whose the ports are, as letters, a dot for nobody's */
static void expect_ports(struct kunit *test, struct nflb_nat *nat,
			 const struct nflb_pool *pool, const char *letters)
{
	u32 i, pos;

	KUNIT_ASSERT_EQ(test, nflb_nat_settle(nat, pool), 0);
	for (i = 0; i < nat->n_ports; i++) {
		pos = nflb_nat_pick(nat, nat->first + i);
		KUNIT_EXPECT_EQ_MSG(test, letters[i], pos == NFLB_NONE ? '.' :
				    nflb_test_name(pool, pos)[0],
				    "port %u of %s", i, letters);
		if (pos != NFLB_NONE)
			KUNIT_EXPECT_EQ(test, nat->place[pos], i);
	}
}

static void leave(struct kunit *test, struct nflb_pool *pool, const char *name)
{
	u32 pos = nflb_pool_find(pool, name);

	KUNIT_ASSERT_NE(test, pos, NFLB_NONE);
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(pool, pos), 0);
}

static void settle_new_gets_lowest_free(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "ab");
	struct nflb_nat *nat = range(test, 4);

	expect_ports(test, nat, pool, "ab..");
	nflb_test_add(test, pool, "c", 1);
	expect_ports(test, nat, pool, "abc.");
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 0);
}

static void settle_port_is_kept_in_quarantine(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abc");
	struct nflb_nat *nat = range(test, 3);

	expect_ports(test, nat, pool, "abc");
	leave(test, pool, "a");
	nflb_test_add(test, pool, "d", 1);
	expect_ports(test, nat, pool, ".bc");
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 1);
	KUNIT_EXPECT_TRUE(test, nflb_nat_is_kept(&nat->port[0]));
	KUNIT_EXPECT_EQ(test, nflb_nat_next_free(nat), nat->port[0].free_at);
	nflb_test_add(test, pool, "a", 1);
	expect_ports(test, nat, pool, "abc");
	KUNIT_EXPECT_FALSE(test, nflb_nat_is_kept(&nat->port[0]));
}

static void settle_after_quarantine_others_get_it(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abc");
	struct nflb_nat *nat = range(test, 3);

	expect_ports(test, nat, pool, "abc");
	leave(test, pool, "b");
	nflb_test_add(test, pool, "d", 1);
	expect_ports(test, nat, pool, "a.c");
	nat->port[1].free_at = get_jiffies_64();
	expect_ports(test, nat, pool, "adc");
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 0);
	KUNIT_EXPECT_EQ(test, nflb_nat_next_free(nat), 0);
}

static void settle_without_quarantine_frees_at_once(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "ab");
	struct nflb_nat *nat = range(test, 2);

	nat->quarantine_ms = 0;
	expect_ports(test, nat, pool, "ab");
	leave(test, pool, "a");
	nflb_test_add(test, pool, "c", 1);
	expect_ports(test, nat, pool, "cb");
}

static void settle_too_small_leaves_rest_without(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abcd");
	struct nflb_nat *nat = range(test, 2);

	expect_ports(test, nat, pool, "ab");
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 2);
	KUNIT_EXPECT_EQ(test, nat->place[2], NFLB_NONE);
	KUNIT_ASSERT_EQ(test, nflb_nat_fit(nat, FIRST, 3), 0);
	expect_ports(test, nat, pool, "abc");
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 1);
}

static void fit_keeps_ports_of_both_ranges(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abc");
	struct nflb_nat *nat = range(test, 3);

	expect_ports(test, nat, pool, "abc");
	KUNIT_ASSERT_EQ(test, nflb_nat_fit(nat, FIRST - 1, 4), 0);
	expect_ports(test, nat, pool, ".abc");
	KUNIT_ASSERT_EQ(test, nflb_nat_fit(nat, FIRST + 1, 3), 0);
	expect_ports(test, nat, pool, "bca");
}

static void pin_is_restored_before_others_are_given(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abc");
	struct nflb_nat *nat = range(test, 4);

	KUNIT_EXPECT_NULL(test, nflb_nat_pin(nat, 3, "a"));
	KUNIT_EXPECT_NULL(test, nflb_nat_pin(nat, 0, "c"));
	expect_ports(test, nat, pool, "cb.a");
}

static void pin_may_swap_but_not_give_twice(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "ab");
	struct nflb_nat *nat = range(test, 2);

	expect_ports(test, nat, pool, "ab");
	KUNIT_EXPECT_NULL(test, nflb_nat_pin(nat, 1, "a"));
	KUNIT_EXPECT_STREQ(test, nflb_nat_pin(nat, 1, "b"), "a");
	KUNIT_EXPECT_NULL(test, nflb_nat_pin(nat, 0, "b"));
	expect_ports(test, nat, pool, "ba");
}

static void inherit_moves_nobody(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "abc");
	struct nflb_nat *nat = range(test, 3);
	struct nflb_nat *copy;

	KUNIT_EXPECT_NULL(test, nflb_nat_pin(nat, 2, "a"));
	expect_ports(test, nat, pool, "bca");
	copy = range(test, 1);
	KUNIT_ASSERT_EQ(test, nflb_nat_inherit(copy, nat), 0);
	expect_ports(test, copy, pool, "bca");
}

static void settle_one_needs_its_backend(struct kunit *test)
{
	struct nflb_pool *pool = pool_of(test, "ab");
	struct nflb_nat *nat = range(test, 1);

	strscpy(nat->backend, "b", sizeof(nat->backend));
	expect_ports(test, nat, pool, "b");
	KUNIT_EXPECT_TRUE(test, nflb_nat_wants(nat, "b"));
	KUNIT_EXPECT_FALSE(test, nflb_nat_wants(nat, "a"));
	KUNIT_EXPECT_EQ(test, nat->n_unmapped, 0);
	leave(test, pool, "b");
	KUNIT_EXPECT_EQ(test, nflb_nat_settle(nat, pool), -ENOENT);
}

static struct kunit_case nflb_nat_cases[] = {
	KUNIT_CASE(settle_new_gets_lowest_free),
	KUNIT_CASE(settle_port_is_kept_in_quarantine),
	KUNIT_CASE(settle_after_quarantine_others_get_it),
	KUNIT_CASE(settle_without_quarantine_frees_at_once),
	KUNIT_CASE(settle_too_small_leaves_rest_without),
	KUNIT_CASE(fit_keeps_ports_of_both_ranges),
	KUNIT_CASE(pin_is_restored_before_others_are_given),
	KUNIT_CASE(pin_may_swap_but_not_give_twice),
	KUNIT_CASE(inherit_moves_nobody),
	KUNIT_CASE(settle_one_needs_its_backend),
	{}
};

static struct kunit_suite nflb_nat_suite = {
	.name = "nflb_nat",
	.test_cases = nflb_nat_cases,
};

kunit_test_suite(nflb_nat_suite);
