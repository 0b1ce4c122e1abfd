// SPDX-License-Identifier: GPL-2.0-only
/*
 * Items of Azure that become objects here. Tools show the properties of an item
 * beside its name, interfaces and templates below "properties".
 */
#include "item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expression.h"
#include "mem.h"
#include "nocase.h"

/* What every item may have, for its template or for Azure's own keeping. */
static const char *const about_itself[] = {
	"apiVersion", "comments", "condition", "copy", "dependsOn", "etag",
	"id", "location", "name", "properties", "provisioningState",
	"resourceGroup", "resourceGuid", "resources", "scope", "tags", "type",
};

static bool is_about_itself(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(about_itself); i++)
		if (nocase_equal(key, about_itself[i]))
			return true;
	return false;
}

/**
 * item_own_name() - says what of a name is an item's own
 * @name: The name; a resource of its own has that of its parent before it.
 *
 * Return: The end of @name.
 */
const char *item_own_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

/* The sentence of what has not been resolved, else the value as JSON */
static char *value_text(const json_t *value)
{
	const char *sentence = unresolved_why(value);

	return sentence ? mem_strdup(sentence) :
			  json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

static const char *label(const struct item *item, char buf[LABEL_SIZE])
{
	char cut[EXCERPT_SIZE];

	snprintf(buf, LABEL_SIZE, "%s \"%s\"", item->kind->label,
		 excerpt(item->name, cut));
	return buf;
}

/**
 * item_fail() - refuses the document for the value of a property
 * @item: The item; the import's way leads to the property.
 * @key: The property.
 * @value: Its value.
 * @reason: What is wrong with it.
 *
 * Return: A negative number.
 */
int item_fail(struct item *item, const char *key, const json_t *value,
	      const char *reason)
{
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE];
	char *text = value_text(value);

	importer_fail(item->im, "%s: %s %s: %s", label(item, buf), key,
		      excerpt(text ?: "?", cut), reason);
	free(text);
	return -1;
}

/**
 * item_note() - tells of a property that has no counterpart
 * @item: The item.
 * @key: The property.
 * @value: Its value.
 * @remark: What there is instead.
 */
void item_note(struct item *item, const char *key, const json_t *value,
	       const char *remark)
{
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE], cut_key[EXCERPT_SIZE];
	char *text = value_text(value);

	notes_add(item->im->notes, "%s: %s %s has no counterpart: %s",
		  label(item, buf), excerpt(key, cut_key),
		  excerpt(text ?: "?", cut), remark);
	free(text);
}

static void describe(struct why *text, const json_t *json);

/* A reference is described by the name in it. */
static void describe_value(struct why *text, const json_t *value)
{
	size_t len = strlen(text->text), i;
	const char *id = importer_id(value);
	char *dumped, cut[EXCERPT_SIZE];
	json_t *part;

	if (id) {
		id = strrchr(id, '/') ? strrchr(id, '/') + 1 : id;
		snprintf(text->text + len, WHY_SIZE - len, " %s",
			 excerpt(id, cut));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, part)
			describe_value(text, part);
	} else {
		dumped = value_text(value);
		snprintf(text->text + len, WHY_SIZE - len, " %s",
			 excerpt(dumped ?: "?", cut));
		free(dumped);
	}
}

static void describe_member(struct why *text, const char *key,
			    const json_t *value)
{
	size_t len = strlen(text->text);
	char cut[EXCERPT_SIZE];

	if (nocase_equal(key, "properties")) {
		describe(text, value);
	} else if (!is_about_itself(key) && !json_is_null(value)) {
		snprintf(text->text + len, WHY_SIZE - len, "%s%s",
			 len ? ", " : "", excerpt(key, cut));
		describe_value(text, value);
	}
}

static void describe(struct why *text, const json_t *json)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)json, key, value)
		describe_member(text, key, value);
}

/**
 * item_leave_out() - leaves an item out as a whole, and tells of it
 * @item: The item.
 * @remark: What can be done about it.
 *
 * Return: 0.
 */
int item_leave_out(struct item *item, const char *remark)
{
	struct why text = { "" };
	char buf[LABEL_SIZE];

	describe(&text, item->json);
	notes_add(item->im->notes, "%s is left out, %s: %.450s",
		  label(item, buf), remark, text.text);
	item->is_left_out = true;
	return 0;
}

static const char *type_name(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object is needed";
	case JSON_ARRAY:
		return "an array is needed";
	case JSON_STRING:
		return "a string is needed";
	case JSON_INTEGER:
		return "a whole number is needed";
	default:
		return "true or false is needed";
	}
}

static bool is_type(const json_t *value, json_type type)
{
	if (type == JSON_TRUE || type == JSON_FALSE)
		return json_is_boolean(value);
	return json_typeof(value) == type;
}

