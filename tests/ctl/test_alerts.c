// SPDX-License-Identifier: GPL-2.0-only
/* What is shown of alerts: those that are active, and what is announced. */
#include "helper.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "alerts.h"
#include "nflb.h"
#include "nl_internal.h"
#include "print.h"

#define BEGINS	"alert: NoHealthyBackends service a begins, critical\n"
#define ENDS	"alert: NoHealthyBackends service a ends, critical\n"

/**
 * struct answer - what the kernel says of an alert
 * @name: Its name.
 * @service: Name of its service, or NULL.
 * @snat: Name of its snat, or NULL.
 * @backend: Name of a backend, or NULL.
 * @has_share: @part and @whole are said.
 * @part: How many.
 * @whole: Of how many.
 * @active: It is so.
 * @again: It was told before.
 * @number: Number of the announcement.
 */
struct answer {
	const char *name;
	const char *service;
	const char *snat;
	const char *backend;
	bool has_share;
	uint64_t part;
	uint64_t whole;
	uint32_t active;
	uint32_t again;
	uint32_t number;
};

/* Those that are active */
static const struct answer *active;
static size_t n_active;
static int active_err;

static void put_text(struct nl_msg *msg, uint16_t attr, const char *text)
{
	if (text)
		nl_put_text(msg, attr, text);
}

static int say(const struct answer *answer, uint8_t cmd, nl_reply_fn on_reply,
	       void *arg)
{
	struct nl_attrs attrs;
	struct nl_msg msg;

	nl_msg_init(&msg, cmd);
	nl_put_text(&msg, NFLB_A_ALERT_NAME, answer->name);
	nl_put_u32(&msg, NFLB_A_ALERT_SEVERITY, NFLB_ALERT_SEVERITY_CRITICAL);
	put_text(&msg, NFLB_A_ALERT_SERVICE, answer->service);
	put_text(&msg, NFLB_A_ALERT_SNAT, answer->snat);
	put_text(&msg, NFLB_A_ALERT_BACKEND, answer->backend);
	nl_put_u32(&msg, NFLB_A_ALERT_ACTIVE, answer->active);
	nl_put_u32(&msg, NFLB_A_ALERT_AGAIN, answer->again);
	nl_put_u32(&msg, NFLB_A_ALERT_NUMBER, answer->number);
	if (answer->has_share) {
		nl_put_u64(&msg, NFLB_A_ALERT_PART, answer->part);
		nl_put_u64(&msg, NFLB_A_ALERT_WHOLE, answer->whole);
	}
	nl_read_attrs(&attrs, msg.buf + NLMSG_HDRLEN,
		      ((struct nlmsghdr *)msg.buf)->nlmsg_len - NLMSG_HDRLEN);
	attrs.cmd = cmd;
	return on_reply(&attrs, arg);
}

int nl_each(struct nl *nl, uint8_t cmd, nl_reply_fn on_reply, void *arg)
{
	int err = active_err;
	size_t i;

	(void)nl;
	assert_int_equal(cmd, NFLB_CMD_ALERT_GET);
	for (i = 0; i < n_active && !err; i++)
		err = say(&active[i], cmd, on_reply, arg);
	return err;
}

static int hear(const struct nl_attrs *attrs, void *arg)
{
	alerts_hear(arg, attrs);
	return 0;
}

static void expect_heard(struct alerts *alerts, const struct answer *answer,
			 const char *wanted)
{
	char *got;

	capture_begin();
	say(answer, NFLB_CMD_ALERT_NTF, hear, alerts);
	got = capture_end();
	assert_string_equal(got, wanted);
	free(got);
}

/* Of asking for those that are active, if it is one */
static void expect_asked(struct alerts *alerts, const struct answer *answer,
			 const char *wanted)
{
	char *got;

	active = answer;
	n_active = answer ? 1 : 0;
	alerts->due_us = 0;
	capture_begin();
	assert_int_equal(alerts_run(alerts), 0);
	got = capture_end();
	assert_string_equal(got, wanted);
	free(got);
}

