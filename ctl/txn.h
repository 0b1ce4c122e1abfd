/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions: changes that take effect together, or not at all.
 */
#ifndef LBCTL_TXN_H
#define LBCTL_TXN_H

#include "command.h"

#define TXN_TRIES_MAX	5	/* when others change the configuration too */

int txn_begin(struct context *ctx, uint32_t generation);
int txn_commit(struct context *ctx, uint32_t *generation);
int txn_rehearse(struct context *ctx);
void txn_abort(struct context *ctx);

#endif /* LBCTL_TXN_H */
