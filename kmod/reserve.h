/* SPDX-License-Identifier: GPL-2.0-only */
/* Reserves: how many ports each backend of a snat has. Arithmetic, no more. */
#ifndef _NFLB_RESERVE_H
#define _NFLB_RESERVE_H

#include <linux/types.h>
#include <uapi/nflb.h>

/* Blocks of ports that an address has. */
#define NFLB_N_BLOCKS (NFLB_SNAT_PORTS_MAX / NFLB_SNAT_BLOCK)

/**
 * struct nflb_reserve - how many blocks of ports each backend has
 * @base: for itself, whatever the others do
 * @limit: at most, with those that nobody else has
 */
struct nflb_reserve {
	u32 base;
	u32 limit;
};

/**
 * struct nflb_azure_row - a row of Azure's table
 * @n_backends: for so many backends at most
 * @ports: ports of each
 */
struct nflb_azure_row {
	u32 n_backends;
	u32 ports;
};

const struct nflb_azure_row *nflb_reserve_azure_row(u32 i);
u32 nflb_reserve_azure(u32 n_backends);
void nflb_reserve_make(struct nflb_reserve *reserve, u32 ports, u32 n_backends,
		       u32 n_blocks);
u32 nflb_reserve_fit(u32 ports, u32 n_blocks, u32 first, u32 last);

/**
 * nflb_reserve_is_there() - tells whether there is what backends are to have
 * @reserve: what each has for itself
 * @n_backends: how many they are
 * @n_blocks: blocks of ports that all addresses have
 *
 * Return: true if so.
 */
static inline bool nflb_reserve_is_there(const struct nflb_reserve *reserve,
					 u32 n_backends, u32 n_blocks)
{
	return (u64)reserve->base * n_backends <= n_blocks;
}

#endif /* _NFLB_RESERVE_H */
