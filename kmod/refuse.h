/* SPDX-License-Identifier: GPL-2.0-only */
/* Refusals: an errno, one sentence and the attribute that it is about. */
#ifndef _NFLB_REFUSE_H
#define _NFLB_REFUSE_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;

/* Room for the longest sentence, which has a path, and its 0 */
#define NFLB_SENTENCE_LEN 320

/**
 * struct nflb_why - where a refusal of the current request goes
 * @extack: extended acknowledgment of the request, or NULL when nobody reads
 * @attrs: attributes of the request by id, or NULL
 */
struct nflb_why {
	struct netlink_ext_ack *extack;
	struct nlattr **attrs;
};

void nflb_fit_sentence(char *buf, size_t size, const char *sentence);
int nflb_refuse(const struct nflb_why *why, int err, int attr,
		const char *fmt, ...) __printf(4, 5);
int nflb_refuse_missing(const struct nflb_why *why, int attr,
			const char *sentence);
int nflb_refuse_memory(const struct nflb_why *why, int err);

#endif /* _NFLB_REFUSE_H */
