// SPDX-License-Identifier: GPL-2.0-only
/* The connection to the nflb family; the only file that knows libmnl. */
#include "netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "mem.h"
#include "nflb.h"
#include "nl_internal.h"

#define RCVBUF_BYTES	4194304

static struct nlmsghdr *msg_header(struct nl_msg *msg)
{
	return (struct nlmsghdr *)msg->buf;
}

/**
 * nl_msg_init() - begins a request
 * @msg: The request.
 * @cmd: Its command.
 */
void nl_msg_init(struct nl_msg *msg, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(msg->buf);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NFLB_FAMILY_VERSION;
}

/* Values have been parsed, so only a bug can make a request too long. */
static void need_room(bool has_room)
{
	if (!has_room)
		abort();
}

/**
 * nl_put_u32() - appends a number
 * @msg: The request.
 * @attr: Its attribute.
 * @value: The number.
 */
void nl_put_u32(struct nl_msg *msg, uint16_t attr, uint32_t value)
{
	need_room(mnl_attr_put_u32_check(msg_header(msg), NL_MSG_SIZE, attr,
					 value));
}

/**
 * nl_put_u64() - appends a number of 64 bits
 * @msg: The request.
 * @attr: Its attribute.
 * @value: The number.
 */
void nl_put_u64(struct nl_msg *msg, uint16_t attr, uint64_t value)
{
	need_room(mnl_attr_put_u64_check(msg_header(msg), NL_MSG_SIZE, attr,
					 value));
}

/**
 * nl_put_text() - appends a zero-terminated string
 * @msg: The request.
 * @attr: Its attribute.
 * @text: The string.
 */
void nl_put_text(struct nl_msg *msg, uint16_t attr, const char *text)
{
	need_room(mnl_attr_put_strz_check(msg_header(msg), NL_MSG_SIZE, attr,
					  text));
}

/**
 * nl_put_flag() - appends an attribute without a value
 * @msg: The request.
 * @attr: The attribute.
 */
void nl_put_flag(struct nl_msg *msg, uint16_t attr)
{
	need_room(mnl_attr_put_check(msg_header(msg), NL_MSG_SIZE, attr, 0,
				     NULL));
}

/**
 * nl_put_address() - appends an address
 * @msg: The request.
 * @attr: Its attribute.
 * @address: The address.
 */
void nl_put_address(struct nl_msg *msg, uint16_t attr,
		    const struct address *address)
{
	need_room(mnl_attr_put_check(msg_header(msg), NL_MSG_SIZE, attr,
				     address->len, address->bytes));
}

/**
 * nl_put_bytes() - appends bytes
 * @msg: The request.
 * @attr: Their attribute.
 * @data: The bytes.
 * @len: How many.
 */
void nl_put_bytes(struct nl_msg *msg, uint16_t attr, const void *data,
		  size_t len)
{
	need_room(mnl_attr_put_check(msg_header(msg), NL_MSG_SIZE, attr, len,
				     data));
}

/**
 * nl_receive() - receives into the connection's buffer
 * @nl: The connection.
 * @flags: As for recv().
 *
 * Return: Bytes received, or a negative error number.
 */
ssize_t nl_receive(struct nl *nl, int flags)
{
	int fd = mnl_socket_get_fd(nl->socket);
	ssize_t len;

	do {
		len = recv(fd, nl->recv_buf, sizeof(nl->recv_buf), flags);
	} while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : len;
}

/**
 * nl_send() - sends one or more messages
 * @nl: The connection.
 * @buf: The messages.
 * @len: Their bytes.
 *
 * Return: 0 or a negative error number.
 */
int nl_send(struct nl *nl, const void *buf, size_t len)
{
	if (mnl_socket_sendto(nl->socket, buf, len) < 0)
		return -errno;
	return 0;
}

/**
 * nl_stamp() - completes the header of a request
 * @nl: The connection.
 * @nlh: The header.
 * @flags: Flags besides NLM_F_REQUEST.
 */
void nl_stamp(struct nl *nl, struct nlmsghdr *nlh, uint16_t flags)
{
	nlh->nlmsg_type = nl->family_id;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
}

/**
 * struct exchange - a request whose answers are being read
 * @nl: The connection.
 * @request: The request.
 * @on_reply: Called for each answer; may be NULL.
 * @arg: For @on_reply.
 * @stop: What @on_reply returned to hear no more; the rest is read silently.
 * @is_interrupted: The kernel says that a dump saw a change.
 * @is_done: The last message has been read.
 */
struct exchange {
	struct nl *nl;
	const struct nlmsghdr *request;
	nl_reply_fn on_reply;
	void *arg;
	int stop;
	bool is_interrupted;
	bool is_done;
};

static int take_message(struct exchange *x, const struct nlmsghdr *nlh)
{
	struct nl_attrs attrs;
	int err;

	if (nlh->nlmsg_seq != x->request->nlmsg_seq)
		return 0;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->is_interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		x->is_done = true;
		return nl_read_error(x->nl, nlh, x->request);
	case NLMSG_DONE:
		x->is_done = true;
		return nl_read_done(x->nl, nlh, x->request);
	}
	err = nl_read_reply(nlh, &attrs);
	if (!err && x->on_reply && !x->stop)
		x->stop = x->on_reply(&attrs, x->arg);
	return err;
}

static int take_all(struct exchange *x)
{
	const struct nlmsghdr *nlh;
	ssize_t got;
	size_t pos;
	int err;

	while (!x->is_done) {
		got = nl_receive(x->nl, 0);
		if (got < 0)
			return got;
		pos = 0;
		while ((nlh = nl_next_message(x->nl, got, &pos))) {
			err = take_message(x, nlh);
			if (err)
				return err;
		}
	}
	if (x->stop)
		return x->stop;
	return x->is_interrupted ? -EINTR : 0;
}

