// SPDX-License-Identifier: GPL-2.0-only
/* Alerts, as the kernel tells of them. */
#include "alerts.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"
#include "schema.h"

#define STEP_US			(5000 * US_PER_MS)
#define PAUSE_US		(100 * US_PER_MS)

/**
 * struct wording - what an alert is about
 * @name: Its name.
 * @text: What there are so many of, of so many.
 */
struct wording {
	const char *name;
	const char *text;
};

static const struct wording wordings[] = {
	{ "DataPathAvailabilityWarning", "new flows were lost" },
	{ "DataPathAvailabilityCritical", "new flows were lost" },
	{ "HighFlowQuotaUsage", "flows are open" },
	{ "HighSnatPortUsage", "backends" },
	{ "SnatPortExhaustion", "backends" },
	{ "HighConntrackUsage", "entries are in use" },
};

/**
 * alerts_init() - gets ready
 * @alerts: The alerts.
 * @nl: Connection for requests.
 */
void alerts_init(struct alerts *alerts, struct nl *nl)
{
	*alerts = (struct alerts){ .nl = nl, .is_wanted = true };
}

static const char *severity_of(const struct nl_attrs *attrs)
{
	uint32_t severity = nl_u32(attrs, NFLB_A_ALERT_SEVERITY);

	return word_name(alert_severity_words, severity) ?: "unknown";
}

static void show_json(const struct nl_attrs *attrs)
{
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "alert");
	json_string("alert", nl_text(attrs, NFLB_A_ALERT_NAME));
	json_string("severity", severity_of(attrs));
	if (nl_has(attrs, NFLB_A_ALERT_SERVICE))
		json_string("service", nl_text(attrs, NFLB_A_ALERT_SERVICE));
	if (nl_has(attrs, NFLB_A_ALERT_SNAT))
		json_string("snat", nl_text(attrs, NFLB_A_ALERT_SNAT));
	json_bool("active", nl_u32(attrs, NFLB_A_ALERT_ACTIVE));
	json_bool("again", nl_u32(attrs, NFLB_A_ALERT_AGAIN));
	if (nl_has(attrs, NFLB_A_ALERT_PART)) {
		json_u64("part", nl_u64(attrs, NFLB_A_ALERT_PART));
		json_u64("whole", nl_u64(attrs, NFLB_A_ALERT_WHOLE));
	}
	if (nl_has(attrs, NFLB_A_ALERT_BACKEND))
		json_string("backend", nl_text(attrs, NFLB_A_ALERT_BACKEND));
	json_end();
}

/* What is to be done, as long as it is so */
static void show_silence(const struct nl_attrs *attrs)
{
	print_text(": nothing comes back from %llu of %llu backends",
		   (unsigned long long)nl_u64(attrs, NFLB_A_ALERT_PART),
		   (unsigned long long)nl_u64(attrs, NFLB_A_ALERT_WHOLE));
	if (!nl_has(attrs, NFLB_A_ALERT_BACKEND))
		return;
	print_text(", as %s, which passes its probe;",
		   nl_text(attrs, NFLB_A_ALERT_BACKEND));
	print_text(" its route to the clients must lead here,");
	print_text(" or the service must be floating");
}

/* An alert that it does not know by name has no words for its numbers. */
static void show_share(const struct nl_attrs *attrs, const char *name)
{
	const char *text = "";
	unsigned int i;

	if (strcmp(name, "NoReturnPath") == 0) {
		show_silence(attrs);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(wordings); i++)
		if (strcmp(name, wordings[i].name) == 0)
			text = wordings[i].text;
	print_text(": %llu of %llu%s%s",
		   (unsigned long long)nl_u64(attrs, NFLB_A_ALERT_PART),
		   (unsigned long long)nl_u64(attrs, NFLB_A_ALERT_WHOLE),
		   *text ? " " : "", text);
}

static const char *step_of(const struct nl_attrs *attrs)
{
	if (!nl_u32(attrs, NFLB_A_ALERT_ACTIVE))
		return "ends";
	return nl_u32(attrs, NFLB_A_ALERT_AGAIN) ? "goes on" : "begins";
}

static void show_text(const struct nl_attrs *attrs)
{
	const char *name = nl_text(attrs, NFLB_A_ALERT_NAME);

	print_text("alert: %s", name);
	if (nl_has(attrs, NFLB_A_ALERT_SERVICE))
		print_text(" service %s", nl_text(attrs, NFLB_A_ALERT_SERVICE));
	if (nl_has(attrs, NFLB_A_ALERT_SNAT))
		print_text(" snat %s", nl_text(attrs, NFLB_A_ALERT_SNAT));
	print_text(" %s, %s", step_of(attrs), severity_of(attrs));
	if (nl_has(attrs, NFLB_A_ALERT_PART))
		show_share(attrs, name);
	print_text("\n");
}

static void show(const struct nl_attrs *attrs)
{
	if (print_is_json())
		show_json(attrs);
	else
		show_text(attrs);
}

static bool is_later(uint32_t number, uint32_t than)
{
	return (int32_t)(number - than) > 0;
}

static int read_active(const struct nl_attrs *attrs, void *arg)
{
	uint32_t number = nl_u32(attrs, NFLB_A_ALERT_NUMBER);
	struct alerts *alerts = arg;

	if (!alerts->is_wanted)
		return 0;
	if (is_later(number, alerts->seen))
		alerts->seen = number;
	show(attrs);
	return 0;
}

/**
 * alerts_want() - has those shown that are active
 * @alerts: The alerts, of which some announcement was lost.
 */
void alerts_want(struct alerts *alerts)
{
	alerts->is_wanted = true;
	alerts->due_us = 0;
}

/**
 * alerts_hear() - shows what the kernel announces, if it is of an alert
 * @alerts: The alerts.
 * @event: The announcement.
 *
 * What is told by those that are active, or is about to be, is not shown.
 */
void alerts_hear(struct alerts *alerts, const struct nl_attrs *event)
{
	uint32_t number;

	if (event->cmd != NFLB_CMD_ALERT_NTF || alerts->is_wanted)
		return;
	number = nl_u32(event, NFLB_A_ALERT_NUMBER);
	if (!is_later(number, alerts->seen))
		return;
	show(event);
	print_flush();
}

/*
 * They never stood still, or memory was short: it will be otherwise another
 * time.
 */
static bool is_passing(int err)
{
	return err == -EINTR || err == -ENOMEM || err == -ENOBUFS;
}

/**
 * alerts_run() - asks for those that are active, if it is time, and shows them
 *	if they are wanted
 * @alerts: The alerts; @due_us says when to call it again.
 *
 * A module that is unloaded does not announce that: who asks is told.
 *
 * Return: 0 or a negative error number.
 */
int alerts_run(struct alerts *alerts)
{
	int err;

	if (clock_us() < alerts->due_us)
		return 0;
	err = nl_each(alerts->nl, NFLB_CMD_ALERT_GET, read_active, alerts);
	alerts->due_us = clock_us() + (err ? PAUSE_US : STEP_US);
	if (!err) {
		alerts->is_wanted = false;
		print_flush();
	}
	if (!is_passing(err))
		return err;
	if (err != -EINTR && may_complain(&alerts->complain_us))
		complain("alerts: %s", strerror(-err));
	return 0;
}
