// SPDX-License-Identifier: GPL-2.0-only
/* Alerts, by what the kernel says. */
#include "alerts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "clock.h"
#include "counters.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"
#include "service.h"

#define PAUSE_US		(100 * US_PER_MS)
#define PATIENCE_US		(60 * MS_PER_SEC * US_PER_MS)
/* Connections in the window: one may always be lost */
#define SILENT_MIN		3
#define CONNTRACK_COUNT		"/proc/sys/net/netfilter/nf_conntrack_count"
#define CONNTRACK_MAX		"/proc/sys/net/netfilter/nf_conntrack_max"

/**
 * struct finding - what an alert is to be judged by
 * @kind: Its kind.
 * @owner: Its service or snat, or NULL.
 * @share: What was found.
 * @backend: Name of a backend that it is found of, or empty.
 */
struct finding {
	enum alert_kind kind;
	const struct alert_owner *owner;
	struct alert_share share;
	char backend[NFLB_NAME_MAX + 1];
};

/**
 * struct silence - backends of a service that may not be heard of
 * @finding: Gets how many.
 * @is_total: Nothing has come back from any of them lately.
 */
struct silence {
	struct finding finding;
	bool is_total;
};

/**
 * alerts_init() - gets ready
 * @alerts: The alerts.
 * @nl: Connection for requests.
 */
void alerts_init(struct alerts *alerts, struct nl *nl)
{
	*alerts = (struct alerts){ .nl = nl };
}

/**
 * alerts_end() - frees what they hold
 * @alerts: The alerts.
 */
void alerts_end(struct alerts *alerts)
{
	size_t i;

	for (i = 0; i < alerts->n; i++)
		free(alerts->items[i].name);
	free(alerts->items);
}

/**
 * alert_owner_first() - says which alerts a service or snat has
 * @owner: The service or snat.
 *
 * Return: The first kind.
 */
enum alert_kind alert_owner_first(const struct alert_owner *owner)
{
	return owner->kind == KIND_SNAT ? ALERT_SNAT_USAGE : 0;
}

/**
 * alert_owner_end() - says where they end
 * @owner: The service or snat.
 *
 * Return: The kind after the last.
 */
enum alert_kind alert_owner_end(const struct alert_owner *owner)
{
	return owner->kind == KIND_SNAT ? ALERT_OWNED_KINDS :
					  ALERT_SERVICE_KINDS;
}

static const char *owner_word(const struct alert_owner *owner)
{
	return object_types[owner->kind].name;
}

static const char *step_word(enum alert_step step)
{
	switch (step) {
	case ALERT_BEGINS:
		return "begins";
	case ALERT_GOES_ON:
		return "goes on";
	default:
		return "ends";
	}
}

/* The others are so, or not. */
static bool has_share(enum alert_kind kind)
{
	return kind != ALERT_NO_HEALTHY_BACKENDS && kind != ALERT_SYN_FLOOD;
}

static void show_json(const struct finding *finding, enum alert_step step)
{
	const struct alert_rule *rule = &alert_rules[finding->kind];

	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "alert");
	json_string("alert", rule->name);
	json_string("severity", rule->severity);
	if (finding->owner)
		json_string(owner_word(finding->owner), finding->owner->name);
	json_bool("active", step != ALERT_ENDS);
	json_bool("again", step == ALERT_GOES_ON);
	if (has_share(finding->kind)) {
		json_u64("part", finding->share.part);
		json_u64("whole", finding->share.whole);
	}
	if (*finding->backend)
		json_string("backend", finding->backend);
	json_end();
}

/* What is to be done, as long as it is so */
static void show_silence(const struct finding *finding)
{
	print_text(": nothing comes back from %llu of %llu backends",
		   (unsigned long long)finding->share.part,
		   (unsigned long long)finding->share.whole);
	if (!*finding->backend)
		return;
	print_text(", as %s, which passes its probe;", finding->backend);
	print_text(" its route to the clients must lead here,");
	print_text(" or the service must be floating");
}

