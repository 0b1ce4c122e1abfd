// SPDX-License-Identifier: GPL-2.0-only
/*
 * maglev. The table is looked at from outside: a flow is made for every slot.
 * Vectors are those that Katran, Cilium and Envoy publish for their own
 * tables, as far as they are a matter of arithmetic, and ours.
 */

#include <linux/math64.h>

#include "helper.h"

static struct nflb_pool *new_pool(struct kunit *test, u32 slots)
{
	struct nflb_pool *pool = nflb_test_pool(test, &nflb_sched_maglev);

	pool->slots = slots;
	return pool;
}

static struct nflb_pool *letters_pool(struct kunit *test, u32 slots,
				      const char *letters, const u32 *weight)
{
	struct nflb_pool *pool = new_pool(test, slots);

	nflb_test_add_letters(test, pool, letters, weight);
	nflb_test_finish(test, pool);
	return pool;
}

static struct nflb_pool *many_pool(struct kunit *test, u32 slots, u32 n,
				   u32 weights)
{
	struct nflb_pool *pool = new_pool(test, slots);

	nflb_test_add_many(test, pool, n, weights);
	nflb_test_finish(test, pool);
	return pool;
}

static struct nflb_choice ask_slot(struct nflb_pool *pool, u32 slot)
{
	return nflb_test_ask(pool, NFLB_TEST_SLOT_HASH(slot, pool->slots));
}

static u64 digest(const struct nflb_pool *pool)
{
	return pool->sched->digest(pool);
}

/* Counts slots by place, and checks that each is somebody's. */
static u32 *count_slots(struct kunit *test, struct nflb_pool *pool)
{
	u32 *count = kunit_kcalloc(test, pool->n_members, sizeof(*count),
				   GFP_KERNEL);
	struct nflb_choice choice;
	u32 slot;

	KUNIT_ASSERT_NOT_NULL(test, count);
	for (slot = 0; slot < pool->slots; slot++) {
		choice = ask_slot(pool, slot);
		KUNIT_ASSERT_EQ(test, choice.slot, slot);
		KUNIT_ASSERT_LT(test, choice.member, pool->n_members);
		count[choice.member]++;
	}
	return count;
}

/* Nobody is off his exact share by a whole slot. */
static void expect_proportional(struct kunit *test, struct nflb_pool *pool)
{
	u32 *count = count_slots(test, pool);
	u64 sum = 0;
	s64 off;
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++)
		sum += pool->member[pos].weight;
	for (pos = 0; pos < pool->n_members; pos++) {
		off = (s64)(count[pos] * sum) -
		      (s64)((u64)pool->slots * pool->member[pos].weight);
		KUNIT_EXPECT_LT_MSG(test, abs(off), (s64)sum,
				    "%s has %u slots",
				    nflb_test_name(pool, pos), count[pos]);
	}
}

static void expect_min_max(struct kunit *test, struct nflb_pool *pool, u32 min,
			   u32 max)
{
	u32 *count = count_slots(test, pool);
	u32 pos;

	for (pos = 0; pos < pool->n_members; pos++) {
		KUNIT_EXPECT_GE(test, count[pos], min);
		KUNIT_EXPECT_LE(test, count[pos], max);
	}
}

static void build_no_member_makes_no_table(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 251, 0, 1);

	KUNIT_EXPECT_NULL(test, pool->sched_data);
	KUNIT_EXPECT_EQ(test, digest(pool), 0);
}

static void build_weights_zero_makes_no_table(struct kunit *test)
{
	static const u32 weight[] = { 0, 0 };
	struct nflb_pool *pool = letters_pool(test, 251, "ab", weight);

	KUNIT_EXPECT_NULL(test, pool->sched_data);
	KUNIT_EXPECT_EQ(test, digest(pool), 0);
	KUNIT_EXPECT_EQ(test, nflb_test_pick(pool), NFLB_NONE);
}

static void build_one_member_fills_table(struct kunit *test)
{
	expect_min_max(test, many_pool(test, 7, 1, 1), 7, 7);
	expect_min_max(test, many_pool(test, 65537, 1, 1), 65537, 65537);
}

