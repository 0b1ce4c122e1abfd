/* SPDX-License-Identifier: GPL-2.0-only */
/* Frontends: virtual addresses. */
#ifndef _NFLB_FRONTEND_H
#define _NFLB_FRONTEND_H

#include <linux/netfilter.h>

#include "addr.h"
#include "object.h"
#include "ping.h"

/**
 * struct nflb_frontend - a virtual address
 * @object: name and references
 * @addr: the address
 * @ping: what echo requests get, enum nflb_ping
 * @is_served: a service on it has a backend for new flows. This is mutable once
 *	published: changed under cfg_mutex, as health changes
 * @ping_limit: how many echo requests are answered; changed by packets, so away
 *	from what all packets read
 * @is_served_now: what @is_served is about to be; under cfg_mutex
 */
struct nflb_frontend {
	struct nflb_object object;
	struct nflb_addr addr;
	u8 ping;
	bool is_served;
	struct nflb_ping_limit ping_limit ____cacheline_aligned_in_smp;
	bool is_served_now;
};

/**
 * struct nflb_frontend_spec - what a request says of a frontend
 * @name: its name
 * @addr: its address, or NULL when not said
 * @ping: enum nflb_ping, or NFLB_NONE
 */
struct nflb_frontend_spec {
	const char *name;
	const struct nflb_addr *addr;
	u32 ping;
};

struct nflb_frontend *nflb_frontend_alloc(const char *name,
					  const struct nflb_addr *addr);

#endif /* _NFLB_FRONTEND_H */
