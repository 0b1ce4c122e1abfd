// SPDX-License-Identifier: GPL-2.0-only
/* Strays: packets of TCP that belong to no flow and do not begin one. */

#include "addr.h"
#include "match.h"
#include "owner.h"
#include "snapshot.h"
#include "stray.h"

/**
 * nflb_stray_answers() - tells which service a stray may be an answer of
 * @nn: the namespace
 * @snap: the configuration
 * @tuple: what the stray says, that is for no service itself
 *
 * Context: softirq or process, under RCU.
 * Return: a service that has a backend with the source's address, at the
 * source's port, or NULL.
 */
const struct nflb_service *nflb_stray_answers(struct nflb_net *nn,
					      const struct nflb_snapshot *snap,
					      const struct nflb_tuple *tuple)
{
	struct nflb_owner owner;
	u32 pos;

	nflb_owner_for_each(nn, snap, &tuple->src, &owner) {
		pos = nflb_match_answer(snap, owner.place_of_pool,
					tuple->src_port);
		if (pos != NFLB_NONE)
			return nflb_snapshot_service(snap, pos);
	}
	return NULL;
}
