// SPDX-License-Identifier: GPL-2.0-only
/* Checks, made on servers of this process's own at 127.0.0.1 and ::1. */
#include "helper.h"

#include <curl/curl.h>
#include <dlfcn.h>
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
 * @answer_len: Length of that, if it is no text.
 * @question: What it has been asked by then; NULL for anything.
 * @stays: It does not end connections.
 * @is_rude: It ends connections by a reset.
 * @peer: Who has asked last.
 * @asked: What.
 * @n_asked: How much that is.
 */
struct server {
	int fd;
	int conn;
	struct check_spec spec;
	const char *answer;
	size_t answer_len;
	const char *question;
	bool stays;
	bool is_rude;
	struct sockaddr_in6 peer;
	char asked[1024];
	size_t n_asked;
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
		.spec.host = "",
		.spec.sni = "",
		.spec.cert = "",
		.spec.key = "",
		.spec.grpc_service = "",
		.spec.expect.bits = { 1 },
		.spec.timeout_ms = PATIENCE_MS,
		.answer = answer,
		.conn = -1,
	};
	open_server(server, family);
}

/* Whether all has come */
static bool is_asked(struct server *server)
{
	size_t room = sizeof(server->asked) - 1 - server->n_asked;
	ssize_t len;

	len = recv(server->conn, server->asked + server->n_asked, room, 0);
	if (len < 0)
		return false;
	server->n_asked += len;
	server->asked[server->n_asked] = '\0';
	return !server->question ||
	       memmem(server->asked, server->n_asked, server->question,
		      strlen(server->question));
}

static void end_rudely(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Takes one step towards an answer, without waiting. */
static void serve(struct server *server)
{
	socklen_t peer_len = sizeof(server->peer);

	if (!server->answer)
		return;
	if (server->conn < 0)
		server->conn = accept4(server->fd,
				       (struct sockaddr *)&server->peer,
				       &peer_len, SOCK_NONBLOCK);
	if (server->conn < 0)
		return;
	if (!is_asked(server))
		return;
	send(server->conn, server->answer,
	     server->answer_len ?: strlen(server->answer), MSG_NOSIGNAL);
	server->n_asked = 0;
	if (server->stays)
		return;
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

static void tls_is_refused_or_gets_no_answer(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_TLS, NULL);
	server.spec.timeout_ms = IMPATIENCE_MS;
	run(&server);
	expect_result(OUTCOME_SILENCE, REASON_TLS_TIMEOUT,
		      "no handshake within 100ms");
	close(server.fd);
	server.spec.timeout_ms = PATIENCE_MS;
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_TLS_UNREACHABLE,
		      "Connection refused");
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

static void http_status_is_one_of_those_expected(void **state)
{
	struct server server;
	struct why why;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP,
		     "HTTP/1.1 404 Not there\r\nContent-Length: 0\r\n\r\n");
	statuses_parse("201-299,404", &server.spec.expect, &why);
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 404");
	server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS, "status 200");
	close(server.fd);
}

static void http_body_is_as_wanted(void **state)
{
	struct server server;
	struct why why;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP,
		     "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is well");
	bytes_parse("is well", &server.spec.body, &why);
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 200");
	bytes_parse("is ill", &server.spec.body, &why);
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS,
		      "status 200, but the body is not as wanted");
	/* Another status is what is wrong, whatever the body. */
	server.answer = "HTTP/1.1 500 Ill\r\nContent-Length: 6\r\n\r\nis ill";
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS, "status 500");
	close(server.fd);
}

/* What comes behind the first 64 KiB does not count. */
static void http_body_is_looked_at_so_far(void **state)
{
	static const char word[] = "needle";
	static char answer[200000];
	struct server server;
	struct why why;
	int len;

	(void)state;
	len = sprintf(answer, "HTTP/1.1 200 OK\r\n\r\n");
	memset(answer + len, 'x', sizeof(answer) - len - 1);
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, answer);
	bytes_parse(word, &server.spec.body, &why);
	memcpy(answer + len + 65536 - strlen(word), word, strlen(word));
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 200");
	memset(answer + len, 'x', sizeof(answer) - len - 1);
	memcpy(answer + len + 65537 - strlen(word), word, strlen(word));
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_STATUS,
		      "status 200, but the body is not as wanted");
	close(server.fd);
}

