// SPDX-License-Identifier: GPL-2.0-only
/*
 * A document to a configuration. The JSON library says whether the text is
 * JSON; here is said whether it is a configuration, with the line of what is
 * not.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "devices.h"
#include "locate.h"
#include "mem.h"
#include "names.h"
#include "prefixes.h"
#include "source.h"

/**
 * struct reader - a document that is being read
 * @source: Its text.
 * @doc: The configuration that grows.
 * @why: What is wrong.
 * @path: The way to what is being read.
 */
struct reader {
	const struct source *source;
	struct doc *doc;
	struct why *why;
	struct json_path path;
};

/* FILE:LINE: SENTENCE, with the line of what is being read. */
static int fail(struct reader *r, const char *sentence)
{
	size_t line = locate_line(r->source->text, r->source->len,
				  r->path.steps, r->path.depth);

	if (line)
		return because(r->why, "%s:%zu: %s", r->source->file, line,
			       sentence);
	return because(r->why, "%s: %s", r->source->file, sentence);
}

/* Before its name is known an object goes by its place. */
static const char *label(const struct reader *r, const struct object *obj,
			 char buf[LABEL_SIZE])
{
	char path[JSON_PATH_TEXT_SIZE];

	if (object_name(obj))
		snprintf(buf, LABEL_SIZE, "%s \"%s\"", obj->type->name,
			 object_name(obj));
	else
		snprintf(buf, LABEL_SIZE, "%s", json_path_text(&r->path, path));
	return buf;
}

static int wants(const char *what, struct why *why)
{
	return because(why, "%s is needed", what);
}

static const char *json_kind_for(const struct field *field)
{
	switch (field->kind) {
	case VALUE_NUMBER:
	case VALUE_MS:
	case VALUE_SEED:
		return "a whole number";
	case VALUE_SWITCH:
		return "true or false";
	case VALUE_PORT:
	case VALUE_PORTS:
	case VALUE_STATUSES:
	case VALUE_COUNT:
		return "a whole number or a string";
	case VALUE_ADDRESSES:
		return "an array of addresses";
	case VALUE_NAMES:
		return "\"none\", a name or an array of names";
	case VALUE_DEVICES:
		return "\"auto\", \"none\" or an array of names";
	case VALUE_PREFIXES:
		return "\"any\" or an array of prefixes";
	default:
		return "a string";
	}
}

static int read_integer(const struct field *field, json_int_t number,
			struct value *value, struct why *why)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	switch (field->kind) {
	case VALUE_NUMBER:
	case VALUE_MS:
		if (parse_u64(text, field->min, field->max, &value->number,
			      why) == 0)
			return 0;
		return because(why, "allowed %llu..%llu",
			       (unsigned long long)field->min,
			       (unsigned long long)field->max);
	case VALUE_SEED:
	case VALUE_PORT:
	case VALUE_PORTS:
	case VALUE_STATUSES:
	case VALUE_COUNT:
		return value_parse(field, text, value, why);
	default:
		return wants(json_kind_for(field), why);
	}
}

static int read_string(const struct field *field, const char *text,
		       struct value *value, struct why *why)
{
	switch (field->kind) {
	case VALUE_NUMBER:
	case VALUE_MS:
	case VALUE_SWITCH:
	case VALUE_ADDRESSES:
		return wants(json_kind_for(field), why);
	case VALUE_DEVICES:
		if (devices_is_list(text))
			return wants(json_kind_for(field), why);
		return value_parse(field, text, value, why);
	case VALUE_PREFIXES:
		if (prefixes_is_list(text))
			return wants(json_kind_for(field), why);
		return value_parse(field, text, value, why);
	case VALUE_NAMES:
		if (strchr(text, ','))
			return wants(json_kind_for(field), why);
		return value_parse(field, text, value, why);
	default:
		return value_parse(field, text, value, why);
	}
}

/* Has @add take each string of an array; @item is what one is called. */
static int read_strings(const json_t *list, const char *item,
			int (*add)(void *to, const char *text, struct why *why),
			void *to, struct why *why)
{
	char cut[EXCERPT_SIZE];
	struct why reason;
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		if (!text)
			return wants("an array of strings", why);
		if (add(to, text, &reason))
			return because(why, "%s \"%s\": %s", item,
				       excerpt(text, cut), reason.text);
	}
	return 0;
}

