// SPDX-License-Identifier: GPL-2.0-only
/* What a dump answered, kept until all of it is known to be consistent. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nl_internal.h"

#define TRIES_MAX	20	/* an apply elsewhere is over sooner */

static void list_reset(struct nl_list *list)
{
	list->len = 0;
	list->n = 0;
}

/**
 * nl_list_keep() - adds an answer to a list
 * @attrs: Its attributes; a multiple of 4 bytes, so all stay aligned.
 * @arg: The list.
 *
 * Return: 0, as an nl_reply_fn.
 */
int nl_list_keep(const struct nl_attrs *attrs, void *arg)
{
	struct nl_list *list = arg;
	size_t len = NLA_ALIGN(attrs->len);

	while (list->len + len > list->cap)
		list->bytes = mem_grow(list->bytes, &list->cap, 1);
	if (list->n == list->ends_cap)
		list->ends = mem_grow(list->ends, &list->ends_cap,
				      sizeof(*list->ends));
	memset(list->bytes + list->len, 0, len);
	memcpy(list->bytes + list->len, attrs->first, attrs->len);
	list->len += len;
	list->ends[list->n++] = list->len;
	return 0;
}

/**
 * nl_list_init() - makes an empty list
 * @list: The list.
 */
void nl_list_init(struct nl_list *list)
{
	memset(list, 0, sizeof(*list));
}

/**
 * nl_list_free() - frees what a list holds
 * @list: The list, empty afterwards.
 */
void nl_list_free(struct nl_list *list)
{
	free(list->bytes);
	free(list->ends);
	nl_list_init(list);
}

/**
 * nl_collect() - asks for all objects until it has them in one piece
 * @nl: The connection.
 * @msg: The request.
 * @list: Where they go; what was there is lost.
 *
 * Return: 0, -EINTR when the configuration never stood still, or another
 * negative error number.
 */
int nl_collect(struct nl *nl, struct nl_msg *msg, struct nl_list *list)
{
	int tries = 0;
	int err;

	do {
		list_reset(list);
		err = nl_dump(nl, msg, nl_list_keep, list);
	} while (err == -EINTR && ++tries < TRIES_MAX);
	return err;
}

/**
 * nl_each_of() - asks for objects and reads them when it has them in one piece
 * @nl: The connection.
 * @msg: What asks for them.
 * @on_reply: Called for each; may ask for others.
 * @arg: For @on_reply.
 *
 * Return: 0, what @on_reply returned, or a negative error number as of
 * nl_collect().
 */
int nl_each_of(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply,
	       void *arg)
{
	struct nl_attrs attrs;
	struct nl_list list;
	size_t i;
	int err;

	nl_list_init(&list);
	err = nl_collect(nl, msg, &list);
	for (i = 0; i < list.n && !err; i++) {
		nl_list_get(&list, i, &attrs);
		err = on_reply(&attrs, arg);
	}
	nl_list_free(&list);
	return err;
}

/**
 * nl_each() - asks for all objects of a kind, as nl_each_of()
 * @nl: The connection.
 * @cmd: Command that asks for them.
 * @on_reply: Called for each.
 * @arg: For @on_reply.
 *
 * Return: As nl_each_of().
 */
int nl_each(struct nl *nl, uint8_t cmd, nl_reply_fn on_reply, void *arg)
{
	struct nl_msg msg;

	nl_msg_init(&msg, cmd);
	return nl_each_of(nl, &msg, on_reply, arg);
}

/**
 * nl_list_get() - reads one answer
 * @list: The list.
 * @idx: Its index.
 * @attrs: Where its attributes are noted; valid as long as the list.
 */
void nl_list_get(const struct nl_list *list, size_t idx, struct nl_attrs *attrs)
{
	size_t start = idx ? list->ends[idx - 1] : 0;

	nl_read_attrs(attrs, list->bytes + start, list->ends[idx] - start);
}
