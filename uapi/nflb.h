/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/nflb.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_NFLB_H
#define _UAPI_NFLB_H

#define NFLB_FAMILY_NAME	"nflb"
#define NFLB_FAMILY_VERSION	1

#define NFLB_NAME_MAX			63
#define NFLB_PATH_MAX			255
#define NFLB_SCHED_MAX			15
#define NFLB_WEIGHT_MAX			65535
#define NFLB_SLOTS_MIN			251
#define NFLB_SLOTS_MAX			131071
#define NFLB_SLOTS_DEFAULT		65537
#define NFLB_BACKENDS_MAX		20000
#define NFLB_POOL_PROBES_MAX		31
#define NFLB_PORT_MAX			65535
#define NFLB_INTERVAL_MIN_MS		100
#define NFLB_INTERVAL_MAX_MS		3600000
#define NFLB_COUNT_MAX			255
#define NFLB_REASON_MAX			47
#define NFLB_TEXT_MAX			127
#define NFLB_RESULTS_MAX		16
#define NFLB_REPORT_MS			5000
#define NFLB_CLAIM_MS			5000
#define NFLB_PINGS_MAX			1000
#define NFLB_DEADLINE_MAX_MS		604800000
#define NFLB_SLOW_START_MAX_MS		3600000
#define NFLB_PCT_MAX			100
#define NFLB_SPILL_DEFAULT		70
#define NFLB_ZONE_MAX			65535
#define NFLB_PROTOCOL_MAX		255
#define NFLB_DEVICE_MAX			15
#define NFLB_DEVICES_MAX		32
#define NFLB_HOST_MAX			255
#define NFLB_EXPECT_BYTES		50
#define NFLB_BYTES_MAX			512
#define NFLB_COMMAND_MAX		511
#define NFLB_CERT_EXPIRY_MAX_MS		3456000000
#define NFLB_FILE_MAX			255
#define NFLB_GRPC_SERVICE_MAX		127
#define NFLB_MARK_MAX			4294967294
#define NFLB_EJECT_TIME_MIN_MS		100
#define NFLB_EJECT_TIME_MAX_MS		300000
#define NFLB_EJECT_TIME_MS		10000
#define NFLB_AFFINITY_PREFIX_MAX	128
#define NFLB_IDLE_MIN_MS		1000
#define NFLB_IDLE_MAX_MS		86400000
#define NFLB_IDLE_TIMEOUT_MS		240000
#define NFLB_HALF_OPEN_TIMEOUT_MS	60000
#define NFLB_HALF_CLOSED_TIMEOUT_MS	60000
#define NFLB_UDP_TIMEOUT_MS		120000
#define NFLB_ALLOW_MAX			1024
#define NFLB_FLOWS_MAX			100000000
#define NFLB_RATE_MAX			1000000
#define NFLB_PREFIX_BYTES		17
#define NFLB_QUARANTINE_MS		240000
#define NFLB_QUARANTINE_MAX_MS		86400000

/**
 * enum nflb_admin - What the administrator says of a backend.
 * @NFLB_ADMIN_NONE: The probe of the service decides.
 * @NFLB_ADMIN_UP: Eligible whatever the probe says.
 * @NFLB_ADMIN_DOWN: Not eligible; flows that it has go on.
 */
enum nflb_admin {
	NFLB_ADMIN_NONE,
	NFLB_ADMIN_UP,
	NFLB_ADMIN_DOWN,
};

/**
 * enum nflb_health - What a prober last reported of a backend.
 * @NFLB_HEALTH_UNKNOWN: Nothing reported yet; the probe's initial state
 *   counts.
 * @NFLB_HEALTH_UP: The probe passes.
 * @NFLB_HEALTH_DOWN: The probe fails.
 * @NFLB_HEALTH_DRAINING: The application says that it is about to end. It is
 *   not eligible, as with down, but it is not down; its connections go on,
 *   whatever on-down says.
 */
enum nflb_health {
	NFLB_HEALTH_UNKNOWN,
	NFLB_HEALTH_UP,
	NFLB_HEALTH_DOWN,
	NFLB_HEALTH_DRAINING,
};

/**
 * enum nflb_probe_type - How health is checked.
 * @NFLB_PROBE_TYPE_TCP: A TCP connection can be opened.
 * @NFLB_PROBE_TYPE_HTTP: A GET of the path is answered as is wanted.
 * @NFLB_PROBE_TYPE_HTTPS: As http, over TLS.
 * @NFLB_PROBE_TYPE_UDP: A datagram is answered as is wanted or, if nothing is,
 *   not answered by an ICMP error in time.
 * @NFLB_PROBE_TYPE_EXEC: A program ends with exit status 0.
 * @NFLB_PROBE_TYPE_TLS: A TLS handshake ends as is wanted.
 * @NFLB_PROBE_TYPE_ICMP: An ICMP echo request is answered.
 * @NFLB_PROBE_TYPE_GRPC: The answer of the gRPC Health Checking Protocol, by
 *   HTTP/2 without TLS, is SERVING.
 * @NFLB_PROBE_TYPE_GRPCS: As grpc, over TLS.
 */
