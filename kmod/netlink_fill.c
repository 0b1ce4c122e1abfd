// SPDX-License-Identifier: GPL-2.0-only
/* What replies and events say of objects. */

#include <net/genetlink.h>
#include <net/netlink.h>
#include <uapi/nflb.h>

#include "alerts.h"
#include "allow.h"
#include "counters.h"
#include "drain.h"
#include "nat.h"
#include "net.h"
#include "netlink_fill.h"
#include "note.h"
#include "ramp.h"
#include "reason.h"
#include "report.h"
#include "sched.h"
#include "snapshot.h"
#include "version.h"

/**
 * nflb_fill_addr() - puts an address
 * @skb: the message
 * @attr: id of the attribute
 * @addr: the address
 *
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_addr(struct sk_buff *skb, int attr, const struct nflb_addr *addr)
{
	return nla_put(skb, attr, addr->family == AF_INET ? 4 : 16, &addr->ip);
}

static int nflb_fill_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, NFLB_A_COUNTERS_PAD);
}

static int nflb_fill_traffic(struct sk_buff *skb, const u64 *sum, u32 active)
{
	static const int attr[NFLB_N_COUNTERS] = {
		[NFLB_NEW_FLOWS] = NFLB_A_COUNTERS_NEW_FLOWS,
		[NFLB_IN_PKTS] = NFLB_A_COUNTERS_IN_PKTS,
		[NFLB_IN_BYTES] = NFLB_A_COUNTERS_IN_BYTES,
		[NFLB_OUT_PKTS] = NFLB_A_COUNTERS_OUT_PKTS,
		[NFLB_OUT_BYTES] = NFLB_A_COUNTERS_OUT_BYTES,
		[NFLB_FAILED_CONNECTS] = NFLB_A_COUNTERS_FAILED_CONNECTS,
	};
	int i;

	for (i = 0; i < NFLB_N_COUNTERS; i++) {
		if (nflb_fill_u64(skb, attr[i], sum[i]))
			return -EMSGSIZE;
	}
	return nflb_fill_u64(skb, NFLB_A_COUNTERS_ACTIVE, active);
}

static int nflb_fill_reasons(struct sk_buff *skb,
			     const struct nflb_reasons __percpu *reasons)
{
	static const int attr[NFLB_N_REASONS] = {
		[NFLB_DROP_NO_BACKEND] = NFLB_A_COUNTERS_DROP_NO_BACKEND,
		[NFLB_DROP_NO_MEMORY] = NFLB_A_COUNTERS_DROP_NO_MEMORY,
		[NFLB_DROP_STALE] = NFLB_A_COUNTERS_DROP_STALE,
		[NFLB_DROP_CONFIRM] = NFLB_A_COUNTERS_DROP_CONFIRM,
		[NFLB_PASS_NO_SERVICE] = NFLB_A_COUNTERS_PASS_NO_SERVICE,
		[NFLB_HAIRPIN] = NFLB_A_COUNTERS_HAIRPIN,
		[NFLB_PORT_REWRITTEN] = NFLB_A_COUNTERS_PORT_REWRITTEN,
		[NFLB_CLASH_MERGED] = NFLB_A_COUNTERS_CLASH_MERGED,
		[NFLB_WITH_HELPER] = NFLB_A_COUNTERS_WITH_HELPER,
		[NFLB_SLOW_PKTS] = NFLB_A_COUNTERS_SLOW_PKTS,
		[NFLB_EXPRESS_FLOWS] = NFLB_A_COUNTERS_EXPRESS_FLOWS,
		[NFLB_REJECT_NO_BACKEND] = NFLB_A_COUNTERS_REJECT_NO_BACKEND,
		[NFLB_BACKUP_PICKS] = NFLB_A_COUNTERS_BACKUP_PICKS,
		[NFLB_ALL_DOWN_PICKS] = NFLB_A_COUNTERS_ALL_DOWN_PICKS,
		[NFLB_PANIC_PICKS] = NFLB_A_COUNTERS_PANIC_PICKS,
		[NFLB_RESET_FLOWS] = NFLB_A_COUNTERS_RESET_FLOWS,
		[NFLB_PING_REPLIES] = NFLB_A_COUNTERS_PING_REPLIES,
		[NFLB_PING_UNREACHABLE] = NFLB_A_COUNTERS_PING_UNREACHABLE,
		[NFLB_PING_DROPS] = NFLB_A_COUNTERS_PING_DROPS,
		[NFLB_SPILL_PICKS] = NFLB_A_COUNTERS_SPILL_PICKS,
		[NFLB_AFFINITY_HITS] = NFLB_A_COUNTERS_AFFINITY_HITS,
		[NFLB_AFFINITY_EVICTIONS] =
			NFLB_A_COUNTERS_AFFINITY_EVICTIONS,
		[NFLB_IDLE_RESETS] = NFLB_A_COUNTERS_IDLE_RESETS,
		[NFLB_DEADLINE_RESETS] = NFLB_A_COUNTERS_DEADLINE_RESETS,
		[NFLB_DOWN_RESETS] = NFLB_A_COUNTERS_DOWN_RESETS,
		[NFLB_REMOVED_RESETS] = NFLB_A_COUNTERS_REMOVED_RESETS,
		[NFLB_DROP_NOT_ALLOWED] = NFLB_A_COUNTERS_DROP_NOT_ALLOWED,
		[NFLB_DROP_FULL] = NFLB_A_COUNTERS_DROP_FULL,
		[NFLB_REJECT_FULL] = NFLB_A_COUNTERS_REJECT_FULL,
		[NFLB_OVERFLOW_PICKS] = NFLB_A_COUNTERS_OVERFLOW_PICKS,
		[NFLB_DROP_MAX_FLOWS] = NFLB_A_COUNTERS_DROP_MAX_FLOWS,
		[NFLB_DROP_MAX_RATE] = NFLB_A_COUNTERS_DROP_MAX_RATE,
		[NFLB_PICK_UPS] = NFLB_A_COUNTERS_PICK_UPS,
		[NFLB_REJECT_NO_FLOW] = NFLB_A_COUNTERS_REJECT_NO_FLOW,
		[NFLB_DROP_NO_FLOW] = NFLB_A_COUNTERS_DROP_NO_FLOW,
		[NFLB_DROP_STRAY_ANSWER] = NFLB_A_COUNTERS_DROP_STRAY_ANSWER,
		[NFLB_SNAT_FLOWS] = NFLB_A_COUNTERS_SNAT_FLOWS,
		[NFLB_DROP_NO_PORTS] = NFLB_A_COUNTERS_DROP_NO_PORTS,
		[NFLB_NO_PORT] = NFLB_A_COUNTERS_NO_PORT,
		[NFLB_COOKIES_SENT] = NFLB_A_COUNTERS_COOKIES_SENT,
		[NFLB_COOKIES_ACCEPTED] = NFLB_A_COUNTERS_COOKIES_ACCEPTED,
		[NFLB_COOKIES_REFUSED] = NFLB_A_COUNTERS_COOKIES_REFUSED,
		[NFLB_DROP_NOT_FLOATING] = NFLB_A_COUNTERS_DROP_NOT_FLOATING,
	};
	u64 sum[NFLB_N_REASONS];
	int i;

	nflb_reasons_fold(reasons, sum);
	for (i = 0; i < NFLB_N_REASONS; i++) {
		if (nflb_fill_u64(skb, attr[i], sum[i]))
			return -EMSGSIZE;
	}
	return 0;
}

static int nflb_fill_account(struct sk_buff *skb, int attr,
			     const struct nflb_account *account)
{
	u64 sum[NFLB_N_COUNTERS];
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	nflb_counters_fold(account->counters, sum);
	if (nflb_fill_traffic(skb, sum, atomic_read(&account->active)))
		return -EMSGSIZE;
	if (account->reasons && nflb_fill_reasons(skb, account->reasons))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nflb_fill_frontend() - puts a frontend
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the frontend
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_frontend(struct sk_buff *skb, const struct nflb_snapshot *snap,
		       u32 pos)
{
	const struct nflb_frontend *frontend;

	frontend = nflb_snapshot_frontend(snap, pos);
	if (nla_put_string(skb, NFLB_A_FRONTEND_NAME, frontend->object.name) ||
	    nflb_fill_addr(skb, NFLB_A_FRONTEND_ADDRESS, &frontend->addr) ||
	    nla_put_u32(skb, NFLB_A_FRONTEND_PING, frontend->ping) ||
	    nla_put_u32(skb, NFLB_A_FRONTEND_SERVICES,
			snap->frontends.slot[pos].n_uses) ||
	    nla_put_u32(skb, NFLB_A_FRONTEND_SERVED,
			READ_ONCE(frontend->is_served)) ||
	    nla_put_u32(skb, NFLB_A_FRONTEND_GENERATION, snap->generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_fill_probe() - puts a probe
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the probe
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_probe(struct sk_buff *skb, const struct nflb_snapshot *snap,
		    u32 pos)
{
	const struct nflb_probe *probe = nflb_snapshot_probe(snap, pos);
	const struct nflb_probe_config *config = &probe->config;
	const struct nflb_bytes *option;
	int i;

	if (nla_put_string(skb, NFLB_A_PROBE_NAME, probe->object.name) ||
	    nla_put_u32(skb, NFLB_A_PROBE_TYPE, config->type) ||
	    nla_put_u32(skb, NFLB_A_PROBE_INTERVAL_MS, config->interval_ms) ||
	    nla_put_u32(skb, NFLB_A_PROBE_TIMEOUT_MS, config->timeout_ms) ||
	    nla_put_u32(skb, NFLB_A_PROBE_RISE, config->rise) ||
	    nla_put_u32(skb, NFLB_A_PROBE_FALL, config->fall) ||
	    nla_put_u32(skb, NFLB_A_PROBE_INITIAL, config->initial) ||
	    nla_put_u32(skb, NFLB_A_PROBE_ANSWERS, config->answers) ||
	    nla_put_u32(skb, NFLB_A_PROBE_MARK, config->mark) ||
	    nla_put_u32(skb, NFLB_A_PROBE_SERVICES,
			snap->probes.slot[pos].n_uses) ||
	    nla_put_u32(skb, NFLB_A_PROBE_GENERATION, snap->generation))
		return -EMSGSIZE;
	for (i = 0; i < NFLB_N_PROBE_NUMBERS; i++) {
		if (nflb_numbers[i].types & BIT(config->type) &&
		    nla_put_u32(skb, nflb_numbers[i].attr,
				nflb_probe_get_number(config, i)))
			return -EMSGSIZE;
	}
	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++) {
		option = &config->option[i];
		if (option->len && nla_put(skb, nflb_options[i].attr,
					   option->len, option->data))
			return -EMSGSIZE;
	}
	return 0;
}

static int nflb_fill_panics(struct sk_buff *skb,
			    const struct nflb_snapshot *snap,
			    const struct nflb_pool *pool)
{
	const struct nflb_probe *probe;
	u32 gate;

	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (!pool->gate[gate].n_services ||
		    !nflb_pool_is_panicking(pool, gate))
			continue;
		probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
		if (nla_put_string(skb, NFLB_A_POOL_PANIC_PROBE,
				   probe->object.name))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * nflb_fill_pool() - puts a pool
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the pool
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_pool(struct sk_buff *skb, const struct nflb_snapshot *snap,
		   u32 pos)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, pos);
	u32 n_eligible = bitmap_weight(pool->eligible[0], pool->n_members);

	if (nla_put_string(skb, NFLB_A_POOL_NAME, pool->object.name) ||
	    nla_put_string(skb, NFLB_A_POOL_SCHEDULER, pool->sched->name) ||
	    nla_put_u32(skb, NFLB_A_POOL_SLOTS, pool->slots) ||
	    nla_put_u64_64bit(skb, NFLB_A_POOL_SEED, pool->seed,
			      NFLB_A_POOL_PAD) ||
	    nla_put_u32(skb, NFLB_A_POOL_BACKENDS, pool->n_members) ||
	    nla_put_u32(skb, NFLB_A_POOL_ELIGIBLE, n_eligible) ||
	    nla_put_u32(skb, NFLB_A_POOL_SERVICES, pool->n_services) ||
	    nla_put_u64_64bit(skb, NFLB_A_POOL_MEMORY_BYTES,
			      nflb_pool_bytes(pool), NFLB_A_POOL_PAD) ||
	    nla_put_u32(skb, NFLB_A_POOL_PANIC, pool->panic_pct) ||
	    nla_put_u32(skb, NFLB_A_POOL_SLOW_START_MS,
			pool->slow_start_ms) ||
	    nla_put_u32(skb, NFLB_A_POOL_PREFER_ZONE, pool->prefer_zone) ||
	    nla_put_u32(skb, NFLB_A_POOL_SPILL_BELOW, pool->spill_pct) ||
	    nla_put_u32(skb, NFLB_A_POOL_EJECT_AFTER, pool->eject_after) ||
	    nla_put_u32(skb, NFLB_A_POOL_EJECT_TIME_MS,
			pool->eject_time_ms) ||
	    nflb_fill_panics(skb, snap, pool) ||
	    nla_put_u32(skb, NFLB_A_POOL_GENERATION, snap->generation))
		return -EMSGSIZE;
	if (!pool->sched->digest)
		return 0;
	return nla_put_u64_64bit(skb, NFLB_A_POOL_DIGEST,
				 pool->sched->digest(pool), NFLB_A_POOL_PAD);
}

static int nflb_fill_ports(struct sk_buff *skb, const struct nflb_ports *ports)
{
	if (nla_put_u32(skb, NFLB_A_SERVICE_PORT, ports->first) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_PORT_LAST, ports->last) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_BACKEND_PORT,
			ports->backend_first))
		return -EMSGSIZE;
	if (!ports->backend_last)
		return 0;
	return nla_put_u32(skb, NFLB_A_SERVICE_BACKEND_PORT_LAST,
			   ports->backend_last);
}

/* The name of what a service refers to, unless it is to nothing. */
static int nflb_fill_name(struct sk_buff *skb, int attr,
			  const struct nflb_table *table, u32 pos)
{
	if (pos == NFLB_NONE)
		return 0;
	return nla_put_string(skb, attr, table->slot[pos].object->name);
}

