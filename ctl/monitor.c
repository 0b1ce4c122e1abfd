// SPDX-License-Identifier: GPL-2.0-only
/* lbctl monitor: one line for each change, and for alerts. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "alerts.h"
#include "clock.h"
#include "commands.h"
#include "doc.h"
#include "nflb.h"
#include "print.h"
#include "schema.h"
#include "wire.h"

#define EVENTS_AT_ONCE		1000

static const struct object_type *type_of_event(uint8_t cmd)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (object_types[kind].cmd_ntf == cmd)
			return &object_types[kind];
	return NULL;
}

static void show_object_json(const struct object *obj, const char *change,
			     uint32_t generation)
{
	const struct object_type *type = obj->type;
	unsigned int i;

	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", change);
	json_u64("generation", generation);
	json_string("object", type->name);
	for (i = 0; i < type->n_fields; i++)
		if (object_is_given(obj, i))
			doc_write_value(&type->fields[i], &obj->values[i]);
	json_end();
}

static void show_object_text(const struct object *obj, const char *change,
			     uint32_t generation)
{
	const struct object_type *type = obj->type;
	char buf[VALUE_TEXT_SIZE];
	unsigned int i;

	print_text("generation %u: %s %s", generation, change, type->name);
	for (i = 0; i < type->n_fields; i++) {
		if (!object_is_given(obj, i))
			continue;
		if (i >= type->n_ids)
			print_text(" %s", type->fields[i].word);
		print_text(" %s", value_format(&type->fields[i],
					       &obj->values[i], buf));
	}
	print_text("\n");
}

static void show_object(const struct nl_attrs *attrs,
			const struct object_type *type)
{
	uint32_t generation = nl_u32(attrs, type->attr_generation);
	const char *change;
	struct object *obj;

	change = word_name(change_words, nl_u32(attrs, type->attr_change));
	obj = wire_read(attrs, type->kind);
	if (print_is_json())
		show_object_json(obj, change ?: "unknown", generation);
	else
		show_object_text(obj, change ?: "unknown", generation);
	object_free(obj);
}

static void show_commit(const struct nl_attrs *attrs)
{
	uint32_t generation = nl_u32(attrs, NFLB_A_TXN_GENERATION);
	uint32_t changes = nl_u32(attrs, NFLB_A_TXN_CHANGES);

	if (!print_is_json()) {
		print_text("generation %u: commit of %u changes\n", generation,
			   changes);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "commit");
	json_u64("generation", generation);
	json_u64("changes", changes);
	json_end();
}

/* Whoever may report has chosen the words. */
static void show_words(const struct nl_attrs *attrs, uint16_t attr)
{
	char text[NFLB_TEXT_MAX + 1];

	if (!nl_has(attrs, attr))
		return;
	snprintf(text, sizeof(text), "%s", nl_text(attrs, attr));
	make_visible(text);
	print_text(": %s", text);
}

/* Why a backend is in its state, as far as a prober has said so */
static void show_why(const struct nl_attrs *attrs)
{
	show_words(attrs, NFLB_A_HEALTH_REASON);
	show_words(attrs, NFLB_A_HEALTH_TEXT);
}

static void show_health(const struct nl_attrs *attrs)
{
	const char *pool = nl_text(attrs, NFLB_A_HEALTH_POOL);
	const char *backend = nl_text(attrs, NFLB_A_HEALTH_BACKEND);
	const char *probe = nl_text(attrs, NFLB_A_HEALTH_PROBE);
	const char *state;

	state = word_name(health_words, nl_u32(attrs, NFLB_A_HEALTH_STATE));
	if (!print_is_json()) {
		print_text("health: backend %s %s probe %s %s%s", pool, backend,
			   probe, state ?: "unknown",
			   nl_has(attrs, NFLB_A_HEALTH_STALE) ? ", stale" : "");
		show_why(attrs);
		print_text("\n");
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "health");
	json_string("pool", pool);
	json_string("backend", backend);
	json_string("probe", probe);
	json_string("state", state ?: "unknown");
	if (nl_has(attrs, NFLB_A_HEALTH_REASON))
		json_string("reason", nl_text(attrs, NFLB_A_HEALTH_REASON));
	if (nl_has(attrs, NFLB_A_HEALTH_TEXT))
		json_string("text", nl_text(attrs, NFLB_A_HEALTH_TEXT));
	if (nl_has(attrs, NFLB_A_HEALTH_RTT_US))
		json_u64("rtt_us", nl_u32(attrs, NFLB_A_HEALTH_RTT_US));
	json_bool("stale", nl_has(attrs, NFLB_A_HEALTH_STALE));
	json_end();
}

