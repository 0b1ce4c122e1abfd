// SPDX-License-Identifier: GPL-2.0-only
/*
 * What expressions look up in their template: parameters, variables, turns of
 * loops, other resources and their ids.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "functions.h"
#include "mem.h"
#include "nocase.h"
#include "template_internal.h"

#define SUBSCRIPTION	"00000000-0000-0000-0000-000000000000"
#define SUBSCRIPTION_ID	"/subscriptions/" SUBSCRIPTION
#define GROUP_ID	SUBSCRIPTION_ID "/resourceGroups/" TEMPLATE_GROUP
#define ID_SIZE		1024

/* What is elsewhere in the template has its own way, and none of our loops. */
static json_t *resolve_at(struct template *t, const char *section,
			  const char *name, const char *key, json_t *json)
{
	const struct loop *loop = t->loop;
	struct json_path path = t->path;
	json_t *result;

	t->loop = NULL;
	t->path.depth = 0;
	json_path_enter_key(&t->path, section);
	json_path_enter_key(&t->path, name);
	if (key)
		json_path_enter_key(&t->path, key);
	result = template_resolve(t, json);
	t->path = path;
	t->loop = loop;
	return result;
}

__printf(2, 3) static json_t *fail(const struct call *call, const char *fmt,
				   ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(call->why->text, sizeof(call->why->text), fmt, ap);
	va_end(ap);
	return NULL;
}

static size_t n_args(const struct call *call)
{
	return json_array_size(call->args);
}

static size_t size_of(const json_t *json)
{
	size_t i, size = 1;
	const char *key;
	json_t *part;

	json_array_foreach(json, i, part)
		size += size_of(part);
	json_object_foreach((json_t *)json, key, part)
		size += size_of(part);
	return size;
}

/* What comes with the template has no expressions. */
static json_t *given_parameter(const struct call *call, const json_t *given)
{
	json_t *value = nocase_get(given, "value", NULL);
	char cut[EXCERPT_SIZE];

	if (!value)
		return fail(call, "parameter \"%s\" was given without a value",
			    excerpt(call_text(call, 0), cut));
	if (expression_charge(call->expression, size_of(value), call->why))
		return NULL;
	return mem_need(json_deep_copy(value));
}

static json_t *run_parameters(struct template *t, const struct call *call)
{
	const char *name = call_text(call, 0), *key = "defaultValue";
	const json_t *given, *parameter;
	char cut[EXCERPT_SIZE];
	json_t *value;

	given = nocase_get(t->parameters, name, NULL);
	if (given)
		return given_parameter(call, given);
	parameter = nocase_get(json_object_get(t->root, "parameters"), name,
			       &name);
	if (!parameter)
		return fail(call, "there is no parameter \"%s\"",
			    excerpt(name, cut));
	value = nocase_get(parameter, key, &key);
	if (!value)
		return fail(call, "parameter \"%s\" has no value, which \"parameters FILE\" can give",
			    excerpt(name, cut));
	return resolve_at(t, "parameters", name, key, value);
}

/* A variable that is a loop */
static json_t *find_loop(const json_t *variables, const char *name)
{
	json_t *copies = nocase_get(variables, "copy", NULL);
	const char *own;
	json_t *copy;
	size_t i;

	json_array_foreach(copies, i, copy) {
		own = json_string_value(nocase_get(copy, "name", NULL));
		if (own && nocase_equal(own, name))
			return copy;
	}
	return NULL;
}

/* The loop alone, as if it were all that there is */
static json_t *resolve_loop(struct template *t, const char *name, json_t *copy)
{
	json_t *alone = mem_need(json_pack("{s:[O]}", "copy", copy));
	json_t *all = resolve_at(t, "variables", name, NULL, alone);
	json_t *value;

	json_decref(alone);
	if (unresolved_why(all))
		return all;
	value = json_incref(nocase_get(all, name, NULL));
	json_decref(all);
	return value;
}

static json_t *run_variables(struct template *t, const struct call *call)
{
	const json_t *variables = json_object_get(t->root, "variables");
	const char *name = call_text(call, 0);
	char cut[EXCERPT_SIZE];
	json_t *value;

	value = nocase_get(variables, name, &name);
	if (value)
		return resolve_at(t, "variables", name, NULL, value);
	value = find_loop(variables, name);
	if (value)
		return resolve_loop(t, name, value);
	return fail(call, "there is no variable \"%s\"", excerpt(name, cut));
}

/* copyIndex([NAME], [OFFSET]); without a name that of the resource */
static const struct loop *find_copy(const struct template *t, const char *name)
{
	const struct loop *loop;

	for (loop = t->loop; loop; loop = loop->outer)
		if (name ? nocase_equal(loop->name, name) :
			   loop->is_of_resource)
			return loop;
	return NULL;
}

static json_t *run_copy_index(struct template *t, const struct call *call)
{
	const char *name = call_text(call, 0);
	json_t *offset = call_arg(call, name ? 1 : 0);
	const struct loop *loop = find_copy(t, name);
	char cut[EXCERPT_SIZE];
	json_int_t idx;

	if (!loop)
		return fail(call, "copyIndex(): there is no loop \"%s\"",
			    excerpt(name ?: "", cut));
	if ((offset && !json_is_integer(offset)) ||
	    __builtin_add_overflow(loop->idx, json_integer_value(offset),
				   &idx))
		return fail(call, "copyIndex(): the offset is not a number that fits");
	return mem_need(json_integer(idx));
}

/* The arguments before that with the type say whose resource it is. */
static size_t find_type(const struct call *call)
{
	size_t i;

	for (i = 0; i < n_args(call); i++)
		if (call_text(call, i) && strchr(call_text(call, i), '/'))
			return i;
	return n_args(call);
}