static void build_two_members_halve_table(struct kunit *test)
{
	expect_min_max(test, many_pool(test, 65537, 2, 1), 32768, 32769);
}

static void build_weights_2_1_on_7_gives_5_2(struct kunit *test)
{
	static const u32 weight[] = { 2, 1 };
	u32 *count = count_slots(test, letters_pool(test, 7, "ab", weight));

	KUNIT_EXPECT_EQ(test, count[0], 5);
	KUNIT_EXPECT_EQ(test, count[1], 2);
}

static void build_6_equal_on_7_gives_1_or_2(struct kunit *test)
{
	expect_min_max(test, many_pool(test, 7, 6, 1), 1, 2);
}

static void build_weights_2_13_111_10_gives_quotas(struct kunit *test)
{
	static const u32 weight[] = { 2, 13, 111, 10 };
	static const u32 on_251[] = { 4, 24, 205, 18 };
	static const u32 on_1021[] = { 15, 98, 833, 75 };
	u32 *count;

	count = count_slots(test, letters_pool(test, 251, "abcd", weight));
	KUNIT_EXPECT_EQ(test, memcmp(count, on_251, sizeof(on_251)), 0);
	count = count_slots(test, letters_pool(test, 1021, "abcd", weight));
	KUNIT_EXPECT_EQ(test, memcmp(count, on_1021, sizeof(on_1021)), 0);
}

static void build_equals_on_65537_differ_by_1(struct kunit *test)
{
	expect_min_max(test, many_pool(test, 65537, 100, 1), 655, 656);
	expect_min_max(test, many_pool(test, 65537, 400, 1), 163, 164);
}

static void build_any_weights_are_proportional(struct kunit *test)
{
	static const u32 small[] = { 1, 3, 2 };
	static const u32 large[] = { 65535, 1, 65534, 2 };

	expect_proportional(test, letters_pool(test, 65537, "abc", small));
	expect_proportional(test, letters_pool(test, 251, "abcd", large));
	expect_proportional(test, many_pool(test, 65537, 5000, 100));
}

static void build_members_above_slots_leaves_some_without(struct kunit *test)
{
	expect_min_max(test, many_pool(test, 251, 300, 1), 0, 1);
}

static void build_weight_zero_gets_no_slot(struct kunit *test)
{
	static const u32 weight[] = { 1, 0, 1 };
	static const u32 expected[] = { 126, 0, 125 };
	u32 *count = count_slots(test, letters_pool(test, 251, "abc", weight));

	KUNIT_EXPECT_EQ(test, count[1], 0);
	KUNIT_EXPECT_EQ(test, max(count[0], count[2]), expected[0]);
	KUNIT_EXPECT_EQ(test, min(count[0], count[2]), expected[2]);
}

/*
 * The promise between gateways, whatever version of nflb they have: if one of
 * these fails, flows that change gateways will be cut.
 */
static void build_known_rings_are_frozen(struct kunit *test)
{
	static const u32 weight[] = { 3, 2, 1 };
	static const char ring[] = "abbaaaabaaaaacabbbcccbbaacbbaaa";
	struct nflb_pool *pool = letters_pool(test, 31, "abc", weight);
	char found[sizeof(ring)] = "";
	u32 i;

	for (i = 0; i < pool->slots; i++)
		found[i] = *nflb_test_name(pool, ask_slot(pool, i).member);
	KUNIT_EXPECT_STREQ(test, found, ring);
}

/**
 * struct frozen_digest - a table that may never change
 * @n: members b0 ...
 * @weights: their weights go from 1 to this, again and again
 * @slots: slots
 * @seed: seed
 * @digest: digest
 */
struct frozen_digest {
	u32 n;
	u32 weights;
	u32 slots;
	u64 seed;
	u64 digest;
};

