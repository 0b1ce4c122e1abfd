/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets of checks: where they come from, and what they go out by.
 */
#ifndef LBCTL_SOCK_H
#define LBCTL_SOCK_H

#include <sys/socket.h>

#include "nflb.h"
#include "parse.h"

/**
 * struct sock_way - how sockets go
 * @source: Address that they come from, or none.
 * @device: Device that they go out by, or empty.
 * @mark: Mark of what they send, or 0.
 */
struct sock_way {
	struct address source;
	char device[NFLB_DEVICE_MAX + 1];
	uint32_t mark;
};

int sock_open(int family, int type, int protocol, const struct sock_way *way);
int sock_waiter(void);
bool sock_is_lack(int err);
socklen_t sock_address(struct sockaddr_storage *to,
		       const struct address *address, uint16_t port);

#endif /* LBCTL_SOCK_H */
