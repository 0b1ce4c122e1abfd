// SPDX-License-Identifier: GPL-2.0-only
/* The value of one field of an object, whatever its kind. */
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "bytes.h"
#include "devices.h"
#include "mem.h"
#include "names.h"
#include "nflb.h"
#include "prefixes.h"
#include "schema.h"
#include "statuses.h"

#define KEYWORD_CHARS	"abcdefghijklmnopqrstuvwxyz0123456789-_"

static const struct word switch_words[] = {
	{ "on", 1 },
	{ "off", 0 },
	{ NULL, 0 },
};

/**
 * value_is_text() - says whether a field's value is an owned string
 * @field: The field.
 *
 * Return: true for names, keywords, texts, bytes, statuses and lists.
 */
bool value_is_text(const struct field *field)
{
	switch (field->kind) {
	case VALUE_NAME:
	case VALUE_OPTIONAL_NAME:
	case VALUE_KEYWORD:
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_STATUSES:
	case VALUE_DEVICES:
	case VALUE_PREFIXES:
	case VALUE_ADDRESSES:
	case VALUE_NAMES:
		return true;
	default:
		return false;
	}
}

static int check_keyword(const struct field *field, const char *text,
			 struct why *why)
{
	size_t len = strlen(text);

	if (!len || len > field->max || strspn(text, KEYWORD_CHARS) < len)
		return because(why, "allowed are 1 to %llu letters a-z, digits, _ and -",
			       (unsigned long long)field->max);
	return 0;
}

static int check_text(const struct field *field, const char *text,
		      struct why *why)
{
	switch (field->kind) {
	case VALUE_KEYWORD:
		return check_keyword(field, text, why);
	case VALUE_TEXT:
		return *text ? field->check(text, why) : 0;
	default:
		return field->check ? field->check(text, why) :
				      parse_name(text, why);
	}
}

static int parse_text(const struct field *field, const char *text,
		      struct value *value, struct why *why)
{
	if (field->kind == VALUE_OPTIONAL_NAME &&
	    (strcmp(text, "none") == 0 || !*text))
		text = "";
	else if (check_text(field, text, why))
		return -1;
	value->text = mem_strdup(text);
	return 0;
}

static int parse_bytes(const char *text, struct value *value, struct why *why)
{
	struct bytes bytes = { .len = 0 };

	if (*text && bytes_parse(text, &bytes, why))
		return -1;
	value->text = bytes_text(bytes.data, bytes.len);
	return 0;
}

static int parse_statuses(const char *text, struct value *value,
			  struct why *why)
{
	struct statuses statuses = { .bits = { 0 } };

	if (*text && statuses_parse(text, &statuses, why))
		return -1;
	value->text = statuses_text(&statuses);
	return 0;
}

static int parse_optional_address(const char *text, struct value *value,
				  struct why *why)
{
	memset(&value->address, 0, sizeof(value->address));
	if (!*text || strcmp(text, "none") == 0)
		return 0;
	return parse_address(text, &value->address, why);
}

/* A number or a time, which @parse reads, or the word for 0. */
static int parse_or_word(const struct field *field, const char *text,
			 int (*parse)(const char *text, uint64_t min,
				      uint64_t max, uint64_t *value,
				      struct why *why),
			 struct value *value, struct why *why)
{
	struct why reason;

	value->number = 0;
	if (!field->words)
		return parse(text, field->min, field->max, &value->number, why);
	if (strcmp(text, field->words->name) == 0 ||
	    parse(text, field->min, field->max, &value->number, &reason) == 0)
		return 0;
	return because(why, "%.200s, or %s", reason.text, field->words->name);
}

static int parse_number_word(const struct word *words, const char *text,
			     struct value *value, struct why *why)
{
	uint32_t number;

	if (parse_word(words, text, &number, why))
		return -1;
	value->number = number;
	return 0;
}

/* Names all words of a table after what else is allowed. */
static int because_words(const char *reason, const struct word *words,
			 struct why *why)
{
	char text[WHY_SIZE];
	size_t len;

	len = snprintf(text, sizeof(text), "%.200s", reason);
	for (; words->name; words++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				words[1].name ? ", " : " or ", words->name);
	return because(why, "%s", text);
}

