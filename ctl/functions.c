// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions of Azure's templates that need nothing but their arguments:
 * a table of them, with the kinds of their arguments, so that a function finds
 * what it needs.
 */
#include "functions.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nocase.h"

/**
 * struct function - a function
 * @name: Its name.
 * @args: A letter for the kind of each argument: a for an array, b for true or
 *        false, i for a whole number, s for a text, l for what has a length (a
 *        text or an array), v for any value. The last one goes on.
 * @min: How many arguments it has at least.
 * @max: How many at most; 0 for any number.
 * @run: Makes its result.
 */
struct function {
	const char *name;
	const char *args;
	size_t min;
	size_t max;
	json_t *(*run)(const struct call *call);
};

/* A text that grows. */
struct text {
	char *chars;
	size_t len;
	size_t cap;
	bool is_too_long;
};

__printf(2, 3) static json_t *fail(const struct call *call, const char *fmt,
				   ...)
{
	char text[WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	because(call->why, "%s(): %.500s", call->name, text);
	return NULL;
}

static json_int_t number_arg(const struct call *call, size_t idx)
{
	return json_integer_value(call_arg(call, idx));
}

static void text_add(struct text *text, const char *chars, size_t len)
{
	if (len >= EXPRESSION_TEXT_MAX - text->len) {
		text->is_too_long = true;
		return;
	}
	while (text->len + len + 1 > text->cap)
		text->chars = mem_grow(text->chars, &text->cap, 1);
	memcpy(text->chars + text->len, chars, len);
	text->len += len;
	text->chars[text->len] = '\0';
}

/* What has been cut within a character is not a text any more. */
static json_t *text_result(const struct call *call, const char *chars,
			   size_t len)
{
	json_t *result;

	if (expression_charge(call->expression, len / 64, call->why))
		return NULL;
	result = json_stringn(chars, len);
	return result ?: fail(call, "its result is not a text");
}

/* A text of what has not been resolved would pass for one that has. */
static json_t *text_end(const struct call *call, struct text *text)
{
	json_t *result = unresolved_in(call->args);

	if (!result && text->is_too_long)
		result = fail(call, "its result is longer than %d characters",
			      EXPRESSION_TEXT_MAX - 1);
	else if (!result)
		result = text_result(call, text->chars ?: "", text->len);
	free(text->chars);
	return result;
}

/* As string() does */
static void text_add_value(struct text *text, const json_t *value)
{
	const char *chars = json_string_value(value);
	char *dumped = NULL;

	if (!chars)
		dumped = mem_need(json_dumps(value, JSON_ENCODE_ANY |
						    JSON_COMPACT));
	text_add(text, chars ?: dumped, strlen(chars ?: dumped));
	free(dumped);
}

static json_t *add_item(const struct call *call, json_t *array, json_t *item)
{
	if (expression_charge(call->expression, 1, call->why)) {
		json_decref(array);
		return NULL;
	}
	mem_need(json_array_append(array, item) ? NULL : array);
	return array;
}

/* The items from @first on, before @end */
static json_t *items(const struct call *call, const json_t *array, size_t first,
		     size_t end)
{
	json_t *result = mem_need(json_array());
	size_t i;

	for (i = first; i < end && result; i++)
		result = add_item(call, result, json_array_get(array, i));
	return result;
}

static json_t *concat_arrays(const struct call *call)
{
	json_t *result = mem_need(json_array());
	json_t *array, *item;
	size_t i, k;

	json_array_foreach(call->args, i, array) {
		if (!json_is_array(array)) {
			json_decref(result);
			return fail(call, "argument %zu is not an array",
				    i + 1);
		}
		json_array_foreach(array, k, item) {
			result = add_item(call, result, item);
			if (!result)
				return NULL;
		}
	}
	return result;
}

static json_t *run_concat(const struct call *call)
{
	struct text text = { .len = 0 };
	json_t *value;
	size_t i;

	if (json_is_array(call_arg(call, 0)))
		return concat_arrays(call);
	json_array_foreach(call->args, i, value)
		text_add_value(&text, value);
	return text_end(call, &text);
}

/* {0} or {0:FORMAT}; returns what follows it, NULL for anything else */
static const char *format_one(const struct call *call, const char *at,
			      struct text *text)
{
	const json_t *value;
	size_t idx;
	char *end;

	if (!isdigit((unsigned char)*at))
		return NULL;
	idx = strtoul(at, &end, 10);
	value = idx < json_array_size(call->args) ? call_arg(call, idx + 1) :
						    NULL;
	if (!value || *end != '}')
		return NULL;
	text_add_value(text, value);
	return end + 1;
}

static json_t *run_format(const struct call *call)
{
	const char *at = call_text(call, 0);
	struct text text = { .len = 0 };

	while (at && *at) {
		if ((*at == '{' || *at == '}') && at[1] == *at) {
			text_add(&text, at, 1);
			at += 2;
		} else if (*at == '{') {
			at = format_one(call, at + 1, &text);
		} else {
			text_add(&text, at++, 1);
		}
	}
	if (at)
		return text_end(call, &text);
	free(text.chars);
	return fail(call, "in braces it takes the numbers of its values");
}

static json_t *map_text(const struct call *call, int (*map)(int c))
{
	char *chars = mem_strdup(call_text(call, 0));
	json_t *result;
	char *p;

	for (p = chars; *p; p++)
		if ((unsigned char)*p < 0x80)
			*p = map((unsigned char)*p);
	result = text_result(call, chars, strlen(chars));
	free(chars);
	return result;
}

static json_t *run_to_lower(const struct call *call)
{
	return map_text(call, tolower);
}

static json_t *run_to_upper(const struct call *call)
{
	return map_text(call, toupper);
}

static json_t *run_trim(const struct call *call)
{
	const char *chars = call_text(call, 0);
	size_t len;

	chars += strspn(chars, " \t\r\n");
	len = strlen(chars);
	while (len && strchr(" \t\r\n", chars[len - 1]))
		len--;
	return text_result(call, chars, len);
}

static json_t *run_string(const struct call *call)
{
	struct text text = { .len = 0 };

	text_add_value(&text, call_arg(call, 0));
	return text_end(call, &text);
}

static json_t *run_int(const struct call *call)
{
	const char *chars = call_text(call, 0);
	long long number;
	char *end;

	if (json_is_integer(call_arg(call, 0)))
		return json_incref(call_arg(call, 0));
	if (!chars)
		return fail(call, "it takes a text or a whole number");
	errno = 0;
	number = strtoll(chars, &end, 10);
	if (errno || end == chars || *end)
		return fail(call, "this is not a whole number of 64 bits");
	return mem_need(json_integer(number));
}

static json_t *run_bool(const struct call *call)
{
	const char *chars = call_text(call, 0);

	if (json_is_boolean(call_arg(call, 0)))
		return json_incref(call_arg(call, 0));
	if (json_is_integer(call_arg(call, 0)))
		return json_boolean(number_arg(call, 0) != 0);
	if (chars && nocase_equal(chars, "true"))
		return json_true();
	if (chars && nocase_equal(chars, "false"))
		return json_false();
	return fail(call, "this is neither true nor false");
}

static json_t *run_equals(const struct call *call)
{
	return unresolved_in(call->args) ?:
	       json_boolean(json_equal(call_arg(call, 0), call_arg(call, 1)));
}

static json_t *run_not(const struct call *call)
{
	return json_boolean(!json_is_true(call_arg(call, 0)));
}

static json_t *run_and(const struct call *call)
{
	json_t *value;
	size_t i;

	json_array_foreach(call->args, i, value)
		if (!json_is_true(value))
			return json_false();
	return json_true();
}

static json_t *run_or(const struct call *call)
{
	json_t *value;
	size_t i;

	json_array_foreach(call->args, i, value)
		if (json_is_true(value))
			return json_true();
	return json_false();
}

static json_t *number_result(const struct call *call, bool has_overflown,
			     long long number)
{
	if (has_overflown)
		return fail(call, "its result has more than 64 bits");
	return mem_need(json_integer(number));
}

static json_t *run_add(const struct call *call)
{
	long long sum;
	bool bad = __builtin_add_overflow(number_arg(call, 0),
					  number_arg(call, 1), &sum);

	return number_result(call, bad, sum);
}

static json_t *run_sub(const struct call *call)
{
	long long rest;
	bool bad = __builtin_sub_overflow(number_arg(call, 0),
					  number_arg(call, 1), &rest);

	return number_result(call, bad, rest);
}

static json_t *run_mul(const struct call *call)
{
	long long product;
	bool bad = __builtin_mul_overflow(number_arg(call, 0),
					  number_arg(call, 1), &product);

	return number_result(call, bad, product);
}

/* The smallest number has no counterpart: -1 is not divided by. */
static json_t *run_div(const struct call *call)
{
	json_int_t by = number_arg(call, 1);

	if (by == 0)
		return fail(call, "nothing is divided by 0");
	if (by == -1)
		return number_result(call, number_arg(call, 0) == INT64_MIN,
				     0ULL - number_arg(call, 0));
	return number_result(call, false, number_arg(call, 0) / by);
}

static json_t *run_mod(const struct call *call)
{
	json_int_t by = number_arg(call, 1);

	if (by == 0)
		return fail(call, "nothing is divided by 0");
	return number_result(call, false,
			     by == -1 ? 0 : number_arg(call, 0) % by);
}

static json_t *run_min(const struct call *call)
{
	json_t *value, *least = call_arg(call, 0);
	size_t i;

	json_array_foreach(call->args, i, value)
		if (json_integer_value(value) < json_integer_value(least))
			least = value;
	return json_incref(least);
}

static json_t *run_max(const struct call *call)
{
	json_t *value, *greatest = call_arg(call, 0);
	size_t i;

	json_array_foreach(call->args, i, value)
		if (json_integer_value(value) > json_integer_value(greatest))
			greatest = value;
	return json_incref(greatest);
}

/* Two numbers, or two texts by their bytes */
static int order(const struct call *call, int *result)
{
	const char *a = call_text(call, 0), *b = call_text(call, 1);
	json_int_t x = number_arg(call, 0), y = number_arg(call, 1);

	if (a && b) {
		*result = strcmp(a, b);
		return 0;
	}
	*result = (x > y) - (x < y);
	if (json_is_integer(call_arg(call, 0)) &&
	    json_is_integer(call_arg(call, 1)))
		return 0;
	fail(call, "it takes two numbers or two texts");
	return -1;
}

static json_t *run_less(const struct call *call)
{
	int result;

	return order(call, &result) ? NULL : json_boolean(result < 0);
}

static json_t *run_less_or_equals(const struct call *call)
{
	int result;

	return order(call, &result) ? NULL : json_boolean(result <= 0);
}

static json_t *run_greater(const struct call *call)
{
	int result;

	return order(call, &result) ? NULL : json_boolean(result > 0);
}

static json_t *run_greater_or_equals(const struct call *call)
{
	int result;

	return order(call, &result) ? NULL : json_boolean(result >= 0);
}

static size_t length(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value);
	return json_is_array(value) ? json_array_size(value) :
				      json_object_size(value);
}

