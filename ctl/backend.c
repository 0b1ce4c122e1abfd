// SPDX-License-Identifier: GPL-2.0-only
/* lbctl backend: members of a pool. */
#include "backend.h"

#include <stdio.h>
#include <string.h>

#include "counters.h"
#include "drain.h"
#include "nflb.h"
#include "print.h"
#include "wire.h"

#define HEALTH_TEXT_SIZE	256

static const struct word force_states[] = {
	{ "up", NFLB_ADMIN_UP },
	{ "down", NFLB_ADMIN_DOWN },
	{ NULL, 0 },
};

static const struct column columns[] = {
	{ "pool", "POOL", 0 },
	{ "name", "NAME", 0 },
	{ "address", "ADDRESS", 0 },
	{ "weight", "WEIGHT", COLUMN_RIGHT },
	{ "zone", "ZONE", COLUMN_RIGHT },
	{ "admin", "ADMIN", 0 },
	{ "drain", "DRAIN", COLUMN_JSON },
	{ "max_flows", "MAX-FLOWS", COLUMN_JSON },
	{ "note", "NOTE", COLUMN_JSON },
	{ "state", "STATE", 0 },
	{ "share", "SHARE", COLUMN_RIGHT },
	{ "deadline_ms", "DEADLINE", COLUMN_RIGHT },
	{ "admin_for_ms", "ADMIN-FOR", COLUMN_RIGHT },
	{ "health", "HEALTH", 0 },
	{ "eject_reason", "EJECTED", 0 },
	{ "eject_left_ms", "EJECT-LEFT", COLUMN_RIGHT },
	{ "connect_us", "CONNECT-US", COLUMN_RIGHT },
	{ "failed_connects", "FAILED", COLUMN_RIGHT },
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ "new_flows", "NEW-FLOWS", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

/*
 * What all probes together say, and its flows: "down" is what a person looks
 * for, and what is known goes before what is not.
 */
static const char *backend_health(const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	const char *state = "up";
	struct nl_attrs nest;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		switch (nl_u32(&nest, NFLB_A_PROBE_STATE_STATE)) {
		case NFLB_HEALTH_DOWN:
			return "down";
		case NFLB_HEALTH_DRAINING:
			state = "draining";
			break;
		case NFLB_HEALTH_UNKNOWN:
			if (strcmp(state, "up") == 0)
				state = "unknown";
			break;
		}
	}
	return nl_u32(attrs, NFLB_A_BACKEND_EJECTED) ? "ejected" : state;
}

/* Each says up, or counts as up until it says something. */
static bool passes_probes(const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		if (nl_u32(&nest, NFLB_A_PROBE_STATE_STATE) != NFLB_HEALTH_UP &&
		    !nl_has(&nest, NFLB_A_PROBE_STATE_INITIAL_UP))
			return false;
	}
	return true;
}

/**
 * backend_passes() - tells whether nothing keeps new flows away
 * @attrs: What the kernel answered.
 *
 * Return: True if it passes its probes, and is not ejected.
 */
bool backend_passes(const struct nl_attrs *attrs)
{
	return !nl_u32(attrs, NFLB_A_BACKEND_EJECTED) &&
	       passes_probes(attrs);
}

/**
 * backend_stale_probe() - names a probe of which nobody reports any more
 * @attrs: What the kernel answered.
 *
 * Return: Its name, within @attrs, or NULL if there is none.
 */
const char *backend_stale_probe(const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;

	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		if (nl_has(&nest, NFLB_A_PROBE_STATE_STALE))
			return nl_text(&nest, NFLB_A_PROBE_STATE_PROBE);
	}
	return NULL;
}

/**
 * backend_state() - says in a word what a backend does
 * @obj: The backend.
 * @attrs: What the kernel answered.
 *
 * Return: "leaving", "draining", what is set by hand, "ejected", or what its
 * probes say.
 */
