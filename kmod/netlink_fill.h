/* SPDX-License-Identifier: GPL-2.0-only */
/* What replies and events say of objects. */
#ifndef _NFLB_NETLINK_FILL_H
#define _NFLB_NETLINK_FILL_H

#include <linux/types.h>

#include "addr.h"
#include "alert.h"

struct nflb_account;
struct nflb_alert_owner;
struct nflb_backend;
struct nflb_net;
struct nflb_report;
struct nflb_snapshot;
struct sk_buff;

/**
 * typedef nflb_fill_fn - puts an object's attributes into a message
 * @skb: the message
 * @snap: the snapshot that has the object
 * @pos: place of the object
 *
 * Return: 0 or -EMSGSIZE.
 */
typedef int (*nflb_fill_fn)(struct sk_buff *skb,
			    const struct nflb_snapshot *snap, u32 pos);

/*
 * Room for any object: the largest is a service with the longest allow list.
 * GENLMSG_DEFAULT_SIZE is of <net/genetlink.h>.
 */
#define NFLB_FILL_MAX (8 * GENLMSG_DEFAULT_SIZE)

int nflb_fill_frontend(struct sk_buff *skb, const struct nflb_snapshot *snap,
		       u32 pos);
int nflb_fill_probe(struct sk_buff *skb, const struct nflb_snapshot *snap,
		    u32 pos);
int nflb_fill_pool(struct sk_buff *skb, const struct nflb_snapshot *snap,
		   u32 pos);
int nflb_fill_service(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      u32 pos);
int nflb_fill_snat(struct sk_buff *skb, const struct nflb_snapshot *snap,
		   u32 pos);
int nflb_fill_lease(struct sk_buff *skb, const struct nflb_snapshot *snap,
		    u32 pos, u32 member);
int nflb_fill_fastpath(struct sk_buff *skb, const struct nflb_snapshot *snap,
		       u32 pos);
int nflb_fill_member(struct sk_buff *skb, const struct nflb_snapshot *snap,
		     u32 pos, u32 member);
int nflb_fill_leaving(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      const struct nflb_backend *backend);
int nflb_fill_mapping(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      u32 pos, u32 i);
int nflb_fill_alert(struct sk_buff *skb, const struct nflb_alert_owner *owner,
		    enum nflb_alert_kind kind);
int nflb_fill_report(struct sk_buff *skb, int reason,
		     const struct nflb_report *report);
int nflb_fill_info(struct sk_buff *skb, const struct nflb_net *nn,
		   const struct nflb_snapshot *snap);
int nflb_fill_addr(struct sk_buff *skb, int attr, const struct nflb_addr *addr);

#endif /* _NFLB_NETLINK_FILL_H */