static json_t *run_length(const struct call *call)
{
	return mem_need(json_integer(length(call_arg(call, 0))));
}

static json_t *run_empty(const struct call *call)
{
	return json_boolean(length(call_arg(call, 0)) == 0);
}

static json_t *run_split(const struct call *call)
{
	const char *at = call_text(call, 0), *by = call_text(call, 1), *end;
	json_t *result = mem_need(json_array());
	json_t *part;

	while (at && result) {
		end = *by ? strstr(at, by) : NULL;
		part = text_result(call, at, end ? (size_t)(end - at) :
						   strlen(at));
		if (part)
			result = add_item(call, result, part);
		else
			json_decref(result);
		if (!part)
			return NULL;
		json_decref(part);
		at = end ? end + strlen(by) : NULL;
	}
	return result;
}

static json_t *run_join(const struct call *call)
{
	const char *by = call_text(call, 1);
	struct text text = { .len = 0 };
	json_t *value;
	size_t i;

	json_array_foreach(call_arg(call, 0), i, value) {
		if (i)
			text_add(&text, by, strlen(by));
		text_add_value(&text, value);
	}
	return text_end(call, &text);
}

/* A part of a text or of an array: @n from @first on, which are there */
static json_t *part(const struct call *call, size_t first, size_t n)
{
	const char *chars = call_text(call, 0);

	if (chars)
		return text_result(call, chars + first, n);
	return items(call, call_arg(call, 0), first, first + n);
}

