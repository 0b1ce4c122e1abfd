// SPDX-License-Identifier: GPL-2.0-only
/* What is reported of checks, while the configuration changes. */
#include "helper.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "nflb.h"
#include "nl_internal.h"
#include "print.h"
#include "prober.h"
#include "schema.h"

#define INTERVAL_MS	5

#define MANY		5000
#define SLICES		20	/* of an interval */

/* The kernel's: backends, all alike, and what has been reported of them */
static unsigned int n_backends;
static uint32_t interval_ms;
static struct address address;
static enum nflb_health health;
static char reports[128];

/* The check under way, or none */
static struct check check;

static void add_report(const char *state, const char *text)
{
	size_t len = strlen(reports);

	snprintf(reports + len, sizeof(reports) - len, "%s %s\n", state, text);
}

static void read_back(const struct nl_msg *msg, struct nl_attrs *attrs)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)msg->buf;

	nl_read_attrs(attrs, msg->buf + NLMSG_HDRLEN,
		      nlh->nlmsg_len - NLMSG_HDRLEN);
}

int nl_call(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply, void *arg)
{
	struct nl_attrs attrs;

	(void)nl;
	(void)on_reply;
	(void)arg;
	read_back(msg, &attrs);
	health = nl_u32(&attrs, NFLB_A_HEALTH_STATE);
	add_report(word_name(health_words, health),
		   nl_text(&attrs, NFLB_A_HEALTH_TEXT));
	return 0;
}

const struct nl_refusal *nl_refusal(const struct nl *nl)
{
	static const struct nl_refusal none;

	(void)nl;
	return &none;
}

static int give_backend(unsigned int number, nl_reply_fn on_reply, void *arg)
{
	const uint8_t cmd = NFLB_CMD_BACKEND_GET;
	struct nl_msg msg, nest;
	struct nl_attrs attrs;
	char name[16];

	snprintf(name, sizeof(name), "b%u", number);
	nl_msg_init(&nest, cmd);
	nl_put_text(&nest, NFLB_A_PROBE_STATE_PROBE, "ok");
	nl_put_u32(&nest, NFLB_A_PROBE_STATE_STATE, health);
	nl_msg_init(&msg, cmd);
	nl_put_text(&msg, NFLB_A_BACKEND_POOL, "web");
	nl_put_text(&msg, NFLB_A_BACKEND_NAME, name);
	nl_put_address(&msg, NFLB_A_BACKEND_ADDRESS, &address);
	nl_put_bytes(&msg, NFLB_A_BACKEND_HEALTH, nest.buf + NLMSG_HDRLEN,
		     ((struct nlmsghdr *)nest.buf)->nlmsg_len - NLMSG_HDRLEN);
	read_back(&msg, &attrs);
	return on_reply(&attrs, arg);
}

int nl_each(struct nl *nl, uint8_t cmd, nl_reply_fn on_reply, void *arg)
{
	unsigned int i;
	int err = 0;

	(void)nl;
	(void)cmd;
	for (i = 1; i <= n_backends && !err; i++)
		err = give_backend(i, on_reply, arg);
	return err;
}

int gates_read(struct nl *nl, struct gates *gates)
{
	static uint16_t ports[] = { 80 };

	(void)nl;
	*gates = (struct gates){ .n = 1 };
	gates->items = mem_zalloc(sizeof(*gates->items));
	*gates->items = (struct gate){
		.pool = "web",
		.probe = "ok",
		.rule = {
			.rise = 1,
			.fall = 1,
			.answers_decide = true,
			.interval_ms = interval_ms,
		},
		.ports = ports,
		.n_ports = ARRAY_SIZE(ports),
	};
	return 0;
}

void gates_free(struct gates *gates)
{
	if (gates->n)
		free(gates->items->latency);
	free(gates->items);
	*gates = (struct gates){ 0 };
}

struct gate *gates_find(const struct gates *gates, const char *pool,
			const char *probe)
{
	(void)pool;
	(void)probe;
	return gates->items;
}

bool gate_is_equal(const struct gate *a, const struct gate *b)
{
	(void)a;
	(void)b;
	return true;
}

void checker_init(struct checker *checker, int epoll_fd)
{
	(void)checker;
	(void)epoll_fd;
}

void checker_end(struct checker *checker)
{
	(void)checker;
}

static void cancel(struct check *self)
{
	self->on_done = NULL;
}

struct check *checker_begin(struct checker *checker,
			    const struct check_spec *spec,
			    check_done_fn on_done, void *arg)
{
	(void)checker;
	(void)spec;
	check = (struct check){
		.cancel = cancel, .on_done = on_done, .arg = arg,
	};
	return &check;
}

void checker_expire(struct checker *checker, uint64_t now_us)
{
	(void)checker;
	(void)now_us;
}

uint64_t checker_next_us(const struct checker *checker)
{
	(void)checker;
	return NEVER_US;
}

/* A round of one check, which ends with @text */
static void run_round(struct prober *prober, enum outcome outcome,
		      const char *text)
{
	const struct timespec pause = { .tv_nsec = US_PER_MS * 1000 };
	struct check_result result = { 0 };
	check_done_fn on_done;

	while (!check.on_done) {
		nanosleep(&pause, NULL);
		prober_run(prober);
	}
	on_done = check.on_done;
	check.on_done = NULL;
	result_set(&result, outcome, outcome == OUTCOME_PASS ?
		   REASON_SUCCESS : REASON_HTTP_STATUS, "%s", text);
	capture_begin();
	on_done(&result, check.arg);
	free(capture_end());
}

static void expect_reports(const char *wanted)
{
	assert_string_equal(reports, wanted);
	reports[0] = '\0';
}