enum nflb_probe_type {
	NFLB_PROBE_TYPE_TCP,
	NFLB_PROBE_TYPE_HTTP,
	NFLB_PROBE_TYPE_HTTPS,
	NFLB_PROBE_TYPE_UDP,
	NFLB_PROBE_TYPE_EXEC,
	NFLB_PROBE_TYPE_TLS,
	NFLB_PROBE_TYPE_ICMP,
	NFLB_PROBE_TYPE_GRPC,
	NFLB_PROBE_TYPE_GRPCS,
};

/**
 * enum nflb_answers - How the answers to checks count, whether they are as
 *   wanted or not, and refusals among them. Silences are counted in any case.
 * @NFLB_ANSWERS_BY_TYPE: Those of tcp probes are counted, those of others act
 *   at once.
 * @NFLB_ANSWERS_AT_ONCE: One is enough.
 * @NFLB_ANSWERS_COUNTED: It takes as many in a row as rise and fall say.
 */
enum nflb_answers {
	NFLB_ANSWERS_BY_TYPE,
	NFLB_ANSWERS_AT_ONCE,
	NFLB_ANSWERS_COUNTED,
};

/**
 * enum nflb_new_flows - How the flows of a service are opened.
 * @NFLB_NEW_FLOWS_STANDARD: Their first packets go the kernel's own way, where
 *   the host's rules judge them.
 * @NFLB_NEW_FLOWS_EXPRESS: At the ingress of the device that a flow's first
 *   packet comes in by, past routing's and netfilter's hooks; what cannot be
 *   opened there is opened as with standard.
 */
enum nflb_new_flows {
	NFLB_NEW_FLOWS_STANDARD,
	NFLB_NEW_FLOWS_EXPRESS,
};

/**
 * enum nflb_ping - What becomes of ICMP echo requests to a frontend that has
 *   services, but none of any protocol, which would take them.
 * @NFLB_PING_SERVED: They are answered while a service of the frontend has a
 *   backend for new flows, else with an ICMP host unreachable (address
 *   unreachable for IPv6).
 * @NFLB_PING_ALWAYS: They are answered.
 * @NFLB_PING_NEVER: They are dropped.
 */
enum nflb_ping {
	NFLB_PING_SERVED,
	NFLB_PING_ALWAYS,
	NFLB_PING_NEVER,
};

/**
 * enum nflb_all_down - What becomes of the first packet of a flow when no
 *   backend is eligible, of the backup pools neither.
 * @NFLB_ALL_DOWN_DROP: It is dropped.
 * @NFLB_ALL_DOWN_REJECT: It is dropped and answered, TCP with a reset,
 *   everything else with an ICMP port unreachable.
 * @NFLB_ALL_DOWN_ALL: A backend of the pool is picked that would be eligible
 *   without a probe; without one, the packet is dropped.
 */
enum nflb_all_down {
	NFLB_ALL_DOWN_DROP,
	NFLB_ALL_DOWN_REJECT,
	NFLB_ALL_DOWN_ALL,
};

/**
 * enum nflb_on_down - What becomes of a service's connections to a backend
 *   that goes down.
 * @NFLB_ON_DOWN_KEEP: They go on.
 * @NFLB_ON_DOWN_RESET: Client and backend get a reset, and they end.
 */
enum nflb_on_down {
	NFLB_ON_DOWN_KEEP,
	NFLB_ON_DOWN_RESET,
};

/**
 * enum nflb_no_flow - What becomes of a packet of TCP to a service that
 *   belongs to no flow and is not the first one of a connection.
 * @NFLB_NO_FLOW_PICK_UP: It opens a flow, as a first packet does.
 * @NFLB_NO_FLOW_RESET: It is dropped, and its sender gets a reset.
 * @NFLB_NO_FLOW_DROP: It is dropped.
 */
enum nflb_no_flow {
	NFLB_NO_FLOW_PICK_UP,
	NFLB_NO_FLOW_RESET,
	NFLB_NO_FLOW_DROP,
};

/**
 * enum nflb_udp_mode - For how long the flows of a service that have no
 *   connection, as those of UDP, keep the backend that was picked for them.
 * @NFLB_UDP_MODE_PINNED: As long as it may serve.
 * @NFLB_UDP_MODE_HASHED: As long as the scheduler's hash picks it; a change of
 *   pool or health by which it picks another one moves them. Needs the
 *   scheduler maglev.
 * @NFLB_UDP_MODE_ONE_PACKET: Not at all, as there are no flows: a backend is
 *   picked for each datagram, and conntrack does not see it. Each backend port
 *   is to be of one such service.
 */
enum nflb_udp_mode {
	NFLB_UDP_MODE_PINNED,
	NFLB_UDP_MODE_HASHED,
	NFLB_UDP_MODE_ONE_PACKET,
};

/**
 * enum nflb_affinity - Which flows of a service go to one backend.
 * @NFLB_AFFINITY_NONE: Each may go to another one.
 * @NFLB_AFFINITY_CLIENT_IP: Those of a client, with those of all such services
 *   of the pool.
 * @NFLB_AFFINITY_CLIENT_IP_PROTO: The same, of each protocol.
 */
enum nflb_affinity {
	NFLB_AFFINITY_NONE,
	NFLB_AFFINITY_CLIENT_IP,
	NFLB_AFFINITY_CLIENT_IP_PROTO,
};

/**
 * enum nflb_chosen_by - What has chosen the backend.
 * @NFLB_CHOSEN_BY_HASH: The scheduler, by a hash of the client, or without
 *   affinity of the flow.
 * @NFLB_CHOSEN_BY_TABLE: The table of clients says that it has this one.
 * @NFLB_CHOSEN_BY_SCHEDULER: The scheduler, for this flow alone; or for a
 *   client that the table has none for that may serve, and that then has this
 *   one.
 */