static struct answer healthy(bool is_active, uint32_t number)
{
	return (struct answer){
		.name = "NoHealthyBackends", .service = "a",
		.active = is_active, .number = number,
	};
}

static int begin(void **state)
{
	static struct alerts alerts;

	print_init(false);
	alerts_init(&alerts, NULL);
	active_err = 0;
	*state = &alerts;
	return 0;
}

static void who_comes_late_is_shown_what_is_active(void **state)
{
	struct answer is_so = healthy(true, 7), is_over = healthy(false, 8);

	expect_asked(*state, &is_so, BEGINS);
	expect_asked(*state, &is_so, "");
	expect_heard(*state, &is_over, ENDS);
	expect_asked(*state, NULL, "");
}

static void what_is_shown_is_not_announced_again(void **state)
{
	struct answer is_so = healthy(true, 7), is_over = healthy(false, 8);

	expect_heard(*state, &is_so, "");
	expect_asked(*state, &is_so, BEGINS);
	expect_heard(*state, &is_so, "");
	expect_heard(*state, &is_over, ENDS);
}

static void numbers_begin_anew_some_time(void **state)
{
	struct answer is_so = healthy(true, UINT32_MAX);
	struct answer is_over = healthy(false, 0);

	((struct alerts *)*state)->seen = UINT32_MAX - 1;
	expect_asked(*state, &is_so, BEGINS);
	expect_heard(*state, &is_over, ENDS);
}

static void after_a_loss_all_are_shown(void **state)
{
	struct answer is_so = healthy(true, 7);

	expect_asked(*state, NULL, "");
	alerts_want(*state);
	expect_asked(*state, &is_so, BEGINS);
	expect_heard(*state, &is_so, "");
}

static void who_gets_no_answer_asks_again(void **state)
{
	struct answer is_so = healthy(true, 7);

	active_err = -EINTR;
	expect_asked(*state, NULL, "");
	active_err = 0;
	expect_asked(*state, &is_so, BEGINS);
}

static void a_module_that_is_gone_is_an_error(void **state)
{
	active_err = -ENOENT;
	assert_int_equal(alerts_run(*state), -ENOENT);
}

static void each_has_its_words(void **state)
{
	static const struct answer answers[] = {
		{ .name = "SnatPortExhaustion", .snat = "out", .has_share = true,
		  .part = 1, .whole = 5, .active = 1, .again = 1, .number = 1 },
		{ .name = "HighConntrackUsage", .has_share = true, .part = 9,
		  .whole = 10, .active = 1, .number = 2 },
		{ .name = "NoReturnPath", .service = "a", .has_share = true,
		  .part = 1, .whole = 2, .backend = "b1", .active = 1,
		  .number = 3 },
		{ .name = "Later", .has_share = true, .part = 1, .whole = 2,
		  .number = 4 },
	};

	expect_asked(*state, NULL, "");
	expect_heard(*state, &answers[0],
		     "alert: SnatPortExhaustion snat out goes on, critical: 1 of 5 backends\n");
	expect_heard(*state, &answers[1],
		     "alert: HighConntrackUsage begins, critical: 9 of 10 entries are in use\n");
	expect_heard(*state, &answers[2],
		     "alert: NoReturnPath service a begins, critical: nothing comes back from 1 of 2 backends, as b1, which passes its probe; its route to the clients must lead here, or the service must be floating\n");
	expect_heard(*state, &answers[3],
		     "alert: Later ends, critical: 1 of 2\n");
}

#define ALERTS(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
	const struct CMUnitTest cases[] = {
		ALERTS(who_comes_late_is_shown_what_is_active),
		ALERTS(what_is_shown_is_not_announced_again),
		ALERTS(numbers_begin_anew_some_time),
		ALERTS(after_a_loss_all_are_shown),
		ALERTS(who_gets_no_answer_asks_again),
		ALERTS(a_module_that_is_gone_is_an_error),
		ALERTS(each_has_its_words),
	};

	return RUN(cases);
}
