// SPDX-License-Identifier: GPL-2.0-only
/* Rounds of checks, and what is reported of them. */
#include "prober.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"
#include "schema.h"
#include "wire.h"

#define FIRST_ROUND_STEP_US	1000	/* between those of new targets */

/**
 * prober_init() - gets ready
 * @prober: The prober.
 * @nl: Connection for requests.
 * @epoll_fd: Where the sockets of its checks are waited for.
 */
void prober_init(struct prober *prober, struct nl *nl, int epoll_fd)
{
	*prober = (struct prober){ .nl = nl };
	checker_init(&prober->checker, epoll_fd);
}

/**
 * prober_end() - stops, and frees what it holds
 * @prober: The prober.
 */
void prober_end(struct prober *prober)
{
	targets_free(&prober->targets);
	due_free(&prober->heap);
	gates_free(&prober->gates);
	checker_end(&prober->checker);
}

static void show_json(const struct target *target,
		      const struct check_result *result)
{
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "health");
	json_string("pool", target->gate->pool);
	json_string("backend", target->backend);
	json_string("probe", target->gate->probe);
	json_string("state", word_name(health_words, target->tally.state));
	json_string("reason", word_name(reason_words, result->reason));
	json_string("text", result->text);
	json_u64("rtt_us", result->rtt_us);
	json_end();
}

static void show(const struct target *target,
		 const struct check_result *result)
{
	if (print_is_json())
		show_json(target, result);
	else
		print_text("health: backend %s %s probe %s %s: %s: %s\n",
			   target->gate->pool, target->backend,
			   target->gate->probe,
			   word_name(health_words, target->tally.state),
			   word_name(reason_words, result->reason),
			   result->text);
	print_flush();
}

static void complain_of_report(const struct target *target, int err)
{
	const struct nl_refusal *refusal = nl_refusal(target->prober->nl);
	struct why why;

	if (refusal->err)
		wire_explain_refusal(NULL, refusal, &why);
	else
		because(&why, "%s", strerror(-err));
	complain("reporting backend %s %s: %s", target->gate->pool,
		 target->backend, why.text);
}

/*
 * A backend, a pool or a probe that is not there any more has gone since the
 * last reload; there will be another one. Where memory was short, the next
 * round reports again.
 */
static void note_refusal(const struct target *target, int err)
{
	struct prober *prober = target->prober;

	switch (err) {
	case -ENOENT:
		break;
	case -ESTALE:
		prober->is_superseded = true;
		break;
	case -ENOMEM:
	case -ENOBUFS:
		if (may_complain(&prober->complain_us))
			complain_of_report(target, err);
		break;
	default:
		complain_of_report(target, err);
		prober->err = err;
	}
}

/* A check that says something else than the state does not explain it. */
static enum reason reason_of(const struct target *target,
			     const struct check_result *result)
{
	bool is_pass = result->outcome == OUTCOME_PASS;

	if (target->tally.state == NFLB_HEALTH_UP && !is_pass)
		return REASON_NEARLY_DOWN;
	if (target->tally.state == NFLB_HEALTH_DOWN && is_pass)
		return REASON_NEARLY_UP;
	if (target->tally.state == NFLB_HEALTH_DRAINING)
		return REASON_DRAINING;
	return result->reason;
}

/* For a person: what the check says, or why it does not count. */
static const char *text_of(const struct target *target,
			   const struct check_result *result,
			   char buf[RESULT_TEXT_SIZE])
{
	uint64_t held_ms = tally_held_ms(&target->tally,
					 clock_us() / US_PER_MS);

	if (result->outcome != OUTCOME_PASS || !held_ms)
		return result->text;
	snprintf(buf, RESULT_TEXT_SIZE,
		 "passes, but went down %u times of late: down for %llu s more",
		 target->tally.n_flaps,
		 (unsigned long long)(held_ms + MS_PER_SEC - 1) / MS_PER_SEC);
	return buf;
}

