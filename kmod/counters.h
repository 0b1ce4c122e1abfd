/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters: per CPU, 64 bits wide on every machine, they only grow. */
#ifndef _NFLB_COUNTERS_H
#define _NFLB_COUNTERS_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/**
 * enum nflb_counter - traffic that is counted
 * @NFLB_NEW_FLOWS: flows that were bound and entered conntrack
 * @NFLB_IN_PKTS: packets from client to backend
 * @NFLB_IN_BYTES: bytes of their IP packets
 * @NFLB_OUT_PKTS: packets from backend to client
 * @NFLB_OUT_BYTES: bytes of their IP packets
 * @NFLB_FAILED_CONNECTS: first packets without the answer that they need, and
 *	datagrams that could not be delivered; without a trial, only those of
 *	connections that expired
 * @NFLB_N_COUNTERS: number of the above
 */
enum nflb_counter {
	NFLB_NEW_FLOWS,
	NFLB_IN_PKTS,
	NFLB_IN_BYTES,
	NFLB_OUT_PKTS,
	NFLB_OUT_BYTES,
	NFLB_FAILED_CONNECTS,
	NFLB_N_COUNTERS,
};

/**
 * enum nflb_reason - why a packet's way ended or bent
 * @NFLB_DROP_NO_BACKEND: no backend was eligible
 * @NFLB_DROP_NO_MEMORY: memory was short
 * @NFLB_DROP_STALE: its service or backend was removed meanwhile, or it begins
 *	what has ended again, with a backend that may have nothing new
 * @NFLB_DROP_CONFIRM: conntrack refused the entry
 * @NFLB_PASS_NO_SERVICE: to a frontend, but no service matched
 * @NFLB_HAIRPIN: the source was translated as well
 * @NFLB_PORT_REWRITTEN: the source port was taken and had to change
 * @NFLB_CLASH_MERGED: joined the flow that another first packet had begun
 * @NFLB_WITH_HELPER: carries a conntrack helper of its own
 * @NFLB_SLOW_PKTS: a packet of an open flow did not take the fast path
 * @NFLB_EXPRESS_FLOWS: opened at a device's ingress
 * @NFLB_REJECT_NO_BACKEND: as NFLB_DROP_NO_BACKEND, but was told so
 * @NFLB_BACKUP_PICKS: given to a backend of a backup pool
 * @NFLB_ALL_DOWN_PICKS: given to a backend though none was eligible
 * @NFLB_PANIC_PICKS: given to a backend in the pool's panic
 * @NFLB_RESET_FLOWS: a connection was ended by resets
 * @NFLB_PING_REPLIES: an echo request to a frontend was answered
 * @NFLB_PING_UNREACHABLE: an echo request, but no service has a backend
 * @NFLB_PING_DROPS: an echo request that gets no answer
 * @NFLB_SPILL_PICKS: given to a backend that is not of the preferred zone,
 *	for none of the reasons above
 * @NFLB_AFFINITY_HITS: given to the backend that its client is remembered to
 *	have
 * @NFLB_AFFINITY_EVICTIONS: a client that was not yet due to be was forgotten
 *	for its own
 * @NFLB_IDLE_RESETS: of NFLB_RESET_FLOWS, one that had been idle for too long
 * @NFLB_DEADLINE_RESETS: of NFLB_RESET_FLOWS, one that the deadline of a drain
 *	has ended
 * @NFLB_DOWN_RESETS: of NFLB_RESET_FLOWS, one whose backend is down
 * @NFLB_REMOVED_RESETS: of NFLB_RESET_FLOWS, one whose backend was removed at
 *	once
 * @NFLB_DROP_NOT_ALLOWED: its service does not take flows from there
 * @NFLB_DROP_FULL: the backends that may serve have as many flows as they may
 * @NFLB_REJECT_FULL: as NFLB_DROP_FULL, but was told so
 * @NFLB_OVERFLOW_PICKS: given to another backend than one that has as many
 * @NFLB_DROP_MAX_FLOWS: its service has as many flows as it may
 * @NFLB_DROP_MAX_RATE: its service has had as many new flows as it may
 * @NFLB_PICK_UPS: a packet of TCP that belonged to no flow was taken for the
 *	first one of one
 * @NFLB_REJECT_NO_FLOW: such a packet was answered by a reset
 * @NFLB_DROP_NO_FLOW: such a packet, and nobody was told
 * @NFLB_DROP_STRAY_ANSWER: such a packet, of a backend
 * @NFLB_SNAT_FLOWS: a backend's flow left through an address of a snat
 * @NFLB_DROP_NO_PORTS: its backend had no port left for the destination
 * @NFLB_NO_PORT: a backend came to the pool of a nat that had no port for it
 * @NFLB_COOKIES_SENT: a SYN was answered by a cookie
 * @NFLB_COOKIES_ACCEPTED: a cookie was answered, so there is a flow
 * @NFLB_COOKIES_REFUSED: a packet of TCP that belonged to no flow had no
 *	cookie, or a SYN cannot be answered by one
 * @NFLB_DROP_NOT_FLOATING: its service is floating, and it cannot be
 * @NFLB_N_REASONS: number of the above
 */
