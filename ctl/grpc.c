// SPDX-License-Identifier: GPL-2.0-only
/*
 * As grpc/doc/health-checking.md has it, over what PROTOCOL-HTTP2.md says of
 * messages and headers. The two messages have one field each, so that nothing
 * is needed that knows protocol buffers as a whole.
 */
#include "grpc.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parse.h"

#define FIELD_SERVICE	1	/* of the request, a string */
#define FIELD_STATUS	1	/* of the response, a number */
#define FIELD_MAX	0x1fffffff
#define VARINT_BITS	7
#define GROUPS_MAX	16

/* How a field is written, in the lowest bits of its tag. */
enum wire {
	WIRE_VARINT,
	WIRE_64_BITS,
	WIRE_BYTES,
	WIRE_GROUP,
	WIRE_GROUP_END,
	WIRE_32_BITS,
};

#define WIRE_BITS	3

#define SERVING		1

static const struct word serving_words[] = {
	{ "UNKNOWN", 0 },
	{ "SERVING", SERVING },
	{ "NOT_SERVING", 2 },
	{ "SERVICE_UNKNOWN", 3 },
	{ NULL, 0 },
};

static const struct word status_words[] = {
	{ "OK", 0 },
	{ "CANCELLED", 1 },
	{ "UNKNOWN", 2 },
	{ "INVALID_ARGUMENT", 3 },
	{ "DEADLINE_EXCEEDED", 4 },
	{ "NOT_FOUND", 5 },
	{ "ALREADY_EXISTS", 6 },
	{ "PERMISSION_DENIED", 7 },
	{ "RESOURCE_EXHAUSTED", 8 },
	{ "FAILED_PRECONDITION", 9 },
	{ "ABORTED", 10 },
	{ "OUT_OF_RANGE", 11 },
	{ "UNIMPLEMENTED", 12 },
	{ "INTERNAL", 13 },
	{ "UNAVAILABLE", 14 },
	{ "DATA_LOSS", 15 },
	{ "UNAUTHENTICATED", 16 },
	{ NULL, 0 },
};

static_assert(NFLB_GRPC_SERVICE_MAX < 1 << VARINT_BITS,
	      "the length of a service's name is a varint of one byte");

/**
 * grpc_request() - writes what asks for the health of a service
 * @service: Its name, of at most NFLB_GRPC_SERVICE_MAX bytes; empty for the
 *           server as a whole.
 * @bytes: Where it goes, with its prefix.
 *
 * Return: How many bytes there are.
 */
size_t grpc_request(const char *service, uint8_t bytes[GRPC_REQUEST_MAX])
{
	size_t len = strnlen(service, NFLB_GRPC_SERVICE_MAX);

	memset(bytes, 0, GRPC_PREFIX_BYTES);
	/* What has its default value is left out. */
	if (!len)
		return GRPC_PREFIX_BYTES;
	bytes[GRPC_PREFIX_BYTES - 1] = 2 + len;
	bytes[GRPC_PREFIX_BYTES] = FIELD_SERVICE << WIRE_BITS | WIRE_BYTES;
	bytes[GRPC_PREFIX_BYTES + 1] = len;
	memcpy(bytes + GRPC_PREFIX_BYTES + 2, service, len);
	return GRPC_PREFIX_BYTES + 2 + len;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no escape is left as it is: the sender was to know better. */
static char decode_char(const char **text, const char *end)
{
	const char *at = (*text)++;
	int high, low;

	if (*at != '%' || end - at < 3)
		return *at;
	high = hex_digit(at[1]);
	low = hex_digit(at[2]);
	if (high < 0 || low < 0)
		return *at;
	*text += 2;
	return high << 4 | low;
}

/* A zero would be the text's end for who reads it. */
static void decode(const char *text, size_t len, char buf[GRPC_MESSAGE_SIZE])
{
	const char *end = text + len;
	size_t i = 0;

	while (text < end && i < GRPC_MESSAGE_SIZE - 1)
		buf[i++] = decode_char(&text, end) ?: '?';
	buf[i] = '\0';
}

static bool begins_with(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) &&
	       strncasecmp(text, word, strlen(word)) == 0;
}

