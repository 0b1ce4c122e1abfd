// SPDX-License-Identifier: GPL-2.0-only
/* An import under way: ways, names and ids. */
#include "importer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "expression.h"
#include "mem.h"
#include "nocase.h"
#include "template.h"

#define ITEMS_MAX	50000u	/* many are looked for among all of them */
#define FNV_SEED	2166136261u
#define FNV_PRIME	16777619u
#define HASH_LEN	9	/* a hyphen and 8 digits */

/**
 * importer_fail() - refuses the document
 * @im: The import, whose way leads to what is wrong.
 * @fmt: As for printf().
 *
 * Return: A negative number.
 */
int importer_fail(struct importer *im, const char *fmt, ...)
{
	const char *where = im->resource ? im->resource->where : "";
	char path[JSON_PATH_TEXT_SIZE];
	char text[WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_path_text(&im->path, path);
	return because(im->why, "%.80s: %.60s%s%s%s%.400s", im->file, where,
		       *where && *path ? "." : "", path,
		       *where || *path ? ": " : "", text);
}

/**
 * importer_enter() - goes to a property, which may be among the properties
 * @im: The import; its way leads to the property.
 * @json: What has the property.
 * @key: Its name.
 *
 * Return: The property, or NULL if there is none or it says nothing.
 */
const json_t *importer_enter(struct importer *im, const json_t *json,
			     const char *key)
{
	const char *outer, *inner;
	const json_t *value, *properties;

	properties = nocase_get(json, "properties", &outer);
	value = nocase_get(properties, key, &inner);
	if (value || unresolved_why(properties))
		json_path_enter_key(&im->path, outer);
	else
		value = nocase_get(json, key, &inner);
	/* What none of its properties are known of is not without them. */
	if (unresolved_why(properties))
		return properties;
	if (!value)
		return NULL;
	json_path_enter_key(&im->path, inner);
	return json_is_null(value) ? NULL : value;
}

/**
 * importer_property() - finds a property without going to it
 * @json: What has the property.
 * @key: Its name.
 *
 * Return: The property, or NULL if there is none or it says nothing.
 */
const json_t *importer_property(const json_t *json, const char *key)
{
	const json_t *properties = nocase_get(json, "properties", NULL);
	const json_t *value = nocase_get(properties, key, NULL) ?:
			      nocase_get(json, key, NULL);

	return json_is_null(value) ? NULL : value;
}

static int read_each(struct importer *im, const json_t *list,
		     int (*read)(struct importer *im, const json_t *item,
				 void *arg),
		     void *arg)
{
	json_t *item;
	int err = 0;
	size_t i;

	json_array_foreach(list, i, item) {
		json_path_enter_idx(&im->path, i);
		if (im->n_items++ == ITEMS_MAX)
			err = importer_fail(im, "allowed are %u items in all",
					    ITEMS_MAX);
		else if (unresolved_why(item))
			err = importer_fail(im, "%s", unresolved_why(item));
		else if (!json_is_object(item))
			err = importer_fail(im, "an object is needed");
		else
			err = read(im, item, arg);
		json_path_leave(&im->path);
		if (err)
			break;
	}
	return err;
}

/**
 * importer_each() - reads the items of an array
 * @im: The import.
 * @json: What has the array as a property, or not.
 * @key: Name of the property.
 * @read: Reads an item.
 * @arg: What @read gets.
 *
 * Return: 0 or a negative number.
 */
int importer_each(struct importer *im, const json_t *json, const char *key,
		  int (*read)(struct importer *im, const json_t *item,
			      void *arg),
		  void *arg)
{
	size_t depth = im->path.depth;
	const json_t *list = importer_enter(im, json, key);
	int err = 0;

	if (unresolved_why(list))
		err = importer_fail(im, "%s", unresolved_why(list));
	else if (list && !json_is_array(list))
		err = importer_fail(im, "an array is needed");
	else if (list)
		err = read_each(im, list, read, arg);
	im->path.depth = depth;
	return err;
}

/* Of the name in small letters, as their case means nothing in Azure */
static uint32_t hash_name(const char *name)
{
	uint32_t hash = FNV_SEED;

	for (; *name; name++)
		hash = (hash ^ tolower((unsigned char)*name)) * FNV_PRIME;
	return hash;
}

/**
 * importer_name() - makes a name that is allowed here
 * @im: The import.
 * @balancer: The load balancer that has the object, NULL for a backend.
 * @name: Name of the object in Azure.
 * @ours: Where the name goes: the same if it is allowed, else what of it is
 *        allowed, with a hash of all of it.
 */
void importer_name(const struct importer *im, const char *balancer,
		   const char *name, char ours[NFLB_NAME_MAX + 1])
{
	const char *prefix = balancer && im->n_balancers > 1 ? balancer : "";
	size_t keep = NFLB_NAME_MAX - HASH_LEN;
	char full[2 * (IMPORT_NAME_MAX + 1)];
	struct why why;
	char *p;

	snprintf(full, sizeof(full), "%s%s%s", prefix, *prefix ? "." : "",
		 name);
	if (!parse_name(full, &why)) {
		memcpy(ours, full, strlen(full) + 1);
		return;
	}
	snprintf(ours, keep + 1, "%.*s", (int)keep, full);
	for (p = ours; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '-';
	if (*ours == '-')
		*ours = 'x';
	sprintf(p, "-%08x", hash_name(full));
}

/**
 * importer_note_name() - tells of a name that is not as it was
 * @im: The import.
 * @label: What has the name.
 * @name: The name in Azure.
 * @ours: The name here.
 */
void importer_note_name(struct importer *im, const char *label,
			const char *name, const char *ours)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	if (parse_name(name, &why))
		notes_add(im->notes, "%s \"%s\": it is called %s here: %s",
			  label, excerpt(name, cut), ours, why.text);
	else if (strstr(name, TEMPLATE_GROUP))
		notes_add(im->notes, "%s \"%s\": the template does not say what %s stands for",
			  label, excerpt(name, cut), TEMPLATE_GROUP);
}

static void set_text(struct object *obj, unsigned int field, const char *text)
{
	struct value value = { .text = mem_strdup(text) };

	object_set_value(obj, &obj->type->fields[field], &value);
}

/**
 * importer_given() - says which address the user gives to a backend
 * @im: The import.
 * @obj: The backend.
 * @name: Its name in Azure.
 *
 * Return: The address, or NULL.
 */
const char *importer_given(const struct importer *im, const struct object *obj,
			   const char *name)
{
	char full[2 * (NFLB_NAME_MAX + 1)];

	snprintf(full, sizeof(full), "%s/%s", obj->values[BACKEND_POOL].text,
		 object_name(obj));
	return addressbook_find(im->book, KIND_BACKEND, full) ?:
	       addressbook_find(im->book, KIND_BACKEND, object_name(obj)) ?:
	       addressbook_find(im->book, KIND_BACKEND, name);
}

/**
 * importer_begin_backend() - names a backend
 * @im: The import.
 * @obj: The backend.
 * @pool: Its pool.
 * @name: Its name in Azure.
 *
 * Return: The address that the user gives to it, or NULL.
 */
const char *importer_begin_backend(struct importer *im, struct object *obj,
				   const struct object *pool, const char *name)
{
	char ours[NFLB_NAME_MAX + 1];

	importer_name(im, NULL, name, ours);
	importer_note_name(im, "backend", name, ours);
	set_text(obj, BACKEND_POOL, object_name(pool));
	set_text(obj, BACKEND_NAME, ours);
	return importer_given(im, obj, name);
}

/**
 * importer_add() - adds an object to the configuration
 * @im: The import, whose way leads to where the object comes from.
 * @obj: The object; it is taken in any case.
 *
 * Return: 0 or a negative number.
 */
int importer_add(struct importer *im, struct object *obj)
{
	char buf[LABEL_SIZE];
	const struct field *field;
	unsigned int idx;
	struct why why;
	int err = 0;

	object_fill_defaults(obj);
	if (object_check(obj, &idx, &why)) {
		field = &obj->type->fields[idx];
		err = importer_fail(im, "%s: %s: %s", object_label(obj, buf),
				    field->word, why.text);
	} else if (doc_add(im->doc, obj)) {
		err = importer_fail(im, "%s: there are two of this name",
				    object_label(obj, buf));
	}
	if (err)
		object_free(obj);
	return err;
}

/**
 * importer_id() - says the id that a reference has
 * @reference: An object with an id, or anything else.
 *
 * Return: The id, or NULL.
 */
const char *importer_id(const json_t *reference)
{
	return json_string_value(nocase_get(reference, "id", NULL));
}

/**
 * importer_need_id() - takes the id of a reference that must have one
 * @im: The import, whose way leads to the reference.
 * @reference: The reference.
 * @id: Where the id goes.
 *
 * Return: 0 or a negative number.
 */
int importer_need_id(struct importer *im, const json_t *reference,
		     const char **id)
{
	const char *sentence = unresolved_why(nocase_get(reference, "id",
							 NULL));

	*id = importer_id(reference);
	if (*id)
		return 0;
	return importer_fail(im, "%s", sentence ?: "an id is needed");
}

/* A load balancer may be called as a type is: what follows are pairs. */
static const char *find_pairs(const char *id)
{
	const char *provider = strcasestr(id, "/providers/");

	return provider ? strchr(provider + strlen("/providers/"), '/') : NULL;
}

static size_t pair_len(const char *id)
{
	size_t len = strcspn(id, "/");

	return len + (id[len] ? 1 + strcspn(id + len + 1, "/") : 0);
}

/**
 * importer_id_part() - takes a name out of an id
 * @id: The id: .../TYPE/NAME/TYPE/NAME.
 * @type: The type before the name.
 * @part: Where the name goes.
 *
 * Return: true if the id has one.
 */
bool importer_id_part(const char *id, const char *type,
		      char part[IMPORT_NAME_MAX + 1])
{
	const char *pairs = find_pairs(id);
	size_t n, len = strlen(type);

	for (id = pairs ?: id; (id = strchr(id, '/')); id += n) {
		id++;
		n = pairs ? pair_len(id) : 0;
		if (strncasecmp(id, type, len) != 0 || id[len] != '/')
			continue;
		id += len + 1;
		n = strcspn(id, "/");
		if (!n || n > IMPORT_NAME_MAX)
			return false;
		memcpy(part, id, n);
		part[n] = '\0';
		return true;
	}
	return false;
}

/**
 * importer_find() - finds what has become of what is referred to
 * @im: The import.
 * @kind: Its kind here.
 * @balancer: The load balancer that has it.
 * @name: Its name in Azure.
 *
 * Return: The object, or NULL.
 */
const struct object *importer_find(const struct importer *im,
				   enum object_kind kind,
				   const char *balancer, const char *name)
{
	char ours[NFLB_NAME_MAX + 1];
	const struct object *obj;
	size_t i;

	importer_name(im, balancer, name, ours);
	obj = doc_find(im->doc, kind, ours);
	/* Who wrote the reference may not have cared for case. */
	for (i = 0; !obj && i < im->doc->n[kind]; i++)
		if (nocase_equal(object_name(im->doc->objects[kind][i]), ours))
			obj = im->doc->objects[kind][i];
	return obj;
}