enum nflb_chosen_by {
	NFLB_CHOSEN_BY_HASH,
	NFLB_CHOSEN_BY_TABLE,
	NFLB_CHOSEN_BY_SCHEDULER,
};

/**
 * enum nflb_eject_reason - How the last of the failures in a row came that
 *   have a backend ejected.
 * @NFLB_EJECT_REASON_UNANSWERED: The SYN was not answered.
 * @NFLB_EJECT_REASON_REFUSED: It was answered with a reset.
 * @NFLB_EJECT_REASON_UNREACHABLE: An ICMP error said that the packet did not
 *   reach its destination.
 */
enum nflb_eject_reason {
	NFLB_EJECT_REASON_UNANSWERED,
	NFLB_EJECT_REASON_REFUSED,
	NFLB_EJECT_REASON_UNREACHABLE,
};

/**
 * enum nflb_alert_severity - How much an alert is of.
 * @NFLB_ALERT_SEVERITY_WARNING: Something is to be looked at, lest it become
 *   critical.
 * @NFLB_ALERT_SEVERITY_CRITICAL: Clients or backends are not served.
 */
enum nflb_alert_severity {
	NFLB_ALERT_SEVERITY_WARNING,
	NFLB_ALERT_SEVERITY_CRITICAL,
};

/**
 * enum nflb_fallback - Why a backend was picked that is not one of the
 *   eligible ones, or not of the zone that is preferred.
 * @NFLB_FALLBACK_NONE: It is one of them.
 * @NFLB_FALLBACK_BACKUP: The pools before it have none, a backup pool has.
 * @NFLB_FALLBACK_ALL: There is none, and the service says that then all may
 *   serve.
 * @NFLB_FALLBACK_PANIC: So few pass the probe that the pool's panic threshold
 *   lets all serve.
 * @NFLB_FALLBACK_SPILL: The flow has spilled over from the zone that its pool
 *   prefers.
 */
enum nflb_fallback {
	NFLB_FALLBACK_NONE,
	NFLB_FALLBACK_BACKUP,
	NFLB_FALLBACK_ALL,
	NFLB_FALLBACK_PANIC,
	NFLB_FALLBACK_SPILL,
};

/**
 * enum nflb_mapping_state - What becomes of new flows to the port of a nat's
 *   backend.
 * @NFLB_MAPPING_STATE_UP: The backend gets them.
 * @NFLB_MAPPING_STATE_DOWN: The backend may not have new flows.
 * @NFLB_MAPPING_STATE_NO_PORT: There are none, as all ports of the nat are
 *   others'.
 * @NFLB_MAPPING_STATE_QUARANTINE: The backend has left; the port is kept for
 *   it, and new flows get what they get without a backend.
 */
enum nflb_mapping_state {
	NFLB_MAPPING_STATE_UP,
	NFLB_MAPPING_STATE_DOWN,
	NFLB_MAPPING_STATE_NO_PORT,
	NFLB_MAPPING_STATE_QUARANTINE,
};

/**
 * enum nflb_change - What happened to the object of a notification.
 * @NFLB_CHANGE_ADD: The object is new.
 * @NFLB_CHANGE_SET: The object was changed.
 * @NFLB_CHANGE_DEL: The object was removed.
 */
enum nflb_change {
	NFLB_CHANGE_ADD,
	NFLB_CHANGE_SET,
	NFLB_CHANGE_DEL,
};

/**
 * enum nflb_verdict - What becomes of the first packet of a flow.
 * @NFLB_VERDICT_NO_FRONTEND: The destination is no frontend address; the
 *   packet is left alone.
 * @NFLB_VERDICT_NO_SERVICE: The destination is a frontend, but no service has
 *   this protocol and port; the packet is left alone.
 * @NFLB_VERDICT_NO_BACKEND: A service matches, but no backend may serve; it is
 *   dropped, or rejected if the service says so.
 * @NFLB_VERDICT_PICKED: A backend was picked.
 * @NFLB_VERDICT_NOT_ALLOWED: A service matches, but its allow list does not
 *   have the client; it is dropped.
 * @NFLB_VERDICT_FULL: A service matches, but all backends that may serve have
 *   as many flows as they may have; it is dropped, or rejected if the service
 *   says so.
 * @NFLB_VERDICT_MAX_FLOWS: A service matches, but has as many flows open as it
 *   may have; it is dropped.
 * @NFLB_VERDICT_MAX_RATE: A service matches, but has had as many new flows
 *   lately as it may have; it is dropped.
 */
enum nflb_verdict {
	NFLB_VERDICT_NO_FRONTEND,
	NFLB_VERDICT_NO_SERVICE,
	NFLB_VERDICT_NO_BACKEND,
	NFLB_VERDICT_PICKED,
	NFLB_VERDICT_NOT_ALLOWED,
	NFLB_VERDICT_FULL,
	NFLB_VERDICT_MAX_FLOWS,
	NFLB_VERDICT_MAX_RATE,
};

/**
 * enum nflb_devices - Which network devices have the ingress hook of the fast
 *   path.
 * @NFLB_DEVICES_AUTO: Those that flows come in by.
 * @NFLB_DEVICES_NONE: None, so every packet goes the kernel's own way.
 * @NFLB_DEVICES_LIST: Those that are named.
 */
