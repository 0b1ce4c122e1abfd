// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/nflb: figures to read, nothing to write. One line an object,
 * words separated by spaces, a header line first; columns are only ever
 * added at the end.
 */

#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "counters.h"
#include "device.h"
#include "net.h"
#include "proc.h"
#include "reason.h"
#include "snapshot.h"

/* A place of a member among those of all pools: pool above, member below. */
#define NFLB_PROC_MEMBER_BITS 20

static_assert(NFLB_BACKENDS_MAX < 1 << NFLB_PROC_MEMBER_BITS);

/**
 * struct nflb_proc_iter - a reader of services or backends
 * @p: the namespace, for seq_file
 * @snap: the snapshot that is read, valid from start to stop
 * @pool: the pool that it stands in, among backends
 */
struct nflb_proc_iter {
	struct seq_net_private p;
	const struct nflb_snapshot *snap;
	const struct nflb_pool *pool;
};

static const struct nflb_snapshot *nflb_proc_snapshot(struct seq_file *seq)
{
	struct nflb_proc_iter *iter = seq->private;

	return iter->snap;
}

static void nflb_proc_lock(struct seq_file *seq)
	__acquires(RCU)
{
	struct nflb_proc_iter *iter = seq->private;

	rcu_read_lock();
	iter->snap = rcu_dereference(nflb_net(seq_file_net(seq))->snap);
}

static void nflb_proc_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

/* What is in @sum then, others may show in columns of theirs. */
static void nflb_proc_show_account(struct seq_file *seq,
				   const struct nflb_account *account,
				   u64 sum[NFLB_N_COUNTERS])
{
	nflb_counters_fold(account->counters, sum);
	seq_printf(seq, " %u %llu %llu %llu %llu %llu",
		   atomic_read(&account->active), sum[NFLB_NEW_FLOWS],
		   sum[NFLB_IN_PKTS], sum[NFLB_IN_BYTES], sum[NFLB_OUT_PKTS],
		   sum[NFLB_OUT_BYTES]);
}

#define NFLB_PROC_ACCOUNT \
	" active new_flows in_pkts in_bytes out_pkts out_bytes"

/* The first service at or after *pos, which counts the header as 0. */
static void *nflb_proc_service_at(struct seq_file *seq, loff_t *pos)
{
	const struct nflb_snapshot *snap = nflb_proc_snapshot(seq);

	for (; snap && *pos <= snap->services.n_slots; ++*pos) {
		if (snap->services.slot[*pos - 1].object)
			return snap->services.slot[*pos - 1].object;
	}
	return NULL;
}

static void *nflb_proc_service_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	nflb_proc_lock(seq);
	return *pos ? nflb_proc_service_at(seq, pos) : SEQ_START_TOKEN;
}

static void *nflb_proc_service_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return nflb_proc_service_at(seq, pos);
}

static void nflb_proc_show_protocol(struct seq_file *seq,
				    const struct nflb_service *service)
{
	const struct nflb_ports *ports = &service->ports;

	switch (service->protocol) {
	case IPPROTO_TCP:
		seq_puts(seq, " tcp");
		break;
	case IPPROTO_UDP:
		seq_puts(seq, " udp");
		break;
	case IPPROTO_SCTP:
		seq_puts(seq, " sctp");
		break;
	default:
		seq_puts(seq, " any");
		break;
	}
	if (!ports->first)
		seq_puts(seq, " any");
	else if (nflb_service_is_range(service))
		seq_printf(seq, " %u-%u", ports->first, ports->last);
	else
		seq_printf(seq, " %u", ports->first);
}