static void show_panic(const struct nl_attrs *attrs)
{
	const char *pool = nl_text(attrs, NFLB_A_PANIC_POOL);
	const char *probe = nl_text(attrs, NFLB_A_PANIC_PROBE);
	uint32_t passing = nl_u32(attrs, NFLB_A_PANIC_PASSING);
	uint32_t backends = nl_u32(attrs, NFLB_A_PANIC_BACKENDS);
	bool is_active = nl_u32(attrs, NFLB_A_PANIC_ACTIVE);

	if (!print_is_json()) {
		print_text("panic: pool %s probe %s %s, %u of %u backends pass\n",
			   pool, probe, is_active ? "begins" : "ends",
			   passing, backends);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "panic");
	json_string("pool", pool);
	json_string("probe", probe);
	json_bool("active", is_active);
	json_u64("passing", passing);
	json_u64("backends", backends);
	json_end();
}

static void show_drain(const struct nl_attrs *attrs)
{
	const char *pool = nl_text(attrs, NFLB_A_DRAIN_POOL);
	const char *backend = nl_text(attrs, NFLB_A_DRAIN_BACKEND);
	struct address at = nl_address(attrs, NFLB_A_DRAIN_ADDRESS);
	uint32_t cut = nl_u32(attrs, NFLB_A_DRAIN_CUT);
	char address[ADDRESS_TEXT_SIZE];

	format_address(&at, address);
	if (!print_is_json()) {
		print_text("drain: backend %s %s %s done, %u flows cut\n",
			   pool, backend, address, cut);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "drain-done");
	json_string("pool", pool);
	json_string("backend", backend);
	json_string("address", address);
	json_u64("cut", cut);
	json_end();
}

static void show_eject_text(const struct nl_attrs *attrs, const char *address,
			    const char *reason)
{
	char time[TIME_TEXT_SIZE];

	print_text("eject: backend %s %s %s ",
		   nl_text(attrs, NFLB_A_EJECT_POOL),
		   nl_text(attrs, NFLB_A_EJECT_BACKEND), address);
	if (nl_u32(attrs, NFLB_A_EJECT_ACTIVE))
		print_text("for %s: %s\n",
			   format_ms(nl_u32(attrs, NFLB_A_EJECT_TIME_MS),
				     time), reason);
	else
		print_text("ends\n");
}

static void show_eject(const struct nl_attrs *attrs)
{
	struct address at = nl_address(attrs, NFLB_A_EJECT_ADDRESS);
	char address[ADDRESS_TEXT_SIZE];
	const char *reason;

	reason = word_name(eject_reason_words,
			   nl_u32(attrs, NFLB_A_EJECT_REASON)) ?: "unknown";
	format_address(&at, address);
	if (!print_is_json()) {
		show_eject_text(attrs, address, reason);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "eject");
	json_string("pool", nl_text(attrs, NFLB_A_EJECT_POOL));
	json_string("backend", nl_text(attrs, NFLB_A_EJECT_BACKEND));
	json_string("address", address);
	json_bool("active", nl_u32(attrs, NFLB_A_EJECT_ACTIVE));
	json_string("reason", reason);
	json_u64("time_ms", nl_u32(attrs, NFLB_A_EJECT_TIME_MS));
	json_end();
}

static void show_agent(const struct nl_attrs *attrs)
{
	uint32_t port = nl_u32(attrs, NFLB_A_AGENT_PORT);
	uint32_t former = nl_u32(attrs, NFLB_A_AGENT_FORMER);
	bool is_active = nl_u32(attrs, NFLB_A_AGENT_ACTIVE);

	if (!print_is_json()) {
		print_text("agent: port id %u %s", port,
			   is_active ? "is active" : "has ended");
		if (former)
			print_text(", port id %u was silent", former);
		print_text("\n");
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "agent");
	json_u64("port_id", port);
	json_bool("active", is_active);
	if (former)
		json_u64("former_port_id", former);
	json_end();
}

