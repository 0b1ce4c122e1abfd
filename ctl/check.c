// SPDX-License-Identifier: GPL-2.0-only
/* Checks by libcurl's multi interface; the only file that knows libcurl. */
#include "check.h"

#include <curl/curl.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "appstate.h"
#include "clock.h"
#include "credential.h"
#include "grpc.h"
#include "host.h"
#include "mem.h"
#include "needle.h"

#define BODY_MAX	65536	/* more of an answer is not read */
#define URL_SIZE	(HOST_NAME_SIZE + NFLB_PATH_MAX + 24)
#define SEC_PER_HOUR	3600LL
#define SEC_PER_DAY	86400LL

#define HTTP_OK		200
#define NO_HTTP2	"no answer in HTTP/2"

/**
 * struct fault - what it is called when a check of a type fails
 * @no_connection: None in time.
 * @no_answer: A connection, but no answer in time.
 * @unreachable: The connection was refused, or there is no way.
 * @tls: The handshake failed, or the certificate is not as wanted.
 * @other: The connection was cut, or the answer is none.
 */
struct fault {
	enum reason no_connection;
	enum reason no_answer;
	enum reason unreachable;
	enum reason tls;
	enum reason other;
};

static const struct fault of_tcp = {
	.no_connection = REASON_TCP_TIMEOUT,
	.no_answer = REASON_TCP_TIMEOUT,
	.unreachable = REASON_TCP_UNREACHABLE,
	.tls = REASON_TCP_UNREACHABLE,
	.other = REASON_TCP_UNREACHABLE,
};

static const struct fault of_http = {
	.no_connection = REASON_HTTP_UNREACHABLE,
	.no_answer = REASON_HTTP_NO_RESPONSE,
	.unreachable = REASON_HTTP_UNREACHABLE,
	.tls = REASON_HTTP_UNREACHABLE,
	.other = REASON_HTTP_NO_RESPONSE,
};

static const struct fault of_tls = {
	.no_connection = REASON_TLS_TIMEOUT,
	.no_answer = REASON_TLS_TIMEOUT,
	.unreachable = REASON_TLS_UNREACHABLE,
	.tls = REASON_TLS_HANDSHAKE,
	.other = REASON_TLS_HANDSHAKE,
};

static const struct fault of_grpc = {
	.no_connection = REASON_GRPC_UNREACHABLE,
	.no_answer = REASON_GRPC_NO_RESPONSE,
	.unreachable = REASON_GRPC_UNREACHABLE,
	.tls = REASON_GRPC_UNREACHABLE,
	.other = REASON_GRPC_NO_RESPONSE,
};

/**
 * struct checks - all checks under way
 * @multi: libcurl's part.
 * @epoll_fd: Where their sockets are waited for.
 * @ca_file: File of the certificates that are trusted, or NULL for libcurl's.
 * @next_us: When libcurl wants to be called, or NEVER_US.
 * @waited_from_us: When the last wait for sockets began.
 * @waited_until_us: When it ended; all sockets that were ready then have been
 *                   or are being handled.
 */
struct checks {
	CURLM *multi;
	int epoll_fd;
	const char *ca_file;
	uint64_t next_us;
	uint64_t waited_from_us;
	uint64_t waited_until_us;
};

/**
 * struct transfer - a check under way
 * @head: What all checks begin with.
 * @checks: Where it belongs.
 * @easy: libcurl's part.
 * @connect_to: Where it connects instead of where its URL says, or NULL.
 * @headers: Of the request, or NULL.
 * @type: enum nflb_probe_type.
 * @fault: What it is called when it fails.
 * @is_http: It is a GET.
 * @timeout_ms: When it gives up.
 * @way: How its socket goes.
 * @expect: Statuses that are good.
 * @grpc: The answer so far, if it is a call of gRPC, or NULL.
 * @body: What is looked for in the answer, or NULL.
 * @json_state: The answer must say that all is well.
 * @cert_expiry_ms: Time that the certificate must have left, or 0.
 * @text: The answer's body so far, if it is to be read as JSON, or NULL.
 * @body_bytes: How much of the answer's body has come.
 * @lack: What is lacking before there can be a socket, or nothing.
 * @socket_errno: Why there is no socket, or 0.
 * @wait_errno: Why its socket is not waited for, or 0.
 * @error: libcurl's sentence.
 */
