// SPDX-License-Identifier: GPL-2.0-only
/* The rules by which the kernel takes or refuses each change. */
#include "kernel_model.h"

#include <string.h>

#include "names.h"

static struct object *copy_of(const struct object *obj)
{
	struct object *copy = object_new(obj->type->kind);
	unsigned int i;

	for (i = 0; i < obj->type->n_fields; i++)
		value_copy(&obj->type->fields[i], &copy->values[i],
			   &obj->values[i]);
	copy->given = obj->given;
	return copy;
}

static const char *text_of(const struct object *obj, unsigned int field)
{
	return obj->values[field].text;
}

static const struct address *address_of(const struct object *obj)
{
	return &obj->values[obj->type->kind == KIND_FRONTEND ?
			    (unsigned int)FRONTEND_ADDRESS :
			    (unsigned int)BACKEND_ADDRESS].address;
}

static struct object *find(const struct model *model, enum object_kind kind,
			   const char *name)
{
	size_t i;

	for (i = 0; i < model->n; i++)
		if (model->objects[i]->type->kind == kind &&
		    strcmp(object_name(model->objects[i]), name) == 0)
			return model->objects[i];
	return NULL;
}

static size_t place_of(const struct model *model, const struct object *obj)
{
	size_t i;

	for (i = 0; i < model->n; i++)
		if (model->objects[i]->type == obj->type &&
		    object_compare_ids(model->objects[i], obj) == 0)
			break;
	return i;
}

static bool uses(const struct object *obj, unsigned int field,
		 const char *name)
{
	return obj->type->kind == KIND_SERVICE &&
	       names_has(text_of(obj, field), name);
}

static bool is_in_use(const struct model *model, unsigned int field,
		      const char *name)
{
	size_t i;

	for (i = 0; i < model->n; i++)
		if (uses(model->objects[i], field, name))
			return true;
	return false;
}

/* The length of the addresses that a pool is for, without one object; or 0. */
static int pool_family(const struct model *model, const char *pool,
		       const struct object *without)
{
	const struct object *frontend;
	size_t i;

	for (i = 0; i < model->n; i++) {
		const struct object *obj = model->objects[i];

		if (obj == without)
			continue;
		if (obj->type->kind == KIND_BACKEND &&
		    strcmp(text_of(obj, BACKEND_POOL), pool) == 0)
			return address_of(obj)->len;
		if (uses(obj, SERVICE_POOL, pool) ||
		    uses(obj, SERVICE_BACKUP, pool)) {
			frontend = find(model, KIND_FRONTEND,
					text_of(obj, SERVICE_FRONTEND));
			return address_of(frontend)->len;
		}
	}
	return 0;
}

static bool has_address(const struct model *model, const struct object *obj,
			const struct object *self)
{
	size_t i;

	for (i = 0; i < model->n; i++) {
		const struct object *other = model->objects[i];

		if (other == self || other->type != obj->type)
			continue;
		if (obj->type->kind == KIND_BACKEND &&
		    strcmp(text_of(other, BACKEND_POOL),
			   text_of(obj, BACKEND_POOL)) != 0)
			continue;
		if (address_is_equal(address_of(other), address_of(obj)))
			return true;
	}
	return false;
}

static bool is_range(const struct ports *ports)
{
	return ports->first != ports->last;
}

static bool ports_clash(const struct object *a, const struct object *b)
{
	const struct ports *pa = &a->values[SERVICE_PORT].ports;
	const struct ports *pb = &b->values[SERVICE_PORT].ports;

	if (strcmp(text_of(a, SERVICE_FRONTEND),
		   text_of(b, SERVICE_FRONTEND)) != 0 ||
	    a->values[SERVICE_PROTOCOL].number !=
	    b->values[SERVICE_PROTOCOL].number ||
	    is_range(pa) != is_range(pb))
		return false;
	if (!is_range(pa))
		return pa->first == pb->first;
	return pa->first <= pb->last && pb->first <= pa->last;
}

static const char *check_backups(const struct model *model,
				 const struct object *obj,
				 const struct object *self, int wanted)
{
	const char *rest = text_of(obj, SERVICE_BACKUP);
	char name[NFLB_NAME_MAX + 1];
	int family;

	while (names_take(&rest, name)) {
		if (!find(model, KIND_POOL, name))
			return "no such backup pool";
		family = pool_family(model, name, self);
		if (family && family != wanted)
			return "backup pool is of another family";
	}
	return NULL;
}

static const char *check_service(const struct model *model,
				 const struct object *obj,
				 const struct object *self)
{
	const struct object *frontend;
	int family;
	size_t i;

	frontend = find(model, KIND_FRONTEND, text_of(obj, SERVICE_FRONTEND));
	if (!frontend)
		return "no such frontend";
	if (!find(model, KIND_POOL, text_of(obj, SERVICE_POOL)))
		return "no such pool";
	if (names_has(text_of(obj, SERVICE_BACKUP),
		      text_of(obj, SERVICE_POOL)))
		return "backup is the pool itself";
	if (*text_of(obj, SERVICE_PROBE) &&
	    !find(model, KIND_PROBE, text_of(obj, SERVICE_PROBE)))
		return "no such probe";
	for (i = 0; i < model->n; i++)
		if (model->objects[i] != self &&
		    model->objects[i]->type->kind == KIND_SERVICE &&
		    ports_clash(model->objects[i], obj))
			return "another service has the port";
	family = pool_family(model, text_of(obj, SERVICE_POOL), self);
	if (family && family != address_of(frontend)->len)
		return "pool is of another family";
	return check_backups(model, obj, self, address_of(frontend)->len);
}