/* The numbers that words stand for are no counts. */
static int parse_count(const struct field *field, const char *text,
		       struct value *value, struct why *why)
{
	struct why reason;

	if (!parse_number_word(field->words, text, value, &reason) ||
	    !parse_u64(text, field->min, field->max, &value->number, &reason))
		return 0;
	return because_words(reason.text, field->words, why);
}

static int parse_one_port(const char *text, struct ports *ports,
			  struct why *why)
{
	uint64_t port;

	if (parse_u64(text, 1, NFLB_PORT_MAX, &port, why))
		return -1;
	*ports = (struct ports){ port, port };
	return 0;
}

/* The word for port 0 first; a range only where there is a last port. */
static int parse_port_field(const struct field *field, const char *text,
			    struct value *value, struct why *why)
{
	struct why reason;
	int err;

	if (field->words && strcmp(text, field->words->name) == 0) {
		value->ports = (struct ports){ 0, 0 };
		return 0;
	}
	if (field->kind == VALUE_PORT)
		err = parse_one_port(text, &value->ports, &reason);
	else
		err = parse_ports(text, &value->ports, &reason);
	if (!err)
		return 0;
	if (!field->words || !strstr(reason.text, "allowed"))
		return because(why, "%s", reason.text);
	return because(why, "%.200s, or %s", reason.text, field->words->name);
}

/**
 * value_parse() - reads a value as it stands on the command line
 * @field: The field.
 * @text: The text.
 * @value: Where the value goes; value_free() it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int value_parse(const struct field *field, const char *text,
		struct value *value, struct why *why)
{
	switch (field->kind) {
	case VALUE_ADDRESS:
		return parse_address(text, &value->address, why);
	case VALUE_OPTIONAL_ADDRESS:
		return parse_optional_address(text, value, why);
	case VALUE_BYTES:
		return parse_bytes(text, value, why);
	case VALUE_STATUSES:
		return parse_statuses(text, value, why);
	case VALUE_NUMBER:
		return parse_or_word(field, text, parse_u64, value, why);
	case VALUE_SEED:
		return parse_seed(text, &value->number, why);
	case VALUE_MS:
		return parse_or_word(field, text, parse_ms, value, why);
	case VALUE_WORD:
		return parse_number_word(field->words, text, value, why);
	case VALUE_SWITCH:
		return parse_number_word(switch_words, text, value, why);
	case VALUE_PORT:
	case VALUE_PORTS:
		return parse_port_field(field, text, value, why);
	case VALUE_DEVICES:
		return devices_parse(text, &value->text, why);
	case VALUE_PREFIXES:
		return prefixes_parse(text, &value->text, why);
	case VALUE_COUNT:
		return parse_count(field, text, value, why);
	case VALUE_ADDRESSES:
		return addresses_parse(text, &value->text, why);
	case VALUE_NAMES:
		return names_parse(text, &value->text, why);
	default:
		return parse_text(field, text, value, why);
	}
}

static void format_number(uint64_t number, char buf[VALUE_TEXT_SIZE])
{
	snprintf(buf, VALUE_TEXT_SIZE, "%llu", (unsigned long long)number);
}

/* The kernel may know more words than this lbctl: those stay numbers. */
static const char *format_word(const struct word *words, uint64_t number,
			       char buf[VALUE_TEXT_SIZE])
{
	const char *name = word_name(words, number);

	if (name)
		return name;
	format_number(number, buf);
	return buf;
}

/* A number or a time that has a word for 0. */
static bool is_word_for_0(const struct field *field, const struct value *value)
{
	return (field->kind == VALUE_NUMBER || field->kind == VALUE_MS) &&
	       field->words && !value->number;
}

/**
 * value_format() - writes a value as it stands on the command line
 * @field: The field.
 * @value: The value.
 * @buf: Memory that may be used.
 *
 * Return: The text, in @buf or elsewhere; valid as long as @value and @buf.
 */
