// SPDX-License-Identifier: GPL-2.0-only
/*
 * A template of Azure. What cannot be resolved is no failure yet: who reads a
 * resource may not need it. Nothing is kept of what has been resolved, so that
 * no value is in two places, and a template that doubles itself again and again
 * is paid for.
 */
#include "template.h"

#include "mem.h"
#include "nocase.h"
#include "resources.h"
#include "template_internal.h"

#define COUNT_MAX	800	/* of a loop, as in Azure */

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
		item = template_resolve(t, item);
		mem_check(json_array_append_new(result, item));
		json_path_leave(&t->path);
	}
	return result;
}

/**
 * template_member() - resolves a member of an object
 * @t: The template, with the way to the object.
 * @object: The object.
 * @key: Key of the member.
 *
 * Return: As template_resolve(), or NULL if there is none.
 */
json_t *template_member(struct template *t, const json_t *object,
			const char *key)
{
	json_t *member, *value;

	member = nocase_get(object, key, &key);
	if (!member)
		return NULL;
	json_path_enter_key(&t->path, key);
	value = template_resolve(t, member);
	json_path_leave(&t->path);
	return value;
}

/**
 * template_count() - tells how many turns a loop has
 * @t: The template, with the way to the loop's description.
 * @copy: The description.
 * @why: Why it has none.
 *
 * Return: The number, or a negative one.
 */
json_int_t template_count(struct template *t, const json_t *copy,
			  struct why *why)
{
	json_t *count = template_member(t, copy, "count");
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
	json_int_t n = template_count(t, copy, why);
	struct loop loop = { .name = name, .outer = t->loop };
	json_t *result, *item;

	if (n < 0)
		return NULL;
	result = mem_need(json_array());
	for (; loop.idx < n; loop.idx++) {
		if (expression_charge(&t->expression, 1, why)) {
			json_decref(result);
			return NULL;
		}
		t->loop = &loop;
		item = template_member(t, copy, "input") ?: json_null();
		mem_check(json_array_append_new(result, item));
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
	mem_check(json_object_set_new(result, name, list));
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

static void add_member(struct template *t, json_t *result, const char *key,
		       json_t *member)
{
	json_t *value = template_resolve(t, member);

	mem_check(json_object_set_new(result, key, value));
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
			add_member(t, result, key, member);
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

/**
 * template_resolve() - resolves a value of a template
 * @t: The template, with the way to the value.
 * @json: The value.
 *
 * Return: It without loops and expressions, or what stands for one that is not;
 * a new reference.
 */
json_t *template_resolve(struct template *t, json_t *json)
{
	struct why why;
	json_t *result;

	if (expression_enter(&t->expression, &why))
		return unresolved(t, NULL, &why);
	result = resolve_within(t, json);
	expression_leave(&t->expression);
	return result;
}

static int visit_any(struct template *t, struct walk *walk,
		     const struct found *found)
{
	json_t *json = template_resolve(t, found->raw);
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
		.expression.call = lookup_call,
		.why = why,
	};
	struct walk walk = { .visit = visit_any };

	t.expression.context = &t;
	if (check_parameters(&t))
		return -1;
	return walk_resources(&t, &walk);
}