static int talk(struct nl *nl, struct nlmsghdr *nlh, nl_reply_fn on_reply,
		void *arg)
{
	struct exchange x = {
		.nl = nl,
		.request = nlh,
		.on_reply = on_reply,
		.arg = arg,
	};
	int err;

	memset(&nl->refusal, 0, sizeof(nl->refusal));
	err = nl_send(nl, nlh, nlh->nlmsg_len);
	return err ? err : take_all(&x);
}

/**
 * nl_call() - sends a request and waits until it is done
 * @nl: The connection.
 * @msg: The request.
 * @on_reply: Called for its reply; may be NULL.
 * @arg: For @on_reply.
 *
 * Return: 0, what @on_reply returned, or a negative error number.
 */
int nl_call(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply, void *arg)
{
	nl_stamp(nl, msg_header(msg), NLM_F_ACK);
	return talk(nl, msg_header(msg), on_reply, arg);
}

/**
 * nl_dump() - asks for all objects
 * @nl: The connection.
 * @msg: The request.
 * @on_reply: Called for each.
 * @arg: For @on_reply.
 *
 * Return: 0, -EINTR when the configuration changed meanwhile, what @on_reply
 * returned, or another negative error number.
 */
int nl_dump(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply, void *arg)
{
	nl_stamp(nl, msg_header(msg), NLM_F_DUMP);
	return talk(nl, msg_header(msg), on_reply, arg);
}

/* What the kernel says about the family. */
static int read_family(const struct nl_attrs *attrs, void *arg)
{
	struct nl_attrs groups, group;
	struct nl *nl = arg;
	uint16_t i;

	if (!nl_has(attrs, CTRL_ATTR_FAMILY_ID))
		return -EBADMSG;
	nl->family_id = mnl_attr_get_u16(attrs->by_type[CTRL_ATTR_FAMILY_ID]);
	nl_nest(attrs, CTRL_ATTR_MCAST_GROUPS, &groups);
	for (i = 1; i <= NL_ATTRS_MAX; i++) {
		if (nl_nest_of(groups.by_type[i], &group) &&
		    strcmp(nl_text(&group, CTRL_ATTR_MCAST_GRP_NAME),
			   NFLB_MCGRP_CHANGES) == 0)
			nl->group_id = nl_u32(&group, CTRL_ATTR_MCAST_GRP_ID);
	}
	return 0;
}

static int find_family(struct nl *nl)
{
	struct nl_msg msg;

	nl_msg_init(&msg, CTRL_CMD_GETFAMILY);
	nl_put_text(&msg, CTRL_ATTR_FAMILY_NAME, NFLB_FAMILY_NAME);
	nl->family_id = GENL_ID_CTRL;
	return nl_call(nl, &msg, read_family, nl);
}

static int open_socket(struct nl *nl)
{
	int rcvbuf = RCVBUF_BYTES;
	int on = 1;
	int fd;

	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket)
		return -errno;
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	fd = mnl_socket_get_fd(nl->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf,
		       sizeof(rcvbuf)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	return 0;
}

/**
 * nl_open() - connects to the module
 * @why: Why that was not possible.
 *
 * Return: The connection, or NULL; nl_close() it.
 */
struct nl *nl_open(struct why *why)
{
	struct nl *nl = mem_zalloc(sizeof(*nl));
	int err = open_socket(nl);

	if (err) {
		because(why, "no netlink socket: %s", strerror(-err));
		goto err_close;
	}
	err = find_family(nl);
	if (err == -ENOENT) {
		because(why, "module nflb is not loaded");
		goto err_close;
	}
	if (err) {
		because(why, "looking for module nflb: %s", strerror(-err));
		goto err_close;
	}
	return nl;

err_close:
	nl_close(nl);
	return NULL;
}

/**
 * nl_close() - ends a connection; the kernel drops a transaction left open
 * @nl: The connection, or NULL.
 */
void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl);
}

/**
 * nl_refusal() - says why the kernel refused the last request
 * @nl: The connection.
 *
 * Return: The reason; its err is 0 if the kernel was not even asked.
 */
const struct nl_refusal *nl_refusal(const struct nl *nl)
{
	return &nl->refusal;
}

/**
 * nl_fd() - says what to wait for until nl_next_event() has something
 * @nl: The connection.
 *
 * Return: Its file descriptor.
 */
int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

/**
 * nl_listen() - joins the group to which changes are announced
 * @nl: The connection; it can be used for nl_next_event() only, then.
 *
 * Return: 0 or a negative error number.
 */
int nl_listen(struct nl *nl)
{
	if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP,
				  &nl->group_id, sizeof(nl->group_id)) < 0)
		return -errno;
	return 0;
}

/**
 * nl_next_event() - takes announcements, those that have come
 * @nl: The connection, after nl_listen().
 * @on_event: Called for each.
 * @arg: For @on_event.
 *
 * Return: 0, -EAGAIN when there is none, -ENOBUFS when some were lost, what
 * @on_event returned, or another negative error number.
 */
int nl_next_event(struct nl *nl, nl_reply_fn on_event, void *arg)
{
	const struct nlmsghdr *nlh;
	struct nl_attrs attrs;
	size_t pos = 0;
	ssize_t got;
	int err;

	got = nl_receive(nl, MSG_DONTWAIT);
	if (got < 0)
		return got;
	while ((nlh = nl_next_message(nl, got, &pos))) {
		if (nlh->nlmsg_type != nl->family_id)
			continue;
		err = nl_read_reply(nlh, &attrs);
		if (!err)
			err = on_event(&attrs, arg);
		if (err)
			return err;
	}
	return 0;
}