static void digest_known_tables_are_frozen(struct kunit *test)
{
	static const struct frozen_digest frozen[] = {
		{ 1, 1, 251, 0, 0x1362907aa2ee7ba9ULL },
		{ 2, 1, 251, 0, 0x0691b849645145fdULL },
		{ 10, 10, 251, 0, 0x8a4fc10ebe4931c3ULL },
		{ 10, 10, 65537, 0, 0x9fc7f703c428b0b6ULL },
		{ 10, 10, 65537, 0x123456789abcdef0ULL, 0xd157424782fec389ULL },
		{ 100, 1, 65537, 0, 0x48913819feb24b14ULL },
		{ 5000, 100, 131071, 0, 0xf8a7602572e1de25ULL },
	};
	struct nflb_pool *pool;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(frozen); i++) {
		pool = new_pool(test, frozen[i].slots);
		nflb_pool_set_seed(pool, frozen[i].seed);
		nflb_test_add_many(test, pool, frozen[i].n, frozen[i].weights);
		nflb_test_finish(test, pool);
		KUNIT_EXPECT_EQ_MSG(test, digest(pool), frozen[i].digest,
				    "table %u", i);
	}
}

/* Members b0 ... b<n-1> in an order of stride @stride, prime to n. */
static struct nflb_pool *shuffled_pool(struct kunit *test, u32 n, u32 stride)
{
	struct nflb_pool *pool = new_pool(test, 65537);
	char name[12];
	u32 i, k;

	for (i = 0; i < n; i++) {
		k = i * stride % n;
		snprintf(name, sizeof(name), "b%u", k);
		nflb_test_add(test, pool, name, 1 + k % 5);
	}
	nflb_test_finish(test, pool);
	return pool;
}

static void digest_shuffled_members_is_equal(struct kunit *test)
{
	u64 expected = digest(many_pool(test, 65537, 100, 5));

	KUNIT_EXPECT_EQ(test, digest(shuffled_pool(test, 100, 99)), expected);
	KUNIT_EXPECT_EQ(test, digest(shuffled_pool(test, 100, 37)), expected);
}

static void digest_member_removed_and_back_is_equal(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 251, 10, 1);
	u64 expected = digest(pool);

	KUNIT_ASSERT_EQ(test, nflb_pool_remove(pool, 3), 0);
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_NE(test, digest(pool), expected);
	nflb_test_add(test, pool, "b3", 1);
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, digest(pool), expected);
}

static void digest_weight_zero_does_not_matter(struct kunit *test)
{
	static const u32 weight[] = { 1, 0, 2 };
	static const u32 without[] = { 1, 2 };

	KUNIT_EXPECT_EQ(test,
			digest(letters_pool(test, 251, "abc", weight)),
			digest(letters_pool(test, 251, "ac", without)));
}

static void digest_any_input_changes_it(struct kunit *test)
{
	static const u32 weight[] = { 1, 1 };
	static const u32 other[] = { 1, 2 };
	struct nflb_pool *pool = letters_pool(test, 251, "ab", weight);
	u64 d = digest(pool);

	KUNIT_EXPECT_NE(test, digest(letters_pool(test, 251, "ac", weight)), d);
	KUNIT_EXPECT_NE(test, digest(letters_pool(test, 251, "ab", other)), d);
	KUNIT_EXPECT_NE(test, digest(letters_pool(test, 257, "ab", weight)), d);
	nflb_pool_set_seed(pool, 1);
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_NE(test, digest(pool), d);
}

/* Slots in percent of a percent whose owner is another, @gone left aside. */
static u32 moved_permyriad(struct nflb_pool *before, struct nflb_pool *after,
			   const char *gone)
{
	const char *was, *is;
	u32 n_moved = 0;
	u32 slot;

	for (slot = 0; slot < before->slots; slot++) {
		was = nflb_test_name(before, ask_slot(before, slot).member);
		is = nflb_test_name(after, ask_slot(after, slot).member);
		if (strcmp(was, is) && (!gone || strcmp(was, gone)))
			n_moved++;
	}
	return div_u64(10000ULL * n_moved, before->slots);
}

static void build_member_removed_moves_few_others(struct kunit *test)
{
	struct nflb_pool *before = many_pool(test, 65537, 100, 1);
	struct nflb_pool *after = new_pool(test, 65537);
	u32 moved;

	nflb_test_add_many(test, after, 100, 1);
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(after, 7), 0);
	nflb_test_finish(test, after);
	moved = moved_permyriad(before, after, "b7");
	kunit_info(test, "0.%04u of all slots moved between others", moved);
	KUNIT_EXPECT_LT(test, moved, 100);
}

