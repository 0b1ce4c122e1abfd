// SPDX-License-Identifier: GPL-2.0-only
/* lbctl health: what probes, and their own flows, say of backends. */
#include <stdio.h>

#include "commands.h"
#include "nflb.h"
#include "print.h"
#include "table.h"
#include "verbs.h"
#include "wire.h"

static const struct column columns[] = {
	{ "pool", "POOL", 0 },
	{ "backend", "BACKEND", 0 },
	{ "address", "ADDRESS", 0 },
	{ "probe", "PROBE", 0 },
	{ "state", "STATE", 0 },
	{ "stale", "STALE", 0 },
	{ "share", "SHARE", COLUMN_RIGHT },
	{ "for_ms", "FOR", COLUMN_RIGHT },
	{ "up_pct", "UP-PCT", COLUMN_RIGHT },
	{ "rtt_us", "RTT-US", COLUMN_RIGHT },
	{ "results", "RESULTS", 0 },
	{ "reason", "REASON", 0 },
	{ "probe_reason", "PROBE-REASON", COLUMN_JSON },
	{ "text", "TEXT", 0 },
	{ "note", "NOTE", 0 },
	{ NULL, NULL, 0 },
};

/* The last one at the end */
static void cell_results(const struct nl_attrs *nest)
{
	uint32_t passes = nl_u32(nest, NFLB_A_PROBE_STATE_PASSES);
	uint32_t n = nl_u32(nest, NFLB_A_PROBE_STATE_RESULTS);
	char text[NFLB_RESULTS_MAX + 1];
	uint32_t i;

	if (n > NFLB_RESULTS_MAX)
		n = NFLB_RESULTS_MAX;
	for (i = 0; i < n; i++)
		text[i] = passes >> (n - 1 - i) & 1 ? '+' : '-';
	text[n] = '\0';
	if (n)
		cell_string(text);
	else
		cell_none();
}

/* What the last report said, if there was one, and what decides */
static void show_report(const struct nl_attrs *nest)
{
	cell_bool(nl_has(nest, NFLB_A_PROBE_STATE_STALE));
	view_number(nest, NFLB_A_PROBE_STATE_SHARE);
	if (nl_has(nest, NFLB_A_PROBE_STATE_SECONDS))
		cell_ms(nl_u32(nest, NFLB_A_PROBE_STATE_SECONDS) * 1000ULL);
	else
		cell_none();
	view_number(nest, NFLB_A_PROBE_STATE_UP_PCT);
	view_number(nest, NFLB_A_PROBE_STATE_RTT_US);
	cell_results(nest);
	view_text(nest, NFLB_A_PROBE_STATE_DECIDED_BY);
	view_text(nest, NFLB_A_PROBE_STATE_REASON);
	view_text(nest, NFLB_A_PROBE_STATE_TEXT);
}

/* How long it has been in its state, and may stay so, and why */
static void show_ejection(const struct nl_attrs *attrs)
{
	uint32_t left_ms = nl_u32(attrs, NFLB_A_BACKEND_EJECT_LEFT_MS);
	uint32_t time_ms = nl_u32(attrs, NFLB_A_BACKEND_EJECT_TIME_MS);
	char left[TIME_TEXT_SIZE], text[64];

	/* The kernel's clock is coarse, and rounds up. */
	cell_ms(time_ms > left_ms ? time_ms - left_ms : 0);
	cell_none();
	view_number(attrs, NFLB_A_BACKEND_CONNECT_US);
	cell_none();
	view_text(attrs, NFLB_A_BACKEND_DECIDED_BY);
	cell_none();
	snprintf(text, sizeof(text), "ejected, back in %s",
		 format_ms(left_ms, left));
	cell_string(text);
}

/* What its own flows say of it, if they are looked at */
static void show_trials(const struct nl_attrs *attrs)
{
	bool is_ejected = nl_u32(attrs, NFLB_A_BACKEND_EJECTED);

	cell_none();
	if (nl_has(attrs, NFLB_A_BACKEND_EJECTED))
		cell_string(is_ejected ? "down" : "up");
	else
		cell_none();
	cell_none();
	cell_none();
	if (is_ejected) {
		show_ejection(attrs);
		return;
	}
	cell_none();
	cell_none();
	view_number(attrs, NFLB_A_BACKEND_CONNECT_US);
	cell_none();
	view_text(attrs, NFLB_A_BACKEND_DECIDED_BY);
	cell_none();
	cell_none();
}

