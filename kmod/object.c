// SPDX-License-Identifier: GPL-2.0-only
/* Objects: what is configured, by name, and tables of them. */

#include <linux/ctype.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "object.h"

#define NFLB_TABLE_MIN 16

/**
 * nflb_object_init() - begins an object with one reference
 * @object: head of the object's memory
 * @kind: its kind
 * @name: its name, valid
 */
void nflb_object_init(struct nflb_object *object, const struct nflb_kind *kind,
		      const char *name)
{
	object->kind = kind;
	refcount_set(&object->ref, 1);
	strscpy(object->name, name, sizeof(object->name));
}

/**
 * nflb_object_put() - drops a reference and frees with the last
 * @object: the object
 *
 * Packets find objects only through a snapshot, which is freed after a grace
 * period, so the object itself needs none.
 *
 * Context: process, may sleep.
 */
void nflb_object_put(struct nflb_object *object)
{
	if (refcount_dec_and_test(&object->ref))
		object->kind->free(object);
}

/**
 * nflb_name_is_valid() - tells whether a name may be used
 * @name: the name
 *
 * Letters, digits, dot, underscore and hyphen, which is not first: names are
 * words of a command line and parts of POOL/BACKEND.
 *
 * Return: true if so.
 */
bool nflb_name_is_valid(const char *name)
{
	const char *c;

	if (!*name || *name == '-')
		return false;
	for (c = name; *c; c++) {
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			return false;
	}
	return c - name <= NFLB_NAME_MAX;
}

/**
 * nflb_text_is_visible() - tells whether a text can be shown, and sent
 * @text: the text
 * @has_blanks: it may have blanks
 *
 * Nothing that could end a line of a request, or steer a terminal.
 *
 * Return: true if so.
 */
bool nflb_text_is_visible(const char *text, bool has_blanks)
{
	for (; *text; text++) {
		if (has_blanks && *text == ' ')
			continue;
		if (!isascii(*text) || !isgraph(*text))
			return false;
	}
	return true;
}

/**
 * nflb_name_hash() - hashes a name for an index
 * @name: the name
 *
 * Return: the hash.
 */
u32 nflb_name_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

/**
 * nflb_table_copy() - makes a table with the same objects
 * @to: where the copy goes
 * @from: what is copied
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0, or -ENOMEM with nothing to undo.
 */
int nflb_table_copy(struct nflb_table *to, const struct nflb_table *from)
{
	u32 pos;
	int err;

	*to = *from;
	to->n_alloc = from->n_slots;
	to->slot = NULL;
	err = nflb_index_copy(&to->names, &from->names);
	if (err)
		return err;
	if (!from->n_slots)
		return 0;

	to->slot = kvmalloc_array(from->n_slots, sizeof(*to->slot),
				  GFP_KERNEL_ACCOUNT);
	if (!to->slot)
		goto err_free_names;
	memcpy(to->slot, from->slot, from->n_slots * sizeof(*to->slot));
	for (pos = 0; pos < to->n_slots; pos++) {
		if (to->slot[pos].object)
			refcount_inc(&to->slot[pos].object->ref);
	}
	return 0;

err_free_names:
	nflb_index_free(&to->names);
	return -ENOMEM;
}

/**
 * nflb_table_free() - drops the objects and frees the table's memory
 * @table: the table; all zero is fine
 *
 * Context: process, may sleep.
 */
void nflb_table_free(struct nflb_table *table)
{
	u32 pos;

	for (pos = 0; table->slot && pos < table->n_slots; pos++) {
		if (table->slot[pos].object)
			nflb_object_put(table->slot[pos].object);
	}
	kvfree(table->slot);
	nflb_index_free(&table->names);
}

/**
 * nflb_table_clear() - empties a table
 * @table: table of a candidate
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_table_clear(struct nflb_table *table)
{
	nflb_table_free(table);
	memset(table, 0, sizeof(*table));
}

/**
 * nflb_table_find() - finds an object by name
 * @table: the table
 * @name: the name
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_table_find(const struct nflb_table *table, const char *name)
{
	u32 hash = nflb_name_hash(name);
	u32 at, pos;

	nflb_index_for_each(&table->names, hash, at, pos) {
		if (!strcmp(table->slot[pos].object->name, name))
			return pos;
	}
	return NFLB_NONE;
}

static int nflb_table_grow(struct nflb_table *table)
{
	u32 n = max(NFLB_TABLE_MIN, 2 * table->n_alloc);
	struct nflb_slot *slot;

	slot = kvcalloc(n, sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	if (table->n_slots)
		memcpy(slot, table->slot, table->n_slots * sizeof(*slot));
	kvfree(table->slot);
	table->slot = slot;
	table->n_alloc = n;
	return 0;
}

/* Looks for a hole only when there is one. */
static u32 nflb_table_free_slot(const struct nflb_table *table)
{
	u32 pos = table->n_slots;

	if (table->n_objects < table->n_slots)
		for (pos = 0; table->slot[pos].object; pos++)
			;
	return pos;
}

/**
 * nflb_table_insert() - adds an object
 * @table: table of a candidate
 * @object: object whose name the table lacks; its reference is taken over
 * @pos: where the place's number goes
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0, or -ENOMEM with the reference left to the caller.
 */
int nflb_table_insert(struct nflb_table *table, struct nflb_object *object,
		      u32 *pos)
{
	int err;

	*pos = nflb_table_free_slot(table);
	if (*pos >= table->n_alloc) {
		err = nflb_table_grow(table);
		if (err)
			return err;
	}
	err = nflb_index_insert(&table->names, nflb_name_hash(object->name),
				*pos);
	if (err)
		return err;
	table->slot[*pos] = (struct nflb_slot) { .object = object };
	if (*pos == table->n_slots)
		table->n_slots++;
	table->n_objects++;
	return 0;
}

/**
 * nflb_table_replace() - puts an object in the place of its former self
 * @table: table of a candidate
 * @pos: the place
 * @object: object of the same name; its reference is taken over
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_table_replace(struct nflb_table *table, u32 pos,
			struct nflb_object *object)
{
	nflb_object_put(table->slot[pos].object);
	table->slot[pos].object = object;
}

/**
 * nflb_table_remove() - removes an object
 * @table: table of a candidate
 * @pos: its place
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_table_remove(struct nflb_table *table, u32 pos)
{
	struct nflb_object *object = table->slot[pos].object;

	nflb_index_remove(&table->names, nflb_name_hash(object->name), pos);
	table->slot[pos] = (struct nflb_slot) {};
	table->n_objects--;
	nflb_object_put(object);
}
