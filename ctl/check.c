// SPDX-License-Identifier: GPL-2.0-only
/* Checks by libcurl's multi interface; the only file that knows libcurl. */
#include "check.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "clock.h"
#include "mem.h"

#define STATUS_GOOD	200
#define BODY_MAX	65536	/* more of an answer is not read */
#define URL_SIZE	(ENDPOINT_TEXT_SIZE + NFLB_PATH_MAX + 16)

/* The cloud's balancer's names for them, and one by their pattern. */
const struct word reason_words[] = {
	{ "Up_Probe_Success", REASON_SUCCESS },
	{ "Down_Probe_TcpProbeTimeout", REASON_TCP_TIMEOUT },
	{ "Down_Probe_TcpEndpointUnreachable", REASON_TCP_UNREACHABLE },
	{ "Down_Probe_HttpStatusCodeError", REASON_HTTP_STATUS },
	{ "Down_Probe_HttpNoResponse", REASON_HTTP_NO_RESPONSE },
	{ "Down_Probe_HttpEndpointUnreachable", REASON_HTTP_UNREACHABLE },
	{ NULL, 0 },
};

/**
 * struct checks - all checks under way
 * @multi: libcurl's part.
 * @epoll_fd: Where their sockets are waited for.
 * @next_us: When libcurl wants to be called, or NEVER_US.
 * @waited_from_us: When the last wait for sockets began.
 * @waited_until_us: When it ended; all sockets that were ready then have been
 *                   or are being handled.
 */
struct checks {
	CURLM *multi;
	int epoll_fd;
	uint64_t next_us;
	uint64_t waited_from_us;
	uint64_t waited_until_us;
};

/**
 * struct check - a check under way
 * @checks: Where it belongs.
 * @easy: libcurl's part.
 * @is_http: It is a GET.
 * @timeout_ms: When it gives up.
 * @body_bytes: How much of the answer's body has come.
 * @socket_errno: Why there is no socket, or 0.
 * @error: libcurl's sentence.
 * @on_done: Called in the end.
 * @arg: For @on_done.
 */
struct check {
	struct checks *checks;
	CURL *easy;
	bool is_http;
	uint64_t timeout_ms;
	size_t body_bytes;
	int socket_errno;
	char error[CURL_ERROR_SIZE];
	check_done_fn on_done;
	void *arg;
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		     void *of_socket)
{
	struct epoll_event event = { .data.fd = fd };
	struct checks *checks = arg;

	(void)easy;
	(void)of_socket;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(checks->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(checks->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	return epoll_ctl(checks->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct checks *checks = arg;

	(void)multi;
	checks->next_us = timeout_ms < 0 ? NEVER_US :
					   clock_us() + timeout_ms * US_PER_MS;
	return 0;
}

/**
 * checks_new() - gets ready for checks
 * @epoll_fd: Where their sockets are waited for; data.fd of the events tells
 *            them apart from others.
 *
 * Return: What to give to the other functions; checks_free() it.
 */
struct checks *checks_new(int epoll_fd)
{
	struct checks *checks = mem_zalloc(sizeof(*checks));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		mem_need(NULL);
	checks->epoll_fd = epoll_fd;
	checks->next_us = NEVER_US;
	checks->multi = mem_need(curl_multi_init());
	curl_multi_setopt(checks->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(checks->multi, CURLMOPT_SOCKETDATA, checks);
	curl_multi_setopt(checks->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(checks->multi, CURLMOPT_TIMERDATA, checks);
	return checks;
}

/**
 * checks_free() - gives back what checks_new() took
 * @checks: What it returned; no check is under way.
 */
void checks_free(struct checks *checks)
{
	curl_multi_cleanup(checks->multi);
	curl_global_cleanup();
	free(checks);
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct check *check = arg;
	int fd;

	(void)purpose;
	fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
		    address->protocol);
	if (fd >= 0)
		return fd;
	check->socket_errno = errno;
	return CURL_SOCKET_BAD;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct check *check = arg;

	(void)bytes;
	check->body_bytes += size * n;
	return check->body_bytes > BODY_MAX ? 0 : size * n;
}

static void format_url(const struct check_spec *spec, char url[URL_SIZE])
{
	struct endpoint end = {
		.address = spec->address,
		.port = spec->port,
		.has_port = true,
	};
	char text[ENDPOINT_TEXT_SIZE];

	snprintf(url, URL_SIZE, "%s://%s%s",
		 spec->type == NFLB_PROBE_TYPE_HTTPS ? "https" : "http",
		 format_endpoint(&end, text), spec->path[0] ? spec->path : "/");
}

/* A server's certificate names no address of a pool: it is not looked at. */
static void set_up(struct check *check, const struct check_spec *spec)
{
	CURL *easy = check->easy;
	char url[URL_SIZE];

	format_url(spec, url);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, check);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, check->error);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* Numbers are in there too, and each check would walk through all. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)spec->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, check);
	if (!check->is_http) {
		curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
		return;
	}
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "nflb/" LBCTL_VERSION);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, check);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

