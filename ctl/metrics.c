// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics, named as Prometheus wants names:
 * https://prometheus.io/docs/practices/naming/. All samples of a name stand
 * together, so everything is collected first. Names of objects have no
 * character that would have to be escaped.
 */
#include "metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "leases.h"
#include "load.h"
#include "mem.h"
#include "nflb.h"
#include "parse.h"
#include "schema.h"
#include "service.h"

#define LABELS_SIZE	320	/* three names, and what stands around them */
#define PAIR_SIZE	192	/* two of them */
#define US_PER_SEC	1000000.0

/**
 * struct subject - what samples are about
 * @labels: Its labels, with commas between them.
 * @counters: What is counted of it.
 * @gauge: What it is, apart from that.
 * @other: The same.
 */
struct subject {
	char labels[LABELS_SIZE];
	struct counters counters;
	uint64_t gauge;
	uint64_t other;
};

/**
 * struct subjects - what the samples of some names are about
 * @items: The subjects.
 * @n: How many.
 * @cap: Room in @items.
 */
struct subjects {
	struct subject *items;
	size_t n;
	size_t cap;
};

/**
 * struct metrics - one reading
 * @generation: Generation of the configuration.
 * @total: Of the namespace.
 * @services: The services; @gauge is the number of healthy backends.
 * @backends: The backends; @gauge is the weight.
 * @states: Backend and probe that has reported; @gauge is 1 for up, @other for
 *          stale.
 * @trials: Backends whose new flows are looked at; @gauge is 1 for ejected and
 *          @other how long they take to answer, in microseconds, or 0.
 * @pools: The pools; @gauge is the number of backends, @other of those that
 *         are eligible.
 * @leases: The ports of backends.
 * @alerts: The alerts that there may be; @gauge is 1 for active.
 */
struct metrics {
	uint32_t generation;
	struct subject total;
	struct subjects services;
	struct subjects backends;
	struct subjects states;
	struct subjects trials;
	struct subjects pools;
	struct leases leases;
	struct subjects alerts;
};

/**
 * struct sample_name - a counter, and the label that tells it from others
 * @counter: The counter.
 * @label: The label, or NULL.
 */
struct sample_name {
	enum counter counter;
	const char *label;
};

/**
 * struct metric - a metric of services, of backends and of a namespace
 * @name: The end of its name.
 * @type: Type of Prometheus.
 * @help: What it says.
 * @samples: The samples of each subject.
 * @n_samples: How many.
 */
struct metric {
	const char *name;
	const char *type;
	const char *help;
	struct sample_name samples[2];
	unsigned int n_samples;
};

static const struct metric counted[] = {
	{ "active_flows", "gauge", "Flows now open.",
	  { { COUNTER_ACTIVE, NULL } }, 1 },
	{ "new_flows_total", "counter", "Flows opened.",
	  { { COUNTER_NEW_FLOWS, NULL } }, 1 },
	{ "packets_total", "counter",
	  "Packets from clients (in) and to them (out).",
	  { { COUNTER_IN_PKTS, "direction=\"in\"" },
	    { COUNTER_OUT_PKTS, "direction=\"out\"" } }, 2 },
	{ "bytes_total", "counter",
	  "Bytes of IP packets from clients (in) and to them (out).",
	  { { COUNTER_IN_BYTES, "direction=\"in\"" },
	    { COUNTER_OUT_BYTES, "direction=\"out\"" } }, 2 },
	{ "failed_connects_total", "counter",
	  "First packets without the answer that they need, and ICMP errors.",
	  { { COUNTER_FAILED_CONNECTS, NULL } }, 1 },
};

static const char * const outcome_names[OUTCOMES] = {
	[OUTCOME_PASS] = "pass",
	[OUTCOME_FAIL] = "fail",
	[OUTCOME_SILENCE] = "silence",
	[OUTCOME_DRAINING] = "draining",
};

static struct subject *add(struct subjects *subjects)
{
	if (subjects->n == subjects->cap)
		subjects->items = mem_grow(subjects->items, &subjects->cap,
					   sizeof(*subjects->items));
	return memset(&subjects->items[subjects->n++], 0,
		      sizeof(*subjects->items));
}