struct transfer {
	struct check head;
	struct checks *checks;
	CURL *easy;
	struct curl_slist *connect_to;
	struct curl_slist *headers;
	uint32_t type;
	const struct fault *fault;
	bool is_http;
	uint64_t timeout_ms;
	struct sock_way way;
	struct statuses expect;
	struct grpc_answer *grpc;
	struct needle *body;
	bool json_state;
	uint64_t cert_expiry_ms;
	char *text;
	size_t body_bytes;
	struct why lack;
	int socket_errno;
	int wait_errno;
	char error[CURL_ERROR_SIZE];
};

/* Its error number, or 0. */
static int wait_for_socket(const struct checks *checks, curl_socket_t fd,
			   uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(checks->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0 ||
	    epoll_ctl(checks->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	return errno;
}

/*
 * To return anything else than 0 would end all checks. One whose socket cannot
 * be waited for has until its time is over, and nobody has looked then.
 */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		     void *of_socket)
{
	struct transfer *check = NULL;
	struct checks *checks = arg;
	uint32_t events = 0;
	int err;

	(void)of_socket;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(checks->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	err = wait_for_socket(checks, fd, events);
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &check);
	if (check)
		check->wait_errno = err;
	return 0;
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
 * checks_trust() - says which certificates are trusted
 * @checks: The checks; none has been begun.
 * @ca_file: File of certificates in PEM; stays as long as @checks.
 */
void checks_trust(struct checks *checks, const char *ca_file)
{
	checks->ca_file = ca_file;
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
	struct transfer *check = arg;
	int fd;

	(void)purpose;
	if (*check->lack.text)
		return CURL_SOCKET_BAD;
	fd = sock_open(address->family, address->socktype, address->protocol,
		       &check->way);
	if (fd >= 0)
		return fd;
	check->socket_errno = errno;
	return CURL_SOCKET_BAD;
}

static void take_piece(struct transfer *check, const char *bytes, size_t len)
{
	if (check->body)
		needle_look(check->body, bytes, len);
	if (check->json_state) {
		check->text = mem_need(realloc(check->text,
					       check->body_bytes + len + 1));
		memcpy(check->text + check->body_bytes, bytes, len);
	}
	check->body_bytes += len;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *check = arg;
	size_t room = BODY_MAX - check->body_bytes;

	size *= n;
	take_piece(check, bytes, size < room ? size : room);
	return size > room ? 0 : size;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *check = arg;

	grpc_take_header(check->grpc, bytes, size * n);
	return size * n;
}

static size_t take_message(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *check = arg;

	size *= n;
	return grpc_take_body(check->grpc, bytes, size) ? size : 0;
}

static bool has_tls(uint32_t type)
{
	return type == NFLB_PROBE_TYPE_HTTPS || type == NFLB_PROBE_TYPE_TLS ||
	       type == NFLB_PROBE_TYPE_GRPCS;
}

static bool is_grpc(uint32_t type)
{
	return type == NFLB_PROBE_TYPE_GRPC || type == NFLB_PROBE_TYPE_GRPCS;
}

/* The name by which a server is spoken to in TLS, or nothing. */
static const char *tls_name(const struct check_spec *spec,
			    char buf[HOST_NAME_SIZE])
{
	if (!has_tls(spec->type))
		return "";
	return *spec->sni ? spec->sni : host_name(spec->host, buf);
}

/*
 * libcurl takes the name for TLS from the URL, so the URL has that name and
 * not the address if there is one.
 */
static void set_url(struct transfer *check, const struct check_spec *spec)
{
	struct endpoint end = {
		.address = spec->address,
		.port = spec->port,
		.has_port = true,
	};
	char url[URL_SIZE], text[ENDPOINT_TEXT_SIZE], buf[HOST_NAME_SIZE];
	const char *name = tls_name(spec, buf);
	const char *scheme = has_tls(spec->type) ? "https" : "http";
	const char *path = is_grpc(spec->type) ? GRPC_PATH : spec->path;

	format_endpoint(&end, text);
	if (*name)
		snprintf(url, URL_SIZE, "%s://%s:%u%s", scheme, name,
			 spec->port, path);
	else
		snprintf(url, URL_SIZE, "%s://%s%s", scheme, text, path);
	curl_easy_setopt(check->easy, CURLOPT_URL, url);
	if (!*name)
		return;
	snprintf(url, URL_SIZE, "::%s", text);
	check->connect_to = mem_need(curl_slist_append(NULL, url));
	curl_easy_setopt(check->easy, CURLOPT_CONNECT_TO, check->connect_to);
}

static void add_header(struct transfer *check, const char *header)
{
	check->headers = mem_need(curl_slist_append(check->headers, header));
}

/* The address is asked for by default, whatever the URL says. */
static void set_host(struct transfer *check, const struct check_spec *spec)
{
	struct endpoint end = {
		.address = spec->address,
		.port = spec->port,
		.has_port = true,
	};
	char header[HOST_NAME_SIZE + 8], text[ENDPOINT_TEXT_SIZE];

	if (!*spec->host && !check->connect_to)
		return;
	snprintf(header, sizeof(header), "Host: %s",
		 *spec->host ? spec->host : format_endpoint(&end, text));
	add_header(check, header);
}

static void set_tls(struct transfer *check, const struct check_spec *spec)
{
	const char *ca_file = check->checks->ca_file;
	CURL *easy = check->easy;

	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, (long)spec->verify);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, spec->verify ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_CERTINFO, (long)!!spec->cert_expiry_ms);
	/* It would be trusted besides, and have all read for each check. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
}

/* A key that has a passphrase is of no use: who would be asked for it? */
static void set_credentials(struct transfer *check,
			    const struct check_spec *spec)
{
	const char *key = *spec->key ? spec->key : spec->cert;
	CURL *easy = check->easy;

	if (!*spec->cert ||
	    credential_check("cert", spec->cert, &check->lack) ||
	    credential_check("key", key, &check->lack))
		return;
	curl_easy_setopt(easy, CURLOPT_SSLCERT, spec->cert);
	curl_easy_setopt(easy, CURLOPT_SSLKEY, key);
	curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

/* No protocol of those that libcurl would offer is meant. */
static void set_handshake(struct transfer *check,
			  const struct check_spec *spec)
{
	set_tls(check, spec);
	set_credentials(check, spec);
	curl_easy_setopt(check->easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

static void set_request(struct transfer *check, const struct check_spec *spec)
{
	CURL *easy = check->easy;

	set_host(check, spec);
	set_tls(check, spec);
	set_credentials(check, spec);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, check->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "nflb/" LBCTL_VERSION);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, check);
}

static bool has_http2(void)
{
	return curl_version_info(CURLVERSION_NOW)->features &
	       CURL_VERSION_HTTP2;
}

static void set_get(struct transfer *check, const struct check_spec *spec)
{
	CURL *easy = check->easy;

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	set_request(check, spec);
}

/* Over TLS, HTTP/2 is agreed on there, or not. */
static void set_call(struct transfer *check, const struct check_spec *spec)
{
	uint8_t bytes[GRPC_REQUEST_MAX];
	CURL *easy = check->easy;

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
			 (long)grpc_request(spec->grpc_service, bytes));
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, check);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_message);
	add_header(check, "Content-Type: application/grpc");
	add_header(check, "TE: trailers");
	/* None of libcurl's own */
	add_header(check, "Accept:");
	set_request(check, spec);
	if (!has_http2())
		because(&check->lack, "this libcurl has no HTTP/2");
}