/* As many as are wanted and there; none if less than none are wanted */
static size_t wanted(const struct call *call, size_t len)
{
	json_int_t n = number_arg(call, 1);

	if (n <= 0)
		return 0;
	return (size_t)n < len ? (size_t)n : len;
}

static json_t *run_take(const struct call *call)
{
	return part(call, 0, wanted(call, length(call_arg(call, 0))));
}

static json_t *run_skip(const struct call *call)
{
	size_t len = length(call_arg(call, 0));
	size_t n = wanted(call, len);

	return part(call, n, len - n);
}

static json_t *end_item(const struct call *call, bool is_last)
{
	size_t len = length(call_arg(call, 0));

	if (json_is_string(call_arg(call, 0)))
		return part(call, is_last && len ? len - 1 : 0, len ? 1 : 0);
	if (!len)
		return fail(call, "the array is empty");
	return json_incref(json_array_get(call_arg(call, 0),
					  is_last ? len - 1 : 0));
}

static json_t *run_first(const struct call *call)
{
	return end_item(call, false);
}

static json_t *run_last(const struct call *call)
{
	return end_item(call, true);
}

static json_t *run_replace(const struct call *call)
{
	const char *at = call_text(call, 0), *old = call_text(call, 1);
	const char *new = call_text(call, 2), *found;
	struct text text = { .len = 0 };

	while (*old && (found = strstr(at, old)) && !text.is_too_long) {
		text_add(&text, at, found - at);
		text_add(&text, new, strlen(new));
		at = found + strlen(old);
	}
	text_add(&text, at, strlen(at));
	return text_end(call, &text);
}

