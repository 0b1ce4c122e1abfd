// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions of Azure's templates, evaluated as they are read. Of the two ways
 * of an if() only the right one is taken: the other is read, and nothing in it
 * is called.
 */
#include "expression.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nocase.h"

#define LEN_MAX		24576	/* Azure takes no longer ones */
#define NAME_CHARS_MAX	64
#define UNRESOLVED	"\001unresolved"

/**
 * struct parser - an expression that is being read
 * @at: What has not been read.
 * @skipping: It is read without being evaluated if this is not 0.
 * @missing: A value that is needed and not to be had, or NULL.
 * @e: The expression.
 * @why: What is wrong.
 */
struct parser {
	const char *at;
	unsigned int skipping;
	json_t *missing;
	struct expression *e;
	struct why *why;
};

/**
 * expression_text() - makes a value of a text
 * @text: The text.
 *
 * json_string() would be that of print.h.
 *
 * Return: The value, or NULL if this is no text; json_decref() it.
 */
json_t *expression_text(const char *text)
{
	return json_stringn(text, strlen(text));
}

/**
 * unresolved_new() - makes what stands for a value that is not to be had
 * @why: Why it is not.
 *
 * Who does not need the value need not care.
 *
 * Return: The value; json_decref() it.
 */
json_t *unresolved_new(const struct why *why)
{
	/* What is cut within a character is no text. */
	json_t *text = expression_text(why->text) ?:
		       expression_text("not resolved");

	return mem_need(json_pack("{s:o}", UNRESOLVED, text));
}

/**
 * unresolved_why() - says why a value is not to be had
 * @value: The value.
 *
 * Return: The sentence, which belongs to @value; NULL for one that is there.
 */
const char *unresolved_why(const json_t *value)
{
	return json_string_value(json_object_get(value, UNRESOLVED));
}

/**
 * unresolved_in() - finds what has not been resolved of a value
 * @value: The value.
 *
 * Return: What stands for it, with a reference for the caller, or NULL.
 */
json_t *unresolved_in(json_t *value)
{
	json_t *part, *found = NULL;
	const char *key;
	size_t i;

	if (unresolved_why(value))
		return json_incref(value);
	json_array_foreach(value, i, part) {
		found = unresolved_in(part);
		if (found)
			return found;
	}
	json_object_foreach(value, key, part) {
		found = unresolved_in(part);
		if (found)
			return found;
	}
	return NULL;
}

/**
 * expression_charge() - counts what is done
 * @e: The expression.
 * @steps: How much it is.
 * @why: That it is too much.
 *
 * Return: 0 or a negative number.
 */
int expression_charge(struct expression *e, size_t steps, struct why *why)
{
	if (steps <= EXPRESSION_STEPS_MAX - e->steps) {
		e->steps += steps;
		return 0;
	}
	e->steps = EXPRESSION_STEPS_MAX;
	return because(why, "all of the template takes over %d steps to resolve",
		       EXPRESSION_STEPS_MAX);
}

/**
 * expression_enter() - goes one level deeper
 * @e: The expression; expression_leave() it if that succeeds.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int expression_enter(struct expression *e, struct why *why)
{
	if (expression_charge(e, 1, why))
		return -1;
	if (e->depth == EXPRESSION_DEPTH_MAX)
		return because(why, "more than %d levels are in each other",
			       EXPRESSION_DEPTH_MAX);
	e->depth++;
	return 0;
}

/**
 * expression_leave() - comes back from a level
 * @e: The expression.
 */
void expression_leave(struct expression *e)
{
	e->depth--;
}

static void skip_space(struct parser *p)
{
	p->at += strspn(p->at, " \t\r\n");
}

static bool take(struct parser *p, char wanted)
{
	skip_space(p);
	if (*p->at != wanted)
		return false;
	p->at++;
	skip_space(p);
	return true;
}

