// SPDX-License-Identifier: GPL-2.0-only
/*
 * maglev: consistent hashing over a table of slots.
 *
 * Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
 * Balancer", NSDI 2016, section 3.4. The table has a prime number M of slots.
 * Each member prefers the slots in an order of its own,
 *
 *	p(j) = (offset + j * skip) mod M,  0 <= offset < M,  0 < skip < M
 *
 * where offset and skip are hashes of its name. The members take turns; a
 * member whose turn it is takes the slot that it prefers most among those
 * still free. When a member comes or goes the others keep nearly all theirs.
 *
 * What is ours:
 *
 * - Weights. A member of weight w out of a sum W is due M * w / W slots, by
 *   largest remainder. Its turn k is in round floor(k * w_max / w), so that
 *   the heaviest has a turn in every round and the rest are spread evenly
 *   among them. With equal weights these are the turns of the paper. Members
 *   that are due less than one slot may get none.
 * - Order. Within a round members go by a keyed hash of their names, never by
 *   the order in which they were added: the table depends on names, weights,
 *   seed and M alone. Gateways rely on each other's tables, across versions
 *   too; the digests in tests/kunit/ pin them.
 * - Health. It is no input of the table. A flow whose slot belongs to a member
 *   that is not eligible is hashed again, a number of times, and then goes
 *   round the members in their order. All of this is one fixed sequence of
 *   candidates per flow, of which it gets the first that is eligible; thus
 *   what happens to a member matters only to flows that have it in front of
 *   their own.
 */

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pool.h"
#include "sched.h"
#include "sched_shares.h"

/*
 * With one slot in n eligible, all attempts fail with a probability of about
 * exp(-128 / n). What comes next is fair only on average.
 */
#define NFLB_MAGLEV_ATTEMPTS 128

#define NFLB_MAGLEV_FREE U16_MAX

static_assert(NFLB_BACKENDS_MAX <= NFLB_MAGLEV_FREE);

/**
 * struct nflb_maglev - the table
 * @head: head of every scheduler's data
 * @digest: hash over the names that own the slots
 * @n_slots: slots, a prime
 * @n_order: members with a weight
 * @slot: @n_slots times the place of the member that owns it, then @n_order
 *	places of members, in the order of their turns
 */
struct nflb_maglev {
	struct nflb_sched_data head;
	u64 digest;
	u32 n_slots;
	u32 n_order;
	u16 slot[];
};

/**
 * struct nflb_maglev_walk - a member on its way through its preferences
 * @at: slot that it prefers most among those not tried yet
 * @skip: from there to the next
 */
struct nflb_maglev_walk {
	u32 at;
	u32 skip;
};

static const struct nflb_maglev *nflb_maglev(const struct nflb_pool *pool)
{
	return container_of(pool->sched_data, struct nflb_maglev, head);
}

/* A bijection in which every bit of @x matters to all (Stafford's mix 13). */
static u64 nflb_maglev_mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static u32 nflb_maglev_round(const struct nflb_shares *shares, u32 i, u32 k)
{
	return div_u64((u64)k * shares->weight_max, shares->share[i].weight);
}

/* Sorts the turns by round, by counting, then by the order of the shares. */
static int nflb_maglev_order(const struct nflb_shares *shares, u32 n_slots,
			     u16 *turn)
{
	u32 n_rounds, i, k;
	u32 *begin;

	n_rounds = div_u64((u64)n_slots * shares->weight_max,
			   shares->weight_sum) + 1;
	begin = kvcalloc(n_rounds + 1, sizeof(*begin), GFP_KERNEL);
	if (!begin)
		return -ENOMEM;
	for (i = 0; i < shares->n; i++) {
		for (k = 0; k < shares->share[i].quota; k++)
			begin[nflb_maglev_round(shares, i, k) + 1]++;
		cond_resched();
	}
	for (i = 0; i < n_rounds; i++)
		begin[i + 1] += begin[i];
	for (i = 0; i < shares->n; i++) {
		for (k = 0; k < shares->share[i].quota; k++)
			turn[begin[nflb_maglev_round(shares, i, k)]++] = i;
		cond_resched();
	}
	kvfree(begin);
	return 0;
}

static struct nflb_maglev_walk *
nflb_maglev_walks(const struct nflb_pool *pool,
		  const struct nflb_shares *shares)
{
	struct nflb_maglev_walk *walk;
	u64 hash;
	u32 i;

	walk = kvmalloc_array(shares->n, sizeof(*walk), GFP_KERNEL);
	if (!walk)
		return NULL;
	for (i = 0; i < shares->n; i++) {
		hash = siphash_1u64(shares->share[i].hash, &pool->key);
		walk[i].at = lower_32_bits(hash) % pool->slots;
		walk[i].skip = upper_32_bits(hash) % (pool->slots - 1) + 1;
	}
	return walk;
}

/* Ends: a walk comes by every slot, and there are as many turns as slots. */
static u32 nflb_maglev_take(const struct nflb_maglev *maglev,
			    struct nflb_maglev_walk *walk)
{
	u32 at;

	do {
		at = walk->at;
		walk->at += walk->skip;
		if (walk->at >= maglev->n_slots)
			walk->at -= maglev->n_slots;
	} while (maglev->slot[at] != NFLB_MAGLEV_FREE);
	return at;
}

