// SPDX-License-Identifier: GPL-2.0-only
/* The objects and their fields. */
#include "schema.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>

#include "devices.h"
#include "host.h"
#include "mem.h"
#include "nflb.h"
#include "prefixes.h"

const struct word admin_words[] = {
	{ "none", NFLB_ADMIN_NONE },
	{ "up", NFLB_ADMIN_UP },
	{ "down", NFLB_ADMIN_DOWN },
	{ NULL, 0 },
};

const struct word health_words[] = {
	{ "up", NFLB_HEALTH_UP },
	{ "down", NFLB_HEALTH_DOWN },
	{ "draining", NFLB_HEALTH_DRAINING },
	{ "unknown", NFLB_HEALTH_UNKNOWN },
	{ NULL, 0 },
};

/* As the reasons that an agent gives */
const struct word eject_reason_words[] = {
	{ "Down_Passive_Unanswered", NFLB_EJECT_REASON_UNANSWERED },
	{ "Down_Passive_Refused", NFLB_EJECT_REASON_REFUSED },
	{ "Down_Passive_Unreachable", NFLB_EJECT_REASON_UNREACHABLE },
	{ NULL, 0 },
};

const struct word alert_severity_words[] = {
	{ "warning", NFLB_ALERT_SEVERITY_WARNING },
	{ "critical", NFLB_ALERT_SEVERITY_CRITICAL },
	{ NULL, 0 },
};

const struct word change_words[] = {
	{ "add", NFLB_CHANGE_ADD },
	{ "set", NFLB_CHANGE_SET },
	{ "del", NFLB_CHANGE_DEL },
	{ NULL, 0 },
};

const struct word verdict_words[] = {
	{ "no-frontend", NFLB_VERDICT_NO_FRONTEND },
	{ "no-service", NFLB_VERDICT_NO_SERVICE },
	{ "no-backend", NFLB_VERDICT_NO_BACKEND },
	{ "picked", NFLB_VERDICT_PICKED },
	{ "not-allowed", NFLB_VERDICT_NOT_ALLOWED },
	{ "full", NFLB_VERDICT_FULL },
	{ "max-flows", NFLB_VERDICT_MAX_FLOWS },
	{ "max-rate", NFLB_VERDICT_MAX_RATE },
	{ NULL, 0 },
};

const struct word fallback_words[] = {
	{ "none", NFLB_FALLBACK_NONE },
	{ "backup", NFLB_FALLBACK_BACKUP },
	{ "all", NFLB_FALLBACK_ALL },
	{ "panic", NFLB_FALLBACK_PANIC },
	{ "spill", NFLB_FALLBACK_SPILL },
	{ NULL, 0 },
};

const struct word all_down_words[] = {
	{ "drop", NFLB_ALL_DOWN_DROP },
	{ "reject", NFLB_ALL_DOWN_REJECT },
	{ "all", NFLB_ALL_DOWN_ALL },
	{ NULL, 0 },
};

/* A nat has no others. */
static const struct word nat_all_down_words[] = {
	{ "drop", NFLB_ALL_DOWN_DROP },
	{ "reject", NFLB_ALL_DOWN_REJECT },
	{ NULL, 0 },
};

static const struct word port_protocol_words[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },
	{ NULL, 0 },
};

const struct word affinity_words[] = {
	{ "none", NFLB_AFFINITY_NONE },
	{ "client-ip", NFLB_AFFINITY_CLIENT_IP },
	{ "client-ip-proto", NFLB_AFFINITY_CLIENT_IP_PROTO },
	{ NULL, 0 },
};

const struct word chosen_by_words[] = {
	{ "hash", NFLB_CHOSEN_BY_HASH },
	{ "table", NFLB_CHOSEN_BY_TABLE },
	{ "scheduler", NFLB_CHOSEN_BY_SCHEDULER },
	{ NULL, 0 },
};

const struct word mapping_state_words[] = {
	{ "up", NFLB_MAPPING_STATE_UP },
	{ "down", NFLB_MAPPING_STATE_DOWN },
	{ "no-port", NFLB_MAPPING_STATE_NO_PORT },
	{ "quarantine", NFLB_MAPPING_STATE_QUARANTINE },
	{ NULL, 0 },
};

static const struct word on_down_words[] = {
	{ "keep", NFLB_ON_DOWN_KEEP },
	{ "reset", NFLB_ON_DOWN_RESET },
	{ NULL, 0 },
};

const struct word udp_mode_words[] = {
	{ "pinned", NFLB_UDP_MODE_PINNED },
	{ "hashed", NFLB_UDP_MODE_HASHED },
	{ "one-packet", NFLB_UDP_MODE_ONE_PACKET },
	{ NULL, 0 },
};

static const struct word no_flow_words[] = {
	{ "pick-up", NFLB_NO_FLOW_PICK_UP },
	{ "reset", NFLB_NO_FLOW_RESET },
	{ "drop", NFLB_NO_FLOW_DROP },
	{ NULL, 0 },
};

static const struct word ping_words[] = {
	{ "served", NFLB_PING_SERVED },
	{ "always", NFLB_PING_ALWAYS },
	{ "never", NFLB_PING_NEVER },
	{ NULL, 0 },
};

static const struct word answers_words[] = {
	{ "by-type", NFLB_ANSWERS_BY_TYPE },
	{ "at-once", NFLB_ANSWERS_AT_ONCE },
	{ "counted", NFLB_ANSWERS_COUNTED },
	{ NULL, 0 },
};

