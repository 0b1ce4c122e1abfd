// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times: how long the flows of a service, or a snat, may be idle.
 *
 * Conntrack gives an entry the time that its sysctls say for each packet that
 * it is shown. At the end of the packet's way, the time of the flow's service
 * takes the place of that. So a packet that a rule of the host drops in between
 * has the entry live for as long as conntrack says.
 *
 * Why not by the extension that conntrack has for this: who frees what that
 * points to, and whether the one who adds it counts a reference, has changed
 * within stable series of the kernel. An entry that has the extension was given
 * it by a rule of the administrator, who has said more of the flow than of its
 * service: that time stays, and so does one that he has fixed.
 *
 * What is left of a connection that has closed is no flow any more, and so
 * conntrack's own matter.
 */

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <uapi/nflb.h>

#include "floating.h"
#include "object.h"
#include "times.h"

/*
 * A flow of UDP that is new lives for this part of the time, as it is in
 * conntrack: most are a question and its answer, and would fill the table.
 */
#define NFLB_TIMES_UDP_NEW_PART 4

/*
 * So much longer lives the entry of a connection that is to be reset: until it
 * is found, and both ends know.
 */
#define NFLB_TIMES_GRACE (10 * HZ)

/**
 * nflb_idle_init() - begins with what holds for who says nothing
 * @idle: of a new service or snat
 */
void nflb_idle_init(struct nflb_idle *idle)
{
	*idle = (struct nflb_idle) {
		.half_open_ms = NFLB_HALF_OPEN_TIMEOUT_MS,
		.established_ms = NFLB_IDLE_TIMEOUT_MS,
		.half_closed_ms = NFLB_HALF_CLOSED_TIMEOUT_MS,
		.udp_ms = NFLB_UDP_TIMEOUT_MS,
	};
}

/**
 * nflb_idle_apply() - takes over what a request says
 * @idle: of a service or snat that is edited
 * @spec: what it says
 */
void nflb_idle_apply(struct nflb_idle *idle, const struct nflb_idle_spec *spec)
{
	if (spec->established_ms != NFLB_NONE)
		idle->established_ms = spec->established_ms;
	if (spec->half_open_ms != NFLB_NONE)
		idle->half_open_ms = spec->half_open_ms;
	if (spec->half_closed_ms != NFLB_NONE)
		idle->half_closed_ms = spec->half_closed_ms;
	if (spec->udp_ms != NFLB_NONE)
		idle->udp_ms = spec->udp_ms;
	if (spec->is_reset != NFLB_NONE)
		idle->is_reset = spec->is_reset;
}

/* Packets on all CPUs read the line: no write for nothing. */
static bool nflb_times_set(u32 *time, u32 value)
{
	if (*time == value)
		return false;
	WRITE_ONCE(*time, value);
	return true;
}

/**
 * nflb_times_update() - takes over what a service says
 * @times: times of its flows, those that exist, too
 * @idle: what it says
 *
 * Context: process, under cfg_mutex.
 * Return: true if some are to be reset at another time than before.
 */
bool nflb_times_update(struct nflb_times *times, const struct nflb_idle *idle)
{
	u32 established = msecs_to_jiffies(idle->established_ms);
	u32 udp = msecs_to_jiffies(idle->udp_ms);
	u32 *entry = times->entry;

	nflb_times_set(&entry[NFLB_TIME_HALF_OPEN],
		       msecs_to_jiffies(idle->half_open_ms));
	nflb_times_set(&entry[NFLB_TIME_HALF_CLOSED],
		       msecs_to_jiffies(idle->half_closed_ms));
	nflb_times_set(&entry[NFLB_TIME_UDP], udp);
	nflb_times_set(&entry[NFLB_TIME_UDP_NEW],
		       max_t(u32, udp / NFLB_TIMES_UDP_NEW_PART, HZ));
	nflb_times_set(&entry[NFLB_TIME_ESTABLISHED],
		       established + (idle->is_reset ? NFLB_TIMES_GRACE : 0));
	return nflb_times_set(&times->reset_after,
			      idle->is_reset ? established : 0);
}

/**
 * nflb_times_of_tcp() - tells what a connection is in
 * @state: conntrack's state
 * @is_answered: both ends have been heard of
 *
 * One that conntrack has picked up midway is established to it, though the
 * other end may know nothing of it.
 *
 * Return: enum nflb_time.
 */
