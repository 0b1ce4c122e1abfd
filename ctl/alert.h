/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An alert: something is so that an operator has to know, begins to be so, goes
 * on and ends. It knows no clock and no network.
 */
#ifndef LBCTL_ALERT_H
#define LBCTL_ALERT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Of the new flows, those of the last ALERT_WINDOW_MS count; the counters are
 * read every ALERT_STEP_MS.
 */
#define ALERT_STEP_MS		5000
#define ALERT_WINDOW_MS		60000
#define ALERT_READINGS		(ALERT_WINDOW_MS / ALERT_STEP_MS + 1)

/**
 * enum alert_kind - what is so
 * @ALERT_AVAILABILITY_WARNING: Less than 90 % of a service's new flows were
 *                              let through to a backend.
 * @ALERT_AVAILABILITY_CRITICAL: Less than 25 % were.
 * @ALERT_NO_HEALTHY_BACKENDS: No backend of its pool passes its probe.
 * @ALERT_FLOW_QUOTA: More than 80 % of the flows that a service may have are
 *                    open, and not 75 % or less since.
 * @ALERT_SYN_FLOOD: SYNs to a service are answered by cookies.
 * @ALERT_RETURN_PATH: Connections to backends that pass their probes are never
 *                     answered by way of this gateway.
 * @ALERT_SERVICE_KINDS: Number of the above, of which each service has one.
 * @ALERT_SNAT_USAGE: Backends use more than 75 % of the ports that they may
 *                    have by a snat.
 * @ALERT_SNAT_EXHAUSTION: Backends use all of them.
 * @ALERT_OWNED_KINDS: Number of the above, of which each snat has the last two.
 * @ALERT_CONNTRACK_USAGE: More than 80 % of conntrack's table are in use, and
 *                         not 75 % or less since.
 * @ALERT_KINDS: Number of all.
 */
enum alert_kind {
	ALERT_AVAILABILITY_WARNING,
	ALERT_AVAILABILITY_CRITICAL,
	ALERT_NO_HEALTHY_BACKENDS,
	ALERT_FLOW_QUOTA,
	ALERT_SYN_FLOOD,
	ALERT_RETURN_PATH,
	ALERT_SERVICE_KINDS,
	ALERT_SNAT_USAGE = ALERT_SERVICE_KINDS,
	ALERT_SNAT_EXHAUSTION,
	ALERT_OWNED_KINDS,
	ALERT_CONNTRACK_USAGE = ALERT_OWNED_KINDS,
	ALERT_KINDS,
};

/**
 * struct alert_rule - what is the same for all alerts of a kind
 * @name: What the cloud's balancer calls it, or one by that pattern.
 * @severity: Severity, "warning" or "critical".
 * @begins_pct: It begins with more than this percentage.
 * @ends_pct: It ends with no more than this one.
 * @again_ms: When it is told again that it goes on.
 */
struct alert_rule {
	const char *name;
	const char *severity;
	unsigned int begins_pct;
	unsigned int ends_pct;
	uint64_t again_ms;
};

/**
 * enum alert_step - what is to be told
 * @ALERT_SAME: Nothing.
 * @ALERT_BEGINS: It begins.
 * @ALERT_GOES_ON: It is still so.
 * @ALERT_ENDS: It ends.
 */
enum alert_step {
	ALERT_SAME,
	ALERT_BEGINS,
	ALERT_GOES_ON,
	ALERT_ENDS,
};

/**
 * struct alert - one of a kind
 * @is_active: It is so.
 * @told_ms: When that was told last.
 */
struct alert {
	bool is_active;
	uint64_t told_ms;
};

/**
 * struct alert_share - so many of so many
 * @part: What is not as it should be.
 * @whole: That and the rest.
 */
struct alert_share {
	uint64_t part;
	uint64_t whole;
};

/**
 * struct alert_reading - counters that only grow, as they were at a time
 * @counters: The counters.
 * @at_ms: The time, of a clock that never goes back.
 */
struct alert_reading {
	struct alert_share counters;
	uint64_t at_ms;
};

/**
 * struct alert_window - counters that only grow, as they were lately
 * @readings: The readings, the last one at the end.
 * @n: How many.
 */
struct alert_window {
	struct alert_reading readings[ALERT_READINGS];
	unsigned int n;
};

extern const struct alert_rule alert_rules[ALERT_KINDS];

enum alert_step alert_update(struct alert *alert, enum alert_kind kind,
			     const struct alert_share *share, uint64_t now_ms);
void alert_window_add(struct alert_window *window,
		      const struct alert_reading *reading,
		      struct alert_share *share);

#endif /* LBCTL_ALERT_H */
