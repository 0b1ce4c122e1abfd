/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: what listeners of the multicast group are told. */
#ifndef _NFLB_EVENT_H
#define _NFLB_EVENT_H

#include <linux/types.h>

struct nflb_net;
struct nflb_backend;
struct nflb_snapshot;

void nflb_event_commit(struct nflb_net *nn, const struct nflb_snapshot *old,
		       const struct nflb_snapshot *new, u32 n_changes);
void nflb_event_health(struct nflb_net *nn, const struct nflb_backend *backend,
		       const char *probe, u32 health);

#endif /* _NFLB_EVENT_H */