static void nflb_maglev_fill(struct nflb_maglev *maglev,
			     const struct nflb_shares *shares, const u16 *turn,
			     struct nflb_maglev_walk *walk)
{
	u32 i, t, at;

	memset16(maglev->slot, NFLB_MAGLEV_FREE, maglev->n_slots);
	for (t = 0; t < maglev->n_slots; t++) {
		at = nflb_maglev_take(maglev, &walk[turn[t]]);
		maglev->slot[at] = turn[t];
		if (t % 1024 == 0)
			cond_resched();
	}
	/* From numbers of shares to places. */
	for (at = 0; at < maglev->n_slots; at++) {
		i = maglev->slot[at];
		maglev->digest = nflb_maglev_mix(maglev->digest ^
						 shares->share[i].hash);
		maglev->slot[at] = shares->share[i].pos;
	}
	for (i = 0; i < shares->n; i++)
		maglev->slot[maglev->n_slots + i] = shares->share[i].pos;
}

static int nflb_maglev_fill_all(struct nflb_maglev *maglev,
				const struct nflb_pool *pool,
				struct nflb_shares *shares)
{
	struct nflb_maglev_walk *walk;
	u16 *turn;
	int err;

	err = nflb_shares_apportion(shares, maglev->n_slots);
	if (err)
		return err;
	walk = nflb_maglev_walks(pool, shares);
	if (!walk)
		return -ENOMEM;
	err = -ENOMEM;
	turn = kvmalloc_array(maglev->n_slots, sizeof(*turn), GFP_KERNEL);
	if (!turn)
		goto free_walk;
	err = nflb_maglev_order(shares, maglev->n_slots, turn);
	if (!err)
		nflb_maglev_fill(maglev, shares, turn, walk);
	kvfree(turn);
free_walk:
	kvfree(walk);
	return err;
}

static struct nflb_sched_data *nflb_maglev_make(const struct nflb_pool *pool,
						struct nflb_shares *shares)
{
	size_t n = (size_t)pool->slots + shares->n;
	struct nflb_maglev *maglev;
	int err;

	maglev = nflb_sched_data_alloc(struct_size(maglev, slot, n));
	if (!maglev)
		return ERR_PTR(-ENOMEM);
	maglev->n_slots = pool->slots;
	maglev->n_order = shares->n;
	err = nflb_maglev_fill_all(maglev, pool, shares);
	if (err) {
		nflb_sched_data_put(&maglev->head);
		return ERR_PTR(err);
	}
	return &maglev->head;
}

static struct nflb_sched_data *nflb_maglev_build(const struct nflb_pool *pool)
{
	struct nflb_sched_data *data = NULL;
	struct nflb_shares *shares;

	shares = nflb_shares_alloc(pool, true);
	if (!shares)
		return ERR_PTR(-ENOMEM);
	if (shares->n)
		data = nflb_maglev_make(pool, shares);
	nflb_shares_free(shares);
	return data;
}

/* The last candidates of a flow: all members, from a place of its own. */
static u32 nflb_maglev_go_round(const struct nflb_maglev *maglev,
				const unsigned long *eligible, u64 hash)
{
	const u16 *order = &maglev->slot[maglev->n_slots];
	u32 begin = reciprocal_scale(lower_32_bits(hash), maglev->n_order);
	u32 i;

	for (i = begin; i < maglev->n_order; i++) {
		if (test_bit(order[i], eligible))
			return order[i];
	}
	for (i = 0; i < begin; i++) {
		if (test_bit(order[i], eligible))
			return order[i];
	}
	return NFLB_NONE;
}

static void nflb_maglev_pick_again(const struct nflb_maglev *maglev,
				   const unsigned long *eligible,
				   struct nflb_choice *choice)
{
	u64 hash = 0;
	u32 slot;

	while (choice->attempts++ < NFLB_MAGLEV_ATTEMPTS) {
		hash = nflb_maglev_mix(choice->hash + choice->attempts);
		slot = reciprocal_scale(upper_32_bits(hash), maglev->n_slots);
		if (test_bit(maglev->slot[slot], eligible)) {
			choice->slot = slot;
			choice->member = maglev->slot[slot];
			return;
		}
	}
	choice->member = nflb_maglev_go_round(maglev, eligible, hash);
}

static void nflb_maglev_pick(struct nflb_pool *pool,
			     const unsigned long *eligible,
			     struct nflb_choice *choice)
{
	const struct nflb_maglev *maglev = nflb_maglev(pool);
	u32 slot;

	nflb_choice_init(choice);
	if (!pool->sched_data)
		return;
	slot = reciprocal_scale(upper_32_bits(choice->hash), maglev->n_slots);
	choice->first = maglev->slot[slot];
	if (test_bit(choice->first, eligible)) {
		choice->slot = slot;
		choice->member = choice->first;
	} else if (nflb_sched_next_eligible(pool, eligible, 0) != NFLB_NONE) {
		nflb_maglev_pick_again(maglev, eligible, choice);
	}
}

static u64 nflb_maglev_digest(const struct nflb_pool *pool)
{
	return pool->sched_data ? nflb_maglev(pool)->digest : 0;
}

const struct nflb_sched nflb_sched_maglev = {
	.name = "maglev",
	.build = nflb_maglev_build,
	.pick = nflb_maglev_pick,
	.digest = nflb_maglev_digest,
	.is_stable = true,
};