/**
 * check_begin() - begins a check
 * @checks: Where it belongs.
 * @spec: What to check; not needed after the call.
 * @on_done: Called in the end, from checks_ready() or checks_expire().
 * @arg: For @on_done.
 *
 * Return: The check, until @on_done is called; check_cancel() is for those
 * that nobody wants any more.
 */
struct check *check_begin(struct checks *checks, const struct check_spec *spec,
			  check_done_fn on_done, void *arg)
{
	struct check *check = mem_zalloc(sizeof(*check));

	check->checks = checks;
	check->easy = mem_need(curl_easy_init());
	check->is_http = spec->type != NFLB_PROBE_TYPE_TCP;
	check->timeout_ms = spec->timeout_ms;
	check->on_done = on_done;
	check->arg = arg;
	set_up(check, spec);
	if (curl_multi_add_handle(checks->multi, check->easy) != CURLM_OK)
		mem_need(NULL);
	return check;
}

/**
 * check_cancel() - ends a check without a result
 * @check: The check.
 */
void check_cancel(struct check *check)
{
	curl_multi_remove_handle(check->checks->multi, check->easy);
	curl_easy_cleanup(check->easy);
	free(check);
}

/* What this machine lacks says nothing of the backend. */
static bool is_lack(CURLcode code, int err)
{
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return err == EMFILE || err == ENFILE || err == ENOMEM ||
		       err == ENOBUFS || err == EADDRNOTAVAIL || err == EAGAIN;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
	case CURLE_URL_MALFORMAT:
		return true;
	default:
		return false;
	}
}

/*
 * Nor does a time-out, unless we were waiting for answers when it was over. If
 * this process was stopped, or busy, an answer may be there that nobody has
 * looked at: libcurl looks at the time first.
 */
static bool is_unseen(const struct check *check, CURLcode code, uint64_t rtt_us)
{
	const struct checks *checks = check->checks;
	uint64_t end_us;

	if (code != CURLE_OPERATION_TIMEDOUT)
		return false;
	end_us = clock_us() - rtt_us + check->timeout_ms * US_PER_MS;
	return end_us + US_PER_MS < checks->waited_from_us ||
	       end_us > checks->waited_until_us + US_PER_MS;
}

static __printf(3, 4) void set_reason(struct check_result *result,
				      enum reason reason, const char *fmt, ...)
{
	va_list ap;

	result->reason = reason;
	va_start(ap, fmt);
	vsnprintf(result->text, sizeof(result->text), fmt, ap);
	va_end(ap);
}

static void judge_status(struct check *check, struct check_result *result)
{
	long status = 0;

	result->outcome = OUTCOME_PASS;
	if (!check->is_http) {
		set_reason(result, REASON_SUCCESS, "connected");
		return;
	}
	curl_easy_getinfo(check->easy, CURLINFO_RESPONSE_CODE, &status);
	set_reason(result, REASON_SUCCESS, "status %ld", status);
	if (status == STATUS_GOOD)
		return;
	result->outcome = OUTCOME_FAIL;
	result->reason = REASON_HTTP_STATUS;
}

/*
 * A refused connection is an answer. That nothing is there to refuse it may be
 * a router's word, or that nobody has answered to ARP.
 */
static void judge_connect(struct check *check, int err,
			  struct check_result *result)
{
	enum reason reason = check->is_http ? REASON_HTTP_UNREACHABLE :
					      REASON_TCP_UNREACHABLE;

