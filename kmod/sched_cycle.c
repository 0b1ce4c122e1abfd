// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cycles: the turns of smooth weighted round robin, as nginx's upstream takes
 * them.
 *
 * Of members with weights w and their sum W, each has a claim, 0 at first. At
 * every turn each claim grows by its owner's weight; the turn is that of the
 * member with the largest claim, the first by name among equals, and its claim
 * falls by W. After W turns all claims are 0 again and everybody has had as
 * many turns as his weight: the whole cycle is known beforehand. It is written
 * down once, with weights divided by their greatest common divisor, and
 * a pick only goes to the next turn.
 *
 * Members of equal weight have their turns one after another by name, so the
 * one with the largest claim among them is known. It is enough to compare one
 * claim per distinct weight; of these there are never many, as they add up to
 * at most the length of the cycle.
 *
 * A cycle that would be too long has its turns apportioned instead, at least
 * one to each.
 */

#include <linux/err.h>
#include <linux/gcd.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "pool.h"
#include "sched_cycle.h"
#include "sched_shares.h"

#define NFLB_CYCLE_MAX 65536

/**
 * struct nflb_cycle_class - members with the same number of turns
 * @quota: turns of each in the cycle
 * @first: place of the first of them among the shares sorted by quota
 * @n: number of them
 * @next: number of the one whose turn is next
 * @claim: his claim
 */
struct nflb_cycle_class {
	u32 quota;
	u32 first;
	u32 n;
	u32 next;
	s32 claim;
};

/**
 * nflb_cycle() - the cycle of a pool
 * @pool: a pool whose scheduler builds with nflb_cycle_build()
 *
 * Return: the cycle, or NULL when no member has a weight.
 */
const struct nflb_cycle *nflb_cycle(const struct nflb_pool *pool)
{
	if (!pool->sched_data)
		return NULL;
	return container_of(pool->sched_data, struct nflb_cycle, head);
}

static u32 nflb_cycle_gcd(const struct nflb_shares *shares)
{
	u32 divisor = 0;
	u32 i;

	for (i = 0; i < shares->n; i++)
		divisor = gcd(divisor, shares->share[i].weight);
	return divisor;
}

/* Sets the quotas. Returns their sum, or -ENOMEM. */
static int nflb_cycle_quotas(struct nflb_shares *shares)
{
	u32 divisor = nflb_cycle_gcd(shares);
	u32 n_turns = shares->weight_sum / divisor;
	u32 i;
	int err;

	if (n_turns <= NFLB_CYCLE_MAX) {
		for (i = 0; i < shares->n; i++)
			shares->share[i].quota = shares->share[i].weight /
						 divisor;
		return n_turns;
	}
	err = nflb_shares_apportion(shares, NFLB_CYCLE_MAX);
	if (err)
		return err;
	n_turns = 0;
	for (i = 0; i < shares->n; i++) {
		shares->share[i].quota = max(1U, shares->share[i].quota);
		n_turns += shares->share[i].quota;
	}
	return n_turns;
}

static int nflb_cycle_cmp(const void *a, const void *b)
{
	const struct nflb_share *sa = a;
	const struct nflb_share *sb = b;

	if (sa->quota != sb->quota)
		return sa->quota < sb->quota ? 1 : -1;
	return strcmp(sa->name, sb->name);
}

/* Sorts the shares by quota and tells the classes. Returns their number. */
static u32 nflb_cycle_classify(struct nflb_shares *shares,
			       struct nflb_cycle_class *class)
{
	u32 n = 0;
	u32 i;

	sort(shares->share, shares->n, sizeof(*shares->share), nflb_cycle_cmp,
	     NULL);
	for (i = 0; i < shares->n; i++) {
		if (!i || shares->share[i].quota != class[n - 1].quota)
			class[n++] = (struct nflb_cycle_class) {
				.quota = shares->share[i].quota,
				.first = i,
			};
		class[n - 1].n++;
	}
	return n;
}

static const struct nflb_share *
nflb_cycle_head(const struct nflb_shares *shares,
		const struct nflb_cycle_class *class)
{
	return &shares->share[class->first + class->next];
}

static bool nflb_cycle_goes_before(const struct nflb_shares *shares,
				   const struct nflb_cycle_class *a,
				   const struct nflb_cycle_class *b)
{
	if (a->claim != b->claim)
		return a->claim > b->claim;
	return strcmp(nflb_cycle_head(shares, a)->name,
		      nflb_cycle_head(shares, b)->name) < 0;
}

/* One turn. Returns the place of the member that has it. */
static u32 nflb_cycle_step(const struct nflb_shares *shares,
			   struct nflb_cycle_class *class, u32 n_classes,
			   u32 n_turns)
{
	struct nflb_cycle_class *best = class;
	u32 i, pos;

	for (i = 0; i < n_classes; i++) {
		class[i].claim += class[i].quota;
		if (nflb_cycle_goes_before(shares, &class[i], best))
			best = &class[i];
	}
	pos = nflb_cycle_head(shares, best)->pos;
	/* When all of the class had a turn, the next is one behind again. */
	if (++best->next == best->n) {
		best->next = 0;
		best->claim -= n_turns;
	}
	return pos;
}

static struct nflb_sched_data *nflb_cycle_make(struct nflb_shares *shares)
{
	struct nflb_cycle_class *class;
	struct nflb_cycle *cycle;
	u32 n_classes, i;
	int n_turns;

	n_turns = nflb_cycle_quotas(shares);
	if (n_turns < 0)
		return ERR_PTR(n_turns);
	class = kvcalloc(shares->n, sizeof(*class), GFP_KERNEL);
	if (!class)
		return ERR_PTR(-ENOMEM);
	n_classes = nflb_cycle_classify(shares, class);
	cycle = nflb_sched_data_alloc(struct_size(cycle, turn, n_turns));
	if (cycle) {
		cycle->n_turns = n_turns;
		for (i = 0; i < n_turns; i++) {
			cycle->turn[i] = nflb_cycle_step(shares, class,
							 n_classes, n_turns);
			if (i % 256 == 0)
				cond_resched();
		}
	}
	kvfree(class);
	return cycle ? &cycle->head : ERR_PTR(-ENOMEM);
}

/**
 * nflb_cycle_build() - writes down a cycle
 * @pool: the pool
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: head of the cycle with one reference, NULL when no member has
 * a weight, or ERR_PTR(-ENOMEM).
 */
struct nflb_sched_data *nflb_cycle_build(const struct nflb_pool *pool)
{
	struct nflb_sched_data *data = NULL;
	struct nflb_shares *shares;

	shares = nflb_shares_alloc(pool, false);
	if (!shares)
		return ERR_PTR(-ENOMEM);
	if (shares->n)
		data = nflb_cycle_make(shares);
	nflb_shares_free(shares);
	return data;
}