enum nflb_time nflb_times_of_tcp(u8 state, bool is_answered)
{
	switch (state) {
	case TCP_CONNTRACK_SYN_SENT:
	case TCP_CONNTRACK_SYN_SENT2:
	case TCP_CONNTRACK_SYN_RECV:
		return NFLB_TIME_HALF_OPEN;
	case TCP_CONNTRACK_ESTABLISHED:
		return is_answered ? NFLB_TIME_ESTABLISHED :
				     NFLB_TIME_HALF_OPEN;
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
		return NFLB_TIME_HALF_CLOSED;
	default:
		return NFLB_N_TIMES;
	}
}

static enum nflb_time nflb_times_of(const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		return nflb_times_of_tcp(READ_ONCE(ct->proto.tcp.state),
					 status & IPS_SEEN_REPLY);
	case IPPROTO_UDP:
		return status & IPS_ASSURED ? NFLB_TIME_UDP :
					      NFLB_TIME_UDP_NEW;
	default:
		return NFLB_N_TIMES;
	}
}

/**
 * nflb_times_find() - finds how long an entry lives after a packet
 * @times: times of the flow's service
 * @ct: the entry
 *
 * Context: any.
 * Return: the time in jiffies, or 0 if that is conntrack's matter.
 */
u32 nflb_times_find(const struct nflb_times *times, const struct nf_conn *ct)
{
	enum nflb_time time = nflb_times_of(ct);

	return time == NFLB_N_TIMES ? 0 : READ_ONCE(times->entry[time]);
}

static bool nflb_times_is_ours(const struct nf_conn *ct)
{
	return !test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status) &&
	       !nf_ct_timeout_find(ct);
}

/**
 * nflb_times_begin() - gives an entry its first time
 * @times: times of the flow's service
 * @ct: the entry, which is not confirmed, so its time has not begun
 *
 * Context: softirq or process.
 */
void nflb_times_begin(const struct nflb_times *times, struct nf_conn *ct)
{
	u32 time = nflb_times_find(times, ct);

	if (time && nflb_times_is_ours(ct))
		ct->timeout = time;
}

/* A SYN that is sent again finds the time running, as it does in conntrack. */
static bool nflb_times_is_running(const struct nf_conn *ct)
{
	u8 state;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	state = READ_ONCE(ct->proto.tcp.state);
	/* That of a floating flow is taken for an answered one. */
	return state == TCP_CONNTRACK_SYN_SENT ||
	       (state == TCP_CONNTRACK_SYN_RECV && nflb_floating_is(ct));
}

/**
 * nflb_times_renew() - gives an entry its time anew
 * @times: times of the flow's service
 * @ct: the entry, with a packet that conntrack has let pass
 *
 * Context: any but hard interrupt.
 */
void nflb_times_renew(const struct nflb_times *times, struct nf_conn *ct)
{
	u32 time = nflb_times_find(times, ct);

	if (time && nflb_times_is_ours(ct) && !nflb_times_is_running(ct))
		WRITE_ONCE(ct->timeout, nfct_time_stamp + time);
}

/**
 * nflb_times_left_ms() - tells how long a flow may still be idle
 * @times: times of its service
 * @ct: its entry
 *
 * Context: any.
 * Return: the time, 0 if it is over.
 */
u32 nflb_times_left_ms(const struct nflb_times *times,
		       const struct nf_conn *ct)
{
	u32 left = nf_ct_expires(ct);

	if (READ_ONCE(times->reset_after) &&
	    nflb_times_of(ct) == NFLB_TIME_ESTABLISHED)
		left -= min_t(u32, left, NFLB_TIMES_GRACE);
	return jiffies_to_msecs(left);
}

/**
 * nflb_times_is_over() - tells whether a connection is to be reset
 * @times: times of its service
 * @ct: its entry
 * @stamp: when its last packet passed, as nfct_time_stamp
 *
 * Context: any.
 * Return: true if it is established, and idle for longer than that may be.
 */
bool nflb_times_is_over(const struct nflb_times *times,
			const struct nf_conn *ct, u32 stamp)
{
	u32 after = READ_ONCE(times->reset_after);
	s32 idle = nfct_time_stamp - stamp;

	return after && idle >= (s32)after &&
	       nf_ct_is_confirmed(ct) && nflb_times_is_ours(ct) &&
	       nflb_times_of(ct) == NFLB_TIME_ESTABLISHED;
}
