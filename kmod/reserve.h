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

u32 nflb_reserve_azure(u32 n_backends);
void nflb_reserve_make(struct nflb_reserve *reserve, u32 ports, u32 n_backends,
		       u32 n_blocks);

#endif /* _NFLB_RESERVE_H */
