/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Items of Azure, such as a rule, that become objects here: property by
 * property, as a table says.
 */
#ifndef LBCTL_ITEM_H
#define LBCTL_ITEM_H

#include "importer.h"

struct item;

/**
 * struct twin - a word of Azure
 * @azure: The word.
 * @ours: What it is here.
 * @remark: What is missing here, or NULL.
 */
struct twin {
	const char *azure;
	const char *ours;
	const char *remark;
};

/**
 * struct property - a property that items of a kind have in Azure
 * @name: Its name.
 * @take: What becomes of it.
 * @is_required: There is no item without.
 * @field: Index of the field that it is here.
 * @words: What its words are here.
 * @collection: Type in the ids that it refers to.
 * @usual: The value at which nothing is missing here, as JSON.
 * @remark: What is missing here at other values.
 */
struct property {
	const char *name;
	int (*take)(struct item *item, const struct property *property,
		    const json_t *value);
	bool is_required;
	int field;
	const struct twin *words;
	const char *collection;
	const char *usual;
	const char *remark;
};

/**
 * struct item_kind - a kind of items
 * @label: What one is called.
 * @collection: Key of their array, and type of them in ids.
 * @kind: Kind of object that becomes of one.
 * @properties: Its properties, ended by one without a name.
 * @name: Finds its name if it is not just its own; may be NULL.
 * @find: Finds what it goes with, or leaves it out; may be NULL.
 * @finish: Completes the object when all properties have been taken; may be
 *          NULL.
 */
struct item_kind {
	const char *label;
	const char *collection;
	enum object_kind kind;
	const struct property *properties;
	int (*name)(struct item *item);
	int (*find)(struct item *item);
	int (*finish)(struct item *item);
};

/**
 * struct item - an item that is being read
 * @im: The import.
 * @kind: Its kind.
 * @name: Its name in Azure.
 * @json: All of it.
 * @obj: What becomes of it.
 * @pool: Of a backend, its pool.
 * @with: What it goes with that none of its properties says, or NULL.
 * @seen: Bit for each property that it has.
 * @address: Its address, or NULL.
 * @buf: Memory for a name or an address that the document has in parts.
 * @port: Port of a frontend, 0 for any, or the first one of a range.
 * @port_last: The last one of a range.
 * @backend_port: Port at the backend, 0 for the same.
 * @is_outbound_off: What backends open keeps their address in Azure, too.
 * @is_tracked: In Azure, flows of UDP keep their backend.
 * @is_floating: Backends get packets to the address of the frontend.
 * @is_left_out: There is nothing here that could become of it.
 */
struct item {
	struct importer *im;
	const struct item_kind *kind;
	const char *name;
	const json_t *json;
	struct object *obj;
	const struct object *pool;
	const struct object *with;
	uint32_t seen;
	const char *address;
	char buf[IMPORT_NAME_MAX + 1];
	json_int_t port;
	json_int_t port_last;
	json_int_t backend_port;
	bool is_outbound_off;
	bool is_tracked;
	bool is_floating;
	bool is_left_out;
};

int item_read(struct importer *im, const json_t *json,
	      const struct item_kind *kind, const struct object *pool,
	      struct object **obj);
int item_take_all(struct item *item);
int item_leave_out(struct item *item, const char *remark);
const char *item_own_name(const char *name);
int item_read_name(struct item *item);
int item_set(struct item *item, int field, const char *text);
int item_fail(struct item *item, const char *key, const json_t *value,
	      const char *reason);
void item_note(struct item *item, const char *key, const json_t *value,
	       const char *remark);
int item_needs(struct item *item, const struct property *property,
	       const json_t *value, json_type type);

int take_nothing(struct item *item, const struct property *property,
		 const json_t *value);
int take_usual(struct item *item, const struct property *property,
	       const json_t *value);
int take_note(struct item *item, const struct property *property,
	      const json_t *value);
int take_word(struct item *item, const struct property *property,
	      const json_t *value);
int take_text(struct item *item, const struct property *property,
	      const json_t *value);
int take_number(struct item *item, const struct property *property,
		const json_t *value);
int take_seconds(struct item *item, const struct property *property,
		 const json_t *value);
int take_minutes(struct item *item, const struct property *property,
		 const json_t *value);
int take_switch(struct item *item, const struct property *property,
		const json_t *value);
int take_address(struct item *item, const struct property *property,
		 const json_t *value);

#endif /* LBCTL_ITEM_H */
