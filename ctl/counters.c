// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a service, a backend or a namespace. */
#include "counters.h"

#include "nflb.h"

const struct counter_name counter_names[COUNTERS] = {
	{ "active", "active", NFLB_A_COUNTERS_ACTIVE, false },
	{ "new_flows", "new-flows", NFLB_A_COUNTERS_NEW_FLOWS, false },
	{ "in_pkts", "in-pkts", NFLB_A_COUNTERS_IN_PKTS, false },
	{ "in_bytes", "in-bytes", NFLB_A_COUNTERS_IN_BYTES, false },
	{ "out_pkts", "out-pkts", NFLB_A_COUNTERS_OUT_PKTS, false },
	{ "out_bytes", "out-bytes", NFLB_A_COUNTERS_OUT_BYTES, false },
	{ "failed_connects", "failed-connects",
	  NFLB_A_COUNTERS_FAILED_CONNECTS, false },
	{ "drop_no_backend", "drop-no-backend",
	  NFLB_A_COUNTERS_DROP_NO_BACKEND, true },
	{ "drop_no_memory", "drop-no-memory",
	  NFLB_A_COUNTERS_DROP_NO_MEMORY, true },
	{ "drop_stale", "drop-stale", NFLB_A_COUNTERS_DROP_STALE, true },
	{ "drop_confirm", "drop-confirm", NFLB_A_COUNTERS_DROP_CONFIRM, true },
	{ "pass_no_service", "pass-no-service",
	  NFLB_A_COUNTERS_PASS_NO_SERVICE, false },
	{ "hairpin", "hairpin", NFLB_A_COUNTERS_HAIRPIN, false },
	{ "port_rewritten", "port-rewritten",
	  NFLB_A_COUNTERS_PORT_REWRITTEN, false },
	{ "clash_merged", "clash-merged", NFLB_A_COUNTERS_CLASH_MERGED, false },
	{ "with_helper", "with-helper", NFLB_A_COUNTERS_WITH_HELPER, false },
	{ "slow_pkts", "slow-pkts", NFLB_A_COUNTERS_SLOW_PKTS, false },
	{ "express_flows", "express-flows", NFLB_A_COUNTERS_EXPRESS_FLOWS,
	  false },
	{ "reject_no_backend", "reject-no-backend",
	  NFLB_A_COUNTERS_REJECT_NO_BACKEND, true },
	{ "backup_picks", "backup-picks", NFLB_A_COUNTERS_BACKUP_PICKS, false },
	{ "all_down_picks", "all-down-picks",
	  NFLB_A_COUNTERS_ALL_DOWN_PICKS, false },
	{ "panic_picks", "panic-picks", NFLB_A_COUNTERS_PANIC_PICKS, false },
	{ "reset_flows", "reset-flows", NFLB_A_COUNTERS_RESET_FLOWS, false },
	{ "ping_replies", "ping-replies", NFLB_A_COUNTERS_PING_REPLIES, false },
	{ "ping_unreachable", "ping-unreachable",
	  NFLB_A_COUNTERS_PING_UNREACHABLE, false },
	{ "ping_drops", "ping-drops", NFLB_A_COUNTERS_PING_DROPS, true },
	{ "spill_picks", "spill-picks", NFLB_A_COUNTERS_SPILL_PICKS, false },
	{ "affinity_hits", "affinity-hits",
	  NFLB_A_COUNTERS_AFFINITY_HITS, false },
	{ "affinity_evictions", "affinity-evictions",
	  NFLB_A_COUNTERS_AFFINITY_EVICTIONS, false },
	{ "idle_resets", "idle-resets", NFLB_A_COUNTERS_IDLE_RESETS, false },
	{ "deadline_resets", "deadline-resets",
	  NFLB_A_COUNTERS_DEADLINE_RESETS, false },
	{ "down_resets", "down-resets", NFLB_A_COUNTERS_DOWN_RESETS, false },
	{ "removed_resets", "removed-resets",
	  NFLB_A_COUNTERS_REMOVED_RESETS, false },
	{ "drop_not_allowed", "drop-not-allowed",
	  NFLB_A_COUNTERS_DROP_NOT_ALLOWED, true },
	{ "drop_full", "drop-full", NFLB_A_COUNTERS_DROP_FULL, true },
	{ "reject_full", "reject-full", NFLB_A_COUNTERS_REJECT_FULL, true },
	{ "overflow_picks", "overflow-picks",
	  NFLB_A_COUNTERS_OVERFLOW_PICKS, false },
	{ "drop_max_flows", "drop-max-flows",
	  NFLB_A_COUNTERS_DROP_MAX_FLOWS, true },
	{ "drop_max_rate", "drop-max-rate",
	  NFLB_A_COUNTERS_DROP_MAX_RATE, true },
	{ "pick_ups", "pick-ups", NFLB_A_COUNTERS_PICK_UPS, false },
	/* No new flow is lost by these, as the drops of an alert are. */
	{ "reject_no_flow", "reject-no-flow",
	  NFLB_A_COUNTERS_REJECT_NO_FLOW, false },
	{ "drop_no_flow", "drop-no-flow", NFLB_A_COUNTERS_DROP_NO_FLOW, false },
	{ "drop_stray_answer", "drop-stray-answer",
	  NFLB_A_COUNTERS_DROP_STRAY_ANSWER, false },
	{ "snat_flows", "snat-flows", NFLB_A_COUNTERS_SNAT_FLOWS, false },
	{ "drop_no_ports", "drop-no-ports",
	  NFLB_A_COUNTERS_DROP_NO_PORTS, true },
	{ "no_port", "no-port", NFLB_A_COUNTERS_NO_PORT, false },
	{ "cookies_sent", "cookies-sent", NFLB_A_COUNTERS_COOKIES_SENT, false },
	{ "cookies_accepted", "cookies-accepted",
	  NFLB_A_COUNTERS_COOKIES_ACCEPTED, false },
	{ "cookies_refused", "cookies-refused",
	  NFLB_A_COUNTERS_COOKIES_REFUSED, false },
	{ "drop_not_floating", "drop-not-floating",
	  NFLB_A_COUNTERS_DROP_NOT_FLOATING, true },
};

/**
 * counters_read() - reads the counters of a message
 * @attrs: Attributes of the message.
 * @attr: Attribute that has the counters inside.
 * @counters: Where they go; those that are absent are 0.
 */
void counters_read(const struct nl_attrs *attrs, uint16_t attr,
		   struct counters *counters)
{
	struct nl_attrs nest;
	unsigned int i;

	nl_nest(attrs, attr, &nest);
	for (i = 0; i < COUNTERS; i++)
		counters->value[i] = nl_u64(&nest, counter_names[i].attr);
}

/**
 * counters_drops() - adds up the packets that were dropped
 * @counters: The counters.
 *
 * Return: How many, for whatever reason.
 */
uint64_t counters_drops(const struct counters *counters)
{
	uint64_t drops = 0;
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		if (counter_names[i].is_drop)
			drops += counters->value[i];
	return drops;
}