static json_t *run_substring(const struct call *call)
{
	json_int_t first = number_arg(call, 1);
	size_t len = length(call_arg(call, 0));
	json_int_t n;

	if (first < 0 || (size_t)first > len)
		return fail(call, "the text has %zu characters", len);
	n = json_array_size(call->args) > 2 ? number_arg(call, 2) :
					      (json_int_t)len - first;
	if (n < 0 || (size_t)n > len - first)
		return fail(call, "the text has %zu characters", len);
	return part(call, first, n);
}

static json_t *run_contains(const struct call *call)
{
	const json_t *in = call_arg(call, 0), *what = call_arg(call, 1), *item;
	const char *chars = json_string_value(what);
	json_t *missing;
	size_t i;

	if (json_is_string(in))
		return json_boolean(chars &&
				    strstr(json_string_value(in), chars));
	if (json_is_object(in))
		return json_boolean(chars && nocase_get(in, chars, NULL));
	missing = unresolved_in(call->args);
	if (missing)
		return missing;
	json_array_foreach(in, i, item)
		if (json_equal(item, what))
			return json_true();
	return json_false();
}

static json_t *run_starts_with(const struct call *call)
{
	return json_boolean(nocase_begins(call_text(call, 0),
					  call_text(call, 1)));
}

static json_t *run_ends_with(const struct call *call)
{
	size_t len = length(call_arg(call, 0)), n = length(call_arg(call, 1));

	return json_boolean(n <= len &&
			    nocase_equal(call_text(call, 0) + len - n,
					 call_text(call, 1)));
}

