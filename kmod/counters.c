// SPDX-License-Identifier: GPL-2.0-only
/* Counters: per CPU, 64 bits wide on every machine, they only grow. */

#include <linux/cpumask.h>
#include <linux/string.h>

#include "counters.h"

/**
 * nflb_counters_alloc() - allocates traffic counters, all zero
 *
 * Context: process, may sleep.
 * Return: the counters, to be freed with free_percpu(), or NULL.
 */
struct nflb_counters __percpu *nflb_counters_alloc(void)
{
	struct nflb_counters __percpu *counters;
	int cpu;

	counters = alloc_percpu_gfp(struct nflb_counters, GFP_KERNEL_ACCOUNT);
	if (!counters)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counters, cpu)->sync);
	return counters;
}

/**
 * nflb_counters_fold() - sums traffic counters over all CPUs
 * @counters: the counters
 * @sum: where the sums go, by enum nflb_counter
 *
 * Context: any.
 */
void nflb_counters_fold(const struct nflb_counters __percpu *counters,
			u64 sum[NFLB_N_COUNTERS])
{
	int cpu;
	int i;

	memset(sum, 0, NFLB_N_COUNTERS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct nflb_counters *c = per_cpu_ptr(counters, cpu);
		u64 n[NFLB_N_COUNTERS];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&c->sync);
			for (i = 0; i < NFLB_N_COUNTERS; i++)
				n[i] = u64_stats_read(&c->n[i]);
		} while (u64_stats_fetch_retry(&c->sync, start));
		for (i = 0; i < NFLB_N_COUNTERS; i++)
			sum[i] += n[i];
	}
}

/**
 * nflb_counters_inc() - counts one
 * @counters: whose
 * @counter: of what
 *
 * Context: bottom halves off.
 */
void nflb_counters_inc(struct nflb_counters __percpu *counters,
		       enum nflb_counter counter)
{
	struct nflb_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->sync);
	u64_stats_inc(&c->n[counter]);
	u64_stats_update_end(&c->sync);
}

/**
 * nflb_reasons_alloc() - allocates reason counters, all zero
 *
 * Context: process, may sleep.
 * Return: the counters, to be freed with free_percpu(), or NULL.
 */
struct nflb_reasons __percpu *nflb_reasons_alloc(void)
{
	struct nflb_reasons __percpu *reasons;
	int cpu;

	reasons = alloc_percpu_gfp(struct nflb_reasons, GFP_KERNEL_ACCOUNT);
	if (!reasons)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(reasons, cpu)->sync);
	return reasons;
}

/**
 * nflb_reasons_fold() - sums reason counters over all CPUs
 * @reasons: the counters
 * @sum: where the sums go, by enum nflb_reason
 *
 * Context: any.
 */
void nflb_reasons_fold(const struct nflb_reasons __percpu *reasons,
		       u64 sum[NFLB_N_REASONS])
{
	int cpu;
	int i;

	memset(sum, 0, NFLB_N_REASONS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct nflb_reasons *r = per_cpu_ptr(reasons, cpu);
		u64 n[NFLB_N_REASONS];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&r->sync);
			for (i = 0; i < NFLB_N_REASONS; i++)
				n[i] = u64_stats_read(&r->n[i]);
		} while (u64_stats_fetch_retry(&r->sync, start));
		for (i = 0; i < NFLB_N_REASONS; i++)
			sum[i] += n[i];
	}
}

/**
 * nflb_reasons_lost() - counts the first packets that should not have been
 *	dropped or rejected
 * @reasons: the counters
 *
 * Context: any.
 * Return: how many, for whatever reason but that the service is not for them.
 */
u64 nflb_reasons_lost(const struct nflb_reasons __percpu *reasons)
{
	static const enum nflb_reason lost[] = {
		NFLB_DROP_NO_BACKEND, NFLB_DROP_NO_MEMORY, NFLB_DROP_STALE,
		NFLB_DROP_CONFIRM, NFLB_REJECT_NO_BACKEND, NFLB_PING_DROPS,
		NFLB_DROP_FULL, NFLB_REJECT_FULL, NFLB_DROP_MAX_FLOWS,
		NFLB_DROP_MAX_RATE, NFLB_DROP_NO_PORTS, NFLB_DROP_NOT_FLOATING,
	};
	u64 sum[NFLB_N_REASONS];
	u64 n = 0;
	int i;

	nflb_reasons_fold(reasons, sum);
	for (i = 0; i < ARRAY_SIZE(lost); i++)
		n += sum[lost[i]];
	return n;
}

/**
 * nflb_reasons_inc() - counts a reason
 * @reasons: whose
 * @reason: which
 *
 * Context: bottom halves off.
 */
void nflb_reasons_inc(struct nflb_reasons __percpu *reasons,
		      enum nflb_reason reason)
{
	struct nflb_reasons *r = this_cpu_ptr(reasons);

	u64_stats_update_begin(&r->sync);
	u64_stats_inc(&r->n[reason]);
	u64_stats_update_end(&r->sync);
}
