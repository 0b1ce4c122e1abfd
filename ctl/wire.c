// SPDX-License-Identifier: GPL-2.0-only
/* Objects to and from netlink messages. */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "addresses.h"
#include "bytes.h"
#include "devices.h"
#include "mem.h"
#include "names.h"
#include "prefixes.h"
#include "statuses.h"

static void put_ports(struct nl_msg *msg, const struct field *field,
		      const struct ports *ports)
{
	nl_put_u32(msg, field->attr, ports->first);
	if (field->attr_last && ports->last != ports->first)
		nl_put_u32(msg, field->attr_last, ports->last);
}

static void put_devices(struct nl_msg *msg, const struct field *field,
			const char *text)
{
	uint32_t devices = NFLB_DEVICES_LIST;
	char name[NFLB_DEVICE_MAX + 1];
	struct why why;

	if (!devices_is_list(text))
		parse_word(field->words, text, &devices, &why);
	nl_put_u32(msg, field->attr, devices);
	while (devices == NFLB_DEVICES_LIST && text) {
		text = cut_item(text, name, sizeof(name));
		nl_put_text(msg, field->attr_last, name);
	}
}

/* One without bytes is any source. */
static void put_prefixes(struct nl_msg *msg, const struct field *field,
			 const char *text)
{
	uint8_t bytes[NFLB_PREFIX_BYTES];
	char item[PREFIX_TEXT_SIZE];
	struct prefix prefix;
	struct why why;

	if (!prefixes_is_list(text)) {
		nl_put_bytes(msg, field->attr, NULL, 0);
		return;
	}
	while (text) {
		text = cut_item(text, item, sizeof(item));
		prefix_parse(item, &prefix, &why);
		nl_put_bytes(msg, field->attr, bytes,
			     prefix_bytes(&prefix, bytes));
	}
}

static void put_addresses(struct nl_msg *msg, const struct field *field,
			  const char *text)
{
	struct address address;

	while (text && *text) {
		text = addresses_next(text, &address);
		nl_put_address(msg, field->attr, &address);
	}
}

/* One that is empty is none. */
static void put_names(struct nl_msg *msg, const struct field *field,
		      const char *text)
{
	char name[NFLB_NAME_MAX + 1];

	do {
		text = cut_item(text, name, sizeof(name));
		nl_put_text(msg, field->attr, name);
	} while (text);
}

/* What is empty says so with no bytes; the text was parsed before. */
static void put_bytes(struct nl_msg *msg, const struct field *field,
		      const char *text)
{
	struct bytes bytes = { .len = 0 };
	struct why why;

	if (*text)
		bytes_parse(text, &bytes, &why);
	nl_put_bytes(msg, field->attr, bytes.data, bytes.len);
}

static void put_statuses(struct nl_msg *msg, const struct field *field,
			 const char *text)
{
	struct statuses statuses;
	struct why why;

	if (*text)
		statuses_parse(text, &statuses, &why);
	nl_put_bytes(msg, field->attr, statuses.bits,
		     *text ? sizeof(statuses.bits) : 0);
}

static void put_value(struct nl_msg *msg, const struct field *field,
		      const struct value *value)
{
	switch (field->kind) {
	case VALUE_BYTES:
		put_bytes(msg, field, value->text);
		break;
	case VALUE_STATUSES:
		put_statuses(msg, field, value->text);
		break;
	case VALUE_ADDRESS:
	case VALUE_OPTIONAL_ADDRESS:
		nl_put_address(msg, field->attr, &value->address);
		break;
	case VALUE_SEED:
		nl_put_u64(msg, field->attr, value->number);
		break;
	case VALUE_NUMBER:
	case VALUE_MS:
	case VALUE_WORD:
	case VALUE_SWITCH:
	case VALUE_COUNT:
		nl_put_u32(msg, field->attr, value->number);
		break;
	case VALUE_PORT:
	case VALUE_PORTS:
		put_ports(msg, field, &value->ports);
		break;
	case VALUE_DEVICES:
		put_devices(msg, field, value->text);
		break;
	case VALUE_PREFIXES:
		put_prefixes(msg, field, value->text);
		break;
	case VALUE_ADDRESSES:
		put_addresses(msg, field, value->text);
		break;
	case VALUE_NAMES:
		put_names(msg, field, value->text);
		break;
	default:
		nl_put_text(msg, field->attr, value->text);
	}
}

