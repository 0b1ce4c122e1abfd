/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows as they are shown, whichever they are.
 */
#ifndef LBCTL_FLOWS_H
#define LBCTL_FLOWS_H

#include "command.h"
#include "table.h"

/**
 * struct flow_view - how flows of a kind are shown
 * @columns: The columns, ended by one without a key.
 * @cells: Writes the cells of one row.
 */
struct flow_view {
	const struct column *columns;
	void (*cells)(const struct nl_attrs *attrs);
};

void cell_protocol(uint32_t protocol);
void cell_endpoint(const struct endpoint *end);
void cell_end(const struct nl_attrs *attrs, uint16_t address_attr,
	      uint16_t port_attr);
void cell_timeout(uint64_t ms);
int flows_dump(struct context *ctx, struct nl_msg *msg, nl_reply_fn on_flow,
	       void *arg);
int flows_show(struct context *ctx, struct nl_msg *msg,
	       const struct flow_view *view, const char *what);

#endif /* LBCTL_FLOWS_H */
