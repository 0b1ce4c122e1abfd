// SPDX-License-Identifier: GPL-2.0-only
/*
 * A template of Azure. What cannot be resolved is no failure yet: who reads a
 * resource may not need it. Nothing is kept of what has been resolved, so that
 * no value is in two places, and a template that doubles itself again and again
 * is paid for.
 */
#include "template.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expression.h"
#include "functions.h"
#include "jsonpath.h"
#include "mem.h"
#include "nocase.h"
#include "resources.h"

#define COUNT_MAX	800	/* of a loop, as in Azure */
#define SUBSCRIPTION	"00000000-0000-0000-0000-000000000000"
#define SUBSCRIPTION_ID	"/subscriptions/" SUBSCRIPTION
#define GROUP_ID	SUBSCRIPTION_ID "/resourceGroups/" TEMPLATE_GROUP
#define ID_SIZE		1024
#define NAME_SIZE	512

/**
 * struct loop - a loop that is under way
 * @name: Its name.
 * @idx: Number of the turn.
 * @is_of_resource: It repeats a resource, not a value in one.
 * @outer: The loop around it, or NULL.
 */
struct loop {
	const char *name;
	json_int_t idx;
	bool is_of_resource;
	const struct loop *outer;
};

/**
 * struct template - a template
 * @root: All of it.
 * @parameters: The parameters that were given with it, or NULL.
 * @resources: Where its resources go.
 * @expression: What its expressions are resolved with.
 * @path: The way to what is being resolved.
 * @loop: The innermost loop that is under way, or NULL.
 * @why: Why the template is refused as a whole.
 */
struct template {
	const json_t *root;
	const json_t *parameters;
	struct resources *resources;
	struct expression expression;
	struct json_path path;
	const struct loop *loop;
	struct why *why;
};

/**
 * struct found - a resource of a template, as it stands there
 * @raw: All of it.
 * @symbol: The name that it has only in the template, or NULL.
 * @type: Its type.
 * @name: Its name.
 */
struct found {
	json_t *raw;
	const char *symbol;
	char type[NAME_SIZE];
	char name[NAME_SIZE];
};

/**
 * struct walk - a walk through the resources
 * @visit: What is done with each; anything but 0 ends the walk.
 * @wanted: What @visit looks for.
 * @is_full: All of it is wanted, not its properties only.
 * @result: What @visit has found.
 */
struct walk {
	int (*visit)(struct template *t, struct walk *walk,
		     const struct found *found);
	const char *wanted;
	bool is_full;
	json_t *result;
};

static json_t *resolve(struct template *t, json_t *json);

/* PATH: "TEXT" could not be resolved: WHY */
static json_t *unresolved(struct template *t, const char *text,
			  const struct why *reason)
{
	char path[JSON_PATH_TEXT_SIZE], cut[EXCERPT_SIZE];
	struct why why;

	json_path_text(&t->path, path);
	if (text)
		because(&why, "%s: \"%s\" could not be resolved: %.200s", path,
			excerpt(text, cut), reason->text);
	else
		because(&why, "%s: %.300s", path, reason->text);
	return unresolved_new(&why);
}

/* What did not come to a value because of another value has its sentence. */
static json_t *resolve_text(struct template *t, json_t *json)
{
	const char *text = json_string_value(json);
	struct why why;
	json_t *value;

	if (text[0] == '[' && text[1] == '[')
		return mem_need(expression_text(text + 1));
	if (!expression_is(text))
		return json_incref(json);
	value = expression_resolve(&t->expression, text, &why);
	if (value)
		return value;
	return unresolved(t, text, &why);
}

static json_t *resolve_array(struct template *t, const json_t *array)
{
	json_t *result = mem_need(json_array());
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		json_path_enter_idx(&t->path, i);
		mem_need(json_array_append_new(result, resolve(t, item)) ?
			 NULL : result);
		json_path_leave(&t->path);
	}
	return result;
}

/* The member of a loop's description, resolved */
static json_t *loop_member(struct template *t, const json_t *copy,
			   const char *key)
{
	json_t *member, *value;

	member = nocase_get(copy, key, &key);
	if (!member)
		return NULL;
	json_path_enter_key(&t->path, key);
	value = resolve(t, member);
	json_path_leave(&t->path);
	return value;
}

static json_int_t loop_count(struct template *t, const json_t *copy,
			     struct why *why)
{
	json_t *count = loop_member(t, copy, "count");
	json_int_t n = json_integer_value(count);
	char path[JSON_PATH_TEXT_SIZE];

