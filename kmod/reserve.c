// SPDX-License-Identifier: GPL-2.0-only
/* Reserves: how many ports each backend of a snat has. */

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "reserve.h"

/**
 * nflb_reserve_azure() - says how many ports Azure gives to each backend
 * @n_backends: backends of the pool
 *
 * Return: the number of ports.
 */
u32 nflb_reserve_azure(u32 n_backends)
{
	static const struct {
		u32 n_backends;
		u32 ports;
	} row[] = {
		{ 50, 1024 }, { 100, 512 }, { 200, 256 }, { 400, 128 },
		{ 800, 64 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		if (n_backends <= row[i].n_backends)
			return row[i].ports;
	}
	return 32;
}

/*
 * Of what nobody has for himself, one backend alone can take all; but with
 * others beside it, only half, so that there is something for the next.
 */
static u32 nflb_reserve_loan(u32 base, u32 n_backends, u32 n_blocks)
{
	u32 rest = n_blocks - base * n_backends;

	return n_backends > 1 ? rest / 2 : rest;
}

/**
 * nflb_reserve_make() - shares the ports of the addresses out
 * @reserve: where the numbers go
 * @ports: how many each backend has, as configured
 * @n_backends: backends of the pool
 * @n_blocks: blocks of ports that all addresses have
 *
 * What is configured as a number, or as Azure has it, may be more than there
 * is; what is dynamic is not.
 */
void nflb_reserve_make(struct nflb_reserve *reserve, u32 ports, u32 n_backends,
		       u32 n_blocks)
{
	u32 base = ports / NFLB_SNAT_BLOCK;

	if (ports == NFLB_SNAT_PORTS_AZURE || ports == NFLB_SNAT_PORTS_DYNAMIC)
		base = nflb_reserve_azure(n_backends) / NFLB_SNAT_BLOCK;
	reserve->base = base;
	reserve->limit = base;
	if (ports != NFLB_SNAT_PORTS_DYNAMIC || !n_backends)
		return;
	reserve->base = min(base, n_blocks / n_backends);
	reserve->limit = reserve->base +
			 nflb_reserve_loan(reserve->base, n_backends, n_blocks);
}
