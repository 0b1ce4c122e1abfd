// SPDX-License-Identifier: GPL-2.0-only
/* Reserves: how many ports each backend of a snat has. */

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "reserve.h"

/* The last is for more, too, than a pool may have. */
static const struct nflb_azure_row nflb_azure_rows[] = {
	{ 50, 1024 }, { 100, 512 }, { 200, 256 }, { 400, 128 }, { 800, 64 },
	{ NFLB_BACKENDS_MAX, 32 },
};

/**
 * nflb_reserve_azure_row() - tells a row of Azure's table
 * @i: which
 *
 * Return: the row, those for fewer backends first, or NULL after the last.
 */
const struct nflb_azure_row *nflb_reserve_azure_row(u32 i)
{
	return i < ARRAY_SIZE(nflb_azure_rows) ? &nflb_azure_rows[i] : NULL;
}

/**
 * nflb_reserve_azure() - says how many ports Azure gives to each backend
 * @n_backends: backends of the pool
 *
 * Return: the number of ports.
 */
u32 nflb_reserve_azure(u32 n_backends)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(nflb_azure_rows) - 1 &&
	       n_backends > nflb_azure_rows[i].n_backends)
		i++;
	return nflb_azure_rows[i].ports;
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

/**
 * nflb_reserve_fit() - says how many backends each have ports for themselves
 * @ports: how many, as configured
 * @n_blocks: blocks of ports that all addresses have
 * @first: fewest backends that are asked about
 * @last: most, up to NFLB_BACKENDS_MAX
 *
 * By trying, so that it is what a commit takes, whatever that goes by.
 *
 * Return: the largest number, or 0 if that is none.
 */
u32 nflb_reserve_fit(u32 ports, u32 n_blocks, u32 first, u32 last)
{
	struct nflb_reserve reserve;
	u32 n;

	for (n = last; n && n >= first; n--) {
		nflb_reserve_make(&reserve, ports, n, n_blocks);
		if (reserve.base &&
		    nflb_reserve_is_there(&reserve, n, n_blocks))
			return n;
	}
	return 0;
}
