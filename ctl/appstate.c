// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format is that of the application health extension of Azure's VMs, which
 * knows no draining.
 */
#include "appstate.h"

#include <jansson.h>
#include <strings.h>

#define STATE_KEY	"ApplicationHealthState"

static enum appstate read_state(const json_t *body, struct why *why)
{
	const json_t *state = json_object_get(body, STATE_KEY);
	char cut[EXCERPT_SIZE];

	if (!json_is_string(state)) {
		because(why, "the body has no " STATE_KEY " as a string");
		return APPSTATE_OTHER;
	}
	if (!strcasecmp(json_string_value(state), "Healthy"))
		return APPSTATE_HEALTHY;
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
 * @why: Why it is not healthy.
 *
 * Return: What it says.
 */
enum appstate appstate_read(const char *text, size_t len, struct why *why)
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
	state = read_state(body, why);
	json_decref(body);
	return state;
}