	if (unresolved_why(count))
		because(why, "%s", unresolved_why(count));
	else if (!json_is_integer(count) || n < 0 || n > COUNT_MAX)
		because(why, "%s: a loop needs a count, allowed 0..%d",
			json_path_text(&t->path, path), COUNT_MAX);
	else
		why->text[0] = '\0';
	json_decref(count);
	return why->text[0] ? -1 : n;
}

/* Items of a loop within a value, as an array */
static json_t *loop_items(struct template *t, const json_t *copy,
			  const char *name, struct why *why)
{
	json_int_t n = loop_count(t, copy, why);
	struct loop loop = { .name = name, .outer = t->loop };
	json_t *result;

	if (n < 0)
		return NULL;
	result = mem_need(json_array());
	for (; loop.idx < n; loop.idx++) {
		if (expression_charge(&t->expression, 1, why)) {
			json_decref(result);
			return NULL;
		}
		t->loop = &loop;
		mem_need(json_array_append_new(result,
					       loop_member(t, copy, "input") ?:
					       json_null()) ? NULL : result);
		t->loop = loop.outer;
	}
	return result;
}

static int add_loop(struct template *t, json_t *result, const json_t *copy,
		    struct why *why)
{
	const char *name = json_string_value(nocase_get(copy, "name", NULL));
	char path[JSON_PATH_TEXT_SIZE];
	json_t *list;

	if (!name)
		return because(why, "%s: a loop needs a name",
			       json_path_text(&t->path, path));
	list = loop_items(t, copy, name, why);
	if (!list)
		return -1;
	mem_need(json_object_set_new(result, name, list) ? NULL : result);
	return 0;
}

static int add_loops(struct template *t, json_t *result, const json_t *copies,
		     struct why *why)
{
	json_t *copy;
	int err = 0;
	size_t i;

	json_array_foreach(copies, i, copy) {
		json_path_enter_idx(&t->path, i);
		err = add_loop(t, result, copy, why);
		json_path_leave(&t->path);
		if (err)
			return err;
	}
	return 0;
}

static json_t *resolve_object(struct template *t, const json_t *object)
{
	json_t *result = mem_need(json_object());
	struct why why;
	const char *key;
	json_t *member;
	int err = 0;

	json_object_foreach((json_t *)object, key, member) {
		json_path_enter_key(&t->path, key);
		if (nocase_equal(key, "copy") && json_is_array(member))
			err = add_loops(t, result, member, &why);
		else
			mem_need(json_object_set_new(result, key,
						     resolve(t, member)) ?
				 NULL : result);
		json_path_leave(&t->path);
		if (err)
			break;
	}
	if (!err)
		return result;
	json_decref(result);
	return unresolved_new(&why);
}

static json_t *resolve_within(struct template *t, json_t *json)
{
	if (json_is_string(json))
		return resolve_text(t, json);
	if (json_is_array(json))
		return resolve_array(t, json);
	if (json_is_object(json))
		return resolve_object(t, json);
	return json_incref(json);
}

/* A value without loops and expressions, or what stands for one that is not */
static json_t *resolve(struct template *t, json_t *json)
{
	struct why why;
	json_t *result;

	if (expression_enter(&t->expression, &why))
		return unresolved(t, NULL, &why);
	result = resolve_within(t, json);
	expression_leave(&t->expression);
	return result;
}

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
	result = resolve(t, json);
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

static const char *text_arg(const struct call *call, size_t idx)
{
	return json_string_value(json_array_get(call->args, idx));
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
			    excerpt(text_arg(call, 0), cut));
	if (expression_charge(call->expression, size_of(value), call->why))
		return NULL;
	return mem_need(json_deep_copy(value));
}

static json_t *run_parameters(struct template *t, const struct call *call)
{
	const char *name = text_arg(call, 0), *key = "defaultValue";
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
	const char *name = text_arg(call, 0);
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
	const char *name = text_arg(call, 0);
	json_t *offset = json_array_get(call->args, name ? 1 : 0);
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
		if (text_arg(call, i) && strchr(text_arg(call, i), '/'))
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
		if (!text_arg(call, i))
			return -1;
		len += snprintf(name + len, NAME_SIZE - len, "%s%s",
				i > first ? "/" : "", text_arg(call, i));
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
	    make_id(text_arg(call, first), name, id))
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
	walk->result = raw ? resolve(t, raw) : mem_need(json_object());
	return 1;
}

static int each_resource(struct template *t, struct walk *walk);

