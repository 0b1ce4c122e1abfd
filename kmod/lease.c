// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases: the ports that a backend has by a snat, in blocks.
 *
 * A block is given to another backend only when no flow has a port of it. So
 * whatever changes, flows keep their ports, and what is too much, or not to be
 * used any more, leaves the lease with the last of its flows.
 */

#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lease.h"
#include "object.h"
#include "outlet.h"

#define NFLB_LEASE_MIN 8

/*
 * Ports that are looked at for a flow, of those that its backend has for itself
 * and of the others each: below a millisecond. So a flow may go without when
 * hardly any of more is free; if it tries again, it looks at others.
 */
#define NFLB_LOOKS_MAX 2048

/*
 * While all ports are taken for a destination, each new flow there would look
 * at all of them. Conntrack takes entries out of its table some moments after
 * their end is counted here, so this must not be for long.
 */
#define NFLB_MISS_JIFFIES max(1, HZ / 50)

/**
 * nflb_lease_init() - begins without ports
 * @lease: the lease, zeroed
 */
void nflb_lease_init(struct nflb_lease *lease)
{
	spin_lock_init(&lease->lock);
	lease->snat = NFLB_NONE;
}

/**
 * nflb_lease_fini() - frees what a lease holds
 * @lease: the lease, which has no blocks
 */
void nflb_lease_fini(struct nflb_lease *lease)
{
	kfree(lease->block);
}

static bool nflb_block_is_idle(const struct nflb_block *block)
{
	return !memchr_inv(block->n_flows, 0, sizeof(block->n_flows));
}

static void nflb_lease_put_at(struct nflb_lease *lease,
			      struct nflb_block *block, u32 at)
{
	lease->block[at] = block;
	block->at = at;
}

static void nflb_lease_swap(struct nflb_lease *lease, u32 a, u32 b)
{
	struct nflb_block *block = lease->block[a];

	nflb_lease_put_at(lease, lease->block[b], a);
	nflb_lease_put_at(lease, block, b);
}

static void nflb_lease_drop(struct nflb_lease *lease, struct nflb_block *block)
{
	if (block->at < lease->n_open)
		nflb_lease_swap(lease, block->at, --lease->n_open);
	nflb_lease_swap(lease, block->at, lease->n_blocks - 1);
	WRITE_ONCE(lease->n_blocks, lease->n_blocks - 1);
	nflb_outlet_give_back(block);
}

static bool nflb_lease_has_too_much(const struct nflb_lease *lease,
				    const struct nflb_block *block)
{
	return block->at >= lease->n_open ||
	       lease->n_open > lease->reserve.base;
}

/* Blocks that are open stand first, as a configuration has changed. */
static void nflb_lease_sort(struct nflb_lease *lease)
{
	u32 at;

	lease->n_open = 0;
	for (at = 0; at < lease->n_blocks; at++) {
		if (nflb_block_is_open(lease->block[at], lease->snat))
			nflb_lease_swap(lease, at, lease->n_open++);
	}
}

/* From the end on, so that what moves has been looked at. */
static void nflb_lease_trim(struct nflb_lease *lease)
{
	struct nflb_block *block;
	u32 at;

	for (at = lease->n_blocks; at-- > 0;) {
		block = lease->block[at];
		if (nflb_lease_has_too_much(lease, block) &&
		    nflb_block_is_idle(block))
			nflb_lease_drop(lease, block);
	}
}

/**
 * nflb_lease_set() - says what ports a backend is to have
 * @lease: its lease
 * @snat: place of the snat, or NFLB_NONE
 * @reserve: how many
 *
 * What is idle and too much is given back at once.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_lease_set(struct nflb_lease *lease, u32 snat,
		    const struct nflb_reserve *reserve)
{
	spin_lock_bh(&lease->lock);
	lease->snat = snat;
	WRITE_ONCE(lease->reserve.base, reserve->base);
	WRITE_ONCE(lease->reserve.limit, reserve->limit);
	lease->n_changes++;
	nflb_lease_sort(lease);
	nflb_lease_trim(lease);
	spin_unlock_bh(&lease->lock);
}

static int nflb_lease_reserve_room(struct nflb_lease *lease)
{
	u32 n = max_t(u32, NFLB_LEASE_MIN, 2 * lease->n_alloc);
	struct nflb_block **block;

	if (lease->n_blocks < lease->n_alloc)
		return 0;
	block = krealloc_array(lease->block, n, sizeof(*block),
			       GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!block)
		return -ENOMEM;
	lease->block = block;
	lease->n_alloc = n;
	return 0;
}

/*
 * The address that has the most, but one address for as long as that has some:
 * so backends get theirs by turns, and are known by few.
 */
static struct nflb_outlet *
nflb_lease_choose(const struct nflb_lease *lease,
		  struct nflb_outlet *const *outlet, u32 n_outlets)
{
	struct nflb_outlet *best = outlet[0];
	u32 i;

