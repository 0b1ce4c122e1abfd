/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How checks ended and how long their answers took, over all time.
 */
#ifndef LBCTL_LATENCY_H
#define LBCTL_LATENCY_H

#include "check.h"

#define LATENCY_BUCKETS	13

/**
 * struct latency - what has been counted
 * @n_outcomes: Checks by how they ended.
 * @n_buckets: Answers that took as long as the bound of a bucket, or less, and
 *             longer than that of the bucket before.
 * @n: Answers.
 * @sum_us: What all answers took.
 */
struct latency {
	uint64_t n_outcomes[OUTCOMES];
	uint64_t n_buckets[LATENCY_BUCKETS];
	uint64_t n;
	uint64_t sum_us;
};

extern const uint64_t latency_bounds_us[LATENCY_BUCKETS];

void latency_add(struct latency *latency, const struct check_result *result);

#endif /* LBCTL_LATENCY_H */
