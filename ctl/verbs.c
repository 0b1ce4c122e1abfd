// SPDX-License-Identifier: GPL-2.0-only
/* add, set and del: the same for every kind of object. */
#include "verbs.h"

#include "wire.h"

/**
 * verb_parse_ids() - reads the names of an object
 * @ctx: The context.
 * @kind: Kind of the object.
 * @n_ids: How many names there must be.
 * @argc: Number of words left.
 * @argv: The words left, names first.
 *
 * Return: The object, or NULL after having said what is wrong.
 */
struct object *verb_parse_ids(const struct context *ctx, enum object_kind kind,
			      unsigned int n_ids, int argc, char **argv)
{
	struct object *obj = object_new(kind);
	const struct field *field;
	char cut[EXCERPT_SIZE];
	struct value value;
	struct why why;
	unsigned int i;

	for (i = 0; i < n_ids; i++) {
		field = &obj->type->fields[i];
		if ((int)i >= argc) {
			command_usage(ctx, "%s is missing", field->arg);
			goto err_free;
		}
		if (value_parse(field, argv[i], &value, &why)) {
			complain("%s \"%s\": %s", i + 1 < obj->type->n_ids ?
				 field->word : obj->type->name,
				 excerpt(argv[i], cut), why.text);
			goto err_free;
		}
		object_set_value(obj, field, &value);
	}
	return obj;

err_free:
	object_free(obj);
	return NULL;
}

/**
 * verb_put_name() - appends a name that a command takes; says what is wrong
 * @msg: The request.
 * @attr: Attribute of the name.
 * @what: What is named.
 * @name: The name.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int verb_put_name(struct nl_msg *msg, uint16_t attr, const char *what,
		  const char *name)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	if (parse_name(name, &why)) {
		complain("%s \"%s\": %s", what, excerpt(name, cut), why.text);
		return EXIT_USAGE;
	}
	nl_put_text(msg, attr, name);
	return EXIT_OK;
}

/* One value of a keyword; says what is wrong. */
static int take_value(struct object *obj, const struct field *field,
		      const char *text)
{
	char label[LABEL_SIZE], cut[EXCERPT_SIZE];
	struct value value;
	struct why why;

	object_label(obj, label);
	if (object_is_given(obj, field_idx(obj->type, field))) {
		complain("%s: %s given twice", label, field->word);
		return EXIT_USAGE;
	}
	if (value_parse(field, text, &value, &why)) {
		complain("%s: %s %s: %s", label, field->word,
			 excerpt(text, cut), why.text);
		return EXIT_USAGE;
	}
	object_set_value(obj, field, &value);
	return EXIT_OK;
}

static bool is_value_of(const struct field *field, const char *text)
{
	struct value value;
	struct why why;

	if (value_parse(field, text, &value, &why))
		return false;
	value_free(field, &value);
	return true;
}

/*
 * The field that may come without its keyword, if the first word is its value.
 * When all words are in pairs, a bad value is a bad keyword more likely.
 */
static const struct field *positional(const struct object *obj, int argc,
				      char **argv)
{
	unsigned int idx = obj->type->positional;
	const struct field *field = &obj->type->fields[idx];

	if (!idx || !argc || field_by_word(obj->type, argv[0]) ||
	    (argc % 2 == 0 && !is_value_of(field, argv[0])))
		return NULL;
	return field;
}

static int take_keywords(const struct context *ctx, struct object *obj,
			 int argc, char **argv)
{
	const struct field *field;
	char cut[EXCERPT_SIZE];
	int i, status;

	for (i = 0; i < argc; i += 2) {
		field = field_by_word(obj->type, argv[i]);
		if (!field)
			return command_usage(ctx, "unknown keyword \"%s\"",
					     excerpt(argv[i], cut));
		if (i + 1 == argc)
			return command_usage(ctx, "%s needs a value",
					     field->word);
		status = take_value(obj, field, argv[i + 1]);
		if (status)
			return status;
	}
	return EXIT_OK;
}

/* NAME [VALUE] [KEYWORD VALUE]..., into an object; NULL after complaining. */
static struct object *parse_object(const struct context *ctx,
				   enum object_kind kind, int argc, char **argv)
{
	unsigned int n_ids = object_types[kind].n_ids;
	const struct field *field;
	struct object *obj;
	int status = 0;