const char *backend_state(const struct object *obj,
			  const struct nl_attrs *attrs)
{
	if (nl_has(attrs, NFLB_A_BACKEND_LEAVING))
		return "leaving";
	if (obj->values[BACKEND_DRAIN].number)
		return "draining";
	switch (obj->values[BACKEND_ADMIN].number) {
	case NFLB_ADMIN_UP:
		return "up";
	case NFLB_ADMIN_DOWN:
		return "down";
	}
	return backend_health(attrs);
}

/* By the probe whose services give it least, or as there is no probe. */
static void cell_share(const struct nl_attrs *attrs)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;
	uint32_t share = 100;

	if (!nl_has(attrs, NFLB_A_BACKEND_HEALTH) &&
	    nl_has(attrs, NFLB_A_BACKEND_SHARE))
		share = nl_u32(attrs, NFLB_A_BACKEND_SHARE);
	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		if (nl_has(&nest, NFLB_A_PROBE_STATE_SHARE) &&
		    nl_u32(&nest, NFLB_A_PROBE_STATE_SHARE) < share)
			share = nl_u32(&nest, NFLB_A_PROBE_STATE_SHARE);
	}
	if (share < 100)
		cell_u64(share);
	else
		cell_none();
}

static void cell_health(const struct nl_attrs *attrs)
{
	const char *key = cell_begin_nested();
	const struct nlattr *item = NULL;
	char text[HEALTH_TEXT_SIZE] = "";
	const char *probe, *state;
	struct nl_attrs nest;
	size_t len = 0;

	if (key)
		json_begin_object(key, LAYOUT_INLINE);
	while ((item = nl_next(attrs, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		probe = nl_text(&nest, NFLB_A_PROBE_STATE_PROBE);
		state = word_name(health_words,
				  nl_u32(&nest, NFLB_A_PROBE_STATE_STATE));
		if (key)
			json_string(probe, state ?: "unknown");
		else if (len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len,
					"%s%s=%s", len ? "," : "", probe,
					state ?: "unknown");
	}
	if (key)
		json_end();
	cell_end_nested(text);
}

static void cells_trials(const struct nl_attrs *attrs)
{
	uint32_t reason = nl_u32(attrs, NFLB_A_BACKEND_EJECT_REASON);

	if (nl_u32(attrs, NFLB_A_BACKEND_EJECTED)) {
		cell_string(word_name(eject_reason_words, reason) ?: "unknown");
		cell_ms(nl_u32(attrs, NFLB_A_BACKEND_EJECT_LEFT_MS));
	} else {
		cell_none();
		cell_none();
	}
	if (nl_has(attrs, NFLB_A_BACKEND_CONNECT_US))
		cell_u64(nl_u32(attrs, NFLB_A_BACKEND_CONNECT_US));
	else
		cell_none();
}

static void cell_left(const struct nl_attrs *attrs, uint16_t attr)
{
	if (nl_has(attrs, attr))
		cell_ms(nl_u32(attrs, attr));
	else
		cell_none();
}

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	struct counters counters;

	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &counters);
	view_cells(obj, BACKEND_POOL, BACKEND_NOTE);
	cell_string(backend_state(obj, attrs));
	cell_share(attrs);
	cell_left(attrs, NFLB_A_BACKEND_DEADLINE_MS);
	cell_left(attrs, NFLB_A_BACKEND_ADMIN_FOR_MS);
	cell_health(attrs);
	cells_trials(attrs);
	cell_u64(counters.value[COUNTER_FAILED_CONNECTS]);
	cell_u64(counters.value[COUNTER_ACTIVE]);
	cell_u64(counters.value[COUNTER_NEW_FLOWS]);
}

const struct view backend_view = {
	.kind = KIND_BACKEND,
	.columns = columns,
	.cells = cells,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &backend_view, argc, argv);
}

