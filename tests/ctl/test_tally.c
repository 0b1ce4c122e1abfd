// SPDX-License-Identifier: GPL-2.0-only
/* From results to a state. */
#include "helper.h"

#include "tally.h"

#define INTERVAL_MS	1000

static const struct tally_rule tcp = {
	.rise = 2, .fall = 3, .interval_ms = INTERVAL_MS,
};

static const struct tally_rule http = {
	.rise = 2, .fall = 3, .interval_ms = INTERVAL_MS,
	.answers_decide = true,
};

static uint64_t now_ms;

static enum outcome outcome_of(char letter)
{
	switch (letter) {
	case 'p':
		return OUTCOME_PASS;
	case 'f':
		return OUTCOME_FAIL;
	case 'e':
		return OUTCOME_DRAINING;
	default:
		return OUTCOME_SILENCE;
	}
}

/*
 * Runs results, an interval apart, and writes the state after each: p, f and s
 * are pass, fail and silence, e is the answer that it ends; u, d, e and ? are
 * up, down, draining and unknown.
 */
static const char *states(struct tally *tally, const struct tally_rule *rule,
			  const char *results)
{
	static const char letters[] = {
		[NFLB_HEALTH_UNKNOWN] = '?',
		[NFLB_HEALTH_UP] = 'u',
		[NFLB_HEALTH_DOWN] = 'd',
		[NFLB_HEALTH_DRAINING] = 'e',
	};
	static char buf[64];
	enum nflb_health before;
	enum outcome outcome;
	bool has_changed;
	size_t i;

	for (i = 0; results[i]; i++) {
		outcome = outcome_of(results[i]);
		before = tally->state;
		has_changed = tally_count(tally, rule, outcome, now_ms);
		assert_int_equal(has_changed, before != tally->state);
		buf[i] = letters[tally->state];
		now_ms += INTERVAL_MS;
	}
	buf[i] = '\0';
	return buf;
}

static const char *states_from(enum nflb_health state,
			       const struct tally_rule *rule,
			       const char *results)
{
	struct tally tally;

	tally_init(&tally, state);
	return states(&tally, rule, results);
}

static void tcp_counts_both_ways(void **state)
{
	(void)state;
	assert_string_equal(states_from(NFLB_HEALTH_DOWN, &tcp, "pfppfpffsp"),
			    "dddu" "uuuu" "dd");
	assert_string_equal(states_from(NFLB_HEALTH_UP, &tcp, "ffpsfs"),
			    "uuuuud");
}

static void unknown_becomes_what_enough_results_say(void **state)
{
	(void)state;
	assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &tcp, "pp"),
			    "?u");
	assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &tcp, "fsf"),
			    "??d");
	assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &tcp, "fpfpp"),
			    "????u");
}

static void http_answers_act_at_once(void **state)
{
	(void)state;
	assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &http, "p"), "u");
	assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &http, "f"), "d");
	assert_string_equal(states_from(NFLB_HEALTH_UP, &http, "fpfp"),
			    "dudu");
}

static void http_silences_are_counted(void **state)
{
	(void)state;
	assert_string_equal(states_from(NFLB_HEALTH_UP, &http, "sspsss"),
			    "uuuuud");
	assert_string_equal(states_from(NFLB_HEALTH_UP, &http, "ssf"), "uud");
}

/* Results, and the states that they make where answers act at once or not */
static const struct {
	unsigned int rise;
	unsigned int fall;
	const char *results;
	const char *at_once;
	const char *counted;
} countings[] = {
	{ 1, 1, "pfpsp", "ududu", "ududu" },
	{ 2, 3, "ppfffppfsfp", "uuddduudddu", "?uuudduuudd" },
	{ 2, 3, "psspsss", "uuuuuud", "??????d" },
	{ 3, 1, "pppspppfp", "uuuduuudu", "??udddudd" },
	{ 1, 4, "pfsfsf", "uddddd", "uuuudd" },
	{ 2, 3, "ppeeepp", "uueeeuu", "?uuueeu" },
};

static void expect_counted(uint32_t type, uint32_t answers, bool is_counted)
{
	struct tally_rule rule = { .interval_ms = INTERVAL_MS };
	size_t i;

	rule.answers_decide = tally_answers_decide(type, answers);
	assert_int_equal(rule.answers_decide, !is_counted);
	for (i = 0; i < ARRAY_SIZE(countings); i++) {
		rule.rise = countings[i].rise;
		rule.fall = countings[i].fall;
		assert_string_equal(states_from(NFLB_HEALTH_UNKNOWN, &rule,
						countings[i].results),
				    is_counted ? countings[i].counted :
						 countings[i].at_once);
	}
}