/* The attributes of services and of snats stand in the same order. */
static_assert(NFLB_A_SERVICE_TCP_RESET - NFLB_A_SERVICE_IDLE_TIMEOUT_MS == 4,
	      "times of services");
static_assert(NFLB_A_SNAT_TCP_RESET - NFLB_A_SNAT_IDLE_TIMEOUT_MS == 4,
	      "times of snats");

/* @first is the id for the idle timeout, which those for the others follow. */
static int nflb_fill_idle(struct sk_buff *skb, int first,
			  const struct nflb_idle *idle)
{
	if (nla_put_u32(skb, first, idle->established_ms) ||
	    nla_put_u32(skb, first + 1, idle->half_open_ms) ||
	    nla_put_u32(skb, first + 2, idle->half_closed_ms) ||
	    nla_put_u32(skb, first + 3, idle->udp_ms))
		return -EMSGSIZE;
	return nla_put_u32(skb, first + 4, idle->is_reset);
}

/* What else a service has is far below a message of the usual size. */
static_assert(NFLB_ALLOW_MAX * NLA_ALIGN(NLA_HDRLEN + NFLB_PREFIX_BYTES) +
	      GENLMSG_DEFAULT_SIZE <= NFLB_FILL_MAX);

static int nflb_fill_allow(struct sk_buff *skb, const struct nflb_allow *allow)
{
	u8 data[NFLB_PREFIX_BYTES];
	u32 n_bytes;
	u32 i;

	for (i = 0; allow && i < allow->n; i++) {
		n_bytes = nflb_allow_read(allow, i, data);
		if (nla_put(skb, NFLB_A_SERVICE_ALLOW, n_bytes, data))
			return -EMSGSIZE;
	}
	return 0;
}