	obj = verb_parse_ids(ctx, kind, n_ids, argc, argv);
	if (!obj)
		return NULL;
	argc -= n_ids;
	argv += n_ids;
	field = positional(obj, argc, argv);
	if (field) {
		status = take_value(obj, field, argv[0]);
		argc--;
		argv++;
	}
	if (!status)
		status = take_keywords(ctx, obj, argc, argv);
	if (!status)
		return obj;
	object_free(obj);
	return NULL;
}

/**
 * verb_request() - sends a request about an object and says how it went
 * @ctx: The context, connected.
 * @msg: The request.
 * @obj: The object.
 *
 * Return: The exit status.
 */
int verb_request(struct context *ctx, struct nl_msg *msg,
		 const struct object *obj)
{
	char label[LABEL_SIZE];
	int err;

	err = nl_call(ctx->nl, msg, NULL, NULL);
	if (err)
		return context_failed(ctx, obj->type, object_label(obj, label),
				      err);
	return EXIT_OK;
}

/**
 * verb_send() - connects, then does as verb_request()
 * @ctx: The context.
 * @msg: The request.
 * @obj: The object.
 *
 * Return: The exit status.
 */
int verb_send(struct context *ctx, struct nl_msg *msg, const struct object *obj)
{
	if (context_open(ctx))
		return EXIT_REFUSED;
	return verb_request(ctx, msg, obj);
}

/* What a new object must have; the rest is filled in by the kernel. */
static int check_new(const struct object *obj)
{
	const struct field *missing = object_missing(obj);
	char label[LABEL_SIZE];

	if (!missing)
		return EXIT_OK;
	complain("%s: %s is required", object_label(obj, label),
		 missing->word);
	return EXIT_USAGE;
}

/* The rules between fields, with the defaults that the kernel will use. */
static int check_rules(struct object *obj)
{
	char label[LABEL_SIZE], buf[VALUE_TEXT_SIZE];
	const struct field *field;
	unsigned int idx;
	struct why why;

	object_fill_defaults(obj);
	if (!object_check(obj, &idx, &why))
		return EXIT_OK;
	field = &obj->type->fields[idx];
	complain("%s: %s %s: %s", object_label(obj, label), field->word,
		 value_format(field, &obj->values[idx], buf), why.text);
	return EXIT_USAGE;
}

/**
 * verb_send_fields() - sends the fields of an object that were given
 * @ctx: The context.
 * @cmd: Netlink command.
 * @obj: The object.
 *
 * Return: The exit status.
 */
int verb_send_fields(struct context *ctx, uint8_t cmd, const struct object *obj)
{
	struct nl_msg msg;

	nl_msg_init(&msg, cmd);
	wire_put_ids(&msg, obj);
	wire_put_fields(&msg, obj, obj->given);
	return verb_send(ctx, &msg, obj);
}

/**
 * verb_add() - adds an object: NAME [VALUE] [KEYWORD VALUE]...
 * @ctx: The context.
 * @command: The verb.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int verb_add(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	struct object *obj;
	int status;

	obj = parse_object(ctx, command->type->kind, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	status = check_new(obj);
	if (!status)
		status = check_rules(obj);
	if (!status)
		status = verb_send_fields(ctx, obj->type->cmd_new, obj);
	object_free(obj);
	return status;
}

/**
 * verb_set() - changes an object: NAME [KEYWORD VALUE]...
 * @ctx: The context.
 * @command: The verb.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int verb_set(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	unsigned int n_ids = command->type->n_ids;
	struct object *obj;
	int status;

	obj = parse_object(ctx, command->type->kind, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	if (argc == (int)n_ids)
		status = command_usage(ctx, "nothing to change");
	else
		status = verb_send_fields(ctx, obj->type->cmd_set, obj);
	object_free(obj);
	return status;
}

/**
 * verb_del() - removes an object: NAME
 * @ctx: The context.
 * @command: The verb.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int verb_del(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	unsigned int n_ids = command->type->n_ids;
	char cut[EXCERPT_SIZE];
	struct object *obj;
	int status;

	obj = verb_parse_ids(ctx, command->type->kind, n_ids, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	if (argc > (int)n_ids)
		status = command_usage(ctx, "unexpected \"%s\"",
				       excerpt(argv[n_ids], cut));
	else
		status = verb_send_fields(ctx, obj->type->cmd_del, obj);
	object_free(obj);
	return status;
}
