// SPDX-License-Identifier: GPL-2.0-only
/* Checks by datagrams, of ICMP, too, each by a socket of its own. */
#include "udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "due.h"
#include "mem.h"
#include "ping.h"

#define EVENTS_MAX	64
#define ANSWER_MAX	65536	/* no datagram is longer */

/**
 * struct udp_checks - all checks under way
 * @epoll_fd: Where their sockets are waited for.
 * @heap: The checks by the time when they give up.
 */
struct udp_checks {
	int epoll_fd;
	struct due_heap heap;
};

/**
 * struct udp_check - a check under way
 * @head: What all checks begin with.
 * @checks: Where it belongs.
 * @due: When it gives up.
 * @fd: The socket, or -1.
 * @send_errno: Why nothing has been sent, or 0.
 * @begin_us: When it began.
 * @timeout_ms: How long it may take.
 * @is_ping: It is an echo request, @ping.
 * @ping: What that is.
 * @receive: What the answer must contain; if empty, none is needed.
 * @has_heard: Something else has come.
 * @heard_len: How much, the last time.
 */
struct udp_check {
	struct check head;
	struct udp_checks *checks;
	struct due due;
	int fd;
	int send_errno;
	uint64_t begin_us;
	uint64_t timeout_ms;
	bool is_ping;
	struct ping ping;
	struct bytes receive;
	bool has_heard;
	size_t heard_len;
};

/**
 * udp_checks_new() - gets ready for checks
 *
 * Return: What to give to the other functions; udp_checks_free() it.
 */
struct udp_checks *udp_checks_new(void)
{
	struct udp_checks *checks = mem_zalloc(sizeof(*checks));

	checks->epoll_fd = sock_waiter();
	return checks;
}

/**
 * udp_checks_free() - gives back what udp_checks_new() took
 * @checks: What it returned; no check is under way.
 */
void udp_checks_free(struct udp_checks *checks)
{
	due_free(&checks->heap);
	close(checks->epoll_fd);
	free(checks);
}

/**
 * udp_checks_fd() - says what is readable when udp_checks_ready() has to do
 * @checks: The checks.
 *
 * Return: The file.
 */
int udp_checks_fd(const struct udp_checks *checks)
{
	return checks->epoll_fd;
}

/* What epoll has of it is forgotten first, as that is about to be freed. */
static void end_check(struct udp_check *check)
{
	due_drop(&check->checks->heap, &check->due);
	if (check->fd >= 0) {
		epoll_ctl(check->checks->epoll_fd, EPOLL_CTL_DEL, check->fd,
			  NULL);
		close(check->fd);
	}
	free(check);
}

static struct udp_check *check_of(struct check *head)
{
	return (struct udp_check *)((char *)head -
				    offsetof(struct udp_check, head));
}

static struct udp_check *check_that_is(struct due *due)
{
	return (struct udp_check *)((char *)due -
				    offsetof(struct udp_check, due));
}

static void cancel(struct check *head)
{
	end_check(check_of(head));
}

/* ICMP errors of all kinds are to be heard of, not only the gravest. */
static int connect_to(int fd, const struct check_spec *spec)
{
	bool is_v4 = spec->address.len == 4;
	struct sockaddr_storage address;
	socklen_t len;
	int on = 1;

	if (setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
		       is_v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on)) < 0)
		return -1;
	len = sock_address(&address, &spec->address, spec->port);
	return connect(fd, (struct sockaddr *)&address, len);
}

static int open_socket(struct udp_check *check, const struct check_spec *spec)
{
	if (check->is_ping)
		return ping_open(&check->ping, &spec->address, &spec->way);
	return sock_open(spec->address.len == 4 ? AF_INET : AF_INET6,
			 SOCK_DGRAM | SOCK_NONBLOCK, 0, &spec->way);
}

static ssize_t say(const struct udp_check *check,
		   const struct check_spec *spec)
{
	uint8_t request[PING_SIZE];

	if (!check->is_ping)
		return send(check->fd, spec->send.data, spec->send.len, 0);
	ping_request(&check->ping, request);
	return send(check->fd, request, sizeof(request), 0);
}

static int send_out(struct udp_check *check, const struct check_spec *spec)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = check };

	check->fd = open_socket(check, spec);
	if (check->fd < 0 || connect_to(check->fd, spec) < 0 ||
	    epoll_ctl(check->checks->epoll_fd, EPOLL_CTL_ADD, check->fd,
		      &event) < 0 ||
	    say(check, spec) < 0)
		return errno;
	return 0;
}

/**
 * udp_check_begin() - begins a check
 * @checks: Where it belongs.
 * @spec: What to check; not needed after the call.
 * @on_done: Called in the end, from udp_checks_ready() or
 *           udp_checks_expire().
 * @arg: For @on_done.
 *
 * Return: The check, until @on_done is called.
 */
struct check *udp_check_begin(struct udp_checks *checks,
			      const struct check_spec *spec,
			      check_done_fn on_done, void *arg)
{
	struct udp_check *check = mem_zalloc(sizeof(*check));
	uint64_t timeout_us = spec->timeout_ms * US_PER_MS;

	check->head = (struct check){ cancel, on_done, arg };
	check->checks = checks;
	check->begin_us = clock_us();
	check->timeout_ms = spec->timeout_ms;
	check->is_ping = spec->type == NFLB_PROBE_TYPE_ICMP;
	check->receive = spec->receive;
	check->send_errno = send_out(check, spec);
	due_set(&checks->heap, &check->due, check->send_errno ?
		check->begin_us : check->begin_us + timeout_us);
	return &check->head;
}

