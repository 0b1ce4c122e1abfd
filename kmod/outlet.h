/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Outlets: addresses that flows of backends leave through, and their ports, in
 * blocks. An outlet lives for as long as a snat has its address, or a backend a
 * block of it, so that what is in use is known whatever becomes of the snat.
 */
#ifndef _NFLB_OUTLET_H
#define _NFLB_OUTLET_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "addr.h"
#include "reserve.h"
#include "times.h"

struct nflb_lease;
struct nflb_outlet;

/**
 * struct nflb_block - some ports of an address
 * @outlet: the address
 * @lease: who has them, or NULL; set under nflb_outlet.lock, cleared under
 *	nflb_lease.lock as well
 * @at: place among the blocks of the lease; under nflb_lease.lock
 * @n_flows: flows that have each port; under nflb_lease.lock
 */
struct nflb_block {
	struct nflb_outlet *outlet;
	struct nflb_lease *lease;
	u32 at;
	u32 n_flows[NFLB_SNAT_BLOCK];
};

/**
 * struct nflb_outlet - an address that flows leave through
 * @rcu: frees after the grace period, as packets may look at it
 * @node: in nflb_net.outlets; under cfg_mutex
 * @addr: the address, never changes
 * @snat: place of the snat that has it, or NFLB_NONE; written under @lock
 * @times: for how long the flows may be idle
 * @lock: protects what follows, taken with bottom halves off, innermost
 * @n_free: blocks that nobody has
 * @n_taken: blocks that a lease has
 * @next: where the next free one is looked for first
 * @busy: a bit for each block: a lease or a service has it
 * @eaten: a bit for each block: a service has a port of it
 * @eating: the same of the configuration that is about to be published; under
 *	cfg_mutex
 * @block: the blocks
 */
struct nflb_outlet {
	struct rcu_head rcu;
	struct list_head node;
	struct nflb_addr addr;
	u32 snat;
	struct nflb_times times;
	spinlock_t lock;
	u32 n_free;
	u32 n_taken;
	u32 next;
	DECLARE_BITMAP(busy, NFLB_N_BLOCKS);
	DECLARE_BITMAP(eaten, NFLB_N_BLOCKS);
	DECLARE_BITMAP(eating, NFLB_N_BLOCKS);
	struct nflb_block block[NFLB_N_BLOCKS];
};

struct nflb_outlet *nflb_outlet_alloc(const struct nflb_addr *addr);
void nflb_outlet_assign(struct nflb_outlet *outlet, u32 snat);
bool nflb_outlet_is_idle(struct nflb_outlet *outlet);
struct nflb_block *nflb_outlet_take(struct nflb_outlet *outlet,
				    struct nflb_lease *lease, u32 snat);
void nflb_outlet_give_back(struct nflb_block *block);

/**
 * nflb_block_number() - tells which of its address a block is
 * @block: the block
 *
 * Return: its number.
 */
static inline u32 nflb_block_number(const struct nflb_block *block)
{
	return block - block->outlet->block;
}

/**
 * nflb_block_port() - tells the first port of a block
 * @block: the block
 *
 * Return: the port.
 */
static inline u32 nflb_block_port(const struct nflb_block *block)
{
	return NFLB_SNAT_PORT_FIRST +
	       nflb_block_number(block) * NFLB_SNAT_BLOCK;
}

/**
 * nflb_block_is_open() - tells whether new flows may have ports of a block
 * @block: the block
 * @snat: place of the snat that they leave by
 *
 * Context: under cfg_mutex.
 * Return: false if its address has left the snat, or a service has come to one
 * of its ports.
 */
static inline bool nflb_block_is_open(const struct nflb_block *block, u32 snat)
{
	const struct nflb_outlet *outlet = block->outlet;

	return outlet->snat == snat &&
	       !test_bit(nflb_block_number(block), outlet->eaten);
}

#endif /* _NFLB_OUTLET_H */
