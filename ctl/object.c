// SPDX-License-Identifier: GPL-2.0-only
/* One object in memory, and the rules between its own fields. */
#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nflb.h"

#define PATH_DEFAULT	"/"

/**
 * object_new() - makes an object without values
 * @kind: Its kind.
 *
 * Return: The object; object_free() it.
 */
struct object *object_new(enum object_kind kind)
{
	struct object *obj = mem_zalloc(sizeof(*obj));

	obj->type = &object_types[kind];
	return obj;
}

/**
 * object_free() - frees an object
 * @obj: The object, or NULL.
 */
void object_free(struct object *obj)
{
	unsigned int i;

	if (!obj)
		return;
	for (i = 0; i < obj->type->n_fields; i++)
		value_free(&obj->type->fields[i], &obj->values[i]);
	free(obj);
}

/**
 * object_set_value() - gives a field its value
 * @obj: The object.
 * @field: The field.
 * @value: The value, whose text the object owns afterwards.
 */
void object_set_value(struct object *obj, const struct field *field,
		      struct value *value)
{
	unsigned int idx = field_idx(obj->type, field);

	value_free(field, &obj->values[idx]);
	obj->values[idx] = *value;
	obj->given |= 1u << idx;
}

/**
 * object_is_given() - says whether a field was named
 * @obj: The object.
 * @field: Its index.
 *
 * Return: true if it was.
 */
bool object_is_given(const struct object *obj, unsigned int field)
{
	return obj->given & (1u << field);
}

/* An http probe without a path asks for "/". */
static bool path_wants_default(const struct object *obj)
{
	return obj->type->kind == KIND_PROBE &&
	       obj->values[PROBE_TYPE].number != NFLB_PROBE_TYPE_TCP &&
	       !*obj->values[PROBE_PATH].text;
}

/* A probe that is repeated often waits no longer than until the next. */
static uint64_t default_timeout_ms(const struct object *obj)
{
	uint64_t usual_ms = obj->type->fields[PROBE_TIMEOUT].number_default;
	uint64_t interval_ms = obj->values[PROBE_INTERVAL].number;

	return usual_ms < interval_ms ? usual_ms : interval_ms;
}

/**
 * object_fill_defaults() - gives the fields that were not named their defaults
 * @obj: The object; given stays as it is.
 */
void object_fill_defaults(struct object *obj)
{
	const struct field *fields = obj->type->fields;
	unsigned int i;

	for (i = 0; i < obj->type->n_fields; i++)
		if (!object_is_given(obj, i))
			value_set_default(&fields[i], &obj->values[i]);
	if (path_wants_default(obj)) {
		free(obj->values[PROBE_PATH].text);
		obj->values[PROBE_PATH].text = mem_strdup(PATH_DEFAULT);
	}
	if (obj->type->kind == KIND_PROBE &&
	    !object_is_given(obj, PROBE_TIMEOUT))
		obj->values[PROBE_TIMEOUT].number = default_timeout_ms(obj);
}

/**
 * object_is_default() - says whether a field need not be written
 * @obj: The object.
 * @field: Index of the field.
 *
 * Return: true if an object without that field would be the same.
 */
bool object_is_default(const struct object *obj, unsigned int field)
{
	const struct value *value = &obj->values[field];

	if (obj->type->kind == KIND_PROBE && field == PROBE_TIMEOUT)
		return value->number == default_timeout_ms(obj);
	if (obj->type->kind == KIND_PROBE && field == PROBE_PATH &&
	    obj->values[PROBE_TYPE].number != NFLB_PROBE_TYPE_TCP)
		return strcmp(value->text, PATH_DEFAULT) == 0;
	if (obj->type->kind == KIND_SERVICE && field == SERVICE_PORT)
		return obj->values[SERVICE_PROTOCOL].number == 0;
	return value_is_default(&obj->type->fields[field], value);
}

/**
 * object_name() - says the object's own name
 * @obj: The object.
 *
 * Return: The name, or NULL as long as it has none, or if it never has one.
 */