static int take_info(const struct nl_attrs *attrs, void *arg)
{
	struct metrics *metrics = arg;

	metrics->generation = nl_u32(attrs, NFLB_A_INFO_GENERATION);
	counters_read(attrs, NFLB_A_INFO_COUNTERS, &metrics->total.counters);
	return 0;
}

static int take_service(const struct nl_attrs *attrs, void *arg)
{
	struct metrics *metrics = arg;
	struct subject *subject = add(&metrics->services);

	snprintf(subject->labels, LABELS_SIZE,
		 "frontend=\"%s\",service=\"%s\"",
		 nl_text(attrs, NFLB_A_SERVICE_FRONTEND),
		 nl_text(attrs, NFLB_A_SERVICE_NAME));
	counters_read(attrs, NFLB_A_SERVICE_COUNTERS, &subject->counters);
	subject->gauge = nl_u32(attrs, NFLB_A_SERVICE_HEALTHY);
	return 0;
}

static int take_pool(const struct nl_attrs *attrs, void *arg)
{
	struct metrics *metrics = arg;
	struct subject *subject = add(&metrics->pools);

	snprintf(subject->labels, LABELS_SIZE, "pool=\"%s\"",
		 nl_text(attrs, NFLB_A_POOL_NAME));
	subject->gauge = nl_u32(attrs, NFLB_A_POOL_BACKENDS);
	subject->other = nl_u32(attrs, NFLB_A_POOL_ELIGIBLE);
	return 0;
}

static void take_states(struct subjects *states, const char *labels,
			const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	struct subject *subject;
	struct nl_attrs nest;
	uint32_t state;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		state = nl_u32(&nest, NFLB_A_PROBE_STATE_STATE);
		if (state == NFLB_HEALTH_UNKNOWN)
			continue;
		subject = add(states);
		snprintf(subject->labels, LABELS_SIZE, "%s,probe=\"%s\"",
			 labels, nl_text(&nest, NFLB_A_PROBE_STATE_PROBE));
		subject->gauge = state == NFLB_HEALTH_UP;
		subject->other = nl_has(&nest, NFLB_A_PROBE_STATE_STALE);
	}
}

static void take_trials(struct subjects *trials, const char *labels,
			const struct nl_attrs *attrs)
{
	struct subject *subject;

	if (!nl_has(attrs, NFLB_A_BACKEND_EJECTED))
		return;
	subject = add(trials);
	snprintf(subject->labels, LABELS_SIZE, "%s", labels);
	subject->gauge = nl_u32(attrs, NFLB_A_BACKEND_EJECTED);
	subject->other = nl_u32(attrs, NFLB_A_BACKEND_CONNECT_US);
}

/* One that leaves may have the name and the address of one that came. */
static int take_backend(const struct nl_attrs *attrs, void *arg)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);
	bool is_leaving = nl_has(attrs, NFLB_A_BACKEND_LEAVING);
	char text[ADDRESS_TEXT_SIZE], labels[PAIR_SIZE];
	struct metrics *metrics = arg;
	struct subject *subject;

	snprintf(labels, PAIR_SIZE, "pool=\"%s\",backend=\"%s\"",
		 nl_text(attrs, NFLB_A_BACKEND_POOL),
		 nl_text(attrs, NFLB_A_BACKEND_NAME));
	subject = add(&metrics->backends);
	snprintf(subject->labels, LABELS_SIZE, "%s,address=\"%s\"%s", labels,
		 format_address(&address, text),
		 is_leaving ? ",leaving=\"yes\"" : "");
	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &subject->counters);
	subject->gauge = nl_u32(attrs, NFLB_A_BACKEND_WEIGHT);
	if (is_leaving)
		return 0;
	take_states(&metrics->states, labels, attrs);
	take_trials(&metrics->trials, labels, attrs);
	return 0;
}