static void http_asks_for_the_host(void **state)
{
	char line[64];
	struct server server;

	(void)state;
	begin_server(&server, AF_INET6, NFLB_PROBE_TYPE_HTTP,
		     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	server.spec.path = "/x?y=1";
	run(&server);
	snprintf(line, sizeof(line), "\r\nHost: [::1]:%u\r\n",
		 server.spec.port);
	assert_non_null(strstr(server.asked, line));
	assert_ptr_equal(strstr(server.asked, "GET /x?y=1 HTTP/1.1\r\n"),
			 server.asked);
	server.spec.host = "web.example.org:81";
	run(&server);
	assert_non_null(strstr(server.asked,
			       "\r\nHost: web.example.org:81\r\n"));
	assert_null(strstr(server.asked, "::1"));
	close(server.fd);
}

static void check_comes_from_its_source(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP,
		     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	server.spec.way.source.len = 4;
	memcpy(server.spec.way.source.bytes, "\x7f\1\2\3", 4);
	snprintf(server.spec.way.device, sizeof(server.spec.way.device), "lo");
	run(&server);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status 200");
	assert_memory_equal(&((struct sockaddr_in *)&server.peer)->sin_addr,
			    "\x7f\1\2\3", 4);
	close(server.fd);
}

/* What this machine does not have says nothing of the backend. */
static void source_that_is_not_here_says_nothing(void **state)
{
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_TCP, NULL);
	server.spec.way.source.len = 4;
	memcpy(server.spec.way.source.bytes, "\xc0\0\2\1", 4);
	run(&server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "Cannot assign requested address");
	server.spec.way.source.len = 16;
	run(&server);
	assert_false(got.is_made);
	assert_string_equal(got.text,
			    "Address family not supported by protocol");
	server.spec.way.source.len = 0;
	snprintf(server.spec.way.device, sizeof(server.spec.way.device),
		 "nosuchdevice");
	run(&server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "No such device");
	close(server.fd);
}

static void socket_that_is_not_waited_for_says_nothing(void **state)
{
	struct checks *checks = checks_new(-1);
	struct server server;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, NULL);
	server.spec.timeout_ms = IMPATIENCE_MS;
	is_done = false;
	check_begin(checks, &server.spec, take, &got);
	wait_for_checks(checks, -1, &server);
	assert_false(got.is_made);
	assert_string_equal(got.text, "Bad file descriptor");
	checks_free(checks);
	close(server.fd);
}

/* Nor does a certificate that cannot be shown */
static void certificate_that_is_not_here_says_nothing(void **state)
{
	static const char *const files[][3] = {
		{ "/nowhere", "", "cert /nowhere: No such file or directory" },
		{ "/dev/null", "/nowhere",
		  "cert /dev/null: not a file of at most 1 MiB" },
		{ "/etc/passwd", "/nowhere",
		  "key /nowhere: No such file or directory" },
	};
	struct server server;
	size_t i;

	(void)state;
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTPS, NULL);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		server.spec.cert = files[i][0];
		server.spec.key = files[i][1];
		run(&server);
		assert_false(got.is_made);
		assert_string_equal(got.text, files[i][2]);
	}
	/* What is no certificate at all is found out by libcurl. */
	server.spec.key = "";
	run(&server);
	assert_false(got.is_made);
	assert_non_null(strstr(got.text, "certificate"));
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
	server.spec.type = NFLB_PROBE_TYPE_TLS;
	run(&server);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_TLS_HANDSHAKE);
	close(server.fd);
}

/* libcurl says that it has no memory for a header that it thinks too long. */
static void http_header_is_too_long(void **state)
{
	static char answer[200000];
	struct server server;
	int len;

	(void)state;
	len = sprintf(answer, "HTTP/1.1 200 OK\r\nX-Much: ");
	memset(answer + len, 'x', sizeof(answer) - len - 1);
	begin_server(&server, AF_INET, NFLB_PROBE_TYPE_HTTP, answer);
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_HTTP_NO_RESPONSE,
		      "the answer's header is too long");
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
	check->cancel(check);
	checks_free(checks);
	assert_false(is_done);
	close(epoll_fd);
	close(server.fd);
}


