// SPDX-License-Identifier: GPL-2.0-only
/* The ports of a backend */

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../../kmod/lease.h"
#include "../../kmod/object.h"
#include "../../kmod/outlet.h"

#define SNAT 7
#define N_OUTLETS 2

/**
 * struct leasing - what a case works with
 * @outlet: two addresses of snat 7
 * @a: a backend's ports
 * @b: another one's
 * @is_taken: ports that @search must not find, by their place in the first
 *	address
 * @n_looks: how often @search has looked at a port
 * @search: looks for any port
 */
struct leasing {
	struct nflb_outlet *outlet[N_OUTLETS];
	struct nflb_lease a;
	struct nflb_lease b;
	DECLARE_BITMAP(is_taken, NFLB_SNAT_PORTS_MAX);
	u32 n_looks;
	struct nflb_search search;
};

static bool is_free(const struct nflb_block *block, u16 port, void *data)
{
	struct leasing *leasing = data;

	leasing->n_looks++;
	return block->outlet != leasing->outlet[0] ||
	       !test_bit(port - NFLB_SNAT_PORT_FIRST, leasing->is_taken);
}

static int leasing_init(struct kunit *test)
{
	struct nflb_addr addr = { .family = AF_INET };
	struct leasing *leasing;
	int i;

	leasing = kvzalloc(sizeof(*leasing), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, leasing);
	test->priv = leasing;
	for (i = 0; i < N_OUTLETS; i++) {
		addr.ip.ip = htonl(0xcb007101 + i);
		leasing->outlet[i] = nflb_outlet_alloc(&addr);
		KUNIT_ASSERT_NOT_NULL(test, leasing->outlet[i]);
		nflb_outlet_assign(leasing->outlet[i], SNAT);
	}
	nflb_lease_init(&leasing->a);
	nflb_lease_init(&leasing->b);
	leasing->search.outlet = leasing->outlet;
	leasing->search.n_outlets = N_OUTLETS;
	leasing->search.is_free = is_free;
	leasing->search.data = leasing;
	return 0;
}

static void leasing_exit(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	int i;

	nflb_lease_fini(&leasing->a);
	nflb_lease_fini(&leasing->b);
	for (i = 0; i < N_OUTLETS; i++)
		kvfree(leasing->outlet[i]);
	kvfree(leasing);
}

static void set(struct leasing *leasing, struct nflb_lease *lease, u32 base,
		u32 limit)
{
	const struct nflb_reserve reserve = { base, limit };

	nflb_lease_set(lease, SNAT, &reserve);
	nflb_lease_fill(lease, leasing->outlet, N_OUTLETS);
}

static struct nflb_block *find(struct leasing *leasing,
			       struct nflb_lease *lease, u16 *port)
{
	struct nflb_block *block;

	rcu_read_lock();
	block = nflb_lease_find(lease, &leasing->search, port);
	rcu_read_unlock();
	return block;
}

static void take(struct leasing *leasing, const struct nflb_block *block,
		 u16 port)
{
	if (block->outlet == leasing->outlet[0])
		set_bit(port - NFLB_SNAT_PORT_FIRST, leasing->is_taken);
}

static void fill_takes_addresses_by_turns(struct kunit *test)
{
	struct leasing *leasing = test->priv;

	set(leasing, &leasing->a, 100, 100);
	set(leasing, &leasing->b, 100, 100);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 100);
	KUNIT_EXPECT_EQ(test, leasing->outlet[0]->n_taken, 100);
	KUNIT_EXPECT_EQ(test, leasing->outlet[1]->n_taken, 100);
}

static void fill_takes_no_more_than_there_is(struct kunit *test)
{
	struct leasing *leasing = test->priv;

	set(leasing, &leasing->a, 12000, 12000);
	set(leasing, &leasing->b, 12000, 12000);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 12000);
	KUNIT_EXPECT_EQ(test, leasing->b.n_blocks, 4000);
}

static void find_misses_no_free_port(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	const struct nflb_block *block;
	u16 port;
	int i;

	set(leasing, &leasing->a, 3, 3);
	for (i = 0; i < 24; i++) {
		block = find(leasing, &leasing->a, &port);
		KUNIT_ASSERT_NOT_NULL(test, block);
		KUNIT_EXPECT_EQ(test, port & ~7, nflb_block_port(block));
		KUNIT_EXPECT_TRUE(test, is_free(block, port, leasing));
		take(leasing, block, port);
	}
	KUNIT_EXPECT_NULL(test, find(leasing, &leasing->a, &port));
}

static void find_gives_up_in_time(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	u32 n = NFLB_N_BLOCKS;
	u16 port;

	bitmap_fill(leasing->is_taken, NFLB_SNAT_PORTS_MAX);
	leasing->search.outlet = &leasing->outlet[0];
	leasing->search.n_outlets = 1;
	nflb_lease_set(&leasing->a, SNAT, &(struct nflb_reserve){ n / 2, n });
	nflb_lease_fill(&leasing->a, leasing->outlet, 1);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, n / 2);
	KUNIT_EXPECT_NULL(test, find(leasing, &leasing->a, &port));
	KUNIT_EXPECT_LE(test, leasing->n_looks, 4096);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, n / 2);
}

static void find_borrows_up_to_the_limit(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	const struct nflb_block *block;
	u32 n = 0;
	u16 port;

	set(leasing, &leasing->a, 1, 3);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 1);
	while ((block = find(leasing, &leasing->a, &port))) {
		take(leasing, block, port);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 24);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 3);
}