static int nflb_fill_synproxy(struct sk_buff *skb,
			      const struct nflb_service *service)
{
	const struct nflb_synproxy *synproxy = &service->account->synproxy;

	if (nla_put_u32(skb, NFLB_A_SERVICE_SYN_PROXY, service->syn_proxy))
		return -EMSGSIZE;
	if (!service->syn_proxy)
		return 0;
	if (nla_put_u32(skb, NFLB_A_SERVICE_HALF_OPEN,
			atomic_read(&synproxy->half_open)))
		return -EMSGSIZE;
	return nla_put_u32(skb, NFLB_A_SERVICE_PROTECTED,
			   nflb_synproxy_is_on(synproxy));
}

/* What services have and nats have not */
static int nflb_fill_balance(struct sk_buff *skb,
			     const struct nflb_snapshot *snap,
			     const struct nflb_service *service)
{
	int i;

	for (i = 1; i < service->n_tiers; i++) {
		if (nflb_fill_name(skb, NFLB_A_SERVICE_BACKUP, &snap->pools,
				   service->tier[i].pool))
			return -EMSGSIZE;
	}
	if (nla_put_u32(skb, NFLB_A_SERVICE_UDP_MODE, service->udp_mode) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_FLOATING, service->is_floating) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_AFFINITY, service->affinity) ||
	    nflb_fill_synproxy(skb, service))
		return -EMSGSIZE;
	return nla_put_u32(skb, NFLB_A_SERVICE_AFFINITY_PREFIX,
			   service->affinity_prefix);
}