enum nflb_devices {
	NFLB_DEVICES_AUTO,
	NFLB_DEVICES_NONE,
	NFLB_DEVICES_LIST,
};

#define NFLB_BACKUPS_MAX	4
#define NFLB_SNAT_ADDRESSES_MAX	16
#define NFLB_SNAT_PORT_FIRST	1024
#define NFLB_SNAT_PORTS_MAX	64000
#define NFLB_SNAT_BLOCK		8

/**
 * enum nflb_snat_ports - How many ports each backend of a snat has, if it is
 *   not their number.
 * @NFLB_SNAT_PORTS_DYNAMIC: As with azure, but no more than its share; it
 *   takes others as it needs them and as far as nobody else has them, and
 *   gives them back.
 * @NFLB_SNAT_PORTS_AZURE: As many as Azure gives to each of so many backends.
 */
enum nflb_snat_ports {
	NFLB_SNAT_PORTS_DYNAMIC,
	NFLB_SNAT_PORTS_AZURE,
};

enum {
	NFLB_A_TXN_GENERATION = 1,
	NFLB_A_TXN_CHANGES,

	__NFLB_A_TXN_MAX,
	NFLB_A_TXN_MAX = (__NFLB_A_TXN_MAX - 1)
};

enum {
	NFLB_A_COUNTERS_PAD = 1,
	NFLB_A_COUNTERS_NEW_FLOWS,
	NFLB_A_COUNTERS_ACTIVE,
	NFLB_A_COUNTERS_IN_PKTS,
	NFLB_A_COUNTERS_IN_BYTES,
	NFLB_A_COUNTERS_OUT_PKTS,
	NFLB_A_COUNTERS_OUT_BYTES,
	NFLB_A_COUNTERS_DROP_NO_BACKEND,
	NFLB_A_COUNTERS_DROP_NO_MEMORY,
	NFLB_A_COUNTERS_DROP_STALE,
	NFLB_A_COUNTERS_DROP_CONFIRM,
	NFLB_A_COUNTERS_PASS_NO_SERVICE,
	NFLB_A_COUNTERS_HAIRPIN,
	NFLB_A_COUNTERS_PORT_REWRITTEN,
	NFLB_A_COUNTERS_CLASH_MERGED,
	NFLB_A_COUNTERS_WITH_HELPER,
	NFLB_A_COUNTERS_SLOW_PKTS,
	NFLB_A_COUNTERS_EXPRESS_FLOWS,
	NFLB_A_COUNTERS_REJECT_NO_BACKEND,
	NFLB_A_COUNTERS_BACKUP_PICKS,
	NFLB_A_COUNTERS_ALL_DOWN_PICKS,
	NFLB_A_COUNTERS_PANIC_PICKS,
	NFLB_A_COUNTERS_RESET_FLOWS,
	NFLB_A_COUNTERS_PING_REPLIES,
	NFLB_A_COUNTERS_PING_UNREACHABLE,
	NFLB_A_COUNTERS_PING_DROPS,
	NFLB_A_COUNTERS_SPILL_PICKS,
	NFLB_A_COUNTERS_FAILED_CONNECTS,
	NFLB_A_COUNTERS_AFFINITY_HITS,
	NFLB_A_COUNTERS_AFFINITY_EVICTIONS,
	NFLB_A_COUNTERS_IDLE_RESETS,
	NFLB_A_COUNTERS_DEADLINE_RESETS,
	NFLB_A_COUNTERS_DOWN_RESETS,
	NFLB_A_COUNTERS_REMOVED_RESETS,
	NFLB_A_COUNTERS_DROP_NOT_ALLOWED,
	NFLB_A_COUNTERS_DROP_FULL,
	NFLB_A_COUNTERS_REJECT_FULL,
	NFLB_A_COUNTERS_OVERFLOW_PICKS,
	NFLB_A_COUNTERS_DROP_MAX_FLOWS,
	NFLB_A_COUNTERS_DROP_MAX_RATE,
	NFLB_A_COUNTERS_PICK_UPS,
	NFLB_A_COUNTERS_REJECT_NO_FLOW,
	NFLB_A_COUNTERS_DROP_NO_FLOW,
	NFLB_A_COUNTERS_DROP_STRAY_ANSWER,
	NFLB_A_COUNTERS_SNAT_FLOWS,
	NFLB_A_COUNTERS_DROP_NO_PORTS,
	NFLB_A_COUNTERS_NO_PORT,
	NFLB_A_COUNTERS_COOKIES_SENT,
	NFLB_A_COUNTERS_COOKIES_ACCEPTED,
	NFLB_A_COUNTERS_COOKIES_REFUSED,
	NFLB_A_COUNTERS_DROP_NOT_FLOATING,

	__NFLB_A_COUNTERS_MAX,
	NFLB_A_COUNTERS_MAX = (__NFLB_A_COUNTERS_MAX - 1)
};

enum {
	NFLB_A_FRONTEND_NAME = 1,
	NFLB_A_FRONTEND_ADDRESS,
	NFLB_A_FRONTEND_PING,
	NFLB_A_FRONTEND_SERVICES,
	NFLB_A_FRONTEND_SERVED,
	NFLB_A_FRONTEND_GENERATION,
	NFLB_A_FRONTEND_CHANGE,