/**
 * item_needs() - checks that a value is there and of a type
 * @item: The item; the import's way leads to the property.
 * @property: The property.
 * @value: Its value.
 * @type: The type; JSON_TRUE for true or false.
 *
 * Return: 0 or a negative number.
 */
int item_needs(struct item *item, const struct property *property,
	       const json_t *value, json_type type)
{
	if (unresolved_why(value))
		return importer_fail(item->im, "%s", unresolved_why(value));
	if (is_type(value, type))
		return 0;
	return item_fail(item, property->name, value, type_name(type));
}

/**
 * item_set() - gives a field of the object its value
 * @item: The item.
 * @field: Index of the field.
 * @text: The value as on the command line.
 *
 * Return: 0 or a negative number.
 */
int item_set(struct item *item, int field, const char *text)
{
	const struct field *f = &item->obj->type->fields[field];
	char buf[LABEL_SIZE], cut[EXCERPT_SIZE];
	struct value value;
	struct why why;

	if (value_parse(f, text, &value, &why))
		return importer_fail(item->im, "%s: %s %s: %s",
				     label(item, buf), f->word,
				     excerpt(text, cut), why.text);
	object_set_value(item->obj, f, &value);
	return 0;
}

/**
 * take_nothing() - takes a property that says nothing that is needed
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0.
 */
int take_nothing(struct item *item, const struct property *property,
		 const json_t *value)
{
	(void)item;
	(void)property;
	(void)value;
	return 0;
}

static bool is_usual(const json_t *value, const json_t *usual)
{
	if (json_is_string(value))
		return nocase_equal(json_string_value(value),
				    json_string_value(usual));
	return json_equal(value, usual);
}

/**
 * take_usual() - takes a property that has a counterpart at one value only
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_usual(struct item *item, const struct property *property,
	       const json_t *value)
{
	json_t *usual = mem_need(json_loads(property->usual, JSON_DECODE_ANY,
					    NULL));
	int err = item_needs(item, property, value, json_typeof(usual));

	if (!err && !is_usual(value, usual))
		item_note(item, property->name, value, property->remark);
	json_decref(usual);
	return err;
}

/**
 * take_note() - takes a property that never has a counterpart
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0.
 */
int take_note(struct item *item, const struct property *property,
	      const json_t *value)
{
	item_note(item, property->name, value, property->remark);
	return 0;
}

/**
 * take_text() - takes a property whose text is one of ours
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_text(struct item *item, const struct property *property,
	      const json_t *value)
{
	if (item_needs(item, property, value, JSON_STRING))
		return -1;
	return item_set(item, property->field, json_string_value(value));
}

static int take_integer(struct item *item, const struct property *property,
			const json_t *value, const char *unit)
{
	char text[32];

	if (item_needs(item, property, value, JSON_INTEGER))
		return -1;
	snprintf(text, sizeof(text), "%lld%s",
		 (long long)json_integer_value(value), unit);
	return item_set(item, property->field, text);
}

/**
 * take_number() - takes a property that is a number
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_number(struct item *item, const struct property *property,
		const json_t *value)
{
	return take_integer(item, property, value, "");
}

/**
 * take_seconds() - takes a number of seconds that is a time here
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_seconds(struct item *item, const struct property *property,
		 const json_t *value)
{
	return take_integer(item, property, value, "s");
}

/**
 * take_minutes() - takes a number of minutes that is a time here
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_minutes(struct item *item, const struct property *property,
		 const json_t *value)
{
	return take_integer(item, property, value, "m");
}

/**
 * take_switch() - takes a property that is on or off here
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_switch(struct item *item, const struct property *property,
		const json_t *value)
{
	if (item_needs(item, property, value, JSON_TRUE))
		return -1;
	return item_set(item, property->field,
			json_is_true(value) ? "on" : "off");
}

static int fail_words(struct item *item, const struct property *property,
		      const json_t *value)
{
	const struct twin *w;
	size_t len = 0;
	char text[160];

	for (w = property->words; w->azure && len < sizeof(text); w++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				len ? ", " : "allowed ", w->azure);
	return item_fail(item, property->name, value, text);
}

/**
 * take_word() - takes a property that has other words here
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_word(struct item *item, const struct property *property,
	      const json_t *value)
{
	const struct twin *w = property->words;

	if (item_needs(item, property, value, JSON_STRING))
		return -1;
	while (w->azure && !nocase_equal(w->azure, json_string_value(value)))
		w++;
	if (!w->azure)
		return fail_words(item, property, value);
	if (w->remark)
		item_note(item, property->name, value, w->remark);
	return item_set(item, property->field, w->ours);
}

/**
 * take_address() - takes a property that is the address of the item
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * An address that the user gives counts more.
 *
 * Return: 0 or a negative number.
 */