static void build_weighted_member_removed_moves_few_others(struct kunit *test)
{
	struct nflb_pool *before = many_pool(test, 65537, 400, 10);
	struct nflb_pool *after = new_pool(test, 65537);
	u32 moved;

	nflb_test_add_many(test, after, 400, 10);
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(after, 7), 0);
	nflb_test_finish(test, after);
	moved = moved_permyriad(before, after, "b7");
	kunit_info(test, "0.%04u of all slots moved between others", moved);
	KUNIT_EXPECT_LT(test, moved, 200);
}

static void build_weight_changed_moves_few(struct kunit *test)
{
	struct nflb_pool *before = many_pool(test, 65537, 100, 1);
	struct nflb_pool *after = many_pool(test, 65537, 100, 1);
	u32 moved;

	after->member[7].weight = 2;
	nflb_test_finish(test, after);
	moved = moved_permyriad(before, after, NULL);
	kunit_info(test, "0.%04u of all slots moved, 0.0098 had to", moved);
	KUNIT_EXPECT_LT(test, moved, 200);
}

static void pick_all_eligible_ends_at_first_slot(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 251, 3, 1);
	struct nflb_choice choice = ask_slot(pool, 250);

	KUNIT_EXPECT_EQ(test, choice.slot, 250);
	KUNIT_EXPECT_EQ(test, choice.attempts, 1);
	KUNIT_EXPECT_EQ(test, choice.first, choice.member);
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, 0).slot, 0);
	KUNIT_EXPECT_EQ(test, nflb_test_ask(pool, U64_MAX).slot, 250);
}

static void pick_same_flow_gets_same_member(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 100, 1);
	u32 i, member;

	nflb_test_set_eligible(pool, 4, false);
	for (i = 0; i < 1000; i++) {
		member = nflb_test_choose(pool, nflb_test_hash(i)).member;
		KUNIT_EXPECT_EQ(test, member,
				nflb_test_ask(pool, nflb_test_hash(i)).member);
	}
}

static void pick_none_eligible_gives_none(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 251, 3, 1);
	u32 first = ask_slot(pool, 100).member;
	struct nflb_choice choice;

	nflb_test_set_none_eligible(pool);
	choice = ask_slot(pool, 100);
	KUNIT_EXPECT_EQ(test, choice.member, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.slot, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, choice.first, first);
	KUNIT_EXPECT_EQ(test, choice.attempts, 1);
}

static void pick_owner_ineligible_tells_first_choice(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 251, 2, 1);
	struct nflb_choice choice;
	u32 first, slot;

	for (slot = 0; slot < pool->slots; slot++) {
		first = ask_slot(pool, slot).member;
		nflb_test_set_eligible(pool, first, false);
		choice = ask_slot(pool, slot);
		nflb_test_set_eligible(pool, first, true);
		KUNIT_EXPECT_EQ(test, choice.first, first);
		KUNIT_EXPECT_EQ(test, choice.member, 1 - first);
		KUNIT_EXPECT_GT(test, choice.attempts, 1);
		KUNIT_EXPECT_EQ(test, ask_slot(pool, choice.slot).member,
				choice.member);
	}
}

#define N_FLOWS 20000

static u32 *pick_flows(struct kunit *test, struct nflb_pool *pool)
{
	u32 *member = kunit_kcalloc(test, N_FLOWS, sizeof(*member), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, member);
	for (i = 0; i < N_FLOWS; i++) {
		member[i] = nflb_test_choose(pool, nflb_test_hash(i)).member;
		KUNIT_ASSERT_LT(test, member[i], pool->n_members);
	}
	return member;
}

static void pick_member_fails_moves_only_its_flows(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 100, 3);
	u32 *before = pick_flows(test, pool);
	u32 *during, *after;
	u32 i;

	nflb_test_set_eligible(pool, 42, false);
	during = pick_flows(test, pool);
	nflb_test_set_eligible(pool, 42, true);
	after = pick_flows(test, pool);
	for (i = 0; i < N_FLOWS; i++) {
		if (before[i] == 42)
			KUNIT_EXPECT_NE(test, during[i], 42);
		else
			KUNIT_EXPECT_EQ(test, during[i], before[i]);
	}
	KUNIT_EXPECT_EQ(test, memcmp(after, before, N_FLOWS * sizeof(*before)),
			0);
}

