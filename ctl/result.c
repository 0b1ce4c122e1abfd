// SPDX-License-Identifier: GPL-2.0-only
/* How a check ended, and why. */
#include "result.h"

#include <stdarg.h>
#include <stdio.h>

/* The cloud's balancer's names for them, and some by their pattern. */
const struct word reason_words[] = {
	{ "Up_Probe_Success", REASON_SUCCESS },
	{ "Up_Probe_ApproachingUnhealthyThreshold", REASON_NEARLY_DOWN },
	{ "Down_Probe_ApproachingHealthyThreshold", REASON_NEARLY_UP },
	{ "Down_Probe_TcpProbeTimeout", REASON_TCP_TIMEOUT },
	{ "Down_Probe_TcpEndpointUnreachable", REASON_TCP_UNREACHABLE },
	{ "Down_Probe_HttpStatusCodeError", REASON_HTTP_STATUS },
	{ "Down_Probe_ApplicationDraining", REASON_DRAINING },
	{ "Down_Probe_HttpNoResponse", REASON_HTTP_NO_RESPONSE },
	{ "Down_Probe_HttpEndpointUnreachable", REASON_HTTP_UNREACHABLE },
	{ "Down_Probe_UdpProbeTimeout", REASON_UDP_TIMEOUT },
	{ "Down_Probe_UdpEndpointUnreachable", REASON_UDP_UNREACHABLE },
	{ "Down_Probe_UdpAnswerError", REASON_UDP_ANSWER },
	{ "Down_Probe_ExecStatusError", REASON_EXEC_STATUS },
	{ "Down_Probe_ExecProbeTimeout", REASON_EXEC_TIMEOUT },
	{ "Down_Probe_TlsProbeTimeout", REASON_TLS_TIMEOUT },
	{ "Down_Probe_TlsEndpointUnreachable", REASON_TLS_UNREACHABLE },
	{ "Down_Probe_TlsHandshakeError", REASON_TLS_HANDSHAKE },
	{ "Down_Probe_IcmpProbeTimeout", REASON_ICMP_TIMEOUT },
	{ "Down_Probe_IcmpEndpointUnreachable", REASON_ICMP_UNREACHABLE },
	{ "Down_Probe_GrpcStatusError", REASON_GRPC_STATUS },
	{ "Down_Probe_GrpcNoResponse", REASON_GRPC_NO_RESPONSE },
	{ "Down_Probe_GrpcEndpointUnreachable", REASON_GRPC_UNREACHABLE },
	{ NULL, 0 },
};

/* Some of it comes from the backend, and it goes to terminals. */
__printf(2, 0) static void set_text(struct check_result *result,
				    const char *fmt, va_list ap)
{
	vsnprintf(result->text, sizeof(result->text), fmt, ap);
	make_visible(result->text);
}

/**
 * result_set() - says how a check ended that was made
 * @result: The result.
 * @outcome: How it ended.
 * @reason: Why.
 * @fmt: As for printf(); too long a text is cut.
 *
 * Nobody has said then that less than all of a share is wanted.
 */
void result_set(struct check_result *result, enum outcome outcome,
		enum reason reason, const char *fmt, ...)
{
	va_list ap;

	result->is_made = true;
	result->outcome = outcome;
	result->reason = reason;
	result->share = NFLB_PCT_MAX;
	va_start(ap, fmt);
	set_text(result, fmt, ap);
	va_end(ap);
}

/**
 * result_set_lack() - says why a check could not be made
 * @result: The result.
 * @fmt: As for printf(); too long a text is cut.
 */
void result_set_lack(struct check_result *result, const char *fmt, ...)
{
	va_list ap;

	result->is_made = false;
	va_start(ap, fmt);
	set_text(result, fmt, ap);
	va_end(ap);
}