	__NFLB_A_FRONTEND_MAX,
	NFLB_A_FRONTEND_MAX = (__NFLB_A_FRONTEND_MAX - 1)
};

enum {
	NFLB_A_PROBE_NAME = 1,
	NFLB_A_PROBE_TYPE,
	NFLB_A_PROBE_PORT,
	NFLB_A_PROBE_PATH,
	NFLB_A_PROBE_INTERVAL_MS,
	NFLB_A_PROBE_TIMEOUT_MS,
	NFLB_A_PROBE_RISE,
	NFLB_A_PROBE_FALL,
	NFLB_A_PROBE_INITIAL,
	NFLB_A_PROBE_SERVICES,
	NFLB_A_PROBE_GENERATION,
	NFLB_A_PROBE_CHANGE,
	NFLB_A_PROBE_HOST,
	NFLB_A_PROBE_SNI,
	NFLB_A_PROBE_EXPECT,
	NFLB_A_PROBE_BODY,
	NFLB_A_PROBE_VERIFY,
	NFLB_A_PROBE_CERT_EXPIRY_MS,
	NFLB_A_PROBE_SOURCE,
	NFLB_A_PROBE_DEVICE,
	NFLB_A_PROBE_SEND,
	NFLB_A_PROBE_RECEIVE,
	NFLB_A_PROBE_COMMAND,
	NFLB_A_PROBE_JSON_STATE,
	NFLB_A_PROBE_ANSWERS,
	NFLB_A_PROBE_MARK,
	NFLB_A_PROBE_CERT,
	NFLB_A_PROBE_KEY,
	NFLB_A_PROBE_GRPC_SERVICE,

	__NFLB_A_PROBE_MAX,
	NFLB_A_PROBE_MAX = (__NFLB_A_PROBE_MAX - 1)
};

enum {
	NFLB_A_POOL_PAD = 1,
	NFLB_A_POOL_NAME,
	NFLB_A_POOL_SCHEDULER,
	NFLB_A_POOL_SLOTS,
	NFLB_A_POOL_SEED,
	NFLB_A_POOL_BACKENDS,
	NFLB_A_POOL_ELIGIBLE,
	NFLB_A_POOL_SERVICES,
	NFLB_A_POOL_MEMORY_BYTES,
	NFLB_A_POOL_DIGEST,
	NFLB_A_POOL_GENERATION,
	NFLB_A_POOL_CHANGE,
	NFLB_A_POOL_PANIC,
	NFLB_A_POOL_PANIC_PROBE,
	NFLB_A_POOL_SLOW_START_MS,
	NFLB_A_POOL_PREFER_ZONE,
	NFLB_A_POOL_SPILL_BELOW,
	NFLB_A_POOL_EJECT_AFTER,
	NFLB_A_POOL_EJECT_TIME_MS,

	__NFLB_A_POOL_MAX,
	NFLB_A_POOL_MAX = (__NFLB_A_POOL_MAX - 1)
};

enum {
	NFLB_A_PANIC_POOL = 1,
	NFLB_A_PANIC_PROBE,
	NFLB_A_PANIC_ACTIVE,
	NFLB_A_PANIC_PASSING,
	NFLB_A_PANIC_BACKENDS,

	__NFLB_A_PANIC_MAX,
	NFLB_A_PANIC_MAX = (__NFLB_A_PANIC_MAX - 1)
};

enum {
	NFLB_A_BACKEND_POOL = 1,
	NFLB_A_BACKEND_NAME,
	NFLB_A_BACKEND_ADDRESS,
	NFLB_A_BACKEND_WEIGHT,
	NFLB_A_BACKEND_ZONE,
	NFLB_A_BACKEND_ADMIN,
	NFLB_A_BACKEND_DRAIN,
	NFLB_A_BACKEND_NOW,
	NFLB_A_BACKEND_DEADLINE_MS,
	NFLB_A_BACKEND_LEAVING,
	NFLB_A_BACKEND_HEALTH,
	NFLB_A_BACKEND_COUNTERS,
	NFLB_A_BACKEND_GENERATION,
	NFLB_A_BACKEND_CHANGE,
	NFLB_A_BACKEND_SHARE,
	NFLB_A_BACKEND_EJECTED,
	NFLB_A_BACKEND_EJECT_REASON,
	NFLB_A_BACKEND_EJECT_TIME_MS,
	NFLB_A_BACKEND_EJECT_LEFT_MS,
	NFLB_A_BACKEND_CONNECT_US,
	NFLB_A_BACKEND_MAX_FLOWS,
	NFLB_A_BACKEND_DECIDED_BY,
	NFLB_A_BACKEND_ADMIN_FOR_MS,
	NFLB_A_BACKEND_NOTE,

	__NFLB_A_BACKEND_MAX,
	NFLB_A_BACKEND_MAX = (__NFLB_A_BACKEND_MAX - 1)
};

enum {
	NFLB_A_EJECT_POOL = 1,
	NFLB_A_EJECT_BACKEND,
	NFLB_A_EJECT_ADDRESS,
	NFLB_A_EJECT_ACTIVE,
	NFLB_A_EJECT_REASON,
	NFLB_A_EJECT_TIME_MS,

	__NFLB_A_EJECT_MAX,
	NFLB_A_EJECT_MAX = (__NFLB_A_EJECT_MAX - 1)
};

