/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel, as the rest of lbctl sees it: messages of attributes to the
 * nflb family, and what comes back. Only netlink.c knows libmnl.
 *
 * Functions return 0 or a negative error number. After a refusal by the
 * kernel nl_refusal() tells more.
 */
#ifndef LBCTL_NETLINK_H
#define LBCTL_NETLINK_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

#define NL_ATTRS_MAX	56	/* no set of the contract has more */
#define NL_MSG_SIZE	32768	/* a service with the longest allow list */
#define NL_TEXT_SIZE	256
#define NL_STREAM_MAX	1024	/* requests of a stream under way at once */

struct nl;
struct nlattr;

/**
 * struct nl_msg - a request
 * @buf: The message.
 */
struct nl_msg {
	alignas(8) uint8_t buf[NL_MSG_SIZE];
};

/**
 * struct nl_attrs - attributes of a message or of a nest
 * @cmd: Command of the message; 0 for a nest.
 * @first: First attribute.
 * @len: Bytes of all attributes.
 * @by_type: First attribute of each type, or NULL.
 */
struct nl_attrs {
	uint8_t cmd;
	const struct nlattr *first;
	size_t len;
	const struct nlattr *by_type[NL_ATTRS_MAX + 1];
};

/**
 * struct nl_list - what a dump answered, kept
 * @bytes: The attributes of all answers.
 * @len: Their bytes.
 * @cap: Room in @bytes.
 * @ends: Where the attributes of each answer end in @bytes.
 * @n: Number of answers.
 * @ends_cap: Room in @ends.
 */
struct nl_list {
	uint8_t *bytes;
	size_t len;
	size_t cap;
	size_t *ends;
	size_t n;
	size_t ends_cap;
};

/**
 * struct nl_refusal - why the kernel refused
 * @err: Positive error number.
 * @attr: Attribute that it is about, or 0.
 * @missing: Attribute that is missing, or 0.
 * @has_range: @min and @max are set.
 * @min: Smallest number allowed.
 * @max: Largest number allowed.
 * @max_len: Greatest length allowed in bytes, or 0.
 * @text: The kernel's sentence, or empty.
 */
struct nl_refusal {
	int err;
	uint16_t attr;
	uint16_t missing;
	bool has_range;
	uint64_t min;
	uint64_t max;
	uint32_t max_len;
	char text[NL_TEXT_SIZE];
};

/**
 * typedef nl_reply_fn - is called for a message that came
 * @attrs: Its attributes, valid during the call.
 * @arg: As given with the function.
 *
 * Return: 0, or a negative number to hear no more.
 */
typedef int (*nl_reply_fn)(const struct nl_attrs *attrs, void *arg);

/**
 * struct nl_stream - many requests, many at a time
 * @nl: The connection.
 * @is_answered: Every request is answered; nl_stream_send() waits for that.
 * @on_reply: Called for each answer, with the request's number.
 * @on_refusal: Called for each refusal, with the request's number.
 * @arg: For these functions.
 */
struct nl_stream {
	struct nl *nl;
	bool is_answered;
	int (*on_reply)(size_t idx, const struct nl_attrs *attrs, void *arg);
	int (*on_refusal)(size_t idx, const struct nl_refusal *why, void *arg);
	void *arg;
};

int nl_enter_netns(const char *name, struct why *why);
struct nl *nl_open(struct why *why);
void nl_close(struct nl *nl);
const struct nl_refusal *nl_refusal(const struct nl *nl);

void nl_msg_init(struct nl_msg *msg, uint8_t cmd);
void nl_put_u32(struct nl_msg *msg, uint16_t attr, uint32_t value);
void nl_put_u64(struct nl_msg *msg, uint16_t attr, uint64_t value);
void nl_put_text(struct nl_msg *msg, uint16_t attr, const char *text);
void nl_put_flag(struct nl_msg *msg, uint16_t attr);
void nl_put_address(struct nl_msg *msg, uint16_t attr,
		    const struct address *address);
void nl_put_bytes(struct nl_msg *msg, uint16_t attr, const void *data,
		  size_t len);

int nl_call(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply, void *arg);
int nl_dump(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply, void *arg);
int nl_fd(const struct nl *nl);
int nl_listen(struct nl *nl);
int nl_next_event(struct nl *nl, nl_reply_fn on_event, void *arg);

void nl_list_init(struct nl_list *list);
void nl_list_free(struct nl_list *list);
int nl_list_keep(const struct nl_attrs *attrs, void *arg);
int nl_collect(struct nl *nl, struct nl_msg *msg, struct nl_list *list);
int nl_each_of(struct nl *nl, struct nl_msg *msg, nl_reply_fn on_reply,
	       void *arg);
int nl_each(struct nl *nl, uint8_t cmd, nl_reply_fn on_reply, void *arg);
void nl_list_get(const struct nl_list *list, size_t idx,
		 struct nl_attrs *attrs);

void nl_stream_begin(struct nl_stream *stream);
int nl_stream_add(struct nl_stream *stream, const struct nl_msg *msg);
int nl_stream_send(struct nl_stream *stream);

bool nl_has(const struct nl_attrs *attrs, uint16_t attr);
uint32_t nl_u32(const struct nl_attrs *attrs, uint16_t attr);
uint64_t nl_u64(const struct nl_attrs *attrs, uint16_t attr);
const char *nl_text(const struct nl_attrs *attrs, uint16_t attr);
struct address nl_address_of(const struct nlattr *item);
struct address nl_address(const struct nl_attrs *attrs, uint16_t attr);
struct endpoint nl_endpoint(const struct nl_attrs *attrs, uint16_t address_attr,
			    uint16_t port_attr);
const void *nl_bytes_of(const struct nlattr *item, size_t *len);
const void *nl_bytes(const struct nl_attrs *attrs, uint16_t attr, size_t *len);
bool nl_nest(const struct nl_attrs *attrs, uint16_t attr,
	     struct nl_attrs *nest);
const struct nlattr *nl_next(const struct nl_attrs *attrs, uint16_t attr,
			     const struct nlattr *after);
bool nl_nest_of(const struct nlattr *item, struct nl_attrs *nest);
const char *nl_text_of(const struct nlattr *item);

#endif /* LBCTL_NETLINK_H */
