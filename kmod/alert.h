/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An alert: something is so that an operator has to know, begins to be so, goes
 * on and ends. It knows no clock and no namespace.
 */
#ifndef _NFLB_ALERT_H
#define _NFLB_ALERT_H

#include <linux/types.h>

/*
 * Of the new flows, those of the last NFLB_ALERT_WINDOW_MS count; the counters
 * are read every NFLB_ALERT_STEP_MS.
 */
#define NFLB_ALERT_STEP_MS 5000
#define NFLB_ALERT_WINDOW_MS 60000
#define NFLB_ALERT_READINGS (NFLB_ALERT_WINDOW_MS / NFLB_ALERT_STEP_MS + 1)

/**
 * enum nflb_alert_kind - what is so
 * @NFLB_ALERT_AVAILABILITY_WARNING: less than 90 % of a service's new flows
 *	were let through to a backend
 * @NFLB_ALERT_AVAILABILITY_CRITICAL: less than 25 % were
 * @NFLB_ALERT_NO_HEALTHY_BACKENDS: no backend of its pool passes its probe
 * @NFLB_ALERT_FLOW_QUOTA: more than 80 % of the flows that a service may have
 *	are open, and not 75 % or less since
 * @NFLB_ALERT_SYN_FLOOD: SYNs to a service are answered by cookies
 * @NFLB_ALERT_RETURN_PATH: connections to backends that pass their probes are
 *	never answered by way of this gateway
 * @NFLB_ALERT_SERVICE_END: the end of the above, which each service has
 * @NFLB_ALERT_SNAT_USAGE: backends use more than 75 % of the ports that they
 *	may have by a snat
 * @NFLB_ALERT_SNAT_EXHAUSTION: backends use all of them
 * @NFLB_ALERT_SNAT_END: the end of these two, which each snat has
 * @NFLB_ALERT_CONNTRACK_USAGE: more than 80 % of conntrack's table are in use,
 *	and not 75 % or less since; each namespace has this one
 * @NFLB_N_ALERTS: number of all
 */
enum nflb_alert_kind {
	NFLB_ALERT_AVAILABILITY_WARNING,
	NFLB_ALERT_AVAILABILITY_CRITICAL,
	NFLB_ALERT_NO_HEALTHY_BACKENDS,
	NFLB_ALERT_FLOW_QUOTA,
	NFLB_ALERT_SYN_FLOOD,
	NFLB_ALERT_RETURN_PATH,
	NFLB_ALERT_SERVICE_END,
	NFLB_ALERT_SNAT_USAGE = NFLB_ALERT_SERVICE_END,
	NFLB_ALERT_SNAT_EXHAUSTION,
	NFLB_ALERT_SNAT_END,
	NFLB_ALERT_CONNTRACK_USAGE = NFLB_ALERT_SNAT_END,
	NFLB_N_ALERTS,
};

/**
 * struct nflb_alert_rule - what is the same for all alerts of a kind
 * @name: what the cloud's balancer calls it, or one by that pattern
 * @severity: enum nflb_alert_severity
 * @has_share: listeners are told how many it is so of
 * @begins_pct: it begins with more than this percentage
 * @ends_pct: it ends with no more than this one
 * @again_ms: when it is told again that it goes on
 */
struct nflb_alert_rule {
	const char *name;
	u32 severity;
	bool has_share;
	u32 begins_pct;
	u32 ends_pct;
	u32 again_ms;
};

/**
 * enum nflb_alert_step - what is to be told
 * @NFLB_ALERT_SAME: nothing
 * @NFLB_ALERT_BEGINS: it begins
 * @NFLB_ALERT_GOES_ON: it is still so
 * @NFLB_ALERT_ENDS: it ends
 */
enum nflb_alert_step {
	NFLB_ALERT_SAME,
	NFLB_ALERT_BEGINS,
	NFLB_ALERT_GOES_ON,
	NFLB_ALERT_ENDS,
};

/**
 * struct nflb_alert_share - so many of so many
 * @part: what is not as it should be
 * @whole: that and the rest
 */
struct nflb_alert_share {
	u64 part;
	u64 whole;
};

/**
 * struct nflb_alert - one of a kind
 * @share: what it was judged by last
 * @told_ms: when it was told last that it is so
 * @number: number of the event that has told of it last, or 0
 * @is_active: it is so
 */
struct nflb_alert {
	struct nflb_alert_share share;
	u64 told_ms;
	u32 number;
	bool is_active;
};

/**
 * struct nflb_alert_reading - counters that only grow, as they were at a time
 * @counters: the counters
 * @at_ms: the time, of a clock that never goes back
 */
struct nflb_alert_reading {
	struct nflb_alert_share counters;
	u64 at_ms;
};

/**
 * struct nflb_alert_window - counters that only grow, as they were lately
 * @reading: the readings, the last one at the end
 * @n: how many
 */
struct nflb_alert_window {
	struct nflb_alert_reading reading[NFLB_ALERT_READINGS];
	u32 n;
};

extern const struct nflb_alert_rule nflb_alert_rules[NFLB_N_ALERTS];

enum nflb_alert_step nflb_alert_update(struct nflb_alert *alert,
				       enum nflb_alert_kind kind,
				       const struct nflb_alert_share *share,
				       u64 now_ms);
void nflb_alert_window_add(struct nflb_alert_window *window,
			   const struct nflb_alert_reading *reading,
			   struct nflb_alert_share *share);

#endif /* _NFLB_ALERT_H */