static int nflb_proc_service_show(struct seq_file *seq, void *v)
{
	const struct nflb_snapshot *snap = nflb_proc_snapshot(seq);
	const struct nflb_service *service = v;
	u64 traffic[NFLB_N_COUNTERS];
	u64 sum[NFLB_N_REASONS];

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "service frontend protocol port pool"
			 NFLB_PROC_ACCOUNT " drop_no_backend");
		seq_puts(seq, " reject_no_backend backup_picks all_down_picks");
		seq_puts(seq, " panic_picks reset_flows spill_picks");
		seq_puts(seq, " failed_connects affinity_hits");
		seq_puts(seq, " affinity_evictions idle_resets");
		seq_puts(seq, " deadline_resets down_resets removed_resets");
		seq_puts(seq, " drop_not_allowed drop_full reject_full");
		seq_puts(seq, " overflow_picks drop_max_flows drop_max_rate");
		seq_puts(seq, " pick_ups reject_no_flow drop_no_flow");
		seq_puts(seq, " drop_stray_answer no_port cookies_sent");
		seq_puts(seq, " cookies_accepted cookies_refused");
		seq_puts(seq, " drop_not_floating\n");
		return 0;
	}
	seq_printf(seq, "%s %s", service->object.name,
		   snap->frontends.slot[service->frontend].object->name);
	nflb_proc_show_protocol(seq, service);
	seq_printf(seq, " %s",
		   nflb_snapshot_tier(snap, service, 0)->object.name);
	nflb_proc_show_account(seq, service->account, traffic);
	nflb_reasons_fold(service->account->reasons, sum);
	seq_printf(seq, " %llu %llu %llu %llu %llu", sum[NFLB_DROP_NO_BACKEND],
		   sum[NFLB_REJECT_NO_BACKEND], sum[NFLB_BACKUP_PICKS],
		   sum[NFLB_ALL_DOWN_PICKS], sum[NFLB_PANIC_PICKS]);
	seq_printf(seq, " %llu %llu %llu", sum[NFLB_RESET_FLOWS],
		   sum[NFLB_SPILL_PICKS], traffic[NFLB_FAILED_CONNECTS]);
	seq_printf(seq, " %llu %llu %llu", sum[NFLB_AFFINITY_HITS],
		   sum[NFLB_AFFINITY_EVICTIONS], sum[NFLB_IDLE_RESETS]);
	seq_printf(seq, " %llu %llu %llu", sum[NFLB_DEADLINE_RESETS],
		   sum[NFLB_DOWN_RESETS], sum[NFLB_REMOVED_RESETS]);
	seq_printf(seq, " %llu %llu %llu %llu", sum[NFLB_DROP_NOT_ALLOWED],
		   sum[NFLB_DROP_FULL], sum[NFLB_REJECT_FULL],
		   sum[NFLB_OVERFLOW_PICKS]);
	seq_printf(seq, " %llu %llu", sum[NFLB_DROP_MAX_FLOWS],
		   sum[NFLB_DROP_MAX_RATE]);
	seq_printf(seq, " %llu %llu %llu %llu %llu", sum[NFLB_PICK_UPS],
		   sum[NFLB_REJECT_NO_FLOW], sum[NFLB_DROP_NO_FLOW],
		   sum[NFLB_DROP_STRAY_ANSWER], sum[NFLB_NO_PORT]);
	seq_printf(seq, " %llu %llu %llu %llu\n", sum[NFLB_COOKIES_SENT],
		   sum[NFLB_COOKIES_ACCEPTED], sum[NFLB_COOKIES_REFUSED],
		   sum[NFLB_DROP_NOT_FLOATING]);
	return 0;
}

static const struct seq_operations nflb_proc_service_ops = {
	.start = nflb_proc_service_start,
	.next = nflb_proc_service_next,
	.stop = nflb_proc_stop,
	.show = nflb_proc_service_show,
};

static void *nflb_proc_backend_at(struct seq_file *seq, loff_t *pos)
{
	const struct nflb_snapshot *snap = nflb_proc_snapshot(seq);
	const loff_t mask = (1 << NFLB_PROC_MEMBER_BITS) - 1;
	struct nflb_proc_iter *iter = seq->private;
	u64 at = *pos - 1;
	const struct nflb_pool *pool;
	u64 pool_pos;

	for (pool_pos = at >> NFLB_PROC_MEMBER_BITS;
	     snap && pool_pos < snap->pools.n_slots; pool_pos++) {
		pool = nflb_snapshot_pool(snap, pool_pos);
		if (pool && (at & mask) < pool->n_members) {
			*pos = at + 1;
			iter->pool = pool;
			return &pool->member[at & mask];
		}
		at = (pool_pos + 1) << NFLB_PROC_MEMBER_BITS;
	}
	*pos = at + 1;
	return NULL;
}