/* application/grpc, or that with a format or with parameters */
static bool is_content(const char *value, size_t len)
{
	static const char type[] = "application/grpc";

	return begins_with(value, len, type) &&
	       (len == strlen(type) || strchr("+; ", value[strlen(type)]));
}

static void take_field(struct grpc_answer *answer, const char *name,
		       const char *value, size_t len)
{
	if (begins_with(name, value - name, "content-type:"))
		answer->is_grpc = is_content(value, len);
	else if (begins_with(name, value - name, "grpc-status:"))
		snprintf(answer->status, sizeof(answer->status), "%.*s",
			 (int)len, value);
	else if (begins_with(name, value - name, "grpc-message:"))
		decode(value, len, answer->message);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/**
 * grpc_take_header() - takes a line of a header or of trailers
 * @answer: The answer.
 * @line: The line, not ended by a zero; that of the HTTP status begins anew,
 *        for what was before it was no more than a word in between.
 * @len: Its length.
 */
void grpc_take_header(struct grpc_answer *answer, const char *line, size_t len)
{
	const char *value = memchr(line, ':', len);
	const char *end = line + len;

	if (begins_with(line, len, "HTTP/")) {
		*answer = (struct grpc_answer){ 0 };
		return;
	}
	if (!value)
		return;
	value++;
	while (value < end && is_blank(*value))
		value++;
	while (end > value && is_blank(end[-1]))
		end--;
	take_field(answer, line, value, end - value);
}

/**
 * grpc_take_body() - takes a piece of the body
 * @answer: The answer.
 * @bytes: The piece.
 * @len: Its length.
 *
 * A status that came before a body does not say how that ended.
 *
 * Return: Whether more may come.
 */
bool grpc_take_body(struct grpc_answer *answer, const void *bytes, size_t len)
{
	if (len && !answer->n_bytes) {
		answer->status[0] = '\0';
		answer->message[0] = '\0';
	}
	if (answer->n_bytes > GRPC_ANSWER_MAX ||
	    len > GRPC_ANSWER_MAX - answer->n_bytes) {
		answer->n_bytes = GRPC_ANSWER_MAX + 1;
		return false;
	}
	memcpy(answer->bytes + answer->n_bytes, bytes, len);
	answer->n_bytes += len;
	return true;
}

/**
 * struct reader - what is left of a message
 * @at: Where it goes on.
 * @left: How much is left.
 * @n_groups: How many groups are open.
 * @groups: The numbers of their fields.
 */
struct reader {
	const uint8_t *at;
	size_t left;
	size_t n_groups;
	uint64_t groups[GROUPS_MAX];
};

static bool skip(struct reader *reader, uint64_t n)
{
	if (n > reader->left)
		return false;
	reader->at += n;
	reader->left -= n;
	return true;
}

/* Whether there is one, of at most 64 bits */
static bool read_varint(struct reader *reader, uint64_t *value)
{
	unsigned int shift;
	uint8_t byte;

	*value = 0;
	for (shift = 0; shift < 64; shift += VARINT_BITS) {
		if (!reader->left)
			return false;
		byte = *reader->at;
		skip(reader, 1);
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return shift < 63 || byte <= 1;
	}
	return false;
}

static bool skip_bytes(struct reader *reader)
{
	uint64_t len;

	return read_varint(reader, &len) && skip(reader, len);
}

static bool open_group(struct reader *reader, uint64_t field)
{
	if (reader->n_groups == GROUPS_MAX)
		return false;
	reader->groups[reader->n_groups++] = field;
	return true;
}

static bool close_group(struct reader *reader, uint64_t field)
{
	return reader->n_groups && reader->groups[--reader->n_groups] == field;
}

/* A later version of the message may have fields that this one does not. */
static bool skip_field(struct reader *reader, uint64_t field, enum wire wire)
{
	uint64_t value;

	switch (wire) {
	case WIRE_VARINT:
		return read_varint(reader, &value);
	case WIRE_64_BITS:
		return skip(reader, 8);
	case WIRE_BYTES:
		return skip_bytes(reader);
	case WIRE_GROUP:
		return open_group(reader, field);
	case WIRE_GROUP_END:
		return close_group(reader, field);
	case WIRE_32_BITS:
		return skip(reader, 4);
	}
	return false;
}

static bool read_field(struct reader *reader, uint64_t *serving)
{
	uint64_t tag, field;
	enum wire wire;

	if (!read_varint(reader, &tag))
		return false;
	field = tag >> WIRE_BITS;
	wire = tag & ((1 << WIRE_BITS) - 1);
	if (!field || field > FIELD_MAX)
		return false;
	/* Of what is said several times the last one counts. */
	if (field == FIELD_STATUS && wire == WIRE_VARINT && !reader->n_groups)
		return read_varint(reader, serving);
	return skip_field(reader, field, wire);
}

static bool read_message(struct reader *reader, uint64_t *serving)
{
	*serving = 0;
	while (reader->left)
		if (!read_field(reader, serving))
			return false;
	return !reader->n_groups;
}

static uint32_t length_of(const uint8_t prefix[GRPC_PREFIX_BYTES])
{
	return (uint32_t)prefix[1] << 24 | prefix[2] << 16 | prefix[3] << 8 |
	       prefix[4];
}

/* Finds the one message that there is to be. */
static int find_message(const struct grpc_answer *answer, struct reader *reader,
			struct why *why)
{
	uint32_t len;

	if (!answer->n_bytes)
		return because(why, "the answer has no message");
	if (answer->n_bytes < GRPC_PREFIX_BYTES)
		return because(why, "the answer's message is cut off");
	if (answer->bytes[0])
		return because(why, answer->bytes[0] == 1 ?
				       "the answer's message is compressed" :
				       "the answer's message is malformed");
	len = length_of(answer->bytes);
	if (len > answer->n_bytes - GRPC_PREFIX_BYTES)
		return because(why, "the answer's message is cut off");
	if (len < answer->n_bytes - GRPC_PREFIX_BYTES)
		return because(why, "the answer has more than one message");
	*reader = (struct reader){
		.at = answer->bytes + GRPC_PREFIX_BYTES,
		.left = len,
	};
	return 0;
}

static bool judge_message(const struct grpc_answer *answer, struct why *why)
{
	struct reader reader = { 0 };
	uint64_t serving;
	const char *name;

	if (find_message(answer, &reader, why))
		return false;
	if (!read_message(&reader, &serving)) {
		because(why, "the answer's message is malformed");
		return false;
	}
	name = serving <= UINT32_MAX ? word_name(serving_words, serving) : NULL;
	if (name)
		because(why, "status %s", name);
	else
		because(why, "status %" PRIu64, serving);
	return serving == SERVING;
}

static void explain_status(const struct grpc_answer *answer, struct why *why)
{
	uint64_t status;
	const char *name = NULL;

	if (!parse_u64(answer->status, 0, UINT32_MAX, &status, why))
		name = word_name(status_words, status);
	because(why, "grpc-status %s%s%s%s%s", answer->status, name ? " " : "",
		name ?: "", *answer->message ? ": " : "", answer->message);
}

/**
 * grpc_is_serving() - judges an answer
 * @answer: The answer, whole or, if no more may come, as far as it has.
 * @why: What it says, or what is wrong with it; parts of that may be of the
 *       server's and steer a terminal.
 *
 * Return: Whether it says that the service can be used.
 */
bool grpc_is_serving(const struct grpc_answer *answer, struct why *why)
{
	if (!answer->is_grpc)
		because(why, "the answer is not gRPC");
	else if (answer->n_bytes > GRPC_ANSWER_MAX)
		because(why, "the answer is longer than %d bytes",
			GRPC_ANSWER_MAX);
	else if (!*answer->status)
		because(why, "the answer has no grpc-status");
	else if (strcmp(answer->status, "0") != 0)
		explain_status(answer, why);
	else
		return judge_message(answer, why);
	return false;
}
