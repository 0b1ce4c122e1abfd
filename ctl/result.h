/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a check ended, and why.
 */
#ifndef LBCTL_RESULT_H
#define LBCTL_RESULT_H

#include "parse.h"
#include "tally.h"

#define RESULT_TEXT_SIZE	(NFLB_TEXT_MAX + 1)

/**
 * enum reason - why a check ended as it did, or a backend is in its state
 * @REASON_SUCCESS: The answer is the one that was wanted.
 * @REASON_NEARLY_DOWN: The backend is up, but the check failed.
 * @REASON_NEARLY_UP: The backend is down, but the check passed.
 * @REASON_TCP_TIMEOUT: No connection in time.
 * @REASON_TCP_UNREACHABLE: The connection was refused, or there is no way.
 * @REASON_HTTP_STATUS: Another status than is wanted, or another body.
 * @REASON_DRAINING: The application says that it drains.
 * @REASON_HTTP_NO_RESPONSE: A connection, but no whole answer in time.
 * @REASON_HTTP_UNREACHABLE: No connection, or none of TLS as is wanted.
 * @REASON_UDP_TIMEOUT: No answer in time.
 * @REASON_UDP_UNREACHABLE: An ICMP error, or there is no way.
 * @REASON_UDP_ANSWER: Another answer than is wanted.
 * @REASON_EXEC_STATUS: Another exit status than 0, or the end by a signal.
 * @REASON_EXEC_TIMEOUT: No end in time.
 * @REASON_TLS_TIMEOUT: No connection, or no handshake, in time.
 * @REASON_TLS_UNREACHABLE: The connection was refused, or there is no way.
 * @REASON_TLS_HANDSHAKE: A handshake that failed, or a certificate that is not
 *                        as wanted.
 * @REASON_ICMP_TIMEOUT: No answer in time.
 * @REASON_ICMP_UNREACHABLE: An ICMP error, or there is no way.
 * @REASON_GRPC_STATUS: Another status than is wanted, or an answer that is not
 *                      of gRPC.
 * @REASON_GRPC_NO_RESPONSE: A connection, but no whole answer in time.
 * @REASON_GRPC_UNREACHABLE: No connection, or none of TLS as is wanted.
 */
enum reason {
	REASON_SUCCESS,
	REASON_NEARLY_DOWN,
	REASON_NEARLY_UP,
	REASON_TCP_TIMEOUT,
	REASON_TCP_UNREACHABLE,
	REASON_HTTP_STATUS,
	REASON_DRAINING,
	REASON_HTTP_NO_RESPONSE,
	REASON_HTTP_UNREACHABLE,
	REASON_UDP_TIMEOUT,
	REASON_UDP_UNREACHABLE,
	REASON_UDP_ANSWER,
	REASON_EXEC_STATUS,
	REASON_EXEC_TIMEOUT,
	REASON_TLS_TIMEOUT,
	REASON_TLS_UNREACHABLE,
	REASON_TLS_HANDSHAKE,
	REASON_ICMP_TIMEOUT,
	REASON_ICMP_UNREACHABLE,
	REASON_GRPC_STATUS,
	REASON_GRPC_NO_RESPONSE,
	REASON_GRPC_UNREACHABLE,
};

/**
 * struct check_result - how a check ended
 * @is_made: It was made; if not, this machine lacked something (files, ports,
 *           memory, time), and that says nothing of the backend.
 * @outcome: How it ended.
 * @reason: Why.
 * @share: What the application wants of its share of new flows, in percent.
 * @rtt_us: From its begin to its end.
 * @text: The same for a person, without a full stop, in visible characters of
 *        ASCII.
 */
struct check_result {
	bool is_made;
	enum outcome outcome;
	enum reason reason;
	uint32_t share;
	uint64_t rtt_us;
	char text[RESULT_TEXT_SIZE];
};

extern const struct word reason_words[];

__printf(4, 5) void result_set(struct check_result *result,
			       enum outcome outcome, enum reason reason,
			       const char *fmt, ...);
__printf(2, 3) void result_set_lack(struct check_result *result,
				    const char *fmt, ...);

#endif /* LBCTL_RESULT_H */
