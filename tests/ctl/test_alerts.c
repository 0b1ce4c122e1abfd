// SPDX-License-Identifier: GPL-2.0-only
/* Whose alerts there are, look by look, with a kernel that may not answer. */
#include "helper.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "alerts.h"
#include "backend.h"
#include "nflb.h"
#include "nl_internal.h"
#include "print.h"
#include "service.h"

#define A_BEGINS "alert: NoHealthyBackends service a begins, critical\n"
#define A_ENDS   "alert: NoHealthyBackends service a ends, critical\n"
#define B_BEGINS "alert: NoHealthyBackends service b begins, critical\n"

/* What the kernel has: services without a healthy backend, a letter each */
static const char *services;
static int snats_err;

int services_each(struct nl *nl, nl_reply_fn on_reply, void *arg)
{
	char name[] = "x";
	struct nl_attrs attrs;
	struct nl_msg msg;
	const char *c;
	int err = 0;

	(void)nl;
	for (c = services; *c && !err; c++) {
		name[0] = *c;
		nl_msg_init(&msg, NFLB_CMD_SERVICE_GET);
		nl_put_text(&msg, NFLB_A_SERVICE_NAME, name);
		nl_read_attrs(&attrs, msg.buf + NLMSG_HDRLEN,
			      ((struct nlmsghdr *)msg.buf)->nlmsg_len -
			      NLMSG_HDRLEN);
		err = on_reply(&attrs, arg);
	}
	return err;
}

int nl_each(struct nl *nl, uint8_t cmd, nl_reply_fn on_reply, void *arg)
{
	(void)nl;
	(void)on_reply;
	(void)arg;
	assert_int_equal(cmd, NFLB_CMD_SNAT_GET);
	return snats_err;
}

int nl_each_of(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply,
	       void *arg)
{
	(void)nl;
	(void)msg;
	(void)on_reply;
	(void)arg;
	fail_msg("no service has lost a flow");
	return 0;
}

bool backend_passes_probes(const struct nl_attrs *attrs)
{
	(void)attrs;
	return false;
}

/* Of one look, which is at the services and then at the snats */
static void expect_told(struct alerts *alerts, const char *names, int err,
			const char *wanted)
{
	char *got;

	services = names;
	snats_err = err;
	alerts->due_us = 0;
	capture_begin();
	assert_int_equal(alerts_run(alerts), 0);
	got = capture_end();
	assert_string_equal(got, wanted);
	free(got);
}

static int begin(void **state)
{
	static struct alerts alerts;

	print_init(false);
	alerts_init(&alerts, NULL);
	*state = &alerts;
	return 0;
}

static int end(void **state)
{
	alerts_end(*state);
	return 0;
}

static void a_service_with_no_backend_is_told_once(void **state)
{
	expect_told(*state, "a", 0, A_BEGINS);
	expect_told(*state, "ba", 0, B_BEGINS);
	expect_told(*state, "ab", 0, "");
	expect_told(*state, "b", 0, A_ENDS);
}

static void what_a_failed_look_saw_first_is_told_once(void **state)
{
	expect_told(*state, "b", 0, B_BEGINS);
	expect_told(*state, "ba", -EINTR, A_BEGINS);
	expect_told(*state, "ba", -EINTR, "");
	expect_told(*state, "ba", 0, "");
	expect_told(*state, "ba", 0, "");
	expect_told(*state, "b", 0, A_ENDS);
}

static void what_goes_after_a_failed_look_is_told(void **state)
{
	expect_told(*state, "a", 0, A_BEGINS);
	expect_told(*state, "a", -EINTR, "");
	expect_told(*state, "", -EINTR, "");
	expect_told(*state, "", 0, A_ENDS);
}

#define LOOKS(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest cases[] = {
		LOOKS(a_service_with_no_backend_is_told_once),
		LOOKS(what_a_failed_look_saw_first_is_told_once),
		LOOKS(what_goes_after_a_failed_look_is_told),
	};

	return RUN(cases);
}