static void add_owner(struct subject *subject, const char *word,
		      const char *name)
{
	size_t len = strlen(subject->labels);

	if (*name)
		snprintf(subject->labels + len, LABELS_SIZE - len,
			 ",%s=\"%s\"", word, name);
}

static int take_alert(const struct nl_attrs *attrs, void *arg)
{
	uint32_t severity = nl_u32(attrs, NFLB_A_ALERT_SEVERITY);
	struct metrics *metrics = arg;
	struct subject *subject = add(&metrics->alerts);

	snprintf(subject->labels, LABELS_SIZE, "alert=\"%s\",severity=\"%s\"",
		 nl_text(attrs, NFLB_A_ALERT_NAME),
		 word_name(alert_severity_words, severity) ?: "unknown");
	add_owner(subject, "service", nl_text(attrs, NFLB_A_ALERT_SERVICE));
	add_owner(subject, "snat", nl_text(attrs, NFLB_A_ALERT_SNAT));
	subject->gauge = nl_u32(attrs, NFLB_A_ALERT_ACTIVE);
	return 0;
}

static int compare_subjects(const void *left, const void *right)
{
	const struct subject *a = left, *b = right;

	return strcmp(a->labels, b->labels);
}

/* Several may leave with one name and address: a sample is there once. */
static void merge(struct subjects *subjects)
{
	struct subject *last = subjects->items;
	struct subject *item;
	unsigned int j;
	size_t i;

	if (!subjects->n)
		return;
	qsort(subjects->items, subjects->n, sizeof(*subjects->items),
	      compare_subjects);
	for (i = 1; i < subjects->n; i++) {
		item = &subjects->items[i];
		if (compare_subjects(last, item) != 0) {
			*++last = *item;
			continue;
		}
		for (j = 0; j < COUNTERS; j++)
			last->counters.value[j] += item->counters.value[j];
	}
	subjects->n = last - subjects->items + 1;
}

static int take_alerts(struct metrics *metrics, struct nl *nl)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_ALERT_GET);
	nl_put_flag(&msg, NFLB_A_ALERT_ALL);
	return nl_each_of(nl, &msg, take_alert, metrics);
}

/* What is read one after another must be of one configuration. */
static int take(struct metrics *metrics, struct context *ctx)
{
	struct nl *nl = ctx->nl;
	uint32_t generation;
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, NFLB_CMD_INFO_GET);
	err = nl_call(nl, &msg, take_info, metrics);
	if (!err)
		err = services_each(nl, take_service, metrics);
	if (!err)
		err = nl_each(nl, NFLB_CMD_POOL_GET, take_pool, metrics);
	if (!err)
		err = nl_each(nl, NFLB_CMD_BACKEND_GET, take_backend, metrics);
	if (!err)
		err = leases_take(&metrics->leases, nl);
	if (!err)
		err = take_alerts(metrics, nl);
	if (!err)
		err = load_generation(ctx, &generation);
	if (err)
		return err;
	merge(&metrics->backends);
	return generation == metrics->generation ? 0 : -EINTR;
}

static void drop(struct metrics *metrics)
{
	free(metrics->services.items);
	free(metrics->backends.items);
	free(metrics->states.items);
	free(metrics->trials.items);
	free(metrics->pools.items);
	leases_free(&metrics->leases);
	free(metrics->alerts.items);
}

/**
 * metrics_head() - writes what stands before the samples of a name
 * @out: Where to.
 * @name: The name, without what all have.
 * @type: Type of Prometheus.
 * @help: What it says.
 */
void metrics_head(FILE *out, const char *name, const char *type,
		  const char *help)
{
	fprintf(out, "# HELP nflb_%s %s\n# TYPE nflb_%s %s\n", name, help, name,
		type);
}

/* Labels of the subject and one of the sample's own; either may be empty. */
static void sample(FILE *out, const char *name, const char *labels,
		   const char *own, uint64_t value)
{
	bool has_labels = *labels || own;

	fprintf(out, "nflb_%s%s%s%s%s%s %llu\n", name, has_labels ? "{" : "",
		labels, *labels && own ? "," : "", own ?: "",
		has_labels ? "}" : "", (unsigned long long)value);
}

