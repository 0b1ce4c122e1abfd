// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of what the kernel sent. An attribute that is absent, or shorter
 * than its type, reads as zero or empty.
 */
#include <assert.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "mem.h"
#include "nflb.h"
#include "nl_internal.h"

static_assert(ARRAY_SIZE(((struct nl_attrs *)0)->by_type) >
	      NFLB_A_COUNTERS_MAX, "counters without room");
static_assert(ARRAY_SIZE(((struct nl_attrs *)0)->by_type) >
	      NFLB_A_SERVICE_MAX, "attributes of services without room");

static const void *payload_of(const struct nlattr *attr)
{
	return (const uint8_t *)attr + NLA_HDRLEN;
}

static size_t payload_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static uint16_t type_of(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

/* The attribute at @at, or NULL when what is left holds none. */
static const struct nlattr *attr_within(const void *at, size_t left)
{
	const struct nlattr *attr = at;

	if (left < sizeof(*attr) || attr->nla_len < NLA_HDRLEN ||
	    attr->nla_len > left)
		return NULL;
	return attr;
}

static const struct nlattr *attr_after(const struct nl_attrs *attrs,
				       const struct nlattr *attr)
{
	size_t offset = (const uint8_t *)attr - (const uint8_t *)attrs->first;

	offset += NLA_ALIGN(attr->nla_len);
	if (offset >= attrs->len)
		return NULL;
	return attr_within((const uint8_t *)attrs->first + offset,
			   attrs->len - offset);
}

/**
 * nl_next_message() - walks over the messages that were received
 * @nl: The connection.
 * @len: Bytes received.
 * @pos: Where the next message begins, 0 at first; updated.
 *
 * Return: The message, which ends within what was received, or NULL.
 */
const struct nlmsghdr *nl_next_message(const struct nl *nl, size_t len,
				       size_t *pos)
{
	const struct nlmsghdr *nlh;

	if (*pos > len || len - *pos < sizeof(*nlh))
		return NULL;
	nlh = (const struct nlmsghdr *)(nl->recv_buf + *pos);
	if (nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len - *pos)
		return NULL;
	*pos += NLMSG_ALIGN(nlh->nlmsg_len);
	return nlh;
}

/**
 * nl_read_attrs() - reads a run of attributes
 * @attrs: Where they are noted; they stay where they are.
 * @payload: The first.
 * @len: Bytes of all.
 */
void nl_read_attrs(struct nl_attrs *attrs, const void *payload, size_t len)
{
	const struct nlattr *attr = attr_within(payload, len);

	memset(attrs, 0, sizeof(*attrs));
	attrs->first = payload;
	attrs->len = len;
	for (; attr; attr = attr_after(attrs, attr)) {
		uint16_t type = type_of(attr);

		if (type <= NL_ATTRS_MAX && !attrs->by_type[type])
			attrs->by_type[type] = attr;
	}
}

/**
 * nl_read_reply() - reads a generic netlink message
 * @nlh: The message.
 * @attrs: Where its attributes are noted.
 *
 * Return: 0, or -EBADMSG if it is too short.
 */
int nl_read_reply(const struct nlmsghdr *nlh, struct nl_attrs *attrs)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	size_t len = NLMSG_PAYLOAD(nlh, 0);

	if (len < sizeof(*genl))
		return -EBADMSG;
	nl_read_attrs(attrs, genl + 1, len - sizeof(*genl));
	attrs->cmd = genl->cmd;
	return 0;
}

/**
 * nl_has() - says whether an attribute is there
 * @attrs: The attributes.
 * @attr: Its type.
 *
 * Return: true if it is.
 */
bool nl_has(const struct nl_attrs *attrs, uint16_t attr)
{
	return attrs->by_type[attr];
}

static void copy_payload(const struct nl_attrs *attrs, uint16_t attr, void *to,
			 size_t len)
{
	const struct nlattr *from = attrs->by_type[attr];

	if (from && payload_len(from) >= len)
		memcpy(to, payload_of(from), len);
}

/**
 * nl_u32() - reads a number
 * @attrs: The attributes.
 * @attr: Its type.
 *
 * Return: The number, or 0.
 */
uint32_t nl_u32(const struct nl_attrs *attrs, uint16_t attr)
{
	uint32_t value = 0;

	copy_payload(attrs, attr, &value, sizeof(value));
	return value;
}

