// SPDX-License-Identifier: GPL-2.0-only
/* Checks by datagrams, made on sockets of this process's own. */
#include "helper.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ping.h"
#include "udp.h"

#define PATIENCE_MS	20000	/* no check that is answered takes that long */
#define IMPATIENCE_MS	100

/**
 * struct server - a server that says one thing
 * @fd: Its socket.
 * @spec: How it is checked.
 * @answer: What it says; NULL for nothing.
 * @from: Who has asked last.
 * @asked: What.
 * @asked_len: How much that is.
 */
struct server {
	int fd;
	struct check_spec spec;
	const char *answer;
	struct sockaddr_storage from;
	char asked[1024];
	ssize_t asked_len;
};

static struct check_result got;
static bool is_done;

static void take(const struct check_result *result, void *arg)
{
	assert_ptr_equal(arg, &got);
	got = *result;
	is_done = true;
}

static void begin_server(struct server *server, int family, const char *answer)
{
	struct sockaddr_storage address;
	socklen_t len;

	*server = (struct server){
		.spec.type = NFLB_PROBE_TYPE_UDP,
		.spec.timeout_ms = answer ? PATIENCE_MS : IMPATIENCE_MS,
		.answer = answer,
	};
	server->spec.address.len = family == AF_INET ? 4 : 16;
	if (family == AF_INET)
		memcpy(server->spec.address.bytes, "\x7f\0\0\1", 4);
	else
		server->spec.address.bytes[15] = 1;
	server->fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(server->fd >= 0);
	len = sock_address(&address, &server->spec.address, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address,
				     &len), 0);
	server->spec.port = ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static void want(struct server *server, const char *send, const char *receive)
{
	struct why why;

	bytes_parse(send, &server->spec.send, &why);
	bytes_parse(receive, &server->spec.receive, &why);
}

static void say(struct server *server, const char *answer)
{
	sendto(server->fd, answer, strlen(answer), 0,
	       (struct sockaddr *)&server->from, sizeof(server->from));
}

static void serve(struct server *server)
{
	socklen_t from_len = sizeof(server->from);
	ssize_t len;

	len = recvfrom(server->fd, server->asked, sizeof(server->asked), 0,
		       (struct sockaddr *)&server->from, &from_len);
	if (len < 0)
		return;
	server->asked_len = len;
	if (server->answer)
		say(server, server->answer);
}

static void wait_for_check(struct udp_checks *checks, struct server *server)
{
	struct pollfd poll_fd = { udp_checks_fd(checks), POLLIN, 0 };

	while (!is_done) {
		if (poll(&poll_fd, 1, 1) > 0)
			udp_checks_ready(checks);
		udp_checks_expire(checks, clock_us());
		serve(server);
	}
	assert_int_equal(udp_checks_next_us(checks), NEVER_US);
}

static void run(struct server *server)
{
	struct udp_checks *checks = udp_checks_new();

	is_done = false;
	udp_check_begin(checks, &server->spec, take, &got);
	assert_false(is_done);
	wait_for_check(checks, server);
	udp_checks_free(checks);
}

static void expect_result(enum outcome outcome, enum reason reason,
			  const char *text)
{
	assert_true(got.is_made);
	assert_string_equal(got.text, text);
	assert_int_equal(got.outcome, outcome);
	assert_int_equal(got.reason, reason);
}

static void answer_decides(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct server server;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		begin_server(&server, families[i], "all is well");
		want(&server, "hex:00ff", "is well");
		run(&server);
		expect_result(OUTCOME_PASS, REASON_SUCCESS,
			      "11 bytes received");
		assert_int_equal(server.asked_len, 2);
		assert_memory_equal(server.asked, "\0\xff", 2);
		server.answer = "all is ill";
		server.spec.timeout_ms = IMPATIENCE_MS;
		run(&server);
		expect_result(OUTCOME_FAIL, REASON_UDP_ANSWER,
			      "10 bytes received, not as wanted");
		want(&server, "", "");
		run(&server);
		expect_result(OUTCOME_PASS, REASON_SUCCESS,
			      "10 bytes received");
		assert_int_equal(server.asked_len, 0);
		close(server.fd);
	}
}

/* Of several datagrams the one that is wanted may be any. */
static void answer_may_come_behind_others(void **state)
{
	struct udp_checks *checks = udp_checks_new();
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, "all is ill");
	want(&server, "", "is well");
	is_done = false;
	udp_check_begin(checks, &server.spec, take, &got);
	serve(&server);
	udp_checks_ready(checks);
	assert_false(is_done);
	say(&server, "all is well");
	wait_for_check(checks, &server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "11 bytes received");
	udp_checks_free(checks);
	close(server.fd);
}

static void silence_is_up_if_no_answer_is_wanted(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NULL);
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "no error within 100ms");
	want(&server, "", "x");
	run(&server);
	expect_result(OUTCOME_SILENCE, REASON_UDP_TIMEOUT,
		      "no answer within 100ms");
	close(server.fd);
}

