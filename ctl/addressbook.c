// SPDX-License-Identifier: GPL-2.0-only
/* The addresses that the user gives to what a document names. */
#include "addressbook.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static struct entry *find(const struct addressbook *book, const char *name)
{
	size_t i;

	for (i = 0; i < book->n; i++)
		if (strcmp(book->entries[i].name, name) == 0)
			return &book->entries[i];
	return NULL;
}

/**
 * addressbook_add() - adds what the user says
 * @book: The addresses.
 * @text: NAME=ADDRESS; the text stays as long as @book.
 * @why: What is wrong with it.
 *
 * Return: 0 or a negative number.
 */
int addressbook_add(struct addressbook *book, const char *text,
		    struct why *why)
{
	const char *sign = strrchr(text, '=');
	struct address address;
	struct entry entry;

	if (!sign || sign == text)
		return because(why, "NAME=ADDRESS is needed");
	if (parse_address(sign + 1, &address, why))
		return -1;
	entry = (struct entry){
		.name = mem_need(strndup(text, sign - text)),
		.address = sign + 1,
	};
	if (find(book, entry.name)) {
		free(entry.name);
		return because(why, "this name has an address already");
	}
	if (book->n == book->cap)
		book->entries = mem_grow(book->entries, &book->cap,
					 sizeof(*book->entries));
	book->entries[book->n++] = entry;
	return 0;
}

/**
 * addressbook_find() - finds the address of an object
 * @book: The addresses.
 * @kind: Kind of the object.
 * @name: Its name.
 *
 * Return: The address, or NULL.
 */
const char *addressbook_find(struct addressbook *book, enum object_kind kind,
			     const char *name)
{
	struct entry *entry = find(book, name);

	if (!entry)
		return NULL;
	entry->used_for |= 1u << kind;
	return entry->address;
}

/**
 * addressbook_check() - says whether each address was for one kind of object
 * @book: The addresses, after they have been asked for.
 * @why: Which was not.
 *
 * Return: 0 or a negative number.
 */
int addressbook_check(const struct addressbook *book, struct why *why)
{
	const struct entry *entry;
	char cut[EXCERPT_SIZE];
	size_t i;

	for (i = 0; i < book->n; i++) {
		entry = &book->entries[i];
		if (!entry->used_for)
			return because(why, "map %s: neither a frontend nor a backend has this name",
				       excerpt(entry->name, cut));
		if (entry->used_for & (entry->used_for - 1))
			return because(why, "map %s: a frontend and a backend have this name, POOL/NAME is the backend's",
				       excerpt(entry->name, cut));
	}
	return 0;
}

/**
 * addressbook_free() - frees the names
 * @book: The addresses.
 */
void addressbook_free(struct addressbook *book)
{
	size_t i;

	for (i = 0; i < book->n; i++)
		free(book->entries[i].name);
	free(book->entries);
	memset(book, 0, sizeof(*book));
}
