// SPDX-License-Identifier: GPL-2.0-only
/* The format is that of the application health extension of Azure's VMs. */
#include "appstate.h"

#include <jansson.h>
#include <strings.h>

#define STATE_KEY	"ApplicationHealthState"

static bool says_healthy(const json_t *body, struct why *why)
{
	const json_t *state = json_object_get(body, STATE_KEY);
	char cut[EXCERPT_SIZE];

	if (!json_is_string(state)) {
		because(why, "the body has no " STATE_KEY " as a string");
		return false;
	}
	if (!strcasecmp(json_string_value(state), "Healthy"))
		return true;
	because(why, "the application says \"%s\"",
		excerpt(json_string_value(state), cut));
	return false;
}

/**
 * appstate_is_healthy() - says whether an application says that it is healthy
 * @text: What it says; NULL if that is nothing.
 * @len: Bytes of it.
 * @why: Why not.
 *
 * Return: Whether it does.
 */
bool appstate_is_healthy(const char *text, size_t len, struct why *why)
{
	json_error_t error;
	bool is_healthy;
	json_t *body;

	body = json_loadb(text ?: "", len, JSON_REJECT_DUPLICATES, &error);
	if (!body) {
		because(why, "the body is no JSON: line %d: %s", error.line,
			error.text);
		return false;
	}
	is_healthy = says_healthy(body, why);
	json_decref(body);
	return is_healthy;
}