enum {
	NFLB_A_SYNPROXY_SERVICE = 1,
	NFLB_A_SYNPROXY_ACTIVE,
	NFLB_A_SYNPROXY_HALF_OPEN,
	NFLB_A_SYNPROXY_MARK,

	__NFLB_A_SYNPROXY_MAX,
	NFLB_A_SYNPROXY_MAX = (__NFLB_A_SYNPROXY_MAX - 1)
};

enum {
	NFLB_A_ALERT_PAD = 1,
	NFLB_A_ALERT_NAME,
	NFLB_A_ALERT_SEVERITY,
	NFLB_A_ALERT_SERVICE,
	NFLB_A_ALERT_SNAT,
	NFLB_A_ALERT_ACTIVE,
	NFLB_A_ALERT_AGAIN,
	NFLB_A_ALERT_PART,
	NFLB_A_ALERT_WHOLE,
	NFLB_A_ALERT_BACKEND,
	NFLB_A_ALERT_NUMBER,
	NFLB_A_ALERT_ALL,

	__NFLB_A_ALERT_MAX,
	NFLB_A_ALERT_MAX = (__NFLB_A_ALERT_MAX - 1)
};

enum {
	NFLB_A_DRAIN_POOL = 1,
	NFLB_A_DRAIN_BACKEND,
	NFLB_A_DRAIN_CUT,
	NFLB_A_DRAIN_ADDRESS,

	__NFLB_A_DRAIN_MAX,
	NFLB_A_DRAIN_MAX = (__NFLB_A_DRAIN_MAX - 1)
};

enum {
	NFLB_A_PROBE_STATE_PROBE = 1,
	NFLB_A_PROBE_STATE_STATE,
	NFLB_A_PROBE_STATE_REASON,
	NFLB_A_PROBE_STATE_TEXT,
	NFLB_A_PROBE_STATE_RTT_US,
	NFLB_A_PROBE_STATE_RESULTS,
	NFLB_A_PROBE_STATE_PASSES,
	NFLB_A_PROBE_STATE_SECONDS,
	NFLB_A_PROBE_STATE_STALE,
	NFLB_A_PROBE_STATE_INITIAL_UP,
	NFLB_A_PROBE_STATE_SHARE,
	NFLB_A_PROBE_STATE_DECIDED_BY,
	NFLB_A_PROBE_STATE_UP_PCT,

	__NFLB_A_PROBE_STATE_MAX,
	NFLB_A_PROBE_STATE_MAX = (__NFLB_A_PROBE_STATE_MAX - 1)
};

enum {
	NFLB_A_HEALTH_POOL = 1,
	NFLB_A_HEALTH_BACKEND,
	NFLB_A_HEALTH_PROBE,
	NFLB_A_HEALTH_STATE,
	NFLB_A_HEALTH_REASON,
	NFLB_A_HEALTH_TEXT,
	NFLB_A_HEALTH_RTT_US,
	NFLB_A_HEALTH_RESULTS,
	NFLB_A_HEALTH_PASSES,
	NFLB_A_HEALTH_STALE,
	NFLB_A_HEALTH_CLAIM,
	NFLB_A_HEALTH_SHARE,

	__NFLB_A_HEALTH_MAX,
	NFLB_A_HEALTH_MAX = (__NFLB_A_HEALTH_MAX - 1)
};

enum {
	NFLB_A_SERVICE_NAME = 1,
	NFLB_A_SERVICE_FRONTEND,
	NFLB_A_SERVICE_PROTOCOL,
	NFLB_A_SERVICE_PORT,
	NFLB_A_SERVICE_PORT_LAST,
	NFLB_A_SERVICE_POOL,
	NFLB_A_SERVICE_BACKEND_PORT,
	NFLB_A_SERVICE_BACKEND_PORT_LAST,
	NFLB_A_SERVICE_PROBE,
	NFLB_A_SERVICE_FASTPATH,
	NFLB_A_SERVICE_NEW_FLOWS,
	NFLB_A_SERVICE_BACKUP,
	NFLB_A_SERVICE_ALL_DOWN,
	NFLB_A_SERVICE_ON_DOWN,
	NFLB_A_SERVICE_COUNTERS,
	NFLB_A_SERVICE_GENERATION,
	NFLB_A_SERVICE_CHANGE,
	NFLB_A_SERVICE_HEALTHY,
	NFLB_A_SERVICE_UNREPORTED,
	NFLB_A_SERVICE_AFFINITY,
	NFLB_A_SERVICE_AFFINITY_PREFIX,
	NFLB_A_SERVICE_IDLE_TIMEOUT_MS,
	NFLB_A_SERVICE_HALF_OPEN_TIMEOUT_MS,
	NFLB_A_SERVICE_HALF_CLOSED_TIMEOUT_MS,
	NFLB_A_SERVICE_UDP_TIMEOUT_MS,
	NFLB_A_SERVICE_TCP_RESET,
	NFLB_A_SERVICE_ALLOW,
	NFLB_A_SERVICE_MAX_FLOWS,
	NFLB_A_SERVICE_MAX_RATE,
	NFLB_A_SERVICE_NO_FLOW,
	NFLB_A_SERVICE_BACKEND,
	NFLB_A_SERVICE_QUARANTINE_MS,
	NFLB_A_SERVICE_UNMAPPED,
	NFLB_A_SERVICE_UDP_MODE,
	NFLB_A_SERVICE_SYN_PROXY,
	NFLB_A_SERVICE_HALF_OPEN,
	NFLB_A_SERVICE_PROTECTED,
	NFLB_A_SERVICE_FLOATING,