/* The other way round */
static int nflb_fill_nat(struct sk_buff *skb, const struct nflb_nat *nat)
{
	if ((nat->backend[0] &&
	     nla_put_string(skb, NFLB_A_SERVICE_BACKEND, nat->backend)) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_QUARANTINE_MS,
			nat->quarantine_ms))
		return -EMSGSIZE;
	return nla_put_u32(skb, NFLB_A_SERVICE_UNMAPPED, nat->n_unmapped);
}

/**
 * nflb_fill_service() - puts a service, or a nat
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the service
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_service(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(snap, pos);
	const struct nflb_pool *pool = nflb_snapshot_tier(snap, service, 0);

	if (nla_put_string(skb, NFLB_A_SERVICE_NAME, service->object.name) ||
	    nflb_fill_name(skb, NFLB_A_SERVICE_FRONTEND, &snap->frontends,
			   service->frontend) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_PROTOCOL, service->protocol) ||
	    nflb_fill_name(skb, NFLB_A_SERVICE_POOL, &snap->pools,
			   service->tier[0].pool) ||
	    nflb_fill_name(skb, NFLB_A_SERVICE_PROBE, &snap->probes,
			   service->probe) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_FASTPATH, !service->is_slow) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_NEW_FLOWS, service->new_flows) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_ALL_DOWN, service->all_down) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_ON_DOWN, service->on_down) ||
	    nflb_fill_idle(skb, NFLB_A_SERVICE_IDLE_TIMEOUT_MS,
			   &service->idle) ||
	    nflb_fill_allow(skb, service->allow) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_MAX_FLOWS, service->max_flows) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_MAX_RATE, service->max_rate) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_NO_FLOW, service->no_flow) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_HEALTHY,
			nflb_pool_n_healthy(pool, service->tier[0].gate)) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_UNREPORTED,
			nflb_pool_n_unreported(pool, service->tier[0].gate)) ||
	    nla_put_u32(skb, NFLB_A_SERVICE_GENERATION, snap->generation))
		return -EMSGSIZE;
	if (service->nat ? nflb_fill_nat(skb, service->nat) :
			   nflb_fill_balance(skb, snap, service))
		return -EMSGSIZE;
	if (service->protocol && nflb_fill_ports(skb, &service->ports))
		return -EMSGSIZE;
	return nflb_fill_account(skb, NFLB_A_SERVICE_COUNTERS,
				 service->account);
}

static int nflb_fill_backend(struct sk_buff *skb,
			     const struct nflb_snapshot *snap,
			     const struct nflb_backend *backend)
{
	if (nla_put_string(skb, NFLB_A_BACKEND_POOL, backend->pool) ||
	    nla_put_string(skb, NFLB_A_BACKEND_NAME, backend->account.name) ||
	    nflb_fill_addr(skb, NFLB_A_BACKEND_ADDRESS, &backend->addr) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_GENERATION, snap->generation))
		return -EMSGSIZE;
	return nflb_fill_account(skb, NFLB_A_BACKEND_COUNTERS,
				 &backend->account);
}

/* What its new flows say of it, if they are looked at. */
static int nflb_fill_trials(struct sk_buff *skb,
			    const struct nflb_backend *backend)
{
	const struct nflb_ejection *ejection = &backend->ejection;
	u32 us = nflb_trials_connect_us(&backend->trials);

	if (!nflb_trials_is_on(&backend->trials))
		return 0;
	if (nla_put_u32(skb, NFLB_A_BACKEND_EJECTED,
			READ_ONCE(ejection->is_on)) ||
	    (us && nla_put_u32(skb, NFLB_A_BACKEND_CONNECT_US, us)))
		return -EMSGSIZE;
	if (!READ_ONCE(ejection->is_on))
		return 0;
	if (nla_put_u32(skb, NFLB_A_BACKEND_EJECT_REASON,
			READ_ONCE(ejection->reason)) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_EJECT_TIME_MS,
			READ_ONCE(ejection->time_ms)) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_EJECT_LEFT_MS,
			nflb_drain_left_ms(READ_ONCE(ejection->until))))
		return -EMSGSIZE;
	return 0;
}