static json_t *run_coalesce(const struct call *call)
{
	json_t *value;
	size_t i;

	json_array_foreach(call->args, i, value)
		if (!json_is_null(value))
			return json_incref(value);
	return json_null();
}

static json_t *run_create_array(const struct call *call)
{
	return json_incref(call->args);
}

static json_t *run_create_object(const struct call *call)
{
	json_t *result = mem_need(json_object());
	size_t i, n = json_array_size(call->args);

	for (i = 0; i + 1 < n && call_text(call, i); i += 2)
		mem_need(json_object_set(result, call_text(call, i),
					 call_arg(call, i + 1)) ?
			 NULL : result);
	if (i == n)
		return result;
	json_decref(result);
	return fail(call, "it takes a key and a value, and so on");
}

static bool has_item(const json_t *array, const json_t *wanted_item)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
		if (json_equal(item, wanted_item))
			return true;
	return false;
}

static json_t *union_of_arrays(const struct call *call)
{
	json_t *all = concat_arrays(call), *item;
	json_t *result = mem_need(json_array());
	size_t i;

	json_array_foreach(all, i, item) {
		if (expression_charge(call->expression,
				      json_array_size(result), call->why)) {
			json_decref(result);
			result = NULL;
			break;
		}
		if (!has_item(result, item))
			mem_need(json_array_append(result, item) ? NULL :
								   result);
	}
	if (!all) {
		json_decref(result);
		result = NULL;
	}
	json_decref(all);
	return result;
}

static json_t *run_union(const struct call *call)
{
	json_t *value, *result, *copy;
	size_t i;

	if (json_is_array(call_arg(call, 0)))
		return union_of_arrays(call);
	result = mem_need(json_object());
	json_array_foreach(call->args, i, value) {
		if (!json_is_object(value)) {
			json_decref(result);
			return fail(call, "it takes arrays or objects");
		}
		/* What is in it is changed by the next one. */
		copy = mem_need(json_deep_copy(value));
		mem_need(json_object_update_recursive(result, copy) ? NULL :
								      result);
		json_decref(copy);
	}
	return result;
}

static json_t *run_range(const struct call *call)
{
	json_int_t first = number_arg(call, 0), n = number_arg(call, 1);
	json_t *result, *number;
	json_int_t i;

	if (n < 0 || n > EXPRESSION_ITEMS_MAX || first < 0 ||
	    first > INT32_MAX)
		return fail(call, "allowed are 0 to %d numbers from 0..%d on",
			    EXPRESSION_ITEMS_MAX, INT32_MAX);
	result = mem_need(json_array());
	for (i = 0; i < n && result; i++) {
		number = mem_need(json_integer(first + i));
		result = add_item(call, result, number);
		json_decref(number);
	}
	return result;
}

static json_t *run_pad_left(const struct call *call)
{
	const char *with = json_array_size(call->args) > 2 ?
			   call_text(call, 2) : " ";
	struct text text = { .len = 0 }, own = { .len = 0 };
	json_int_t width = number_arg(call, 1);

	if (!*with)
		return fail(call, "it takes a character to fill with");
	text_add_value(&own, call_arg(call, 0));
	while (text.len + own.len < (size_t)(width > 0 ? width : 0) &&
	       !text.is_too_long)
		text_add(&text, with, 1);
	if (own.chars)
		text_add(&text, own.chars, own.len);
	free(own.chars);
	return text_end(call, &text);
}

static json_t *run_true(const struct call *call)
{
	(void)call;
	return json_true();
}

static json_t *run_false(const struct call *call)
{
	(void)call;
	return json_false();
}

static json_t *run_null(const struct call *call)
{
	(void)call;
	return json_null();
}