	__NFLB_A_SERVICE_MAX,
	NFLB_A_SERVICE_MAX = (__NFLB_A_SERVICE_MAX - 1)
};

enum {
	NFLB_A_MAPPING_NAT = 1,
	NFLB_A_MAPPING_BACKEND,
	NFLB_A_MAPPING_PORT,
	NFLB_A_MAPPING_ADDRESS,
	NFLB_A_MAPPING_STATE,
	NFLB_A_MAPPING_LEFT_MS,
	NFLB_A_MAPPING_ACTIVE,
	NFLB_A_MAPPING_GENERATION,
	NFLB_A_MAPPING_CHANGE,

	__NFLB_A_MAPPING_MAX,
	NFLB_A_MAPPING_MAX = (__NFLB_A_MAPPING_MAX - 1)
};

enum {
	NFLB_A_EXPLAIN_PROTOCOL = 1,
	NFLB_A_EXPLAIN_SRC,
	NFLB_A_EXPLAIN_SRC_PORT,
	NFLB_A_EXPLAIN_DST,
	NFLB_A_EXPLAIN_DST_PORT,
	NFLB_A_EXPLAIN_VERDICT,
	NFLB_A_EXPLAIN_FRONTEND,
	NFLB_A_EXPLAIN_SERVICE,
	NFLB_A_EXPLAIN_POOL,
	NFLB_A_EXPLAIN_SCHEDULER,
	NFLB_A_EXPLAIN_SLOT,
	NFLB_A_EXPLAIN_ATTEMPTS,
	NFLB_A_EXPLAIN_BACKEND,
	NFLB_A_EXPLAIN_BACKEND_ADDRESS,
	NFLB_A_EXPLAIN_BACKEND_PORT,
	NFLB_A_EXPLAIN_FIRST_CHOICE,
	NFLB_A_EXPLAIN_FALLBACK,
	NFLB_A_EXPLAIN_ALL_DOWN,
	NFLB_A_EXPLAIN_RAMPING,
	NFLB_A_EXPLAIN_RAMPING_SHARE,
	NFLB_A_EXPLAIN_PREFER_ZONE,
	NFLB_A_EXPLAIN_ZONE_SHARE,
	NFLB_A_EXPLAIN_AFFINITY,
	NFLB_A_EXPLAIN_CLIENT,
	NFLB_A_EXPLAIN_CLIENT_PREFIX,
	NFLB_A_EXPLAIN_CHOSEN_BY,
	NFLB_A_EXPLAIN_FULL,
	NFLB_A_EXPLAIN_PROTECTED,
	NFLB_A_EXPLAIN_UDP_MODE,
	NFLB_A_EXPLAIN_FLOATING,

	__NFLB_A_EXPLAIN_MAX,
	NFLB_A_EXPLAIN_MAX = (__NFLB_A_EXPLAIN_MAX - 1)
};

enum {
	NFLB_A_FLOW_PAD = 1,
	NFLB_A_FLOW_SERVICE,
	NFLB_A_FLOW_POOL,
	NFLB_A_FLOW_BACKEND,
	NFLB_A_FLOW_PROTOCOL,
	NFLB_A_FLOW_CLIENT,
	NFLB_A_FLOW_CLIENT_PORT,
	NFLB_A_FLOW_FRONTEND_ADDRESS,
	NFLB_A_FLOW_FRONTEND_PORT,
	NFLB_A_FLOW_BACKEND_ADDRESS,
	NFLB_A_FLOW_BACKEND_PORT,
	NFLB_A_FLOW_TIMEOUT_MS,
	NFLB_A_FLOW_ACTIVE,
	NFLB_A_FLOW_HAIRPIN,

	__NFLB_A_FLOW_MAX,
	NFLB_A_FLOW_MAX = (__NFLB_A_FLOW_MAX - 1)
};

enum {
	NFLB_A_INFO_VERSION = 1,
	NFLB_A_INFO_GENERATION,
	NFLB_A_INFO_FRONTENDS,
	NFLB_A_INFO_PROBES,
	NFLB_A_INFO_POOLS,
	NFLB_A_INFO_BACKENDS,
	NFLB_A_INFO_SERVICES,
	NFLB_A_INFO_COUNTERS,
	NFLB_A_INFO_SCHEDULER,
	NFLB_A_INFO_SNATS,

	__NFLB_A_INFO_MAX,
	NFLB_A_INFO_MAX = (__NFLB_A_INFO_MAX - 1)
};

enum {
	NFLB_A_FASTPATH_DEVICES = 1,
	NFLB_A_FASTPATH_DEVICE,
	NFLB_A_FASTPATH_GENERATION,
	NFLB_A_FASTPATH_CHANGE,

	__NFLB_A_FASTPATH_MAX,
	NFLB_A_FASTPATH_MAX = (__NFLB_A_FASTPATH_MAX - 1)
};

enum {
	NFLB_A_AGENT_CLAIM = 1,
	NFLB_A_AGENT_PORT,
	NFLB_A_AGENT_ACTIVE,
	NFLB_A_AGENT_FORMER,

	__NFLB_A_AGENT_MAX,
	NFLB_A_AGENT_MAX = (__NFLB_A_AGENT_MAX - 1)
};