static json_t *refuse(struct parser *p, const char *wanted)
{
	char cut[EXCERPT_SIZE];

	if (*p->at)
		because(p->why, "%s is needed before \"%s\"", wanted,
			excerpt(p->at, cut));
	else
		because(p->why, "%s is needed at its end", wanted);
	return NULL;
}

static json_t *parse(struct parser *p);

/* 'it''s' is it's. */
static json_t *parse_text(struct parser *p)
{
	char *text = mem_zalloc(strlen(p->at) + 1);
	json_t *value;
	size_t len = 0;

	for (p->at++; *p->at && (*p->at != '\'' || p->at[1] == '\''); p->at++) {
		if (*p->at == '\'')
			p->at++;
		text[len++] = *p->at;
	}
	value = take(p, '\'') ? expression_text(text) : refuse(p, "'");
	free(text);
	return value;
}

static json_t *parse_number(struct parser *p)
{
	long long number;
	char *end;

	errno = 0;
	number = strtoll(p->at, &end, 10);
	if (errno || end == p->at)
		return refuse(p, "a number of 64 bits");
	p->at = end;
	return mem_need(json_integer(number));
}

/* Names of functions may have one of a namespace before them. */
static int parse_name(struct parser *p, char name[NAME_CHARS_MAX])
{
	size_t len = 0;

	while (isalnum((unsigned char)p->at[len]) || p->at[len] == '_' ||
	       p->at[len] == '.')
		len++;
	if (!len || len >= NAME_CHARS_MAX) {
		refuse(p, "a function, a text or a number");
		return -1;
	}
	memcpy(name, p->at, len);
	name[len] = '\0';
	p->at += len;
	return 0;
}

/* Its sentence is the one that says what is really wrong. */
static bool is_missing(struct parser *p, json_t *value)
{
	if (!unresolved_why(value))
		return false;
	if (!p->missing)
		p->missing = json_incref(value);
	return true;
}

static int check_args(struct parser *p, const json_t *args)
{
	json_t *arg;
	size_t i;

	json_array_foreach(args, i, arg)
		if (is_missing(p, arg))
			return -1;
	return 0;
}

static json_t *call(struct parser *p, const char *name, json_t *args)
{
	const struct call it = {
		.name = name,
		.args = args,
		.expression = p->e,
		.why = p->why,
	};

	if (p->skipping)
		return json_null();
	return check_args(p, args) ? NULL : p->e->call(&it);
}

static int parse_arg(struct parser *p, json_t *args)
{
	json_t *arg = parse(p);

	if (!arg)
		return -1;
	mem_check(json_array_append_new(args, arg));
	return 0;
}

static int parse_args(struct parser *p, json_t *args)
{
	if (take(p, ')'))
		return 0;
	do {
		if (parse_arg(p, args))
			return -1;
	} while (take(p, ','));
	if (take(p, ')'))
		return 0;
	refuse(p, ", or )");
	return -1;
}

static int parse_way(struct parser *p, json_t *args, bool is_taken)
{
	int err;

	if (!take(p, ',')) {
		refuse(p, "a comma of if()");
		return -1;
	}
	p->skipping += !is_taken;
	err = parse_arg(p, args);
	p->skipping -= !is_taken;
	return err;
}

static json_t *parse_if(struct parser *p, json_t *args)
{
	const json_t *condition;
	bool is_true;

	if (parse_arg(p, args) || check_args(p, args))
		return NULL;
	condition = json_array_get(args, 0);
	is_true = json_is_true(condition);
	if (!p->skipping && !json_is_boolean(condition)) {
		because(p->why, "the condition of if() is not true or false");
		return NULL;
	}
	if (parse_way(p, args, is_true) || parse_way(p, args, !is_true))
		return NULL;
	if (!take(p, ')'))
		return refuse(p, ")");
	return json_incref(json_array_get(args, is_true ? 1 : 2));
}

static json_t *parse_call(struct parser *p)
{
	char name[NAME_CHARS_MAX];
	json_t *args, *result = NULL;

	if (parse_name(p, name))
		return NULL;
	if (!take(p, '('))
		return refuse(p, "(");
	args = mem_need(json_array());
	if (nocase_equal(name, "if"))
		result = parse_if(p, args);
	else if (!parse_args(p, args))
		result = call(p, name, args);
	json_decref(args);
	return result;
}

