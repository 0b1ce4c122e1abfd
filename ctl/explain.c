// SPDX-License-Identifier: GPL-2.0-only
/* lbctl explain: the kernel's own choice for a tuple, and how it came. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "explain.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"
#include "schema.h"
#include "wire.h"

#define LINE_DELIMITERS	" \t\r\n"
#define PROTOCOL_TEXT_SIZE	12
#define CLIENT_TEXT_SIZE	(ENDPOINT_TEXT_SIZE + 12)

const struct help_word explain_words[] = {
	{ "PROTOCOL", "tcp, udp, sctp or a number" },
	{ "SRC, DST",
	  "ADDRESS:PORT, [ADDRESS]:PORT, or ADDRESS without ports" },
	{ "-", "reads PROTOCOL SRC DST from each line of stdin; a line" },
	{ "", "for each: PROTOCOL SRC DST VERDICT SERVICE POOL BACKEND" },
	{ "", "ENDPOINT SLOT ATTEMPTS FIRST-CHOICE RAMPING" },
	{ NULL, NULL },
};

/**
 * struct explaining - tuples from stdin that are being asked about
 * @asked: The tuples under way, by request number modulo the size.
 * @line: Number of the line that was read last.
 */
struct explaining {
	struct tuple asked[NL_STREAM_MAX];
	size_t line;
};

