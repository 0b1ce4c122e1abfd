/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verbs that are the same for every kind of object.
 */
#ifndef LBCTL_VERBS_H
#define LBCTL_VERBS_H

#include "command.h"
#include "table.h"

/**
 * struct view - how objects of one kind are shown
 * @kind: The kind.
 * @columns: The columns, ended by one without a key.
 * @cells: Writes the cells of one row.
 * @parts: Shows what belongs to one, or to all if its name is NULL, in a table
 *         of its own after show; may be NULL.
 */
struct view {
	enum object_kind kind;
	const struct column *columns;
	void (*cells)(const struct object *obj, const struct nl_attrs *attrs);
	int (*parts)(struct context *ctx, const char *name);
};

int verb_add(struct context *ctx, const struct command *command, int argc,
	     char **argv);
int verb_set(struct context *ctx, const struct command *command, int argc,
	     char **argv);
int verb_del(struct context *ctx, const struct command *command, int argc,
	     char **argv);

struct object *verb_parse_ids(const struct context *ctx, enum object_kind kind,
			      unsigned int n_ids, int argc, char **argv);
int verb_put_name(struct nl_msg *msg, uint16_t attr, const char *what,
		  const char *name);
int verb_send_fields(struct context *ctx, uint8_t cmd,
		     const struct object *obj);
int verb_request(struct context *ctx, struct nl_msg *msg,
		 const struct object *obj);
int verb_send(struct context *ctx, struct nl_msg *msg,
	      const struct object *obj);

int view_show(struct context *ctx, const struct view *view, int argc,
	      char **argv);
void view_list(const struct view *view, const struct nl_list *list);
void view_cells(const struct object *obj, unsigned int first,
		unsigned int last);
void view_number(const struct nl_attrs *attrs, uint16_t attr);
void view_text(const struct nl_attrs *attrs, uint16_t attr);

#endif /* LBCTL_VERBS_H */