static const struct function functions[] = {
	{ "add", "i", 2, 2, run_add },
	{ "and", "b", 2, 0, run_and },
	{ "bool", "v", 1, 1, run_bool },
	{ "coalesce", "v", 1, 0, run_coalesce },
	{ "concat", "v", 1, 0, run_concat },
	{ "contains", "v", 2, 2, run_contains },
	{ "createArray", "v", 0, 0, run_create_array },
	{ "createObject", "v", 0, 0, run_create_object },
	{ "div", "i", 2, 2, run_div },
	{ "empty", "v", 1, 1, run_empty },
	{ "endsWith", "s", 2, 2, run_ends_with },
	{ "equals", "v", 2, 2, run_equals },
	{ "false", "v", 0, 1, run_false },
	{ "first", "l", 1, 1, run_first },
	{ "format", "sv", 1, 0, run_format },
	{ "greater", "v", 2, 2, run_greater },
	{ "greaterOrEquals", "v", 2, 2, run_greater_or_equals },
	{ "int", "v", 1, 1, run_int },
	{ "join", "as", 2, 2, run_join },
	{ "last", "l", 1, 1, run_last },
	{ "length", "v", 1, 1, run_length },
	{ "less", "v", 2, 2, run_less },
	{ "lessOrEquals", "v", 2, 2, run_less_or_equals },
	{ "max", "i", 1, 0, run_max },
	{ "min", "i", 1, 0, run_min },
	{ "mod", "i", 2, 2, run_mod },
	{ "mul", "i", 2, 2, run_mul },
	{ "not", "b", 1, 1, run_not },
	{ "null", "v", 0, 1, run_null },
	{ "or", "b", 2, 0, run_or },
	{ "padLeft", "vis", 2, 3, run_pad_left },
	{ "range", "i", 2, 2, run_range },
	{ "replace", "s", 3, 3, run_replace },
	{ "skip", "li", 2, 2, run_skip },
	{ "split", "s", 2, 2, run_split },
	{ "startsWith", "s", 2, 2, run_starts_with },
	{ "string", "v", 1, 1, run_string },
	{ "sub", "i", 2, 2, run_sub },
	{ "substring", "si", 2, 3, run_substring },
	{ "take", "li", 2, 2, run_take },
	{ "toLower", "s", 1, 1, run_to_lower },
	{ "toUpper", "s", 1, 1, run_to_upper },
	{ "trim", "s", 1, 1, run_trim },
	{ "true", "v", 0, 1, run_true },
	{ "union", "v", 1, 0, run_union },
};

/* What a kind of argument is called, NULL if @value is of that kind */
static const char *lacks_kind(char kind, const json_t *value)
{
	switch (kind) {
	case 'a':
		return json_is_array(value) ? NULL : "an array";
	case 'b':
		return json_is_boolean(value) ? NULL : "true or false";
	case 'i':
		return json_is_integer(value) ? NULL : "a whole number";
	case 'l':
		return json_is_string(value) || json_is_array(value) ?
		       NULL : "a text or an array";
	case 's':
		return json_is_string(value) ? NULL : "a text";
	default:
		return NULL;
	}
}

static int check_args(const struct call *call, const struct function *function)
{
	size_t n = json_array_size(call->args);
	const char *kind = function->args;
	const char *lacked;
	size_t i;

	if (n < function->min || (function->max && n > function->max)) {
		fail(call, "it does not take %zu arguments", n);
		return -1;
	}
	for (i = 0; i < n; i++) {
		lacked = lacks_kind(*kind, call_arg(call, i));
		if (lacked) {
			fail(call, "argument %zu is not %s", i + 1, lacked);
			return -1;
		}
		kind += kind[1] != '\0';
	}
	return 0;
}

/**
 * function_call() - calls a function that needs nothing but its arguments
 * @call: The call.
 *
 * Return: Its result, or NULL; json_decref() it.
 */
json_t *function_call(const struct call *call)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		if (!nocase_equal(call->name, functions[i].name))
			continue;
		if (check_args(call, &functions[i]))
			return NULL;
		return functions[i].run(call);
	}
	return fail(call, "lbctl cannot know what this is in Azure");
}
