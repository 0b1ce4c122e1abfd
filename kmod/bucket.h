/* SPDX-License-Identifier: GPL-2.0-only */
/* Buckets: so many in a second, and as many at once. */
#ifndef _NFLB_BUCKET_H
#define _NFLB_BUCKET_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct nflb_bucket - a bucket that fills up with time
 * @rate: tokens that come in a second, and that it holds; 0 for any number.
 *	Written under cfg_mutex
 * @full_ns: when it is full, or was, if no more are taken; on the monotonic
 *	clock
 */
struct nflb_bucket {
	u32 rate;
	atomic64_t full_ns;
};

bool nflb_bucket_has(const struct nflb_bucket *bucket, u64 now_ns);
bool nflb_bucket_take(struct nflb_bucket *bucket, u64 now_ns);

#endif /* _NFLB_BUCKET_H */