static int nflb_fill_left(struct sk_buff *skb, int attr, u64 until_jiffies)
{
	if (!until_jiffies)
		return 0;
	return nla_put_u32(skb, attr, nflb_drain_left_ms(until_jiffies));
}

static int nflb_fill_deadline(struct sk_buff *skb, u64 until_jiffies)
{
	return nflb_fill_left(skb, NFLB_A_BACKEND_DEADLINE_MS, until_jiffies);
}

/**
 * nflb_fill_report() - puts why a backend is in its state
 * @skb: the message
 * @reason: id of the attribute for the reason, which those for the text, the
 *	time of the answer and the last results follow
 * @report: what was said
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_report(struct sk_buff *skb, int reason,
		     const struct nflb_report *report)
{
	if ((report->reason[0] &&
	     nla_put_string(skb, reason, report->reason)) ||
	    (report->text[0] &&
	     nla_put_string(skb, reason + 1, report->text)) ||
	    (report->rtt_us && nla_put_u32(skb, reason + 2, report->rtt_us)))
		return -EMSGSIZE;
	if (report->n_results &&
	    (nla_put_u32(skb, reason + 3, report->n_results) ||
	     nla_put_u32(skb, reason + 4, report->passes)))
		return -EMSGSIZE;
	return 0;
}

static int nflb_fill_last_report(struct sk_buff *skb,
				 const struct nflb_report *report)
{
	u64 now = get_jiffies_64();
	u64 seconds = div_u64(now - report->since, HZ);
	u32 pct = nflb_uptime_pct(&report->uptime, now, report->state);

	BUILD_BUG_ON(NFLB_A_PROBE_STATE_PASSES - NFLB_A_PROBE_STATE_REASON !=
		     NFLB_A_HEALTH_PASSES - NFLB_A_HEALTH_REASON);
	if (nflb_fill_report(skb, NFLB_A_PROBE_STATE_REASON, report) ||
	    nla_put_u32(skb, NFLB_A_PROBE_STATE_SECONDS, seconds) ||
	    (pct != NFLB_NONE &&
	     nla_put_u32(skb, NFLB_A_PROBE_STATE_UP_PCT, pct)))
		return -EMSGSIZE;
	return READ_ONCE(report->is_stale) ?
		       nla_put_flag(skb, NFLB_A_PROBE_STATE_STALE) : 0;
}

static int nflb_fill_share(struct sk_buff *skb, int attr, u32 pct)
{
	return pct < 100 ? nla_put_u32(skb, attr, pct) : 0;
}

static int nflb_fill_health(struct sk_buff *skb,
			    const struct nflb_snapshot *snap,
			    const struct nflb_pool *pool, u32 gate, u32 pos)
{
	u32 state = nflb_pool_health(pool, pos, gate);
	const struct nflb_report *report = NULL;
	const struct nflb_probe *probe;
	struct nlattr *nest;

	probe = nflb_snapshot_probe(snap, pool->gate[gate].probe);
	if (state != NFLB_HEALTH_UNKNOWN)
		report = nflb_report_find(pool->member[pos].backend,
					  probe->object.name);
	nest = nla_nest_start(skb, NFLB_A_BACKEND_HEALTH);
	if (!nest ||
	    nla_put_string(skb, NFLB_A_PROBE_STATE_PROBE, probe->object.name) ||
	    nla_put_u32(skb, NFLB_A_PROBE_STATE_STATE, state) ||
	    (report && nflb_fill_last_report(skb, report)) ||
	    nflb_fill_share(skb, NFLB_A_PROBE_STATE_SHARE,
			    nflb_ramp_pct(pool, gate, pos)) ||
	    nla_put_string(skb, NFLB_A_PROBE_STATE_DECIDED_BY,
			   nflb_reason(snap, pool, gate, pos)))
		return -EMSGSIZE;
	if (state == NFLB_HEALTH_UNKNOWN &&
	    probe->config.initial == NFLB_HEALTH_UP &&
	    nla_put_flag(skb, NFLB_A_PROBE_STATE_INITIAL_UP))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nflb_fill_member() - puts a backend that a pool has
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the pool
 * @i: place of the member
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_member(struct sk_buff *skb, const struct nflb_snapshot *snap,
		     u32 pos, u32 i)
{
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, pos);
	const struct nflb_member *member = &pool->member[i];
	u32 gate;

	if (nflb_fill_backend(skb, snap, member->backend) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_WEIGHT, member->weight) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_ZONE, member->zone) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_ADMIN, member->admin) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_DRAIN, member->is_draining) ||
	    nla_put_u32(skb, NFLB_A_BACKEND_MAX_FLOWS, member->max_flows) ||
	    nflb_fill_deadline(skb, member->drain_until) ||
	    nflb_fill_left(skb, NFLB_A_BACKEND_ADMIN_FOR_MS,
			   member->admin_until) ||
	    (member->note &&
	     nla_put_string(skb, NFLB_A_BACKEND_NOTE, member->note->text)) ||
	    nflb_fill_trials(skb, member->backend) ||
	    nflb_fill_share(skb, NFLB_A_BACKEND_SHARE,
			    nflb_ramp_pct(pool, 0, i)) ||
	    nla_put_string(skb, NFLB_A_BACKEND_DECIDED_BY,
			   nflb_reason(snap, pool, 0, i)))
		return -EMSGSIZE;
	for (gate = 1; gate < NFLB_N_GATES; gate++) {
		if (pool->gate[gate].n_services &&
		    nflb_fill_health(skb, snap, pool, gate, i))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * nflb_fill_leaving() - puts a removed backend that still has flows
 * @skb: the message
 * @snap: the snapshot
 * @backend: the backend
 *
 * Context: any; somebody else holds a reference.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_leaving(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      const struct nflb_backend *backend)
{
	if (nflb_fill_backend(skb, snap, backend) ||
	    nflb_fill_deadline(skb, READ_ONCE(backend->drain_until)))
		return -EMSGSIZE;
	return nla_put_flag(skb, NFLB_A_BACKEND_LEAVING);
}

static int nflb_fill_figures(struct sk_buff *skb,
			     const struct nflb_snat_figures *figures)
{
	if (nla_put_u32(skb, NFLB_A_SNAT_RESERVED,
			figures->reserve.base * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(skb, NFLB_A_SNAT_CAPACITY,
			figures->n_blocks * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(skb, NFLB_A_SNAT_ALLOCATED, figures->allocated) ||
	    nla_put_u32(skb, NFLB_A_SNAT_USED, figures->used) ||
	    nla_put_u64_64bit(skb, NFLB_A_SNAT_FAILED, figures->failed,
			      NFLB_A_SNAT_PAD) ||
	    nla_put_u32(skb, NFLB_A_SNAT_SHORT, figures->n_short) ||
	    nla_put_u32(skb, NFLB_A_SNAT_BUSY, figures->n_busy) ||
	    nla_put_u32(skb, NFLB_A_SNAT_EXHAUSTED, figures->n_exhausted) ||
	    nla_put_u64_64bit(skb, NFLB_A_SNAT_IDLE_RESETS, figures->resets,
			      NFLB_A_SNAT_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_fill_snat() - puts a snat
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the snat
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_snat(struct sk_buff *skb, const struct nflb_snapshot *snap,
		   u32 pos)
{
	const struct nflb_snat *snat = nflb_snapshot_snat(snap, pos);
	const struct nflb_pool *pool = nflb_snapshot_pool(snap, snat->pool);
	struct nflb_snat_figures figures;
	u32 i;

	if (nla_put_string(skb, NFLB_A_SNAT_NAME, snat->object.name) ||
	    nla_put_string(skb, NFLB_A_SNAT_POOL, pool->object.name))
		return -EMSGSIZE;
	for (i = 0; i < snat->addrs.n; i++) {
		if (nflb_fill_addr(skb, NFLB_A_SNAT_ADDRESS,
				   &snat->addrs.addr[i]))
			return -EMSGSIZE;
	}
	nflb_snat_count(snap, snat, &figures);
	if (nla_put_u32(skb, NFLB_A_SNAT_PROTOCOL, snat->protocol) ||
	    nla_put_u32(skb, NFLB_A_SNAT_PORTS, snat->ports) ||
	    nflb_fill_idle(skb, NFLB_A_SNAT_IDLE_TIMEOUT_MS, &snat->idle) ||
	    nla_put_u32(skb, NFLB_A_SNAT_BACKENDS, pool->n_members) ||
	    nflb_fill_figures(skb, &figures) ||
	    nla_put_u32(skb, NFLB_A_SNAT_GENERATION, snap->generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_fill_lease() - puts the ports that a backend has by a snat
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the snat
 * @i: place of the member in its pool
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_lease(struct sk_buff *skb, const struct nflb_snapshot *snap,
		    u32 pos, u32 i)
{
	const struct nflb_snat *snat = nflb_snapshot_snat(snap, pos);
	const struct nflb_backend *backend;

	backend = nflb_snapshot_pool(snap, snat->pool)->member[i].backend;
	if (nla_put_string(skb, NFLB_A_LEASE_SNAT, snat->object.name) ||
	    nla_put_string(skb, NFLB_A_LEASE_POOL, backend->pool) ||
	    nla_put_string(skb, NFLB_A_LEASE_BACKEND, backend->account.name) ||
	    nflb_fill_addr(skb, NFLB_A_LEASE_ADDRESS, &backend->addr) ||
	    nla_put_u32(skb, NFLB_A_LEASE_ALLOCATED,
			nflb_lease_allocated(&backend->lease)) ||
	    nla_put_u32(skb, NFLB_A_LEASE_LIMIT,
			nflb_lease_limit(&backend->lease)) ||
	    nla_put_u32(skb, NFLB_A_LEASE_USED,
			READ_ONCE(backend->lease.n_used)) ||
	    nla_put_u64_64bit(skb, NFLB_A_LEASE_FAILED,
			      READ_ONCE(backend->lease.n_failed),
			      NFLB_A_LEASE_PAD) ||
	    nla_put_u32(skb, NFLB_A_LEASE_GENERATION, snap->generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * nflb_fill_fastpath() - puts what concerns the fast path as a whole
 * @skb: the message
 * @snap: the snapshot
 * @pos: unused, there is one
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_fastpath(struct sk_buff *skb, const struct nflb_snapshot *snap,
		       u32 pos)
{
	const struct nflb_device_set *set = &snap->devices;
	u32 i;

	if (nla_put_u32(skb, NFLB_A_FASTPATH_DEVICES, set->devices))
		return -EMSGSIZE;
	for (i = 0; i < set->n_names; i++) {
		if (nla_put_string(skb, NFLB_A_FASTPATH_DEVICE, set->name[i]))
			return -EMSGSIZE;
	}
	return nla_put_u32(skb, NFLB_A_FASTPATH_GENERATION, snap->generation);
}

/* A backend of the nat's pool, and its port */
static int nflb_fill_mapped(struct sk_buff *skb,
			    const struct nflb_snapshot *snap,
			    const struct nflb_service *service, u32 i)
{
	const struct nflb_pool *pool = nflb_snapshot_tier(snap, service, 0);
	const struct nflb_backend *backend = pool->member[i].backend;
	const struct nflb_nat *nat = service->nat;
	u32 state = NFLB_MAPPING_STATE_NO_PORT;
	u32 port = 0;

	if (nat->place[i] != NFLB_NONE) {
		port = nat->first + nat->place[i];
		state = nflb_pool_is_eligible(pool, service->tier[0].gate, i) ?
			NFLB_MAPPING_STATE_UP : NFLB_MAPPING_STATE_DOWN;
	}
	if (nla_put_string(skb, NFLB_A_MAPPING_BACKEND,
			   backend->account.name) ||
	    nla_put_u32(skb, NFLB_A_MAPPING_PORT, port) ||
	    nflb_fill_addr(skb, NFLB_A_MAPPING_ADDRESS, &backend->addr) ||
	    nla_put_u32(skb, NFLB_A_MAPPING_STATE, state))
		return -EMSGSIZE;
	return nla_put_u32(skb, NFLB_A_MAPPING_ACTIVE,
			   atomic_read(&backend->account.active));
}