static void *nflb_proc_backend_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	nflb_proc_lock(seq);
	return *pos ? nflb_proc_backend_at(seq, pos) : SEQ_START_TOKEN;
}

static void *nflb_proc_backend_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return nflb_proc_backend_at(seq, pos);
}

static const char *nflb_proc_state(const struct nflb_member *member)
{
	if (member->is_draining)
		return "draining";
	switch (member->admin) {
	case NFLB_ADMIN_DOWN:
		return "down";
	case NFLB_ADMIN_UP:
		return "up";
	default:
		return "none";
	}
}

static int nflb_proc_backend_show(struct seq_file *seq, void *v)
{
	const struct nflb_proc_iter *iter = seq->private;
	const struct nflb_member *member = v;
	const struct nflb_backend *backend;
	u64 sum[NFLB_N_COUNTERS];

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "pool backend address weight zone admin"
			 NFLB_PROC_ACCOUNT " failed_connects reason\n");
		return 0;
	}
	backend = member->backend;
	seq_printf(seq, "%s %s ", backend->pool, backend->account.name);
	if (backend->addr.family == AF_INET)
		seq_printf(seq, "%pI4", &backend->addr.ip.ip);
	else
		seq_printf(seq, "%pI6c", &backend->addr.ip.in6);
	seq_printf(seq, " %u %u %s", member->weight, member->zone,
		   nflb_proc_state(member));
	nflb_proc_show_account(seq, &backend->account, sum);
	seq_printf(seq, " %llu ", sum[NFLB_FAILED_CONNECTS]);
	/* Whoever reports may have put several words there. */
	seq_escape(seq, nflb_reason_of_member(iter->snap, iter->pool,
					      member - iter->pool->member),
		   " ");
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations nflb_proc_backend_ops = {
	.start = nflb_proc_backend_start,
	.next = nflb_proc_backend_next,
	.stop = nflb_proc_stop,
	.show = nflb_proc_backend_show,
};

static void nflb_proc_show_objects(struct seq_file *seq,
				   const struct nflb_snapshot *snap)
{
	seq_printf(seq, "generation %u\n", snap ? snap->generation : 0);
	seq_printf(seq, "frontends %u\n", snap ? snap->frontends.n_objects : 0);
	seq_printf(seq, "probes %u\n", snap ? snap->probes.n_objects : 0);
	seq_printf(seq, "pools %u\n", snap ? snap->pools.n_objects : 0);
	seq_printf(seq, "backends %u\n", snap ? snap->n_backends : 0);
	seq_printf(seq, "services %u\n", snap ? snap->services.n_objects : 0);
	seq_printf(seq, "snats %u\n", snap ? snap->snats.n_objects : 0);
}