static void write_counted(FILE *out, const char *kind,
			  const struct metric *metric,
			  const struct subject *subjects, size_t n)
{
	const struct sample_name *of;
	char name[64];
	unsigned int j;
	size_t i;

	snprintf(name, sizeof(name), "%s%s", kind, metric->name);
	metrics_head(out, name, metric->type, metric->help);
	for (i = 0; i < n; i++) {
		for (j = 0; j < metric->n_samples; j++) {
			of = &metric->samples[j];
			sample(out, name, subjects[i].labels, of->label,
			       subjects[i].counters.value[of->counter]);
		}
	}
}

static void write_reasons(FILE *out, const char *kind,
			  const struct subject *subjects, size_t n)
{
	char name[64], label[64];
	unsigned int j;
	size_t i;

	snprintf(name, sizeof(name), "%sreasons_total", kind);
	metrics_head(out, name, "counter",
		     "What was counted by reason; see COUNTERS in lbctl(8).");
	for (i = 0; i < n; i++) {
		for (j = COUNTER_REASONS; j < COUNTERS; j++) {
			snprintf(label, sizeof(label), "reason=\"%s\"",
				 counter_names[j].key);
			sample(out, name, subjects[i].labels, label,
			       subjects[i].counters.value[j]);
		}
	}
}

static void write_counters(FILE *out, const char *kind,
			   const struct subject *subjects, size_t n)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counted); i++)
		write_counted(out, kind, &counted[i], subjects, n);
}

static void write_gauge(FILE *out, const char *name, const char *help,
			const struct subjects *subjects)
{
	size_t i;

	metrics_head(out, name, "gauge", help);
	for (i = 0; i < subjects->n; i++)
		sample(out, name, subjects->items[i].labels, NULL,
		       subjects->items[i].gauge);
}

/* The same subjects, and what else they are */
static void write_other(FILE *out, const char *name, const char *help,
			struct subjects *subjects)
{
	size_t i;

	for (i = 0; i < subjects->n; i++)
		subjects->items[i].gauge = subjects->items[i].other;
	write_gauge(out, name, help, subjects);
}

static void write_states(FILE *out, struct subjects *states)
{
	write_gauge(out, "backend_up",
		    "Whether the probe passes; absent before it has reported.",
		    states);
	write_other(out, "backend_stale",
		    "Whether nobody has reported of late what the probe says.",
		    states);
}

static void write_trials(FILE *out, const struct subjects *trials)
{
	const struct subject *subject;
	size_t i;

	write_gauge(out, "backend_ejected",
		    "Whether failed connects keep new flows away for a time.",
		    trials);
	metrics_head(out, "backend_connect_seconds", "gauge",
		     "Average time from SYN to SYN and ACK.");
	for (i = 0; i < trials->n; i++) {
		subject = &trials->items[i];
		if (subject->other)
			fprintf(out, "nflb_backend_connect_seconds{%s} %.6f\n",
				subject->labels, subject->other / US_PER_SEC);
	}
}

static void write_pools(FILE *out, struct subjects *pools)
{
	write_gauge(out, "pool_backends", "Backends of the pool.", pools);
	write_other(out, "pool_eligible_backends",
		    "Backends that get new flows, as far as no probe is asked.",
		    pools);
}

static void write_number(FILE *out, const char *name, const char *type,
			 const char *help, double value)
{
	metrics_head(out, name, type, help);
	fprintf(out, "nflb_%s %.17g\n", name, value);
}

static void write_kernel(FILE *out, struct metrics *metrics)
{
	const struct subjects *services = &metrics->services;
	const struct subjects *backends = &metrics->backends;

	write_number(out, "generation", "gauge",
		     "Generation of the configuration.", metrics->generation);
	write_counters(out, "", &metrics->total, 1);
	write_reasons(out, "", &metrics->total, 1);
	write_counters(out, "service_", services->items, services->n);
	write_reasons(out, "service_", services->items, services->n);
	write_gauge(out, "service_healthy_backends",
		    "Backends of its pool that may serve by its probe.",
		    services);
	write_counters(out, "backend_", backends->items, backends->n);
	write_gauge(out, "backend_weight", "Share of new flows.", backends);
	write_states(out, &metrics->states);
	write_trials(out, &metrics->trials);
	write_pools(out, &metrics->pools);
	leases_write(out, &metrics->leases);
}

