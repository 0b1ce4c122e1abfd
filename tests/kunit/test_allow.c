// SPDX-License-Identifier: GPL-2.0-only
/* Allow lists: what is in them, whatever their order and length. */

#include <linux/errno.h>
#include <linux/refcount.h>

#include "../../kmod/allow.h"
#include "../../kmod/refuse.h"
#include "helper.h"

static const struct nflb_why nobody;

static void free_list(struct kunit_resource *res)
{
	nflb_allow_put(res->data);
}

static int keep_list(struct kunit_resource *res, void *list)
{
	res->data = list;
	return 0;
}

static struct nflb_allow *empty_list(struct kunit *test, u32 n)
{
	struct nflb_allow *list = nflb_allow_alloc(n);

	KUNIT_ASSERT_NOT_NULL(test, list);
	kunit_alloc_resource(test, keep_list, free_list, GFP_KERNEL, list);
	return list;
}

static int add_v4(struct nflb_allow *list, u32 ip, u8 len)
{
	const u8 data[] = { ip >> 24, ip >> 16, ip >> 8, ip, len };

	return nflb_allow_add(list, data, sizeof(data), &nobody);
}

/* A prefix that begins with two bytes and ends with another one. */
static int add_v6(struct nflb_allow *list, u16 first, u8 last, u8 len)
{
	u8 data[NFLB_PREFIX_BYTES] = { first >> 8, first };

	data[15] = last;
	data[16] = len;
	return nflb_allow_add(list, data, sizeof(data), &nobody);
}

static bool has_v4(const struct nflb_allow *list, u32 ip)
{
	const struct nflb_addr addr = { .family = AF_INET, .ip.ip = htonl(ip) };

	return nflb_allow_has(list, &addr);
}

static bool has_v6(const struct nflb_allow *list, u16 first, u8 last)
{
	struct nflb_addr addr = { .family = AF_INET6 };

	addr.ip.in6.s6_addr[0] = first >> 8;
	addr.ip.in6.s6_addr[1] = first;
	addr.ip.in6.s6_addr[15] = last;
	return nflb_allow_has(list, &addr);
}

static void allow_has_what_is_within_and_nothing_beside(struct kunit *test)
{
	struct nflb_allow *list = empty_list(test, 3);

	add_v4(list, 0xc0000200, 24);
	add_v4(list, 0x0a000001, 32);
	add_v4(list, 0xc6336480, 25);
	nflb_allow_finish(list);
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0x0a000000));
	KUNIT_EXPECT_TRUE(test, has_v4(list, 0x0a000001));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0x0a000002));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0xc00001ff));
	KUNIT_EXPECT_TRUE(test, has_v4(list, 0xc0000200));
	KUNIT_EXPECT_TRUE(test, has_v4(list, 0xc00002ff));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0xc0000300));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0xc633647f));
	KUNIT_EXPECT_TRUE(test, has_v4(list, 0xc63364ff));
	KUNIT_EXPECT_FALSE(test, has_v4(list, U32_MAX));
}

static void allow_has_ipv6_by_both_halves(struct kunit *test)
{
	struct nflb_allow *list = empty_list(test, 4);

	add_v6(list, 0xfd00, 0, 64);
	add_v6(list, 0xfe00, 4, 127);
	add_v6(list, 0xfe00, 9, 128);
	add_v6(list, 0x2001, 0, 16);
	nflb_allow_finish(list);
	KUNIT_EXPECT_EQ(test, list->n, 4U);
	KUNIT_EXPECT_TRUE(test, has_v6(list, 0xfd00, 255));
	KUNIT_EXPECT_FALSE(test, has_v6(list, 0xfd01, 0));
	KUNIT_EXPECT_TRUE(test, has_v6(list, 0x2001, 7));
	KUNIT_EXPECT_FALSE(test, has_v6(list, 0xfe00, 3));
	KUNIT_EXPECT_TRUE(test, has_v6(list, 0xfe00, 4));
	KUNIT_EXPECT_TRUE(test, has_v6(list, 0xfe00, 5));
	KUNIT_EXPECT_FALSE(test, has_v6(list, 0xfe00, 6));
	KUNIT_EXPECT_TRUE(test, has_v6(list, 0xfe00, 9));
	KUNIT_EXPECT_FALSE(test, has_v6(list, 0xfe00, 10));
}

