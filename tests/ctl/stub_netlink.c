// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the place of netlink.c: requests are not sent, but noted as attributes
 * in a message that nl_read_attrs() can read.
 */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"

static struct nlmsghdr *header(struct nl_msg *msg)
{
	return (struct nlmsghdr *)msg->buf;
}

static void put(struct nl_msg *msg, uint16_t type, const void *data, size_t len)
{
	struct nlmsghdr *nlh = header(msg);
	struct nlattr *attr;

	if (nlh->nlmsg_len + NLA_HDRLEN + NLA_ALIGN(len) > NL_MSG_SIZE)
		abort();
	attr = (struct nlattr *)(msg->buf + nlh->nlmsg_len);
	memset(attr, 0, NLA_HDRLEN + NLA_ALIGN(len));
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy(attr + 1, data, len);
	nlh->nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
}

void nl_msg_init(struct nl_msg *msg, uint8_t cmd)
{
	memset(msg->buf, 0, NLMSG_HDRLEN);
	header(msg)->nlmsg_type = cmd;
	header(msg)->nlmsg_len = NLMSG_HDRLEN;
}

void nl_put_u32(struct nl_msg *msg, uint16_t attr, uint32_t value)
{
	put(msg, attr, &value, sizeof(value));
}

void nl_put_u64(struct nl_msg *msg, uint16_t attr, uint64_t value)
{
	put(msg, attr, &value, sizeof(value));
}

void nl_put_text(struct nl_msg *msg, uint16_t attr, const char *text)
{
	put(msg, attr, text, strlen(text) + 1);
}

void nl_put_flag(struct nl_msg *msg, uint16_t attr)
{
	put(msg, attr, NULL, 0);
}

void nl_put_bytes(struct nl_msg *msg, uint16_t attr, const void *data,
		  size_t len)
{
	put(msg, attr, data, len);
}

void nl_put_address(struct nl_msg *msg, uint16_t attr,
		    const struct address *address)
{
	put(msg, attr, address->bytes, address->len);
}