static void begin_row(const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);
	char text[ADDRESS_TEXT_SIZE];

	table_row();
	cell_string(nl_text(attrs, NFLB_A_BACKEND_POOL));
	cell_string(nl_text(attrs, NFLB_A_BACKEND_NAME));
	cell_string(format_address(&address, text));
}

static void show_backend(const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;
	uint32_t state;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		state = nl_u32(&nest, NFLB_A_PROBE_STATE_STATE);
		begin_row(attrs);
		cell_string(nl_text(&nest, NFLB_A_PROBE_STATE_PROBE));
		cell_string(word_name(health_words, state) ?: "unknown");
		show_report(&nest);
		view_text(attrs, NFLB_A_BACKEND_NOTE);
		table_row_end();
	}
	if (nl_has(attrs, NFLB_A_BACKEND_HEALTH) &&
	    !nl_has(attrs, NFLB_A_BACKEND_EJECTED))
		return;
	begin_row(attrs);
	show_trials(attrs);
	view_text(attrs, NFLB_A_BACKEND_NOTE);
	table_row_end();
}

static void show_list(const struct nl_list *list)
{
	struct nl_attrs attrs;
	size_t i;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("health", columns);
	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, &attrs);
		if (!nl_has(&attrs, NFLB_A_BACKEND_LEAVING))
			show_backend(&attrs);
	}
	table_end();
	if (print_is_json())
		json_end();
}

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	struct nl_list list;
	struct nl_msg msg;
	int err;

	(void)command;
	if (command_takes(ctx, 0, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	nl_list_init(&list);
	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	err = nl_collect(ctx->nl, &msg, &list);
	if (!err)
		show_list(&list);
	nl_list_free(&list);
	return err ? context_failed(ctx, NULL, "health", err) : EXIT_OK;
}

/* One of the words that say why. */
static int put_why(struct nl_msg *msg, uint16_t attr, const char *what,
		   const char *text, size_t max)
{
	char cut[EXCERPT_SIZE];
	size_t len = 0;

	while (is_printable(text[len]))
		len++;
	if (len && len <= max && !text[len]) {
		nl_put_text(msg, attr, text);
		return EXIT_OK;
	}
	complain("%s \"%s\": allowed are 1 to %zu visible characters of ASCII",
		 what, excerpt(text, cut), max);
	return EXIT_USAGE;
}

static int put_report(struct nl_msg *msg, int argc, char **argv)
{
	char cut[EXCERPT_SIZE];
	struct why why;
	uint32_t state;

	if (verb_put_name(msg, NFLB_A_HEALTH_POOL, "pool", argv[0]) ||
	    verb_put_name(msg, NFLB_A_HEALTH_BACKEND, "backend", argv[1]) ||
	    verb_put_name(msg, NFLB_A_HEALTH_PROBE, "probe", argv[2]))
		return EXIT_USAGE;
	if (parse_word(health_words, argv[3], &state, &why)) {
		complain("state \"%s\": %s", excerpt(argv[3], cut), why.text);
		return EXIT_USAGE;
	}
	nl_put_u32(msg, NFLB_A_HEALTH_STATE, state);
	if (argc > 4 && put_why(msg, NFLB_A_HEALTH_REASON, "reason", argv[4],
				NFLB_REASON_MAX))
		return EXIT_USAGE;
	if (argc > 5 && put_why(msg, NFLB_A_HEALTH_TEXT, "text", argv[5],
				NFLB_TEXT_MAX))
		return EXIT_USAGE;
	return EXIT_OK;
}

static int set(struct context *ctx, const struct command *command, int argc,
	       char **argv)
{
	struct nl_msg msg;
	int err;

	(void)command;
	if (argc < 4 || argc > 6)
		return command_usage(ctx, "four to six words are needed");
	nl_msg_init(&msg, NFLB_CMD_HEALTH_SET);
	if (put_report(&msg, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = nl_call(ctx->nl, &msg, NULL, NULL);
	return err ? context_failed(ctx, NULL, "health", err) : EXIT_OK;
}

const struct command health_verbs[] = {
	{
		.name = "set", .args = "POOL BACKEND PROBE up|down|draining|unknown [REASON [TEXT]]",
		.help = "reports what a probe says of a backend",
		.run = set,
	},
	{
		.name = "show", .args = "",
		.help = "shows why backends get new flows or none, and what probes say",
		.run = show,
	},
	{ .name = NULL },
};
