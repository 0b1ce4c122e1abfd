// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format is that of the application health extension of Azure's VMs, which
 * knows no draining and no weight.
 */
#include "appstate.h"

#include <jansson.h>
#include <strings.h>

#include "nflb.h"

#define STATE_KEY	"ApplicationHealthState"
#define WEIGHT_KEY	"Weight"

static enum appstate read_weight(const json_t *weight, uint32_t *share,
				 struct why *why)
{
	json_int_t pct = json_integer_value(weight);

	if (!json_is_integer(weight) || pct < 0 || pct > NFLB_PCT_MAX) {
		because(why, "its " WEIGHT_KEY " is no integer from 0 to %d",
			NFLB_PCT_MAX);
		return APPSTATE_OTHER;
	}
	if (!pct) {
		because(why, "the application wants no new flows");
		return APPSTATE_DRAINING;
	}
	*share = pct;
	return APPSTATE_HEALTHY;
}

static enum appstate read_healthy(const json_t *body, uint32_t *share,
				  struct why *why)
{
	const json_t *weight = json_object_get(body, WEIGHT_KEY);

	*share = NFLB_PCT_MAX;
	return weight ? read_weight(weight, share, why) : APPSTATE_HEALTHY;
}

static enum appstate read_state(const json_t *body, uint32_t *share,
				struct why *why)
{
	const json_t *state = json_object_get(body, STATE_KEY);
	char cut[EXCERPT_SIZE];

	if (!json_is_string(state)) {
		because(why, "the body has no " STATE_KEY " as a string");
		return APPSTATE_OTHER;
	}
	if (!strcasecmp(json_string_value(state), "Healthy"))
		return read_healthy(body, share, why);
	because(why, "the application says \"%s\"",
		excerpt(json_string_value(state), cut));
	if (!strcasecmp(json_string_value(state), "Draining"))
		return APPSTATE_DRAINING;
	return APPSTATE_OTHER;
}

/**
 * appstate_read() - reads what an application says of its own health
 * @text: What it says; NULL if that is nothing.
 * @len: Bytes of it.
 * @share: What it wants of its share of new flows, as a percentage, not 0; set
 *         if it is healthy.
 * @why: Why it is not healthy.
 *
 * Return: What it says.
 */
enum appstate appstate_read(const char *text, size_t len, uint32_t *share,
			    struct why *why)
{
	enum appstate state;
	json_error_t error;
	json_t *body;

	body = json_loadb(text ?: "", len, JSON_REJECT_DUPLICATES, &error);
	if (!body) {
		because(why, "the body is no JSON: line %d: %s", error.line,
			error.text);
		return APPSTATE_OTHER;
	}
	state = read_state(body, share, why);
	json_decref(body);
	return state;
}
