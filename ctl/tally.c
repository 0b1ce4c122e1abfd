// SPDX-License-Identifier: GPL-2.0-only
/* Rise, fall, and patience with what flaps. */
#include "tally.h"

#include <string.h>

/**
 * tally_init() - begins to count
 * @tally: The tally.
 * @state: The state so far.
 */
void tally_init(struct tally *tally, enum nflb_health state)
{
	memset(tally, 0, sizeof(*tally));
	tally->state = state;
}

/**
 * tally_answers_decide() - says whether answers act at once
 * @type: enum nflb_probe_type.
 * @answers: enum nflb_answers.
 *
 * Return: true if so, false if they are counted.
 */
bool tally_answers_decide(uint32_t type, uint32_t answers)
{
	if (answers == NFLB_ANSWERS_BY_TYPE)
		return type != NFLB_PROBE_TYPE_TCP;
	return answers == NFLB_ANSWERS_AT_ONCE;
}

static void forget_flaps(struct tally *tally, uint64_t now_ms)
{
	uint64_t n = (now_ms - tally->down_ms) / TALLY_FORGET_MS;

	tally->n_flaps -= n < tally->n_flaps ? n : tally->n_flaps;
}

static uint64_t hold_of(const struct tally *tally, uint64_t interval_ms)
{
	uint64_t hold_ms = interval_ms;
	unsigned int i;

	if (tally->n_flaps <= TALLY_FLAPS_FREE)
		return 0;
	for (i = TALLY_FLAPS_FREE;
	     i < tally->n_flaps && hold_ms < TALLY_HOLD_MAX_MS; i++)
		hold_ms *= 2;
	return hold_ms < TALLY_HOLD_MAX_MS ? hold_ms : TALLY_HOLD_MAX_MS;
}

/* What was never up does not flap; what drains was up, and might come back. */
static void go_down(struct tally *tally, const struct tally_rule *rule,
		    uint64_t now_ms)
{
	if (tally->state == NFLB_HEALTH_UP ||
	    tally->state == NFLB_HEALTH_DRAINING) {
		forget_flaps(tally, now_ms);
		tally->n_flaps++;
	}
	tally->state = NFLB_HEALTH_DOWN;
	tally->down_ms = now_ms;
	tally->hold_ms = hold_of(tally, rule->interval_ms);
}

/**
 * tally_held_ms() - says how long it stays down whatever checks say
 * @tally: The tally.
 * @now_ms: The time, of a clock that never goes back.
 *
 * Return: How long from now on, in milliseconds, or 0.
 */
uint64_t tally_held_ms(const struct tally *tally, uint64_t now_ms)
{
	uint64_t past_ms = now_ms - tally->down_ms;

	if (tally->state != NFLB_HEALTH_DOWN || past_ms >= tally->hold_ms)
		return 0;
	return tally->hold_ms - past_ms;
}

static unsigned int needed(const struct tally_rule *rule, enum outcome outcome)
{
	if (rule->answers_decide && outcome != OUTCOME_SILENCE)
		return 1;
	return outcome == OUTCOME_PASS ? rule->rise : rule->fall;
}

static enum nflb_health state_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_PASS:
		return NFLB_HEALTH_UP;
	case OUTCOME_DRAINING:
		return NFLB_HEALTH_DRAINING;
	default:
		return NFLB_HEALTH_DOWN;
	}
}

static void note_result(struct tally *tally, bool is_pass)
{
	tally->passes = (tally->passes << 1 | is_pass) &
			((1U << NFLB_RESULTS_MAX) - 1);
	if (tally->n_results < NFLB_RESULTS_MAX)
		tally->n_results++;
}

/**
 * tally_count() - takes a result
 * @tally: The tally.
 * @rule: How to count.
 * @outcome: The result.
 * @now_ms: The time, of a clock that never goes back.
 *
 * The counting of the cloud's balancer, if nobody says otherwise: for tcp,
 * results in a row count either way; for http an answer acts at once and only
 * silences are counted.
 *
 * Return: Whether the state has changed.
 */
bool tally_count(struct tally *tally, const struct tally_rule *rule,
		 enum outcome outcome, uint64_t now_ms)
{
	enum nflb_health says = state_of(outcome);

	note_result(tally, outcome == OUTCOME_PASS);
	if (says != tally->last) {
		tally->last = says;
		tally->n_row = 0;
	}
	if (tally->n_row < UINT32_MAX)
		tally->n_row++;
	if (says == tally->state || tally->n_row < needed(rule, outcome) ||
	    tally_held_ms(tally, now_ms))
		return false;
	if (says == NFLB_HEALTH_DOWN)
		go_down(tally, rule, now_ms);
	else
		tally->state = says;
	return true;
}
