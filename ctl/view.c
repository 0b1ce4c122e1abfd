// SPDX-License-Identifier: GPL-2.0-only
/* show: the same for every kind of object, but for the columns. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doc.h"
#include "nflb.h"
#include "print.h"
#include "verbs.h"
#include "wire.h"

static void cell_ports(const struct field *field, const struct value *value)
{
	char buf[VALUE_TEXT_SIZE];

	if (value->ports.first && value->ports.first == value->ports.last)
		cell_u64(value->ports.first);
	else
		cell_string(value_format(field, value, buf));
}

static void cell_list(const struct field *field, const struct value *value)
{
	if (cell_begin_nested())
		doc_write_value(field, value);
	cell_end_nested(value->text);
}

static void cell_value(const struct field *field, const struct value *value)
{
	char buf[VALUE_TEXT_SIZE];

	switch (field->kind) {
	case VALUE_NUMBER:
	case VALUE_MS:
		cell_u64_as(value->number, value_format(field, value, buf));
		break;
	case VALUE_SEED:
		cell_exact(value->number);
		break;
	case VALUE_SWITCH:
		cell_bool(value->number);
		break;
	case VALUE_PORT:
	case VALUE_PORTS:
		cell_ports(field, value);
		break;
	case VALUE_PREFIXES:
		cell_list(field, value);
		break;
	case VALUE_NAMES:
		if (*value->text)
			cell_list(field, value);
		else
			cell_none();
		break;
	case VALUE_COUNT:
		if (word_name(field->words, value->number))
			cell_string(value_format(field, value, buf));
		else
			cell_u64(value->number);
		break;
	case VALUE_ADDRESSES:
		if (cell_begin_nested())
			doc_write_value(field, value);
		cell_end_nested(value->text);
		break;
	case VALUE_OPTIONAL_ADDRESS:
		if (value->address.len)
			cell_string(value_format(field, value, buf));
		else
			cell_none();
		break;
	case VALUE_OPTIONAL_NAME:
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_STATUSES:
		if (*value->text)
			cell_string(value->text);
		else
			cell_none();
		break;
	default:
		cell_string(value_format(field, value, buf));
	}
}

/**
 * view_cells() - writes a cell for each of some fields of an object
 * @obj: The object; what the kernel did not say of it stays empty.
 * @first: Index of the first field.
 * @last: Index of the last field.
 */
void view_cells(const struct object *obj, unsigned int first, unsigned int last)
{
	unsigned int i;

	for (i = first; i <= last; i++) {
		if (object_is_given(obj, i))
			cell_value(&obj->type->fields[i], &obj->values[i]);
		else
			cell_none();
	}
}

/**
 * view_number() - puts a number that may be absent into the table
 * @attrs: What the kernel says.
 * @attr: The attribute, a number of 32 bits.
 */
void view_number(const struct nl_attrs *attrs, uint16_t attr)
{
	if (nl_has(attrs, attr))
		cell_u64(nl_u32(attrs, attr));
	else
		cell_none();
}

/**
 * view_text() - puts a text that may be absent into the table
 * @attrs: What the kernel says.
 * @attr: The attribute, a text.
 */
void view_text(const struct nl_attrs *attrs, uint16_t attr)
{
	if (nl_has(attrs, attr))
		cell_string(nl_text(attrs, attr));
	else
		cell_none();
}

static void show_row(const struct view *view, const struct nl_attrs *attrs)
{
	struct object *obj = wire_read(attrs, view->kind);

	table_row();
	view->cells(obj, attrs);
	table_row_end();
	object_free(obj);
}

/**
 * view_list() - shows all objects of a kind, as a part of more
 * @view: How they are shown.
 * @list: What the kernel answered.
 */
void view_list(const struct view *view, const struct nl_list *list)
{
	struct nl_attrs attrs;
	size_t i;

	table_begin(object_types[view->kind].plural, view->columns);
	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, &attrs);
		show_row(view, &attrs);
	}
	table_end();
}

static int show_alone(struct context *ctx, const struct view *view,
		      const struct object *obj, const struct nl_list *list)
{
	int status = EXIT_OK;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	view_list(view, list);
	if (view->parts)
		status = view->parts(ctx, object_name(obj));
	if (print_is_json())
		json_end();
	return status;
}