static bool protocol_has_ports(uint32_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

static int parse_end(const char *word, const char *text, bool needs_port,
		     struct endpoint *end, struct why *why)
{
	char cut[EXCERPT_SIZE];
	struct why reason;

	if (parse_endpoint(text, end, &reason))
		return because(why, "%s %s: %.200s", word, excerpt(text, cut),
			       reason.text);
	if (needs_port && !end->has_port)
		return because(why, "%s %s: the protocol needs a port", word,
			       excerpt(text, cut));
	if (!needs_port && end->has_port)
		return because(why, "%s %s: the protocol has no ports", word,
			       excerpt(text, cut));
	return 0;
}

static int parse_tuple(char *const words[3], struct tuple *tuple,
		       struct why *why)
{
	char cut[EXCERPT_SIZE];
	struct why reason;
	bool needs_port;

	if (parse_protocol(words[0], &tuple->protocol, &reason))
		return because(why, "protocol %s: %.200s",
			       excerpt(words[0], cut), reason.text);
	needs_port = protocol_has_ports(tuple->protocol);
	if (parse_end("source", words[1], needs_port, &tuple->src, why) ||
	    parse_end("destination", words[2], needs_port, &tuple->dst, why))
		return -EINVAL;
	if (tuple->src.address.len != tuple->dst.address.len)
		return because(why, "destination %s: %s, but source is %s",
			       excerpt(words[2], cut),
			       address_family_name(&tuple->dst.address),
			       address_family_name(&tuple->src.address));
	return 0;
}

/**
 * explain_begin() - begins a question to the kernel
 * @msg: The request.
 * @tuple: What it is about.
 */
void explain_begin(struct nl_msg *msg, const struct tuple *tuple)
{
	nl_msg_init(msg, NFLB_CMD_EXPLAIN);
	nl_put_u32(msg, NFLB_A_EXPLAIN_PROTOCOL, tuple->protocol);
	nl_put_address(msg, NFLB_A_EXPLAIN_SRC, &tuple->src.address);
	nl_put_u32(msg, NFLB_A_EXPLAIN_SRC_PORT, tuple->src.port);
	nl_put_address(msg, NFLB_A_EXPLAIN_DST, &tuple->dst.address);
	nl_put_u32(msg, NFLB_A_EXPLAIN_DST_PORT, tuple->dst.port);
}

static const char *protocol_text(uint32_t protocol,
				 char buf[PROTOCOL_TEXT_SIZE])
{
	const char *name = word_name(protocol_words, protocol);

	if (name)
		return name;
	snprintf(buf, PROTOCOL_TEXT_SIZE, "%u", protocol);
	return buf;
}

static const char *verdict_text(const struct nl_attrs *attrs)
{
	return word_name(verdict_words,
			 nl_u32(attrs, NFLB_A_EXPLAIN_VERDICT)) ?: "unknown";
}

/* What an attribute's number stands for, or NULL without the attribute. */
static const char *word_of(const struct nl_attrs *attrs, uint16_t attr,
			   const struct word *words)
{
	if (!nl_has(attrs, attr))
		return NULL;
	return word_name(words, nl_u32(attrs, attr)) ?: "unknown";
}

static const char *backend_text(const struct nl_attrs *attrs,
				char buf[ENDPOINT_TEXT_SIZE])
{
	struct endpoint end = nl_endpoint(attrs, NFLB_A_EXPLAIN_BACKEND_ADDRESS,
					  NFLB_A_EXPLAIN_BACKEND_PORT);

	return format_endpoint(&end, buf);
}

static void json_text(const char *key, const struct nl_attrs *attrs,
		      uint16_t attr)
{
	if (nl_has(attrs, attr))
		json_string(key, nl_text(attrs, attr));
}

static void json_word(const char *key, const char *word)
{
	if (word)
		json_string(key, word);
}

static void json_number(const char *key, const struct nl_attrs *attrs,
			uint16_t attr)
{
	if (nl_has(attrs, attr))
		json_u64(key, nl_u32(attrs, attr));
}

/* The client as the service tells it from others, with the bits that matter. */
static const char *client_text(const struct nl_attrs *attrs,
			       char buf[CLIENT_TEXT_SIZE])
{
	struct address client = nl_address(attrs, NFLB_A_EXPLAIN_CLIENT);
	char address[ENDPOINT_TEXT_SIZE];

	snprintf(buf, CLIENT_TEXT_SIZE, "%s/%u",
		 format_address(&client, address),
		 nl_u32(attrs, NFLB_A_EXPLAIN_CLIENT_PREFIX));
	return buf;
}

static void json_affinity(const struct nl_attrs *attrs)
{
	char client[CLIENT_TEXT_SIZE];

	if (!nl_has(attrs, NFLB_A_EXPLAIN_AFFINITY))
		return;
	json_word("affinity", word_of(attrs, NFLB_A_EXPLAIN_AFFINITY,
				      affinity_words));
	json_string("client", client_text(attrs, client));
	json_word("chosen_by", word_of(attrs, NFLB_A_EXPLAIN_CHOSEN_BY,
				       chosen_by_words));
}

static void print_json(const struct tuple *tuple, const struct nl_attrs *attrs)
{
	char protocol[PROTOCOL_TEXT_SIZE], end[ENDPOINT_TEXT_SIZE];
	struct address address;

	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("protocol", protocol_text(tuple->protocol, protocol));
	json_string("src", format_endpoint(&tuple->src, end));
	json_string("dst", format_endpoint(&tuple->dst, end));
	json_string("verdict", verdict_text(attrs));
	json_text("frontend", attrs, NFLB_A_EXPLAIN_FRONTEND);
	json_text("service", attrs, NFLB_A_EXPLAIN_SERVICE);
	json_text("pool", attrs, NFLB_A_EXPLAIN_POOL);
	json_text("scheduler", attrs, NFLB_A_EXPLAIN_SCHEDULER);
	json_number("slot", attrs, NFLB_A_EXPLAIN_SLOT);
	json_number("attempts", attrs, NFLB_A_EXPLAIN_ATTEMPTS);
	json_text("backend", attrs, NFLB_A_EXPLAIN_BACKEND);
	address = nl_address(attrs, NFLB_A_EXPLAIN_BACKEND_ADDRESS);
	if (address.len)
		json_string("backend_address", format_address(&address, end));
	json_number("backend_port", attrs, NFLB_A_EXPLAIN_BACKEND_PORT);
	if (nl_has(attrs, NFLB_A_EXPLAIN_FLOATING))
		json_bool("floating", true);
	json_text("first_choice", attrs, NFLB_A_EXPLAIN_FIRST_CHOICE);
	json_word("fallback", word_of(attrs, NFLB_A_EXPLAIN_FALLBACK,
				      fallback_words));
	json_word("all_down", word_of(attrs, NFLB_A_EXPLAIN_ALL_DOWN,
				      all_down_words));
	json_text("full", attrs, NFLB_A_EXPLAIN_FULL);
	json_text("ramping", attrs, NFLB_A_EXPLAIN_RAMPING);
	json_number("ramping_share", attrs, NFLB_A_EXPLAIN_RAMPING_SHARE);
	json_number("prefer_zone", attrs, NFLB_A_EXPLAIN_PREFER_ZONE);
	json_number("zone_share", attrs, NFLB_A_EXPLAIN_ZONE_SHARE);
	json_affinity(attrs);
	if (nl_has(attrs, NFLB_A_EXPLAIN_PROTECTED))
		json_bool("protected", true);
	json_word("udp_mode", word_of(attrs, NFLB_A_EXPLAIN_UDP_MODE,
				      udp_mode_words));
	json_end();
}

static void word_or_dash(const struct nl_attrs *attrs, uint16_t attr)
{
	print_text(" %s", nl_has(attrs, attr) ? nl_text(attrs, attr) : "-");
}

static void number_or_dash(const struct nl_attrs *attrs, uint16_t attr)
{
	if (nl_has(attrs, attr))
		print_text(" %u", nl_u32(attrs, attr));
	else
		print_text(" -");
}

static void print_line(const struct tuple *tuple, const struct nl_attrs *attrs)
{
	char src[ENDPOINT_TEXT_SIZE], dst[ENDPOINT_TEXT_SIZE];
	char protocol[PROTOCOL_TEXT_SIZE];

	print_text("%s %s %s %s", protocol_text(tuple->protocol, protocol),
		   format_endpoint(&tuple->src, src),
		   format_endpoint(&tuple->dst, dst), verdict_text(attrs));
	word_or_dash(attrs, NFLB_A_EXPLAIN_SERVICE);
	word_or_dash(attrs, NFLB_A_EXPLAIN_POOL);
	word_or_dash(attrs, NFLB_A_EXPLAIN_BACKEND);
	print_text(" %s", backend_text(attrs, src));
	number_or_dash(attrs, NFLB_A_EXPLAIN_SLOT);
	number_or_dash(attrs, NFLB_A_EXPLAIN_ATTEMPTS);
	word_or_dash(attrs, NFLB_A_EXPLAIN_FIRST_CHOICE);
	word_or_dash(attrs, NFLB_A_EXPLAIN_RAMPING);
	print_text("\n");
}

static bool is_rejected(const struct nl_attrs *attrs)
{
	return nl_has(attrs, NFLB_A_EXPLAIN_ALL_DOWN) &&
	       nl_u32(attrs, NFLB_A_EXPLAIN_ALL_DOWN) == NFLB_ALL_DOWN_REJECT;
}

static const char *full_sentence(const struct nl_attrs *attrs)
{
	if (is_rejected(attrs))
		return "all backends are full, so the packet is rejected";
	return "all backends are full, so the packet is dropped";
}

static const char *no_backend_sentence(const struct nl_attrs *attrs)
{
	if (is_rejected(attrs))
		return "no backend is eligible, so the packet is rejected";
	return "no backend is eligible, so the packet is dropped";
}

static const char *verdict_sentence(const struct nl_attrs *attrs)
{
	switch (nl_u32(attrs, NFLB_A_EXPLAIN_VERDICT)) {
	case NFLB_VERDICT_NO_FRONTEND:
		return "no frontend is there, so the packet is left alone";
	case NFLB_VERDICT_NO_SERVICE:
		return "no service has this port, so the packet is left alone";
	case NFLB_VERDICT_NO_BACKEND:
		return no_backend_sentence(attrs);
	case NFLB_VERDICT_FULL:
		return full_sentence(attrs);
	case NFLB_VERDICT_NOT_ALLOWED:
		return "the client is not allowed, so the packet is dropped";
	case NFLB_VERDICT_MAX_FLOWS:
		return "max-flows are open, so the packet is dropped";
	case NFLB_VERDICT_MAX_RATE:
		return "max-rate is reached, so the packet is dropped";
	case NFLB_VERDICT_PICKED:
		return "a backend was picked";
	default:
		return "this lbctl does not know the verdict";
	}
}

static const char *fallback_sentence(uint32_t fallback)
{
	switch (fallback) {
	case NFLB_FALLBACK_BACKUP:
		return "no pool before it can serve, this backup can";
	case NFLB_FALLBACK_ALL:
		return "no backend is eligible, so probes do not count";
	case NFLB_FALLBACK_PANIC:
		return "too few pass the probe, so it does not count";
	case NFLB_FALLBACK_SPILL:
		return "the flow has spilled over to another zone";
	default:
		return "this lbctl does not know the reason";
	}
}

static const char *chosen_by_sentence(uint32_t chosen_by)
{
	switch (chosen_by) {
	case NFLB_CHOSEN_BY_HASH:
		return "is chosen for by its hash";
	case NFLB_CHOSEN_BY_TABLE:
		return "has this backend by the table";
	case NFLB_CHOSEN_BY_SCHEDULER:
		return "has none that may serve, so the scheduler picks";
	default:
		return "is chosen for by what this lbctl does not know";
	}
}

/* What of the pool has a say; the scheduler has none for a nat. */
static void print_pool(const struct nl_attrs *attrs)
{
	print_text("pool      %s", nl_text(attrs, NFLB_A_EXPLAIN_POOL));
	if (nl_has(attrs, NFLB_A_EXPLAIN_SCHEDULER))
		print_text(", scheduler %s\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_SCHEDULER));
	else
		print_text(", the port says which backend\n");
}

static void print_affinity(const struct nl_attrs *attrs)
{
	char client[CLIENT_TEXT_SIZE];

	if (!nl_has(attrs, NFLB_A_EXPLAIN_AFFINITY))
		return;
	print_text("affinity  %s: client %s %s\n",
		   word_of(attrs, NFLB_A_EXPLAIN_AFFINITY, affinity_words),
		   client_text(attrs, client),
		   chosen_by_sentence(nl_u32(attrs, NFLB_A_EXPLAIN_CHOSEN_BY)));
}

static const char *udp_mode_sentence(uint32_t mode)
{
	switch (mode) {
	case NFLB_UDP_MODE_PINNED:
		return "the flow stays as long as the backend may serve";
	case NFLB_UDP_MODE_HASHED:
		return "the flow goes where the scheduler's hash says";
	case NFLB_UDP_MODE_ONE_PACKET:
		return "the next datagram is decided anew";
	default:
		return "this lbctl does not know the mode";
	}
}

static void print_udp_mode(const struct nl_attrs *attrs)
{
	uint32_t mode = nl_u32(attrs, NFLB_A_EXPLAIN_UDP_MODE);

	if (nl_has(attrs, NFLB_A_EXPLAIN_UDP_MODE))
		print_text("udp-mode  %s: %s\n",
			   word_of(attrs, NFLB_A_EXPLAIN_UDP_MODE,
				   udp_mode_words),
			   udp_mode_sentence(mode));
}

static bool is_first_choice(const struct nl_attrs *attrs, uint16_t attr)
{
	return nl_has(attrs, attr) &&
	       strcmp(nl_text(attrs, NFLB_A_EXPLAIN_FIRST_CHOICE),
		      nl_text(attrs, attr)) == 0;
}

/* The first choice may be the one that ramps, or the one that is full. */
static bool is_first_eligible(const struct nl_attrs *attrs)
{
	return !nl_has(attrs, NFLB_A_EXPLAIN_FIRST_CHOICE) ||
	       is_first_choice(attrs, NFLB_A_EXPLAIN_RAMPING) ||
	       is_first_choice(attrs, NFLB_A_EXPLAIN_FULL);
}

static void print_choice(const struct nl_attrs *attrs)
{
	uint32_t fallback = nl_u32(attrs, NFLB_A_EXPLAIN_FALLBACK);

	if (nl_has(attrs, NFLB_A_EXPLAIN_PREFER_ZONE))
		print_text("zone      %u preferred, %u %% of new flows stay there\n",
			   nl_u32(attrs, NFLB_A_EXPLAIN_PREFER_ZONE),
			   nl_u32(attrs, NFLB_A_EXPLAIN_ZONE_SHARE));
	if (fallback)
		print_text("fallback  %s: %s\n",
			   word_name(fallback_words, fallback) ?: "unknown",
			   fallback_sentence(fallback));
	if (nl_has(attrs, NFLB_A_EXPLAIN_SLOT))
		print_text("slot      %u\n",
			   nl_u32(attrs, NFLB_A_EXPLAIN_SLOT));
	if (nl_has(attrs, NFLB_A_EXPLAIN_ATTEMPTS))
		print_text("attempts  %u\n",
			   nl_u32(attrs, NFLB_A_EXPLAIN_ATTEMPTS));
	if (!is_first_eligible(attrs))
		print_text("instead   of %s, the first choice, which is not eligible\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_FIRST_CHOICE));
	if (nl_has(attrs, NFLB_A_EXPLAIN_FULL))
		print_text("instead   of %s, which has as many flows as it may have\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_FULL));
	if (nl_has(attrs, NFLB_A_EXPLAIN_RAMPING))
		print_text("instead   of %s, which by its slow start gets %u %% of its share\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_RAMPING),
			   nl_u32(attrs, NFLB_A_EXPLAIN_RAMPING_SHARE));
}

static void print_details(const struct nl_attrs *attrs)
{
	char end[ENDPOINT_TEXT_SIZE];

	print_text("verdict   %s: %s\n", verdict_text(attrs),
		   verdict_sentence(attrs));
	if (nl_has(attrs, NFLB_A_EXPLAIN_FRONTEND))
		print_text("frontend  %s\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_FRONTEND));
	if (nl_has(attrs, NFLB_A_EXPLAIN_SERVICE))
		print_text("service   %s\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_SERVICE));
	if (nl_has(attrs, NFLB_A_EXPLAIN_PROTECTED))
		print_text("protected by cookies, so a SYN waits for the client's ACK\n");
	if (nl_has(attrs, NFLB_A_EXPLAIN_POOL))
		print_pool(attrs);
	if (nl_has(attrs, NFLB_A_EXPLAIN_BACKEND))
		print_text("backend   %s %s\n",
			   nl_text(attrs, NFLB_A_EXPLAIN_BACKEND),
			   backend_text(attrs, end));
	if (nl_has(attrs, NFLB_A_EXPLAIN_FLOATING))
		print_text("floating  the destination stays, answers do not come by\n");
	print_affinity(attrs);
	print_udp_mode(attrs);
	print_choice(attrs);
}

static int on_answer(const struct nl_attrs *attrs, void *arg)
{
	if (print_is_json())
		print_json(arg, attrs);
	else
		print_details(attrs);
	return 0;
}

static int explain_one(struct context *ctx, char **argv)
{
	struct tuple tuple;
	struct nl_msg msg;
	struct why why;
	int err;

	if (parse_tuple(argv, &tuple, &why)) {
		complain("%s", why.text);
		return EXIT_USAGE;
	}
	if (context_open(ctx))
		return EXIT_REFUSED;
	explain_begin(&msg, &tuple);
	err = nl_call(ctx->nl, &msg, on_answer, &tuple);
	return err ? context_failed(ctx, NULL, "explain", err) : EXIT_OK;
}

static int on_line_answer(size_t idx, const struct nl_attrs *attrs, void *arg)
{
	struct explaining *explaining = arg;
	struct tuple *tuple = &explaining->asked[idx % NL_STREAM_MAX];

	if (print_is_json())
		print_json(tuple, attrs);
	else
		print_line(tuple, attrs);
	return 0;
}

static int on_line_refusal(size_t idx, const struct nl_refusal *refusal,
			   void *arg)
{
	const struct explaining *explaining = arg;
	const struct tuple *tuple = &explaining->asked[idx % NL_STREAM_MAX];
	char src[ENDPOINT_TEXT_SIZE], dst[ENDPOINT_TEXT_SIZE];
	struct why why;

	wire_explain_refusal(NULL, refusal, &why);
	complain("%s %s: %s", format_endpoint(&tuple->src, src),
		 format_endpoint(&tuple->dst, dst), why.text);
	return -ECANCELED;
}

/* Splits a line; the number of words, at most one more than wanted. */
static int split(char *line, char *words[4])
{
	char *rest = NULL;
	int n;

	for (n = 0; n < 4; n++) {
		words[n] = strtok_r(n ? NULL : line, LINE_DELIMITERS, &rest);
		if (!words[n])
			break;
	}
	return n;
}

static int ask_line(struct explaining *explaining, struct nl_stream *stream,
		    size_t *idx, char *line)
{
	struct tuple *tuple = &explaining->asked[*idx % NL_STREAM_MAX];
	char *words[4];
	struct nl_msg msg;
	struct why why;
	int n = split(line, words);

	if (n == 0)
		return 0;
	if (n != 3)
		because(&why, "PROTOCOL SRC DST are needed");
	if (n != 3 || parse_tuple(words, tuple, &why)) {
		complain("stdin:%zu: %s", explaining->line, why.text);
		return -EINVAL;
	}
	explain_begin(&msg, tuple);
	++*idx;
	return nl_stream_add(stream, &msg);
}

static int ask_lines(struct explaining *explaining, struct nl_stream *stream)
{
	char *line = NULL;
	size_t cap = 0;
	size_t idx = 0;
	int err = 0;

	while (!err && getline(&line, &cap, stdin) >= 0) {
		explaining->line++;
		err = ask_line(explaining, stream, &idx, line);
	}
	free(line);
	if (!err && ferror(stdin)) {
		complain("stdin: %s", strerror(errno));
		return -ECANCELED;
	}
	/* What came before a bad line is answered all the same. */
	if (!err || err == -EINVAL)
		err = nl_stream_send(stream) ?: err;
	return err;
}

static int explain_stdin(struct context *ctx)
{
	struct explaining *explaining;
	struct nl_stream stream;
	int err;

	if (context_open(ctx))
		return EXIT_REFUSED;
	print_one_line_each();
	explaining = mem_zalloc(sizeof(*explaining));
	stream = (struct nl_stream){
		.nl = ctx->nl,
		.is_answered = true,
		.on_reply = on_line_answer,
		.on_refusal = on_line_refusal,
		.arg = explaining,
	};
	nl_stream_begin(&stream);
	err = ask_lines(explaining, &stream);
	free(explaining);
	if (err && err != -EINVAL && err != -ECANCELED)
		complain("explain: %s", strerror(-err));
	if (err == -EINVAL)
		return EXIT_USAGE;
	return err ? EXIT_REFUSED : EXIT_OK;
}

/**
 * explain_run() - lbctl explain PROTOCOL SRC DST, or lbctl explain -
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int explain_run(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	if (argc == 1 && strcmp(argv[0], "-") == 0)
		return explain_stdin(ctx);
	if (argc != 3)
		return command_usage(ctx, "PROTOCOL SRC DST are needed");
	return explain_one(ctx, argv);
}