static void report(struct target *target, const struct check_result *result)
{
	char text[RESULT_TEXT_SIZE];
	uint32_t rtt_us = result->rtt_us < UINT32_MAX ? result->rtt_us :
							UINT32_MAX;
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, NFLB_CMD_HEALTH_SET);
	nl_put_text(&msg, NFLB_A_HEALTH_POOL, target->gate->pool);
	nl_put_text(&msg, NFLB_A_HEALTH_BACKEND, target->backend);
	nl_put_text(&msg, NFLB_A_HEALTH_PROBE, target->gate->probe);
	nl_put_u32(&msg, NFLB_A_HEALTH_STATE, target->tally.state);
	nl_put_text(&msg, NFLB_A_HEALTH_REASON,
		    word_name(reason_words, reason_of(target, result)));
	nl_put_text(&msg, NFLB_A_HEALTH_TEXT, text_of(target, result, text));
	nl_put_u32(&msg, NFLB_A_HEALTH_RTT_US, rtt_us);
	nl_put_u32(&msg, NFLB_A_HEALTH_RESULTS, target->tally.n_results);
	nl_put_u32(&msg, NFLB_A_HEALTH_PASSES, target->tally.passes);
	nl_put_u32(&msg, NFLB_A_HEALTH_CLAIM, target->prober->claim);
	if (target->share)
		nl_put_u32(&msg, NFLB_A_HEALTH_SHARE, target->share);
	err = nl_call(target->prober->nl, &msg, NULL, NULL);
	if (err) {
		note_refusal(target, err);
		return;
	}
	target->reported = target->tally.state;
	target->reported_share = target->share;
	target->reported_us = clock_us();
}

static void begin_check(struct target *target);

/*
 * With the round that is closest to when it is due: answers do not take the
 * same time in each, and by a hair too early is not to be a round too late.
 */
static bool is_report_due(const struct target *target)
{
	uint64_t half_round_ms = target->gate->rule.interval_ms / 2;
	uint64_t past_us = clock_us() - target->reported_us;

	return !target->reported_us ||
	       past_us + half_round_ms * US_PER_MS >=
	       NFLB_REPORT_MS * US_PER_MS;
}

/* The kernel does not know it, or may not know any more that it is so. */
static bool is_worth_report(const struct target *target)
{
	return target->tally.state != NFLB_HEALTH_UNKNOWN &&
	       (target->tally.state != target->reported ||
		target->share != target->reported_share ||
		is_report_due(target));
}

static bool may_report(const struct prober *prober)
{
	return !prober->is_outdated && !prober->is_superseded;
}

static void report_or_keep(struct target *target,
			   const struct check_result *result)
{
	target->is_unsaid = !may_report(target->prober);
	if (target->is_unsaid)
		target->unsaid = *result;
	else
		report(target, result);
}

/* What was kept, of what is still there and as it was */
static void report_kept(struct prober *prober)
{
	struct target *target;
	size_t i;

	for (i = 0; i < prober->targets.n; i++) {
		target = prober->targets.items[i];
		if (!target->is_unsaid)
			continue;
		target->is_unsaid = false;
		if (is_worth_report(target) && may_report(prober))
			report(target, &target->unsaid);
	}
}

static void end_round(struct target *target, const struct check_result *result)
{
	bool has_changed;

	if (result->outcome == OUTCOME_PASS)
		target->share = target->least_share;
	has_changed = tally_count(&target->tally, &target->gate->rule,
				  result->outcome, clock_us() / US_PER_MS);
	if (is_worth_report(target))
		report_or_keep(target, result);
	else
		target->is_unsaid = false;
	if (has_changed)
		show(target, result);
}

static void begin_round(struct target *target)
{
	target->is_overdue = false;
	target->port_idx = 0;
	target->draining_port = 0;
	target->least_share = NFLB_PCT_MAX;
	target->rtt_us = 0;
	target->prober->figures.n_rounds++;
	begin_check(target);
}

