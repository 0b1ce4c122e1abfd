// SPDX-License-Identifier: GPL-2.0-only
/* What the attributes of requests may be, as uapi/nflb.yaml says. */

#include "netlink_policy.h"

/* Not const: 6.1 takes a plain pointer to them. */
static struct netlink_range_validation nflb_range_port = {
	.max = NFLB_PORT_MAX,
};

static struct netlink_range_validation nflb_range_weight = {
	.max = NFLB_WEIGHT_MAX,
};

static struct netlink_range_validation nflb_range_zone = {
	.max = NFLB_ZONE_MAX,
};

static struct netlink_range_validation nflb_range_slots = {
	.min = NFLB_SLOTS_MIN,
	.max = NFLB_SLOTS_MAX,
};

static struct netlink_range_validation nflb_range_interval_ms = {
	.min = NFLB_INTERVAL_MIN_MS,
	.max = NFLB_INTERVAL_MAX_MS,
};

static struct netlink_range_validation nflb_range_timeout_ms = {
	.min = 1,
	.max = NFLB_INTERVAL_MAX_MS,
};

static struct netlink_range_validation nflb_range_deadline_ms = {
	.max = NFLB_DEADLINE_MAX_MS,
};

static struct netlink_range_validation nflb_range_admin_for_ms = {
	.min = 1,
	.max = NFLB_DEADLINE_MAX_MS,
};

static struct netlink_range_validation nflb_range_slow_start_ms = {
	.max = NFLB_SLOW_START_MAX_MS,
};

static struct netlink_range_validation nflb_range_eject_time_ms = {
	.min = NFLB_EJECT_TIME_MIN_MS,
	.max = NFLB_EJECT_TIME_MAX_MS,
};

static struct netlink_range_validation nflb_range_idle_ms = {
	.min = NFLB_IDLE_MIN_MS,
	.max = NFLB_IDLE_MAX_MS,
};

static struct netlink_range_validation nflb_range_flows = {
	.max = NFLB_FLOWS_MAX,
};

static struct netlink_range_validation nflb_range_rate = {
	.max = NFLB_RATE_MAX,
};

static struct netlink_range_validation nflb_range_cert_expiry_ms = {
	.max = NFLB_CERT_EXPIRY_MAX_MS,
};

static struct netlink_range_validation nflb_range_mark = {
	.max = NFLB_MARK_MAX,
};

static struct netlink_range_validation nflb_range_snat_ports = {
	.max = NFLB_SNAT_PORTS_MAX,
};

static struct netlink_range_validation nflb_range_quarantine_ms = {
	.max = NFLB_QUARANTINE_MAX_MS,
};

#define NFLB_POLICY_NAME { .type = NLA_NUL_STRING, .len = NFLB_NAME_MAX }
#define NFLB_POLICY_ADDR NLA_POLICY_RANGE(NLA_BINARY, 4, 16)
#define NFLB_POLICY_PORT NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_port)
#define NFLB_POLICY_FLOWS NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_flows)
#define NFLB_POLICY_IDLE NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_idle_ms)

/* For requests without attributes: without a policy, all would be let in. */
const struct nla_policy nflb_no_policy[2] = {
	[1] = { .type = NLA_REJECT },
};

const struct nla_policy nflb_txn_policy[NFLB_A_TXN_MAX + 1] = {
	[NFLB_A_TXN_GENERATION] = { .type = NLA_U32 },
};

const struct nla_policy nflb_frontend_policy[NFLB_A_FRONTEND_MAX + 1] = {
	[NFLB_A_FRONTEND_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_FRONTEND_ADDRESS] = NFLB_POLICY_ADDR,
	[NFLB_A_FRONTEND_PING] = NLA_POLICY_MAX(NLA_U32, NFLB_PING_NEVER),
};