static void set_up(struct transfer *check, const struct check_spec *spec)
{
	CURL *easy = check->easy;

	set_url(check, spec);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, check);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, check->error);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* Numbers are in there too, and each check would walk through all. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)spec->timeout_ms);
	/* Otherwise five minutes, of which nobody has said anything. */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)spec->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, check);
	if (check->is_http)
		set_get(check, spec);
	else if (check->grpc)
		set_call(check, spec);
	else
		curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	if (spec->type == NFLB_PROBE_TYPE_TLS)
		set_handshake(check, spec);
}

static const struct fault *fault_of(uint32_t type)
{
	switch (type) {
	case NFLB_PROBE_TYPE_TCP:
		return &of_tcp;
	case NFLB_PROBE_TYPE_TLS:
		return &of_tls;
	case NFLB_PROBE_TYPE_GRPC:
	case NFLB_PROBE_TYPE_GRPCS:
		return &of_grpc;
	default:
		return &of_http;
	}
}

/* What the end of the check needs of what the check was to be. */
static void keep(struct transfer *check, const struct check_spec *spec)
{
	check->type = spec->type;
	check->fault = fault_of(spec->type);
	check->is_http = check->fault == &of_http;
	check->timeout_ms = spec->timeout_ms;
	check->way = spec->way;
	check->expect = spec->expect;
	check->json_state = spec->json_state;
	check->cert_expiry_ms = spec->cert_expiry_ms;
	if (is_grpc(spec->type))
		check->grpc = mem_zalloc(sizeof(*check->grpc));
	if (!check->is_http || !spec->body.len)
		return;
	check->body = mem_zalloc(sizeof(*check->body));
	needle_init(check->body, &spec->body);
}