const char *object_name(const struct object *obj)
{
	unsigned int n_ids = obj->type->n_ids;

	return n_ids ? obj->values[n_ids - 1].text : NULL;
}

/**
 * object_label() - names an object for a sentence
 * @obj: The object, which has its name, if it is of a kind that has.
 * @buf: Memory for the text.
 *
 * Return: @buf, for example: backend "web/vm0".
 */
const char *object_label(const struct object *obj, char buf[LABEL_SIZE])
{
	bool is_backend = obj->type->kind == KIND_BACKEND;

	if (!obj->type->n_ids)
		snprintf(buf, LABEL_SIZE, "%s", obj->type->name);
	else
		snprintf(buf, LABEL_SIZE, "%s \"%s%s%s\"", obj->type->name,
			 is_backend ? obj->values[BACKEND_POOL].text : "",
			 is_backend ? "/" : "", object_name(obj));
	return buf;
}

/**
 * object_missing() - finds what a new object lacks
 * @obj: The object.
 *
 * Return: A field that is required and was not given, or NULL.
 */
const struct field *object_missing(const struct object *obj)
{
	const struct object_type *type = obj->type;
	unsigned int i;

	for (i = 0; i < type->n_fields; i++)
		if (type->fields[i].is_required && !object_is_given(obj, i))
			return &type->fields[i];
	if (type->kind == KIND_SERVICE && !object_is_given(obj, SERVICE_PORT) &&
	    obj->values[SERVICE_PROTOCOL].number != 0)
		return &type->fields[SERVICE_PORT];
	return NULL;
}

static int check_probe(const struct object *obj, unsigned int *field,
		       struct why *why)
{
	char text[TIME_TEXT_SIZE];

	*field = PROBE_PATH;
	if (obj->values[PROBE_TYPE].number == NFLB_PROBE_TYPE_TCP &&
	    *obj->values[PROBE_PATH].text)
		return because(why, "a tcp probe has no path");
	*field = PROBE_TIMEOUT;
	if (obj->values[PROBE_TIMEOUT].number >
	    obj->values[PROBE_INTERVAL].number)
		return because(why, "longer than the interval, %s",
			       format_ms(obj->values[PROBE_INTERVAL].number,
					 text));
	return 0;
}

static int check_service(const struct object *obj, unsigned int *field,
			 struct why *why)
{
	const struct ports *port = &obj->values[SERVICE_PORT].ports;
	const struct ports *to = &obj->values[SERVICE_BACKEND_PORT].ports;
	bool has_ports = obj->values[SERVICE_PROTOCOL].number != 0;

	*field = SERVICE_PORT;
	if (!has_ports && object_is_given(obj, SERVICE_PORT))
		return because(why, "protocol any has no ports");
	*field = SERVICE_BACKEND_PORT;
	if (!has_ports && to->first)
		return because(why, "protocol any has no ports");
	if (to->first != to->last && to->last - to->first !=
	    port->last - port->first)
		return because(why, "the range must be as long as that of port");
	return 0;
}

/**
 * object_check() - checks the rules between the fields of an object
 * @obj: The object, complete.
 * @field: Index of the field that is wrong.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int object_check(const struct object *obj, unsigned int *field, struct why *why)
{
	switch (obj->type->kind) {
	case KIND_PROBE:
		return check_probe(obj, field, why);
	case KIND_SERVICE:
		return check_service(obj, field, why);
	default:
		return 0;
	}
}

/**
 * object_compare_ids() - orders objects of one kind by their names
 * @a: One.
 * @b: The other.
 *
 * Return: Below, equal to or above 0, as strcmp().
 */
int object_compare_ids(const struct object *a, const struct object *b)
{
	unsigned int i;
	int order = 0;

	for (i = 0; i < a->type->n_ids && !order; i++)
		order = strcmp(a->values[i].text, b->values[i].text);
	return order;
}