static const struct word probe_type_words[] = {
	{ "tcp", NFLB_PROBE_TYPE_TCP },
	{ "http", NFLB_PROBE_TYPE_HTTP },
	{ "https", NFLB_PROBE_TYPE_HTTPS },
	{ "udp", NFLB_PROBE_TYPE_UDP },
	{ "exec", NFLB_PROBE_TYPE_EXEC },
	{ "tls", NFLB_PROBE_TYPE_TLS },
	{ "icmp", NFLB_PROBE_TYPE_ICMP },
	{ "grpc", NFLB_PROBE_TYPE_GRPC },
	{ "grpcs", NFLB_PROBE_TYPE_GRPCS },
	{ NULL, 0 },
};

/* The types of probes that have a field. */
#define OF_HTTPS	(1u << NFLB_PROBE_TYPE_HTTPS)
#define OF_GRPCS	(1u << NFLB_PROBE_TYPE_GRPCS)
#define OF_TLS		(1u << NFLB_PROBE_TYPE_TLS | OF_HTTPS | OF_GRPCS)
#define OF_PORTS	(UINT32_MAX & ~(1u << NFLB_PROBE_TYPE_ICMP))
#define OF_UDP		(1u << NFLB_PROBE_TYPE_UDP)
#define OF_EXEC		(1u << NFLB_PROBE_TYPE_EXEC)
#define OF_HTTP		(1u << NFLB_PROBE_TYPE_HTTP | OF_HTTPS)
#define OF_GRPC		(1u << NFLB_PROBE_TYPE_GRPC | OF_GRPCS)

/* What no time means, and no zone, and no limit. */
static const struct word off_words[] = { { "off", 0 }, { NULL, 0 } };

/* All of an address */
static const struct word whole_words[] = { { "whole", 0 }, { NULL, 0 } };

static const struct word mark_words[] = { { "none", 0 }, { NULL, 0 } };

static const struct word initial_words[] = {
	{ "up", NFLB_HEALTH_UP },
	{ "down", NFLB_HEALTH_DOWN },
	{ NULL, 0 },
};

static const struct word new_flows_words[] = {
	{ "standard", NFLB_NEW_FLOWS_STANDARD },
	{ "express", NFLB_NEW_FLOWS_EXPRESS },
	{ NULL, 0 },
};

static const struct word snat_protocol_words[] = {
	{ "any", 0 },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ NULL, 0 },
};

static const struct word snat_ports_words[] = {
	{ "azure", NFLB_SNAT_PORTS_AZURE },
	{ "dynamic", NFLB_SNAT_PORTS_DYNAMIC },
	{ NULL, 0 },
};

/* What port 0 means. */
static const struct word any_port[] = { { "any", 0 }, { NULL, 0 } };
static const struct word same_port[] = { { "same", 0 }, { NULL, 0 } };

static const struct field frontend_fields[] = {
	[FRONTEND_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the frontend",
		.kind = VALUE_NAME, .attr = NFLB_A_FRONTEND_NAME,
		.is_required = true,
	},
	[FRONTEND_ADDRESS] = {
		.word = "address", .key = "address", .arg = "ADDRESS",
		.help = "IPv4 or IPv6 address that clients use",
		.kind = VALUE_ADDRESS, .attr = NFLB_A_FRONTEND_ADDRESS,
		.is_required = true,
	},
	[FRONTEND_PING] = {
		.word = "ping", .key = "ping", .arg = "served|always|never",
		.help = "served: answered while a service has a backend (served)",
		.kind = VALUE_WORD, .attr = NFLB_A_FRONTEND_PING,
		.words = ping_words, .number_default = NFLB_PING_SERVED,
	},
};