static struct transfer *transfer_of(struct check *check)
{
	return (struct transfer *)((char *)check -
				   offsetof(struct transfer, head));
}

static void end_transfer(struct transfer *check)
{
	curl_multi_remove_handle(check->checks->multi, check->easy);
	curl_easy_cleanup(check->easy);
	curl_slist_free_all(check->connect_to);
	curl_slist_free_all(check->headers);
	free(check->grpc);
	free(check->body);
	free(check->text);
	free(check);
}

static void cancel(struct check *check)
{
	end_transfer(transfer_of(check));
}

/**
 * check_begin() - begins a check
 * @checks: Where it belongs.
 * @spec: What to check; not needed after the call.
 * @on_done: Called in the end, from checks_ready() or checks_expire().
 * @arg: For @on_done.
 *
 * Return: The check, until @on_done is called.
 */
struct check *check_begin(struct checks *checks, const struct check_spec *spec,
			  check_done_fn on_done, void *arg)
{
	struct transfer *check = mem_zalloc(sizeof(*check));

	check->head = (struct check){ cancel, on_done, arg };
	check->checks = checks;
	check->easy = mem_need(curl_easy_init());
	keep(check, spec);
	set_up(check, spec);
	if (curl_multi_add_handle(checks->multi, check->easy) != CURLM_OK)
		mem_need(NULL);
	return &check->head;
}

/* libcurl has no memory for a header line either that it thinks too long. */
static bool has_begun_to_answer(const struct transfer *check)
{
	curl_off_t begun_us = 0;

	curl_easy_getinfo(check->easy, CURLINFO_STARTTRANSFER_TIME_T,
			  &begun_us);
	return begun_us;
}

