// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buckets: so many in a second, and as many at once.
 *
 * All that a bucket has to know is when it will be full again: each token that
 * is taken puts that off by the time in which one comes. One word that all CPUs
 * share is the price of exactness; it is paid for a flow, not for a packet, and
 * beside the count of those that are open.
 */

#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "bucket.h"

/* When it is full after a token has been taken; 0 if there is none. */
static u64 nflb_bucket_next(u32 rate, u64 full_ns, u64 now_ns)
{
	/* Rounded up, so that it is never more than the rate. */
	u64 token_ns = DIV_ROUND_UP((u32)NSEC_PER_SEC, rate);
	u64 next_ns = max(full_ns, now_ns) + token_ns;

	return next_ns - now_ns <= token_ns * rate ? next_ns : 0;
}

/**
 * nflb_bucket_has() - tells whether there is a token
 * @bucket: the bucket
 * @now_ns: the time, of the monotonic clock
 *
 * Context: any.
 * Return: true if so; others may take it.
 */
bool nflb_bucket_has(const struct nflb_bucket *bucket, u64 now_ns)
{
	u32 rate = READ_ONCE(bucket->rate);

	return !rate || nflb_bucket_next(rate, atomic64_read(&bucket->full_ns),
					 now_ns);
}

/**
 * nflb_bucket_take() - takes a token
 * @bucket: the bucket
 * @now_ns: the time, of the monotonic clock
 *
 * Context: any.
 * Return: true if there was one.
 */
bool nflb_bucket_take(struct nflb_bucket *bucket, u64 now_ns)
{
	u32 rate = READ_ONCE(bucket->rate);
	s64 full_ns, next_ns;

	if (!rate)
		return true;
	full_ns = atomic64_read(&bucket->full_ns);
	do {
		next_ns = nflb_bucket_next(rate, full_ns, now_ns);
		if (!next_ns)
			return false;
	} while (!atomic64_try_cmpxchg(&bucket->full_ns, &full_ns, next_ns));
	return true;
}