/* What Azure adds while it makes the resource is not known. */
static json_t *run_reference(struct template *t, const struct call *call)
{
	const char *how = text_arg(call, 2);
	struct walk walk = {
		.visit = visit_wanted,
		.wanted = text_arg(call, 0),
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
	err = each_resource(t, &walk);
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

static json_t *call_function(const struct call *call)
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
	if (functions[i].takes_text && !text_arg(call, 0))
		return fail(call, "%s(): a text is needed", call->name);
	return functions[i].run(t, call);
}

static int refuse(struct template *t, const char *sentence)
{
	char path[JSON_PATH_TEXT_SIZE];

	if (sentence)
		return because(t->why, "%s: %.350s",
			       json_path_text(&t->path, path), sentence);
	return because(t->why, "%s: this is not as in a template",
		       json_path_text(&t->path, path));
}

/* The text of a member, resolved, after what is in @text already */
static int resolve_member(struct template *t, const json_t *raw,
			  const char *key, char text[NAME_SIZE])
{
	size_t len = strlen(text);
	json_t *member, *value;
	int err = 0;

	member = nocase_get(raw, key, &key);
	json_path_enter_key(&t->path, key);
	value = member ? resolve(t, member) : NULL;
	if (unresolved_why(value))
		err = because(t->why, "%s", unresolved_why(value));
	else if (!json_is_string(value))
		err = refuse(t, "a text is needed");
	else if (json_string_length(value) + len >= NAME_SIZE - 1)
		err = refuse(t, "this is too long");
	else
		memcpy(text + len, json_string_value(value),
		       json_string_length(value) + 1);
	json_path_leave(&t->path);
	json_decref(value);
	return err;
}

/* 1 if it is to be deployed, 0 if not */
static int check_condition(struct template *t, const json_t *raw)
{
	json_t *condition = loop_member(t, raw, "condition");
	int result;

	if (unresolved_why(condition))
		result = because(t->why, "%s", unresolved_why(condition));
	else if (condition && !json_is_boolean(condition))
		result = refuse(t, "its condition is not true or false");
	else
		result = !json_is_false(condition);
	json_decref(condition);
	return result;
}

/* A child may have the type and name of its parent before its own, or not. */
static int resolve_below(struct template *t, const json_t *raw,
			 const char *key, const char *parent, char *text)
{
	size_t len = strlen(parent);

	memcpy(text, parent, len);
	text[len] = '/';
	text[len + 1] = '\0';
	return resolve_member(t, raw, key, text);
}

static int read_type(struct template *t, const struct found *parent,
		     struct found *found)
{
	found->type[0] = '\0';
	if (resolve_member(t, found->raw, "type", found->type))
		return -1;
	if (!parent || strchr(found->type, '.'))
		return 0;
	return resolve_below(t, found->raw, "type", parent->type, found->type);
}

static int read_name(struct template *t, const struct found *parent,
		     struct found *found)
{
	found->name[0] = '\0';
	if (resolve_member(t, found->raw, "name", found->name))
		return -1;
	if (!parent || strchr(found->name, '/'))
		return 0;
	return resolve_below(t, found->raw, "name", parent->name, found->name);
}

static int walk_list(struct template *t, struct walk *walk, json_t *list,
		     const struct found *parent);

static int walk_one(struct template *t, struct walk *walk,
		    const struct found *parent, struct found *found)
{
	const char *key = "resources";
	json_t *children;
	int err;

	err = check_condition(t, found->raw);
	if (err <= 0)
		return err;
	if (read_name(t, parent, found))
		return -1;
	err = walk->visit(t, walk, found);
	children = nocase_get(found->raw, key, &key);
	if (err || !children)
		return err;
	json_path_enter_key(&t->path, key);
	err = walk_list(t, walk, children, found);
	json_path_leave(&t->path);
	return err;
}

static int walk_loop(struct template *t, struct walk *walk,
		     const struct found *parent, struct found *found,
		     const json_t *copy)
{
	const char *name = json_string_value(nocase_get(copy, "name", NULL));
	struct loop loop = { .is_of_resource = true, .outer = t->loop };
	json_int_t n;
	int err = 0;

	json_path_enter_key(&t->path, "copy");
	n = loop_count(t, copy, t->why);
	json_path_leave(&t->path);
	if (n < 0)
		return -1;
	loop.name = name ?: "";
	t->loop = &loop;
	for (; loop.idx < n && !err; loop.idx++)
		err = walk_one(t, walk, parent, found);
	t->loop = loop.outer;
	return err;
}

/* What only is said to be there, by whoever made the template of others */
static bool is_elsewhere(const json_t *raw)
{
	return json_is_true(nocase_get(raw, "existing", NULL));
}

static int walk_item(struct template *t, struct walk *walk, json_t *raw,
		     const char *symbol, const struct found *parent)
{
	struct found *found;
	json_t *copy;
	int err;

	if (!json_is_object(raw))
		return refuse(t, "an object is needed");
	found = mem_zalloc(sizeof(*found));
	found->raw = raw;
	found->symbol = symbol;
	copy = nocase_get(raw, "copy", NULL);
	err = read_type(t, parent, found);
	if (err || is_elsewhere(raw) || !resources_want(found->type))
		goto out_free;
	if (copy)
		err = walk_loop(t, walk, parent, found, copy);
	else
		err = walk_one(t, walk, parent, found);
out_free:
	free(found);
	return err;
}

static int walk_array(struct template *t, struct walk *walk, json_t *list,
		      const struct found *parent)
{
	json_t *item;
	int err = 0;
	size_t i;

	json_array_foreach(list, i, item) {
		json_path_enter_idx(&t->path, i);
		err = walk_item(t, walk, item, NULL, parent);
		json_path_leave(&t->path);
		if (err)
			break;
	}
	return err;
}

/* In newer templates, each resource has a name for the template's own use. */
static int walk_symbols(struct template *t, struct walk *walk, json_t *list,
			const struct found *parent)
{
	const char *symbol;
	json_t *item;
	int err = 0;

	json_object_foreach(list, symbol, item) {
		json_path_enter_key(&t->path, symbol);
		err = walk_item(t, walk, item, symbol, parent);
		json_path_leave(&t->path);
		if (err)
			break;
	}
	return err;
}

static int walk_list(struct template *t, struct walk *walk, json_t *list,
		     const struct found *parent)
{
	struct why why;
	int err;

	if (expression_enter(&t->expression, &why))
		return refuse(t, why.text);
	if (json_is_array(list))
		err = walk_array(t, walk, list, parent);
	else if (json_is_object(list))
		err = walk_symbols(t, walk, list, parent);
	else
		err = refuse(t, "an array is needed");
	expression_leave(&t->expression);
	return err;
}

static int each_resource(struct template *t, struct walk *walk)
{
	json_t *list = json_object_get(t->root, "resources");
	int err;

	json_path_enter_key(&t->path, "resources");
	err = walk_list(t, walk, list, NULL);
	json_path_leave(&t->path);
	return err;
}

static int visit_any(struct template *t, struct walk *walk,
		     const struct found *found)
{
	json_t *json = resolve(t, found->raw);
	char path[JSON_PATH_TEXT_SIZE];
	int err = 0;

	(void)walk;
	if (unresolved_why(json))
		err = because(t->why, "%s", unresolved_why(json));
	else
		resources_add(t->resources, json_path_text(&t->path, path),
			      found->type, found->name, json);
	json_decref(json);
	return err;
}

static int check_parameters(struct template *t)
{
	const json_t *known = json_object_get(t->root, "parameters");
	char cut[EXCERPT_SIZE];
	const char *name;
	json_t *given;

	json_object_foreach((json_t *)t->parameters, name, given)
		if (!nocase_get(known, name, NULL))
			return because(t->why, "the template has no parameter \"%s\", which the file of parameters gives",
				       excerpt(name, cut));
	return 0;
}

/**
 * template_is() - says whether a document is a template
 * @root: The document.
 *
 * Return: true if it is.
 */
bool template_is(const json_t *root)
{
	return json_object_get(root, "resources") &&
	       (json_object_get(root, "$schema") ||
		json_object_get(root, "contentVersion"));
}

/**
 * template_expand() - resolves the resources of a template
 * @root: The template.
 * @parameters: Parameters by name, each an object with its value, or NULL.
 * @resources: Where those resources go that are wanted.
 * @why: Why there are none.
 *
 * Return: 0 or a negative number.
 */
int template_expand(const json_t *root, const json_t *parameters,
		    struct resources *resources, struct why *why)
{
	struct template t = {
		.root = root,
		.parameters = parameters,
		.resources = resources,
		.expression.call = call_function,
		.why = why,
	};
	struct walk walk = { .visit = visit_any };

	t.expression.context = &t;
	if (check_parameters(&t))
		return -1;
	return each_resource(&t, &walk);
}