static const struct field probe_fields[] = {
	[PROBE_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the probe",
		.kind = VALUE_NAME, .attr = NFLB_A_PROBE_NAME,
		.is_required = true,
	},
	[PROBE_TYPE] = {
		.word = "type", .key = "type", .arg = "tcp|http|https|udp|exec|tls|icmp|grpc|grpcs",
		.help = "what is tried: a connection, a GET, a datagram, a program ...",
		.kind = VALUE_WORD, .attr = NFLB_A_PROBE_TYPE,
		.words = probe_type_words, .is_required = true,
	},
	[PROBE_PORT] = {
		.word = "port", .key = "port", .arg = "PORT|same",
		.help = "port to check; same: the service's backend port (same)",
		.kind = VALUE_PORT, .attr = NFLB_A_PROBE_PORT,
		.words = same_port, .types = OF_PORTS,
	},
	[PROBE_PATH] = {
		.word = "path", .key = "path", .arg = "PATH",
		.help = "path to get, for http and https (/)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_PATH,
		.text_default = "/", .check = parse_path, .types = OF_HTTP,
	},
	[PROBE_INTERVAL] = {
		.word = "interval", .key = "interval_ms", .arg = "TIME",
		.help = "time between checks, 100ms to 1h (5s)",
		.kind = VALUE_MS, .attr = NFLB_A_PROBE_INTERVAL_MS,
		.min = NFLB_INTERVAL_MIN_MS, .max = NFLB_INTERVAL_MAX_MS,
		.number_default = 5000,
	},
	[PROBE_TIMEOUT] = {
		.word = "timeout", .key = "timeout_ms", .arg = "TIME",
		.help = "time for an answer, up to the interval (2s)",
		.kind = VALUE_MS, .attr = NFLB_A_PROBE_TIMEOUT_MS,
		.min = 1, .max = NFLB_INTERVAL_MAX_MS,
		.number_default = 2000,
	},
	[PROBE_RISE] = {
		.word = "rise", .key = "rise", .arg = "N",
		.help = "passes in a row that make a backend up (2)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_PROBE_RISE,
		.min = 1, .max = NFLB_COUNT_MAX, .number_default = 2,
	},
	[PROBE_FALL] = {
		.word = "fall", .key = "fall", .arg = "N",
		.help = "failures in a row that make a backend down (2)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_PROBE_FALL,
		.min = 1, .max = NFLB_COUNT_MAX, .number_default = 2,
	},
	[PROBE_INITIAL] = {
		.word = "initial", .key = "initial", .arg = "up|down",
		.help = "what counts until the first result (down)",
		.kind = VALUE_WORD, .attr = NFLB_A_PROBE_INITIAL,
		.words = initial_words, .number_default = NFLB_HEALTH_DOWN,
	},
	[PROBE_ANSWERS] = {
		.word = "answers", .key = "answers",
		.arg = "by-type|at-once|counted",
		.help = "whether one counts, or as many as rise and fall say (by-type)",
		.kind = VALUE_WORD, .attr = NFLB_A_PROBE_ANSWERS,
		.words = answers_words, .number_default = NFLB_ANSWERS_BY_TYPE,
	},
	[PROBE_HOST] = {
		.word = "host", .key = "host", .arg = "HOST",
		.help = "host to ask for, also for TLS (the backend's address)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_HOST,
		.text_default = "", .check = host_parse,
		.types = OF_HTTP | OF_GRPC,
	},
	[PROBE_SNI] = {
		.word = "sni", .key = "sni", .arg = "NAME",
		.help = "name for TLS (that of host)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_SNI,
		.text_default = "", .check = host_parse_name,
		.types = OF_TLS,
	},
	[PROBE_EXPECT] = {
		.word = "expect", .key = "expect", .arg = "STATUSES",
		.help = "statuses that are good, such as 200-299,404 (200)",
		.kind = VALUE_STATUSES, .attr = NFLB_A_PROBE_EXPECT,
		.text_default = "200", .types = OF_HTTP,
	},
	[PROBE_BODY] = {
		.word = "body", .key = "body", .arg = "TEXT|hex:DIGITS",
		.help = "what the answer must contain (anything)",
		.kind = VALUE_BYTES, .attr = NFLB_A_PROBE_BODY,
		.text_default = "", .types = OF_HTTP,
	},
	[PROBE_JSON_STATE] = {
		.word = "json-state", .key = "json_state", .arg = "on|off",
		.help = "on: the answer must be JSON that says Healthy (off)",
		.kind = VALUE_SWITCH, .attr = NFLB_A_PROBE_JSON_STATE,
		.max = 1, .types = OF_HTTP,
	},
	[PROBE_VERIFY] = {
		.word = "verify", .key = "verify", .arg = "on|off",
		.help = "on: the certificate must be a trusted one (off)",
		.kind = VALUE_SWITCH, .attr = NFLB_A_PROBE_VERIFY,
		.max = 1, .types = OF_TLS,
	},
	[PROBE_CERT_EXPIRY] = {
		.word = "cert-expiry", .key = "cert_expiry_ms",
		.arg = "TIME|off",
		.help = "time that the certificate must have left (off)",
		.kind = VALUE_MS, .attr = NFLB_A_PROBE_CERT_EXPIRY_MS,
		.max = NFLB_CERT_EXPIRY_MAX_MS, .words = off_words,
		.types = OF_TLS,
	},
	[PROBE_CERT] = {
		.word = "cert", .key = "cert", .arg = "FILE",
		.help = "file with the agent's own certificate, in PEM (none)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_CERT,
		.text_default = "", .check = parse_file, .types = OF_TLS,
	},
	[PROBE_KEY] = {
		.word = "key", .key = "key", .arg = "FILE",
		.help = "file with the key to that (that of cert)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_KEY,
		.text_default = "", .check = parse_file, .types = OF_TLS,
	},
	[PROBE_SOURCE] = {
		.word = "source", .key = "source", .arg = "ADDRESS|none",
		.help = "address that checks come from (none)",
		.kind = VALUE_OPTIONAL_ADDRESS, .attr = NFLB_A_PROBE_SOURCE,
	},
	[PROBE_DEVICE] = {
		.word = "device", .key = "device", .arg = "DEVICE|none",
		.help = "device that checks go out by (none)",
		.kind = VALUE_OPTIONAL_NAME, .attr = NFLB_A_PROBE_DEVICE,
		.text_default = "", .check = parse_device,
	},
	[PROBE_MARK] = {
		.word = "mark", .key = "mark", .arg = "N|none",
		.help = "mark of what checks send, for rules of routing (none)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_PROBE_MARK,
		.max = NFLB_MARK_MAX, .words = mark_words,
	},
	[PROBE_SEND] = {
		.word = "send", .key = "send", .arg = "TEXT|hex:DIGITS",
		.help = "what the datagram of a udp probe says (nothing)",
		.kind = VALUE_BYTES, .attr = NFLB_A_PROBE_SEND,
		.text_default = "", .types = OF_UDP,
	},
	[PROBE_RECEIVE] = {
		.word = "receive", .key = "receive", .arg = "TEXT|hex:DIGITS",
		.help = "what the answer to it must contain (needs none)",
		.kind = VALUE_BYTES, .attr = NFLB_A_PROBE_RECEIVE,
		.text_default = "", .types = OF_UDP,
	},
	[PROBE_COMMAND] = {
		.word = "command", .key = "command", .arg = "COMMAND",
		.help = "path and arguments of a program, for exec",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_COMMAND,
		.text_default = "", .check = parse_command, .types = OF_EXEC,
	},
	[PROBE_GRPC_SERVICE] = {
		.word = "grpc-service", .key = "grpc_service", .arg = "NAME",
		.help = "whose health is asked for, for grpc and grpcs (the server's)",
		.kind = VALUE_TEXT, .attr = NFLB_A_PROBE_GRPC_SERVICE,
		.text_default = "", .check = parse_grpc_service,
		.types = OF_GRPC,
	},
};

