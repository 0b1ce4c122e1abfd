// SPDX-License-Identifier: GPL-2.0-only
/* What asks for health by gRPC, and answers, those among them that lie. */
#include "helper.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grpc.h"

/* The bytes of a literal, without its zero */
#define BYTES(text)	(text), sizeof(text) - 1

static struct why why;

static void take_line(struct grpc_answer *answer, const char *line)
{
	size_t len = strlen(line);
	char *copy = malloc(len ?: 1);

	/* In memory of its own, so that a byte too many is found out */
	assert_non_null(copy);
	memcpy(copy, line, len);
	grpc_take_header(answer, copy, len);
	free(copy);
}

static void begin(struct grpc_answer *answer)
{
	*answer = (struct grpc_answer){ 0 };
	take_line(answer, "HTTP/2 200 \r\n");
	take_line(answer, "content-type: application/grpc\r\n");
}

static void end(struct grpc_answer *answer)
{
	take_line(answer, "\r\n");
	take_line(answer, "grpc-status: 0\r\n");
}

/* What has not come yet may not be read either. */
static bool judge(const struct grpc_answer *answer)
{
	size_t n = answer->n_bytes;
	bool is_serving;

	if (n < GRPC_ANSWER_MAX)
		ASAN_POISON_MEMORY_REGION(answer->bytes + n,
					  GRPC_ANSWER_MAX - n);
	is_serving = grpc_is_serving(answer, &why);
	ASAN_UNPOISON_MEMORY_REGION(answer->bytes, GRPC_ANSWER_MAX);
	return is_serving;
}

/* Judges a body, which came in pieces of that size, with its trailers. */
static bool judge_pieces(const void *body, size_t len, size_t piece)
{
	struct grpc_answer *answer = malloc(sizeof(*answer));
	const char *at = body;
	bool is_serving;

	assert_non_null(answer);
	begin(answer);
	for (; len > piece; at += piece, len -= piece)
		grpc_take_body(answer, at, piece);
	grpc_take_body(answer, at, len);
	end(answer);
	is_serving = judge(answer);
	free(answer);
	return is_serving;
}

static void expect_body(bool is_serving, const char *sentence,
			const void *body, size_t len)
{
	assert_int_equal(judge_pieces(body, len, SIZE_MAX), is_serving);
	assert_string_equal(why.text, sentence);
	assert_int_equal(judge_pieces(body, len, 1), is_serving);
	assert_string_equal(why.text, sentence);
}

/* The same of a message, which gets its prefix here */
static void expect_message(bool is_serving, const char *sentence,
			   const void *message, size_t len)
{
	uint8_t body[GRPC_PREFIX_BYTES + 256] = { 0 };

	assert_true(len < 256);
	body[4] = len;
	memcpy(body + GRPC_PREFIX_BYTES, message, len);
	expect_body(is_serving, sentence, body, GRPC_PREFIX_BYTES + len);
}

static void request_names_the_service(void **state)
{
	uint8_t bytes[GRPC_REQUEST_MAX];
	char service[NFLB_GRPC_SERVICE_MAX + 1] = { 0 };

	(void)state;
	assert_int_equal(grpc_request("", bytes), 5);
	assert_memory_equal(bytes, "\0\0\0\0\0", 5);
	assert_int_equal(grpc_request("a.B", bytes), 10);
	assert_memory_equal(bytes, "\0\0\0\0\5\x0a\3a.B", 10);
	memset(service, 'x', NFLB_GRPC_SERVICE_MAX);
	assert_int_equal(grpc_request(service, bytes), GRPC_REQUEST_MAX);
	assert_memory_equal(bytes, "\0\0\0\0\x81\x0a\x7fx", 8);
	assert_int_equal(bytes[GRPC_REQUEST_MAX - 1], 'x');
}

