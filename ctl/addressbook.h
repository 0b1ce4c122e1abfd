/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The addresses that the user gives to what a document names.
 */
#ifndef LBCTL_ADDRESSBOOK_H
#define LBCTL_ADDRESSBOOK_H

#include "schema.h"

/**
 * struct entry - the address of a name
 * @name: The name; of a backend also as POOL/NAME.
 * @address: The address.
 * @used_for: Bit for each kind of object that has got the address.
 */
struct entry {
	char *name;
	const char *address;
	uint32_t used_for;
};

/**
 * struct addressbook - the addresses
 * @entries: The addresses with their names.
 * @n: How many.
 * @cap: Room in @entries.
 */
struct addressbook {
	struct entry *entries;
	size_t n;
	size_t cap;
};

int addressbook_add(struct addressbook *book, const char *text,
		    struct why *why);
const char *addressbook_find(struct addressbook *book, enum object_kind kind,
			     const char *name);
int addressbook_check(const struct addressbook *book, struct why *why);
void addressbook_free(struct addressbook *book);

#endif /* LBCTL_ADDRESSBOOK_H */