static const struct field pool_fields[] = {
	[POOL_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the pool",
		.kind = VALUE_NAME, .attr = NFLB_A_POOL_NAME,
		.is_required = true,
	},
	[POOL_SCHEDULER] = {
		.word = "scheduler", .key = "scheduler", .arg = "SCHEDULER",
		.help = "how a backend is chosen (maglev)",
		.kind = VALUE_KEYWORD, .attr = NFLB_A_POOL_SCHEDULER,
		.max = NFLB_SCHED_MAX, .text_default = "maglev",
	},
	[POOL_SLOTS] = {
		.word = "slots", .key = "slots", .arg = "N",
		.help = "size of the maglev table, a prime (65537)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_POOL_SLOTS,
		.min = NFLB_SLOTS_MIN, .max = NFLB_SLOTS_MAX,
		.number_default = NFLB_SLOTS_DEFAULT,
	},
	[POOL_SEED] = {
		.word = "seed", .key = "seed", .arg = "N",
		.help = "key of the hashes, 64 bits, also 0x... (0)",
		.kind = VALUE_SEED, .attr = NFLB_A_POOL_SEED,
		.max = UINT64_MAX,
	},
	[POOL_PANIC] = {
		.word = "panic", .key = "panic", .arg = "PERCENT",
		.help = "while fewer pass a probe, it does not count (0)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_POOL_PANIC,
		.max = NFLB_PCT_MAX,
	},
	[POOL_SLOW_START] = {
		.word = "slow-start", .key = "slow_start_ms",
		.arg = "TIME|off",
		.help = "time in which who is newly eligible gets its share (off)",
		.kind = VALUE_MS, .attr = NFLB_A_POOL_SLOW_START_MS,
		.max = NFLB_SLOW_START_MAX_MS, .words = off_words,
	},
	[POOL_PREFER_ZONE] = {
		.word = "prefer-zone", .key = "prefer_zone", .arg = "N|off",
		.help = "zone whose backends get the new flows (off)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_POOL_PREFER_ZONE,
		.max = NFLB_ZONE_MAX, .words = off_words,
	},
	[POOL_SPILL_BELOW] = {
		.word = "spill-below", .key = "spill_below", .arg = "PERCENT",
		.help = "while fewer of it are eligible, others get the rest (70)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_POOL_SPILL_BELOW,
		.max = NFLB_PCT_MAX, .number_default = NFLB_SPILL_DEFAULT,
	},
	[POOL_EJECT_AFTER] = {
		.word = "eject-after", .key = "eject_after", .arg = "N",
		.help = "failed connects in a row that eject a backend (0)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_POOL_EJECT_AFTER,
		.max = NFLB_COUNT_MAX,
	},
	[POOL_EJECT_TIME] = {
		.word = "eject-time", .key = "eject_time_ms", .arg = "TIME",
		.help = "how long that is the first time, up to 5m (10s)",
		.kind = VALUE_MS, .attr = NFLB_A_POOL_EJECT_TIME_MS,
		.min = NFLB_EJECT_TIME_MIN_MS, .max = NFLB_EJECT_TIME_MAX_MS,
		.number_default = NFLB_EJECT_TIME_MS,
	},
};

static const struct field backend_fields[] = {
	[BACKEND_POOL] = {
		.word = "pool", .key = "pool", .arg = "POOL",
		.help = "name of the pool",
		.kind = VALUE_NAME, .attr = NFLB_A_BACKEND_POOL,
		.is_required = true,
	},
	[BACKEND_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the backend, unique in the pool",
		.kind = VALUE_NAME, .attr = NFLB_A_BACKEND_NAME,
		.is_required = true,
	},
	[BACKEND_ADDRESS] = {
		.word = "address", .key = "address", .arg = "ADDRESS",
		.help = "IPv4 or IPv6 address of the server",
		.kind = VALUE_ADDRESS, .attr = NFLB_A_BACKEND_ADDRESS,
		.is_required = true,
	},
	[BACKEND_WEIGHT] = {
		.word = "weight", .key = "weight", .arg = "N",
		.help = "share of new flows, 0 for none (1)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_BACKEND_WEIGHT,
		.max = NFLB_WEIGHT_MAX, .number_default = 1,
	},
	[BACKEND_ZONE] = {
		.word = "zone", .key = "zone", .arg = "N",
		.help = "number of its zone, 0 for none (0)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_BACKEND_ZONE,
		.max = NFLB_ZONE_MAX,
	},
	[BACKEND_ADMIN] = {
		.word = "admin", .key = "admin", .arg = "none|up|down",
		.help = "up or down whatever probes say, none: they decide (none)",
		.kind = VALUE_WORD, .attr = NFLB_A_BACKEND_ADMIN,
		.words = admin_words,
	},
	[BACKEND_DRAIN] = {
		.word = "drain", .key = "drain", .arg = "on|off",
		.help = "on: nothing new, old flows finish (off)",
		.kind = VALUE_SWITCH, .attr = NFLB_A_BACKEND_DRAIN,
		.max = 1,
	},
	[BACKEND_MAX_FLOWS] = {
		.word = "max-flows", .key = "max_flows", .arg = "N|off",
		.help = "flows open at which new ones go to others (off)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_BACKEND_MAX_FLOWS,
		.max = NFLB_FLOWS_MAX, .words = off_words,
	},
	[BACKEND_NOTE] = {
		.word = "note", .key = "note", .arg = "TEXT",
		.help = "why admin is up or down, or drain on",
		.kind = VALUE_TEXT, .attr = NFLB_A_BACKEND_NOTE,
		.text_default = "", .check = parse_note,
	},
};

