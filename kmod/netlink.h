/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family. */
#ifndef _NFLB_NETLINK_H
#define _NFLB_NETLINK_H

#include <linux/types.h>

struct genl_family;
struct nf_conn;
struct nflb_addr;
struct nlattr;
struct genl_info;
struct netlink_callback;
struct sk_buff;

extern struct genl_family nflb_family;

/* Number of the multicast group in the family. */
#define NFLB_GROUP_CHANGES 0

int nflb_netlink_init(void);
void nflb_netlink_exit(void);
int nflb_nl_get_addr(const struct nlattr *nla, struct nflb_addr *addr);

/* netlink_get.c */
int nflb_nl_dump_start(struct netlink_callback *cb);
int nflb_nl_info_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_frontend_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_frontend_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_probe_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_probe_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_pool_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_backend_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_backend_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_service_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_snat_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_snat_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_lease_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_nat_get(struct sk_buff *skb, struct genl_info *info);
int nflb_nl_nat_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_mapping_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_alert_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_fastpath_get(struct sk_buff *skb, struct genl_info *info);

/* netlink_explain.c */
int nflb_nl_explain(struct sk_buff *skb, struct genl_info *info);

/**
 * struct nflb_nl_flows - what differs between kinds of flows in a dump
 * @cmd: command of the replies
 * @is_wanted: tells whether an entry has such a flow, and one that the request
 *	is about, by its attributes; under RCU, and with the entry's hash chain
 *	locked
 * @fill: puts the flow of an entry; -ENOENT when it has none any more. Under
 *	RCU
 */
struct nflb_nl_flows {
	u8 cmd;
	bool (*is_wanted)(const struct nf_conn *ct, struct nlattr **wanted);
	int (*fill)(struct sk_buff *skb, const struct nf_conn *ct);
};

/* netlink_flow.c */
int nflb_nl_flows_start(struct netlink_callback *cb,
			const struct nflb_nl_flows *kind);
int nflb_nl_flow_start(struct netlink_callback *cb);
int nflb_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nflb_nl_flow_done(struct netlink_callback *cb);

/* netlink_outbound.c */
int nflb_nl_outbound_start(struct netlink_callback *cb);

/* netlink_plan.c */
int nflb_nl_plan_get(struct sk_buff *skb, struct genl_info *info);

#endif /* _NFLB_NETLINK_H */