static void show_share(const struct finding *finding)
{
	unsigned long long whole = finding->share.whole;
	unsigned long long part = finding->share.part;

	if (!has_share(finding->kind))
		return;
	switch (finding->kind) {
	case ALERT_SNAT_USAGE:
	case ALERT_SNAT_EXHAUSTION:
		print_text(": %llu of %llu backends", part, whole);
		break;
	case ALERT_FLOW_QUOTA:
		print_text(": %llu of %llu flows are open", part, whole);
		break;
	case ALERT_RETURN_PATH:
		show_silence(finding);
		break;
	case ALERT_CONNTRACK_USAGE:
		print_text(": %llu of %llu entries are in use", part, whole);
		break;
	default:
		print_text(": %llu of %llu new flows were lost", part, whole);
	}
}

static void show(const struct finding *finding, enum alert_step step)
{
	const struct alert_rule *rule = &alert_rules[finding->kind];

	if (print_is_json()) {
		show_json(finding, step);
		return;
	}
	print_text("alert: %s", rule->name);
	if (finding->owner)
		print_text(" %s %s", owner_word(finding->owner),
			   finding->owner->name);
	print_text(" %s, %s", step_word(step), rule->severity);
	show_share(finding);
	print_text("\n");
}

static void judge(struct alerts *alerts, struct alert *alert,
		  const struct finding *finding)
{
	enum alert_step step;

	step = alert_update(alert, finding->kind, &finding->share,
			    alerts->now_us / US_PER_MS);
	if (step != ALERT_SAME)
		show(finding, step);
}

/*
 * With a new service, the first word of its probe has to be waited for; but if
 * nobody probes, that must be told as well.
 */
static bool is_known(const struct alerts *alerts,
		     const struct alert_owner *item,
		     const struct nl_attrs *attrs)
{
	return item->is_known || nl_u32(attrs, NFLB_A_SERVICE_HEALTHY) ||
	       !nl_u32(attrs, NFLB_A_SERVICE_UNREPORTED) ||
	       alerts->now_us - item->since_us >= PATIENCE_US;
}

static void judge_health(struct alerts *alerts, struct alert_owner *item,
			 const struct nl_attrs *attrs)
{
	struct finding finding = {
		.kind = ALERT_NO_HEALTHY_BACKENDS,
		.owner = item,
	};

	item->is_known = is_known(alerts, item, attrs);
	finding.share.part = !nl_u32(attrs, NFLB_A_SERVICE_HEALTHY);
	finding.share.whole = item->is_known;
	judge(alerts, &item->alerts[finding.kind], &finding);
}

static void judge_flood(struct alerts *alerts, struct alert_owner *item,
			const struct nl_attrs *attrs)
{
	const struct finding finding = {
		.kind = ALERT_SYN_FLOOD,
		.owner = item,
		.share = {
			.part = nl_u32(attrs, NFLB_A_SERVICE_PROTECTED),
			.whole = nl_has(attrs, NFLB_A_SERVICE_PROTECTED),
		},
	};

	judge(alerts, &item->alerts[finding.kind], &finding);
}

static void judge_quota(struct alerts *alerts, struct alert_owner *item,
			const struct nl_attrs *attrs,
			const struct counters *counters)
{
	const struct finding finding = {
		.kind = ALERT_FLOW_QUOTA,
		.owner = item,
		.share = {
			.part = counters->value[COUNTER_ACTIVE],
			.whole = nl_u32(attrs, NFLB_A_SERVICE_MAX_FLOWS),
		},
	};

	judge(alerts, &item->alerts[finding.kind], &finding);
}

static void judge_flows(struct alerts *alerts, struct alert_owner *item,
			const struct counters *counters)
{
	struct finding finding = { .owner = item };
	uint64_t lost = counters_losses(counters);
	struct alert_reading reading;

	reading.at_ms = alerts->now_us / US_PER_MS;
	reading.counters.part = lost;
	reading.counters.whole = lost + counters->value[COUNTER_NEW_FLOWS];
	alert_window_add(&item->window, &reading, &finding.share);
	for (finding.kind = ALERT_AVAILABILITY_WARNING;
	     finding.kind <= ALERT_AVAILABILITY_CRITICAL; finding.kind++)
		judge(alerts, &item->alerts[finding.kind], &finding);
}

static int read_backend(const struct nl_attrs *attrs, void *arg)
{
	struct silence *silence = arg;
	struct alert_share *share = &silence->finding.share;
	struct counters counters;

	if (!backend_passes_probes(attrs))
		return 0;
	share->whole++;
	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &counters);
	if (!counters.value[COUNTER_FAILED_CONNECTS] ||
	    (!silence->is_total && counters.value[COUNTER_OUT_PKTS]))
		return 0;
	if (!share->part++)
		snprintf(silence->finding.backend,
			 sizeof(silence->finding.backend), "%s",
			 nl_text(attrs, NFLB_A_BACKEND_NAME));
	return 0;
}