/* To whom a flow goes that hashes to a slot, for each slot. */
static u32 *ask_slots(struct kunit *test, struct nflb_pool *pool)
{
	u32 *member = kunit_kcalloc(test, pool->slots, sizeof(*member),
				    GFP_KERNEL);
	u32 slot;

	KUNIT_ASSERT_NOT_NULL(test, member);
	for (slot = 0; slot < pool->slots; slot++) {
		member[slot] = ask_slot(pool, slot).member;
		KUNIT_ASSERT_LT(test, member[slot], pool->n_members);
	}
	return member;
}

static void expect_only_own_slots_move(struct kunit *test,
				       struct nflb_pool *pool, u32 gone)
{
	u32 *before = ask_slots(test, pool);
	u32 n_kept = 0, n_others = 0;
	u32 *during, *after;
	u32 slot;

	nflb_test_set_eligible(pool, gone, false);
	during = ask_slots(test, pool);
	nflb_test_set_eligible(pool, gone, true);
	after = ask_slots(test, pool);
	for (slot = 0; slot < pool->slots; slot++) {
		if (during[slot] == gone)
			n_kept++;
		else if (before[slot] != gone && during[slot] != before[slot])
			n_others++;
	}
	KUNIT_EXPECT_EQ(test, n_kept, 0);
	KUNIT_EXPECT_EQ(test, n_others, 0);
	KUNIT_EXPECT_EQ(test, memcmp(after, before,
				     pool->slots * sizeof(*before)), 0);
}

static void pick_member_fails_moves_only_its_slots(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 100, 1);

	expect_only_own_slots_move(test, pool, 0);
	expect_only_own_slots_move(test, pool, 42);
	pool = many_pool(test, 65537, 100, 3);
	expect_only_own_slots_move(test, pool, 99);
}

static void pick_failed_flows_spread_over_all(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 10, 1);
	u32 *before = pick_flows(test, pool);
	u32 count[10] = {};
	u32 *during;
	u32 i, n;

	nflb_test_set_eligible(pool, 4, false);
	during = pick_flows(test, pool);
	for (i = 0, n = 0; i < N_FLOWS; i++) {
		if (before[i] == 4) {
			count[during[i]]++;
			n++;
		}
	}
	/* Five standard deviations: 5 * sqrt(2000 * 1/9 * 8/9) is 70. */
	for (i = 0; i < 10; i++) {
		if (i != 4)
			KUNIT_EXPECT_LE(test, abs((int)count[i] - (int)n / 9),
					70);
	}
}

/* What happens to others of those that failed is of no concern either. */
static void pick_second_fails_moves_only_its_flows(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 20, 1);
	u32 *one, *two;
	u32 i;

	nflb_test_set_eligible(pool, 3, false);
	one = pick_flows(test, pool);
	nflb_test_set_eligible(pool, 11, false);
	two = pick_flows(test, pool);
	for (i = 0; i < N_FLOWS; i++) {
		if (one[i] != 11)
			KUNIT_EXPECT_EQ(test, two[i], one[i]);
	}
}

static void pick_few_left_get_fair_shares(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 100, 1);
	u32 *count;

	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 50, true);
	count = nflb_test_count(test, pool, 1000);
	KUNIT_EXPECT_EQ(test, count[50], 1000);

	nflb_test_set_eligible(pool, 51, true);
	nflb_test_set_eligible(pool, 52, true);
	nflb_test_set_eligible(pool, 53, true);
	count = nflb_test_count(test, pool, 10000);
	KUNIT_EXPECT_EQ(test, count[50] + count[51] + count[52] + count[53],
			10000);
	KUNIT_EXPECT_GT(test, min(min(count[50], count[51]),
				  min(count[52], count[53])), 2000);
}

