/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a template share: its values (template.c), what these look
 * up in it (lookup.c), and its resources (walk.c).
 */
#ifndef LBCTL_TEMPLATE_INTERNAL_H
#define LBCTL_TEMPLATE_INTERNAL_H

#include "expression.h"
#include "jsonpath.h"
#include "template.h"

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

json_t *template_resolve(struct template *t, json_t *json);
json_t *template_member(struct template *t, const json_t *object,
			const char *key);
json_int_t template_count(struct template *t, const json_t *copy,
			  struct why *why);
json_t *lookup_call(const struct call *call);
int walk_resources(struct template *t, struct walk *walk);

#endif /* LBCTL_TEMPLATE_INTERNAL_H */
