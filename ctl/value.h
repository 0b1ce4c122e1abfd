/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The value of one field of an object, whatever its kind.
 */
#ifndef LBCTL_VALUE_H
#define LBCTL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

#define VALUE_TEXT_SIZE	64	/* for what is not a text already */

/**
 * enum value_kind - what a value is
 * @VALUE_NAME: Name of an object.
 * @VALUE_OPTIONAL_NAME: The same, or none.
 * @VALUE_KEYWORD: Word that only the kernel knows, such as a scheduler.
 * @VALUE_TEXT: Text that the field's own function checks; empty for none.
 * @VALUE_BYTES: Bytes, see bytes.h; empty for none.
 * @VALUE_STATUSES: Set of HTTP statuses, see statuses.h; empty for none.
 * @VALUE_ADDRESS: IPv4 or IPv6 address.
 * @VALUE_OPTIONAL_ADDRESS: The same, or none.
 * @VALUE_NUMBER: Whole number, or the word for 0 if there is one.
 * @VALUE_SEED: Whole number of 64 bits.
 * @VALUE_MS: Time in milliseconds, or the word for 0 if there is one.
 * @VALUE_WORD: Word of a table, kept as the number that it stands for.
 * @VALUE_SWITCH: on or off.
 * @VALUE_PORT: Port, or the word for port 0.
 * @VALUE_PORTS: Port or range of ports, or the word for port 0.
 * @VALUE_DEVICES: Network devices, see devices.h.
 * @VALUE_PREFIXES: Prefixes, see prefixes.h.
 * @VALUE_COUNT: Whole number, or a word of a table, kept as the number that it
 *               stands for.
 * @VALUE_ADDRESSES: List of addresses, see addresses.h.
 * @VALUE_NAMES: List of names of objects, see names.h, or none.
 */
enum value_kind {
	VALUE_NAME,
	VALUE_OPTIONAL_NAME,
	VALUE_KEYWORD,
	VALUE_TEXT,
	VALUE_BYTES,
	VALUE_STATUSES,
	VALUE_ADDRESS,
	VALUE_OPTIONAL_ADDRESS,
	VALUE_NUMBER,
	VALUE_SEED,
	VALUE_MS,
	VALUE_WORD,
	VALUE_SWITCH,
	VALUE_PORT,
	VALUE_PORTS,
	VALUE_DEVICES,
	VALUE_PREFIXES,
	VALUE_COUNT,
	VALUE_ADDRESSES,
	VALUE_NAMES,
};

/**
 * struct value - one value; the kind says which member counts
 * @text: Names, keywords, texts, bytes, statuses and lists; owned.
 * @address: Addresses.
 * @ports: Port and ports.
 * @number: All others.
 */
struct value {
	union {
		char *text;
		struct address address;
		struct ports ports;
		uint64_t number;
	};
};

struct field;

int value_parse(const struct field *field, const char *text,
		struct value *value, struct why *why);
const char *value_format(const struct field *field, const struct value *value,
			 char buf[VALUE_TEXT_SIZE]);
bool value_is_equal(const struct field *field, const struct value *a,
		    const struct value *b);
bool value_is_empty(const struct field *field, const struct value *value);
bool value_is_default(const struct field *field, const struct value *value);
void value_set_default(const struct field *field, struct value *value);
void value_copy(const struct field *field, struct value *to,
		const struct value *from);
void value_free(const struct field *field, struct value *value);
bool value_is_text(const struct field *field);

#endif /* LBCTL_VALUE_H */