static void allow_of_length_0_has_everything(struct kunit *test)
{
	struct nflb_allow *v4 = empty_list(test, 1);
	struct nflb_allow *v6 = empty_list(test, 1);

	add_v4(v4, 0, 0);
	add_v6(v6, 0, 0, 0);
	nflb_allow_finish(v4);
	nflb_allow_finish(v6);
	KUNIT_EXPECT_TRUE(test, has_v4(v4, 0));
	KUNIT_EXPECT_TRUE(test, has_v4(v4, U32_MAX));
	KUNIT_EXPECT_TRUE(test, has_v6(v6, 0, 0));
	KUNIT_EXPECT_TRUE(test, has_v6(v6, U16_MAX, 255));
}

static void finish_leaves_out_what_is_a_part_of_another(struct kunit *test)
{
	struct nflb_allow *list = empty_list(test, 6);
	u8 data[NFLB_PREFIX_BYTES];

	add_v4(list, 0x0a010200, 24);
	add_v4(list, 0x0a010000, 16);
	add_v4(list, 0x0b000000, 8);
	add_v4(list, 0x0a000000, 8);
	add_v4(list, 0x0a000000, 8);
	add_v4(list, 0x0a000000, 32);
	nflb_allow_finish(list);
	KUNIT_EXPECT_EQ(test, list->n, 2U);
	KUNIT_EXPECT_EQ(test, nflb_allow_read(list, 1, data), 5U);
	KUNIT_EXPECT_EQ(test, data[0], 11);
	KUNIT_EXPECT_EQ(test, data[4], 8);
	KUNIT_EXPECT_TRUE(test, has_v4(list, 0x0affffff));
	KUNIT_EXPECT_FALSE(test, has_v4(list, 0x09ffffff));
}

/* Every other address; each is found, and none of the others. */
static void allow_finds_each_of_the_longest_list(struct kunit *test)
{
	struct nflb_allow *list = empty_list(test, NFLB_ALLOW_MAX);
	u32 wrong = 0;
	u32 i;

	for (i = 0; i < NFLB_ALLOW_MAX; i++)
		add_v4(list, 0x0a000000 + 2 * (i * 7 % NFLB_ALLOW_MAX), 32);
	nflb_allow_finish(list);
	KUNIT_EXPECT_EQ(test, list->n, (u32)NFLB_ALLOW_MAX);
	for (i = 0; i < 2 * NFLB_ALLOW_MAX; i++)
		wrong += has_v4(list, 0x0a000000 + i) == i % 2;
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void add_refuses_what_is_no_prefix(struct kunit *test)
{
	struct nflb_allow *list = empty_list(test, 2);
	const u8 data[4] = {};

	KUNIT_EXPECT_EQ(test, nflb_allow_add(list, data, 4, &nobody), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_v4(list, 0, 33), -ERANGE);
	KUNIT_EXPECT_EQ(test, add_v4(list, 0x0a000001, 31), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_v6(list, 0, 0, 129), -ERANGE);
	KUNIT_EXPECT_EQ(test, add_v6(list, 0xfd00, 1, 64), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_v6(list, 0xfd00, 1, 127), -EINVAL);
	KUNIT_EXPECT_EQ(test, list->n, 0U);
	KUNIT_EXPECT_EQ(test, add_v4(list, 0x0a000000, 8), 0);
	KUNIT_EXPECT_EQ(test, add_v6(list, 0xfd00, 0, 8), -EAFNOSUPPORT);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(allow_has_what_is_within_and_nothing_beside),
	KUNIT_CASE(allow_has_ipv6_by_both_halves),
	KUNIT_CASE(allow_of_length_0_has_everything),
	KUNIT_CASE(finish_leaves_out_what_is_a_part_of_another),
	KUNIT_CASE(allow_finds_each_of_the_longest_list),
	KUNIT_CASE(add_refuses_what_is_no_prefix),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_allow",
	.test_cases = cases,
};

kunit_test_suite(suite);