/**
 * nl_u64() - reads a number of 64 bits
 * @attrs: The attributes.
 * @attr: Its type.
 *
 * Return: The number, or 0.
 */
uint64_t nl_u64(const struct nl_attrs *attrs, uint16_t attr)
{
	uint64_t value = 0;

	copy_payload(attrs, attr, &value, sizeof(value));
	return value;
}

/**
 * nl_text_of() - reads a string
 * @item: The attribute, or NULL.
 *
 * Return: The string, or ""; valid as long as the message.
 */
const char *nl_text_of(const struct nlattr *item)
{
	const char *text;

	if (!item)
		return "";
	text = payload_of(item);
	return memchr(text, '\0', payload_len(item)) ? text : "";
}

/**
 * nl_text() - reads a string
 * @attrs: The attributes.
 * @attr: Its type.
 *
 * Return: The string, or ""; valid as long as the message.
 */
const char *nl_text(const struct nl_attrs *attrs, uint16_t attr)
{
	return nl_text_of(attrs->by_type[attr]);
}

/**
 * nl_address_of() - reads an address
 * @item: The attribute, or NULL.
 *
 * Return: The address; of length 0 if it is absent.
 */
struct address nl_address_of(const struct nlattr *item)
{
	struct address address = { 0 };

	if (item && (payload_len(item) == 4 || payload_len(item) == 16)) {
		address.len = payload_len(item);
		memcpy(address.bytes, payload_of(item), address.len);
	}
	return address;
}

/**
 * nl_address() - reads an address
 * @attrs: The attributes.
 * @attr: Its type.
 *
 * Return: The address; of length 0 if it is absent.
 */
struct address nl_address(const struct nl_attrs *attrs, uint16_t attr)
{
	return nl_address_of(attrs->by_type[attr]);
}

/**
 * nl_endpoint() - reads an address and its port
 * @attrs: The attributes.
 * @address_attr: The attribute with the address.
 * @port_attr: The attribute with the port; without it there is none.
 *
 * Return: Both.
 */
struct endpoint nl_endpoint(const struct nl_attrs *attrs, uint16_t address_attr,
			    uint16_t port_attr)
{
	return (struct endpoint){
		.address = nl_address(attrs, address_attr),
		.port = nl_u32(attrs, port_attr),
		.has_port = nl_has(attrs, port_attr),
	};
}

/**
 * nl_bytes_of() - reads bytes
 * @item: The attribute, or NULL.
 * @len: Where their number goes; 0 without the attribute.
 *
 * Return: The bytes; valid as long as the message.
 */
const void *nl_bytes_of(const struct nlattr *item, size_t *len)
{
	*len = item ? payload_len(item) : 0;
	return item ? payload_of(item) : NULL;
}

/**
 * nl_bytes() - reads bytes
 * @attrs: The attributes.
 * @attr: Its type.
 * @len: Where their number goes; 0 if it is absent.
 *
 * Return: The bytes; valid as long as the message.
 */
const void *nl_bytes(const struct nl_attrs *attrs, uint16_t attr, size_t *len)
{
	return nl_bytes_of(attrs->by_type[attr], len);
}

/**
 * nl_nest_of() - reads the attributes inside an attribute
 * @item: The attribute, or NULL.
 * @nest: Where they are noted; none if @item is NULL.
 *
 * Return: true if @item is not NULL.
 */
bool nl_nest_of(const struct nlattr *item, struct nl_attrs *nest)
{
	memset(nest, 0, sizeof(*nest));
	if (item)
		nl_read_attrs(nest, payload_of(item), payload_len(item));
	return item;
}

/**
 * nl_nest() - reads the attributes inside an attribute
 * @attrs: The attributes.
 * @attr: Type of the one that has others inside.
 * @nest: Where they are noted; none if it is absent.
 *
 * Return: true if it is there.
 */
bool nl_nest(const struct nl_attrs *attrs, uint16_t attr, struct nl_attrs *nest)
{
	return nl_nest_of(attrs->by_type[attr], nest);
}

/**
 * nl_next() - walks over attributes of one type
 * @attrs: The attributes.
 * @attr: The type.
 * @after: The one before, or NULL for the first.
 *
 * Return: The attribute, or NULL.
 */
const struct nlattr *nl_next(const struct nl_attrs *attrs, uint16_t attr,
			     const struct nlattr *after)
{
	if (!after)
		return attrs->by_type[attr];
	do {
		after = attr_after(attrs, after);
	} while (after && type_of(after) != attr);
	return after;
}
