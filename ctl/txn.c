// SPDX-License-Identifier: GPL-2.0-only
/* Transactions of the kernel's. */
#include "txn.h"

#include "nflb.h"

/**
 * txn_begin() - begins a transaction
 * @ctx: The context, connected; all requests of it belong to the transaction.
 * @generation: Number of the configuration that is about to be changed.
 *
 * Return: 0, -EAGAIN if the configuration is another one by now, or another
 * negative error number.
 */
int txn_begin(struct context *ctx, uint32_t generation)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_TXN_BEGIN);
	nl_put_u32(&msg, NFLB_A_TXN_GENERATION, generation);
	return nl_call(ctx->nl, &msg, NULL, NULL);
}

static int take_generation(const struct nl_attrs *attrs, void *arg)
{
	uint32_t *generation = arg;

	*generation = nl_u32(attrs, NFLB_A_TXN_GENERATION);
	return 0;
}

/**
 * txn_commit() - publishes what the transaction has changed
 * @ctx: The context, whose transaction it is.
 * @generation: Where the number of the new configuration goes.
 *
 * Return: 0, -EAGAIN if others were faster, or another negative error number.
 */
int txn_commit(struct context *ctx, uint32_t *generation)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_TXN_COMMIT);
	return nl_call(ctx->nl, &msg, take_generation, generation);
}

/**
 * txn_rehearse() - forgets what the transaction has changed, if it could be
 * published
 * @ctx: The context, whose transaction it is.
 *
 * Return: 0, or what txn_commit() would return.
 */
int txn_rehearse(struct context *ctx)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_TXN_REHEARSE);
	return nl_call(ctx->nl, &msg, NULL, NULL);
}

/**
 * txn_abort() - forgets what the transaction has changed
 * @ctx: The context, whose transaction it is.
 */
void txn_abort(struct context *ctx)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_TXN_ABORT);
	nl_call(ctx->nl, &msg, NULL, NULL);
}