/* One that passes or drains says nothing of the others, which may be down. */
static bool goes_on(const struct target *target,
		    const struct check_result *result)
{
	return result->is_made &&
	       target->port_idx + 1 < target->gate->n_ports &&
	       (result->outcome == OUTCOME_PASS ||
		result->outcome == OUTCOME_DRAINING);
}

static void note_draining(struct target *target,
			  const struct check_result *result)
{
	if (result->outcome == OUTCOME_DRAINING && !target->draining_port)
		target->draining_port = target->gate->ports[target->port_idx];
}

/*
 * Does the round say that it drains, whatever its last check says? A failure is
 * worse. Silences are counted; until there are enough, what may still have new
 * flows must not have them, and what is counted must not begin anew.
 */
static bool says_draining(const struct target *target,
			  const struct check_result *result)
{
	if (!target->draining_port)
		return false;
	if (result->outcome == OUTCOME_SILENCE)
		return target->tally.state == NFLB_HEALTH_UP ||
		       target->tally.state == NFLB_HEALTH_UNKNOWN;
	return result->outcome == OUTCOME_PASS;
}

static void end_checks(struct target *target, const struct check_result *result)
{
	struct check_result round = *result;

	if (says_draining(target, result))
		result_set(&round, OUTCOME_DRAINING, REASON_DRAINING,
			   "port %u: the application says \"Draining\"",
			   target->draining_port);
	round.rtt_us = target->rtt_us;
	end_round(target, &round);
}

static void note_lack(struct prober *prober, const struct check_result *result)
{
	prober->figures.n_lacks++;
	if (may_complain(&prober->complain_us))
		complain("a check cannot be made: %s", result->text);
}

static void on_done(const struct check_result *result, void *arg)
{
	struct target *target = arg;

	target->check = NULL;
	if (result->rtt_us > target->rtt_us)
		target->rtt_us = result->rtt_us;
	if (result->is_made && result->share < target->least_share)
		target->least_share = result->share;
	if (result->is_made)
		latency_add(target->gate->latency, result);
	if (goes_on(target, result)) {
		note_draining(target, result);
		target->port_idx++;
		begin_check(target);
		return;
	}
	if (result->is_made)
		end_checks(target, result);
	else
		note_lack(target->prober, result);
	if (target->is_overdue)
		begin_round(target);
}

static void begin_check(struct target *target)
{
	const struct gate *gate = target->gate;
	struct check_spec spec = gate->spec;

	spec.address = target->address;
	spec.port = gate->ports[target->port_idx];
	spec.backend = target->backend;
	target->check = checker_begin(&target->prober->checker, &spec, on_done,
				      target);
}

static void note_lateness(struct prober_figures *figures, uint64_t late_us)
{
	figures->late_sum_us += late_us;
	if (late_us > figures->late_max_us)
		figures->late_max_us = late_us;
}

static void run_target(struct target *target, uint64_t now_us)
{
	uint64_t interval_us = target->gate->rule.interval_ms * US_PER_MS;
	uint64_t late_us = now_us - target->due.at_us;

	note_lateness(&target->prober->figures, late_us);
	due_set(&target->prober->heap, &target->due,
		now_us - late_us % interval_us + interval_us);
	if (target->check)
		target->is_overdue = true;
	else
		begin_round(target);
}

/**
 * prober_run() - begins what is due, and lets what waits for a time go on
 * @prober: The prober.
 */
void prober_run(struct prober *prober)
{
	uint64_t now_us = clock_us();
	struct due *due;

	checker_expire(&prober->checker, now_us);
	while ((due = due_first(&prober->heap)) && due->at_us <= now_us)
		run_target(target_of(due), now_us);
}

/**
 * prober_next_us() - says when prober_run() is to be called
 * @prober: The prober.
 *
 * Return: The time by the monotonic clock, or NEVER_US.
 */
uint64_t prober_next_us(const struct prober *prober)
{
	uint64_t next_us = checker_next_us(&prober->checker);
	struct due *due = due_first(&prober->heap);

	return due && due->at_us < next_us ? due->at_us : next_us;
}