/* By default as with the cloud's balancer, else as the probe says */
static void answers_count_as_the_probe_says(void **state)
{
	uint32_t type;

	(void)state;
	for (type = NFLB_PROBE_TYPE_TCP; type <= NFLB_PROBE_TYPE_GRPCS; type++) {
		expect_counted(type, NFLB_ANSWERS_BY_TYPE,
			       type == NFLB_PROBE_TYPE_TCP);
		expect_counted(type, NFLB_ANSWERS_AT_ONCE, false);
		expect_counted(type, NFLB_ANSWERS_COUNTED, true);
	}
}

static void draining_acts_at_once_and_is_no_flap(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UNKNOWN);
	assert_string_equal(states(&tally, &http, "epepepe"), "eueueue");
	assert_int_equal(tally.n_flaps, 0);
	assert_string_equal(states(&tally, &http, "sspsss"), "eeuuud");
	assert_int_equal(tally.n_flaps, 1);
}

/* What is stopped in an orderly way again and again flaps as well. */
static void down_by_way_of_draining_is_a_flap(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UP);
	assert_string_equal(states(&tally, &http, "efpefp"), "eduedu");
	assert_int_equal(tally.n_flaps, 2);
	assert_string_equal(states(&tally, &http, "efppp"), "edduu");
}

static void what_is_so_already_is_no_change(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UP);
	assert_false(tally_count(&tally, &http, OUTCOME_PASS, 0));
	assert_true(tally_count(&tally, &http, OUTCOME_FAIL, 0));
	assert_false(tally_count(&tally, &http, OUTCOME_FAIL, 0));
}

/* Down at the third time for 2 intervals, then 4, 8 ... */
static void what_flaps_stays_down_longer(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UP);
	assert_string_equal(states(&tally, &http, "fpfp"), "dudu");
	assert_string_equal(states(&tally, &http, "fppp"), "dduu");
	assert_string_equal(states(&tally, &http, "fppppp"), "ddddu" "u");
	assert_string_equal(states(&tally, &http, "fppppppppp"),
			    "dddddddd" "uu");
}

static void patience_has_an_end(void **state)
{
	struct tally tally;
	int i;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UP);
	tally.n_flaps = 1000;
	tally.down_ms = now_ms;
	assert_true(tally_count(&tally, &http, OUTCOME_FAIL, now_ms));
	for (i = 0; i < TALLY_HOLD_MAX_MS / INTERVAL_MS; i++)
		assert_string_equal(states(&tally, &http, "p"), "d");
	assert_string_equal(states(&tally, &http, "p"), "u");
}

static void flaps_are_forgotten(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UP);
	states(&tally, &http, "fpfpfpp");
	assert_int_equal(tally.n_flaps, 3);
	now_ms += 2 * TALLY_FORGET_MS;
	assert_string_equal(states(&tally, &http, "fp"), "du");
	assert_int_equal(tally.n_flaps, 2);
}

/* Going down from unknown, as a backend that is not there yet, is none. */
static void what_was_never_up_does_not_flap(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UNKNOWN);
	states(&tally, &http, "f");
	assert_int_equal(tally.n_flaps, 0);
}

static void the_last_results_are_kept(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, NFLB_HEALTH_UNKNOWN);
	states(&tally, &tcp, "pfsp");
	assert_int_equal(tally.n_results, 4);
	assert_int_equal(tally.passes, 0x9);
	states(&tally, &tcp, "pppppppppppppppp" "sf");
	assert_int_equal(tally.n_results, NFLB_RESULTS_MAX);
	assert_int_equal(tally.passes, 0xfffc);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(tcp_counts_both_ways),
		CASE(unknown_becomes_what_enough_results_say),
		CASE(http_answers_act_at_once),
		CASE(http_silences_are_counted),
		CASE(answers_count_as_the_probe_says),
		CASE(draining_acts_at_once_and_is_no_flap),
		CASE(down_by_way_of_draining_is_a_flap),
		CASE(what_is_so_already_is_no_change),
		CASE(what_flaps_stays_down_longer),
		CASE(patience_has_an_end),
		CASE(flaps_are_forgotten),
		CASE(what_was_never_up_does_not_flap),
		CASE(the_last_results_are_kept),
	};

	return RUN(cases);
}