const struct nla_policy nflb_probe_policy[NFLB_A_PROBE_MAX + 1] = {
	[NFLB_A_PROBE_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_PROBE_TYPE] = NLA_POLICY_MAX(NLA_U32, NFLB_PROBE_TYPE_GRPCS),
	[NFLB_A_PROBE_PORT] = NFLB_POLICY_PORT,
	[NFLB_A_PROBE_PATH] = { .type = NLA_NUL_STRING, .len = NFLB_PATH_MAX },
	[NFLB_A_PROBE_INTERVAL_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_interval_ms),
	[NFLB_A_PROBE_TIMEOUT_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_timeout_ms),
	[NFLB_A_PROBE_RISE] = NLA_POLICY_RANGE(NLA_U32, 1, NFLB_COUNT_MAX),
	[NFLB_A_PROBE_FALL] = NLA_POLICY_RANGE(NLA_U32, 1, NFLB_COUNT_MAX),
	[NFLB_A_PROBE_INITIAL] = NLA_POLICY_MAX(NLA_U32, NFLB_HEALTH_DRAINING),
	[NFLB_A_PROBE_HOST] = { .type = NLA_NUL_STRING, .len = NFLB_HOST_MAX },
	[NFLB_A_PROBE_SNI] = { .type = NLA_NUL_STRING, .len = NFLB_HOST_MAX },
	[NFLB_A_PROBE_EXPECT] = { .type = NLA_BINARY,
				  .len = NFLB_EXPECT_BYTES },
	[NFLB_A_PROBE_BODY] = { .type = NLA_BINARY, .len = NFLB_BYTES_MAX },
	[NFLB_A_PROBE_VERIFY] = NLA_POLICY_MAX(NLA_U32, 1),
	[NFLB_A_PROBE_CERT_EXPIRY_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_cert_expiry_ms),
	[NFLB_A_PROBE_SOURCE] = { .type = NLA_BINARY, .len = 16 },
	[NFLB_A_PROBE_DEVICE] = { .type = NLA_NUL_STRING,
				  .len = NFLB_DEVICE_MAX },
	[NFLB_A_PROBE_SEND] = { .type = NLA_BINARY, .len = NFLB_BYTES_MAX },
	[NFLB_A_PROBE_RECEIVE] = { .type = NLA_BINARY, .len = NFLB_BYTES_MAX },
	[NFLB_A_PROBE_COMMAND] = { .type = NLA_NUL_STRING,
				   .len = NFLB_COMMAND_MAX },
	[NFLB_A_PROBE_JSON_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[NFLB_A_PROBE_ANSWERS] = NLA_POLICY_MAX(NLA_U32, NFLB_ANSWERS_COUNTED),
	[NFLB_A_PROBE_MARK] = NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_mark),
	[NFLB_A_PROBE_CERT] = { .type = NLA_NUL_STRING, .len = NFLB_FILE_MAX },
	[NFLB_A_PROBE_KEY] = { .type = NLA_NUL_STRING, .len = NFLB_FILE_MAX },
	[NFLB_A_PROBE_GRPC_SERVICE] = { .type = NLA_NUL_STRING,
					.len = NFLB_GRPC_SERVICE_MAX },
};

const struct nla_policy nflb_pool_policy[NFLB_A_POOL_MAX + 1] = {
	[NFLB_A_POOL_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_POOL_SCHEDULER] = { .type = NLA_NUL_STRING,
				    .len = NFLB_SCHED_MAX },
	[NFLB_A_POOL_SLOTS] = NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_slots),
	[NFLB_A_POOL_SEED] = { .type = NLA_U64 },
	[NFLB_A_POOL_PANIC] = NLA_POLICY_MAX(NLA_U32, NFLB_PCT_MAX),
	[NFLB_A_POOL_SLOW_START_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_slow_start_ms),
	[NFLB_A_POOL_PREFER_ZONE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_zone),
	[NFLB_A_POOL_SPILL_BELOW] = NLA_POLICY_MAX(NLA_U32, NFLB_PCT_MAX),
	[NFLB_A_POOL_EJECT_AFTER] = NLA_POLICY_MAX(NLA_U32, NFLB_COUNT_MAX),
	[NFLB_A_POOL_EJECT_TIME_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_eject_time_ms),
};

const struct nla_policy nflb_backend_policy[NFLB_A_BACKEND_MAX + 1] = {
	[NFLB_A_BACKEND_POOL] = NFLB_POLICY_NAME,
	[NFLB_A_BACKEND_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_BACKEND_ADDRESS] = NFLB_POLICY_ADDR,
	[NFLB_A_BACKEND_WEIGHT] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_weight),
	[NFLB_A_BACKEND_ZONE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_zone),
	[NFLB_A_BACKEND_ADMIN] = NLA_POLICY_MAX(NLA_U32, NFLB_ADMIN_DOWN),
	[NFLB_A_BACKEND_DRAIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[NFLB_A_BACKEND_NOW] = { .type = NLA_FLAG },
	[NFLB_A_BACKEND_DEADLINE_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_deadline_ms),
	[NFLB_A_BACKEND_MAX_FLOWS] = NFLB_POLICY_FLOWS,
	[NFLB_A_BACKEND_ADMIN_FOR_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_admin_for_ms),
	[NFLB_A_BACKEND_NOTE] = { .type = NLA_NUL_STRING,
				  .len = NFLB_TEXT_MAX },
};

