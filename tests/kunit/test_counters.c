// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: each CPU adds to its own, as packets do, and what is read is the
 * sum over all CPUs.
 */

#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../../kmod/counters.h"

/* Of each packet, so that the sum of two does not fit into 32 bits */
#define BYTES 0x80000001ULL
#define ROUNDS 2000

/**
 * struct nflb_adder - adds on one CPU
 * @work: does it
 * @counters: what is added to
 * @reasons: the same
 * @rounds: how often, 0 if it was never begun
 * @bytes: of a packet; no constant, which 6.12 would not assemble
 */
struct nflb_adder {
	struct work_struct work;
	struct nflb_counters __percpu *counters;
	struct nflb_reasons __percpu *reasons;
	u32 rounds;
	u64 bytes;
};

/**
 * struct nflb_counters_ctx - what a case counts with
 * @counters: traffic
 * @reasons: reasons
 * @adder: by CPU
 */
struct nflb_counters_ctx {
	struct nflb_counters __percpu *counters;
	struct nflb_reasons __percpu *reasons;
	struct nflb_adder *adder;
};

/* Each counter grows by a number of its own: 1, 2 and 3 packets ... */
static void nflb_adder_count(struct nflb_adder *adder)
{
	int reason, n;

	nflb_counters_inc(adder->counters, NFLB_NEW_FLOWS);
	nflb_counters_packet(adder->counters, false, 2, adder->bytes);
	nflb_counters_packet(adder->counters, true, 3,
			     2 * adder->bytes);
	for (reason = 0; reason < NFLB_N_REASONS; reason++) {
		for (n = 0; n <= reason; n++)
			nflb_reasons_inc(adder->reasons, reason);
	}
}

static void nflb_adder_work(struct work_struct *work)
{
	struct nflb_adder *adder = container_of(work, struct nflb_adder, work);
	u32 i;

	for (i = 0; i < adder->rounds; i++) {
		local_bh_disable();
		nflb_adder_count(adder);
		local_bh_enable();
	}
}

static int nflb_counters_init(struct kunit *test)
{
	struct nflb_counters_ctx *ctx;
	int cpu;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->adder = kunit_kcalloc(test, nr_cpu_ids, sizeof(*ctx->adder),
				   GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->adder);
	ctx->counters = nflb_counters_alloc();
	ctx->reasons = nflb_reasons_alloc();
	KUNIT_ASSERT_TRUE(test, ctx->counters && ctx->reasons);
	for_each_possible_cpu(cpu) {
		ctx->adder[cpu].counters = ctx->counters;
		ctx->adder[cpu].reasons = ctx->reasons;
		INIT_WORK(&ctx->adder[cpu].work, nflb_adder_work);
	}
	return 0;
}

static void nflb_counters_exit(struct kunit *test)
{
	struct nflb_counters_ctx *ctx = test->priv;
	int cpu;

	if (!ctx)
		return;
	/* A case that failed has not waited for them. */
	for_each_online_cpu(cpu) {
		if (ctx->adder && ctx->adder[cpu].rounds)
			flush_work(&ctx->adder[cpu].work);
	}
	free_percpu(ctx->counters);
	free_percpu(ctx->reasons);
}

/* Begins @rounds rounds on @cpu. */
static void nflb_counters_begin(struct kunit *test, int cpu, u32 rounds)
{
	struct nflb_counters_ctx *ctx = test->priv;

	ctx->adder[cpu].rounds = rounds;
	ctx->adder[cpu].bytes = BYTES;
	schedule_work_on(cpu, &ctx->adder[cpu].work);
}

/* Does @rounds rounds on each CPU, one CPU after another; tells how many. */
static u64 nflb_counters_add(struct kunit *test, u32 rounds)
{
	struct nflb_counters_ctx *ctx = test->priv;
	u64 sum = 0;
	int cpu;

	for_each_online_cpu(cpu) {
		nflb_counters_begin(test, cpu, rounds);
		flush_work(&ctx->adder[cpu].work);
		sum += rounds;
	}
	return sum;
}

/* Everything is what so many rounds make it. */
static void nflb_counters_expect(struct kunit *test, u64 rounds)
{
	struct nflb_counters_ctx *ctx = test->priv;
	u64 sum[NFLB_N_COUNTERS], reasons[NFLB_N_REASONS];
	int i;

	/* What was there before is no part of a sum. */
	memset(sum, 0xff, sizeof(sum));
	memset(reasons, 0xff, sizeof(reasons));
	nflb_counters_fold(ctx->counters, sum);
	nflb_reasons_fold(ctx->reasons, reasons);
	KUNIT_EXPECT_EQ(test, sum[NFLB_NEW_FLOWS], rounds);
	KUNIT_EXPECT_EQ(test, sum[NFLB_IN_PKTS], 2 * rounds);
	KUNIT_EXPECT_EQ(test, sum[NFLB_IN_BYTES], BYTES * rounds);
	KUNIT_EXPECT_EQ(test, sum[NFLB_OUT_PKTS], 3 * rounds);
	KUNIT_EXPECT_EQ(test, sum[NFLB_OUT_BYTES], 2 * BYTES * rounds);
	for (i = 0; i < NFLB_N_REASONS; i++)
		KUNIT_EXPECT_EQ_MSG(test, reasons[i], (i + 1) * rounds,
				    "reason %d", i);
}

