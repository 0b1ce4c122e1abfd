// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allow lists: the sources that a service takes new flows from.
 *
 * Of two prefixes that have an address in common one is a part of the other,
 * and is left out. So the rest is sorted and does not overlap, and the only
 * prefix that an address can be in is the last one that does not begin behind
 * it.
 */

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "allow.h"
#include "refuse.h"

#define NFLB_PREFIX4_BYTES 5

/**
 * nflb_allow_alloc() - makes an empty list
 * @n: prefixes that are to be added
 *
 * Context: process, may sleep.
 * Return: the list with one reference, or NULL.
 */
struct nflb_allow *nflb_allow_alloc(u32 n)
{
	struct nflb_allow *allow;

	allow = kvzalloc(struct_size(allow, prefix, n), GFP_KERNEL_ACCOUNT);
	if (!allow)
		return NULL;
	refcount_set(&allow->ref, 1);
	allow->n_alloc = n;
	return allow;
}

/**
 * nflb_allow_put() - drops a reference
 * @allow: the list, or NULL
 *
 * Context: process, may sleep; no packet can see the service that had it.
 */
void nflb_allow_put(struct nflb_allow *allow)
{
	if (allow && refcount_dec_and_test(&allow->ref))
		kvfree(allow);
}

static void nflb_prefix_words(const struct nflb_addr *addr, u64 word[2])
{
	if (addr->family == AF_INET) {
		word[0] = (u64)ntohl(addr->ip.ip) << 32;
		word[1] = 0;
	} else {
		word[0] = nflb_in6_word(&addr->ip.in6, 0);
		word[1] = nflb_in6_word(&addr->ip.in6, 2);
	}
}

static bool nflb_prefix_covers(const struct nflb_prefix *prefix,
			       const u64 word[2])
{
	u64 high = prefix->word[0] ^ word[0];
	u64 low = prefix->word[1] ^ word[1];

	if (prefix->len <= 64)
		return !prefix->len || !(high >> (64 - prefix->len));
	return !high && !(low >> (128 - prefix->len));
}

/* Are the bits behind its length zero? */
static bool nflb_prefix_is_clean(const struct nflb_prefix *prefix)
{
	if (prefix->len < 64)
		return !(prefix->word[0] << prefix->len) && !prefix->word[1];
	return prefix->len == 128 || !(prefix->word[1] << (prefix->len - 64));
}

static int nflb_words_compare(const u64 a[2], const u64 b[2])
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	if (a[1] != b[1])
		return a[1] < b[1] ? -1 : 1;
	return 0;
}

/* Of those that begin alike the longest range goes first. */
static int nflb_prefix_compare(const void *left, const void *right)
{
	const struct nflb_prefix *a = left, *b = right;

	return nflb_words_compare(a->word, b->word) ?: a->len - b->len;
}

/**
 * nflb_allow_add() - adds a prefix
 * @allow: the list, with room for it
 * @data: the prefix as in a message: the address, then the length
 * @n_bytes: bytes of that
 * @why: where a refusal goes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int nflb_allow_add(struct nflb_allow *allow, const u8 *data, u32 n_bytes,
		   const struct nflb_why *why)
{
	struct nflb_prefix *prefix = &allow->prefix[allow->n];
	struct nflb_addr addr = {};

	if (n_bytes != NFLB_PREFIX4_BYTES && n_bytes != NFLB_PREFIX_BYTES)
		return nflb_refuse(why, -EINVAL, NFLB_A_SERVICE_ALLOW,
				   "a prefix has %u or %u bytes, not %u",
				   NFLB_PREFIX4_BYTES, NFLB_PREFIX_BYTES,
				   n_bytes);
	addr.family = n_bytes == NFLB_PREFIX4_BYTES ? AF_INET : AF_INET6;
	memcpy(&addr.ip, data, n_bytes - 1);
	prefix->len = data[n_bytes - 1];
	if (prefix->len > 8 * (n_bytes - 1))
		return nflb_refuse(why, -ERANGE, NFLB_A_SERVICE_ALLOW,
				   "prefix length %u: allowed are 0 to %u",
				   prefix->len, 8 * (n_bytes - 1));
	nflb_prefix_words(&addr, prefix->word);
	if (!nflb_prefix_is_clean(prefix))
		return nflb_refuse(why, -EINVAL, NFLB_A_SERVICE_ALLOW,
				   "a prefix of length %u has bits set behind it",
				   prefix->len);
	if (allow->n && allow->family != addr.family)
		return nflb_refuse(why, -EAFNOSUPPORT, NFLB_A_SERVICE_ALLOW,
				   "allow has prefixes of both families");
	allow->family = addr.family;
	allow->n++;
	return 0;
}

/**
 * nflb_allow_finish() - makes a list ready to be looked up in
 * @allow: the list, of which nobody else knows yet
 *
 * Context: process, may sleep.
 */
void nflb_allow_finish(struct nflb_allow *allow)
{
	struct nflb_prefix *last = NULL;
	u32 n = 0;
	u32 i;

	sort(allow->prefix, allow->n, sizeof(*allow->prefix),
	     nflb_prefix_compare, NULL);
	for (i = 0; i < allow->n; i++) {
		if (last && nflb_prefix_covers(last, allow->prefix[i].word))
			continue;
		last = &allow->prefix[n++];
		*last = allow->prefix[i];
	}
	allow->n = n;
}

/**
 * nflb_allow_read() - tells a prefix
 * @allow: the list
 * @i: its number
 * @data: where it goes, as in a message
 *
 * Return: how many bytes it has.
 */
u32 nflb_allow_read(const struct nflb_allow *allow, u32 i,
		    u8 data[NFLB_PREFIX_BYTES])
{
	const struct nflb_prefix *prefix = &allow->prefix[i];
	u32 n_bytes = allow->family == AF_INET ? 4 : 16;
	u32 at;

	for (at = 0; at < n_bytes; at++)
		data[at] = prefix->word[at / 8] >> (56 - at % 8 * 8);
	data[n_bytes] = prefix->len;
	return n_bytes + 1;
}

/**
 * nflb_allow_has() - tells whether a list has an address
 * @allow: the list, finished, with a prefix at least
 * @addr: the address, of its family
 *
 * Context: any.
 * Return: true if so.
 */
bool nflb_allow_has(const struct nflb_allow *allow,
		    const struct nflb_addr *addr)
{
	u32 n = allow->n;
	u32 first = 0;
	u64 word[2];
	u32 half;

	nflb_prefix_words(addr, word);
	while (n > 1) {
		half = n / 2;
		if (nflb_words_compare(allow->prefix[first + half].word,
				       word) <= 0) {
			first += half;
			n -= half;
		} else {
			n = half;
		}
	}
	return nflb_prefix_covers(&allow->prefix[first], word);
}
