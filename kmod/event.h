/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: what listeners of the multicast group are told. */
#ifndef _NFLB_EVENT_H
#define _NFLB_EVENT_H

#include <linux/types.h>

#include "alert.h"

struct nflb_account;
struct nflb_alert_owner;
struct nflb_net;
struct nflb_backend;
struct nflb_pool;
struct nflb_report;
struct nflb_snapshot;

void nflb_event_commit(struct nflb_net *nn, const struct nflb_snapshot *old,
		       const struct nflb_snapshot *new, u32 n_changes);
void nflb_event_health(struct nflb_net *nn, const struct nflb_backend *backend,
		       const struct nflb_report *report);
void nflb_event_drain(struct nflb_net *nn, const struct nflb_backend *backend);
void nflb_event_eject(struct nflb_net *nn, const struct nflb_backend *backend);
void nflb_event_synproxy(struct nflb_net *nn,
			 const struct nflb_account *account, bool is_on);
void nflb_event_agent(struct nflb_net *nn, bool is_active, u32 former);
void nflb_event_panic(struct nflb_net *nn, const struct nflb_snapshot *snap,
		      const struct nflb_pool *pool, u32 gate);
void nflb_event_alert(struct nflb_net *nn, const struct nflb_alert_owner *owner,
		      enum nflb_alert_kind kind, enum nflb_alert_step step);

#endif /* _NFLB_EVENT_H */