const struct nla_policy nflb_service_policy[NFLB_A_SERVICE_MAX + 1] = {
	[NFLB_A_SERVICE_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_FRONTEND] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_PROTOCOL] = NLA_POLICY_MAX(NLA_U32, NFLB_PROTOCOL_MAX),
	[NFLB_A_SERVICE_PORT] = NFLB_POLICY_PORT,
	[NFLB_A_SERVICE_PORT_LAST] = NFLB_POLICY_PORT,
	[NFLB_A_SERVICE_POOL] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_BACKEND_PORT] = NFLB_POLICY_PORT,
	[NFLB_A_SERVICE_BACKEND_PORT_LAST] = NFLB_POLICY_PORT,
	[NFLB_A_SERVICE_PROBE] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_FASTPATH] = NLA_POLICY_MAX(NLA_U32, 1),
	[NFLB_A_SERVICE_NEW_FLOWS] =
		NLA_POLICY_MAX(NLA_U32, NFLB_NEW_FLOWS_EXPRESS),
	[NFLB_A_SERVICE_BACKUP] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_ALL_DOWN] =
		NLA_POLICY_MAX(NLA_U32, NFLB_ALL_DOWN_ALL),
	[NFLB_A_SERVICE_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, NFLB_ON_DOWN_RESET),
	[NFLB_A_SERVICE_AFFINITY] =
		NLA_POLICY_MAX(NLA_U32, NFLB_AFFINITY_CLIENT_IP_PROTO),
	[NFLB_A_SERVICE_AFFINITY_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, NFLB_AFFINITY_PREFIX_MAX),
	[NFLB_A_SERVICE_IDLE_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SERVICE_HALF_OPEN_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SERVICE_HALF_CLOSED_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SERVICE_UDP_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SERVICE_TCP_RESET] = NLA_POLICY_MAX(NLA_U32, 1),
	[NFLB_A_SERVICE_ALLOW] = { .type = NLA_BINARY,
				   .len = NFLB_PREFIX_BYTES },
	[NFLB_A_SERVICE_MAX_FLOWS] = NFLB_POLICY_FLOWS,
	[NFLB_A_SERVICE_MAX_RATE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_rate),
	[NFLB_A_SERVICE_SYN_PROXY] = NFLB_POLICY_FLOWS,
	[NFLB_A_SERVICE_NO_FLOW] = NLA_POLICY_MAX(NLA_U32, NFLB_NO_FLOW_DROP),
	[NFLB_A_SERVICE_BACKEND] = NFLB_POLICY_NAME,
	[NFLB_A_SERVICE_QUARANTINE_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_quarantine_ms),
	[NFLB_A_SERVICE_UDP_MODE] =
		NLA_POLICY_MAX(NLA_U32, NFLB_UDP_MODE_ONE_PACKET),
	[NFLB_A_SERVICE_FLOATING] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy nflb_mapping_policy[NFLB_A_MAPPING_MAX + 1] = {
	[NFLB_A_MAPPING_NAT] = NFLB_POLICY_NAME,
	[NFLB_A_MAPPING_BACKEND] = NFLB_POLICY_NAME,
	[NFLB_A_MAPPING_PORT] = NFLB_POLICY_PORT,
};

const struct nla_policy nflb_health_policy[NFLB_A_HEALTH_MAX + 1] = {
	[NFLB_A_HEALTH_POOL] = NFLB_POLICY_NAME,
	[NFLB_A_HEALTH_BACKEND] = NFLB_POLICY_NAME,
	[NFLB_A_HEALTH_PROBE] = NFLB_POLICY_NAME,
	[NFLB_A_HEALTH_STATE] = NLA_POLICY_MAX(NLA_U32, NFLB_HEALTH_DRAINING),
	[NFLB_A_HEALTH_REASON] = { .type = NLA_NUL_STRING,
				   .len = NFLB_REASON_MAX },
	[NFLB_A_HEALTH_TEXT] = { .type = NLA_NUL_STRING,
				 .len = NFLB_TEXT_MAX },
	[NFLB_A_HEALTH_RTT_US] = { .type = NLA_U32 },
	[NFLB_A_HEALTH_RESULTS] = NLA_POLICY_MAX(NLA_U32, NFLB_RESULTS_MAX),
	[NFLB_A_HEALTH_PASSES] = { .type = NLA_U32 },
	[NFLB_A_HEALTH_CLAIM] = NLA_POLICY_MIN(NLA_U32, 1),
	[NFLB_A_HEALTH_SHARE] = NLA_POLICY_RANGE(NLA_U32, 1, NFLB_PCT_MAX),
};