static void nobody_there_is_known_at_once(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct server server;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		begin_server(&server, families[i], "x");
		close(server.fd);
		server.fd = -1;
		run(&server);
		expect_result(OUTCOME_FAIL, REASON_UDP_UNREACHABLE,
			      "Connection refused");
		assert_true(got.rtt_us < PATIENCE_MS * US_PER_MS / 2);
	}
}

/* Another's datagram is no answer. */
static void answer_comes_from_whom_was_asked(void **state)
{
	struct udp_checks *checks = udp_checks_new();
	struct server server, other;

	(void)state;
	begin_server(&server, AF_INET, NULL);
	begin_server(&other, AF_INET, "well");
	want(&server, "", "well");
	is_done = false;
	udp_check_begin(checks, &server.spec, take, &got);
	while (!is_done) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);

		if (recvfrom(server.fd, server.asked, sizeof(server.asked), 0,
			     (struct sockaddr *)&from, &len) >= 0)
			sendto(other.fd, "well", 4, 0,
			       (struct sockaddr *)&from, len);
		usleep(1000);
		udp_checks_ready(checks);
		udp_checks_expire(checks, clock_us());
	}
	expect_result(OUTCOME_SILENCE, REASON_UDP_TIMEOUT,
		      "no answer within 100ms");
	udp_checks_free(checks);
	close(server.fd);
	close(other.fd);
}

static void what_cannot_be_sent_says_nothing(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, "x");
	server.spec.way.source.len = 4;
	memcpy(server.spec.way.source.bytes, "\xc0\0\2\1", 4);
	run(&server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "Cannot assign requested address");
	close(server.fd);
}

/* An answer may have come while this process was stopped. */
static void what_is_looked_at_too_late_says_nothing(void **state)
{
	struct udp_checks *checks = udp_checks_new();
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, "x");
	server.spec.timeout_ms = IMPATIENCE_MS;
	is_done = false;
	udp_check_begin(checks, &server.spec, take, &got);
	serve(&server);
	usleep(3 * IMPATIENCE_MS * 1000);
	wait_for_check(checks, &server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "no time to look at answers");
	udp_checks_free(checks);
	close(server.fd);
}

static void can_be_cancelled(void **state)
{
	struct udp_checks *checks = udp_checks_new();
	struct server server;
	struct check *check;

	(void)state;
	begin_server(&server, AF_INET, NULL);
	is_done = false;
	check = udp_check_begin(checks, &server.spec, take, &got);
	check->cancel(check);
	assert_int_equal(udp_checks_next_us(checks), NEVER_US);
	udp_checks_free(checks);
	assert_false(is_done);
	close(server.fd);
}

/* This machine answers, if it lets this process ask. */
static void echo_request_is_answered(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct server server;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		begin_server(&server, families[i], "");
		server.spec.type = NFLB_PROBE_TYPE_ICMP;
		server.spec.port = 0;
		run(&server);
		close(server.fd);
		if (!got.is_made)
			skip();
		assert_int_equal(got.outcome, OUTCOME_PASS);
		assert_int_equal(got.reason, REASON_SUCCESS);
	}
}

static void only_an_answer_to_it_is_one(void **state)
{
	struct ping ping = { .is_v4 = true, .token = 0x0123456789abcdef };
	uint8_t bytes[20 + PING_SIZE] = { 0x45 };

	(void)state;
	ping_request(&ping, bytes);
	assert_int_equal(bytes[0], 8);
	assert_false(ping_is_answer(&ping, bytes, PING_SIZE));
	bytes[0] = 0;
	assert_true(ping_is_answer(&ping, bytes, PING_SIZE));
	assert_false(ping_is_answer(&ping, bytes, PING_SIZE - 1));
	ping.token++;
	assert_false(ping_is_answer(&ping, bytes, PING_SIZE));
	ping.is_raw = true;
	bytes[0] = 0x45;
	ping_request(&ping, bytes + 20);
	bytes[20] = 0;
	assert_true(ping_is_answer(&ping, bytes, sizeof(bytes)));
	bytes[0] = 0x4f;
	assert_false(ping_is_answer(&ping, bytes, sizeof(bytes)));
	assert_false(ping_is_answer(&ping, bytes, 0));
	ping.is_v4 = false;
	ping_request(&ping, bytes);
	bytes[0] = 129;
	assert_true(ping_is_answer(&ping, bytes, PING_SIZE));
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(echo_request_is_answered),
		CASE(only_an_answer_to_it_is_one),
		CASE(answer_decides),
		CASE(answer_may_come_behind_others),
		CASE(silence_is_up_if_no_answer_is_wanted),
		CASE(nobody_there_is_known_at_once),
		CASE(answer_comes_from_whom_was_asked),
		CASE(what_cannot_be_sent_says_nothing),
		CASE(what_is_looked_at_too_late_says_nothing),
		CASE(can_be_cancelled),
	};

	return RUN(cases);
}