static void only_serving_is_good(void **state)
{
	(void)state;
	expect_message(true, "status SERVING", BYTES("\x08\1"));
	expect_message(false, "status NOT_SERVING", BYTES("\x08\2"));
	expect_message(false, "status SERVICE_UNKNOWN", BYTES("\x08\3"));
	expect_message(false, "status UNKNOWN", BYTES("\x08\0"));
	expect_message(false, "status 4", BYTES("\x08\4"));
	/* A number that is not said is 0. */
	expect_message(false, "status UNKNOWN", BYTES(""));
	/* The last one counts. */
	expect_message(false, "status NOT_SERVING", BYTES("\x08\1\x08\2"));
	expect_message(true, "status SERVING", BYTES("\x08\2\x08\1"));
	/* In more bytes than it needs, and one that is no 1 of 32 bits */
	expect_message(true, "status SERVING", BYTES("\x08\x81\x80\0"));
	expect_message(true, "status SERVING", BYTES("\x88\0\1"));
	expect_message(false, "status 4294967297",
		       BYTES("\x08\x81\x80\x80\x80\x10"));
	expect_message(false, "status 18446744073709551615",
		       BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"));
}

static void other_fields_are_passed_over(void **state)
{
	(void)state;
	expect_message(true, "status SERVING", BYTES("\x10\x96\1\x08\1"));
	expect_message(true, "status SERVING", BYTES("\x11" "12345678\x08\1"));
	expect_message(true, "status SERVING", BYTES("\x12\3\x08\2x\x08\1"));
	expect_message(true, "status SERVING", BYTES("\x12\0\x08\1"));
	expect_message(true, "status SERVING", BYTES("\x15" "1234\x08\1"));
	expect_message(true, "status SERVING", BYTES("\x08\1\x12\1x"));
	/* Groups, of which what is inside says nothing */
	expect_message(true, "status SERVING",
		       BYTES("\x08\1\x13\x08\2\x1b\x1c\x14"));
	/* The field of the status, but no number of it */
	expect_message(true, "status SERVING", BYTES("\x08\1\x0a\1\2"));
	expect_message(false, "status UNKNOWN", BYTES("\x0d\1\0\0\0"));
	expect_message(false, "status UNKNOWN", BYTES("\x0b\x08\1\x0c"));
	/* The highest number of a field */
	expect_message(true, "status SERVING",
		       BYTES("\xf8\xff\xff\xff\x0f\1\x08\1"));
}

static void malformed_messages_are_found_out(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ BYTES("\x08") },		/* no number */
		{ BYTES("\x08\x81") },		/* that goes on */
		{ BYTES("\x08\1\x80") },	/* a tag that does */
		{ BYTES("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\1") },
		{ BYTES("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\2") },
		{ BYTES("\x08\1\0\1") },	/* field 0 */
		{ BYTES("\x08\1\x80\x80\x80\x80\x10\1") },	/* 2^29 */
		{ BYTES("\x08\1\x11" "1234567") },
		{ BYTES("\x08\1\x15" "123") },
		{ BYTES("\x08\1\x12") },	/* no length */
		{ BYTES("\x08\1\x12\1") },	/* one too long */
		{ BYTES("\x08\1\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\1") },
		{ BYTES("\x08\1\x16") },	/* kinds that there are not */
		{ BYTES("\x08\1\x17") },
		{ BYTES("\x08\1\x13") },	/* a group without an end */
		{ BYTES("\x08\1\x14") },	/* an end without one */
		{ BYTES("\x08\1\x13\x1c") },	/* the end of another */
		{ BYTES("\x08\1\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13"
			"\x13\x13\x13\x13\x13\x13\x14\x14\x14\x14\x14\x14\x14"
			"\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		expect_message(false, "the answer's message is malformed",
			       bad[i].bytes, bad[i].len);
}

static void there_is_one_message(void **state)
{
	static uint8_t body[GRPC_ANSWER_MAX + 1];

	(void)state;
	expect_body(false, "the answer has no message", BYTES(""));
	expect_body(false, "the answer's message is cut off",
		    BYTES("\0\0\0\0"));
	expect_body(false, "the answer's message is cut off",
		    BYTES("\0\0\0\0\2\x08"));
	expect_body(false, "the answer's message is cut off",
		    BYTES("\0\xff\xff\xff\xff\x08\1"));
	expect_body(false, "the answer's message is compressed",
		    BYTES("\1\0\0\0\2\x08\1"));
	expect_body(false, "the answer's message is malformed",
		    BYTES("\2\0\0\0\2\x08\1"));
	expect_body(false, "the answer has more than one message",
		    BYTES("\0\0\0\0\2\x08\1\0\0\0\0\2\x08\1"));
	expect_body(false, "the answer has more than one message",
		    BYTES("\0\0\0\0\2\x08\1\0"));
	/* A field of as many bytes as there may be, and one more */
	memcpy(body, BYTES("\0\0\0\3\xfb\x08\1\x12\xf6\7"));
	expect_body(true, "status SERVING", body, GRPC_ANSWER_MAX);
	expect_body(false, "the answer is longer than 1024 bytes", body,
		    GRPC_ANSWER_MAX + 1);
}

static void nothing_more_may_come_after_too_much(void **state)
{
	static uint8_t body[GRPC_ANSWER_MAX];
	struct grpc_answer *answer = calloc(1, sizeof(*answer));

	(void)state;
	assert_true(grpc_take_body(answer, body, 1));
	assert_false(grpc_take_body(answer, body, sizeof(body)));
	assert_false(grpc_take_body(answer, body, 1));
	free(answer);
}

static const struct header_case {
	const char *lines[5];
	const char *sentence;
} headers[] = {
	{ { "content-type: text/html\r\n", "grpc-status: 0\r\n" },
	  "the answer is not gRPC" },
	{ { "content-type: application/grpc-web\r\n", "grpc-status: 0\r\n" },
	  "the answer is not gRPC" },
	{ { "content-type: application/grp\r\n", "grpc-status: 0\r\n" },
	  "the answer is not gRPC" },
	{ { "grpc-status: 0\r\n" }, "the answer is not gRPC" },
	{ { "content-type: application/grpc\r\n", "\r\n" },
	  "the answer has no grpc-status" },
	{ { "content-type: application/grpc\r\n", "grpc-status:\r\n" },
	  "the answer has no grpc-status" },
	{ { "Content-Type:application/grpc+proto\r\n", "\r\n",
	    "GRPC-Status:0" }, "the answer has no message" },
	{ { "content-type: application/grpc; x=y\r\n", "grpc-status: 12\r\n",
	    "grpc-message: Method not found!\r\n" },
	  "grpc-status 12 UNIMPLEMENTED: Method not found!" },
	{ { "content-type: application/grpc\r\n", "\r\n",
	    "grpc-message: unknown%20service%0a%\r\n", "grpc-status: 5\r\n" },
	  "grpc-status 5 NOT_FOUND: unknown service\n%" },
	{ { "content-type: application/grpc\r\n", "grpc-status: 14 \r\n",
	    "grpc-message: %2g%g2%2%00%C3%a9\r\n" },
	  "grpc-status 14 UNAVAILABLE: %2g%g2%2?\xc3\xa9" },
	{ { "content-type: application/grpc\r\n", "grpc-status: 17\r\n" },
	  "grpc-status 17" },
	{ { "content-type: application/grpc\r\n", "grpc-status: -1\r\n",
	    "grpc-message: \r\n" }, "grpc-status -1" },
	{ { "content-type: application/grpc\r\n",
	    "grpc-status: 00000000000000000\r\n" },
	  "grpc-status 000000000000000 OK" },
	/* A word in between is none of the answer. */
	{ { "content-type: application/grpc\r\n", "grpc-status: 5\r\n",
	    "\r\n", "HTTP/2 200 \r\n" }, "the answer is not gRPC" },
};

static void header_and_trailers_are_looked_at(void **state)
{
	struct grpc_answer answer;
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(headers); i++) {
		answer = (struct grpc_answer){ 0 };
		take_line(&answer, "HTTP/2 200 \r\n");
		for (j = 0; j < 5 && headers[i].lines[j]; j++)
			take_line(&answer, headers[i].lines[j]);
		assert_false(grpc_is_serving(&answer, &why));
		assert_string_equal(why.text, headers[i].sentence);
	}
}

