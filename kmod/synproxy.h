/* SPDX-License-Identifier: GPL-2.0-only */
/* Synproxies: when SYNs to a service are answered by cookies. */
#ifndef _NFLB_SYNPROXY_H
#define _NFLB_SYNPROXY_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

struct nf_conn;
struct nflb_account;
struct nflb_net;
struct nflb_snapshot;

/**
 * struct nflb_synproxy - protection of a service from floods of SYNs
 * @mark: connections half open at which it goes on, 0 for never; written under
 *	cfg_mutex
 * @half_open: connections half open, of those that were opened with a mark
 * @is_on: SYNs are answered by cookies; written under nflb_net.synproxy_lock
 * @is_watched: what answers a cookie may come; written as @is_on
 * @wscale: least scale of a window that backends have told, or
 *	NFLB_SYNPROXY_WSCALE before the first
 * @node: in nflb_net.synproxies while @is_watched; under the same lock
 * @calm_since: since when there has been no pressure, in jiffies; this and the
 *	next ones are those of the work alone
 * @calm_unanswered: cookies that had no answer then
 * @off_since: when it went off, in jiffies
 * @is_told: listeners believe that it is on
 */
struct nflb_synproxy {
	u32 mark;
	atomic_t half_open;
	bool is_on;
	bool is_watched;
	u8 wscale;
	struct list_head node;
	u64 calm_since;
	s64 calm_unanswered;
	u64 off_since;
	bool is_told;
};

/* What Linux has if nobody has given its sockets more memory. */
#define NFLB_SYNPROXY_WSCALE 7

/**
 * nflb_synproxy_is_on() - tells whether SYNs are answered by cookies
 * @synproxy: that of the service's account
 *
 * Return: true if so.
 */
static inline bool nflb_synproxy_is_on(const struct nflb_synproxy *synproxy)
{
	return READ_ONCE(synproxy->is_on);
}

void nflb_synproxy_setup(struct nflb_synproxy *synproxy);
bool nflb_synproxy_goes_on(struct nflb_synproxy *synproxy, s64 unanswered,
			   u64 now);
void nflb_synproxy_enter(struct nflb_net *nn, struct nflb_account *account);
void nflb_synproxy_leave(struct nflb_synproxy *synproxy);
void nflb_synproxy_learn(struct nflb_synproxy *synproxy, u8 wscale);
void nflb_synproxy_review(struct nflb_net *nn);

void nflb_synproxy_init(struct nflb_net *nn);
void nflb_synproxy_close(struct nflb_net *nn);

#endif /* _NFLB_SYNPROXY_H */
