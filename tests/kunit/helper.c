// SPDX-License-Identifier: GPL-2.0-only
/* What several suites need: pools that end with their test, and flows. */

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/siphash.h>
#include <linux/socket.h>
#include <net/net_namespace.h>

#include "helper.h"

/**
 * nflb_test_nn() - the namespace that tests use
 *
 * Return: that of the initial network namespace.
 */
struct nflb_net *nflb_test_nn(void)
{
	return nflb_net(&init_net);
}

static int nflb_test_pool_init(struct kunit_resource *res, void *pool)
{
	res->data = pool;
	return 0;
}

static void nflb_test_pool_free(struct kunit_resource *res)
{
	struct nflb_pool *pool = res->data;

	nflb_object_put(&pool->object);
}

/**
 * nflb_test_pool() - makes an empty pool that ends with the test
 * @test: the test
 * @sched: its scheduler
 *
 * Return: the pool.
 */
struct nflb_pool *nflb_test_pool(struct kunit *test,
				 const struct nflb_sched *sched)
{
	struct nflb_pool *pool = nflb_pool_alloc("pool", sched);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	kunit_alloc_resource(test, nflb_test_pool_init, nflb_test_pool_free,
			     GFP_KERNEL, pool);
	return pool;
}

/**
 * nflb_test_add() - adds a member
 * @test: the test
 * @pool: its pool, not finished
 * @name: name of the backend
 * @weight: weight of the member
 */
void nflb_test_add(struct kunit *test, struct nflb_pool *pool,
		   const char *name, u32 weight)
{
	struct nflb_member member = { .weight = weight };
	struct nflb_addr addr = { .family = AF_INET };

	addr.ip.ip = htonl(0x0a000001 + pool->n_members);
	member.backend = nflb_backend_alloc(nflb_test_nn(), pool->object.name,
					    name, &addr);
	KUNIT_ASSERT_NOT_NULL(test, member.backend);
	KUNIT_ASSERT_EQ(test, nflb_pool_add(pool, &member), 0);
}

/**
 * nflb_test_add_letters() - adds members with one letter as name
 * @test: the test
 * @pool: its pool, not finished
 * @letters: the names
 * @weight: as many weights
 */
void nflb_test_add_letters(struct kunit *test, struct nflb_pool *pool,
			   const char *letters, const u32 *weight)
{
	char name[2] = "";

	while (*letters) {
		name[0] = *letters++;
		nflb_test_add(test, pool, name, *weight++);
	}
}

/**
 * nflb_test_add_many() - adds members named b0, b1, ...
 * @test: the test
 * @pool: its pool, not finished
 * @n: number of them
 * @weights: they have the weights from 1 to this, again and again
 */
void nflb_test_add_many(struct kunit *test, struct nflb_pool *pool, u32 n,
			u32 weights)
{
	char name[12];
	u32 i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "b%u", i);
		nflb_test_add(test, pool, name, 1 + i % weights);
	}
}

/**
 * nflb_test_finish() - makes a pool ready, again after a change
 * @test: the test
 * @pool: its pool
 */
void nflb_test_finish(struct kunit *test, struct nflb_pool *pool)
{
	pool->is_dirty = true;
	KUNIT_ASSERT_EQ(test, nflb_pool_finish(pool), 0);
}

/**
 * nflb_test_equals() - makes a finished pool of members with weight 1
 * @test: the test
 * @sched: its scheduler
 * @n: number of members
 *
 * Return: the pool.
 */
struct nflb_pool *nflb_test_equals(struct kunit *test,
				   const struct nflb_sched *sched, u32 n)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);

	nflb_test_add_many(test, pool, n, 1);
	nflb_test_finish(test, pool);
	return pool;
}

/**
 * nflb_test_set_eligible() - makes a member eligible or not
 * @pool: the pool, finished
 * @pos: place of the member
 * @eligible: what it shall be
 */
void nflb_test_set_eligible(struct nflb_pool *pool, u32 pos, bool eligible)
{
	assign_bit(pos, pool->eligible[0], eligible);
}

/**
 * nflb_test_set_none_eligible() - makes no member eligible
 * @pool: the pool, finished
 */
void nflb_test_set_none_eligible(struct nflb_pool *pool)
{
	bitmap_zero(pool->eligible[0], pool->n_members);
}

/**
 * nflb_test_set_active() - says how many flows a member has open
 * @pool: the pool
 * @pos: place of the member
 * @active: the flows
 */
void nflb_test_set_active(struct nflb_pool *pool, u32 pos, int active)
{
	atomic_set(&pool->member[pos].backend->account.active, active);
}

/**
 * nflb_test_hash() - hashes a flow
 * @i: number of the flow
 *
 * Return: the hash.
 */
u64 nflb_test_hash(u32 i)
{
	static const siphash_key_t key = { .key = { 1, 2 } };

	return siphash_1u32(i, &key);
}

/**
 * nflb_test_ask() - asks what would be picked
 * @pool: the pool, finished
 * @hash: hash of the flow
 *
 * Return: the choice.
 */
struct nflb_choice nflb_test_ask(struct nflb_pool *pool, u64 hash)
{
	struct nflb_choice choice = {
		.hash = hash, .is_dry = true, .kept = NFLB_NONE,
	};

	nflb_sched_pick(pool, 0, &choice);
	return choice;
}

/**
 * nflb_test_choose() - picks, by the gate of services without a probe
 * @pool: the pool, finished
 * @hash: hash of the flow
 *
 * Return: the choice.
 */
struct nflb_choice nflb_test_choose(struct nflb_pool *pool, u64 hash)
{
	struct nflb_choice choice = { .hash = hash, .kept = NFLB_NONE };

	nflb_sched_pick(pool, 0, &choice);
	return choice;
}

/**
 * nflb_test_pick() - picks where the hash does not matter
 * @pool: the pool, finished
 *
 * Return: place of the member, or NFLB_NONE.
 */
u32 nflb_test_pick(struct nflb_pool *pool)
{
	return nflb_test_choose(pool, 0).member;
}

/**
 * nflb_test_pick_letters() - picks and spells out the members' names
 * @pool: pool of nflb_test_add_letters(), finished
 * @letters: space for the letters and a zero
 * @n: number of picks
 */
void nflb_test_pick_letters(struct nflb_pool *pool, char *letters, u32 n)
{
	u32 pos;

	while (n--) {
		pos = nflb_test_pick(pool);
		*letters++ = pos == NFLB_NONE ? '-' :
						*nflb_test_name(pool, pos);
	}
	*letters = '\0';
}

/**
 * nflb_test_count() - picks and counts
 * @test: the test
 * @pool: the pool, finished; somebody is eligible
 * @n: number of picks, for the flows from 0 on
 *
 * Return: picks by place.
 */
u32 *nflb_test_count(struct kunit *test, struct nflb_pool *pool, u32 n)
{
	u32 *count = kunit_kcalloc(test, pool->n_members, sizeof(*count),
				   GFP_KERNEL);
	u32 i, pos;

	KUNIT_ASSERT_NOT_NULL(test, count);
	for (i = 0; i < n; i++) {
		pos = nflb_test_choose(pool, nflb_test_hash(i)).member;
		KUNIT_ASSERT_LT(test, pos, pool->n_members);
		count[pos]++;
	}
	return count;
}

/**
 * nflb_test_name() - the name of a member
 * @pool: the pool
 * @pos: place of the member
 *
 * Return: the name.
 */
const char *nflb_test_name(const struct nflb_pool *pool, u32 pos)
{
	return pool->member[pos].backend->account.name;
}
