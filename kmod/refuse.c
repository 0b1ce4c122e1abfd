// SPDX-License-Identifier: GPL-2.0-only
/* Refusals: an errno, one sentence and the attribute that it is about. */

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "compat.h"
#include "refuse.h"

/* NETLINK_MAX_FMTMSG_LEN where there is one: a sentence and its 0 */
#define NFLB_REFUSE_LEN 80
#define NFLB_SHORTEST_WORD 8

#ifndef NFLB_EXTACK_BUF
/*
 * The acknowledgment is built by the same task right after the request was
 * refused, so a message must live until then: until so many others have been
 * refused in all the kernel.
 */
#define NFLB_N_REFUSE_BUFS 1024

static char nflb_refuse_bufs[NFLB_N_REFUSE_BUFS][NFLB_REFUSE_LEN];
static atomic_t nflb_refuse_next;

static char *nflb_refuse_buf(void)
{
	u32 n = atomic_inc_return(&nflb_refuse_next);

	return nflb_refuse_bufs[n % NFLB_N_REFUSE_BUFS];
}

#define NFLB_EXTACK_BUF(extack) ((void)(extack), nflb_refuse_buf())
#endif

/* Copies @from with "..." at the end of words longer than @limit. */
static void nflb_abridge(char *to, const char *from, size_t limit)
{
	static const char dots[] = "...";
	size_t kept, len;

	while (*from) {
		len = strcspn(from, " ");
		kept = len <= limit ? len : limit - strlen(dots);
		memcpy(to, from, kept);
		to += kept;
		if (kept < len) {
			memcpy(to, dots, strlen(dots));
			to += strlen(dots);
		}
		from += len;
		while (*from == ' ')
			*to++ = *from++;
	}
	*to = '\0';
}

/**
 * nflb_fit_sentence() - shortens the longest words of a sentence, which are
 *			 names, until it fits
 * @buf: where to put it
 * @size: of @buf, including the 0 at the end
 * @sentence: as it should be; below NFLB_SENTENCE_LEN
 *
 * Context: any.
 */
void nflb_fit_sentence(char *buf, size_t size, const char *sentence)
{
	char abridged[NFLB_SENTENCE_LEN];
	size_t limit = size;

	do {
		nflb_abridge(abridged, sentence, limit);
	} while (strlen(abridged) >= size && --limit >= NFLB_SHORTEST_WORD);
	strscpy(buf, abridged, size);
}

/**
 * nflb_refuse() - says why a request is refused
 * @why: where to say it
 * @err: negative errno
 * @attr: id of the attribute that the sentence is about, 0 for none
 * @fmt: sentence, lower case, without full stop; of more than 79 bytes the
 *	 names are shortened
 *
 * Context: any.
 * Return: @err.
 */
int nflb_refuse(const struct nflb_why *why, int err, int attr,
		const char *fmt, ...)
{
	char sentence[NFLB_SENTENCE_LEN];
	va_list args;
	char *buf;

	if (!why->extack)
		return err;

	va_start(args, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	buf = NFLB_EXTACK_BUF(why->extack);
	nflb_fit_sentence(buf, NFLB_REFUSE_LEN, sentence);
	why->extack->_msg = buf;
	if (attr && why->attrs)
		NL_SET_BAD_ATTR(why->extack, why->attrs[attr]);
	return err;
}

/**
 * nflb_refuse_missing() - says that a request lacks an attribute
 * @why: where to say it
 * @attr: id of the attribute
 * @sentence: as for nflb_refuse()
 *
 * Context: any.
 * Return: -EINVAL.
 */
int nflb_refuse_missing(const struct nflb_why *why, int attr,
			const char *sentence)
{
	if (why->extack)
		NL_SET_ERR_ATTR_MISS(why->extack, NULL, attr);
	return nflb_refuse(why, -EINVAL, 0, "%s", sentence);
}

/**
 * nflb_refuse_memory() - says so if a request fails for want of memory
 * @why: where to say it
 * @err: how it ends, 0 or a negative errno
 *
 * Context: any.
 * Return: @err.
 */
int nflb_refuse_memory(const struct nflb_why *why, int err)
{
	return err == -ENOMEM ? nflb_refuse(why, err, 0, "memory is short") :
				err;
}
