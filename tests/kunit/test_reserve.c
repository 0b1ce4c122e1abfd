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

static void azure_rows_are_the_table(struct kunit *test)
{
	const struct nflb_azure_row *row;
	u32 last = 0;
	u32 i;

	for (i = 0; (row = nflb_reserve_azure_row(i)); i++) {
		KUNIT_EXPECT_EQ(test, row->ports,
				nflb_reserve_azure(last + 1));
		KUNIT_EXPECT_EQ(test, row->ports,
				nflb_reserve_azure(row->n_backends));
		last = row->n_backends;
	}
	KUNIT_EXPECT_EQ(test, i, 6);
	KUNIT_EXPECT_EQ(test, last, NFLB_BACKENDS_MAX);
}

static void fit_is_what_there_is_for(struct kunit *test)
{
	const u32 azure = NFLB_SNAT_PORTS_AZURE;
	const u32 n = NFLB_N_BLOCKS;

	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(10000, n, 1, 20000), 6);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(8, n, 1, 20000), 8000);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(8, 16 * n, 1, 20000), 20000);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(64000, n - 1, 1, 20000), 0);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(azure, n, 1, 20000), 2000);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(azure, n, 1, 50), 50);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(azure, 1280, 1, 50), 10);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(azure, 1280, 51, 100), 0);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(azure, 0, 1, 20000), 0);
}

/* Each has a block at least. */
static void fit_of_dynamic_is_a_block_each(struct kunit *test)
{
	const u32 dynamic = NFLB_SNAT_PORTS_DYNAMIC;

	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(dynamic, 8000, 1, 20000), 8000);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(dynamic, 7, 1, 20000), 7);
	KUNIT_EXPECT_EQ(test, nflb_reserve_fit(dynamic, 0, 1, 20000), 0);
}

static struct kunit_case nflb_reserve_cases[] = {
	KUNIT_CASE(azure_follows_the_table),
	KUNIT_CASE(make_number_is_base_and_limit),
	KUNIT_CASE(make_azure_fits_one_address),
	KUNIT_CASE(make_dynamic_always_fits),
	KUNIT_CASE(make_dynamic_leaves_half_to_others),
	KUNIT_CASE(make_no_backends_is_fine),
	KUNIT_CASE(azure_rows_are_the_table),
	KUNIT_CASE(fit_is_what_there_is_for),
	KUNIT_CASE(fit_of_dynamic_is_a_block_each),
	{}
};

static struct kunit_suite nflb_reserve_suite = {
	.name = "nflb_reserve",
	.test_cases = nflb_reserve_cases,
};

kunit_test_suite(nflb_reserve_suite);