/* For how long flows may be idle, by the attributes of @set. */
#define FIELDS_OF_IDLE(type, set)					\
	[type##_IDLE_TIMEOUT] = {					\
		.word = "idle-timeout", .key = "idle_timeout_ms",	\
		.arg = "TIME",						\
		.help = "TCP: for how long a connection may be idle (4m)", \
		.kind = VALUE_MS, .attr = NFLB_A_##set##_IDLE_TIMEOUT_MS, \
		.min = NFLB_IDLE_MIN_MS, .max = NFLB_IDLE_MAX_MS,	\
		.number_default = NFLB_IDLE_TIMEOUT_MS,			\
	},								\
	[type##_HALF_OPEN_TIMEOUT] = {					\
		.word = "half-open-timeout", .key = "half_open_timeout_ms", \
		.arg = "TIME",						\
		.help = "TCP: the same until both ends have opened it (60s)", \
		.kind = VALUE_MS, .attr = NFLB_A_##set##_HALF_OPEN_TIMEOUT_MS, \
		.min = NFLB_IDLE_MIN_MS, .max = NFLB_IDLE_MAX_MS,	\
		.number_default = NFLB_HALF_OPEN_TIMEOUT_MS,		\
	},								\
	[type##_HALF_CLOSED_TIMEOUT] = {				\
		.word = "half-closed-timeout",				\
		.key = "half_closed_timeout_ms",			\
		.arg = "TIME",						\
		.help = "TCP: the same once an end has closed it (60s)", \
		.kind = VALUE_MS,					\
		.attr = NFLB_A_##set##_HALF_CLOSED_TIMEOUT_MS,		\
		.min = NFLB_IDLE_MIN_MS, .max = NFLB_IDLE_MAX_MS,	\
		.number_default = NFLB_HALF_CLOSED_TIMEOUT_MS,		\
	},								\
	[type##_UDP_TIMEOUT] = {					\
		.word = "udp-timeout", .key = "udp_timeout_ms",		\
		.arg = "TIME",						\
		.help = "UDP: for how long a flow may be idle (120s)",	\
		.kind = VALUE_MS, .attr = NFLB_A_##set##_UDP_TIMEOUT_MS, \
		.min = NFLB_IDLE_MIN_MS, .max = NFLB_IDLE_MAX_MS,	\
		.number_default = NFLB_UDP_TIMEOUT_MS,			\
	},								\
	[type##_TCP_RESET] = {						\
		.word = "tcp-reset", .key = "tcp_reset", .arg = "on|off", \
		.help = "on: connections idle for too long are reset (off)", \
		.kind = VALUE_SWITCH, .attr = NFLB_A_##set##_TCP_RESET,	\
		.max = 1, .number_default = 0,				\
	}

/* What services and nats have alike */
#define FIELDS_OF_BOTH(type)						\
	[type##_FRONTEND] = {						\
		.word = "frontend", .key = "frontend", .arg = "FRONTEND", \
		.help = "frontend whose address clients use",		\
		.kind = VALUE_NAME, .attr = NFLB_A_SERVICE_FRONTEND,	\
		.is_required = true,					\
	},								\
	[type##_POOL] = {						\
		.word = "pool", .key = "pool", .arg = "POOL",		\
		.help = "pool that serves it",				\
		.kind = VALUE_NAME, .attr = NFLB_A_SERVICE_POOL,	\
		.is_required = true,					\
	},								\
	[type##_PROBE] = {						\
		.word = "probe", .key = "probe", .arg = "PROBE|none",	\
		.help = "probe that says which backends may serve (none)", \
		.kind = VALUE_OPTIONAL_NAME, .attr = NFLB_A_SERVICE_PROBE, \
		.text_default = "",					\
	},								\
	[type##_FASTPATH] = {						\
		.word = "fastpath", .key = "fastpath", .arg = "on|off",	\
		.help = "off: every packet passes the rules in forward (on)", \
		.kind = VALUE_SWITCH, .attr = NFLB_A_SERVICE_FASTPATH,	\
		.max = 1, .number_default = 1,				\
	},								\
	[type##_NEW_FLOWS] = {						\
		.word = "new-flows", .key = "new_flows_mode",		\
		.arg = "standard|express",				\
		.help = "express: past the rules of the host (standard)", \
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_NEW_FLOWS,	\
		.words = new_flows_words,				\
		.number_default = NFLB_NEW_FLOWS_STANDARD,		\
	},								\
	[type##_ON_DOWN] = {						\
		.word = "on-down", .key = "on_down", .arg = "keep|reset", \
		.help = "reset: ends flows of backends that go down (keep)", \
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_ON_DOWN,	\
		.words = on_down_words,					\
		.number_default = NFLB_ON_DOWN_KEEP,			\
	},								\
	FIELDS_OF_IDLE(type, SERVICE)