static int add_device(void *devices, const char *text, struct why *why)
{
	return devices_add(devices, text, why);
}

static int add_prefix(void *prefixes, const char *text, struct why *why)
{
	return prefixes_add(prefixes, text, why);
}

static int read_prefixes(const json_t *list, struct value *value,
			 struct why *why)
{
	struct prefixes prefixes = { .n = 0 };

	if (read_strings(list, "prefix", add_prefix, &prefixes, why))
		return -1;
	if (!prefixes.n)
		return because(why, "allowed are 1 to %u prefixes, or \"%s\"",
			       NFLB_ALLOW_MAX, PREFIXES_ANY);
	value->text = prefixes_text(&prefixes);
	return 0;
}

static int read_devices(const json_t *list, struct value *value,
			struct why *why)
{
	struct devices devices = { .n = 0 };

	if (read_strings(list, "device", add_device, &devices, why))
		return -1;
	if (!devices.n)
		return because(why, "allowed are 1 to %u devices, or \"none\"",
			       NFLB_DEVICES_MAX);
	value->text = devices_text(&devices);
	return 0;
}

static int add_name(void *names, const char *text, struct why *why)
{
	return names_add(names, text, why);
}

static int read_names(const json_t *list, struct value *value, struct why *why)
{
	struct names names = { .n = 0 };

	if (read_strings(list, "name", add_name, &names, why))
		return -1;
	if (!names.n)
		return because(why, "allowed are 1 to %u names, or \"none\"",
			       NAMES_MAX);
	value->text = mem_strdup(names.text);
	return 0;
}

static int read_addresses(const json_t *list, struct value *value,
			  struct why *why)
{
	struct addresses addresses = { .n = 0 };
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		if (!text)
			return wants("an array of strings", why);
		if (addresses_add_text(&addresses, text, why))
			return -1;
	}
	if (!addresses.n)
		return because(why, "allowed are 1 to %u addresses",
			       NFLB_SNAT_ADDRESSES_MAX);
	value->text = addresses_text(&addresses);
	return 0;
}

static int read_value(const struct field *field, const json_t *json,
		      struct value *value, struct why *why)
{
	if (json_is_boolean(json) && field->kind == VALUE_SWITCH) {
		value->number = json_is_true(json);
		return 0;
	}
	if (json_is_integer(json) && field->kind != VALUE_SWITCH)
		return read_integer(field, json_integer_value(json), value,
				    why);
	if (json_is_array(json) && field->kind == VALUE_DEVICES)
		return read_devices(json, value, why);
	if (json_is_array(json) && field->kind == VALUE_PREFIXES)
		return read_prefixes(json, value, why);
	if (json_is_array(json) && field->kind == VALUE_ADDRESSES)
		return read_addresses(json, value, why);
	if (json_is_array(json) && field->kind == VALUE_NAMES)
		return read_names(json, value, why);
	if (json_is_string(json))
		return read_string(field, json_string_value(json), value, why);
	return wants(json_kind_for(field), why);
}

/* LABEL: KEY VALUE: REASON */
static int fail_value(struct reader *r, const struct object *obj,
		      const char *key, const json_t *json, const char *reason)
{
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE], cut_key[EXCERPT_SIZE];
	char sentence[WHY_SIZE];
	char *text;

	label(r, obj, buf);
	text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT |
			  JSON_ENSURE_ASCII);
	snprintf(sentence, sizeof(sentence), "%s: %s %s: %s", buf,
		 excerpt(key, cut_key), text ? excerpt(text, cut) : "?",
		 reason);
	free(text);
	json_path_enter_key(&r->path, key);
	fail(r, sentence);
	json_path_leave(&r->path);
	return -1;
}

static int fail_unknown_key(struct reader *r, const struct object *obj,
			    const char *key)
{
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE];
	char sentence[WHY_SIZE];

	snprintf(sentence, sizeof(sentence), "%s: unknown key \"%s\"",
		 label(r, obj, buf), excerpt(key, cut));
	json_path_enter_key(&r->path, key);
	fail(r, sentence);
	json_path_leave(&r->path);
	return -1;
}

/* The pool of a backend is not a key of it, nor the nat of a mapping. */
static const struct field *find_field(const struct object *obj, const char *key)
{
	const struct field *field = field_by_key(obj->type, key);

	if (!field || field_idx(obj->type, field) + 1 < obj->type->n_ids)
		return NULL;
	return field;
}

