/* SPDX-License-Identifier: GPL-2.0-only */
/* What the attributes of requests may be, as uapi/nflb.yaml says. */
#ifndef _NFLB_NETLINK_POLICY_H
#define _NFLB_NETLINK_POLICY_H

#include <net/netlink.h>
#include <uapi/nflb.h>

extern const struct nla_policy nflb_no_policy[2];
extern const struct nla_policy nflb_txn_policy[NFLB_A_TXN_MAX + 1];
extern const struct nla_policy nflb_frontend_policy[NFLB_A_FRONTEND_MAX + 1];
extern const struct nla_policy nflb_probe_policy[NFLB_A_PROBE_MAX + 1];
extern const struct nla_policy nflb_pool_policy[NFLB_A_POOL_MAX + 1];
extern const struct nla_policy nflb_backend_policy[NFLB_A_BACKEND_MAX + 1];
extern const struct nla_policy nflb_service_policy[NFLB_A_SERVICE_MAX + 1];
extern const struct nla_policy nflb_mapping_policy[NFLB_A_MAPPING_MAX + 1];
extern const struct nla_policy nflb_health_policy[NFLB_A_HEALTH_MAX + 1];
extern const struct nla_policy nflb_explain_policy[NFLB_A_EXPLAIN_MAX + 1];
extern const struct nla_policy nflb_flow_policy[NFLB_A_FLOW_MAX + 1];
extern const struct nla_policy nflb_fastpath_policy[NFLB_A_FASTPATH_MAX + 1];
extern const struct nla_policy nflb_snat_policy[NFLB_A_SNAT_MAX + 1];
extern const struct nla_policy nflb_lease_policy[NFLB_A_LEASE_MAX + 1];
extern const struct nla_policy nflb_alert_policy[NFLB_A_ALERT_MAX + 1];
extern const struct nla_policy nflb_outbound_policy[NFLB_A_OUTBOUND_MAX + 1];
extern const struct nla_policy nflb_plan_policy[NFLB_A_PLAN_MAX + 1];

#endif /* _NFLB_NETLINK_POLICY_H */