/* Without a probe, nobody knows whether the backends answer at all. */
static bool may_be_silent(const struct nl_attrs *service)
{
	return *nl_text(service, NFLB_A_SERVICE_PROBE) &&
	       !nl_u32(service, NFLB_A_SERVICE_FLOATING);
}

/*
 * The probe's answers come to the gateway itself. Those to clients may take
 * another way, if the backend has one: then a client hears from a stranger, and
 * its SYN is never answered by the frontend.
 */
static int judge_answers(struct alerts *alerts, struct alert_owner *item,
			 const struct nl_attrs *attrs,
			 const struct counters *counters)
{
	struct silence silence = {
		.finding = { .kind = ALERT_RETURN_PATH, .owner = item },
	};
	uint64_t failed = counters->value[COUNTER_FAILED_CONNECTS];
	struct alert_reading reading;
	struct alert_share lately;
	struct nl_msg msg;
	int err = 0;

	reading.at_ms = alerts->now_us / US_PER_MS;
	reading.counters.part = failed;
	reading.counters.whole = failed + counters->value[COUNTER_OUT_PKTS];
	alert_window_add(&item->answers, &reading, &lately);
	silence.is_total = lately.part == lately.whole;
	if (lately.part >= SILENT_MIN && may_be_silent(attrs)) {
		nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
		nl_put_text(&msg, NFLB_A_BACKEND_POOL,
			    nl_text(attrs, NFLB_A_SERVICE_POOL));
		err = nl_each_of(alerts->nl, &msg, read_backend, &silence);
	}
	if (!err)
		judge(alerts, &item->alerts[ALERT_RETURN_PATH],
		      &silence.finding);
	return err;
}

static int compare(const void *left, const void *right)
{
	const struct alert_owner *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->name, b->name);
}

static struct alert_owner *find(struct alerts *alerts, enum object_kind kind,
				const char *name)
{
	struct alert_owner key = { .kind = kind, .name = (char *)name };

	if (!alerts->n_sorted)
		return NULL;
	return bsearch(&key, alerts->items, alerts->n_sorted, sizeof(key),
		       compare);
}

static struct alert_owner *add(struct alerts *alerts, enum object_kind kind,
			       const char *name)
{
	struct alert_owner *item;

	if (alerts->n == alerts->cap)
		alerts->items = mem_grow(alerts->items, &alerts->cap,
					 sizeof(*alerts->items));
	item = &alerts->items[alerts->n++];
	*item = (struct alert_owner){
		.kind = kind,
		.name = mem_strdup(name),
		.since_us = alerts->now_us,
	};
	return item;
}

static struct alert_owner *see(struct alerts *alerts, enum object_kind kind,
			       const char *name)
{
	struct alert_owner *item = find(alerts, kind, name);

	if (!item)
		item = add(alerts, kind, name);
	item->is_there = true;
	return item;
}

static int read_snat(const struct nl_attrs *attrs, void *arg)
{
	struct alerts *alerts = arg;
	struct finding finding = { .kind = ALERT_SNAT_USAGE };
	struct alert_owner *item;

	item = see(alerts, KIND_SNAT, nl_text(attrs, NFLB_A_SNAT_NAME));
	finding.owner = item;
	finding.share.whole = nl_u32(attrs, NFLB_A_SNAT_BACKENDS);
	finding.share.part = nl_u32(attrs, NFLB_A_SNAT_BUSY);
	judge(alerts, &item->alerts[finding.kind], &finding);
	finding.kind = ALERT_SNAT_EXHAUSTION;
	finding.share.part = nl_u32(attrs, NFLB_A_SNAT_EXHAUSTED);
	judge(alerts, &item->alerts[finding.kind], &finding);
	return 0;
}

static int read_service(const struct nl_attrs *attrs, void *arg)
{
	struct alerts *alerts = arg;
	struct alert_owner *item;
	struct counters counters;

	item = see(alerts, KIND_SERVICE, nl_text(attrs, NFLB_A_SERVICE_NAME));
	judge_health(alerts, item, attrs);
	judge_flood(alerts, item, attrs);
	if (alerts->now_us < alerts->step_us)
		return 0;
	counters_read(attrs, NFLB_A_SERVICE_COUNTERS, &counters);
	judge_quota(alerts, item, attrs, &counters);
	judge_flows(alerts, item, &counters);
	return judge_answers(alerts, item, attrs, &counters);
}

