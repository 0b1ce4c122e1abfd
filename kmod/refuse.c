// SPDX-License-Identifier: GPL-2.0-only
/* Refusals: an errno, one sentence and the attribute that it is about. */

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/sched.h>

#include "compat.h"
#include "refuse.h"

#define NFLB_REFUSE_LEN 80

#ifndef NFLB_EXTACK_BUF
/*
 * The acknowledgment is built by the same task right after the request was
 * refused, so a message must live until then. A task has one at a time: only
 * another task that is given the same buffer can overwrite it.
 */
#define NFLB_REFUSE_BUF_BITS 8

static char nflb_refuse_bufs[1 << NFLB_REFUSE_BUF_BITS][NFLB_REFUSE_LEN];

static char *nflb_refuse_buf(void)
{
	return nflb_refuse_bufs[hash_ptr(current, NFLB_REFUSE_BUF_BITS)];
}

#define NFLB_EXTACK_BUF(extack) ((void)(extack), nflb_refuse_buf())
#endif

/**
 * nflb_refuse() - says why a request is refused
 * @why: where to say it
 * @err: negative errno
 * @attr: id of the attribute that the sentence is about, 0 for none
 * @fmt: sentence, lower case, without full stop; longer than 79 bytes is cut
 *
 * Context: any.
 * Return: @err.
 */
int nflb_refuse(const struct nflb_why *why, int err, int attr,
		const char *fmt, ...)
{
	char *buf;
	va_list args;

	if (!why->extack)
		return err;

	buf = NFLB_EXTACK_BUF(why->extack);
	va_start(args, fmt);
	vsnprintf(buf, NFLB_REFUSE_LEN, fmt, args);
	va_end(args);
	why->extack->_msg = buf;
	if (attr && why->attrs)
		NL_SET_BAD_ATTR(why->extack, why->attrs[attr]);
	return err;
}
