// SPDX-License-Identifier: GPL-2.0-only
/* What distinguishes two configurations. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "print.h"

static void diff_add(struct diff *diff, const struct object *before,
		     const struct object *after, uint32_t fields)
{
	if (diff->n == diff->cap)
		diff->changes = mem_grow(diff->changes, &diff->cap,
					 sizeof(*diff->changes));
	diff->changes[diff->n++] = (struct change){
		.before = before,
		.after = after,
		.fields = fields,
	};
	if (!before)
		diff->n_added++;
	else if (!after)
		diff->n_removed++;
	else
		diff->n_changed++;
}

/**
 * object_differing_fields() - compares two objects of one name
 * @before: One.
 * @after: The other.
 *
 * Return: Bit for each field that is not equal.
 */
uint32_t object_differing_fields(const struct object *before,
				 const struct object *after)
{
	const struct object_type *type = before->type;
	uint32_t fields = 0;
	unsigned int i;

	for (i = type->n_ids; i < type->n_fields; i++)
		if (!value_is_equal(&type->fields[i], &before->values[i],
				    &after->values[i]))
			fields |= 1u << i;
	return fields;
}

static void compare(struct diff *diff, struct object *before,
		    struct object *after)
{
	uint32_t fields = object_differing_fields(before, after);

	before->peer = after;
	after->peer = before;
	if (fields)
		diff_add(diff, before, after, fields);
}

/* Both are sorted by name, so they are merged. */
static void diff_kind(struct diff *diff, struct doc *before, struct doc *after,
		      enum object_kind kind)
{
	struct object **b = before->objects[kind], **b_end;
	struct object **a = after->objects[kind], **a_end;
	int order;

	b_end = b + before->n[kind];
	a_end = a + after->n[kind];
	while (b < b_end || a < a_end) {
		if (b == b_end)
			order = 1;
		else if (a == a_end)
			order = -1;
		else
			order = object_compare_ids(*b, *a);
		/* Who has a port keeps it, if a document does not say else. */
		if (order < 0 && kind == KIND_MAPPING)
			b++;
		else if (order < 0)
			diff_add(diff, *b++, NULL, 0);
		else if (order > 0)
			diff_add(diff, NULL, *a++, 0);
		else
			compare(diff, *b++, *a++);
	}
}

/**
 * diff_make() - compares two configurations
 * @diff: What distinguishes them; diff_free() it. It refers to their objects.
 * @before: One, sorted; its objects get their peers.
 * @after: The other, sorted; its objects get their peers.
 */
void diff_make(struct diff *diff, struct doc *before, struct doc *after)
{
	int kind;

	memset(diff, 0, sizeof(*diff));
	for (kind = 0; kind < KINDS; kind++)
		diff_kind(diff, before, after, kind);
}

/**
 * diff_free() - frees what diff_make() made
 * @diff: The difference.
 */
void diff_free(struct diff *diff)
{
	free(diff->changes);
	memset(diff, 0, sizeof(*diff));
}

static void print_ids(const struct object *obj)
{
	unsigned int i;

	print_text(" %s", obj->type->name);
	for (i = 0; i < obj->type->n_ids; i++)
		print_text(" %s", obj->values[i].text);
}

/* As a command that would add it. */
static void print_added(const struct object *obj)
{
	const struct field *fields = obj->type->fields;
	char buf[VALUE_TEXT_SIZE];
	unsigned int i;

	print_text("+");
	print_ids(obj);
	for (i = obj->type->n_ids; i < obj->type->n_fields; i++) {
		if (object_is_default(obj, i))
			continue;
		if (i != obj->type->positional)
			print_text(" %s", fields[i].word);
		print_text(" %s", value_format(&fields[i], &obj->values[i],
					       buf));
	}
	print_text("\n");
}

static void print_changed(const struct change *change)
{
	char before_buf[VALUE_TEXT_SIZE], after_buf[VALUE_TEXT_SIZE];
	const struct object *before = change->before;
	const struct field *field;
	const char *gap = " ";
	unsigned int i;

	print_text("~");
	print_ids(before);
	for (i = 0; i < before->type->n_fields; i++) {
		field = &before->type->fields[i];
		if (!(change->fields & (1u << i)))
			continue;
		print_text("%s%s %s -> %s", gap, field->word,
			   value_format(field, &before->values[i], before_buf),
			   value_format(field, &change->after->values[i],
					after_buf));
		gap = ", ";
	}
	print_text("\n");
}

/**
 * diff_print() - writes a difference as text, one line for each object
 * @diff: The difference.
 */
void diff_print(const struct diff *diff)
{
	const struct change *change;
	size_t i;

	for (i = 0; i < diff->n; i++) {
		change = &diff->changes[i];
		if (!change->before) {
			print_added(change->after);
		} else if (change->after) {
			print_changed(change);
		} else {
			print_text("-");
			print_ids(change->before);
			print_text("\n");
		}
	}
}

static void write_values(const char *key, const struct object *obj,
			 uint32_t fields)
{
	unsigned int i;

	json_begin_object(key, LAYOUT_INLINE);
	for (i = obj->type->n_ids; i < obj->type->n_fields; i++)
		if (fields & (1u << i))
			doc_write_value(&obj->type->fields[i],
					&obj->values[i]);
	json_end();
}

static uint32_t own_fields(const struct object *obj)
{
	uint32_t fields = 0;
	unsigned int i;

	for (i = 0; i < obj->type->n_fields; i++)
		if (!object_is_default(obj, i))
			fields |= 1u << i;
	return fields;
}

static const char *change_word(const struct change *change)
{
	if (!change->before)
		return "add";
	return change->after ? "set" : "del";
}

static void write_change(const struct change *change)
{
	const struct object *obj = change->after ?: change->before;

	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("change", change_word(change));
	doc_write_ids(obj);
	if (change->before)
		write_values("before", change->before, change->after ?
			     change->fields : own_fields(change->before));
	if (change->after)
		write_values("after", change->after, change->before ?
			     change->fields : own_fields(change->after));
	json_end();
}

/**
 * diff_print_json() - writes a difference as a member of a JSON object
 * @diff: The difference.
 */
void diff_print_json(const struct diff *diff)
{
	size_t i;

	json_begin_array("changes", LAYOUT_LINES);
	for (i = 0; i < diff->n; i++)
		write_change(&diff->changes[i]);
	json_end();
}
