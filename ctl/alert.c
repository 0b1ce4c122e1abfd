// SPDX-License-Identifier: GPL-2.0-only
/* Thresholds, and when it is time to tell again. */
#include "alert.h"

#include <string.h>

#define MS_PER_MINUTE	UINT64_C(60000)

/* To be available to less than 90 % is to be lost to more than 10 %. */
const struct alert_rule alert_rules[ALERT_KINDS] = {
	[ALERT_AVAILABILITY_WARNING] = {
		.name = "DataPathAvailabilityWarning", .severity = "warning",
		.begins_pct = 10, .ends_pct = 10,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_AVAILABILITY_CRITICAL] = {
		.name = "DataPathAvailabilityCritical", .severity = "critical",
		.begins_pct = 75, .ends_pct = 75,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_NO_HEALTHY_BACKENDS] = {
		.name = "NoHealthyBackends", .severity = "critical",
		.begins_pct = 0, .ends_pct = 0,
		.again_ms = 60 * MS_PER_MINUTE,
	},
	[ALERT_FLOW_QUOTA] = {
		.name = "HighFlowQuotaUsage", .severity = "warning",
		.begins_pct = 80, .ends_pct = 75,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_SYN_FLOOD] = {
		.name = "SynFlood", .severity = "warning",
		.begins_pct = 0, .ends_pct = 0,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_RETURN_PATH] = {
		.name = "NoReturnPath", .severity = "critical",
		.begins_pct = 0, .ends_pct = 0,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_SNAT_USAGE] = {
		.name = "HighSnatPortUsage", .severity = "warning",
		.begins_pct = 0, .ends_pct = 0,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_SNAT_EXHAUSTION] = {
		.name = "SnatPortExhaustion", .severity = "critical",
		.begins_pct = 0, .ends_pct = 0,
		.again_ms = 5 * MS_PER_MINUTE,
	},
	[ALERT_CONNTRACK_USAGE] = {
		.name = "HighConntrackUsage", .severity = "warning",
		.begins_pct = 80, .ends_pct = 75,
		.again_ms = 5 * MS_PER_MINUTE,
	},
};

static bool is_so(const struct alert *alert, const struct alert_rule *rule,
		  const struct alert_share *share)
{
	unsigned int pct = alert->is_active ? rule->ends_pct :
					      rule->begins_pct;

	return share->whole && share->part * 100 > share->whole * pct;
}

/**
 * alert_update() - looks whether it is so
 * @alert: The alert.
 * @kind: Its kind.
 * @share: By what that is to be judged; what is a part of nothing is not so.
 * @now_ms: The time, of a clock that never goes back.
 *
 * Return: What is to be told.
 */
enum alert_step alert_update(struct alert *alert, enum alert_kind kind,
			     const struct alert_share *share, uint64_t now_ms)
{
	const struct alert_rule *rule = &alert_rules[kind];
	bool was_active = alert->is_active;

	alert->is_active = is_so(alert, rule, share);
	if (!alert->is_active)
		return was_active ? ALERT_ENDS : ALERT_SAME;
	if (was_active && now_ms - alert->told_ms < rule->again_ms)
		return ALERT_SAME;
	alert->told_ms = now_ms;
	return was_active ? ALERT_GOES_ON : ALERT_BEGINS;
}

/* Counters that have become less are those of another thing. */
static bool has_begun_anew(const struct alert_window *window,
			   const struct alert_share *counters)
{
	const struct alert_share *last;

	last = &window->readings[window->n - 1].counters;
	return counters->part < last->part || counters->whole < last->whole;
}

/* Whatever happened since the last one, only that one can tell. */
static bool is_first_too_old(const struct alert_window *window, uint64_t now_ms)
{
	return window->n > 1 &&
	       (window->n == ALERT_READINGS ||
		now_ms - window->readings[0].at_ms > ALERT_WINDOW_MS);
}

/**
 * alert_window_add() - takes a reading
 * @window: The window.
 * @reading: The reading, ALERT_STEP_MS after the last one, or later if that
 *           could not be.
 * @share: Gets what was counted within the window, or since the first reading.
 */
void alert_window_add(struct alert_window *window,
		      const struct alert_reading *reading,
		      struct alert_share *share)
{
	const struct alert_share *counters = &reading->counters;

	if (window->n && has_begun_anew(window, counters))
		window->n = 0;
	while (is_first_too_old(window, reading->at_ms))
		memmove(window->readings, window->readings + 1,
			--window->n * sizeof(*window->readings));
	window->readings[window->n++] = *reading;
	share->part = counters->part - window->readings[0].counters.part;
	share->whole = counters->whole - window->readings[0].counters.whole;
}