enum nflb_reason {
	NFLB_DROP_NO_BACKEND,
	NFLB_DROP_NO_MEMORY,
	NFLB_DROP_STALE,
	NFLB_DROP_CONFIRM,
	NFLB_PASS_NO_SERVICE,
	NFLB_HAIRPIN,
	NFLB_PORT_REWRITTEN,
	NFLB_CLASH_MERGED,
	NFLB_WITH_HELPER,
	NFLB_SLOW_PKTS,
	NFLB_EXPRESS_FLOWS,
	NFLB_REJECT_NO_BACKEND,
	NFLB_BACKUP_PICKS,
	NFLB_ALL_DOWN_PICKS,
	NFLB_PANIC_PICKS,
	NFLB_RESET_FLOWS,
	NFLB_PING_REPLIES,
	NFLB_PING_UNREACHABLE,
	NFLB_PING_DROPS,
	NFLB_SPILL_PICKS,
	NFLB_AFFINITY_HITS,
	NFLB_AFFINITY_EVICTIONS,
	NFLB_IDLE_RESETS,
	NFLB_DEADLINE_RESETS,
	NFLB_DOWN_RESETS,
	NFLB_REMOVED_RESETS,
	NFLB_DROP_NOT_ALLOWED,
	NFLB_DROP_FULL,
	NFLB_REJECT_FULL,
	NFLB_OVERFLOW_PICKS,
	NFLB_DROP_MAX_FLOWS,
	NFLB_DROP_MAX_RATE,
	NFLB_PICK_UPS,
	NFLB_REJECT_NO_FLOW,
	NFLB_DROP_NO_FLOW,
	NFLB_DROP_STRAY_ANSWER,
	NFLB_SNAT_FLOWS,
	NFLB_DROP_NO_PORTS,
	NFLB_NO_PORT,
	NFLB_COOKIES_SENT,
	NFLB_COOKIES_ACCEPTED,
	NFLB_COOKIES_REFUSED,
	NFLB_DROP_NOT_FLOATING,
	NFLB_N_REASONS,
};

/**
 * struct nflb_counters - traffic on one CPU
 * @sync: makes 64-bit reads whole on 32-bit machines
 * @n: the counters, by enum nflb_counter
 */
struct nflb_counters {
	struct u64_stats_sync sync;
	u64_stats_t n[NFLB_N_COUNTERS];
};

/**
 * struct nflb_reasons - reasons on one CPU
 * @sync: makes 64-bit reads whole on 32-bit machines
 * @n: the counters, by enum nflb_reason
 */
struct nflb_reasons {
	struct u64_stats_sync sync;
	u64_stats_t n[NFLB_N_REASONS];
};

struct nflb_counters __percpu *nflb_counters_alloc(void);
void nflb_counters_fold(const struct nflb_counters __percpu *counters,
			u64 sum[NFLB_N_COUNTERS]);
void nflb_counters_inc(struct nflb_counters __percpu *counters,
		       enum nflb_counter counter);

/**
 * nflb_counters_packet() - counts a packet of a flow
 * @counters: whose
 * @is_reply: from backend to client
 * @n_pkts: packets on the wire that it stands for
 * @n_bytes: bytes of its IP packet
 *
 * Context: bottom halves off.
 */
static inline void nflb_counters_packet(struct nflb_counters __percpu *counters,
					bool is_reply, u64 n_pkts, u64 n_bytes)
{
	struct nflb_counters *c = this_cpu_ptr(counters);
	u64_stats_t *n = &c->n[is_reply ? NFLB_OUT_PKTS : NFLB_IN_PKTS];

	u64_stats_update_begin(&c->sync);
	u64_stats_add(&n[0], n_pkts);
	/* Bytes stand behind packets, in both directions. */
	u64_stats_add(&n[1], n_bytes);
	u64_stats_update_end(&c->sync);
}

struct nflb_reasons __percpu *nflb_reasons_alloc(void);
void nflb_reasons_fold(const struct nflb_reasons __percpu *reasons,
		       u64 sum[NFLB_N_REASONS]);
u64 nflb_reasons_lost(const struct nflb_reasons __percpu *reasons);
void nflb_reasons_inc(struct nflb_reasons __percpu *reasons,
		      enum nflb_reason reason);

#endif /* _NFLB_COUNTERS_H */