static int nflb_proc_stats_show(struct seq_file *seq, void *v)
{
	static const char *const name[NFLB_N_REASONS] = {
		[NFLB_DROP_NO_BACKEND] = "drop_no_backend",
		[NFLB_DROP_NO_MEMORY] = "drop_no_memory",
		[NFLB_DROP_STALE] = "drop_stale",
		[NFLB_DROP_CONFIRM] = "drop_confirm",
		[NFLB_PASS_NO_SERVICE] = "pass_no_service",
		[NFLB_HAIRPIN] = "hairpin",
		[NFLB_PORT_REWRITTEN] = "port_rewritten",
		[NFLB_CLASH_MERGED] = "clash_merged",
		[NFLB_WITH_HELPER] = "with_helper",
		[NFLB_SLOW_PKTS] = "slow_pkts",
		[NFLB_EXPRESS_FLOWS] = "express_flows",
		[NFLB_REJECT_NO_BACKEND] = "reject_no_backend",
		[NFLB_BACKUP_PICKS] = "backup_picks",
		[NFLB_ALL_DOWN_PICKS] = "all_down_picks",
		[NFLB_PANIC_PICKS] = "panic_picks",
		[NFLB_RESET_FLOWS] = "reset_flows",
		[NFLB_PING_REPLIES] = "ping_replies",
		[NFLB_PING_UNREACHABLE] = "ping_unreachable",
		[NFLB_PING_DROPS] = "ping_drops",
		[NFLB_SPILL_PICKS] = "spill_picks",
		[NFLB_AFFINITY_HITS] = "affinity_hits",
		[NFLB_AFFINITY_EVICTIONS] = "affinity_evictions",
		[NFLB_IDLE_RESETS] = "idle_resets",
		[NFLB_DEADLINE_RESETS] = "deadline_resets",
		[NFLB_DOWN_RESETS] = "down_resets",
		[NFLB_REMOVED_RESETS] = "removed_resets",
		[NFLB_DROP_NOT_ALLOWED] = "drop_not_allowed",
		[NFLB_DROP_FULL] = "drop_full",
		[NFLB_REJECT_FULL] = "reject_full",
		[NFLB_OVERFLOW_PICKS] = "overflow_picks",
		[NFLB_DROP_MAX_FLOWS] = "drop_max_flows",
		[NFLB_DROP_MAX_RATE] = "drop_max_rate",
		[NFLB_PICK_UPS] = "pick_ups",
		[NFLB_REJECT_NO_FLOW] = "reject_no_flow",
		[NFLB_DROP_NO_FLOW] = "drop_no_flow",
		[NFLB_DROP_STRAY_ANSWER] = "drop_stray_answer",
		[NFLB_SNAT_FLOWS] = "snat_flows",
		[NFLB_DROP_NO_PORTS] = "drop_no_ports",
		[NFLB_NO_PORT] = "no_port",
		[NFLB_COOKIES_SENT] = "cookies_sent",
		[NFLB_COOKIES_ACCEPTED] = "cookies_accepted",
		[NFLB_COOKIES_REFUSED] = "cookies_refused",
		[NFLB_DROP_NOT_FLOATING] = "drop_not_floating",
	};
	struct nflb_net *nn = nflb_net(seq_file_single_net(seq));
	u64 sum[NFLB_N_REASONS];
	int i;

	rcu_read_lock();
	nflb_proc_show_objects(seq, rcu_dereference(nn->snap));
	rcu_read_unlock();
	seq_printf(seq, "flows %u\n", atomic_read(&nn->n_flows));
	seq_printf(seq, "fast_directions %u\n", atomic_read(&nn->fast.nelems));
	nflb_reasons_fold(nn->reasons, sum);
	for (i = 0; i < NFLB_N_REASONS; i++)
		seq_printf(seq, "%s %llu\n", name[i], sum[i]);
	seq_printf(seq, "fast_devices %u\n", nflb_device_count(nn));
	return 0;
}

/**
 * nflb_proc_init() - makes the files of a namespace
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_proc_init(struct net *net)
{
	struct proc_dir_entry *dir = proc_net_mkdir(net, "nflb", net->proc_net);

	if (!dir)
		return -ENOMEM;
	if (!proc_create_net("services", 0444, dir, &nflb_proc_service_ops,
			     sizeof(struct nflb_proc_iter)) ||
	    !proc_create_net("backends", 0444, dir, &nflb_proc_backend_ops,
			     sizeof(struct nflb_proc_iter)) ||
	    !proc_create_net_single("stats", 0444, dir, nflb_proc_stats_show,
				    NULL)) {
		remove_proc_subtree("nflb", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

/**
 * nflb_proc_exit() - removes the files of a namespace
 * @net: the namespace
 *
 * Context: process, may sleep.
 */
void nflb_proc_exit(struct net *net)
{
	remove_proc_subtree("nflb", net->proc_net);
}