static const struct field service_fields[] = {
	FIELDS_OF_BOTH(SERVICE),
	[SERVICE_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the service",
		.kind = VALUE_NAME, .attr = NFLB_A_SERVICE_NAME,
		.is_required = true,
	},
	[SERVICE_PROTOCOL] = {
		.word = "protocol", .key = "protocol", .arg = "tcp|udp|sctp|any",
		.help = "protocol; any has no ports",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_PROTOCOL,
		.words = protocol_words, .is_required = true,
	},
	[SERVICE_PORT] = {
		.word = "port", .key = "port", .arg = "PORT|FIRST-LAST|any",
		.help = "port that clients use, not with protocol any",
		.kind = VALUE_PORTS, .attr = NFLB_A_SERVICE_PORT,
		.attr_last = NFLB_A_SERVICE_PORT_LAST,
		.words = any_port,
	},
	[SERVICE_BACKEND_PORT] = {
		.word = "backend-port", .key = "backend_port",
		.arg = "PORT|FIRST-LAST|same",
		.help = "port at the backend; same keeps it (same)",
		.kind = VALUE_PORTS, .attr = NFLB_A_SERVICE_BACKEND_PORT,
		.attr_last = NFLB_A_SERVICE_BACKEND_PORT_LAST,
		.words = same_port,
	},
	[SERVICE_BACKUP] = {
		.word = "backup", .key = "backup", .arg = "POOL,POOL...|none",
		.help = "pools that serve while those before cannot (none)",
		.kind = VALUE_NAMES, .attr = NFLB_A_SERVICE_BACKUP,
		.text_default = "",
	},
	[SERVICE_ALL_DOWN] = {
		.word = "all-down", .key = "all_down",
		.arg = "drop|reject|all",
		.help = "what new flows get when nobody is eligible (drop)",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_ALL_DOWN,
		.words = all_down_words,
		.number_default = NFLB_ALL_DOWN_DROP,
	},
	[SERVICE_AFFINITY] = {
		.word = "affinity", .key = "affinity",
		.arg = "none|client-ip|client-ip-proto",
		.help = "which flows of a client go to one backend (none)",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_AFFINITY,
		.words = affinity_words,
		.number_default = NFLB_AFFINITY_NONE,
	},
	[SERVICE_AFFINITY_PREFIX] = {
		.word = "affinity-prefix", .key = "affinity_prefix",
		.arg = "N|whole",
		.help = "clients whose addresses begin alike are one (whole)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_SERVICE_AFFINITY_PREFIX,
		.max = NFLB_AFFINITY_PREFIX_MAX, .words = whole_words,
	},
	[SERVICE_ALLOW] = {
		.word = "allow", .key = "allow", .arg = "any|PREFIX,PREFIX...",
		.help = "where new flows may come from (any)",
		.kind = VALUE_PREFIXES, .attr = NFLB_A_SERVICE_ALLOW,
		.text_default = PREFIXES_ANY,
	},
	[SERVICE_MAX_FLOWS] = {
		.word = "max-flows", .key = "max_flows", .arg = "N|off",
		.help = "flows open at which new ones are dropped (off)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_SERVICE_MAX_FLOWS,
		.max = NFLB_FLOWS_MAX, .words = off_words,
	},
	[SERVICE_MAX_RATE] = {
		.word = "max-rate", .key = "max_rate", .arg = "N|off",
		.help = "flows that may be opened in a second (off)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_SERVICE_MAX_RATE,
		.max = NFLB_RATE_MAX, .words = off_words,
	},
	[SERVICE_NO_FLOW] = {
		.word = "no-flow", .key = "no_flow", .arg = "pick-up|reset|drop",
		.help = "TCP: what a packet gets that is of no flow (pick-up)",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_NO_FLOW,
		.words = no_flow_words,
		.number_default = NFLB_NO_FLOW_PICK_UP,
	},
	[SERVICE_UDP_MODE] = {
		.word = "udp-mode", .key = "udp_mode",
		.arg = "pinned|hashed|one-packet",
		.help = "UDP: for how long flows keep their backend (pinned)",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_UDP_MODE,
		.words = udp_mode_words,
		.number_default = NFLB_UDP_MODE_PINNED,
	},
	[SERVICE_SYN_PROXY] = {
		.word = "syn-proxy", .key = "syn_proxy", .arg = "N|off",
		.help = "TCP: half-open flows at which cookies answer SYNs (off)",
		.kind = VALUE_NUMBER, .attr = NFLB_A_SERVICE_SYN_PROXY,
		.max = NFLB_FLOWS_MAX, .words = off_words,
	},
	[SERVICE_FLOATING] = {
		.word = "floating", .key = "floating", .arg = "on|off",
		.help = "on: backends have the address, and answer past us (off)",
		.kind = VALUE_SWITCH, .attr = NFLB_A_SERVICE_FLOATING,
		.max = 1, .number_default = 0,
	},
};

static const struct field nat_fields[] = {
	FIELDS_OF_BOTH(NAT),
	[NAT_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the nat, which no service has",
		.kind = VALUE_NAME, .attr = NFLB_A_SERVICE_NAME,
		.is_required = true,
	},
	[NAT_PROTOCOL] = {
		.word = "protocol", .key = "protocol", .arg = "tcp|udp|sctp",
		.help = "protocol",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_PROTOCOL,
		.words = port_protocol_words, .is_required = true,
	},
	[NAT_PORT] = {
		.word = "port", .key = "port", .arg = "PORT|FIRST-LAST",
		.help = "port of one backend, or ports of which each gets one",
		.kind = VALUE_PORTS, .attr = NFLB_A_SERVICE_PORT,
		.attr_last = NFLB_A_SERVICE_PORT_LAST,
		.is_required = true,
	},
	[NAT_BACKEND_PORT] = {
		.word = "backend-port", .key = "backend_port", .arg = "PORT",
		.help = "port at the backend",
		.kind = VALUE_PORT, .attr = NFLB_A_SERVICE_BACKEND_PORT,
		.is_required = true,
	},
	[NAT_BACKEND] = {
		.word = "backend", .key = "backend", .arg = "BACKEND|none",
		.help = "backend that a single port leads to; ranges have none (none)",
		.kind = VALUE_OPTIONAL_NAME, .attr = NFLB_A_SERVICE_BACKEND,
		.text_default = "",
	},
	[NAT_QUARANTINE] = {
		.word = "quarantine", .key = "quarantine_ms",
		.arg = "TIME|off",
		.help = "time that the port of a backend that leaves is kept (4m)",
		.kind = VALUE_MS, .attr = NFLB_A_SERVICE_QUARANTINE_MS,
		.max = NFLB_QUARANTINE_MAX_MS, .words = off_words,
		.number_default = NFLB_QUARANTINE_MS,
	},
	[NAT_ALL_DOWN] = {
		.word = "all-down", .key = "all_down", .arg = "drop|reject",
		.help = "what new flows get that have no backend (reject)",
		.kind = VALUE_WORD, .attr = NFLB_A_SERVICE_ALL_DOWN,
		.words = nat_all_down_words,
		.number_default = NFLB_ALL_DOWN_REJECT,
	},
};

