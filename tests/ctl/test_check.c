// SPDX-License-Identifier: GPL-2.0-only
/* Checks, made on servers of this process's own at 127.0.0.1 and ::1. */
#include "helper.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

#define PATIENCE_MS	20000	/* no check that answers takes that long */
#define IMPATIENCE_MS	100

/**
 * struct server - a server that says one thing
 * @fd: Where it listens.
 * @conn: A connection whose request has not come, or -1.
 * @spec: How it is checked.
 * @answer: What it says when it has been asked; NULL for nothing at all.
 * @is_rude: It ends connections by a reset.
 */
struct server {
	int fd;
	int conn;
	struct check_spec spec;
	const char *answer;
	bool is_rude;
};

static struct check_result got;
static bool is_done;

static void take(const struct check_result *result, void *arg)
{
	assert_ptr_equal(arg, &got);
	got = *result;
	is_done = true;
}

static void open_server(struct server *server, int family)
{
	struct sockaddr_in6 address = { 0 };
	socklen_t len = sizeof(address);

	address.sin6_family = family;
	server->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(server->fd >= 0);
	server->spec.address.len = family == AF_INET ? 4 : 16;
	if (family == AF_INET)
		memcpy(server->spec.address.bytes, "\x7f\0\0\1", 4);
	else
		server->spec.address.bytes[15] = 1;
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address,
			      family == AF_INET ? sizeof(struct sockaddr_in) :
						  len), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address,
				     &len), 0);
	server->spec.port = ntohs(address.sin6_port);
}

static void begin_server(struct server *server, int family, uint32_t type,
			 const char *answer)
{
	*server = (struct server){
		.spec.type = type,
		.spec.path = "/",
		.spec.timeout_ms = PATIENCE_MS,
		.answer = answer,
		.conn = -1,
	};
	open_server(server, family);
}

static void end_rudely(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Takes one step towards an answer, without waiting. */
static void serve(struct server *server)
{
	char buf[1024];

	if (!server->answer)
		return;
	if (server->conn < 0)
		server->conn = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK);
	if (server->conn < 0 || recv(server->conn, buf, sizeof(buf), 0) < 0)
		return;
	send(server->conn, server->answer, strlen(server->answer),
	     MSG_NOSIGNAL);
	if (server->is_rude)
		end_rudely(server->conn);
	close(server->conn);
	server->conn = -1;
}

static void wait_for_checks(struct checks *checks, int epoll_fd,
			    struct server *server)
{
	struct epoll_event event;

	while (!is_done) {
		uint64_t from_us = clock_us();

		while (epoll_wait(epoll_fd, &event, 1, 1) > 0 && !is_done)
			checks_ready(checks, event.data.fd, event.events);
		checks_waited(checks, from_us, clock_us());
		checks_expire(checks, clock_us());
		serve(server);
	}
}

static void run(struct server *server)
{
	int epoll_fd = epoll_create1(0);
	struct checks *checks = checks_new(epoll_fd);

	is_done = false;
	check_begin(checks, &server->spec, take, &got);
	wait_for_checks(checks, epoll_fd, server);
	checks_free(checks);
	close(epoll_fd);
}

static void expect_result(enum outcome outcome, enum reason reason,
			  const char *text)
{
	assert_true(got.is_made);
	assert_string_equal(got.text, text);
	assert_int_equal(got.outcome, outcome);
	assert_int_equal(got.reason, reason);
}

static void tcp_connects(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct server server;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		begin_server(&server, families[i], NFLB_PROBE_TYPE_TCP, NULL);
		run(&server);
		expect_result(OUTCOME_PASS, REASON_SUCCESS, "connected");
		close(server.fd);
	}
}

static void tcp_is_refused(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_TCP, NULL);
	close(server.fd);
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_TCP_UNREACHABLE,
		      "Connection refused");
}