static void show_synproxy(const struct nl_attrs *attrs)
{
	const char *service = nl_text(attrs, NFLB_A_SYNPROXY_SERVICE);
	uint32_t half_open = nl_u32(attrs, NFLB_A_SYNPROXY_HALF_OPEN);
	uint32_t mark = nl_u32(attrs, NFLB_A_SYNPROXY_MARK);
	bool is_active = nl_u32(attrs, NFLB_A_SYNPROXY_ACTIVE);

	if (!print_is_json()) {
		print_text("syn-proxy: service %s %s, %u of %u half open\n",
			   service, is_active ? "begins" : "ends", half_open,
			   mark);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "syn-proxy");
	json_string("service", service);
	json_bool("active", is_active);
	json_u64("half_open", half_open);
	json_u64("mark", mark);
	json_end();
}

static int show_event(const struct nl_attrs *attrs, void *arg)
{
	const struct object_type *type = type_of_event(attrs->cmd);

	alerts_hear(arg, attrs);
	if (type)
		show_object(attrs, type);
	else if (attrs->cmd == NFLB_CMD_COMMIT_NTF)
		show_commit(attrs);
	else if (attrs->cmd == NFLB_CMD_HEALTH_NTF)
		show_health(attrs);
	else if (attrs->cmd == NFLB_CMD_PANIC_NTF)
		show_panic(attrs);
	else if (attrs->cmd == NFLB_CMD_DRAIN_NTF)
		show_drain(attrs);
	else if (attrs->cmd == NFLB_CMD_AGENT_NTF)
		show_agent(attrs);
	else if (attrs->cmd == NFLB_CMD_EJECT_NTF)
		show_eject(attrs);
	else if (attrs->cmd == NFLB_CMD_SYNPROXY_NTF)
		show_synproxy(attrs);
	return 0;
}

/* A reader that keeps a picture of the configuration must read it anew. */
static void show_lost(void)
{
	if (!print_is_json()) {
		complain("monitor: changes came too fast, some are not shown");
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "lost");
	json_end();
}

/* What has been announced by now, as far as who reads can wait for it */
static int show_events(struct nl *events, struct alerts *alerts)
{
	int err = 0;
	int i;

	for (i = 0; i < EVENTS_AT_ONCE && !err; i++) {
		err = nl_next_event(events, show_event, alerts);
		if (err != -ENOBUFS)
			continue;
		show_lost();
		alerts_want(alerts);
		err = 0;
	}
	return err == -EAGAIN ? 0 : err;
}

/* Until there is something to show, or it is time to ask for alerts */
static int wait_until(struct nl *events, uint64_t due_us)
{
	struct pollfd event = { .fd = nl_fd(events), .events = POLLIN };
	uint64_t now_us = clock_us();
	int timeout_ms = 0;

	if (due_us > now_us)
		timeout_ms = (due_us - now_us + US_PER_MS - 1) / US_PER_MS;
	return poll(&event, 1, timeout_ms) < 0 ? -errno : event.revents;
}

static int follow_once(struct nl *events, struct alerts *alerts)
{
	int ready = wait_until(events, alerts->due_us);
	int err;

	if (ready < 0)
		return ready == -EINTR ? 0 : ready;
	err = ready ? show_events(events, alerts) : 0;
	print_flush();
	return err ?: alerts_run(alerts);
}

/* Listens before it reads, so that it misses nothing. */
static int follow(struct context *ctx, struct nl *events)
{
	struct alerts alerts;
	int err;

	alerts_init(&alerts, ctx->nl);
	err = nl_listen(events);
	while (!err)
		err = follow_once(events, &alerts);
	return err;
}

/**
 * monitor_run() - lbctl monitor
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status; only when following is not possible any more.
 */
int monitor_run(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	struct nl *events;
	struct why why;
	int err;

	(void)command;
	if (command_takes(ctx, 0, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	events = nl_open(&why);
	if (!events) {
		complain("%s", why.text);
		return EXIT_REFUSED;
	}
	print_one_line_each();
	err = follow(ctx, events);
	nl_close(events);
	return context_failed(ctx, NULL, "monitor", err);
}
