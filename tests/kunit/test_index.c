// SPDX-License-Identifier: GPL-2.0-only
/* The hash index */

#include <kunit/test.h>

#include "../../kmod/index.h"

static u32 count(const struct nflb_index *index, u32 hash)
{
	u32 n = 0;
	u32 at, pos;

	nflb_index_for_each(index, hash, at, pos)
		n++;
	return n;
}

static bool has(const struct nflb_index *index, u32 hash, u32 wanted)
{
	u32 at, pos;

	nflb_index_for_each(index, hash, at, pos) {
		if (pos == wanted)
			return true;
	}
	return false;
}

static void insert(struct kunit *test, struct nflb_index *index, u32 hash,
		   u32 pos)
{
	KUNIT_ASSERT_EQ(test, nflb_index_insert(index, hash, pos), 0);
}

/* Hashes that come in clumps, several positions each. */
static u32 clumped(u32 i)
{
	return i / 3 * 1000003 & 0xffff00ff;
}

static void insert_many(struct kunit *test, struct nflb_index *index, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		insert(test, index, clumped(i), i);
}

static void next_empty_index_finds_nothing(struct kunit *test)
{
	struct nflb_index index = {};

	KUNIT_EXPECT_EQ(test, count(&index, 0), 0);
	KUNIT_EXPECT_EQ(test, count(&index, U32_MAX), 0);
	KUNIT_EXPECT_EQ(test, nflb_index_bytes(&index), 0);
}

static void next_other_hash_finds_nothing(struct kunit *test)
{
	struct nflb_index index = {};

	insert(test, &index, 5, 0);
	KUNIT_EXPECT_EQ(test, count(&index, 5), 1);
	KUNIT_EXPECT_EQ(test, count(&index, 6), 0);
	KUNIT_EXPECT_EQ(test, count(&index, 5 + 0x10000), 0);
	nflb_index_free(&index);
}

static void next_equal_hashes_finds_each_once(struct kunit *test)
{
	struct nflb_index index = {};
	u32 pos;

	for (pos = 0; pos < 20; pos++)
		insert(test, &index, 7, pos);
	insert(test, &index, 8, 100);
	KUNIT_EXPECT_EQ(test, count(&index, 7), 20);
	for (pos = 0; pos < 20; pos++)
		KUNIT_EXPECT_TRUE(test, has(&index, 7, pos));
	KUNIT_EXPECT_EQ(test, count(&index, 8), 1);
	nflb_index_free(&index);
}

static void next_last_bucket_goes_on_at_first(struct kunit *test)
{
	struct nflb_index index = {};

	insert(test, &index, U32_MAX, 1);
	insert(test, &index, U32_MAX, 2);
	insert(test, &index, U32_MAX - 8, 3);
	insert(test, &index, 0, 4);
	KUNIT_EXPECT_EQ(test, count(&index, U32_MAX), 2);
	KUNIT_EXPECT_TRUE(test, has(&index, U32_MAX - 8, 3));
	KUNIT_EXPECT_TRUE(test, has(&index, 0, 4));
	nflb_index_free(&index);
}

static void insert_many_grows_and_keeps_all(struct kunit *test)
{
	struct nflb_index index = {};
	u32 i;

	insert_many(test, &index, 5000);
	for (i = 0; i < 5000; i++)
		KUNIT_EXPECT_TRUE(test, has(&index, clumped(i), i));
	KUNIT_EXPECT_EQ(test, index.n_live, 5000);
	KUNIT_EXPECT_GE(test, index.mask + 1, 2 * 5000);
	KUNIT_EXPECT_LE(test, index.mask + 1, 4 * 8192);
	nflb_index_free(&index);
}

static void remove_one_leaves_its_neighbours(struct kunit *test)
{
	struct nflb_index index = {};
	u32 pos;

	for (pos = 0; pos < 6; pos++)
		insert(test, &index, 3, pos);
	nflb_index_remove(&index, 3, 2);
	KUNIT_EXPECT_FALSE(test, has(&index, 3, 2));
	KUNIT_EXPECT_EQ(test, count(&index, 3), 5);
	insert(test, &index, 3, 2);
	KUNIT_EXPECT_EQ(test, count(&index, 3), 6);
	nflb_index_free(&index);
}

/* Where a search for the one comes by the other. */
static void remove_by_one_key_leaves_that_by_another(struct kunit *test)
{
	struct nflb_index index = {};

	insert(test, &index, 3, 9);
	insert(test, &index, 2, 1);
	insert(test, &index, 2, 9);
	nflb_index_remove(&index, 2, 9);
	KUNIT_EXPECT_TRUE(test, has(&index, 3, 9));
	KUNIT_EXPECT_FALSE(test, has(&index, 2, 9));
	KUNIT_EXPECT_TRUE(test, has(&index, 2, 1));
	nflb_index_remove(&index, 3, 9);
	KUNIT_EXPECT_FALSE(test, has(&index, 3, 9));
	nflb_index_free(&index);
}

