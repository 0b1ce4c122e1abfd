// SPDX-License-Identifier: GPL-2.0-only
/* Thousands of requests, many in one system call. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "nl_internal.h"

/*
 * Requests that may wait for an answer at once: their answers must fit the
 * receive buffer even where SO_RCVBUFFORCE is not permitted.
 */
#define ANSWERED_MAX	64

/**
 * nl_stream_begin() - begins a stream of requests
 * @stream: The stream, filled in. One at a time for a connection.
 */
void nl_stream_begin(struct nl_stream *stream)
{
	struct nl *nl = stream->nl;

	nl->batch_len = 0;
	nl->n_batch = 0;
	nl->n_waiting = 0;
	nl->stream_seq = nl->seq + 1;
	nl->batch_seq = nl->stream_seq;
}

static int stream_take_message(struct nl_stream *stream,
			       const struct nlmsghdr *nlh)
{
	struct nl *nl = stream->nl;
	uint32_t in_batch = nlh->nlmsg_seq - nl->batch_seq;
	size_t idx = nlh->nlmsg_seq - nl->stream_seq;
	struct nl_attrs attrs;
	int err;

	if (in_batch >= nl->n_batch)
		return 0;
	if (nl->n_waiting)
		nl->n_waiting--;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		err = nl_read_error(nl, nlh, nl->batch + nl->offsets[in_batch]);
		if (!err || err == -EBADMSG)
			return err;
		return stream->on_refusal(idx, &nl->refusal, stream->arg);
	}
	err = nl_read_reply(nlh, &attrs);
	if (!err && stream->on_reply)
		err = stream->on_reply(idx, &attrs, stream->arg);
	return err;
}

static int stream_take(struct nl_stream *stream, size_t got)
{
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int err;

	while ((nlh = nl_next_message(stream->nl, got, &pos))) {
		err = stream_take_message(stream, nlh);
		if (err)
			return err;
	}
	return 0;
}

/*
 * The kernel handles requests while they are being sent, so refusals are
 * there when sending ends. Should they overflow the receive buffer, the first
 * ones are kept, and the first one is what matters.
 */
static int stream_drain(struct nl_stream *stream)
{
	struct nl *nl = stream->nl;
	ssize_t got;
	int err;

	for (;;) {
		got = nl_receive(nl, nl->n_waiting ? 0 : MSG_DONTWAIT);
		if (got == -EAGAIN)
			return 0;
		if (got == -ENOBUFS && !stream->is_answered)
			continue;
		if (got < 0)
			return got;
		err = stream_take(stream, got);
		if (err)
			return err;
		if (stream->is_answered && !nl->n_waiting)
			return 0;
	}
}

/**
 * nl_stream_send() - sends what waits and takes in what comes back
 * @stream: The stream.
 *
 * Return: 0, what a function of @stream returned, or a negative error number.
 */
int nl_stream_send(struct nl_stream *stream)
{
	struct nl *nl = stream->nl;
	int err;

	if (!nl->n_batch)
		return 0;
	nl->n_waiting = stream->is_answered ? nl->n_batch : 0;
	err = nl_send(nl, nl->batch, nl->batch_len);
	if (!err)
		err = stream_drain(stream);
	nl->batch_len = 0;
	nl->batch_seq += nl->n_batch;
	nl->n_batch = 0;
	return err;
}

/**
 * nl_stream_add() - adds a request; sends when enough have gathered
 * @stream: The stream.
 * @msg: The request; not needed after the call.
 *
 * Return: 0, what a function of @stream returned, or a negative error number.
 */
int nl_stream_add(struct nl_stream *stream, const struct nl_msg *msg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)msg->buf;
	size_t max = stream->is_answered ? ANSWERED_MAX : NL_STREAM_MAX;
	struct nl *nl = stream->nl;
	uint8_t *copy = nl->batch + nl->batch_len;

	memcpy(copy, nlh, nlh->nlmsg_len);
	nl_stamp(nl, (struct nlmsghdr *)copy, 0);
	nl->offsets[nl->n_batch++] = nl->batch_len;
	nl->batch_len += NLMSG_ALIGN(nlh->nlmsg_len);
	if (nl->n_batch < max && nl->batch_len < NL_BATCH_SIZE)
		return 0;
	return nl_stream_send(stream);
}