static void write_outcomes(FILE *out, const struct gates *gates)
{
	const struct gate *gate;
	uint64_t n_checks;
	unsigned int j;
	size_t i;

	metrics_head(out, "probe_checks_total", "counter", "Checks by how they ended.");
	for (i = 0; i < gates->n; i++) {
		gate = &gates->items[i];
		for (j = 0; j < OUTCOMES; j++) {
			n_checks = gate->latency->n_outcomes[j];
			fprintf(out, "nflb_probe_checks_total{pool=\"%s\",probe=\"%s\",outcome=\"%s\"} %llu\n",
				gate->pool, gate->probe, outcome_names[j],
				(unsigned long long)n_checks);
		}
	}
}

static void write_histogram(FILE *out, const struct gate *gate)
{
	const struct latency *latency = gate->latency;
	uint64_t below = 0;
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS; i++) {
		below += latency->n_buckets[i];
		fprintf(out, "nflb_probe_duration_seconds_bucket{pool=\"%s\",probe=\"%s\",le=\"%g\"} %llu\n",
			gate->pool, gate->probe,
			latency_bounds_us[i] / US_PER_SEC,
			(unsigned long long)below);
	}
	fprintf(out, "nflb_probe_duration_seconds_bucket{pool=\"%s\",probe=\"%s\",le=\"+Inf\"} %llu\n",
		gate->pool, gate->probe, (unsigned long long)latency->n);
	fprintf(out, "nflb_probe_duration_seconds_sum{pool=\"%s\",probe=\"%s\"} %.6f\n",
		gate->pool, gate->probe, latency->sum_us / US_PER_SEC);
	fprintf(out, "nflb_probe_duration_seconds_count{pool=\"%s\",probe=\"%s\"} %llu\n",
		gate->pool, gate->probe, (unsigned long long)latency->n);
}

static void write_prober(FILE *out, const struct prober *prober)
{
	const struct prober_figures *figures = &prober->figures;
	size_t i;

	write_outcomes(out, &prober->gates);
	metrics_head(out, "probe_duration_seconds", "histogram",
		     "What it took until a check was answered.");
	for (i = 0; i < prober->gates.n; i++)
		write_histogram(out, &prober->gates.items[i]);
	write_number(out, "agent_active", "gauge",
		     "Whether this is the agent that checks.",
		     prober->claim != 0);
	write_number(out, "agent_targets", "gauge",
		     "Backends to check, once for each probe.",
		     prober->targets.n);
	write_number(out, "agent_rounds_total", "counter",
		     "Rounds of checks begun.", figures->n_rounds);
	write_number(out, "agent_checks_not_made_total", "counter",
		     "Checks that this machine could not make.",
		     figures->n_lacks);
	write_number(out, "agent_lateness_seconds_total", "counter",
		     "From when rounds were due to when they began, in all.",
		     figures->late_sum_us / US_PER_SEC);
}

/**
 * metrics_write() - writes all metrics
 * @out: Where to.
 * @ctx: The context, connected.
 * @prober: The prober.
 *
 * Return: 0, -EINTR when the configuration changed meanwhile, or another
 * negative error number; nothing is written then.
 */
int metrics_write(FILE *out, struct context *ctx, const struct prober *prober)
{
	struct metrics metrics = { 0 };
	int err;

	err = take(&metrics, ctx);
	if (!err) {
		write_kernel(out, &metrics);
		write_prober(out, prober);
		write_gauge(out, "alert_active",
			    "Whether the alert is active; see ALERTS in lbctl(8).",
			    &metrics.alerts);
	}
	drop(&metrics);
	return err;
}
