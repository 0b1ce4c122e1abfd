// SPDX-License-Identifier: GPL-2.0-only
/*
 * A configuration as a document: sorted by name, without what is at its
 * default, so that equal configurations are equal documents.
 */
#include <string.h>

#include "addresses.h"
#include "devices.h"
#include "doc.h"
#include "prefixes.h"
#include "print.h"

static void write_ports(const struct field *field, const struct value *value)
{
	char buf[VALUE_TEXT_SIZE];

	if (value->ports.first && value->ports.first == value->ports.last)
		json_u64(field->key, value->ports.first);
	else
		json_string(field->key, value_format(field, value, buf));
}

/* The items of a list, or the word that stands for none. */
static void write_list(const struct field *field, const char *text,
		       bool is_list)
{
	char item[NFLB_NAME_MAX + 1];	/* no kind of item is longer */

	if (!is_list) {
		json_string(field->key, text);
		return;
	}
	json_begin_array(field->key, LAYOUT_INLINE);
	while (text) {
		text = cut_item(text, item, sizeof(item));
		json_string(NULL, item);
	}
	json_end();
}

static void write_addresses(const struct field *field, const char *text)
{
	char one[ADDRESS_TEXT_SIZE];
	struct address address;

	json_begin_array(field->key, LAYOUT_INLINE);
	while (text) {
		text = addresses_next(text, &address);
		json_string(NULL, format_address(&address, one));
	}
	json_end();
}

/**
 * doc_write_ids() - writes which object it is, as members of a JSON object
 * @obj: The object.
 */
void doc_write_ids(const struct object *obj)
{
	const struct object_type *type = obj->type;
	unsigned int i;

	json_string("object", type->name);
	for (i = 0; i < type->n_ids; i++)
		json_string(type->fields[i].key, obj->values[i].text);
}

/**
 * doc_write_value() - writes one field as a member of a JSON object
 * @field: The field.
 * @value: Its value.
 */
void doc_write_value(const struct field *field, const struct value *value)
{
	char buf[VALUE_TEXT_SIZE];

	switch (field->kind) {
	case VALUE_NUMBER:
	case VALUE_MS:
		json_u64(field->key, value->number);
		break;
	case VALUE_SEED:
		json_exact(field->key, value->number);
		break;
	case VALUE_SWITCH:
		json_bool(field->key, value->number);
		break;
	case VALUE_PORT:
	case VALUE_PORTS:
		write_ports(field, value);
		break;
	case VALUE_DEVICES:
		write_list(field, value->text, devices_is_list(value->text));
		break;
	case VALUE_PREFIXES:
		write_list(field, value->text, prefixes_is_list(value->text));
		break;
	case VALUE_NAMES:
		write_list(field, value->text, *value->text);
		break;
	case VALUE_COUNT:
		if (word_name(field->words, value->number))
			json_string(field->key,
				    value_format(field, value, buf));
		else
			json_u64(field->key, value->number);
		break;
	case VALUE_ADDRESSES:
		write_addresses(field, value->text);
		break;
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_STATUSES:
	case VALUE_OPTIONAL_NAME:
		json_string(field->key, value->text);
		break;
	default:
		json_string(field->key, value_format(field, value, buf));
	}
}

static void write_fields(const struct object *obj)
{
	unsigned int n_ids = obj->type->n_ids;
	unsigned int i;

	/* The pool of a backend is where the backend stands, a nat as well. */
	for (i = n_ids ? n_ids - 1 : 0; i < obj->type->n_fields; i++)
		if (!object_is_default(obj, i))
			doc_write_value(&obj->type->fields[i],
					&obj->values[i]);
}

static void write_object(const struct object *obj)
{
	json_begin_object(NULL, LAYOUT_INLINE);
	write_fields(obj);
	json_end();
}

static bool is_inside(const struct object *inner, const struct object *outer)
{
	return strcmp(inner->values[0].text, outer->values[0].text) == 0;
}

/* They are sorted by where they stand first, so they follow each other. */
static size_t write_outer(const struct doc *doc, const struct object *outer,
			  size_t next)
{
	enum object_kind kind = outer->type->inner;
	size_t n = doc->n[kind];

	json_begin_object(NULL, LAYOUT_LINES);
	write_fields(outer);
	if (next < n && is_inside(doc->objects[kind][next], outer)) {
		json_begin_array(object_types[kind].plural, LAYOUT_LINES);
		while (next < n && is_inside(doc->objects[kind][next], outer))
			write_object(doc->objects[kind][next++]);
		json_end();
	}
	json_end();
	return next;
}

static void write_kind(const struct doc *doc, enum object_kind kind)
{
	size_t i, next = 0;

	json_begin_array(object_types[kind].plural, LAYOUT_LINES);
	for (i = 0; i < doc->n[kind]; i++) {
		if (object_types[kind].inner)
			next = write_outer(doc, doc->objects[kind][i], next);
		else
			write_object(doc->objects[kind][i]);
	}
	json_end();
}

static bool is_all_default(const struct object *obj)
{
	unsigned int i;

	for (i = 0; i < obj->type->n_fields; i++)
		if (!object_is_default(obj, i))
			return false;
	return true;
}

/* What there is once is left out if it is as without it. */
static void write_single(const struct doc *doc, enum object_kind kind)
{
	const struct object *obj;

	if (!doc->n[kind])
		return;
	obj = doc->objects[kind][0];
	if (is_all_default(obj))
		return;
	json_begin_object(obj->type->plural, LAYOUT_INLINE);
	write_fields(obj);
	json_end();
}

/* What not every gateway has is left out if there is none. */
static bool is_written(const struct doc *doc, enum object_kind kind)
{
	return !object_types[kind].outer &&
	       (kind <= KIND_SERVICE || doc->n[kind]);
}

/**
 * doc_write() - writes a configuration as a document
 * @doc: The configuration, sorted.
 */
void doc_write(const struct doc *doc)
{
	int kind;

	json_begin_object(NULL, LAYOUT_LINES);
	for (kind = 0; kind < KIND_FASTPATH; kind++)
		if (is_written(doc, kind))
			write_kind(doc, kind);
	write_single(doc, KIND_FASTPATH);
	json_end();
}
