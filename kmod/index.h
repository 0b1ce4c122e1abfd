/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash index from keys to positions in an array that somebody else owns.
 * Open addressing with linear probing: a lookup that hits touches one cache
 * line most of the time. Copied as a whole with the array that it indexes.
 */
#ifndef _NFLB_INDEX_H
#define _NFLB_INDEX_H

#include <linux/limits.h>
#include <linux/types.h>

#define NFLB_NONE U32_MAX

/**
 * struct nflb_index_bucket - one entry
 * @hash: hash of the key
 * @pos: position in the indexed array; NFLB_INDEX_EMPTY or _DELETED if none
 */
struct nflb_index_bucket {
	u32 hash;
	u32 pos;
};

#define NFLB_INDEX_EMPTY U32_MAX
#define NFLB_INDEX_DELETED (U32_MAX - 1)

/**
 * struct nflb_index - hash index
 * @bucket: the entries, a power of two of them, or NULL while empty
 * @mask: number of entries less one
 * @n_used: entries that are not empty, deleted ones included
 * @n_live: entries that hold a position
 */
struct nflb_index {
	struct nflb_index_bucket *bucket;
	u32 mask;
	u32 n_used;
	u32 n_live;
};

int nflb_index_copy(struct nflb_index *to, const struct nflb_index *from);
void nflb_index_free(struct nflb_index *index);
int nflb_index_insert(struct nflb_index *index, u32 hash, u32 pos);
void nflb_index_remove(struct nflb_index *index, u32 hash, u32 pos);
size_t nflb_index_bytes(const struct nflb_index *index);

/**
 * nflb_index_next() - goes on to the next position with a hash
 * @index: the index
 * @hash: hash of the wanted key
 * @at: cursor, starts as @hash
 *
 * The caller compares the key at the position: hashes may collide.
 *
 * Return: a position, or NFLB_NONE after the last.
 */
static inline u32 nflb_index_next(const struct nflb_index *index, u32 hash,
				  u32 *at)
{
	const struct nflb_index_bucket *b;

	if (!index->bucket)
		return NFLB_NONE;
	for (;;) {
		b = &index->bucket[(*at)++ & index->mask];
		if (b->pos == NFLB_INDEX_EMPTY)
			return NFLB_NONE;
		if (b->hash == hash && b->pos != NFLB_INDEX_DELETED)
			return b->pos;
	}
}

/* Runs over every position whose key may be the one with hash @hash_. */
#define nflb_index_for_each(index, hash_, at, pos)			\
	for ((at) = (hash_), (pos) = nflb_index_next(index, hash_, &(at)); \
	     (pos) != NFLB_NONE;					\
	     (pos) = nflb_index_next(index, hash_, &(at)))

#endif /* _NFLB_INDEX_H */
