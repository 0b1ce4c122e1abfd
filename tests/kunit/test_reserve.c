// SPDX-License-Identifier: GPL-2.0-only
/* How many ports each backend has */

#include <kunit/test.h>

#include "../../kmod/reserve.h"

static struct nflb_reserve make(u32 ports, u32 n_backends, u32 n_blocks)
{
	struct nflb_reserve reserve;

	nflb_reserve_make(&reserve, ports, n_backends, n_blocks);
	return reserve;
}

static void azure_follows_the_table(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(1), 1024);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(50), 1024);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(51), 512);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(100), 512);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(101), 256);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(200), 256);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(201), 128);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(400), 128);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(401), 64);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(800), 64);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(801), 32);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(1000), 32);
	KUNIT_EXPECT_EQ(test, nflb_reserve_azure(20000), 32);
}

static void make_number_is_base_and_limit(struct kunit *test)
{
	struct nflb_reserve reserve = make(10000, 7, NFLB_N_BLOCKS);

	KUNIT_EXPECT_EQ(test, reserve.base, 1250);
	KUNIT_EXPECT_EQ(test, reserve.limit, 1250);
	KUNIT_EXPECT_GT(test, reserve.base * 7, NFLB_N_BLOCKS);
	reserve = make(NFLB_SNAT_PORTS_MAX, 1, NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, reserve.base, NFLB_N_BLOCKS);
}

static void make_azure_fits_one_address(struct kunit *test)
{
	struct nflb_reserve reserve;
	u32 n;

	for (n = 1; n <= 1000; n++) {
		reserve = make(NFLB_SNAT_PORTS_AZURE, n, NFLB_N_BLOCKS);
		KUNIT_EXPECT_LE(test, reserve.base * n, NFLB_N_BLOCKS);
		KUNIT_EXPECT_EQ(test, reserve.limit, reserve.base);
	}
}

static void make_dynamic_always_fits(struct kunit *test)
{
	static const u32 n_backends[] = { 1, 2, 50, 51, 1000, 2001, 20000 };
	struct nflb_reserve reserve;
	unsigned int i;
	u32 n_blocks;

	for (i = 0; i < ARRAY_SIZE(n_backends); i++) {
		for (n_blocks = 0; n_blocks <= NFLB_N_BLOCKS; n_blocks += 50) {
			reserve = make(NFLB_SNAT_PORTS_DYNAMIC, n_backends[i],
				       n_blocks);
			KUNIT_EXPECT_LE(test, reserve.base * n_backends[i],
					n_blocks);
			KUNIT_EXPECT_LE(test, reserve.limit, n_blocks);
			KUNIT_EXPECT_GE(test, reserve.limit, reserve.base);
		}
	}
}

static void make_dynamic_leaves_half_to_others(struct kunit *test)
{
	struct nflb_reserve reserve;

	reserve = make(NFLB_SNAT_PORTS_DYNAMIC, 1, NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, reserve.base, 128);
	KUNIT_EXPECT_EQ(test, reserve.limit, NFLB_N_BLOCKS);
	reserve = make(NFLB_SNAT_PORTS_DYNAMIC, 2, NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, reserve.base, 128);
	KUNIT_EXPECT_EQ(test, reserve.limit, 128 + (8000 - 2 * 128) / 2);
}

static void make_no_backends_is_fine(struct kunit *test)
{
	struct nflb_reserve reserve;

	reserve = make(NFLB_SNAT_PORTS_DYNAMIC, 0, NFLB_N_BLOCKS);
	KUNIT_EXPECT_EQ(test, reserve.limit, 128);
}

static struct kunit_case nflb_reserve_cases[] = {
	KUNIT_CASE(azure_follows_the_table),
	KUNIT_CASE(make_number_is_base_and_limit),
	KUNIT_CASE(make_azure_fits_one_address),
	KUNIT_CASE(make_dynamic_always_fits),
	KUNIT_CASE(make_dynamic_leaves_half_to_others),
	KUNIT_CASE(make_no_backends_is_fine),
	{}
};

static struct kunit_suite nflb_reserve_suite = {
	.name = "nflb_reserve",
	.test_cases = nflb_reserve_cases,
};

kunit_test_suite(nflb_reserve_suite);