static void release_gives_back_what_was_borrowed(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	struct nflb_block *block[16];
	u16 port[16];
	int i;

	set(leasing, &leasing->a, 1, 2);
	for (i = 0; i < 16; i++) {
		block[i] = find(leasing, &leasing->a, &port[i]);
		KUNIT_ASSERT_NOT_NULL(test, block[i]);
		take(leasing, block[i], port[i]);
		KUNIT_EXPECT_TRUE(test, nflb_lease_hold(&leasing->a, block[i],
							port[i]));
	}
	KUNIT_EXPECT_EQ(test, leasing->a.n_used, 16);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_PTR_EQ(test, nflb_lease_release(block[i], port[i]),
				    &leasing->a);
	KUNIT_EXPECT_EQ(test, leasing->a.n_used, 0);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 1);
	KUNIT_EXPECT_EQ(test, leasing->outlet[0]->n_taken, 1);
}

/* More than 75 % of a block is 7 ports of 8. */
static void usage_is_of_what_it_may_have(struct kunit *test)
{
	struct nflb_lease lease = { .reserve = { .limit = 1 } };

	lease.n_used = 6;
	KUNIT_EXPECT_EQ(test, nflb_lease_usage(&lease), NFLB_LEASE_CALM);
	lease.n_used = 7;
	KUNIT_EXPECT_EQ(test, nflb_lease_usage(&lease), NFLB_LEASE_BUSY);
	lease.n_used = 8;
	KUNIT_EXPECT_EQ(test, nflb_lease_usage(&lease), NFLB_LEASE_EXHAUSTED);
	lease.reserve.limit = 0;
	lease.n_used = 0;
	KUNIT_EXPECT_EQ(test, nflb_lease_usage(&lease), NFLB_LEASE_EXHAUSTED);
}

static void hold_counts_a_port_once(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	struct nflb_block *block;
	u16 port;

	set(leasing, &leasing->a, 1, 1);
	block = find(leasing, &leasing->a, &port);
	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_TRUE(test, nflb_lease_hold(&leasing->a, block, port));
	KUNIT_EXPECT_TRUE(test, nflb_lease_hold(&leasing->a, block, port));
	KUNIT_EXPECT_EQ(test, leasing->a.n_used, 1);
	nflb_lease_release(block, port);
	KUNIT_EXPECT_EQ(test, leasing->a.n_used, 1);
	nflb_lease_release(block, port);
	KUNIT_EXPECT_EQ(test, leasing->a.n_used, 0);
}

static void set_leaves_blocks_in_use(struct kunit *test)
{
	const struct nflb_reserve none = {};
	struct leasing *leasing = test->priv;
	struct nflb_block *block;
	u16 port;

	set(leasing, &leasing->a, 10, 10);
	block = find(leasing, &leasing->a, &port);
	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_TRUE(test, nflb_lease_hold(&leasing->a, block, port));
	nflb_lease_set(&leasing->a, NFLB_NONE, &none);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 1);
	KUNIT_EXPECT_NULL(test, find(leasing, &leasing->a, &port));
	set(leasing, &leasing->b, 2 * NFLB_N_BLOCKS, 2 * NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, leasing->b.n_blocks, 2 * NFLB_N_BLOCKS - 1);
	KUNIT_EXPECT_FALSE(test, nflb_lease_hold(&leasing->b, block, port));

	nflb_lease_release(block, port);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 0);
	set(leasing, &leasing->b, 2 * NFLB_N_BLOCKS, 2 * NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, leasing->b.n_blocks, 2 * NFLB_N_BLOCKS);
}

static void set_closes_what_a_service_has(struct kunit *test)
{
	struct leasing *leasing = test->priv;
	struct nflb_block *block;
	u16 port;
	int i;

	set(leasing, &leasing->a, 2, 2);
	block = leasing->a.block[0];
	KUNIT_EXPECT_TRUE(test, nflb_lease_hold(&leasing->a, block,
						nflb_block_port(block)));
	__set_bit(nflb_block_number(block), block->outlet->eating);
	nflb_outlet_assign(block->outlet, SNAT);
	set(leasing, &leasing->a, 2, 2);
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 3);
	KUNIT_EXPECT_EQ(test, leasing->a.n_open, 2);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_PTR_NE(test, find(leasing, &leasing->a, &port),
				    block);
	nflb_lease_release(block, nflb_block_port(block));
	KUNIT_EXPECT_EQ(test, leasing->a.n_blocks, 2);
	KUNIT_EXPECT_EQ(test, block->outlet->n_free +
			block->outlet->n_taken, NFLB_N_BLOCKS - 1);
}

static struct kunit_case nflb_lease_cases[] = {
	KUNIT_CASE(fill_takes_addresses_by_turns),
	KUNIT_CASE(fill_takes_no_more_than_there_is),
	KUNIT_CASE(find_misses_no_free_port),
	KUNIT_CASE(find_gives_up_in_time),
	KUNIT_CASE(find_borrows_up_to_the_limit),
	KUNIT_CASE(release_gives_back_what_was_borrowed),
	KUNIT_CASE(usage_is_of_what_it_may_have),
	KUNIT_CASE(hold_counts_a_port_once),
	KUNIT_CASE(set_leaves_blocks_in_use),
	KUNIT_CASE(set_closes_what_a_service_has),
	{}
};

static struct kunit_suite nflb_lease_suite = {
	.name = "nflb_lease",
	.init = leasing_init,
	.exit = leasing_exit,
	.test_cases = nflb_lease_cases,
};

kunit_test_suite(nflb_lease_suite);