/*
 * PROVIDER/TYPE/TYPE and NAME/NAME become
 * /providers/PROVIDER/TYPE/NAME/TYPE/NAME.
 */
static int make_id(const char *type, const char *name, char id[ID_SIZE])
{
	int n = strcspn(type, "/"), m;
	size_t len;

	len = snprintf(id, ID_SIZE, "/providers/%.*s", n, type);
	for (type += n; *type && *name && len < ID_SIZE; type += n) {
		n = strcspn(++type, "/");
		m = strcspn(name, "/");
		len += snprintf(id + len, ID_SIZE - len, "/%.*s/%.*s", n, type,
				m, name);
		name += m + (name[m] == '/');
	}
	return *type || *name || len >= ID_SIZE ? -1 : 0;
}

/* The names that follow the type, as NAME/NAME */
static int join_names(const struct call *call, size_t first,
		      char name[NAME_SIZE])
{
	size_t i, len = 0;

	name[0] = '\0';
	for (i = first; i < n_args(call) && len < NAME_SIZE; i++) {
		if (!call_text(call, i))
			return -1;
		len += snprintf(name + len, NAME_SIZE - len, "%s%s",
				i > first ? "/" : "", call_text(call, i));
	}
	return len < NAME_SIZE ? 0 : -1;
}

static json_t *run_resource_id(struct template *t, const struct call *call)
{
	size_t first = find_type(call);
	char name[NAME_SIZE], id[ID_SIZE];

	(void)t;
	if (first == n_args(call))
		return fail(call, "resourceId(): a type has a / in it");
	if (join_names(call, first + 1, name) ||
	    make_id(call_text(call, first), name, id))
		return fail(call, "resourceId(): it takes a type and as many names as the type has, %d characters in all",
			    NAME_SIZE - 1);
	return json_sprintf("%s%s", GROUP_ID, id) ?:
	       fail(call, "resourceId(): this is not a text");
}

static json_t *only_in_azure(const char *what)
{
	struct why why;

	because(&why, "%s is known only when it is deployed", what);
	return unresolved_new(&why);
}

static json_t *run_resource_group(struct template *t, const struct call *call)
{
	(void)t;
	(void)call;
	return mem_need(json_pack("{s:s,s:s,s:o}", "id", GROUP_ID, "name",
				  TEMPLATE_GROUP, "location",
				  only_in_azure("resourceGroup().location")));
}

static json_t *run_subscription(struct template *t, const struct call *call)
{
	(void)t;
	(void)call;
	return mem_need(json_pack("{s:s,s:s}", "id", SUBSCRIPTION_ID,
				  "subscriptionId", SUBSCRIPTION));
}

static bool is_wanted(const struct walk *walk, const struct found *found)
{
	const char *tail = strcasestr(walk->wanted, "/providers/");
	char id[ID_SIZE];

	if (!tail)
		return nocase_equal(walk->wanted, found->name) ||
		       (found->symbol &&
			nocase_equal(walk->wanted, found->symbol));
	return !make_id(found->type, found->name, id) && nocase_equal(tail, id);
}

static int visit_wanted(struct template *t, struct walk *walk,
			const struct found *found)
{
	json_t *raw = found->raw;

	if (!is_wanted(walk, found))
		return 0;
	if (!walk->is_full)
		raw = nocase_get(raw, "properties", NULL);
	walk->result = raw ? template_resolve(t, raw) : mem_need(json_object());
	return 1;
}

/* What Azure adds while it makes the resource is not known. */
static json_t *run_reference(struct template *t, const struct call *call)
{
	const char *how = call_text(call, 2);
	struct walk walk = {
		.visit = visit_wanted,
		.wanted = call_text(call, 0),
		.is_full = how && nocase_equal(how, "Full"),
	};
	const struct loop *loop = t->loop;
	struct json_path path = t->path;
	struct why *why = t->why;
	char cut[EXCERPT_SIZE];
	int err;

	t->loop = NULL;
	t->path.depth = 0;
	t->why = call->why;
	err = walk_resources(t, &walk);
	t->why = why;
	t->path = path;
	t->loop = loop;
	if (walk.result || err < 0)
		return walk.result;
	return fail(call, "reference(): the template has no resource \"%s\" that lbctl reads",
		    excerpt(walk.wanted, cut));
}

static const struct {
	const char *name;
	size_t min;
	size_t max;
	json_t *(*run)(struct template *t, const struct call *call);
	bool takes_text;
} functions[] = {
	{ "copyIndex", 0, 2, run_copy_index, false },
	{ "parameters", 1, 1, run_parameters, true },
	{ "reference", 1, 3, run_reference, true },
	{ "resourceGroup", 0, 0, run_resource_group, false },
	{ "resourceId", 2, SIZE_MAX, run_resource_id, false },
	{ "subscription", 0, 0, run_subscription, false },
	{ "variables", 1, 1, run_variables, true },
};

/**
 * lookup_call() - calls a function
 * @call: The call, of an expression in a template.
 *
 * Return: The value, a new reference, or NULL.
 */
json_t *lookup_call(const struct call *call)
{
	struct template *t = call->expression->context;
	size_t i = 0;

	while (i < ARRAY_SIZE(functions) &&
	       !nocase_equal(call->name, functions[i].name))
		i++;
	if (i == ARRAY_SIZE(functions))
		return function_call(call);
	if (n_args(call) < functions[i].min || n_args(call) > functions[i].max)
		return fail(call, "%s(): it does not take %zu arguments",
			    call->name, n_args(call));
	if (functions[i].takes_text && !call_text(call, 0))
		return fail(call, "%s(): a text is needed", call->name);
	return functions[i].run(t, call);
}