static bool is_inner_key(const struct object *obj, const char *key)
{
	enum object_kind inner = obj->type->inner;

	return inner && strcmp(key, object_types[inner].plural) == 0;
}

static int read_field(struct reader *r, struct object *obj, const char *key,
		      const json_t *json)
{
	const struct field *field = find_field(obj, key);
	struct value value;
	struct why why;

	if (!field)
		return fail_unknown_key(r, obj, key);
	if (read_value(field, json, &value, &why))
		return fail_value(r, obj, key, json, why.text);
	object_set_value(obj, field, &value);
	return 0;
}

/* The name first, so that sentences about the others can say it. */
static int read_name(struct reader *r, struct object *obj, const json_t *json)
{
	unsigned int n_ids = obj->type->n_ids;
	const json_t *name;
	const char *key;

	if (!n_ids)
		return 0;
	key = obj->type->fields[n_ids - 1].key;
	name = json_object_get(json, key);
	return name ? read_field(r, obj, key, name) : 0;
}

static int read_fields(struct reader *r, struct object *obj, json_t *json)
{
	const char *key;
	json_t *member;

	if (read_name(r, obj, json))
		return -1;
	json_object_foreach(json, key, member) {
		if (!is_inner_key(obj, key) &&
		    read_field(r, obj, key, member))
			return -1;
	}
	return 0;
}

static int check_fields(struct reader *r, struct object *obj,
			const json_t *json)
{
	const struct field *field = object_missing(obj);
	char buf[LABEL_SIZE], sentence[WHY_SIZE];
	unsigned int idx;
	struct why why;

	if (field) {
		snprintf(sentence, sizeof(sentence), "%s: %s is required",
			 label(r, obj, buf), field->key);
		return fail(r, sentence);
	}
	object_fill_defaults(obj);
	if (!object_check(obj, &idx, &why))
		return 0;
	field = &obj->type->fields[idx];
	return fail_value(r, obj, field->key,
			  json_object_get(json, field->key), why.text);
}

static int add_object(struct reader *r, struct object *obj)
{
	char buf[LABEL_SIZE], sentence[WHY_SIZE];
	const struct object *other = doc_add(r->doc, obj);
	size_t line;

	if (!other)
		return 0;
	line = source_line(r->source, other, -1);
	snprintf(sentence, sizeof(sentence),
		 "%s: this name is on line %zu already", label(r, obj, buf),
		 line);
	return fail(r, sentence);
}

static int read_object(struct reader *r, struct object *obj, json_t *json)
{
	char path[JSON_PATH_TEXT_SIZE], sentence[WHY_SIZE];

	if (!json_is_object(json)) {
		snprintf(sentence, sizeof(sentence), "%s: an object is needed",
			 json_path_text(&r->path, path));
		return fail(r, sentence);
	}
	if (read_fields(r, obj, json) || check_fields(r, obj, json))
		return -1;
	return add_object(r, obj);
}

static int read_list(struct reader *r, enum object_kind kind, json_t *list,
		     const struct object *outer);

/* What stands in an object, such as the backends of a pool */
static int read_inner(struct reader *r, const struct object *outer,
		      json_t *json)
{
	enum object_kind inner = outer->type->inner;
	const char *key = object_types[inner].plural;
	json_t *list = inner ? json_object_get(json, key) : NULL;
	int err;

	if (!list)
		return 0;
	json_path_enter_key(&r->path, key);
	err = read_list(r, inner, list, outer);
	json_path_leave(&r->path);
	return err;
}

static int read_item(struct reader *r, enum object_kind kind, size_t idx,
		     json_t *json, const struct object *outer)
{
	struct object *obj = object_new(kind);
	const struct field *field;
	struct value value;

	obj->idx = idx;
	if (outer) {
		field = &obj->type->fields[0];
		value_copy(field, &value, &outer->values[0]);
		object_set_value(obj, field, &value);
		obj->outer_idx = outer->idx;
	}
	if (read_object(r, obj, json)) {
		object_free(obj);
		return -1;
	}
	return read_inner(r, obj, json);
}