/**
 * wire_put_ids() - appends what identifies an object
 * @msg: The request.
 * @obj: The object; of its names those that it has.
 */
void wire_put_ids(struct nl_msg *msg, const struct object *obj)
{
	unsigned int i;

	for (i = 0; i < obj->type->n_ids; i++)
		if (obj->values[i].text)
			nl_put_text(msg, obj->type->fields[i].attr,
				    obj->values[i].text);
}

/**
 * wire_put_fields() - appends fields of an object, besides its names
 * @msg: The request.
 * @obj: The object.
 * @fields: Bit for each field that is wanted.
 */
void wire_put_fields(struct nl_msg *msg, const struct object *obj,
		     uint32_t fields)
{
	unsigned int i;

	for (i = obj->type->n_ids; i < obj->type->n_fields; i++)
		if (fields & (1u << i))
			put_value(msg, &obj->type->fields[i], &obj->values[i]);
}

static void read_ports(const struct nl_attrs *attrs, const struct field *field,
		       struct ports *ports)
{
	ports->first = nl_u32(attrs, field->attr);
	ports->last = field->attr_last ? nl_u32(attrs, field->attr_last) : 0;
	if (ports->last < ports->first)
		ports->last = ports->first;
}

/* Names of a newer module that this lbctl would refuse are left out. */
static char *read_devices(const struct nl_attrs *attrs,
			  const struct field *field)
{
	const char *word = word_name(field->words, nl_u32(attrs, field->attr));
	struct devices devices = { .n = 0 };
	const struct nlattr *item = NULL;
	struct why why;

	if (word)
		return mem_strdup(word);
	while ((item = nl_next(attrs, field->attr_last, item)))
		devices_add(&devices, nl_text_of(item), &why);
	return devices_text(&devices);
}

static char *read_prefixes(const struct nl_attrs *attrs,
			   const struct field *field)
{
	struct prefixes prefixes = { .n = 0 };
	const struct nlattr *item = NULL;
	const void *data;
	size_t len;

	while ((item = nl_next(attrs, field->attr, item))) {
		data = nl_bytes_of(item, &len);
		prefixes_add_bytes(&prefixes, data, len);
	}
	return prefixes_text(&prefixes);
}

/* As with devices, what this lbctl would refuse is left out. */
static char *read_addresses(const struct nl_attrs *attrs,
			    const struct field *field)
{
	struct addresses addresses = { .n = 0 };
	const struct nlattr *item = NULL;
	struct address address;
	struct why why;

	while ((item = nl_next(attrs, field->attr, item))) {
		address = nl_address_of(item);
		if (address.len)
			addresses_add(&addresses, &address, &why);
	}
	return addresses_text(&addresses);
}

static char *read_names(const struct nl_attrs *attrs, const struct field *field)
{
	const struct nlattr *item = NULL;
	struct names names = { .n = 0 };
	struct why why;

	while ((item = nl_next(attrs, field->attr, item)))
		names_add(&names, nl_text_of(item), &why);
	return mem_strdup(names.text);
}

static char *read_bytes(const struct nl_attrs *attrs, const struct field *field)
{
	size_t len;
	const void *data = nl_bytes(attrs, field->attr, &len);

	return bytes_text(data, len);
}

static char *read_statuses(const struct nl_attrs *attrs,
			   const struct field *field)
{
	struct statuses statuses = { .bits = { 0 } };
	size_t len;
	const void *data = nl_bytes(attrs, field->attr, &len);

	if (len == sizeof(statuses.bits))
		memcpy(statuses.bits, data, len);
	return statuses_text(&statuses);
}

