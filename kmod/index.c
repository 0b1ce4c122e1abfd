// SPDX-License-Identifier: GPL-2.0-only
/* A hash index from keys to positions in an array. */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "index.h"

#define NFLB_INDEX_MIN 8

static struct nflb_index_bucket *nflb_index_alloc(u32 n)
{
	struct nflb_index_bucket *bucket;

	bucket = kvmalloc_array(n, sizeof(*bucket), GFP_KERNEL_ACCOUNT);
	if (bucket)
		memset(bucket, 0xff, n * sizeof(*bucket));
	return bucket;
}

static void nflb_index_put(struct nflb_index *index, u32 hash, u32 pos)
{
	u32 at = hash;

	while (index->bucket[at & index->mask].pos != NFLB_INDEX_EMPTY)
		at++;
	index->bucket[at & index->mask] = (struct nflb_index_bucket) {
		.hash = hash,
		.pos = pos,
	};
	index->n_used++;
	index->n_live++;
}

/* Leaves at least half of the buckets empty, which ends every probe soon. */
static int nflb_index_grow(struct nflb_index *index)
{
	u32 n = roundup_pow_of_two(max(NFLB_INDEX_MIN, 4 * index->n_live));
	struct nflb_index new = { .mask = n - 1 };
	u32 i;

	new.bucket = nflb_index_alloc(n);
	if (!new.bucket)
		return -ENOMEM;
	for (i = 0; index->bucket && i <= index->mask; i++) {
		if (index->bucket[i].pos < NFLB_INDEX_DELETED)
			nflb_index_put(&new, index->bucket[i].hash,
				       index->bucket[i].pos);
	}
	nflb_index_free(index);
	*index = new;
	return 0;
}

/**
 * nflb_index_copy() - makes a copy
 * @to: where the copy goes; what was there is not freed
 * @from: what is copied
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_index_copy(struct nflb_index *to, const struct nflb_index *from)
{
	*to = *from;
	if (!from->bucket)
		return 0;
	to->bucket = kvmalloc_array(from->mask + 1, sizeof(*to->bucket),
				    GFP_KERNEL_ACCOUNT);
	if (!to->bucket)
		return -ENOMEM;
	memcpy(to->bucket, from->bucket, nflb_index_bytes(from));
	return 0;
}

/**
 * nflb_index_free() - frees the buckets and leaves an empty index
 * @index: the index
 *
 * Context: process, may sleep.
 */
void nflb_index_free(struct nflb_index *index)
{
	kvfree(index->bucket);
	memset(index, 0, sizeof(*index));
}

/**
 * nflb_index_insert() - adds a position
 * @index: the index; nobody reads it yet
 * @hash: hash of the key at the position
 * @pos: the position
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_index_insert(struct nflb_index *index, u32 hash, u32 pos)
{
	int err;

	if (!index->bucket || 2 * (index->n_used + 1) > index->mask + 1) {
		err = nflb_index_grow(index);
		if (err)
			return err;
	}
	nflb_index_put(index, hash, pos);
	return 0;
}

/**
 * nflb_index_remove() - removes a position that is there
 * @index: the index; nobody reads it yet
 * @hash: hash that it was inserted with
 * @pos: the position
 *
 * Context: any.
 */
void nflb_index_remove(struct nflb_index *index, u32 hash, u32 pos)
{
	struct nflb_index_bucket *b;
	u32 at = hash;

	if (WARN_ON_ONCE(!index->bucket))
		return;
	for (;; at++) {
		b = &index->bucket[at & index->mask];
		if (WARN_ON_ONCE(b->pos == NFLB_INDEX_EMPTY))
			return;
		/* The position may be there by other keys, too. */
		if (b->pos == pos && b->hash == hash)
			break;
	}
	b->pos = NFLB_INDEX_DELETED;
	index->n_live--;
}

/**
 * nflb_index_bytes() - memory of the buckets
 * @index: the index
 *
 * Return: bytes.
 */
size_t nflb_index_bytes(const struct nflb_index *index)
{
	if (!index->bucket)
		return 0;
	return (size_t)(index->mask + 1) * sizeof(*index->bucket);
}
