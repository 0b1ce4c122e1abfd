// SPDX-License-Identifier: GPL-2.0-only
/* One object in memory, and the rules between its own fields. */
#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nflb.h"

static const struct word type_labels[] = {
	{ "a tcp", NFLB_PROBE_TYPE_TCP },
	{ "an http", NFLB_PROBE_TYPE_HTTP },
	{ "an https", NFLB_PROBE_TYPE_HTTPS },
	{ "a udp", NFLB_PROBE_TYPE_UDP },
	{ "an exec", NFLB_PROBE_TYPE_EXEC },
	{ "a tls", NFLB_PROBE_TYPE_TLS },
	{ "an icmp", NFLB_PROBE_TYPE_ICMP },
	{ "a grpc", NFLB_PROBE_TYPE_GRPC },
	{ "a grpcs", NFLB_PROBE_TYPE_GRPCS },
	{ NULL, 0 },
};

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
 * object_copy() - makes an object like another
 * @obj: The other.
 *
 * Return: The object, in no configuration; object_free() it.
 */
struct object *object_copy(const struct object *obj)
{
	const struct object_type *type = obj->type;
	struct object *copy = object_new(type->kind);
	unsigned int i;

	copy->given = obj->given;
	copy->idx = obj->idx;
	copy->outer_idx = obj->outer_idx;
	for (i = 0; i < type->n_fields; i++)
		value_copy(&type->fields[i], &copy->values[i], &obj->values[i]);
	return copy;
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

/* Some fields only go with some types of probes. */
static bool has_field(const struct object *obj, const struct field *field)
{
	uint64_t type = field->types ? obj->values[PROBE_TYPE].number : 0;

	return !field->types || (type < 32 && field->types & 1u << type);
}

/* What the type does not have is empty, the rest has its default if it is. */
static void fill_by_type(struct object *obj, unsigned int i)
{
	const struct field *field = &obj->type->fields[i];
	struct value *value = &obj->values[i];

	if (!has_field(obj, field) && !object_is_given(obj, i)) {
		value_free(field, value);
		if (value_is_text(field))
			value->text = mem_strdup("");
	} else if (has_field(obj, field) && value_is_empty(field, value)) {
		value_free(field, value);
		value_set_default(field, value);
	}
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
	for (i = 0; i < obj->type->n_fields; i++)
		if (fields[i].types)
			fill_by_type(obj, i);
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
	if (!has_field(obj, &obj->type->fields[field]))
		return value_is_empty(&obj->type->fields[field], value);
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
	bool is_inner = obj->type->n_ids > 1;

	if (!obj->type->n_ids)
		snprintf(buf, LABEL_SIZE, "%s", obj->type->name);
	else
		snprintf(buf, LABEL_SIZE, "%s \"%s%s%s\"", obj->type->name,
			 is_inner ? obj->values[0].text : "",
			 is_inner ? "/" : "", object_name(obj));
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
	if (type->kind == KIND_PROBE && !object_is_given(obj, PROBE_COMMAND) &&
	    obj->values[PROBE_TYPE].number == NFLB_PROBE_TYPE_EXEC)
		return &type->fields[PROBE_COMMAND];
	if (type->kind == KIND_SERVICE && !object_is_given(obj, SERVICE_PORT) &&
	    obj->values[SERVICE_PROTOCOL].number != 0)
		return &type->fields[SERVICE_PORT];
	return NULL;
}

/* What is said of a probe that its type does not have. */
static int check_types(const struct object *obj, unsigned int *field,
		       struct why *why)
{
	const struct field *fields = obj->type->fields;
	uint64_t type = obj->values[PROBE_TYPE].number;

	for (*field = 0; *field < obj->type->n_fields; ++*field)
		if (!has_field(obj, &fields[*field]) &&
		    !value_is_empty(&fields[*field], &obj->values[*field]))
			return because(why, "%s probe has no %s",
				       word_name(type_labels, type) ?: "this",
				       fields[*field].word);
	return 0;
}

static int check_probe(const struct object *obj, unsigned int *field,
		       struct why *why)
{
	char text[TIME_TEXT_SIZE];

	if (check_types(obj, field, why))
		return -1;
	*field = PROBE_COMMAND;
	if (obj->values[PROBE_TYPE].number == NFLB_PROBE_TYPE_EXEC &&
	    !*obj->values[PROBE_COMMAND].text)
		return because(why, "an exec probe needs a command");
	*field = PROBE_KEY;
	if (*obj->values[PROBE_KEY].text && !*obj->values[PROBE_CERT].text)
		return because(why, "key needs a cert, which it is of");
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

static int check_nat(const struct object *obj, unsigned int *field,
		     struct why *why)
{
	const struct ports *port = &obj->values[NAT_PORT].ports;
	const char *backend = obj->values[NAT_BACKEND].text;

	*field = NAT_PORT;
	if (port->first == port->last && !*backend)
		return because(why, "one port needs a backend, a range has one for each");
	*field = NAT_BACKEND;
	if (port->first != port->last && *backend)
		return because(why, "in a range each backend has a port, allowed is none");
	return 0;
}

static int check_backend(const struct object *obj, unsigned int *field,
			 struct why *why)
{
	const struct value *values = obj->values;

	if (!*values[BACKEND_NOTE].text || values[BACKEND_DRAIN].number ||
	    values[BACKEND_ADMIN].number != NFLB_ADMIN_NONE)
		return 0;
	*field = BACKEND_NOTE;
	return because(why, "a note needs admin up or down, or drain on");
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
	case KIND_BACKEND:
		return check_backend(obj, field, why);
	case KIND_PROBE:
		return check_probe(obj, field, why);
	case KIND_SERVICE:
		return check_service(obj, field, why);
	case KIND_NAT:
		return check_nat(obj, field, why);
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