static int read_list(struct reader *r, enum object_kind kind, json_t *list,
		     const struct object *outer)
{
	char path[JSON_PATH_TEXT_SIZE], sentence[WHY_SIZE];
	size_t i;
	int err;

	if (!json_is_array(list)) {
		snprintf(sentence, sizeof(sentence), "%s: an array is needed",
			 json_path_text(&r->path, path));
		return fail(r, sentence);
	}
	for (i = 0; i < json_array_size(list); i++) {
		json_path_enter_idx(&r->path, i);
		err = read_item(r, kind, i, json_array_get(list, i), outer);
		json_path_leave(&r->path);
		if (err)
			return err;
	}
	return 0;
}

static int read_section(struct reader *r, const char *key, json_t *json)
{
	char cut[EXCERPT_SIZE], sentence[WHY_SIZE];
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (!object_types[kind].outer &&
		    strcmp(object_types[kind].plural, key) == 0)
			return object_types[kind].n_ids ?
			       read_list(r, kind, json, NULL) :
			       read_item(r, kind, 0, json, NULL);
	snprintf(sentence, sizeof(sentence),
		 "unknown key \"%s\", allowed frontends, probes, pools, services, nats, snats, fastpath",
		 excerpt(key, cut));
	return fail(r, sentence);
}

static int read_root(struct reader *r, json_t *root)
{
	const char *key;
	json_t *member;
	int err;

	if (!json_is_object(root))
		return fail(r, "an object is needed");
	json_object_foreach(root, key, member) {
		json_path_enter_key(&r->path, key);
		err = read_section(r, key, member);
		json_path_leave(&r->path);
		if (err)
			return err;
	}
	return 0;
}

static int read_members(struct reader *r, json_t *root)
{
	const struct field *name = &object_types[KIND_POOL].fields[POOL_NAME];
	struct value value = { .text = mem_strdup(r->source->pool) };
	struct object *pool = object_new(KIND_POOL);

	object_set_value(pool, name, &value);
	object_fill_defaults(pool);
	doc_add(r->doc, pool);
	if (!json_is_array(root))
		return fail(r, "an array of backends is needed");
	return read_list(r, KIND_BACKEND, root, pool);
}

/**
 * source_blame() - says what is wrong between the objects of a document
 * @source: The text.
 * @flaw: What is wrong, with an object that was read from it, or with one that
 *        it does not have.
 * @why: What is wrong, with file and line if the object stands there.
 *
 * Return: A negative number.
 */
int source_blame(const struct source *source, const struct flaw *flaw,
		 struct why *why)
{
	size_t line = source_line(source, flaw->obj, flaw->field);
	char text[WHY_SIZE];

	flaw_text(flaw, text);
	if (line)
		return because(why, "%s:%zu: %s", source->file, line, text);
	return because(why, "%s", text);
}

/**
 * source_json() - reads the JSON that a text is
 * @source: The text.
 * @why: What is wrong, with file and line.
 *
 * Return: The JSON, without repeated keys, or NULL; json_decref() it.
 */
json_t *source_json(const struct source *source, struct why *why)
{
	json_error_t error;
	json_t *root;

	root = json_loadb(source->text, source->len, JSON_REJECT_DUPLICATES,
			  &error);
	if (root)
		return root;
	/* The library's own words for this speak of its flags. */
	if (json_error_code(&error) == json_error_null_character)
		snprintf(error.text, sizeof(error.text),
			 "a string has no \\u0000");
	because(why, "%s:%d: not JSON: %s", source->file,
		error.line > 0 ? error.line : 1, error.text);
	return NULL;
}

/**
 * source_parse() - reads the configuration that a text says
 * @source: The text.
 * @why: What is wrong, with file and line.
 *
 * Of a list of backends that is one with their pool and nothing else.
 *
 * Return: The configuration, or NULL; doc_free() it.
 */
struct doc *source_parse(const struct source *source, struct why *why)
{
	struct reader r = { .source = source, .why = why };
	struct flaw flaw;
	json_t *root;
	int err;

	root = source_json(source, why);
	if (!root)
		return NULL;
	r.doc = doc_new();
	err = source->pool ? read_members(&r, root) : read_root(&r, root);
	doc_complete(r.doc);
	if (!err && doc_check(r.doc, &flaw))
		err = source_blame(source, &flaw, why);
	json_decref(root);
	if (!err)
		return r.doc;
	doc_free(r.doc);
	return NULL;
}