	if (lease->n_open) {
		best = lease->block[lease->n_open - 1]->outlet;
		if (READ_ONCE(best->n_free))
			return best;
	}
	for (i = 0; i < n_outlets; i++) {
		if (READ_ONCE(outlet[i]->n_free) > READ_ONCE(best->n_free))
			best = outlet[i];
	}
	return best;
}

/* Takes one more, or returns NULL if there is none. */
static struct nflb_block *nflb_lease_take(struct nflb_lease *lease,
					  struct nflb_outlet *const *outlet,
					  u32 n_outlets)
{
	struct nflb_outlet *best = nflb_lease_choose(lease, outlet, n_outlets);
	struct nflb_block *block;

	if (nflb_lease_reserve_room(lease))
		return NULL;
	block = nflb_outlet_take(best, lease, lease->snat);
	if (!block)
		return NULL;
	nflb_lease_put_at(lease, block, lease->n_blocks);
	nflb_lease_swap(lease, lease->n_blocks, lease->n_open++);
	WRITE_ONCE(lease->n_blocks, lease->n_blocks + 1);
	return block;
}

/**
 * nflb_lease_fill() - takes the ports that a backend has for itself
 * @lease: its lease
 * @outlet: addresses that it may have them of
 * @n_outlets: how many
 *
 * As far as there are any; the rest is taken when they are wanted.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_lease_fill(struct nflb_lease *lease,
		     struct nflb_outlet *const *outlet, u32 n_outlets)
{
	spin_lock_bh(&lease->lock);
	while (lease->n_open < lease->reserve.base &&
	       nflb_lease_take(lease, outlet, n_outlets))
		;
	spin_unlock_bh(&lease->lock);
}

static bool nflb_lease_is_missing(const struct nflb_lease *lease,
				  const struct nflb_target *target)
{
	return lease->miss_changes == lease->n_changes &&
	       time_before(jiffies, lease->miss_until) &&
	       lease->miss.protocol == target->protocol &&
	       lease->miss.port == target->port &&
	       nf_inet_addr_cmp(&lease->miss.ip, &target->ip);
}

/* A block that new flows may have ports of, by its place; NULL beyond them. */
static struct nflb_block *nflb_lease_at(struct nflb_lease *lease, u32 at)
{
	struct nflb_block *block;

	spin_lock_bh(&lease->lock);
	block = at < lease->n_open ? lease->block[at] : NULL;
	spin_unlock_bh(&lease->lock);
	return block;
}

/*
 * A free port among some blocks, from a random one on. Whether one is free is
 * asked without the lock: conntrack then ends what has expired and stands in
 * its way, and whose port is thereby released, to this lease or another one.
 * So the blocks may come to be others meanwhile, see nflb_lease_hold().
 */
static struct nflb_block *nflb_lease_look(struct nflb_lease *lease,
					  const struct nflb_search *search,
					  u32 first, u32 n_blocks, u16 *port)
{
	u32 n = n_blocks * NFLB_SNAT_BLOCK;
	u32 start = reciprocal_scale(get_random_u32(), n);
	struct nflb_block *block = NULL;
	u32 i, at;

	for (i = 0; i < min_t(u32, n, NFLB_LOOKS_MAX); i++) {
		at = (start + i) % n;
		if (!i || !(at % NFLB_SNAT_BLOCK))
			block = nflb_lease_at(lease,
					      first + at / NFLB_SNAT_BLOCK);
		if (!block)
			continue;
		*port = nflb_block_port(block) + at % NFLB_SNAT_BLOCK;
		if (search->is_free(block, *port, search->data))
			return block;
	}
	return NULL;
}

/* Takes one more, if it may. */
static struct nflb_block *nflb_lease_grow(struct nflb_lease *lease,
					  const struct nflb_search *search)
{
	struct nflb_block *block = NULL;

	spin_lock_bh(&lease->lock);
	if (lease->n_open < lease->reserve.limit)
		block = nflb_lease_take(lease, search->outlet,
					search->n_outlets);
	spin_unlock_bh(&lease->lock);
	return block;
}

/* Gives back what was taken in vain, if it is still there and idle. */
static void nflb_lease_shrink(struct nflb_lease *lease,
			      struct nflb_block *block)
{
	spin_lock_bh(&lease->lock);
	if (READ_ONCE(block->lease) == lease &&
	    nflb_lease_has_too_much(lease, block) && nflb_block_is_idle(block))
		nflb_lease_drop(lease, block);
	spin_unlock_bh(&lease->lock);
}

/* A free port of one block, from a random one on. */
static bool nflb_lease_look_in(const struct nflb_block *block,
			       const struct nflb_search *search, u16 *port)
{
	u32 start = get_random_u32() % NFLB_SNAT_BLOCK;
	u32 i;

	for (i = 0; i < NFLB_SNAT_BLOCK; i++) {
		*port = nflb_block_port(block) + (start + i) % NFLB_SNAT_BLOCK;
		if (search->is_free(block, *port, search->data))
			return true;
	}
	return false;
}