/* A queue of connections that is full answers nobody. */
static void tcp_gets_no_answer(void **state)
{
	struct server server;
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fds[16];
	size_t i;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_TCP, NULL);
	listen(server.fd, 0);
	address.sin_port = htons(server.spec.port);
	memcpy(&address.sin_addr, server.spec.address.bytes, 4);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fds[i], (struct sockaddr *)&address, sizeof(address));
	}
	server.spec.timeout_ms = IMPATIENCE_MS;
	run(&server);
	expect_result(OUTCOME_SILENCE, REASON_TCP_TIMEOUT,
		      "no connection within 100ms");
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	close(server.fd);
}

static void http_status_decides(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET6, NFLB_PROBE_TYPE_HTTP,
		     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 200");
	server.answer = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS, "status 503");
	server.answer = "HTTP/1.1 302 There\r\nLocation: /x\r\n"
		"Content-Length: 0\r\n\r\n";
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS, "status 302");
	close(server.fd);
}

static void http_reads_no_more_than_it_must(void **state)
{
	static char answer[200000];
	struct server server;
	int len;

	(void)state;
	len = sprintf(answer, "HTTP/1.1 200 OK\r\n\r\n");
	memset(answer + len, 'x', sizeof(answer) - len - 1);
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, answer);
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 200");
	close(server.fd);
}

static void http_gets_no_answer(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, NULL);
	server.spec.timeout_ms = IMPATIENCE_MS;
	run(&server);
	expect_result(OUTCOME_SILENCE, REASON_HTTP_NO_RESPONSE,
		      "no answer within 100ms");
	close(server.fd);
}

static void http_connection_is_closed(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, "");
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_NO_RESPONSE,
		      "Empty reply from server");
	server.is_rude = true;
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_NO_RESPONSE,
		      "Recv failure: Connection reset by peer");
	close(server.fd);
}

static void what_is_no_http_fails(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, "220 mail\r\n");
	run(&server);
	assert_true(got.is_made);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_HTTP_NO_RESPONSE);
	server.spec.type = NFLB_PROBE_TYPE_HTTPS;
	run(&server);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_HTTP_UNREACHABLE);
	close(server.fd);
}

/* A backend is not to blame when this machine has no file left. */
static void what_cannot_be_made_says_nothing(void **state)
{
	struct rlimit limit, low;
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_TCP, NULL);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	/* One for epoll; libcurl takes its own before that. */
	low.rlim_cur = server.fd + 4;
	setrlimit(RLIMIT_NOFILE, &low);
	run(&server);
	setrlimit(RLIMIT_NOFILE, &limit);
	close(server.fd);
	assert_false(got.is_made);
	assert_string_equal(got.text, "Too many open files");
}

/* Answers may have come while this process was stopped. */
static void what_is_looked_at_too_late_says_nothing(void **state)
{
	int epoll_fd = epoll_create1(0);
	struct checks *checks = checks_new(epoll_fd);
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, NULL);
	server.spec.timeout_ms = IMPATIENCE_MS;
	is_done = false;
	check_begin(checks, &server.spec, take, &got);
	checks_expire(checks, clock_us());
	usleep(5 * IMPATIENCE_MS * 1000);
	wait_for_checks(checks, epoll_fd, &server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "no time to look at answers");
	checks_free(checks);
	close(epoll_fd);
	close(server.fd);
}

static void can_be_cancelled(void **state)
{
	int epoll_fd = epoll_create1(0);
	struct checks *checks = checks_new(epoll_fd);
	struct server server;
	struct check *check;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, NULL);
	is_done = false;
	check = check_begin(checks, &server.spec, take, &got);
	checks_expire(checks, clock_us());
	check_cancel(check);
	checks_free(checks);
	assert_false(is_done);
	close(epoll_fd);
	close(server.fd);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(tcp_connects),
		CASE(tcp_is_refused),
		CASE(tcp_gets_no_answer),
		CASE(http_status_decides),
		CASE(http_reads_no_more_than_it_must),
		CASE(http_gets_no_answer),
		CASE(http_connection_is_closed),
		CASE(what_is_no_http_fails),
		CASE(what_cannot_be_made_says_nothing),
		CASE(what_is_looked_at_too_late_says_nothing),
		CASE(can_be_cancelled),
	};

	return RUN(cases);
}
