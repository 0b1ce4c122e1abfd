// SPDX-License-Identifier: GPL-2.0-only
/* What applications say of their health, and what they had better not say. */
#include "helper.h"

#include <stdlib.h>
#include <string.h>

#include "appstate.h"

#define DEPTH	30000

/* In memory of its own, so that a byte too many is found out */
static enum appstate read_share(const char *text, size_t len, uint32_t *share,
				struct why *why)
{
	char *copy = malloc(len ?: 1);
	enum appstate state;

	assert_non_null(copy);
	memcpy(copy, text, len);
	state = appstate_read(copy, len, share, why);
	free(copy);
	return state;
}

static enum appstate read_copy(const char *text, size_t len, struct why *why)
{
	uint32_t share;

	return read_share(text, len, &share, why);
}

static void healthy_in_any_case(void **state)
{
	static const char * const texts[] = {
		"{\"ApplicationHealthState\": \"Healthy\"}",
		"{\"ApplicationHealthState\":\"healthy\"}",
		" {\"a\": [1], \"ApplicationHealthState\": \"HEALTHY\"}\n",
	};
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(read_copy(texts[i], strlen(texts[i]), &why),
				 APPSTATE_HEALTHY);
}

static void healthy_wants_its_weight(void **state)
{
	static const struct {
		const char *text;
		uint32_t share;
	} cases[] = {
		{ "{\"ApplicationHealthState\": \"Healthy\"}", 100 },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": 1}", 1 },
		{ "{\"Weight\": 100, "
		  "\"ApplicationHealthState\": \"Healthy\"}", 100 },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"weight\": 5}", 100 },
	};
	struct why why;
	uint32_t share;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		share = 0;
		assert_int_equal(read_share(cases[i].text,
					    strlen(cases[i].text), &share,
					    &why), APPSTATE_HEALTHY);
		assert_int_equal(share, cases[i].share);
	}
}

static void weight_0_drains(void **state)
{
	static const char text[] =
		"{\"ApplicationHealthState\": \"Healthy\", \"Weight\": 0}";
	struct why why;

	(void)state;
	assert_int_equal(read_copy(text, strlen(text), &why),
			 APPSTATE_DRAINING);
	assert_string_equal(why.text, "the application wants no new flows");
}

static void draining_in_any_case(void **state)
{
	static const char * const texts[] = {
		"{\"ApplicationHealthState\": \"Draining\"}",
		"{\"ApplicationHealthState\": \"draining\", \"a\": 1}",
	};
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(read_copy(texts[i], strlen(texts[i]), &why),
				 APPSTATE_DRAINING);
	assert_string_equal(why.text, "the application says \"draining\"");
}

static void anything_else_is_a_failure(void **state)
{
	static const char * const cases[][2] = {
		{ "{\"ApplicationHealthState\": \"Unhealthy\"}",
		  "the application says \"Unhealthy\"" },
		{ "{\"ApplicationHealthState\": \"\"}",
		  "the application says \"\"" },
		{ "{\"ApplicationHealthState\": true}",
		  "the body has no ApplicationHealthState as a string" },
		{ "{\"applicationhealthstate\": \"Healthy\"}",
		  "the body has no ApplicationHealthState as a string" },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": 101}",
		  "its Weight is no integer from 0 to 100" },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": -1}",
		  "its Weight is no integer from 0 to 100" },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": 0.5}",
		  "its Weight is no integer from 0 to 100" },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": \"5\"}",
		  "its Weight is no integer from 0 to 100" },
		{ "{\"ApplicationHealthState\": \"Healthy\", "
		  "\"Weight\": null}",
		  "its Weight is no integer from 0 to 100" },
		{ "[\"Healthy\"]",
		  "the body has no ApplicationHealthState as a string" },
		{ "", "the body is no JSON: line 1: " },
		{ "Healthy", "the body is no JSON: line 1: " },
		{ "{\"ApplicationHealthState\": \"Healthy\"",
		  "the body is no JSON: line 1: " },
		{ "{\"ApplicationHealthState\": \"Healthy\"} x",
		  "the body is no JSON: line 1: " },
		{ "{\"ApplicationHealthState\": \"Healthy\",\n"
		  "\"ApplicationHealthState\": \"Healthy\"}",
		  "the body is no JSON: line 2: " },
		{ "{\"ApplicationHealthState\": \"Healthy\\u0000\"}",
		  "the body is no JSON: line 1: " },
		{ "{\"ApplicationHealthState\": \"\xff\"}",
		  "the body is no JSON: line 1: " },
	};
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(read_copy(cases[i][0], strlen(cases[i][0]),
					   &why), APPSTATE_OTHER);
		why.text[strlen(cases[i][1])] = '\0';
		assert_string_equal(why.text, cases[i][1]);
	}
}

/* Nothing at all has no bytes to point to. */
static void nothing_is_a_failure(void **state)
{
	struct why why;
	uint32_t share;

	(void)state;
	assert_int_equal(appstate_read(NULL, 0, &share, &why), APPSTATE_OTHER);
	assert_memory_equal(why.text, "the body is no JSON: ", 21);
}

static void depth_is_no_harm(void **state)
{
	char *text = malloc(DEPTH);
	struct why why;

	(void)state;
	assert_non_null(text);
	memset(text, '[', DEPTH);
	assert_int_equal(read_copy(text, DEPTH, &why), APPSTATE_OTHER);
	assert_memory_equal(why.text, "the body is no JSON: ", 21);
	free(text);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(healthy_in_any_case),
		CASE(healthy_wants_its_weight),
		CASE(weight_0_drains),
		CASE(draining_in_any_case),
		CASE(anything_else_is_a_failure),
		CASE(nothing_is_a_failure),
		CASE(depth_is_no_harm),
	};

	return RUN(cases);
}