/* It does not say how that ended. */
static void status_before_a_body_is_none(void **state)
{
	struct grpc_answer answer;

	(void)state;
	begin(&answer);
	end(&answer);
	grpc_take_body(&answer, BYTES(""));
	assert_string_equal(answer.status, "0");
	grpc_take_body(&answer, BYTES("\0\0\0\0\2\x08\1"));
	assert_false(grpc_is_serving(&answer, &why));
	assert_string_equal(why.text, "the answer has no grpc-status");
	end(&answer);
	assert_true(grpc_is_serving(&answer, &why));
}

static void texts_of_any_length_are_cut(void **state)
{
	static char line[4096];
	struct grpc_answer answer;
	size_t len;

	(void)state;
	for (len = 1; len < sizeof(line) - 20; len = len * 3 / 2 + 1) {
		begin(&answer);
		memset(line, '%', sizeof(line));
		memcpy(line, BYTES("grpc-message: "));
		line[14 + len] = '\0';
		take_line(&answer, line);
		assert_int_equal(strlen(answer.message),
				 len < GRPC_MESSAGE_SIZE ?
					 len : GRPC_MESSAGE_SIZE - 1);
		memcpy(line, BYTES("grpc-status:  "));
		take_line(&answer, line);
		assert_true(strlen(answer.status) < GRPC_STATUS_SIZE);
		assert_false(grpc_is_serving(&answer, &why));
	}
}

/* Whatever comes, no byte is read that has not come. */
static void any_bytes_are_judged(void **state)
{
	uint8_t *message;
	unsigned int i;
	size_t len, j;

	(void)state;
	srand(1);
	for (i = 0; i < 50000; i++) {
		len = rand() % 24;
		message = malloc(GRPC_PREFIX_BYTES + len);
		assert_non_null(message);
		memset(message, 0, GRPC_PREFIX_BYTES);
		message[4] = len;
		for (j = 0; j < len; j++)
			message[GRPC_PREFIX_BYTES + j] =
				rand() % 3 ? rand() % 32 : rand();
		judge_pieces(message, GRPC_PREFIX_BYTES + len, SIZE_MAX);
		free(message);
	}
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(request_names_the_service),
		CASE(only_serving_is_good),
		CASE(other_fields_are_passed_over),
		CASE(malformed_messages_are_found_out),
		CASE(there_is_one_message),
		CASE(nothing_more_may_come_after_too_much),
		CASE(header_and_trailers_are_looked_at),
		CASE(status_before_a_body_is_none),
		CASE(texts_of_any_length_are_cut),
		CASE(any_bytes_are_judged),
	};

	return RUN(cases);
}
