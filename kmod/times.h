/* SPDX-License-Identifier: GPL-2.0-only */
/* Times: how long the flows of a service, or a snat, may be idle. */
#ifndef _NFLB_TIMES_H
#define _NFLB_TIMES_H

#include <linux/types.h>

struct nf_conn;
struct nflb_fast;

/**
 * struct nflb_idle - what a service, or a snat, says of idle flows
 * @half_open_ms: TCP: until both ends have been heard of
 * @established_ms: TCP: after that
 * @half_closed_ms: TCP: once an end has closed
 * @udp_ms: UDP, when it goes on for more than a moment; a quarter of that
 *	before, but a second at least
 * @is_reset: connections that are established end by resets
 */
struct nflb_idle {
	u32 half_open_ms;
	u32 established_ms;
	u32 half_closed_ms;
	u32 udp_ms;
	bool is_reset;
};

/**
 * struct nflb_idle_spec - what a request says of idle flows
 * @established_ms: see struct nflb_idle, or NFLB_NONE; so are the others
 * @half_open_ms: likewise
 * @half_closed_ms: likewise
 * @udp_ms: likewise
 * @is_reset: likewise
 */
struct nflb_idle_spec {
	u32 established_ms;
	u32 half_open_ms;
	u32 half_closed_ms;
	u32 udp_ms;
	u32 is_reset;
};

/**
 * enum nflb_time - what a flow is in, for its time
 * @NFLB_TIME_HALF_OPEN: TCP, one end has been heard of
 * @NFLB_TIME_ESTABLISHED: TCP, both have
 * @NFLB_TIME_HALF_CLOSED: TCP, one end has closed
 * @NFLB_TIME_UDP: UDP, goes on for more than a moment
 * @NFLB_TIME_UDP_NEW: UDP, not yet
 * @NFLB_N_TIMES: number of the above; anything else, whose time is conntrack's
 *	own
 */
enum nflb_time {
	NFLB_TIME_HALF_OPEN,
	NFLB_TIME_ESTABLISHED,
	NFLB_TIME_HALF_CLOSED,
	NFLB_TIME_UDP,
	NFLB_TIME_UDP_NEW,
	NFLB_N_TIMES,
};

/**
 * struct nflb_times - the same, as packets want to have it
 * @entry: how long an entry of conntrack lives after a packet, in jiffies
 * @reset_after: after how many an established connection is reset, or 0
 *
 * Written under cfg_mutex, and read by packets.
 */
struct nflb_times {
	u32 entry[NFLB_N_TIMES];
	u32 reset_after;
};

void nflb_idle_init(struct nflb_idle *idle);
void nflb_idle_apply(struct nflb_idle *idle, const struct nflb_idle_spec *spec);
bool nflb_times_update(struct nflb_times *times, const struct nflb_idle *idle);
enum nflb_time nflb_times_of_tcp(u8 state, bool is_answered);
u32 nflb_times_find(const struct nflb_times *times, const struct nf_conn *ct);
void nflb_times_begin(const struct nflb_times *times, struct nf_conn *ct);
void nflb_times_renew(const struct nflb_times *times, struct nf_conn *ct);
u32 nflb_times_left_ms(const struct nflb_times *times,
		       const struct nf_conn *ct);
bool nflb_times_is_over(const struct nflb_times *times,
			const struct nf_conn *ct, u32 stamp);

#endif /* _NFLB_TIMES_H */