static const struct field mapping_fields[] = {
	[MAPPING_NAT] = {
		.word = "nat", .key = "nat", .arg = "NAT",
		.help = "name of the nat",
		.kind = VALUE_NAME, .attr = NFLB_A_MAPPING_NAT,
		.is_required = true,
	},
	[MAPPING_BACKEND] = {
		.word = "backend", .key = "backend", .arg = "BACKEND",
		.help = "name of the backend",
		.kind = VALUE_NAME, .attr = NFLB_A_MAPPING_BACKEND,
		.is_required = true,
	},
	[MAPPING_PORT] = {
		.word = "port", .key = "port", .arg = "PORT",
		.help = "port that leads to it",
		.kind = VALUE_PORT, .attr = NFLB_A_MAPPING_PORT,
		.is_required = true,
	},
};

static const struct field snat_fields[] = {
	[SNAT_NAME] = {
		.word = "name", .key = "name", .arg = "NAME",
		.help = "name of the snat",
		.kind = VALUE_NAME, .attr = NFLB_A_SNAT_NAME,
		.is_required = true,
	},
	[SNAT_POOL] = {
		.word = "pool", .key = "pool", .arg = "POOL",
		.help = "pool whose backends open the flows",
		.kind = VALUE_NAME, .attr = NFLB_A_SNAT_POOL,
		.is_required = true,
	},
	[SNAT_ADDRESS] = {
		.word = "address", .key = "address",
		.arg = "ADDRESS[,ADDRESS]...",
		.help = "addresses that they leave through, up to 16",
		.kind = VALUE_ADDRESSES, .attr = NFLB_A_SNAT_ADDRESS,
		.is_required = true,
	},
	[SNAT_PROTOCOL] = {
		.word = "protocol", .key = "protocol", .arg = "any|tcp|udp",
		.help = "protocol of the flows (any)",
		.kind = VALUE_WORD, .attr = NFLB_A_SNAT_PROTOCOL,
		.words = snat_protocol_words,
	},
	[SNAT_PORTS] = {
		.word = "ports", .key = "ports", .arg = "N|azure|dynamic",
		.help = "ports of each backend, a multiple of 8 (dynamic)",
		.kind = VALUE_COUNT, .attr = NFLB_A_SNAT_PORTS,
		.min = NFLB_SNAT_BLOCK, .max = NFLB_SNAT_PORTS_MAX,
		.words = snat_ports_words,
		.number_default = NFLB_SNAT_PORTS_DYNAMIC,
	},
	FIELDS_OF_IDLE(SNAT, SNAT)
};

static const struct field fastpath_fields[] = {
	[FASTPATH_DEVICES] = {
		.word = "devices", .key = "devices", .arg = "auto|none|LIST",
		.help = "devices that it is on: auto, by itself, or NAME,NAME... (auto)",
		.kind = VALUE_DEVICES, .attr = NFLB_A_FASTPATH_DEVICES,
		.attr_last = NFLB_A_FASTPATH_DEVICE,
		.words = devices_words, .text_default = "auto",
	},
};

static_assert(ARRAY_SIZE(service_fields) <= FIELDS_MAX &&
	      ARRAY_SIZE(probe_fields) <= FIELDS_MAX,
	      "fields without room");

