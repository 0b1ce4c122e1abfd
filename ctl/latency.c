// SPDX-License-Identifier: GPL-2.0-only
/* How checks ended and how long their answers took. */
#include "latency.h"

/* From a server in the same rack to one that is about to be given up. */
const uint64_t latency_bounds_us[LATENCY_BUCKETS] = {
	500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
	1000000, 2500000, 5000000,
};

/**
 * latency_add() - counts a check
 * @latency: Where.
 * @result: How it ended; a silence took no time.
 */
void latency_add(struct latency *latency, const struct check_result *result)
{
	unsigned int i;

	latency->n_outcomes[result->outcome]++;
	if (result->outcome == OUTCOME_SILENCE)
		return;
	latency->n++;
	latency->sum_us += result->rtt_us;
	for (i = 0; i < LATENCY_BUCKETS; i++) {
		if (result->rtt_us <= latency_bounds_us[i]) {
			latency->n_buckets[i]++;
			return;
		}
	}
}
