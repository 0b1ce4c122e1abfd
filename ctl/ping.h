/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ICMP echo requests, and what answers them.
 */
#ifndef LBCTL_PING_H
#define LBCTL_PING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sock.h"

#define PING_SIZE	16

/**
 * struct ping - an echo request
 * @is_v4: Of ICMP, not of ICMPv6.
 * @is_raw: Its socket gets all that is of ICMP, not only what answers it.
 * @token: What it says, and its answer with it.
 */
struct ping {
	bool is_v4;
	bool is_raw;
	uint64_t token;
};

int ping_open(struct ping *ping, const struct address *address,
	      const struct sock_way *way);
void ping_request(const struct ping *ping, uint8_t bytes[PING_SIZE]);
bool ping_is_answer(const struct ping *ping, const uint8_t *bytes, size_t len);

#endif /* LBCTL_PING_H */