const struct nla_policy nflb_explain_policy[NFLB_A_EXPLAIN_MAX + 1] = {
	[NFLB_A_EXPLAIN_PROTOCOL] =
		NLA_POLICY_RANGE(NLA_U32, 1, NFLB_PROTOCOL_MAX),
	[NFLB_A_EXPLAIN_SRC] = NFLB_POLICY_ADDR,
	[NFLB_A_EXPLAIN_SRC_PORT] = NFLB_POLICY_PORT,
	[NFLB_A_EXPLAIN_DST] = NFLB_POLICY_ADDR,
	[NFLB_A_EXPLAIN_DST_PORT] = NFLB_POLICY_PORT,
	[NFLB_A_EXPLAIN_AFFINITY] =
		NLA_POLICY_MAX(NLA_U32, NFLB_AFFINITY_CLIENT_IP_PROTO),
	[NFLB_A_EXPLAIN_CLIENT_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, NFLB_AFFINITY_PREFIX_MAX),
};

const struct nla_policy nflb_flow_policy[NFLB_A_FLOW_MAX + 1] = {
	[NFLB_A_FLOW_SERVICE] = NFLB_POLICY_NAME,
	[NFLB_A_FLOW_POOL] = NFLB_POLICY_NAME,
	[NFLB_A_FLOW_BACKEND] = NFLB_POLICY_NAME,
};

const struct nla_policy nflb_fastpath_policy[NFLB_A_FASTPATH_MAX + 1] = {
	[NFLB_A_FASTPATH_DEVICES] = NLA_POLICY_MAX(NLA_U32, NFLB_DEVICES_LIST),
	[NFLB_A_FASTPATH_DEVICE] = { .type = NLA_NUL_STRING,
				     .len = NFLB_DEVICE_MAX },
};

const struct nla_policy nflb_snat_policy[NFLB_A_SNAT_MAX + 1] = {
	[NFLB_A_SNAT_NAME] = NFLB_POLICY_NAME,
	[NFLB_A_SNAT_POOL] = NFLB_POLICY_NAME,
	[NFLB_A_SNAT_ADDRESS] = NFLB_POLICY_ADDR,
	[NFLB_A_SNAT_PROTOCOL] = NLA_POLICY_MAX(NLA_U32, NFLB_PROTOCOL_MAX),
	[NFLB_A_SNAT_PORTS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_snat_ports),
	[NFLB_A_SNAT_IDLE_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SNAT_HALF_OPEN_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SNAT_HALF_CLOSED_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SNAT_UDP_TIMEOUT_MS] = NFLB_POLICY_IDLE,
	[NFLB_A_SNAT_TCP_RESET] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy nflb_lease_policy[NFLB_A_LEASE_MAX + 1] = {
	[NFLB_A_LEASE_SNAT] = NFLB_POLICY_NAME,
};

const struct nla_policy nflb_alert_policy[NFLB_A_ALERT_MAX + 1] = {
	[NFLB_A_ALERT_ALL] = { .type = NLA_FLAG },
};

const struct nla_policy nflb_outbound_policy[NFLB_A_OUTBOUND_MAX + 1] = {
	[NFLB_A_OUTBOUND_SNAT] = NFLB_POLICY_NAME,
};

const struct nla_policy nflb_plan_policy[NFLB_A_PLAN_MAX + 1] = {
	[NFLB_A_PLAN_SNAT] = NFLB_POLICY_NAME,
	[NFLB_A_PLAN_PORTS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &nflb_range_snat_ports),
	[NFLB_A_PLAN_BACKENDS] =
		NLA_POLICY_RANGE(NLA_U32, 1, NFLB_BACKENDS_MAX),
	[NFLB_A_PLAN_ADDRESSES] =
		NLA_POLICY_RANGE(NLA_U32, 1, NFLB_SNAT_ADDRESSES_MAX),
};
