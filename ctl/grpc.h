/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gRPC Health Checking Protocol, but for its transport: the bytes that ask,
 * and what is made of those that answer.
 */
#ifndef LBCTL_GRPC_H
#define LBCTL_GRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"
#include "nflb.h"

#define GRPC_PATH		"/grpc.health.v1.Health/Check"
#define GRPC_PREFIX_BYTES	5	/* before each message */
#define GRPC_REQUEST_MAX	(GRPC_PREFIX_BYTES + 2 + NFLB_GRPC_SERVICE_MAX)
#define GRPC_ANSWER_MAX		1024	/* that of health has seven bytes */
#define GRPC_STATUS_SIZE	16
#define GRPC_MESSAGE_SIZE	128

/**
 * struct grpc_answer - an answer, as far as it has come; zeros at first
 * @is_grpc: Its content is of gRPC.
 * @status: Its grpc-status, cut if it is too long; empty for none.
 * @message: Its grpc-message, decoded, and cut if it is too long.
 * @n_bytes: How much of its body has come; one more than the most if more has.
 * @bytes: That, with the prefix.
 */
struct grpc_answer {
	bool is_grpc;
	char status[GRPC_STATUS_SIZE];
	char message[GRPC_MESSAGE_SIZE];
	size_t n_bytes;
	uint8_t bytes[GRPC_ANSWER_MAX];
};

size_t grpc_request(const char *service, uint8_t bytes[GRPC_REQUEST_MAX]);
void grpc_take_header(struct grpc_answer *answer, const char *line, size_t len);
bool grpc_take_body(struct grpc_answer *answer, const void *bytes, size_t len);
bool grpc_is_serving(const struct grpc_answer *answer, struct why *why);

#endif /* LBCTL_GRPC_H */