static void fold_nothing_counted_is_zero(struct kunit *test)
{
	nflb_counters_expect(test, 0);
}

static void fold_every_cpu_counts_gives_sums(struct kunit *test)
{
	u64 rounds = nflb_counters_add(test, 1);

	KUNIT_EXPECT_EQ(test, rounds, num_online_cpus());
	nflb_counters_expect(test, rounds);
	rounds += nflb_counters_add(test, 3);
	nflb_counters_expect(test, rounds);
}

/* A CPU adds to nobody else's, or two would write one counter at once. */
static void count_on_one_cpu_leaves_others_alone(struct kunit *test)
{
	struct nflb_counters_ctx *ctx = test->priv;
	int last = cpumask_last(cpu_online_mask);
	u64 expected;
	int cpu;

	nflb_counters_begin(test, last, 5);
	flush_work(&ctx->adder[last].work);
	for_each_possible_cpu(cpu) {
		struct nflb_counters *c = per_cpu_ptr(ctx->counters, cpu);
		struct nflb_reasons *r = per_cpu_ptr(ctx->reasons, cpu);

		expected = cpu == last ? 5 : 0;
		KUNIT_EXPECT_EQ(test, u64_stats_read(&c->n[NFLB_NEW_FLOWS]),
				expected);
		KUNIT_EXPECT_EQ(test, u64_stats_read(&r->n[0]), expected);
	}
	nflb_counters_expect(test, 5);
}

/* Whoever is not there any more has counted all the same. */
static void fold_any_possible_cpu_counts(struct kunit *test)
{
	struct nflb_counters_ctx *ctx = test->priv;
	u64 sum[NFLB_N_COUNTERS];
	u64 expected = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		u64_stats_set(&per_cpu_ptr(ctx->counters, cpu)->n[NFLB_IN_PKTS],
			      1ULL << (32 + cpu));
		expected += 1ULL << (32 + cpu);
	}
	nflb_counters_fold(ctx->counters, sum);
	KUNIT_EXPECT_EQ(test, sum[NFLB_IN_PKTS], expected);
	KUNIT_EXPECT_EQ(test, sum[NFLB_OUT_PKTS], 0);
}

/* Are some of them at work still */
static bool nflb_counters_are_busy(struct nflb_counters_ctx *ctx)
{
	int cpu;

	for_each_online_cpu(cpu) {
		if (work_busy(&ctx->adder[cpu].work))
			return true;
	}
	return false;
}

static void nflb_counters_expect_grown(struct kunit *test, const u64 *before,
				       const u64 *after, int n)
{
	int i;

	for (i = 0; i < n; i++)
		KUNIT_ASSERT_GE_MSG(test, after[i], before[i], "number %d", i);
}

static void fold_while_cpus_count_only_grows(struct kunit *test)
{
	struct nflb_counters_ctx *ctx = test->priv;
	u64 sum[2][NFLB_N_COUNTERS] = {};
	u64 (*reasons)[NFLB_N_REASONS];
	u32 i = 0;
	int cpu;

	reasons = kunit_kzalloc(test, 2 * sizeof(*reasons), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, reasons);
	for_each_online_cpu(cpu)
		nflb_counters_begin(test, cpu, ROUNDS);
	while (nflb_counters_are_busy(ctx)) {
		i++;
		nflb_counters_fold(ctx->counters, sum[i & 1]);
		nflb_reasons_fold(ctx->reasons, reasons[i & 1]);
		nflb_counters_expect_grown(test, sum[!(i & 1)], sum[i & 1],
					   NFLB_N_COUNTERS);
		nflb_counters_expect_grown(test, reasons[!(i & 1)],
					   reasons[i & 1], NFLB_N_REASONS);
		cond_resched();
	}
	kunit_info(test, "folded %u times meanwhile", i);
	nflb_counters_expect(test, (u64)ROUNDS * num_online_cpus());
}

static struct kunit_case nflb_counters_cases[] = {
	KUNIT_CASE(fold_nothing_counted_is_zero),
	KUNIT_CASE(fold_every_cpu_counts_gives_sums),
	KUNIT_CASE(count_on_one_cpu_leaves_others_alone),
	KUNIT_CASE(fold_any_possible_cpu_counts),
	KUNIT_CASE(fold_while_cpus_count_only_grows),
	{}
};

static struct kunit_suite nflb_counters_suite = {
	.name = "nflb_counters",
	.init = nflb_counters_init,
	.exit = nflb_counters_exit,
	.test_cases = nflb_counters_cases,
};

kunit_test_suite(nflb_counters_suite);
