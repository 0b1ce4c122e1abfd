// SPDX-License-Identifier: GPL-2.0-only
/* Outlets: addresses that flows of backends leave through. */

#include <linux/mm.h>
#include <linux/slab.h>

#include "object.h"
#include "outlet.h"

/**
 * nflb_outlet_alloc() - makes an outlet that no snat has
 * @addr: its address
 *
 * Context: process, may sleep.
 * Return: the outlet, to be freed with kvfree(), or NULL.
 */
struct nflb_outlet *nflb_outlet_alloc(const struct nflb_addr *addr)
{
	struct nflb_outlet *outlet;
	u32 i;

	outlet = kvzalloc(sizeof(*outlet), GFP_KERNEL_ACCOUNT);
	if (!outlet)
		return NULL;
	INIT_LIST_HEAD(&outlet->node);
	spin_lock_init(&outlet->lock);
	outlet->addr = *addr;
	outlet->snat = NFLB_NONE;
	outlet->n_free = NFLB_N_BLOCKS;
	for (i = 0; i < NFLB_N_BLOCKS; i++)
		outlet->block[i].outlet = outlet;
	return outlet;
}

/* What a service has taken is no longer given out, but may be in use. */
static void nflb_outlet_set_busy(struct nflb_outlet *outlet)
{
	u32 i;

	bitmap_copy(outlet->busy, outlet->eaten, NFLB_N_BLOCKS);
	for (i = 0; i < NFLB_N_BLOCKS; i++) {
		if (outlet->block[i].lease)
			__set_bit(i, outlet->busy);
	}
	outlet->n_free = NFLB_N_BLOCKS -
			 bitmap_weight(outlet->busy, NFLB_N_BLOCKS);
}

/**
 * nflb_outlet_assign() - says what an outlet is for
 * @outlet: the outlet
 * @snat: place of the snat that has its address, or NFLB_NONE
 *
 * And takes over what it has in @outlet->eating.
 *
 * Context: process, under cfg_mutex.
 */
void nflb_outlet_assign(struct nflb_outlet *outlet, u32 snat)
{
	bool is_same;

	is_same = bitmap_equal(outlet->eaten, outlet->eating, NFLB_N_BLOCKS);
	spin_lock_bh(&outlet->lock);
	outlet->snat = snat;
	if (!is_same) {
		bitmap_copy(outlet->eaten, outlet->eating, NFLB_N_BLOCKS);
		nflb_outlet_set_busy(outlet);
	}
	spin_unlock_bh(&outlet->lock);
}

/**
 * nflb_outlet_is_idle() - tells whether an outlet can be freed
 * @outlet: the outlet
 *
 * Context: process, under cfg_mutex.
 * Return: true if no snat has it, and no lease a block.
 */
bool nflb_outlet_is_idle(struct nflb_outlet *outlet)
{
	bool is_idle;

	spin_lock_bh(&outlet->lock);
	is_idle = outlet->snat == NFLB_NONE && !outlet->n_taken;
	spin_unlock_bh(&outlet->lock);
	return is_idle;
}

/**
 * nflb_outlet_take() - takes a block that nobody has
 * @outlet: the outlet
 * @lease: who takes it
 * @snat: place of the snat that it has it by
 *
 * Context: bottom halves off, under nflb_lease.lock.
 * Return: the block, or NULL if there is none, or not for this snat.
 */
struct nflb_block *nflb_outlet_take(struct nflb_outlet *outlet,
				    struct nflb_lease *lease, u32 snat)
{
	struct nflb_block *block = NULL;
	u32 i;

	spin_lock(&outlet->lock);
	if (outlet->snat != snat || !outlet->n_free)
		goto out_unlock;
	i = find_next_zero_bit(outlet->busy, NFLB_N_BLOCKS, outlet->next);
	if (i >= NFLB_N_BLOCKS)
		i = find_first_zero_bit(outlet->busy, NFLB_N_BLOCKS);
	__set_bit(i, outlet->busy);
	outlet->next = i + 1;
	outlet->n_free--;
	outlet->n_taken++;
	block = &outlet->block[i];
	WRITE_ONCE(block->lease, lease);
out_unlock:
	spin_unlock(&outlet->lock);
	return block;
}

/**
 * nflb_outlet_give_back() - gives a block back that no flow has
 * @block: the block
 *
 * Context: bottom halves off, under nflb_lease.lock.
 */
void nflb_outlet_give_back(struct nflb_block *block)
{
	struct nflb_outlet *outlet = block->outlet;
	u32 i = nflb_block_number(block);

	spin_lock(&outlet->lock);
	WRITE_ONCE(block->lease, NULL);
	outlet->n_taken--;
	if (!test_bit(i, outlet->eaten)) {
		__clear_bit(i, outlet->busy);
		outlet->n_free++;
	}
	spin_unlock(&outlet->lock);
}