/* The first frame of HTTP/2 that a server sends: it wants nothing of its own. */
#define SETTINGS	"\0\0\0\4\0\0\0\0\0"
/* The client's first stream, on which a frame of a type and with flags is */
#define FRAME(len, type, flags)	"\0" len type flags "\0\0\0\1"
/* A header with status 200, in RFC 7541's table, and the type of content */
#define HEADER(len, flags)	FRAME("\0" len, "\1", flags) \
	"\x88\0\x0c" "content-type\x10" "application/grpc"
#define STATUS(status)	"\0\x0b" "grpc-status" status
#define BODY(len)	FRAME("\0" len, "\0", "\0")
#define TRAILERS(status)	FRAME("\0\x0f", "\1", "\5") STATUS(status)
#define WHOLE(message) \
	SETTINGS HEADER("\x20", "\4") BODY("\7") message TRAILERS("\1" "0")

static void ask_by_grpc(struct server *server, const char *answer, size_t len)
{
	if (server->conn >= 0)
		close(server->conn);
	server->conn = -1;
	server->n_asked = 0;
	server->answer = answer;
	server->answer_len = len;
	run(server);
}

#define ASK(server, answer)	ask_by_grpc(server, answer, sizeof(answer) - 1)

static void begin_grpc(struct server *server, int family)
{
	begin_server(server, family, NFLB_PROBE_TYPE_GRPC, NULL);
	server->spec.grpc_service = "a.Service";
	server->question = "\x0a\x09" "a.Service";
	server->stays = true;
}

static void end_grpc(struct server *server)
{
	close(server->conn);
	close(server->fd);
}

static void grpc_health_decides(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct server server;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		begin_grpc(&server, families[i]);
		ASK(&server, WHOLE("\0\0\0\0\2\x08\1"));
		expect_result(OUTCOME_PASS, REASON_SUCCESS, "status SERVING");
		ASK(&server, WHOLE("\0\0\0\0\2\x08\2"));
		expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
			      "status NOT_SERVING");
		end_grpc(&server);
	}
}

static void grpc_answer_is_looked_at(void **state)
{
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET);
	ASK(&server, SETTINGS HEADER("\x2f", "\5") STATUS("\1" "5"));
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "grpc-status 5 NOT_FOUND");
	ASK(&server, WHOLE("\1\0\0\0\2\x08\1"));
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "the answer's message is compressed");
	/* A status in the header does not say how the body ended. */
	ASK(&server, SETTINGS HEADER("\x2f", "\4") STATUS("\1" "0")
	    FRAME("\0\7", "\0", "\1") "\0\0\0\0\2\x08\1");
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "the answer has no grpc-status");
	/* Nothing but a status of HTTP, 404 */
	ASK(&server, SETTINGS FRAME("\0\1", "\1", "\5") "\x8d");
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "the answer is not gRPC, it has HTTP status 404");
	/* The same with 200 */
	ASK(&server, SETTINGS FRAME("\0\1", "\1", "\5") "\x88");
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "the answer is not gRPC");
	end_grpc(&server);
}

static void grpc_reads_no_more_than_it_must(void **state)
{
	static char answer[10000] = SETTINGS HEADER("\x20", "\4")
		"\0\x20\0" "\0" "\0" "\0\0\0\1";
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET);
	ask_by_grpc(&server, answer, sizeof(answer));
	assert_true(got.is_made);
	expect_result(OUTCOME_FAIL, REASON_GRPC_STATUS,
		      "the answer is longer than 1024 bytes");
	end_grpc(&server);
}

/* Of names such as these no header of HTTP/2 makes fewer bytes. */
static void grpc_asks_for_the_host(void **state)
{
	static const char host[] = "[[[[[]]]]]:81";
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET6);
	server.spec.host = host;
	ASK(&server, WHOLE("\0\0\0\0\2\x08\1"));
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "status SERVING");
	assert_non_null(memmem(server.asked, sizeof(server.asked), host,
			       strlen(host)));
	end_grpc(&server);
}

/* A header of few bytes that stand for many: a long field, again and again */
static void grpc_header_is_too_long(void **state)
{
	static const char begin[] = SETTINGS FRAME("\x10\x2a", "\1", "\5")
		"\x88\0\x0c" "content-type\x10" "application/grpc"
		"\x40\1x\x7f\xbd\x1d";
	static char answer[5000];
	struct server server;
	size_t len = sizeof(begin) - 1;

	(void)state;
	memcpy(answer, begin, len);
	memset(answer + len, 'x', 3900);
	memset(answer + len + 3900, 0xbe, 200);
	begin_grpc(&server, AF_INET);
	ask_by_grpc(&server, answer, len + 3900 + 200);
	assert_true(got.is_made);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_GRPC_NO_RESPONSE);
	end_grpc(&server);
}