/* What this machine lacks says nothing of the backend. */
static bool is_lack(const struct transfer *check, CURLcode code, int err)
{
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return *check->lack.text || check->socket_errno ||
		       sock_is_lack(err);
	case CURLE_OUT_OF_MEMORY:
		return !has_begun_to_answer(check);
	case CURLE_ABORTED_BY_CALLBACK:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
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
static bool is_unseen(const struct transfer *check, CURLcode code,
		      uint64_t rtt_us)
{
	const struct checks *checks = check->checks;
	uint64_t end_us;

	if (code != CURLE_OPERATION_TIMEDOUT)
		return false;
	end_us = clock_us() - rtt_us + check->timeout_ms * US_PER_MS;
	return end_us + US_PER_MS < checks->waited_from_us ||
	       end_us > checks->waited_until_us + US_PER_MS;
}

/* When the server's own certificate ends, or -1; it is the first. */
static time_t certificate_end(CURL *easy)
{
	static const char label[] = "Expire date:";
	struct curl_certinfo *chain = NULL;
	const struct curl_slist *line;

	curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
	if (!chain || chain->num_of_certs < 1)
		return -1;
	for (line = chain->certinfo[0]; line; line = line->next)
		if (strncmp(line->data, label, strlen(label)) == 0)
			return curl_getdate(line->data + strlen(label), NULL);
	return -1;
}

/* In days, or in hours if these are few. */
static const char *format_left(long long sec, char buf[TIME_TEXT_SIZE])
{
	if (sec < 2 * SEC_PER_DAY)
		snprintf(buf, TIME_TEXT_SIZE, "%lldh", sec / SEC_PER_HOUR);
	else
		snprintf(buf, TIME_TEXT_SIZE, "%lldd", sec / SEC_PER_DAY);
	return buf;
}

/* Whether it has the time left that is wanted; @left_sec says how much. */
static bool certificate_is_good(const struct transfer *check, time_t end,
				long long *left_sec)
{
	*left_sec = (long long)end - time(NULL);
	return !check->cert_expiry_ms ||
	       (end >= 0 &&
		*left_sec >= (long long)(check->cert_expiry_ms / MS_PER_SEC));
}

static void judge_certificate(const struct transfer *check,
			      struct check_result *result)
{
	long long wanted_sec = check->cert_expiry_ms / MS_PER_SEC;
	char left[TIME_TEXT_SIZE], wanted[TIME_TEXT_SIZE];
	time_t end = certificate_end(check->easy);
	long long left_sec;

	if (certificate_is_good(check, end, &left_sec))
		return;
	if (end < 0)
		result_set(result, OUTCOME_FAIL, check->fault->tls,
			   "the certificate's end cannot be read");
	else if (left_sec < 0)
		result_set(result, OUTCOME_FAIL, check->fault->tls,
			   "the certificate has ended");
	else
		result_set(result, OUTCOME_FAIL, check->fault->tls,
			   "the certificate ends in %s, wanted are %s",
			   format_left(left_sec, left),
			   format_left(wanted_sec, wanted));
}

/* What the application itself says, if it is asked */
static void judge_state(const struct transfer *check, long status,
			struct check_result *result)
{
	enum appstate state = APPSTATE_HEALTHY;
	uint32_t share = NFLB_PCT_MAX;
	struct why why;

	if (check->json_state)
		state = appstate_read(check->text, check->body_bytes, &share,
				      &why);
	switch (state) {
	case APPSTATE_HEALTHY:
		result_set(result, OUTCOME_PASS, REASON_SUCCESS, "status %ld",
			   status);
		result->share = share;
		break;
	case APPSTATE_DRAINING:
		result_set(result, OUTCOME_DRAINING, REASON_DRAINING,
			   "status %ld, and %s", status, why.text);
		break;
	case APPSTATE_OTHER:
		result_set(result, OUTCOME_FAIL, REASON_HTTP_STATUS,
			   "status %ld, but %s", status, why.text);
		break;
	}
}

static void judge_answer(const struct transfer *check,
			 struct check_result *result)
{
	long status = 0;

	curl_easy_getinfo(check->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!statuses_has(&check->expect, status)) {
		result_set(result, OUTCOME_FAIL, REASON_HTTP_STATUS,
			   "status %ld", status);
	} else if (check->body && !needle_is_found(check->body)) {
		result_set(result, OUTCOME_FAIL, REASON_HTTP_STATUS,
			   "status %ld, but the body is not as wanted", status);
	} else {
		judge_state(check, status, result);
		if (result->outcome != OUTCOME_FAIL)
			judge_certificate(check, result);
	}
}

/* What the server says of the service that it was asked for */
static void judge_health(const struct transfer *check,
			 struct check_result *result)
{
	bool is_serving;
	struct why why;

	is_serving = grpc_is_serving(check->grpc, &why);
	result_set(result, is_serving ? OUTCOME_PASS : OUTCOME_FAIL,
		   is_serving ? REASON_SUCCESS : REASON_GRPC_STATUS, "%s",
		   why.text);
	if (is_serving)
		judge_certificate(check, result);
}

static void judge_call(const struct transfer *check,
		       struct check_result *result)
{
	long status = 0, version = 0;

	curl_easy_getinfo(check->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(check->easy, CURLINFO_HTTP_VERSION, &version);
	if (version != CURL_HTTP_VERSION_2_0)
		result_set(result, OUTCOME_FAIL, check->fault->other, NO_HTTP2);
	else if (status != HTTP_OK)
		result_set(result, OUTCOME_FAIL, REASON_GRPC_STATUS,
			   "the answer is not gRPC, it has HTTP status %ld",
			   status);
	else
		judge_health(check, result);
}

static void judge_complete(const struct transfer *check,
			   struct check_result *result)
{
	if (check->is_http) {
		judge_answer(check, result);
	} else if (check->grpc) {
		judge_call(check, result);
	} else {
		result_set(result, OUTCOME_PASS, REASON_SUCCESS,
			   has_tls(check->type) ? "handshake done" :
						  "connected");
		judge_certificate(check, result);
	}
}

/*
 * A refused connection is an answer. That nothing is there to refuse it may be
 * a router's word, or that nobody has answered to ARP.
 */
static void judge_connect(const struct transfer *check, int err,
			  struct check_result *result)
{
	result_set(result, err == ECONNREFUSED ? OUTCOME_FAIL : OUTCOME_SILENCE,
		   check->fault->unreachable, "%s",
		   err ? strerror(err) : check->error);
}

static void judge_timeout(const struct transfer *check,
			  struct check_result *result)
{
	const struct fault *fault = check->fault;
	const char *missing = "connection";
	curl_off_t connected_us = 0;
	char text[TIME_TEXT_SIZE];

	curl_easy_getinfo(check->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	if (check->type == NFLB_PROBE_TYPE_TLS)
		missing = "handshake";
	else if (connected_us)
		missing = "answer";
	result_set(result, OUTCOME_SILENCE,
		   connected_us ? fault->no_answer : fault->no_connection,
		   "no %s within %s", missing,
		   format_ms(check->timeout_ms, text));
}

static bool is_of_tls(CURLcode code)
{
	return code == CURLE_SSL_CONNECT_ERROR ||
	       code == CURLE_PEER_FAILED_VERIFICATION;
}

/*
 * What libcurl says of an answer that is not HTTP/2 does not tell it from none,
 * and is another thing in each of its versions.
 */
static bool is_of_http2(CURLcode code)
{
	return code == CURLE_GOT_NOTHING || code == CURLE_HTTP2 ||
	       code == CURLE_WEIRD_SERVER_REPLY;
}

static void judge_other(const struct transfer *check, CURLcode code,
			struct check_result *result)
{
	const char *text = check->error[0] ? check->error :
					     curl_easy_strerror(code);

	if (code == CURLE_OUT_OF_MEMORY)
		text = "the answer's header is too long";
	else if (check->grpc && is_of_http2(code))
		text = NO_HTTP2;
	result_set(result, OUTCOME_FAIL,
		   is_of_tls(code) ? check->fault->tls : check->fault->other,
		   "%s", text);
}

static void judge_made(const struct transfer *check, CURLcode code, int err,
		       struct check_result *result)
{
	if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
		judge_complete(check, result);
	else if (code == CURLE_COULDNT_CONNECT)
		judge_connect(check, err, result);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		judge_timeout(check, result);
	else
		judge_other(check, code, result);
}

static void judge_lack(const struct transfer *check, CURLcode code, int err,
		       struct check_result *result)
{
	const char *text = err ? strerror(err) : curl_easy_strerror(code);

	if (*check->lack.text)
		text = check->lack.text;
	else if (code == CURLE_SSL_CERTPROBLEM && check->error[0])
		text = check->error;
	result_set_lack(result, "%s", text);
}

static void judge(const struct transfer *check, CURLcode code,
		  struct check_result *result)
{
	curl_off_t rtt_us = 0;
	long err = 0;

	curl_easy_getinfo(check->easy, CURLINFO_TOTAL_TIME_T, &rtt_us);
	curl_easy_getinfo(check->easy, CURLINFO_OS_ERRNO, &err);
	if (check->socket_errno)
		err = check->socket_errno;
	result->rtt_us = rtt_us;
	if (code == CURLE_OPERATION_TIMEDOUT && check->wait_errno)
		result_set_lack(result, "%s", strerror(check->wait_errno));
	else if (is_unseen(check, code, rtt_us))
		result_set_lack(result, "no time to look at answers");
	else if (is_lack(check, code, err))
		judge_lack(check, code, err, result);
	else
		judge_made(check, code, err, result);
}

static void finish(struct transfer *check, CURLcode code)
{
	struct check_result result = { 0 };
	struct check head = check->head;

	judge(check, code, &result);
	end_transfer(check);
	head.on_done(&result, head.arg);
}

static void finish_all(struct checks *checks)
{
	struct transfer *check;
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