static int nflb_fill_kept(struct sk_buff *skb, const struct nflb_nat *nat,
			  u32 place)
{
	const struct nflb_nat_port *port = &nat->port[place];

	if (nla_put_string(skb, NFLB_A_MAPPING_BACKEND, port->name) ||
	    nla_put_u32(skb, NFLB_A_MAPPING_PORT, nat->first + place) ||
	    nla_put_u32(skb, NFLB_A_MAPPING_STATE,
			NFLB_MAPPING_STATE_QUARANTINE))
		return -EMSGSIZE;
	return nla_put_u32(skb, NFLB_A_MAPPING_LEFT_MS,
			   nflb_drain_left_ms(port->free_at));
}

/**
 * nflb_fill_mapping() - puts a backend of a nat
 * @skb: the message
 * @snap: the snapshot
 * @pos: place of the nat
 * @i: place of the backend in the pool, or beyond the last of them place of a
 *	port that is in quarantine
 *
 * Context: under RCU or cfg_mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_mapping(struct sk_buff *skb, const struct nflb_snapshot *snap,
		      u32 pos, u32 i)
{
	const struct nflb_service *service = nflb_snapshot_service(snap, pos);
	const struct nflb_nat *nat = service->nat;

	if (nla_put_string(skb, NFLB_A_MAPPING_NAT, service->object.name) ||
	    nla_put_u32(skb, NFLB_A_MAPPING_GENERATION, snap->generation))
		return -EMSGSIZE;
	return i < nat->n_members ?
		       nflb_fill_mapped(skb, snap, service, i) :
		       nflb_fill_kept(skb, nat, i - nat->n_members);
}

static int nflb_fill_alert_share(struct sk_buff *skb,
				 const struct nflb_alert_share *share)
{
	if (nla_put_u64_64bit(skb, NFLB_A_ALERT_PART, share->part,
			      NFLB_A_ALERT_PAD))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, NFLB_A_ALERT_WHOLE, share->whole,
				 NFLB_A_ALERT_PAD);
}

/**
 * nflb_fill_alert() - puts an alert
 * @skb: the message
 * @owner: whose it is
 * @kind: its kind
 *
 * Context: under the alerts' mutex.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_alert(struct sk_buff *skb, const struct nflb_alert_owner *owner,
		    enum nflb_alert_kind kind)
{
	static const int attr[] = {
		[NFLB_ALERTS_OF_SERVICE] = NFLB_A_ALERT_SERVICE,
		[NFLB_ALERTS_OF_SNAT] = NFLB_A_ALERT_SNAT,
		[NFLB_ALERTS_OF_NET] = 0,
	};
	const struct nflb_alert_rule *rule = &nflb_alert_rules[kind];
	const struct nflb_alert *alert = nflb_alerts_of(owner, kind);

	if (nla_put_string(skb, NFLB_A_ALERT_NAME, rule->name) ||
	    nla_put_u32(skb, NFLB_A_ALERT_SEVERITY, rule->severity) ||
	    (attr[owner->kind] &&
	     nla_put_string(skb, attr[owner->kind], owner->name)) ||
	    nla_put_u32(skb, NFLB_A_ALERT_ACTIVE, alert->is_active) ||
	    nla_put_u32(skb, NFLB_A_ALERT_NUMBER, alert->number) ||
	    (rule->has_share && nflb_fill_alert_share(skb, &alert->share)))
		return -EMSGSIZE;
	if (kind != NFLB_ALERT_RETURN_PATH || !owner->backend[0])
		return 0;
	return nla_put_string(skb, NFLB_A_ALERT_BACKEND, owner->backend);
}

static int nflb_fill_totals(struct sk_buff *skb, const struct nflb_net *nn,
			    const struct nflb_snapshot *snap)
{
	u64 total[NFLB_N_COUNTERS] = {};
	const struct nflb_service *service;
	u64 sum[NFLB_N_COUNTERS];
	struct nlattr *nest;
	u32 active = 0;
	u32 pos;
	int i;

	for (pos = 0; snap && pos < snap->services.n_slots; pos++) {
		service = nflb_snapshot_service(snap, pos);
		if (!service)
			continue;
		nflb_counters_fold(service->account->counters, sum);
		for (i = 0; i < NFLB_N_COUNTERS; i++)
			total[i] += sum[i];
		active += atomic_read(&service->account->active);
	}
	nest = nla_nest_start(skb, NFLB_A_INFO_COUNTERS);
	if (!nest || nflb_fill_traffic(skb, total, active) ||
	    nflb_fill_reasons(skb, nn->reasons))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nflb_fill_info() - puts the namespace as a whole
 * @skb: the message
 * @nn: the namespace
 * @snap: its snapshot, or NULL
 *
 * Context: under RCU.
 * Return: 0 or -EMSGSIZE.
 */