const struct object_type object_types[KINDS] = {
	[KIND_FRONTEND] = {
		.kind = KIND_FRONTEND,
		.name = "frontend", .plural = "frontends",
		.fields = frontend_fields,
		.n_fields = ARRAY_SIZE(frontend_fields), .n_ids = 1,
		.positional = FRONTEND_ADDRESS,
		.cmd_new = NFLB_CMD_FRONTEND_NEW,
		.cmd_set = NFLB_CMD_FRONTEND_SET,
		.cmd_del = NFLB_CMD_FRONTEND_DEL,
		.cmd_get = NFLB_CMD_FRONTEND_GET,
		.cmd_ntf = NFLB_CMD_FRONTEND_NTF,
		.attr_generation = NFLB_A_FRONTEND_GENERATION,
		.attr_change = NFLB_A_FRONTEND_CHANGE,
	},
	[KIND_PROBE] = {
		.kind = KIND_PROBE,
		.name = "probe", .plural = "probes",
		.fields = probe_fields,
		.n_fields = ARRAY_SIZE(probe_fields), .n_ids = 1,
		.positional = PROBE_TYPE,
		.cmd_new = NFLB_CMD_PROBE_NEW,
		.cmd_set = NFLB_CMD_PROBE_SET,
		.cmd_del = NFLB_CMD_PROBE_DEL,
		.cmd_get = NFLB_CMD_PROBE_GET,
		.cmd_ntf = NFLB_CMD_PROBE_NTF,
		.attr_generation = NFLB_A_PROBE_GENERATION,
		.attr_change = NFLB_A_PROBE_CHANGE,
	},
	[KIND_POOL] = {
		.kind = KIND_POOL,
		.name = "pool", .plural = "pools",
		.fields = pool_fields,
		.n_fields = ARRAY_SIZE(pool_fields), .n_ids = 1,
		.inner = KIND_BACKEND,
		.cmd_new = NFLB_CMD_POOL_NEW,
		.cmd_set = NFLB_CMD_POOL_SET,
		.cmd_del = NFLB_CMD_POOL_DEL,
		.cmd_get = NFLB_CMD_POOL_GET,
		.cmd_ntf = NFLB_CMD_POOL_NTF,
		.attr_generation = NFLB_A_POOL_GENERATION,
		.attr_change = NFLB_A_POOL_CHANGE,
	},
	[KIND_BACKEND] = {
		.kind = KIND_BACKEND,
		.name = "backend", .plural = "backends",
		.fields = backend_fields,
		.n_fields = ARRAY_SIZE(backend_fields), .n_ids = 2,
		.outer = KIND_POOL,
		.positional = BACKEND_ADDRESS,
		.cmd_new = NFLB_CMD_BACKEND_NEW,
		.cmd_set = NFLB_CMD_BACKEND_SET,
		.cmd_del = NFLB_CMD_BACKEND_DEL,
		.cmd_get = NFLB_CMD_BACKEND_GET,
		.cmd_ntf = NFLB_CMD_BACKEND_NTF,
		.attr_generation = NFLB_A_BACKEND_GENERATION,
		.attr_change = NFLB_A_BACKEND_CHANGE,
	},
	[KIND_SERVICE] = {
		.kind = KIND_SERVICE,
		.name = "service", .plural = "services",
		.fields = service_fields,
		.n_fields = ARRAY_SIZE(service_fields), .n_ids = 1,
		.cmd_new = NFLB_CMD_SERVICE_NEW,
		.cmd_set = NFLB_CMD_SERVICE_SET,
		.cmd_del = NFLB_CMD_SERVICE_DEL,
		.cmd_get = NFLB_CMD_SERVICE_GET,
		.cmd_ntf = NFLB_CMD_SERVICE_NTF,
		.attr_generation = NFLB_A_SERVICE_GENERATION,
		.attr_change = NFLB_A_SERVICE_CHANGE,
	},
	[KIND_NAT] = {
		.kind = KIND_NAT,
		.name = "nat", .plural = "nats",
		.fields = nat_fields,
		.n_fields = ARRAY_SIZE(nat_fields), .n_ids = 1,
		.inner = KIND_MAPPING,
		.cmd_new = NFLB_CMD_NAT_NEW,
		.cmd_set = NFLB_CMD_NAT_SET,
		.cmd_del = NFLB_CMD_NAT_DEL,
		.cmd_get = NFLB_CMD_NAT_GET,
		.cmd_ntf = NFLB_CMD_NAT_NTF,
		.attr_generation = NFLB_A_SERVICE_GENERATION,
		.attr_change = NFLB_A_SERVICE_CHANGE,
	},
	[KIND_MAPPING] = {
		.kind = KIND_MAPPING,
		.name = "mapping", .plural = "mapping",
		.fields = mapping_fields,
		.n_fields = ARRAY_SIZE(mapping_fields), .n_ids = 2,
		.outer = KIND_NAT,
		/* Whom the kernel has not yet given a port gets this one. */
		.cmd_new = NFLB_CMD_MAPPING_SET,
		.cmd_set = NFLB_CMD_MAPPING_SET,
		.cmd_get = NFLB_CMD_MAPPING_GET,
		.cmd_ntf = NFLB_CMD_MAPPING_NTF,
		.attr_generation = NFLB_A_MAPPING_GENERATION,
		.attr_change = NFLB_A_MAPPING_CHANGE,
	},
	[KIND_SNAT] = {
		.kind = KIND_SNAT,
		.name = "snat", .plural = "snats",
		.fields = snat_fields,
		.n_fields = ARRAY_SIZE(snat_fields), .n_ids = 1,
		.cmd_new = NFLB_CMD_SNAT_NEW,
		.cmd_set = NFLB_CMD_SNAT_SET,
		.cmd_del = NFLB_CMD_SNAT_DEL,
		.cmd_get = NFLB_CMD_SNAT_GET,
		.cmd_ntf = NFLB_CMD_SNAT_NTF,
		.attr_generation = NFLB_A_SNAT_GENERATION,
		.attr_change = NFLB_A_SNAT_CHANGE,
	},
	[KIND_FASTPATH] = {
		.kind = KIND_FASTPATH,
		.name = "fastpath", .plural = "fastpath",
		.fields = fastpath_fields,
		.n_fields = ARRAY_SIZE(fastpath_fields),
		.cmd_set = NFLB_CMD_FASTPATH_SET,
		.cmd_get = NFLB_CMD_FASTPATH_GET,
		.cmd_ntf = NFLB_CMD_FASTPATH_NTF,
		.attr_generation = NFLB_A_FASTPATH_GENERATION,
		.attr_change = NFLB_A_FASTPATH_CHANGE,
	},
};

/**
 * field_by_word() - finds a field by its keyword
 * @type: Kind of object.
 * @word: Keyword on the command line.
 *
 * Return: The field, or NULL; never one that identifies the object.
 */
const struct field *field_by_word(const struct object_type *type,
				  const char *word)
{
	unsigned int i;

	for (i = type->n_ids; i < type->n_fields; i++)
		if (strcmp(type->fields[i].word, word) == 0)
			return &type->fields[i];
	return NULL;
}

/**
 * field_by_key() - finds a field by its JSON key
 * @type: Kind of object.
 * @key: The key.
 *
 * Return: The field, or NULL.
 */
const struct field *field_by_key(const struct object_type *type,
				 const char *key)
{
	unsigned int i;

	for (i = 0; i < type->n_fields; i++)
		if (strcmp(type->fields[i].key, key) == 0)
			return &type->fields[i];
	return NULL;
}

/**
 * field_by_attr() - finds a field by its netlink attribute
 * @type: Kind of object.
 * @attr: The attribute; that of a last port stands for the ports.
 *
 * Return: The field, or NULL.
 */
const struct field *field_by_attr(const struct object_type *type, uint16_t attr)
{
	unsigned int i;

	for (i = 0; attr && i < type->n_fields; i++)
		if (type->fields[i].attr == attr ||
		    type->fields[i].attr_last == attr)
			return &type->fields[i];
	return NULL;
}

/**
 * field_idx() - says where a field is in its table
 * @type: Kind of object.
 * @field: The field.
 *
 * Return: Its index.
 */
unsigned int field_idx(const struct object_type *type,
		       const struct field *field)
{
	return field - type->fields;
}
