// SPDX-License-Identifier: GPL-2.0-only
/* An alert: thresholds, and when it is time to tell again. */

#include <linux/string.h>
#include <uapi/nflb.h>

#include "alert.h"

#define NFLB_MINUTE_MS 60000U

/* To be available to less than 90 % is to be lost to more than 10 %. */
const struct nflb_alert_rule nflb_alert_rules[NFLB_N_ALERTS] = {
	[NFLB_ALERT_AVAILABILITY_WARNING] = {
		.name = "DataPathAvailabilityWarning",
		.severity = NFLB_ALERT_SEVERITY_WARNING,
		.has_share = true,
		.begins_pct = 10, .ends_pct = 10,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_AVAILABILITY_CRITICAL] = {
		.name = "DataPathAvailabilityCritical",
		.severity = NFLB_ALERT_SEVERITY_CRITICAL,
		.has_share = true,
		.begins_pct = 75, .ends_pct = 75,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_NO_HEALTHY_BACKENDS] = {
		.name = "NoHealthyBackends",
		.severity = NFLB_ALERT_SEVERITY_CRITICAL,
		.again_ms = 60 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_FLOW_QUOTA] = {
		.name = "HighFlowQuotaUsage",
		.severity = NFLB_ALERT_SEVERITY_WARNING,
		.has_share = true,
		.begins_pct = 80, .ends_pct = 75,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_SYN_FLOOD] = {
		.name = "SynFlood",
		.severity = NFLB_ALERT_SEVERITY_WARNING,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_RETURN_PATH] = {
		.name = "NoReturnPath",
		.severity = NFLB_ALERT_SEVERITY_CRITICAL,
		.has_share = true,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_SNAT_USAGE] = {
		.name = "HighSnatPortUsage",
		.severity = NFLB_ALERT_SEVERITY_WARNING,
		.has_share = true,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_SNAT_EXHAUSTION] = {
		.name = "SnatPortExhaustion",
		.severity = NFLB_ALERT_SEVERITY_CRITICAL,
		.has_share = true,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
	[NFLB_ALERT_CONNTRACK_USAGE] = {
		.name = "HighConntrackUsage",
		.severity = NFLB_ALERT_SEVERITY_WARNING,
		.has_share = true,
		.begins_pct = 80, .ends_pct = 75,
		.again_ms = 5 * NFLB_MINUTE_MS,
	},
};

static bool nflb_alert_is_so(const struct nflb_alert *alert,
			     const struct nflb_alert_rule *rule)
{
	u32 pct = alert->is_active ? rule->ends_pct : rule->begins_pct;
	const struct nflb_alert_share *share = &alert->share;

	return share->whole && share->part * 100 > share->whole * pct;
}

/**
 * nflb_alert_update() - looks whether it is so
 * @alert: the alert
 * @kind: its kind
 * @share: by what that is to be judged; what is a part of nothing is not so
 * @now_ms: the time, of a clock that never goes back
 *
 * Return: what is to be told.
 */
enum nflb_alert_step nflb_alert_update(struct nflb_alert *alert,
				       enum nflb_alert_kind kind,
				       const struct nflb_alert_share *share,
				       u64 now_ms)
{
	const struct nflb_alert_rule *rule = &nflb_alert_rules[kind];
	bool was_active = alert->is_active;

	alert->share = *share;
	alert->is_active = nflb_alert_is_so(alert, rule);
	if (!alert->is_active)
		return was_active ? NFLB_ALERT_ENDS : NFLB_ALERT_SAME;
	if (was_active && now_ms - alert->told_ms < rule->again_ms)
		return NFLB_ALERT_SAME;
	alert->told_ms = now_ms;
	return was_active ? NFLB_ALERT_GOES_ON : NFLB_ALERT_BEGINS;
}

/* Counters that have become less are those of another thing. */
static bool
nflb_alert_window_begins_anew(const struct nflb_alert_window *window,
			      const struct nflb_alert_share *counters)
{
	const struct nflb_alert_share *last;

	last = &window->reading[window->n - 1].counters;
	return counters->part < last->part || counters->whole < last->whole;
}

/* Whatever happened since the last one, only that one can tell. */
static bool nflb_alert_window_is_full(const struct nflb_alert_window *window,
				      u64 now_ms)
{
	return window->n > 1 &&
	       (window->n == NFLB_ALERT_READINGS ||
		now_ms - window->reading[0].at_ms > NFLB_ALERT_WINDOW_MS);
}

/**
 * nflb_alert_window_add() - takes a reading
 * @window: the window
 * @reading: the reading, NFLB_ALERT_STEP_MS after the last one, or later if
 *	that could not be
 * @share: gets what was counted within the window, or since the first reading
 */
void nflb_alert_window_add(struct nflb_alert_window *window,
			   const struct nflb_alert_reading *reading,
			   struct nflb_alert_share *share)
{
	const struct nflb_alert_share *counters = &reading->counters;

	if (window->n && nflb_alert_window_begins_anew(window, counters))
		window->n = 0;
	while (nflb_alert_window_is_full(window, reading->at_ms))
		memmove(window->reading, window->reading + 1,
			--window->n * sizeof(*window->reading));
	window->reading[window->n++] = *reading;
	share->part = counters->part - window->reading[0].counters.part;
	share->whole = counters->whole - window->reading[0].counters.whole;
}
