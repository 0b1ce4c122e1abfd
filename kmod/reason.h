/* SPDX-License-Identifier: GPL-2.0-only */
/* Reasons: why backends get new flows or none. */
#ifndef _NFLB_REASON_H
#define _NFLB_REASON_H

#include <linux/types.h>

struct nflb_pool;
struct nflb_snapshot;

const char *nflb_reason(const struct nflb_snapshot *snap,
			const struct nflb_pool *pool, u32 gate, u32 pos);
const char *nflb_reason_of_member(const struct nflb_snapshot *snap,
				  const struct nflb_pool *pool, u32 pos);

#endif /* _NFLB_REASON_H */
