// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares: members with a weight and what is due to them.
 *
 * Things are apportioned by largest remainder (Hamilton's method): of n things
 * a share of weight w out of W gets the integer part of n * w / W, and what is
 * left goes, one each, to those with the largest fractions. Nobody is off
 * his exact share by a whole thing, and the sum is n.
 */

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "pool.h"
#include "sched_shares.h"

static_assert((u64)NFLB_BACKENDS_MAX * NFLB_WEIGHT_MAX <= U32_MAX);

static void nflb_shares_add(struct nflb_shares *shares,
			    const struct nflb_pool *pool, u32 pos,
			    bool is_keyed)
{
	const struct nflb_member *member = &pool->member[pos];
	struct nflb_share *share = &shares->share[shares->n++];

	share->name = member->backend->account.name;
	share->pos = pos;
	share->weight = member->weight;
	if (is_keyed)
		share->hash = siphash(share->name, strlen(share->name),
				      &pool->key);
	shares->weight_sum += share->weight;
	shares->weight_max = max(shares->weight_max, share->weight);
}

static int nflb_shares_cmp(const void *a, const void *b)
{
	const struct nflb_share *sa = a;
	const struct nflb_share *sb = b;

	if (sa->hash != sb->hash)
		return sa->hash < sb->hash ? -1 : 1;
	return strcmp(sa->name, sb->name);
}

/**
 * nflb_shares_alloc() - collects the members that have a weight
 * @pool: the pool; it must outlive the shares
 * @is_keyed: order them by hashes keyed by the pool; otherwise by name
 *
 * Context: process, may sleep.
 * Return: the shares, possibly none, or NULL when memory is short.
 */
struct nflb_shares *nflb_shares_alloc(const struct nflb_pool *pool,
				      bool is_keyed)
{
	struct nflb_shares *shares;
	u32 pos;

	shares = kvzalloc(struct_size(shares, share, pool->n_members),
			  GFP_KERNEL);
	if (!shares)
		return NULL;
	for (pos = 0; pos < pool->n_members; pos++) {
		if (pool->member[pos].weight)
			nflb_shares_add(shares, pool, pos, is_keyed);
	}
	sort(shares->share, shares->n, sizeof(*shares->share),
	     nflb_shares_cmp, NULL);
	return shares;
}

/**
 * nflb_shares_free() - frees them
 * @shares: the shares, or NULL
 *
 * Context: process, may sleep.
 */
void nflb_shares_free(struct nflb_shares *shares)
{
	kvfree(shares);
}

static int nflb_shares_cmp_rest(const void *a, const void *b)
{
	u64 ra = *(const u64 *)a;
	u64 rb = *(const u64 *)b;

	return ra < rb ? -1 : ra > rb;
}

/**
 * nflb_shares_apportion() - sets quotas in proportion to weights
 * @shares: the shares, at least one
 * @n_things: what the quotas add up to; NFLB_SLOTS_MAX at most
 *
 * Equal fractions go by the order of the shares.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_shares_apportion(struct nflb_shares *shares, u32 n_things)
{
	u32 n_left = n_things;
	u32 fraction;
	u64 *rest;
	u32 i;

	rest = kvmalloc_array(shares->n, sizeof(*rest), GFP_KERNEL);
	if (!rest)
		return -ENOMEM;
	for (i = 0; i < shares->n; i++) {
		struct nflb_share *share = &shares->share[i];

		share->quota = div_u64_rem((u64)n_things * share->weight,
					   shares->weight_sum, &fraction);
		n_left -= share->quota;
		/* Sorts by the largest fraction, then by the least i. */
		rest[i] = (u64)~fraction << 32 | i;
	}
	sort(rest, shares->n, sizeof(*rest), nflb_shares_cmp_rest, NULL);
	for (i = 0; i < n_left; i++)
		shares->share[lower_32_bits(rest[i])].quota++;
	kvfree(rest);
	return 0;
}