static json_t *parse_primary(struct parser *p)
{
	skip_space(p);
	if (*p->at == '\'')
		return parse_text(p);
	if (isdigit((unsigned char)*p->at) || *p->at == '-')
		return parse_number(p);
	return parse_call(p);
}

static json_t *member(struct parser *p, const json_t *value, const char *key)
{
	char cut[EXCERPT_SIZE];
	json_t *found;

	found = nocase_get(value, key, NULL);
	if (!found)
		because(p->why, "there is no \"%s\"", excerpt(key, cut));
	return json_incref(found);
}

static json_t *item_at(struct parser *p, const json_t *value, json_int_t idx)
{
	size_t n = json_array_size(value);

	if (idx >= 0 && (size_t)idx < n)
		return json_incref(json_array_get(value, idx));
	because(p->why, "there is no item %lld of %zu", (long long)idx, n);
	return NULL;
}

/* .NAME, ['NAME'] or [NUMBER] of a value */
static json_t *choose(struct parser *p, json_t *value, const json_t *key)
{
	if (p->skipping)
		return json_null();
	if (is_missing(p, value))
		return NULL;
	if (json_is_string(key))
		return member(p, value, json_string_value(key));
	if (json_is_integer(key))
		return item_at(p, value, json_integer_value(key));
	because(p->why, "in brackets a text or a number is needed");
	return NULL;
}

static json_t *parse_key(struct parser *p)
{
	char name[NAME_CHARS_MAX];
	size_t len = 0;
	json_t *key;

	if (take(p, '[')) {
		key = parse(p);
		if (!key || take(p, ']'))
			return key;
		json_decref(key);
		return refuse(p, "]");
	}
	p->at++;
	while (isalnum((unsigned char)p->at[len]) || p->at[len] == '_')
		len++;
	if (!len || len >= sizeof(name))
		return refuse(p, "a name");
	key = mem_need(json_stringn(p->at, len));
	p->at += len;
	return key;
}

static json_t *parse_choice(struct parser *p, json_t *value)
{
	json_t *key = parse_key(p);
	json_t *chosen = key ? choose(p, value, key) : NULL;

	json_decref(key);
	json_decref(value);
	skip_space(p);
	return chosen;
}

static json_t *parse(struct parser *p)
{
	json_t *value;

	if (expression_enter(p->e, p->why))
		return NULL;
	value = parse_primary(p);
	skip_space(p);
	while (value && (*p->at == '.' || *p->at == '['))
		value = parse_choice(p, value);
	expression_leave(p->e);
	return value;
}

/* The brackets are not part of it. */
static json_t *parse_all(struct parser *p)
{
	json_t *value = parse(p);

	if (!value || (p->at[0] == ']' && !p->at[1]))
		return value;
	json_decref(value);
	return refuse(p, "one ], its last,");
}

/**
 * expression_is() - says whether a text is an expression
 * @text: The text.
 *
 * Return: true if it is in brackets; what begins with two is meant as it is.
 */
bool expression_is(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[0] == '[' && text[1] != '[' &&
	       text[len - 1] == ']';
}

/**
 * expression_resolve() - says what an expression comes to
 * @e: Where expressions are resolved.
 * @text: The expression, in brackets.
 * @why: Why it cannot be resolved.
 *
 * Return: Its value, which may be one that is not to be had, or NULL;
 * json_decref() it.
 */
json_t *expression_resolve(struct expression *e, const char *text,
			   struct why *why)
{
	struct parser p = { .at = text + 1, .e = e, .why = why };
	json_t *value;

	if (strlen(text) > LEN_MAX) {
		because(why, "longer than %d characters", LEN_MAX);
		return NULL;
	}
	value = parse_all(&p);
	if (value)
		json_decref(p.missing);
	return value ?: p.missing;
}