static void finish(struct udp_check *check, struct check_result *result)
{
	struct check head = check->head;

	result->rtt_us = clock_us() - check->begin_us;
	end_check(check);
	head.on_done(result, head.arg);
}

static bool is_as_wanted(const struct udp_check *check, const void *answer,
			 size_t len)
{
	if (check->is_ping)
		return ping_is_answer(&check->ping, answer, len);
	return !check->receive.len ||
	       memmem(answer, len, check->receive.data, check->receive.len);
}

/* What comes too late was perhaps there in time, and nobody has looked. */
static bool is_late(const struct udp_check *check)
{
	return clock_us() > check->due.at_us + US_PER_MS;
}

/* What is wanted may still come. */
static void note_other(struct udp_check *check, size_t len)
{
	check->has_heard = !check->is_ping;
	check->heard_len = len;
}

/*
 * Whom an echo request is for has no other answer to it than to refuse it; all
 * other errors are of those on the way, as for tcp.
 */
static void judge_error(const struct udp_check *check, int err,
			struct check_result *result)
{
	bool is_silence = check->is_ping && err != ECONNREFUSED;

	result_set(result, is_silence ? OUTCOME_SILENCE : OUTCOME_FAIL,
		   check->is_ping ? REASON_ICMP_UNREACHABLE :
				    REASON_UDP_UNREACHABLE,
		   "%s", strerror(err));
}

static void hear(struct udp_check *check)
{
	static uint8_t answer[ANSWER_MAX];
	struct check_result result = { 0 };
	ssize_t len = recv(check->fd, answer, sizeof(answer), 0);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (is_late(check)) {
		result_set_lack(&result, "no time to look at answers");
	} else if (len >= 0 && !is_as_wanted(check, answer, len)) {
		note_other(check, len);
		return;
	} else if (len >= 0) {
		result_set(&result, OUTCOME_PASS, REASON_SUCCESS,
			   "%zd bytes received", len);
	} else if (sock_is_lack(errno)) {
		result_set_lack(&result, "%s", strerror(errno));
	} else {
		judge_error(check, errno, &result);
	}
	finish(check, &result);
}

/**
 * udp_checks_ready() - lets checks go on that have an answer
 * @checks: The checks.
 */
void udp_checks_ready(struct udp_checks *checks)
{
	struct epoll_event events[EVENTS_MAX];
	int i, n;

	do {
		n = epoll_wait(checks->epoll_fd, events, EVENTS_MAX, 0);
		for (i = 0; i < n; i++)
			hear(events[i].data.ptr);
	} while (n == EVENTS_MAX);
}

static void judge_errno(const struct udp_check *check,
			struct check_result *result)
{
	int err = check->send_errno;

	if (check->fd < 0 && check->is_ping && err == EACCES)
		result_set_lack(result, "no socket for ICMP is allowed, see net.ipv4.ping_group_range");
	else if (check->fd < 0 || sock_is_lack(err))
		result_set_lack(result, "%s", strerror(err));
	else
		result_set(result, OUTCOME_SILENCE,
			   check->is_ping ? REASON_ICMP_UNREACHABLE :
					    REASON_UDP_UNREACHABLE,
			   "%s", strerror(err));
}

/* Where no answer is needed, that nobody has complained is good. */
static void judge_silence(const struct udp_check *check,
			  struct check_result *result)
{
	char text[TIME_TEXT_SIZE];

	format_ms(check->timeout_ms, text);
	if (check->has_heard)
		result_set(result, OUTCOME_FAIL, REASON_UDP_ANSWER,
			   "%zu bytes received, not as wanted",
			   check->heard_len);
	else if (check->is_ping || check->receive.len)
		result_set(result, OUTCOME_SILENCE,
			   check->is_ping ? REASON_ICMP_TIMEOUT :
					    REASON_UDP_TIMEOUT,
			   "no answer within %s", text);
	else
		result_set(result, OUTCOME_PASS, REASON_SUCCESS,
			   "no error within %s", text);
}

static void give_up(struct udp_check *check)
{
	struct check_result result = { 0 };

	if (check->send_errno)
		judge_errno(check, &result);
	else
		judge_silence(check, &result);
	finish(check, &result);
}

/**
 * udp_checks_expire() - ends checks whose time is over
 * @checks: The checks.
 * @now_us: The time.
 *
 * What is there already counts before that: if this process was stopped, or
 * busy, answers may have waited.
 */
void udp_checks_expire(struct udp_checks *checks, uint64_t now_us)
{
	struct due *due = due_first(&checks->heap);

	if (!due || due->at_us > now_us)
		return;
	udp_checks_ready(checks);
	while ((due = due_first(&checks->heap)) && due->at_us <= now_us)
		give_up(check_that_is(due));
}

/**
 * udp_checks_next_us() - says when udp_checks_expire() is to be called
 * @checks: The checks.
 *
 * Return: The time, or NEVER_US.
 */
uint64_t udp_checks_next_us(const struct udp_checks *checks)
{
	struct due *due = due_first(&checks->heap);

	return due ? due->at_us : NEVER_US;
}