static void reload(struct prober *prober)
{
	prober->is_outdated = false;
	assert_int_equal(prober_reload(prober), 0);
}

/* Of a backend that is up */
static int begin(void **state)
{
	static struct prober prober;

	print_init(false);
	n_backends = 1;
	interval_ms = INTERVAL_MS;
	address = (struct address){ .bytes = { 10, 0, 0, 1 }, .len = 4 };
	health = NFLB_HEALTH_UNKNOWN;
	reports[0] = '\0';
	prober_init(&prober, NULL, -1);
	reload(&prober);
	run_round(&prober, OUTCOME_PASS, "first");
	expect_reports("up first\n");
	*state = &prober;
	return 0;
}

static int end(void **state)
{
	prober_end(*state);
	return 0;
}

static void what_ends_while_outdated_is_reported_then(void **state)
{
	struct prober *prober = *state;

	prober->is_outdated = true;
	run_round(prober, OUTCOME_FAIL, "sick");
	expect_reports("");
	reload(prober);
	expect_reports("down sick\n");
	reload(prober);
	expect_reports("");
}

static void of_several_the_last_one_is_reported(void **state)
{
	struct prober *prober = *state;

	prober->is_outdated = true;
	run_round(prober, OUTCOME_FAIL, "sick");
	run_round(prober, OUTCOME_FAIL, "sicker");
	reload(prober);
	expect_reports("down sicker\n");
}

/* What the kernel has is right by then. */
static void what_has_passed_is_not_reported(void **state)
{
	struct prober *prober = *state;

	prober->is_outdated = true;
	run_round(prober, OUTCOME_FAIL, "sick");
	run_round(prober, OUTCOME_PASS, "well");
	reload(prober);
	expect_reports("");
}

static void nothing_is_reported_of_another_server(void **state)
{
	struct prober *prober = *state;

	prober->is_outdated = true;
	run_round(prober, OUTCOME_FAIL, "sick");
	address.bytes[3]++;
	reload(prober);
	expect_reports("");
	run_round(prober, OUTCOME_FAIL, "its own");
	expect_reports("down its own\n");
}

static void make_unknown(struct prober *prober)
{
	struct nl_attrs attrs;
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_HEALTH_NTF);
	nl_put_text(&msg, NFLB_A_HEALTH_POOL, "web");
	nl_put_text(&msg, NFLB_A_HEALTH_BACKEND, "b1");
	nl_put_text(&msg, NFLB_A_HEALTH_PROBE, "ok");
	nl_put_u32(&msg, NFLB_A_HEALTH_STATE, NFLB_HEALTH_UNKNOWN);
	read_back(&msg, &attrs);
	prober_hear(prober, &attrs);
}

/* It says for how long; who makes it unknown has all of that forgotten. */
static void what_flaps_says_so_until_it_is_forgotten(void **state)
{
	static const char wanted[] =
		"down passes, but went down 1001 times of late: down for ";
	struct prober *prober = *state;
	struct target *target = prober->targets.items[0];

	target->tally.n_flaps = 1000;
	target->tally.down_ms = clock_us() / US_PER_MS;
	run_round(prober, OUTCOME_FAIL, "sick");
	expect_reports("down sick\n");
	target->reported_us = 0;
	run_round(prober, OUTCOME_PASS, "well");
	reports[sizeof(wanted) - 1] = '\0';
	expect_reports(wanted);
	make_unknown(prober);
	run_round(prober, OUTCOME_PASS, "well");
	expect_reports("up well\n");
	assert_int_equal(target->tally.n_flaps, 0);
}

/* When in the interval they begin, which all later rounds keep */
static void expect_spread(const struct prober *prober)
{
	uint64_t interval_us = interval_ms * US_PER_MS;
	unsigned int counts[SLICES] = { 0 };
	uint64_t at_us;
	size_t i;

	assert_int_equal(prober->targets.n, MANY);
	for (i = 0; i < MANY; i++) {
		at_us = prober->targets.items[i]->due.at_us;
		counts[at_us % interval_us * SLICES / interval_us]++;
	}
	for (i = 0; i < SLICES; i++)
		assert_in_range(counts[i], MANY / SLICES - 1,
				MANY / SLICES + 1);
}

static void begin_many(struct prober *prober, uint32_t each_ms)
{
	n_backends = MANY;
	interval_ms = each_ms;
	prober_init(prober, NULL, -1);
	reload(prober);
}

static void many_new_ones_do_not_begin_in_one_burst(void **state)
{
	const uint32_t intervals_ms[] = { 100, 1000, 5000 };
	struct prober prober;
	uint64_t begin_us;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(intervals_ms); i++) {
		begin_us = clock_us();
		begin_many(&prober, intervals_ms[i]);
		expect_spread(&prober);
		assert_in_range(due_first(&prober.heap)->at_us, begin_us,
				clock_us());
		prober_end(&prober);
	}
}

static void many_stay_spread_after_a_round_of_each(void **state)
{
	const struct timespec pause = { .tv_nsec = US_PER_MS * 1000 };
	struct prober prober;

	(void)state;
	begin_many(&prober, 100);
	while (prober.figures.n_rounds < MANY) {
		nanosleep(&pause, NULL);
		prober_run(&prober);
	}
	expect_spread(&prober);
	prober_end(&prober);
}

#define PROBES(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest cases[] = {
		PROBES(what_ends_while_outdated_is_reported_then),
		PROBES(of_several_the_last_one_is_reported),
		PROBES(what_has_passed_is_not_reported),
		PROBES(nothing_is_reported_of_another_server),
		PROBES(what_flaps_says_so_until_it_is_forgotten),
		CASE(many_new_ones_do_not_begin_in_one_burst),
		CASE(many_stay_spread_after_a_round_of_each),
	};

	return RUN(cases);
}
