/* SPDX-License-Identifier: GPL-2.0-only */
/* Drains: waiting for the last flow of a backend, but no longer than said. */
#ifndef _NFLB_DRAIN_H
#define _NFLB_DRAIN_H

#include <linux/types.h>

struct nflb_backend;
struct nflb_member;
struct nflb_net;

void nflb_drain_init(struct nflb_net *nn);
void nflb_drain_close(struct nflb_net *nn);

u64 nflb_drain_until(u32 deadline_ms);
u32 nflb_drain_left_ms(u64 until_jiffies);
bool nflb_drain_is_overdue(const struct nflb_backend *backend);
void nflb_drain_follow(struct nflb_net *nn, const struct nflb_member *member);
void nflb_drain_leaving(struct nflb_net *nn, struct nflb_backend *backend,
			u64 until_jiffies);
void nflb_drain_wake(struct nflb_net *nn);

#endif /* _NFLB_DRAIN_H */
