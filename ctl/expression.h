/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expressions of Azure's templates, such as
 * [concat(parameters('name'), '-lb')].
 * Whoever wrote them need not wish us well: what they may cost is bounded.
 */
#ifndef LBCTL_EXPRESSION_H
#define LBCTL_EXPRESSION_H

#include <jansson.h>

#include "msg.h"

#define EXPRESSION_DEPTH_MAX	48
#define EXPRESSION_STEPS_MAX	1000000
#define EXPRESSION_TEXT_MAX	131072
#define EXPRESSION_ITEMS_MAX	10000

struct expression;

/**
 * struct call - a call of a function in an expression
 * @name: Name of the function, as it was written.
 * @args: Its arguments, an array.
 * @expression: The expression.
 * @why: Where it goes why the function has no result.
 */
struct call {
	const char *name;
	json_t *args;
	struct expression *expression;
	struct why *why;
};

/**
 * struct expression - an expression under way, with those that it leads to
 * @call: Calls a function; returns its result, or NULL.
 * @context: What @call works with.
 * @depth: How deep calls and values are in each other now.
 * @steps: What has been done so far.
 */
struct expression {
	json_t *(*call)(const struct call *call);
	void *context;
	unsigned int depth;
	size_t steps;
};

/**
 * call_arg() - finds an argument
 * @call: The call.
 * @idx: Number of the argument.
 *
 * Return: It, or NULL if there are not as many.
 */
static inline json_t *call_arg(const struct call *call, size_t idx)
{
	return json_array_get(call->args, idx);
}

/**
 * call_text() - finds an argument that is a text
 * @call: The call.
 * @idx: Number of the argument.
 *
 * Return: It, or NULL if it is none.
 */
static inline const char *call_text(const struct call *call, size_t idx)
{
	return json_string_value(call_arg(call, idx));
}

bool expression_is(const char *text);
json_t *expression_resolve(struct expression *e, const char *text,
			   struct why *why);
int expression_charge(struct expression *e, size_t steps, struct why *why);
int expression_enter(struct expression *e, struct why *why);
void expression_leave(struct expression *e);

json_t *expression_text(const char *text);
json_t *unresolved_new(const struct why *why);
const char *unresolved_why(const json_t *value);
json_t *unresolved_in(json_t *value);

#endif /* LBCTL_EXPRESSION_H */
