/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From results to a state: what the checks of one backend by one probe have
 * said so far, and what that makes of it. It knows no clock and no network.
 */
#ifndef LBCTL_TALLY_H
#define LBCTL_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "nflb.h"

/*
 * A backend that goes down again and again stays down longer: from the third
 * time on for 2, 4, 8 ... intervals, at most TALLY_HOLD_MAX_MS. A time is
 * forgotten for each TALLY_FORGET_MS that have passed.
 */
#define TALLY_FLAPS_FREE	2
#define TALLY_HOLD_MAX_MS	60000
#define TALLY_FORGET_MS		60000

/**
 * enum outcome - how one check ended
 * @OUTCOME_PASS: With the answer that was wanted, in time.
 * @OUTCOME_FAIL: With another answer, a refusal among them.
 * @OUTCOME_SILENCE: Without an answer.
 * @OUTCOME_DRAINING: With the answer that it drains.
 * @OUTCOMES: Number of the above.
 */
enum outcome {
	OUTCOME_PASS,
	OUTCOME_FAIL,
	OUTCOME_SILENCE,
	OUTCOME_DRAINING,
	OUTCOMES,
};

/**
 * struct tally_rule - how results are counted
 * @rise: Passes in a row that make up.
 * @fall: Failures in a row that make down, and answers that it drains that
 *        make draining.
 * @answers_decide: An answer, good or bad, acts at once; only silences are
 *                  counted. So it is by default, but for tcp.
 * @interval_ms: Time between two checks.
 */
struct tally_rule {
	unsigned int rise;
	unsigned int fall;
	bool answers_decide;
	uint64_t interval_ms;
};

/**
 * struct tally - what has been counted
 * @state: What it makes.
 * @last: What the last result said; unknown before the first.
 * @n_row: How many in a row have said so.
 * @n_flaps: Times that it went down and that are not forgotten.
 * @down_ms: When it went down last.
 * @hold_ms: How long it stays down after that whatever checks say.
 * @n_results: Number of results in @passes, at most NFLB_RESULTS_MAX.
 * @passes: The last results, bit 0 is the last one; 1 is a pass.
 */
struct tally {
	enum nflb_health state;
	enum nflb_health last;
	unsigned int n_row;
	unsigned int n_flaps;
	uint64_t down_ms;
	uint64_t hold_ms;
	unsigned int n_results;
	uint32_t passes;
};

bool tally_answers_decide(uint32_t type, uint32_t answers);
void tally_init(struct tally *tally, enum nflb_health state);
uint64_t tally_held_ms(const struct tally *tally, uint64_t now_ms);
bool tally_count(struct tally *tally, const struct tally_rule *rule,
		 enum outcome outcome, uint64_t now_ms);

#endif /* LBCTL_TALLY_H */
