/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects to and from netlink messages, by the tables of schema.h.
 */
#ifndef LBCTL_WIRE_H
#define LBCTL_WIRE_H

#include "netlink.h"
#include "object.h"

void wire_put_ids(struct nl_msg *msg, const struct object *obj);
void wire_put_fields(struct nl_msg *msg, const struct object *obj,
		     uint32_t fields);
struct object *wire_read(const struct nl_attrs *attrs, enum object_kind kind);
bool wire_explain_refusal(const struct object_type *type,
			  const struct nl_refusal *refusal, struct why *why);

#endif /* LBCTL_WIRE_H */