int take_address(struct item *item, const struct property *property,
		 const json_t *value)
{
	if (item->address)
		return 0;
	if (item_needs(item, property, value, JSON_STRING))
		return -1;
	item->address = json_string_value(value);
	return 0;
}

static int take_property(struct item *item, const char *key,
			 const json_t *value)
{
	const struct property *p = item->kind->properties;
	uint32_t bit;

	while (p->name && !nocase_equal(p->name, key))
		p++;
	bit = 1u << (p - item->kind->properties);
	if (p->name && item->seen & bit)
		return item_fail(item, key, value, "given twice");
	item->seen |= bit;
	if (p->name)
		return p->take(item, p, value);
	if (!is_about_itself(key))
		item_note(item, key, value, "nflb does not know it");
	return 0;
}

static int take_properties(struct item *item, const json_t *json)
{
	struct json_path *path = &item->im->path;
	const char *key;
	json_t *value;
	int err = 0;

	json_object_foreach((json_t *)json, key, value) {
		if (json_is_null(value))
			continue;
		json_path_enter_key(path, key);
		err = take_property(item, key, value);
		json_path_leave(path);
		if (err)
			break;
	}
	return err;
}

/**
 * item_take_all() - takes the properties of an item
 * @item: The item.
 *
 * Return: 0 or a negative number.
 */
int item_take_all(struct item *item)
{
	struct importer *im = item->im;
	const char *key = "properties";
	const json_t *properties;
	int err;

	properties = nocase_get(item->json, key, &key);
	err = take_properties(item, item->json);
	if (err || !properties)
		return err;
	json_path_enter_key(&im->path, key);
	if (unresolved_why(properties))
		err = importer_fail(im, "%s", unresolved_why(properties));
	else if (!json_is_object(properties) && !json_is_null(properties))
		err = item_fail(item, key, properties,
				type_name(JSON_OBJECT));
	else
		err = take_properties(item, properties);
	json_path_leave(&im->path);
	return err;
}

static int check_required(struct item *item)
{
	const struct property *p;
	char buf[LABEL_SIZE];

	for (p = item->kind->properties; p->name; p++)
		if (p->is_required &&
		    !(item->seen & 1u << (p - item->kind->properties)))
			return importer_fail(item->im, "%s: %s is required",
					     label(item, buf), p->name);
	return 0;
}

/**
 * item_read_name() - takes the name that the item has itself
 * @item: The item.
 *
 * Return: 0 or a negative number.
 */
int item_read_name(struct item *item)
{
	size_t depth = item->im->path.depth;
	const json_t *name = importer_enter(item->im, item->json, "name");
	int err = 0;

	if (unresolved_why(name))
		err = importer_fail(item->im, "%s", unresolved_why(name));
	else if (!json_string_length(name) ||
		 json_string_length(name) > IMPORT_NAME_MAX)
		err = importer_fail(item->im, "a name of 1 to %d characters is needed",
				    IMPORT_NAME_MAX);
	else
		item->name = item_own_name(json_string_value(name));
	item->im->path.depth = depth;
	return err;
}

static int set_name(struct item *item)
{
	struct importer *im = item->im;
	enum object_kind kind = item->kind->kind;
	char ours[NFLB_NAME_MAX + 1];

	if (item->pool) {
		item->address = importer_begin_backend(im, item->obj,
						       item->pool, item->name);
		return 0;
	}
	importer_name(im, im->balancer, item->name, ours);
	importer_note_name(im, item->kind->label, item->name, ours);
	if (kind == KIND_FRONTEND)
		item->address = addressbook_find(im->book, kind, ours) ?:
				addressbook_find(im->book, kind, item->name);
	return item_set(item, 0, ours);
}

static int read_item(struct item *item)
{
	if (item->kind->name ? item->kind->name(item) : item_read_name(item))
		return -1;
	if (item->kind->find && item->kind->find(item))
		return -1;
	if (item->is_left_out)
		return 0;
	if (set_name(item) || item_take_all(item) || check_required(item))
		return -1;
	return item->kind->finish ? item->kind->finish(item) : 0;
}

/**
 * item_read() - makes an object of an item
 * @im: The import, whose way leads to the item.
 * @json: The item.
 * @kind: Its kind.
 * @pool: Of a backend, its pool; else NULL.
 * @obj: Where the object goes if it was added; NULL if it is left out.
 *
 * Return: 0 or a negative number.
 */
int item_read(struct importer *im, const json_t *json,
	      const struct item_kind *kind, const struct object *pool,
	      struct object **obj)
{
	struct item item = { .im = im, .kind = kind, .json = json };

	*obj = NULL;
	item.pool = pool;
	item.obj = object_new(kind->kind);
	if (read_item(&item) || item.is_left_out) {
		object_free(item.obj);
		return item.is_left_out ? 0 : -1;
	}
	if (importer_add(im, item.obj))
		return -1;
	*obj = item.obj;
	return 0;
}