const char *value_format(const struct field *field, const struct value *value,
			 char buf[VALUE_TEXT_SIZE])
{
	if (is_word_for_0(field, value))
		return field->words->name;
	switch (field->kind) {
	case VALUE_OPTIONAL_ADDRESS:
		if (!value->address.len)
			return "none";
		return format_address(&value->address, buf);
	case VALUE_ADDRESS:
		return format_address(&value->address, buf);
	case VALUE_MS:
		return format_ms(value->number, buf);
	case VALUE_WORD:
	case VALUE_COUNT:
		return format_word(field->words, value->number, buf);
	case VALUE_SWITCH:
		return format_word(switch_words, value->number, buf);
	case VALUE_PORT:
	case VALUE_PORTS:
		if (!value->ports.first)
			return field->words ? field->words->name : "none";
		return format_ports(&value->ports, buf);
	case VALUE_OPTIONAL_NAME:
	case VALUE_NAMES:
		return *value->text ? value->text : "none";
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_STATUSES:
		return *value->text ? value->text : "\"\"";
	case VALUE_NUMBER:
	case VALUE_SEED:
		format_number(value->number, buf);
		return buf;
	default:
		return value->text;
	}
}

/**
 * value_is_equal() - compares two values of a field
 * @field: The field.
 * @a: One.
 * @b: The other.
 *
 * Return: true if they are equal.
 */
bool value_is_equal(const struct field *field, const struct value *a,
		    const struct value *b)
{
	switch (field->kind) {
	case VALUE_ADDRESS:
	case VALUE_OPTIONAL_ADDRESS:
		return address_is_equal(&a->address, &b->address);
	case VALUE_PORT:
	case VALUE_PORTS:
		return a->ports.first == b->ports.first &&
		       a->ports.last == b->ports.last;
	case VALUE_NUMBER:
	case VALUE_SEED:
	case VALUE_MS:
	case VALUE_WORD:
	case VALUE_SWITCH:
	case VALUE_COUNT:
		return a->number == b->number;
	default:
		return strcmp(a->text, b->text) == 0;
	}
}

/**
 * value_set_default() - sets a value to what it is when it is not given
 * @field: The field; one that is required becomes empty.
 * @value: The value; nothing of what it held before is freed.
 */
void value_set_default(const struct field *field, struct value *value)
{
	memset(value, 0, sizeof(*value));
	if (value_is_text(field))
		value->text = mem_strdup(field->text_default ?: "");
	else if (field->kind != VALUE_ADDRESS &&
		 field->kind != VALUE_OPTIONAL_ADDRESS &&
		 field->kind != VALUE_PORT && field->kind != VALUE_PORTS)
		value->number = field->number_default;
}

/**
 * value_is_empty() - says whether a value says nothing
 * @field: The field.
 * @value: The value.
 *
 * Return: true for an empty text, no address, port 0 and the number 0.
 */
bool value_is_empty(const struct field *field, const struct value *value)
{
	if (value_is_text(field))
		return !*value->text;
	switch (field->kind) {
	case VALUE_ADDRESS:
	case VALUE_OPTIONAL_ADDRESS:
		return !value->address.len;
	case VALUE_PORT:
	case VALUE_PORTS:
		return !value->ports.first;
	default:
		return !value->number;
	}
}

/**
 * value_is_default() - says whether a value need not be written
 * @field: The field.
 * @value: The value.
 *
 * Return: true if the field has a default and @value is it.
 */
bool value_is_default(const struct field *field, const struct value *value)
{
	struct value wanted;
	bool is_equal;

	if (field->is_required)
		return false;
	value_set_default(field, &wanted);
	is_equal = value_is_equal(field, value, &wanted);
	value_free(field, &wanted);
	return is_equal;
}

/**
 * value_copy() - copies a value
 * @field: The field.
 * @to: The copy; nothing of what it held before is freed.
 * @from: The value.
 */
void value_copy(const struct field *field, struct value *to,
		const struct value *from)
{
	*to = *from;
	if (value_is_text(field))
		to->text = mem_strdup(from->text);
}

/**
 * value_free() - frees what a value owns
 * @field: The field.
 * @value: The value; may be all zero.
 */
void value_free(const struct field *field, struct value *value)
{
	if (value_is_text(field))
		free(value->text);
	memset(value, 0, sizeof(*value));
}