int nflb_fill_info(struct sk_buff *skb, const struct nflb_net *nn,
		   const struct nflb_snapshot *snap)
{
	const struct nflb_sched *sched;
	u32 i;

	if (nla_put_string(skb, NFLB_A_INFO_VERSION, NFLB_VERSION) ||
	    nla_put_u32(skb, NFLB_A_INFO_GENERATION,
			snap ? snap->generation : 0) ||
	    nla_put_u32(skb, NFLB_A_INFO_FRONTENDS,
			snap ? snap->frontends.n_objects : 0) ||
	    nla_put_u32(skb, NFLB_A_INFO_PROBES,
			snap ? snap->probes.n_objects : 0) ||
	    nla_put_u32(skb, NFLB_A_INFO_POOLS,
			snap ? snap->pools.n_objects : 0) ||
	    nla_put_u32(skb, NFLB_A_INFO_BACKENDS,
			snap ? snap->n_backends : 0) ||
	    nla_put_u32(skb, NFLB_A_INFO_SERVICES,
			snap ? snap->services.n_objects : 0))
		return -EMSGSIZE;
	if (nla_put_u32(skb, NFLB_A_INFO_SNATS,
			snap ? snap->snats.n_objects : 0))
		return -EMSGSIZE;
	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		if (nla_put_string(skb, NFLB_A_INFO_SCHEDULER, sched->name))
			return -EMSGSIZE;
	}
	return nflb_fill_totals(skb, nn, snap);
}
