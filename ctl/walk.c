// SPDX-License-Identifier: GPL-2.0-only
/* The resources of a template, one by one, with those that are below others. */
#include <string.h>

#include "mem.h"
#include "nocase.h"
#include "resources.h"
#include "template_internal.h"

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
	value = member ? template_resolve(t, member) : NULL;
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
	json_t *condition = template_member(t, raw, "condition");
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
	n = template_count(t, copy, t->why);
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

/**
 * walk_resources() - goes through the resources of a template
 * @t: The template.
 * @walk: The walk.
 *
 * Return: What ended it, or 0.
 */
int walk_resources(struct template *t, struct walk *walk)
{
	json_t *list = json_object_get(t->root, "resources");
	int err;

	json_path_enter_key(&t->path, "resources");
	err = walk_list(t, walk, list, NULL);
	json_path_leave(&t->path);
	return err;
}