/* With the service or snat its alerts end. */
static void end_owner(struct alerts *alerts, struct alert_owner *item)
{
	struct finding finding = { .owner = item };

	for (finding.kind = alert_owner_first(item);
	     finding.kind < alert_owner_end(item); finding.kind++)
		judge(alerts, &item->alerts[finding.kind], &finding);
	free(item->name);
}

static void drop_gone(struct alerts *alerts)
{
	size_t i, n = 0;

	for (i = 0; i < alerts->n; i++) {
		if (!alerts->items[i].is_there) {
			end_owner(alerts, &alerts->items[i]);
			continue;
		}
		alerts->items[n++] = alerts->items[i];
	}
	alerts->n = n;
}

/* The next look finds all that this one has seen, whether it saw all or not. */
static void end_look(struct alerts *alerts)
{
	size_t i;

	for (i = 0; i < alerts->n; i++)
		alerts->items[i].is_there = false;
	alerts->n_sorted = alerts->n;
	if (alerts->n)
		qsort(alerts->items, alerts->n, sizeof(*alerts->items),
		      compare);
}

/* What cannot be read is nothing. */
static uint64_t read_number(const char *path)
{
	unsigned long long number = 0;
	FILE *file = fopen(path, "re");

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

/* Those of the network namespace that reads; a limit of 0 is none. */
static void judge_conntrack(struct alerts *alerts)
{
	const struct finding finding = {
		.kind = ALERT_CONNTRACK_USAGE,
		.share = {
			.part = read_number(CONNTRACK_COUNT),
			.whole = read_number(CONNTRACK_MAX),
		},
	};

	judge(alerts, &alerts->conntrack, &finding);
}

static int look(struct alerts *alerts)
{
	int err = services_each(alerts->nl, read_service, alerts);

	if (!err)
		err = nl_each(alerts->nl, NFLB_CMD_SNAT_GET, read_snat, alerts);
	if (!err)
		drop_gone(alerts);
	end_look(alerts);
	if (err)
		return err;
	if (alerts->now_us >= alerts->step_us) {
		judge_conntrack(alerts);
		alerts->step_us = alerts->now_us + ALERT_STEP_MS * US_PER_MS;
	}
	print_flush();
	return 0;
}

/**
 * alerts_want() - has them looked at soon
 * @alerts: The alerts, by which something has changed.
 */
void alerts_want(struct alerts *alerts)
{
	if (alerts->due_us > alerts->pause_us)
		alerts->due_us = alerts->pause_us;
}

/**
 * alerts_hear() - takes note of what the kernel announces
 * @alerts: The alerts.
 * @event: The announcement; most of them change nothing of a service.
 */
void alerts_hear(struct alerts *alerts, const struct nl_attrs *event)
{
	if (event->cmd == NFLB_CMD_COMMIT_NTF ||
	    event->cmd == NFLB_CMD_SYNPROXY_NTF ||
	    (event->cmd == NFLB_CMD_HEALTH_NTF &&
	     !nl_has(event, NFLB_A_HEALTH_STALE)))
		alerts_want(alerts);
}

/*
 * The configuration never stood still, or memory was short: it will be
 * otherwise another time.
 */
static bool is_passing(int err)
{
	return err == -EINTR || err == -ENOMEM || err == -ENOBUFS;
}

/**
 * alerts_run() - looks, if it is time, and shows what begins, goes on and ends
 * @alerts: The alerts; @due_us says when to call it again.
 *
 * Return: 0 or a negative error number.
 */
int alerts_run(struct alerts *alerts)
{
	uint64_t took_us;
	int err;

	alerts->now_us = clock_us();
	if (alerts->now_us < alerts->due_us)
		return 0;
	err = look(alerts);
	took_us = clock_us() - alerts->now_us;
	alerts->pause_us = clock_us() +
			   (took_us > PAUSE_US ? took_us : PAUSE_US);
	alerts->due_us = err ? alerts->pause_us : alerts->step_us;
	if (!is_passing(err))
		return err;
	if (err != -EINTR && may_complain(&alerts->complain_us))
		complain("alerts: %s", strerror(-err));
	return 0;
}
