/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects: what is configured, by name. An object does not change any more
 * once a snapshot that holds it is published; a change makes a new one.
 */
#ifndef _NFLB_OBJECT_H
#define _NFLB_OBJECT_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <uapi/nflb.h>

#include "index.h"

struct nflb_object;

/**
 * struct nflb_kind - what objects of one kind have in common
 * @name: word for it in sentences
 * @free: frees an object without references; process context, may sleep
 */
struct nflb_kind {
	const char *name;
	void (*free)(struct nflb_object *object);
};

/**
 * struct nflb_object - head of every configured object
 * @kind: its kind
 * @ref: held by tables; read and changed only under cfg_mutex or by the last
 *	owner of a snapshot, so a count of 1 means that nobody else looks
 * @name: its name
 */
struct nflb_object {
	const struct nflb_kind *kind;
	refcount_t ref;
	char name[NFLB_NAME_MAX + 1];
};

/**
 * struct nflb_slot - place of an object in a table
 * @object: the object, or NULL while the place is free
 * @n_uses: objects of the same snapshot that refer to this place
 */
struct nflb_slot {
	struct nflb_object *object;
	u32 n_uses;
};

/**
 * struct nflb_table - the objects of one kind in one snapshot
 * @slot: the places; an object keeps its place from snapshot to snapshot, so
 *	others refer to it by the place's number
 * @n_slots: places in use or once used
 * @n_alloc: places allocated
 * @n_objects: objects in them
 * @names: from a hash of the name to the place
 */
struct nflb_table {
	struct nflb_slot *slot;
	u32 n_slots;
	u32 n_alloc;
	u32 n_objects;
	struct nflb_index names;
};

void nflb_object_init(struct nflb_object *object, const struct nflb_kind *kind,
		      const char *name);
void nflb_object_put(struct nflb_object *object);
bool nflb_name_is_valid(const char *name);
bool nflb_text_is_visible(const char *text, bool has_blanks);
u32 nflb_name_hash(const char *name);

int nflb_table_copy(struct nflb_table *to, const struct nflb_table *from);
void nflb_table_free(struct nflb_table *table);
void nflb_table_clear(struct nflb_table *table);
u32 nflb_table_find(const struct nflb_table *table, const char *name);
int nflb_table_insert(struct nflb_table *table, struct nflb_object *object,
		      u32 *pos);
void nflb_table_replace(struct nflb_table *table, u32 pos,
			struct nflb_object *object);
void nflb_table_remove(struct nflb_table *table, u32 pos);

/**
 * nflb_table_at() - the object at a place
 * @table: the table
 * @pos: number of a place
 *
 * Return: the object, or NULL when the place is free or beyond the end.
 */
static inline struct nflb_object *nflb_table_at(const struct nflb_table *table,
						u32 pos)
{
	return pos < table->n_slots ? table->slot[pos].object : NULL;
}

#endif /* _NFLB_OBJECT_H */