static int del(struct context *ctx, const struct command *command, int argc,
	       char **argv)
{
	struct object *obj;
	struct nl_msg msg;
	int status = 0;

	if (argc <= 2)
		return verb_del(ctx, command, argc, argv);
	obj = verb_parse_ids(ctx, KIND_BACKEND, 2, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	nl_msg_init(&msg, NFLB_CMD_BACKEND_DEL);
	wire_put_ids(&msg, obj);
	if (argc == 3 && strcmp(argv[2], "now") == 0)
		nl_put_flag(&msg, NFLB_A_BACKEND_NOW);
	else
		status = drain_put_deadline(ctx, &msg, obj, argc - 2,
					    argv + 2);
	if (!status)
		status = verb_send(ctx, &msg, obj);
	object_free(obj);
	return status;
}

static int put_force(struct nl_msg *msg, const struct object *obj,
		     const char *state, const char *time)
{
	char label[LABEL_SIZE], cut[EXCERPT_SIZE];
	struct why why;
	uint32_t admin;
	uint64_t ms;

	object_label(obj, label);
	if (parse_word(force_states, state, &admin, &why)) {
		complain("%s: state \"%s\": %s", label, excerpt(state, cut),
			 why.text);
		return EXIT_USAGE;
	}
	if (parse_ms(time, 1, NFLB_DEADLINE_MAX_MS, &ms, &why)) {
		complain("%s: for %s: %s", label, excerpt(time, cut), why.text);
		return EXIT_USAGE;
	}
	nl_put_u32(msg, NFLB_A_BACKEND_ADMIN, admin);
	nl_put_u32(msg, NFLB_A_BACKEND_ADMIN_FOR_MS, ms);
	return EXIT_OK;
}

static int force(struct context *ctx, const struct command *command, int argc,
		 char **argv)
{
	struct object *obj;
	struct nl_msg msg;
	int status;

	(void)command;
	obj = verb_parse_ids(ctx, KIND_BACKEND, 2, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	nl_msg_init(&msg, NFLB_CMD_BACKEND_SET);
	wire_put_ids(&msg, obj);
	status = drain_put_note(&msg, obj, &argc, argv);
	if (!status && argc == 5 && strcmp(argv[3], "for") == 0)
		status = put_force(&msg, obj, argv[2], argv[4]);
	else if (!status)
		status = command_usage(ctx, "up or down, and for TIME are needed");
	if (!status)
		status = verb_send(ctx, &msg, obj);
	object_free(obj);
	return status;
}

static const struct help_word del_words[] = {
	{ "now", "ends its flows at once; without it they go on" },
	{ "deadline TIME", "resets what is left of them then" },
	{ NULL, NULL },
};

const struct command backend_verbs[] = {
	{
		.name = "add", .args = "POOL NAME ADDRESS [KEYWORD VALUE]...",
		.help = "adds a backend to a pool",
		.run = verb_add, .type = &object_types[KIND_BACKEND],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "POOL NAME [KEYWORD VALUE]...",
		.help = "changes a backend; with another address it is another server",
		.run = verb_set, .type = &object_types[KIND_BACKEND],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "POOL NAME [now|deadline TIME]",
		.help = "removes a backend; its flows go on until they end",
		.run = del, .type = &object_types[KIND_BACKEND],
		.words = del_words,
	},
	{
		.name = "drain", .args = "POOL NAME [deadline TIME] [note TEXT] [wait]",
		.help = "as set POOL NAME drain on, until a deadline",
		.run = drain_run, .type = &object_types[KIND_BACKEND],
		.words = drain_words,
	},
	{
		.name = "force", .args = "POOL NAME up|down for TIME [note TEXT]",
		.help = "as set POOL NAME admin up or down, until that time is over",
		.run = force, .type = &object_types[KIND_BACKEND],
	},
	{
		.name = "show", .args = "[POOL [NAME]]",
		.help = "shows one backend, those of a pool, or all",
		.run = show,
	},
	{ .name = NULL },
};