static void remove_half_leaves_the_others(struct kunit *test)
{
	struct nflb_index index = {};
	u32 i;

	insert_many(test, &index, 2000);
	for (i = 0; i < 2000; i += 2)
		nflb_index_remove(&index, clumped(i), i);
	for (i = 0; i < 2000; i++)
		KUNIT_EXPECT_EQ(test, has(&index, clumped(i), i), i % 2);
	KUNIT_EXPECT_EQ(test, index.n_live, 1000);
	nflb_index_free(&index);
}

static void remove_all_leaves_usable_index(struct kunit *test)
{
	struct nflb_index index = {};
	u32 i;

	insert_many(test, &index, 100);
	for (i = 0; i < 100; i++)
		nflb_index_remove(&index, clumped(i), i);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, count(&index, clumped(i)), 0);
	insert(test, &index, clumped(0), 0);
	KUNIT_EXPECT_EQ(test, count(&index, clumped(0)), 1);
	nflb_index_free(&index);
}

/* Deleted entries go when the index is rebuilt, and do not make it larger. */
static void insert_remove_again_and_again_stays_small(struct kunit *test)
{
	struct nflb_index index = {};
	u32 i;

	insert_many(test, &index, 10);
	for (i = 10; i < 5000; i++) {
		insert(test, &index, clumped(i), i);
		nflb_index_remove(&index, clumped(i - 10), i - 10);
	}
	KUNIT_EXPECT_EQ(test, index.n_live, 10);
	KUNIT_EXPECT_LE(test, index.mask + 1, 64);
	for (i = 4990; i < 5000; i++)
		KUNIT_EXPECT_TRUE(test, has(&index, clumped(i), i));
	nflb_index_free(&index);
}

static void copy_empty_index_is_usable(struct kunit *test)
{
	struct nflb_index index = {};
	struct nflb_index copy;

	KUNIT_ASSERT_EQ(test, nflb_index_copy(&copy, &index), 0);
	insert(test, &copy, 1, 1);
	KUNIT_EXPECT_EQ(test, count(&copy, 1), 1);
	KUNIT_EXPECT_EQ(test, count(&index, 1), 0);
	nflb_index_free(&copy);
}

static void copy_changed_leaves_original(struct kunit *test)
{
	struct nflb_index index = {};
	struct nflb_index copy;
	u32 i;

	insert_many(test, &index, 50);
	KUNIT_ASSERT_EQ(test, nflb_index_copy(&copy, &index), 0);
	nflb_index_remove(&copy, clumped(7), 7);
	for (i = 50; i < 500; i++)
		insert(test, &copy, clumped(i), i);
	nflb_index_remove(&index, clumped(8), 8);
	KUNIT_EXPECT_TRUE(test, has(&index, clumped(7), 7));
	KUNIT_EXPECT_TRUE(test, has(&copy, clumped(8), 8));
	KUNIT_EXPECT_FALSE(test, has(&index, clumped(499), 499));
	KUNIT_EXPECT_TRUE(test, has(&copy, clumped(499), 499));
	nflb_index_free(&index);
	nflb_index_free(&copy);
}

static void free_leaves_empty_index(struct kunit *test)
{
	struct nflb_index index = {};

	insert_many(test, &index, 20);
	nflb_index_free(&index);
	KUNIT_EXPECT_EQ(test, nflb_index_bytes(&index), 0);
	KUNIT_EXPECT_EQ(test, count(&index, clumped(3)), 0);
	insert(test, &index, 1, 1);
	KUNIT_EXPECT_EQ(test, count(&index, 1), 1);
	nflb_index_free(&index);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(next_empty_index_finds_nothing),
	KUNIT_CASE(next_other_hash_finds_nothing),
	KUNIT_CASE(next_equal_hashes_finds_each_once),
	KUNIT_CASE(next_last_bucket_goes_on_at_first),
	KUNIT_CASE(insert_many_grows_and_keeps_all),
	KUNIT_CASE(remove_one_leaves_its_neighbours),
	KUNIT_CASE(remove_by_one_key_leaves_that_by_another),
	KUNIT_CASE(remove_half_leaves_the_others),
	KUNIT_CASE(remove_all_leaves_usable_index),
	KUNIT_CASE(insert_remove_again_and_again_stays_small),
	KUNIT_CASE(copy_empty_index_is_usable),
	KUNIT_CASE(copy_changed_leaves_original),
	KUNIT_CASE(free_leaves_empty_index),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_index",
	.test_cases = cases,
};

kunit_test_suite(suite);