/**
 * prober_hear() - takes note of what somebody has reported
 * @prober: The prober.
 * @report: The kernel's announcement.
 *
 * If it is not what the checks say, the next one will put it right. Of what has
 * been made unknown, whatever was counted is forgotten.
 */
void prober_hear(struct prober *prober, const struct nl_attrs *report)
{
	struct target *target;

	target = targets_find(&prober->targets,
			      nl_text(report, NFLB_A_HEALTH_POOL),
			      nl_text(report, NFLB_A_HEALTH_BACKEND),
			      nl_text(report, NFLB_A_HEALTH_PROBE));
	if (!target)
		return;
	target->reported = nl_u32(report, NFLB_A_HEALTH_STATE);
	if (target->reported == NFLB_HEALTH_UNKNOWN)
		tally_init(&target->tally, NFLB_HEALTH_UNKNOWN);
}

static void drop_old(struct prober *prober, struct targets *old)
{
	size_t i;

	for (i = 0; i < old->n; i++)
		due_drop(&prober->heap, &old->items[i]->due);
	targets_free(old);
}

/**
 * prober_stop() - gives up what it checks, and what it knows of that
 * @prober: The prober; prober_reload() lets it go on as if it had just begun.
 */
void prober_stop(struct prober *prober)
{
	drop_old(prober, &prober->targets);
	gates_free(&prober->gates);
	prober->claim = 0;
	prober->is_superseded = false;
}

/* One after another, that they do not come in bursts ever after. */
static void begin_new(struct prober *prober)
{
	uint64_t interval_us, step_us;
	uint64_t at_us = clock_us();
	struct target *target;
	size_t i;

	for (i = 0; i < prober->targets.n; i++) {
		target = prober->targets.items[i];
		if (target->due.place)
			continue;
		target->prober = prober;
		due_set(&prober->heap, &target->due, at_us);
		interval_us = target->gate->rule.interval_ms * US_PER_MS;
		step_us = interval_us / prober->targets.n;
		at_us += step_us < FIRST_ROUND_STEP_US ? step_us :
							 FIRST_ROUND_STEP_US;
	}
}

static void complain_of_gates(const struct gates *gates,
			      const struct gates *old)
{
	const struct gate *gate, *was;
	size_t i;

	for (i = 0; i < gates->n; i++) {
		gate = &gates->items[i];
		was = gates_find(old, gate->pool, gate->probe);
		if (!gate->n_ports && (!was || was->n_ports))
			complain("probe %s cannot check pool %s: its services take any port, so the probe needs one",
				 gate->probe, gate->pool);
	}
}

static void keep_latencies(struct gates *gates, struct gates *old)
{
	struct gate *gate, *was;
	size_t i;

	for (i = 0; i < gates->n; i++) {
		gate = &gates->items[i];
		was = gates_find(old, gate->pool, gate->probe);
		if (was) {
			gate->latency = was->latency;
			was->latency = NULL;
		} else {
			gate->latency = mem_zalloc(sizeof(*gate->latency));
		}
	}
}

/**
 * prober_reload() - reads anew what is to be checked
 * @prober: The prober.
 *
 * What has not changed goes on as if nothing had happened, and what was found
 * out of it meanwhile is reported.
 *
 * Return: 0, -EINTR when the configuration changed meanwhile and nothing has
 * been done, or another negative error number.
 */
int prober_reload(struct prober *prober)
{
	struct targets targets = { 0 };
	struct gates gates;
	int err;

	err = gates_read(prober->nl, &gates);
	if (!err)
		err = targets_read(prober->nl, &gates, &targets);
	if (err) {
		targets_free(&targets);
		gates_free(&gates);
		return err;
	}
	targets_inherit(&targets, &prober->targets);
	drop_old(prober, &prober->targets);
	prober->targets = targets;
	complain_of_gates(&gates, &prober->gates);
	keep_latencies(&gates, &prober->gates);
	gates_free(&prober->gates);
	prober->gates = gates;
	begin_new(prober);
	report_kept(prober);
	return 0;
}