static void grpc_gets_no_answer(void **state)
{
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET);
	server.spec.timeout_ms = IMPATIENCE_MS;
	run(&server);
	expect_result(OUTCOME_SILENCE, REASON_GRPC_NO_RESPONSE,
		      "no answer within 100ms");
	/* Nor one that has come to its end */
	ASK(&server, SETTINGS HEADER("\x20", "\4") BODY("\7")
	    "\0\0\0\0\2\x08\1");
	expect_result(OUTCOME_SILENCE, REASON_GRPC_NO_RESPONSE,
		      "no answer within 100ms");
	end_grpc(&server);
	run(&server);
	expect_result(OUTCOME_FAIL, REASON_GRPC_UNREACHABLE,
		      "Connection refused");
}

static bool is_old;

/* libcurl's, or one that can do less */
curl_version_info_data *curl_version_info(CURLversion version)
{
	static curl_version_info_data info;
	curl_version_info_data *(*own)(CURLversion version) =
		dlsym(RTLD_NEXT, "curl_version_info");

	info = *own(version);
	if (is_old)
		info.features &= ~CURL_VERSION_HTTP2;
	return &info;
}

/* What this machine's libcurl cannot do says nothing of the backend. */
static void grpc_needs_http2(void **state)
{
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET);
	is_old = true;
	run(&server);
	is_old = false;
	assert_false(got.is_made);
	assert_string_equal(got.text, "this libcurl has no HTTP/2");
	close(server.fd);
}

static void what_is_no_grpc_fails(void **state)
{
	struct server server;

	(void)state;
	begin_grpc(&server, AF_INET);
	server.stays = false;
	server.question = NULL;
	ASK(&server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect_result(OUTCOME_FAIL, REASON_GRPC_NO_RESPONSE,
		      "no answer in HTTP/2");
	ASK(&server, "220 mail\r\n");
	expect_result(OUTCOME_FAIL, REASON_GRPC_NO_RESPONSE,
		      "no answer in HTTP/2");
	/* One that is cut off behind its message */
	server.question = "a.Service";
	ASK(&server, SETTINGS HEADER("\x20", "\4") BODY("\7")
	    "\0\0\0\0\2\x08\1");
	assert_true(got.is_made);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_GRPC_NO_RESPONSE);
	server.question = NULL;
	server.spec.type = NFLB_PROBE_TYPE_GRPCS;
	ASK(&server, "220 mail\r\n");
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_int_equal(got.reason, REASON_GRPC_UNREACHABLE);
	close(server.fd);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(tcp_connects),
		CASE(tcp_is_refused),
		CASE(tcp_gets_no_answer),
		CASE(tls_is_refused_or_gets_no_answer),
		CASE(http_status_decides),
		CASE(http_status_is_one_of_those_expected),
		CASE(http_body_is_as_wanted),
		CASE(http_body_is_looked_at_so_far),
		CASE(http_asks_for_the_host),
		CASE(check_comes_from_its_source),
		CASE(source_that_is_not_here_says_nothing),
		CASE(socket_that_is_not_waited_for_says_nothing),
		CASE(certificate_that_is_not_here_says_nothing),
		CASE(http_reads_no_more_than_it_must),
		CASE(http_gets_no_answer),
		CASE(http_connection_is_closed),
		CASE(what_is_no_http_fails),
		CASE(http_header_is_too_long),
		CASE(what_cannot_be_made_says_nothing),
		CASE(what_is_looked_at_too_late_says_nothing),
		CASE(can_be_cancelled),
		CASE(grpc_health_decides),
		CASE(grpc_answer_is_looked_at),
		CASE(grpc_reads_no_more_than_it_must),
		CASE(grpc_asks_for_the_host),
		CASE(grpc_header_is_too_long),
		CASE(grpc_needs_http2),
		CASE(grpc_gets_no_answer),
		CASE(what_is_no_grpc_fails),
	};

	return RUN(cases);
}