enum {
	NFLB_A_SNAT_NAME = 1,
	NFLB_A_SNAT_POOL,
	NFLB_A_SNAT_ADDRESS,
	NFLB_A_SNAT_PROTOCOL,
	NFLB_A_SNAT_PORTS,
	NFLB_A_SNAT_BACKENDS,
	NFLB_A_SNAT_RESERVED,
	NFLB_A_SNAT_CAPACITY,
	NFLB_A_SNAT_ALLOCATED,
	NFLB_A_SNAT_USED,
	NFLB_A_SNAT_FAILED,
	NFLB_A_SNAT_SHORT,
	NFLB_A_SNAT_BUSY,
	NFLB_A_SNAT_EXHAUSTED,
	NFLB_A_SNAT_PAD,
	NFLB_A_SNAT_GENERATION,
	NFLB_A_SNAT_CHANGE,
	NFLB_A_SNAT_IDLE_TIMEOUT_MS,
	NFLB_A_SNAT_HALF_OPEN_TIMEOUT_MS,
	NFLB_A_SNAT_HALF_CLOSED_TIMEOUT_MS,
	NFLB_A_SNAT_UDP_TIMEOUT_MS,
	NFLB_A_SNAT_TCP_RESET,
	NFLB_A_SNAT_IDLE_RESETS,

	__NFLB_A_SNAT_MAX,
	NFLB_A_SNAT_MAX = (__NFLB_A_SNAT_MAX - 1)
};

enum {
	NFLB_A_LEASE_SNAT = 1,
	NFLB_A_LEASE_POOL,
	NFLB_A_LEASE_BACKEND,
	NFLB_A_LEASE_ADDRESS,
	NFLB_A_LEASE_ALLOCATED,
	NFLB_A_LEASE_LIMIT,
	NFLB_A_LEASE_USED,
	NFLB_A_LEASE_FAILED,
	NFLB_A_LEASE_PAD,
	NFLB_A_LEASE_GENERATION,

	__NFLB_A_LEASE_MAX,
	NFLB_A_LEASE_MAX = (__NFLB_A_LEASE_MAX - 1)
};

enum {
	NFLB_CMD_TXN_BEGIN = 1,
	NFLB_CMD_TXN_COMMIT,
	NFLB_CMD_TXN_ABORT,
	NFLB_CMD_TXN_REHEARSE,
	NFLB_CMD_FLUSH,
	NFLB_CMD_INFO_GET,
	NFLB_CMD_FRONTEND_NEW,
	NFLB_CMD_FRONTEND_SET,
	NFLB_CMD_FRONTEND_DEL,
	NFLB_CMD_FRONTEND_GET,
	NFLB_CMD_FRONTEND_NTF,
	NFLB_CMD_PROBE_NEW,
	NFLB_CMD_PROBE_SET,
	NFLB_CMD_PROBE_DEL,
	NFLB_CMD_PROBE_GET,
	NFLB_CMD_PROBE_NTF,
	NFLB_CMD_POOL_NEW,
	NFLB_CMD_POOL_SET,
	NFLB_CMD_POOL_DEL,
	NFLB_CMD_POOL_GET,
	NFLB_CMD_POOL_NTF,
	NFLB_CMD_BACKEND_NEW,
	NFLB_CMD_BACKEND_SET,
	NFLB_CMD_BACKEND_DEL,
	NFLB_CMD_BACKEND_GET,
	NFLB_CMD_BACKEND_NTF,
	NFLB_CMD_SERVICE_NEW,
	NFLB_CMD_SERVICE_SET,
	NFLB_CMD_SERVICE_DEL,
	NFLB_CMD_SERVICE_GET,
	NFLB_CMD_SERVICE_NTF,
	NFLB_CMD_COMMIT_NTF,
	NFLB_CMD_HEALTH_SET,
	NFLB_CMD_HEALTH_NTF,
	NFLB_CMD_EXPLAIN,
	NFLB_CMD_FLOW_GET,
	NFLB_CMD_FASTPATH_SET,
	NFLB_CMD_FASTPATH_GET,
	NFLB_CMD_FASTPATH_NTF,
	NFLB_CMD_PANIC_NTF,
	NFLB_CMD_DRAIN_NTF,
	NFLB_CMD_AGENT_CLAIM,
	NFLB_CMD_AGENT_NTF,
	NFLB_CMD_EJECT_NTF,
	NFLB_CMD_SNAT_NEW,
	NFLB_CMD_SNAT_SET,
	NFLB_CMD_SNAT_DEL,
	NFLB_CMD_SNAT_GET,
	NFLB_CMD_SNAT_NTF,
	NFLB_CMD_LEASE_GET,
	NFLB_CMD_NAT_NEW,
	NFLB_CMD_NAT_SET,
	NFLB_CMD_NAT_DEL,
	NFLB_CMD_NAT_GET,
	NFLB_CMD_NAT_NTF,
	NFLB_CMD_MAPPING_SET,
	NFLB_CMD_MAPPING_GET,
	NFLB_CMD_MAPPING_NTF,
	NFLB_CMD_SYNPROXY_NTF,
	NFLB_CMD_ALERT_GET,
	NFLB_CMD_ALERT_NTF,

	__NFLB_CMD_MAX,
	NFLB_CMD_MAX = (__NFLB_CMD_MAX - 1)
};

#define NFLB_MCGRP_CHANGES	"changes"

#endif /* _UAPI_NFLB_H */