/*
 * Somebody else may translate to the address, so one more may have none. It is
 * given back before the next is taken, which is another one.
 */
static struct nflb_block *nflb_lease_borrow(struct nflb_lease *lease,
					    const struct nflb_search *search,
					    u16 *port)
{
	struct nflb_block *block;
	u32 tries;

	for (tries = 0; tries < NFLB_LOOKS_MAX / NFLB_SNAT_BLOCK; tries++) {
		block = nflb_lease_grow(lease, search);
		if (!block || nflb_lease_look_in(block, search, port))
			return block;
		nflb_lease_shrink(lease, block);
	}
	return NULL;
}

/* May there be a port? *n blocks are to be looked at, *n_own of them first. */
static bool nflb_lease_has_ports(struct nflb_lease *lease,
				 const struct nflb_search *search, u32 *n,
				 u32 *n_own)
{
	bool may_have;

	spin_lock_bh(&lease->lock);
	may_have = lease->snat != NFLB_NONE &&
		   !nflb_lease_is_missing(lease, &search->target);
	*n = min(lease->n_open, lease->reserve.limit);
	*n_own = min(*n, lease->reserve.base);
	spin_unlock_bh(&lease->lock);
	return may_have;
}

/**
 * nflb_lease_find() - finds a port for a new flow
 * @lease: lease of the backend that opens it
 * @search: what is to be found
 * @port: where the port goes
 *
 * First among the blocks that the backend has for itself, so that others are
 * given back soon. Whoever uses the port has to hold it; until then another may
 * get it, too.
 *
 * Context: softirq or process, under RCU, which the block stays for; not under
 * a lock of a lease.
 * Return: the block that has the port, or NULL if all that were looked at are
 * taken.
 */
struct nflb_block *nflb_lease_find(struct nflb_lease *lease,
				   const struct nflb_search *search, u16 *port)
{
	struct nflb_block *block;
	u32 n, n_own;

	if (!nflb_lease_has_ports(lease, search, &n, &n_own))
		return NULL;
	block = nflb_lease_look(lease, search, 0, n_own, port);
	if (!block)
		block = nflb_lease_look(lease, search, n_own, n - n_own, port);
	if (!block && search->n_outlets)
		block = nflb_lease_borrow(lease, search, port);
	return block;
}

/**
 * nflb_lease_miss() - notes that there was no port for a flow
 * @lease: lease of the backend that opens it
 * @target: where it goes
 *
 * Context: softirq or process, under RCU.
 */
void nflb_lease_miss(struct nflb_lease *lease, const struct nflb_target *target)
{
	spin_lock_bh(&lease->lock);
	WRITE_ONCE(lease->n_failed, lease->n_failed + 1);
	if (!nflb_lease_is_missing(lease, target)) {
		lease->miss = *target;
		lease->miss_changes = lease->n_changes;
		lease->miss_until = jiffies + NFLB_MISS_JIFFIES;
	}
	spin_unlock_bh(&lease->lock);
}

/**
 * nflb_lease_count_reset() - counts a connection that is reset for being idle
 * @lease: lease of the backend that has opened it
 *
 * Context: softirq or process, under RCU.
 */
void nflb_lease_count_reset(struct nflb_lease *lease)
{
	spin_lock_bh(&lease->lock);
	WRITE_ONCE(lease->n_resets, lease->n_resets + 1);
	spin_unlock_bh(&lease->lock);
}

/**
 * nflb_lease_hold() - counts a flow that has a port
 * @lease: the lease
 * @block: the block of the port
 * @port: the port
 *
 * Context: softirq or process, under RCU.
 * Return: false if the lease has the block no longer.
 */
bool nflb_lease_hold(struct nflb_lease *lease, struct nflb_block *block,
		     u16 port)
{
	bool has_block;

	spin_lock_bh(&lease->lock);
	has_block = READ_ONCE(block->lease) == lease;
	if (has_block && !block->n_flows[port % NFLB_SNAT_BLOCK]++)
		WRITE_ONCE(lease->n_used, lease->n_used + 1);
	spin_unlock_bh(&lease->lock);
	return has_block;
}

/**
 * nflb_lease_release() - takes back nflb_lease_hold()
 * @block: the block of the port
 * @port: the port
 *
 * Context: any but hard interrupt.
 * Return: the lease that has had the block.
 */
struct nflb_lease *nflb_lease_release(struct nflb_block *block, u16 port)
{
	/* It stays, as it has a flow. */
	struct nflb_lease *lease = block->lease;

	spin_lock_bh(&lease->lock);
	lease->n_changes++;
	if (!--block->n_flows[port % NFLB_SNAT_BLOCK]) {
		WRITE_ONCE(lease->n_used, lease->n_used - 1);
		if (nflb_lease_has_too_much(lease, block) &&
		    nflb_block_is_idle(block))
			nflb_lease_drop(lease, block);
	}
	spin_unlock_bh(&lease->lock);
	return lease;
}
