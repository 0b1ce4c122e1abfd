/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One check of one backend: a connection, or a GET. Any number of them are
 * under way at once, in one thread. Only check.c knows libcurl.
 */
#ifndef LBCTL_CHECK_H
#define LBCTL_CHECK_H

#include "parse.h"
#include "tally.h"

#define CHECK_TEXT_SIZE	128

struct check;
struct checks;

/**
 * enum reason - why a check ended as it did
 * @REASON_SUCCESS: The answer is the one that was wanted.
 * @REASON_TCP_TIMEOUT: No connection in time.
 * @REASON_TCP_UNREACHABLE: The connection was refused, or there is no way.
 * @REASON_HTTP_STATUS: Another status than 200.
 * @REASON_HTTP_NO_RESPONSE: A connection, but no whole answer in time.
 * @REASON_HTTP_UNREACHABLE: No connection, or none of TLS.
 */
enum reason {
	REASON_SUCCESS,
	REASON_TCP_TIMEOUT,
	REASON_TCP_UNREACHABLE,
	REASON_HTTP_STATUS,
	REASON_HTTP_NO_RESPONSE,
	REASON_HTTP_UNREACHABLE,
};

/**
 * struct check_spec - what to check
 * @type: enum nflb_probe_type.
 * @address: Whom.
 * @port: Where.
 * @path: Path to get; empty for /.
 * @timeout_ms: When to give up.
 */
struct check_spec {
	uint32_t type;
	struct address address;
	uint16_t port;
	const char *path;
	uint64_t timeout_ms;
};

/**
 * struct check_result - how a check ended
 * @is_made: It was made; if not, this machine lacked something (files, ports,
 *           memory, time), and that says nothing of the backend.
 * @outcome: How it ended.
 * @reason: Why.
 * @rtt_us: From its begin to its end.
 * @text: The same for a person, without a full stop.
 */
struct check_result {
	bool is_made;
	enum outcome outcome;
	enum reason reason;
	uint64_t rtt_us;
	char text[CHECK_TEXT_SIZE];
};

/**
 * typedef check_done_fn - is called when a check has ended
 * @result: How; valid during the call.
 * @arg: As given with the function. The check is gone.
 */
typedef void (*check_done_fn)(const struct check_result *result, void *arg);

extern const struct word reason_words[];

struct checks *checks_new(int epoll_fd);
void checks_free(struct checks *checks);
struct check *check_begin(struct checks *checks, const struct check_spec *spec,
			  check_done_fn on_done, void *arg);
void check_cancel(struct check *check);
void checks_waited(struct checks *checks, uint64_t from_us, uint64_t until_us);
void checks_ready(struct checks *checks, int fd, uint32_t events);
void checks_expire(struct checks *checks, uint64_t now_us);
uint64_t checks_next_us(const struct checks *checks);

#endif /* LBCTL_CHECK_H */
