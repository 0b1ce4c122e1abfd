/* SPDX-License-Identifier: GPL-2.0-only */
/* Cookies: answers to SYNs that cost no memory. */
#ifndef _NFLB_COOKIE_H
#define _NFLB_COOKIE_H

#include <linux/types.h>

struct nflb_net;
struct nflb_snapshot;

bool nflb_cookie_is_wanted(const struct nflb_snapshot *snap);
int nflb_cookie_register(struct nflb_net *nn);
void nflb_cookie_unregister(struct nflb_net *nn);

int nflb_cookie_encode_mss(int mss);
int nflb_cookie_decode_mss(int mss);

#endif /* _NFLB_COOKIE_H */