/* Most flows of this go through the last resort, which knows names only too. */
static void pick_shuffled_members_gets_same_names(struct kunit *test)
{
	struct nflb_pool *a = many_pool(test, 65537, 500, 5);
	struct nflb_pool *b = shuffled_pool(test, 500, 77);
	static const char *const names[] = { "b7", "b100", "b480" };
	u32 i, ma, mb;

	nflb_test_set_none_eligible(a);
	nflb_test_set_none_eligible(b);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		nflb_test_set_eligible(a, nflb_pool_find(a, names[i]), true);
		nflb_test_set_eligible(b, nflb_pool_find(b, names[i]), true);
	}
	for (i = 0; i < 5000; i++) {
		ma = nflb_test_choose(a, nflb_test_hash(i)).member;
		mb = nflb_test_choose(b, nflb_test_hash(i)).member;
		KUNIT_ASSERT_LT(test, ma, 500);
		KUNIT_ASSERT_LT(test, mb, 500);
		KUNIT_EXPECT_STREQ(test, nflb_test_name(a, ma),
				   nflb_test_name(b, mb));
	}
}

static void pick_only_slotless_left_finds_it(struct kunit *test)
{
	static const u32 weight[] = { 65535, 65535, 1 };
	struct nflb_pool *pool = letters_pool(test, 251, "abc", weight);
	struct nflb_choice choice;

	nflb_test_set_eligible(pool, 0, false);
	nflb_test_set_eligible(pool, 1, false);
	choice = nflb_test_choose(pool, nflb_test_hash(1));
	KUNIT_EXPECT_EQ(test, choice.member, 2);
	KUNIT_EXPECT_EQ(test, choice.slot, NFLB_NONE);
}

static void pick_one_left_of_many_finds_it(struct kunit *test)
{
	struct nflb_pool *pool = many_pool(test, 65537, 1500, 1);
	u32 *count;

	nflb_test_set_none_eligible(pool);
	nflb_test_set_eligible(pool, 1499, true);
	count = nflb_test_count(test, pool, 500);
	KUNIT_EXPECT_EQ(test, count[1499], 500);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(build_no_member_makes_no_table),
	KUNIT_CASE(build_weights_zero_makes_no_table),
	KUNIT_CASE(build_one_member_fills_table),
	KUNIT_CASE(build_two_members_halve_table),
	KUNIT_CASE(build_weights_2_1_on_7_gives_5_2),
	KUNIT_CASE(build_6_equal_on_7_gives_1_or_2),
	KUNIT_CASE(build_weights_2_13_111_10_gives_quotas),
	KUNIT_CASE(build_equals_on_65537_differ_by_1),
	KUNIT_CASE(build_any_weights_are_proportional),
	KUNIT_CASE(build_members_above_slots_leaves_some_without),
	KUNIT_CASE(build_weight_zero_gets_no_slot),
	KUNIT_CASE(build_known_rings_are_frozen),
	KUNIT_CASE(build_member_removed_moves_few_others),
	KUNIT_CASE(build_weighted_member_removed_moves_few_others),
	KUNIT_CASE(build_weight_changed_moves_few),
	KUNIT_CASE(digest_known_tables_are_frozen),
	KUNIT_CASE(digest_shuffled_members_is_equal),
	KUNIT_CASE(digest_member_removed_and_back_is_equal),
	KUNIT_CASE(digest_weight_zero_does_not_matter),
	KUNIT_CASE(digest_any_input_changes_it),
	KUNIT_CASE(pick_all_eligible_ends_at_first_slot),
	KUNIT_CASE(pick_same_flow_gets_same_member),
	KUNIT_CASE(pick_none_eligible_gives_none),
	KUNIT_CASE(pick_owner_ineligible_tells_first_choice),
	KUNIT_CASE(pick_member_fails_moves_only_its_flows),
	KUNIT_CASE(pick_member_fails_moves_only_its_slots),
	KUNIT_CASE(pick_failed_flows_spread_over_all),
	KUNIT_CASE(pick_second_fails_moves_only_its_flows),
	KUNIT_CASE(pick_few_left_get_fair_shares),
	KUNIT_CASE(pick_shuffled_members_gets_same_names),
	KUNIT_CASE(pick_only_slotless_left_finds_it),
	KUNIT_CASE(pick_one_left_of_many_finds_it),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_sched_maglev",
	.test_cases = cases,
};

kunit_test_suite(suite);