/* All of a kind, or those of one pool. */
static int collect(struct context *ctx, const struct view *view,
		   const char *pool, struct nl_list *list)
{
	const struct object_type *type = &object_types[view->kind];
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, type->cmd_get);
	if (pool)
		nl_put_text(&msg, NFLB_A_BACKEND_POOL, pool);
	err = nl_collect(ctx->nl, &msg, list);
	if (err)
		return context_failed(ctx, type, type->plural, err);
	return EXIT_OK;
}

/* Backends that leave have no place in their pool: they are in dumps only. */
static int collect_leaving(struct context *ctx, const struct view *view,
			   const struct object *backend, struct nl_list *list)
{
	struct nl_list all;
	struct nl_attrs attrs;
	size_t i;

	nl_list_init(&all);
	if (collect(ctx, view, backend->values[BACKEND_POOL].text, &all))
		return EXIT_REFUSED;
	for (i = 0; i < all.n; i++) {
		nl_list_get(&all, i, &attrs);
		if (strcmp(nl_text(&attrs, NFLB_A_BACKEND_NAME),
			   object_name(backend)) == 0)
			nl_list_keep(&attrs, list);
	}
	nl_list_free(&all);
	return EXIT_OK;
}

static int get_one(struct context *ctx, const struct object *obj,
		   struct nl_list *list)
{
	struct nl_msg msg;

	nl_msg_init(&msg, obj->type->cmd_get);
	wire_put_ids(&msg, obj);
	return nl_call(ctx->nl, &msg, nl_list_keep, list);
}

/* One reply becomes a list of one; several leaving ones may have one name. */
static int collect_one(struct context *ctx, const struct view *view,
		       const struct object *obj, struct nl_list *list)
{
	char label[LABEL_SIZE];
	int err;

	err = get_one(ctx, obj, list);
	if (err == -ENOENT && view->kind == KIND_BACKEND) {
		if (collect_leaving(ctx, view, obj, list))
			return EXIT_REFUSED;
		if (list->n)
			return EXIT_OK;
		err = get_one(ctx, obj, list);
	}
	if (err)
		return context_failed(ctx, obj->type, object_label(obj, label),
				      err);
	return EXIT_OK;
}

/* A dump of the backends of a pool that is not there is just empty. */
static int check_pool(struct context *ctx, const char *pool)
{
	const struct object_type *type = &object_types[KIND_POOL];
	char what[LABEL_SIZE];
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, type->cmd_get);
	nl_put_text(&msg, type->fields[POOL_NAME].attr, pool);
	err = nl_call(ctx->nl, &msg, NULL, NULL);
	if (!err)
		return EXIT_OK;
	snprintf(what, sizeof(what), "%s \"%s\"", type->name, pool);
	return context_failed(ctx, type, what, err);
}

/* What the names given select; @n_ids says how many they are. */
static int collect_selected(struct context *ctx, const struct view *view,
			    const struct object *obj, unsigned int n_ids,
			    struct nl_list *list)
{
	const char *pool = n_ids ? obj->values[0].text : NULL;
	int status;

	if (n_ids == obj->type->n_ids)
		return collect_one(ctx, view, obj, list);
	status = collect(ctx, view, pool, list);
	if (!status && pool && !list->n)
		status = check_pool(ctx, pool);
	return status;
}

/**
 * view_show() - shows one object, or all of a kind: [NAME]
 * @ctx: The context.
 * @view: How they are shown.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int view_show(struct context *ctx, const struct view *view, int argc,
	      char **argv)
{
	unsigned int n_ids = object_types[view->kind].n_ids;
	struct nl_list list;
	struct object *obj;
	int status;

	if (command_takes(ctx, n_ids, argc, argv))
		return EXIT_USAGE;
	obj = verb_parse_ids(ctx, view->kind, argc, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	nl_list_init(&list);
	status = context_open(ctx);
	if (!status)
		status = collect_selected(ctx, view, obj, argc, &list);
	if (!status)
		status = show_alone(ctx, view, obj, &list);
	nl_list_free(&list);
	object_free(obj);
	return status;
}