static const char *check_backend(const struct model *model,
				 const struct object *obj,
				 const struct object *self)
{
	int family;

	if (!find(model, KIND_POOL, text_of(obj, BACKEND_POOL)))
		return "no such pool";
	if (has_address(model, obj, self))
		return "another backend has the address";
	family = pool_family(model, text_of(obj, BACKEND_POOL), self);
	if (family && family != address_of(obj)->len)
		return "pool is of another family";
	return NULL;
}

static const char *check_frontend(const struct model *model,
				  const struct object *obj,
				  const struct object *self)
{
	if (has_address(model, obj, self))
		return "another frontend has the address";
	if (self && address_of(self)->len != address_of(obj)->len &&
	    is_in_use(model, SERVICE_FRONTEND, object_name(obj)))
		return "frontend has services, so stays of its family";
	return NULL;
}

static const char *check(const struct model *model, const struct object *obj,
			 const struct object *self)
{
	switch (obj->type->kind) {
	case KIND_FRONTEND:
		return check_frontend(model, obj, self);
	case KIND_BACKEND:
		return check_backend(model, obj, self);
	case KIND_SERVICE:
		return check_service(model, obj, self);
	default:
		return NULL;
	}
}

static void take_out(struct model *model, size_t place)
{
	object_free(model->objects[place]);
	model->objects[place] = model->objects[--model->n];
}

static const char *model_new(struct model *model, const struct step *step)
{
	const char *wrong = check(model, step->obj, NULL);

	if (wrong)
		return wrong;
	if (place_of(model, step->obj) < model->n)
		return "exists already";
	if (model->n == MODEL_MAX)
		return "model is full";
	model->objects[model->n++] = copy_of(step->obj);
	return NULL;
}

/* Leaving protocol any, a service must be told its ports. */
static bool lacks_port(const struct object *before, const struct step *step)
{
	return before->type->kind == KIND_SERVICE &&
	       before->values[SERVICE_PROTOCOL].number == 0 &&
	       step->fields & 1u << SERVICE_PROTOCOL &&
	       !(step->fields & 1u << SERVICE_PORT);
}

static const char *model_set(struct model *model, const struct step *step)
{
	size_t place = place_of(model, step->obj);
	const struct object_type *type = step->obj->type;
	struct object *changed;
	const char *wrong;
	unsigned int i;

	if (place == model->n)
		return "does not exist";
	if (lacks_port(model->objects[place], step))
		return "port is required";
	changed = copy_of(model->objects[place]);
	for (i = type->n_ids; i < type->n_fields; i++) {
		if (!(step->fields & (1u << i)))
			continue;
		value_free(&type->fields[i], &changed->values[i]);
		value_copy(&type->fields[i], &changed->values[i],
			   &step->obj->values[i]);
	}
	wrong = check(model, changed, model->objects[place]);
	if (wrong) {
		object_free(changed);
		return wrong;
	}
	object_free(model->objects[place]);
	model->objects[place] = changed;
	return NULL;
}

static void del_members(struct model *model, const char *pool)
{
	size_t i = 0;

	while (i < model->n) {
		if (model->objects[i]->type->kind == KIND_BACKEND &&
		    strcmp(text_of(model->objects[i], BACKEND_POOL),
			   pool) == 0)
			take_out(model, i);
		else
			i++;
	}
}

static const char *model_del(struct model *model, const struct step *step)
{
	static const unsigned int fields[KINDS] = {
		[KIND_FRONTEND] = SERVICE_FRONTEND,
		[KIND_PROBE] = SERVICE_PROBE,
		[KIND_POOL] = SERVICE_POOL,
	};
	enum object_kind kind = step->obj->type->kind;
	size_t place = place_of(model, step->obj);

	if (place == model->n)
		return "does not exist";
	if (fields[kind] &&
	    is_in_use(model, fields[kind], object_name(step->obj)))
		return "a service uses it";
	if (kind == KIND_POOL &&
	    is_in_use(model, SERVICE_BACKUP, object_name(step->obj)))
		return "a service uses it as backup";
	take_out(model, place);
	if (kind == KIND_POOL)
		del_members(model, object_name(step->obj));
	return NULL;
}

/**
 * model_step() - takes one change or refuses it
 * @model: The configuration.
 * @step: The change.
 *
 * Return: NULL, or why it is refused.
 */
const char *model_step(struct model *model, const struct step *step)
{
	const struct object_type *type = step->obj->type;

	if (step->cmd == type->cmd_new)
		return model_new(model, step);
	if (step->cmd == type->cmd_set)
		return model_set(model, step);
	if (step->cmd == type->cmd_del)
		return model_del(model, step);
	return "no such command";
}

/**
 * model_free() - frees the objects
 * @model: The configuration.
 */
void model_free(struct model *model)
{
	while (model->n)
		take_out(model, 0);
}

/**
 * model_doc() - copies the model as a configuration of lbctl
 * @model: The model.
 *
 * Return: The configuration, sorted; doc_free() it.
 */
struct doc *model_doc(const struct model *model)
{
	struct doc *doc = doc_new();
	size_t i;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < model->n; i++)
			if ((int)model->objects[i]->type->kind == kind)
				doc_add(doc, copy_of(model->objects[i]));
	doc_sort(doc);
	return doc;
}