	result->outcome = err == ECONNREFUSED ? OUTCOME_FAIL : OUTCOME_SILENCE;
	set_reason(result, reason, "%s", err ? strerror(err) : check->error);
}

static void judge_timeout(struct check *check, struct check_result *result)
{
	enum reason reason = REASON_TCP_TIMEOUT;
	curl_off_t connected_us = 0;
	char text[TIME_TEXT_SIZE];

	result->outcome = OUTCOME_SILENCE;
	curl_easy_getinfo(check->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	if (check->is_http)
		reason = connected_us ? REASON_HTTP_NO_RESPONSE :
					REASON_HTTP_UNREACHABLE;
	set_reason(result, reason, "no %s within %s",
		   connected_us ? "answer" : "connection",
		   format_ms(check->timeout_ms, text));
}

static void judge_other(struct check *check, CURLcode code,
			struct check_result *result)
{
	const char *text = check->error[0] ? check->error :
					     curl_easy_strerror(code);

	result->outcome = OUTCOME_FAIL;
	set_reason(result,
		   code == CURLE_SSL_CONNECT_ERROR ? REASON_HTTP_UNREACHABLE :
						     REASON_HTTP_NO_RESPONSE,
		   "%s", text);
}

static void judge_made(struct check *check, CURLcode code, int err,
		       struct check_result *result)
{
	result->is_made = true;
	if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
		judge_status(check, result);
	else if (code == CURLE_COULDNT_CONNECT)
		judge_connect(check, err, result);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		judge_timeout(check, result);
	else
		judge_other(check, code, result);
}

static void judge(struct check *check, CURLcode code,
		  struct check_result *result)
{
	curl_off_t rtt_us = 0;
	long err = 0;

	curl_easy_getinfo(check->easy, CURLINFO_TOTAL_TIME_T, &rtt_us);
	curl_easy_getinfo(check->easy, CURLINFO_OS_ERRNO, &err);
	if (check->socket_errno)
		err = check->socket_errno;
	result->rtt_us = rtt_us;
	if (is_unseen(check, code, rtt_us))
		set_reason(result, REASON_SUCCESS, "no time to look at answers");
	else if (is_lack(code, err))
		set_reason(result, REASON_SUCCESS, "%s",
			   err ? strerror(err) : curl_easy_strerror(code));
	else
		judge_made(check, code, err, result);
}

static void finish(struct check *check, CURLcode code)
{
	struct check_result result = { 0 };
	check_done_fn on_done = check->on_done;
	void *arg = check->arg;

	judge(check, code, &result);
	check_cancel(check);
	on_done(&result, arg);
}

static void finish_all(struct checks *checks)
{
	struct check *check;
	CURLMsg *msg;
	int n;

	while ((msg = curl_multi_info_read(checks->multi, &n))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &check);
		finish(check, msg->data.result);
	}
}

/**
 * checks_waited() - says when there was time for answers
 * @checks: The checks.
 * @from_us: When a wait for their sockets began.
 * @until_us: When it ended, with all sockets that were ready; as @from_us if
 *            there may be others.
 */
void checks_waited(struct checks *checks, uint64_t from_us, uint64_t until_us)
{
	checks->waited_from_us = from_us;
	checks->waited_until_us = until_us;
}

/**
 * checks_ready() - lets checks go on whose socket is ready
 * @checks: The checks.
 * @fd: The socket.
 * @events: What epoll says of it.
 */
void checks_ready(struct checks *checks, int fd, uint32_t events)
{
	int what = 0;
	int n;

	if (events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	curl_multi_socket_action(checks->multi, fd, what, &n);
	finish_all(checks);
}

/**
 * checks_expire() - lets checks go on that wait for a time
 * @checks: The checks.
 * @now_us: The time.
 */
void checks_expire(struct checks *checks, uint64_t now_us)
{
	int n;

	if (now_us < checks->next_us)
		return;
	checks->next_us = NEVER_US;
	curl_multi_socket_action(checks->multi, CURL_SOCKET_TIMEOUT, 0, &n);
	finish_all(checks);
}

/**
 * checks_next_us() - says when checks_expire() is to be called
 * @checks: The checks.
 *
 * Return: The time, or NEVER_US.
 */
uint64_t checks_next_us(const struct checks *checks)
{
	return checks->next_us;
}