static void read_value(const struct nl_attrs *attrs, const struct field *field,
		       struct value *value)
{
	memset(value, 0, sizeof(*value));
	switch (field->kind) {
	case VALUE_BYTES:
		value->text = read_bytes(attrs, field);
		break;
	case VALUE_STATUSES:
		value->text = read_statuses(attrs, field);
		break;
	case VALUE_ADDRESS:
	case VALUE_OPTIONAL_ADDRESS:
		value->address = nl_address(attrs, field->attr);
		break;
	case VALUE_SEED:
		value->number = nl_u64(attrs, field->attr);
		break;
	case VALUE_NUMBER:
	case VALUE_MS:
	case VALUE_WORD:
	case VALUE_SWITCH:
	case VALUE_COUNT:
		value->number = nl_u32(attrs, field->attr);
		break;
	case VALUE_PORT:
	case VALUE_PORTS:
		read_ports(attrs, field, &value->ports);
		break;
	case VALUE_DEVICES:
		value->text = read_devices(attrs, field);
		break;
	case VALUE_PREFIXES:
		value->text = read_prefixes(attrs, field);
		break;
	case VALUE_ADDRESSES:
		value->text = read_addresses(attrs, field);
		break;
	case VALUE_NAMES:
		value->text = read_names(attrs, field);
		break;
	default:
		value->text = mem_strdup(nl_text(attrs, field->attr));
	}
}

/**
 * wire_read() - reads an object that the kernel sent
 * @attrs: Attributes of the message.
 * @kind: Kind of the object.
 *
 * Return: The object, complete: what the kernel left out has its default.
 * object_free() it.
 */
struct object *wire_read(const struct nl_attrs *attrs, enum object_kind kind)
{
	struct object *obj = object_new(kind);
	const struct field *field;
	struct value value;
	unsigned int i;

	for (i = 0; i < obj->type->n_fields; i++) {
		field = &obj->type->fields[i];
		if (!nl_has(attrs, field->attr))
			continue;
		read_value(attrs, field, &value);
		object_set_value(obj, field, &value);
	}
	object_fill_defaults(obj);
	return obj;
}

static const char *attr_name(const struct object_type *type, uint16_t attr)
{
	const struct field *field = type ? field_by_attr(type, attr) : NULL;

	return field ? field->word : NULL;
}

/* What the kernel's policy says of numbers, in the words of the object. */
static int explain_policy(const struct object_type *type,
			  const struct nl_refusal *refusal, struct why *why)
{
	const char *name = attr_name(type, refusal->attr);

	if (name && refusal->has_range)
		return because(why, "%s: allowed %llu..%llu", name,
			       (unsigned long long)refusal->min,
			       (unsigned long long)refusal->max);
	if (name && refusal->max_len)
		return because(why, "%s: at most %u bytes", name,
			       refusal->max_len);
	return 0;
}

static const char *errno_sentence(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return "not permitted, this needs CAP_NET_ADMIN";
	case ENOENT:
		return "does not exist";
	case EEXIST:
		return "exists already";
	case EOPNOTSUPP:
		return "the loaded module does not support this";
	case EAGAIN:
		return "the configuration has changed meanwhile";
	default:
		return strerror(err);
	}
}

/**
 * wire_explain_refusal() - says in one sentence why the kernel refused
 * @type: Kind of the object that it is about, or NULL.
 * @refusal: What the kernel said.
 * @why: The sentence.
 *
 * Return: true if it is the kernel's own sentence, which names its object.
 */
bool wire_explain_refusal(const struct object_type *type,
			  const struct nl_refusal *refusal, struct why *why)
{
	const char *missing = attr_name(type, refusal->missing);
	const char *text = refusal->text;

	if (missing) {
		because(why, "%s is required", missing);
		return false;
	}
	if (explain_policy(type, refusal, why))
		return false;
	because(why, "%s", *text ? text : errno_sentence(refusal->err));
	return *text;
}
