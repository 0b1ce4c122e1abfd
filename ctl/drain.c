// SPDX-License-Identifier: GPL-2.0-only
/* lbctl backend drain: begins a drain, and waits for its end if asked to. */
#include "drain.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "counters.h"
#include "nflb.h"
#include "print.h"
#include "verbs.h"
#include "wire.h"

/* How often the flows that are left are counted. */
#define STEP_MS		1000
/* Without flows and without an announcement it was done before. */
#define IDLE_STEPS	3
/* Their number is shown when it changes, or after so many steps. */
#define SHOW_STEPS	10

const struct help_word drain_words[] = {
	{ "deadline TIME", "resets what is left of its flows, 0s to 168h" },
	{ "note TEXT", "says why" },
	{ "wait", "shows what is left until it is done" },
	{ NULL, NULL },
};

/**
 * struct drain - a drain that is waited for
 * @ctx: The context, connected.
 * @obj: The backend, by its names.
 * @address: Its address, which tells it from others of its names; empty until
 *           it has been looked at.
 * @events: Connection to which the end is announced.
 * @is_done: It has been announced.
 * @is_lost: Announcements were lost, maybe that one.
 * @is_taken_back: Somebody has ended it.
 * @n_cut: Number of flows that the deadline ended.
 * @flows: Number of flows that are left.
 * @left_ms: Time to the deadline in milliseconds, or 0 for none.
 */
struct drain {
	struct context *ctx;
	const struct object *obj;
	struct address address;
	struct nl *events;
	bool is_done;
	bool is_lost;
	bool is_taken_back;
	uint32_t n_cut;
	uint64_t flows;
	uint32_t left_ms;
};

/**
 * drain_parse_deadline() - reads "deadline TIME", which may be left out
 * @ctx: The context.
 * @label: What drains, for messages.
 * @argc: Number of words left.
 * @argv: The words left.
 * @ms: Where the time goes, in milliseconds, or DRAIN_NO_DEADLINE.
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int drain_parse_deadline(const struct context *ctx, const char *label,
			 int argc, char **argv, uint64_t *ms)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	*ms = DRAIN_NO_DEADLINE;
	if (argc == 0)
		return EXIT_OK;
	if (strcmp(argv[0], "deadline") != 0)
		return command_usage(ctx, "unexpected \"%s\"",
				     excerpt(argv[0], cut));
	if (argc == 1)
		return command_usage(ctx, "deadline needs a value");
	if (argc > 2)
		return command_usage(ctx, "unexpected \"%s\"",
				     excerpt(argv[2], cut));
	if (parse_ms(argv[1], 0, NFLB_DEADLINE_MAX_MS, ms, &why)) {
		complain("%s: deadline %s: %s", label, excerpt(argv[1], cut),
			 why.text);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/**
 * drain_put_deadline() - appends "deadline TIME", which may be left out
 * @ctx: The context.
 * @msg: The request.
 * @obj: The backend, for messages.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int drain_put_deadline(struct context *ctx, struct nl_msg *msg,
		       const struct object *obj, int argc, char **argv)
{
	char label[LABEL_SIZE];
	uint64_t ms;
	int status;

	object_label(obj, label);
	status = drain_parse_deadline(ctx, label, argc, argv, &ms);
	if (!status && ms != DRAIN_NO_DEADLINE)
		nl_put_u32(msg, NFLB_A_BACKEND_DEADLINE_MS, ms);
	return status;
}

/**
 * drain_put_note() - appends "note TEXT" at the end, which may be left out
 * @msg: The request.
 * @obj: The backend, for messages.
 * @argc: Number of words, without those that are taken afterwards.
 * @argv: The words, of which the first two name the backend.
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int drain_put_note(struct nl_msg *msg, const struct object *obj, int *argc,
		   char **argv)
{
	char label[LABEL_SIZE], cut[EXCERPT_SIZE];
	const char *text;
	struct why why;

	if (*argc < 4 || strcmp(argv[*argc - 2], "note") != 0)
		return EXIT_OK;
	text = argv[*argc - 1];
	*argc -= 2;
	if (parse_note(text, &why)) {
		complain("%s: note \"%s\": %s", object_label(obj, label),
			 excerpt(text, cut), why.text);
		return EXIT_USAGE;
	}
	nl_put_text(msg, NFLB_A_BACKEND_NOTE, text);
	return EXIT_OK;
}

static int hear_event(const struct nl_attrs *attrs, void *arg)
{
	struct address address = nl_address(attrs, NFLB_A_DRAIN_ADDRESS);
	struct drain *drain = arg;
	const struct value *ids = drain->obj->values;

	if (attrs->cmd != NFLB_CMD_DRAIN_NTF ||
	    !address_is_equal(&address, &drain->address) ||
	    strcmp(nl_text(attrs, NFLB_A_DRAIN_POOL),
		   ids[BACKEND_POOL].text) != 0 ||
	    strcmp(nl_text(attrs, NFLB_A_DRAIN_BACKEND),
		   ids[BACKEND_NAME].text) != 0)
		return 0;
	drain->is_done = true;
	drain->n_cut = nl_u32(attrs, NFLB_A_DRAIN_CUT);
	return 0;
}

/* All that has been announced by now. */
static int hear(struct drain *drain)
{
	int err;

	do {
		err = nl_next_event(drain->events, hear_event, drain);
		if (err == -ENOBUFS)
			drain->is_lost = true;
	} while (!err || err == -ENOBUFS);
	return err == -EAGAIN ? 0 : err;
}

static void take_flows(struct drain *drain, const struct nl_attrs *attrs)
{
	struct counters counters;

	counters_read(attrs, NFLB_A_BACKEND_COUNTERS, &counters);
	drain->flows = counters.value[COUNTER_ACTIVE];
	drain->left_ms = nl_u32(attrs, NFLB_A_BACKEND_DEADLINE_MS);
}

/* With another address it is another one, and ours is no member any more. */
static int take_member(const struct nl_attrs *attrs, void *arg)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);
	struct drain *drain = arg;

	if (!drain->address.len)
		drain->address = address;
	if (!address_is_equal(&address, &drain->address))
		return -ENOENT;
	take_flows(drain, attrs);
	drain->is_taken_back = !nl_u32(attrs, NFLB_A_BACKEND_DRAIN);
	return 0;
}

static bool is_ours(const struct drain *drain, const struct nl_attrs *attrs)
{
	struct address address = nl_address(attrs, NFLB_A_BACKEND_ADDRESS);

	return nl_has(attrs, NFLB_A_BACKEND_LEAVING) &&
	       address_is_equal(&address, &drain->address) &&
	       strcmp(nl_text(attrs, NFLB_A_BACKEND_NAME),
		      object_name(drain->obj)) == 0;
}

/*
 * One that was removed still drains: it is in the pool's dump as long as it
 * has flows, and its end is announced. Without the module there is no dump.
 */
static int look_among_leaving(struct drain *drain)
{
	struct nl_attrs attrs;
	struct nl_list list;
	struct nl_msg msg;
	size_t i;
	int err;

	nl_list_init(&list);
	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	nl_put_text(&msg, NFLB_A_BACKEND_POOL,
		    drain->obj->values[BACKEND_POOL].text);
	err = nl_collect(drain->ctx->nl, &msg, &list);
	drain->flows = 0;
	for (i = 0; i < list.n && !err; i++) {
		nl_list_get(&list, i, &attrs);
		if (is_ours(drain, &attrs))
			take_flows(drain, &attrs);
	}
	nl_list_free(&list);
	return err;
}

static int look(struct drain *drain)
{
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	wire_put_ids(&msg, drain->obj);
	err = nl_call(drain->ctx->nl, &msg, take_member, drain);
	if (err == -ENOENT && drain->address.len)
		err = look_among_leaving(drain);
	return err;
}

static void show_left(const struct drain *drain)
{
	uint64_t sec = (drain->left_ms + MS_PER_SEC - 1) / MS_PER_SEC;

	if (print_is_json()) {
		json_begin_object(NULL, LAYOUT_INLINE);
		json_u64("flows", drain->flows);
		if (drain->left_ms)
			json_u64("deadline_ms", drain->left_ms);
		json_end();
	} else {
		print_text("%llu flows left", (unsigned long long)drain->flows);
		if (drain->left_ms)
			print_text(", %llus to the deadline",
				   (unsigned long long)sec);
		print_text("\n");
	}
	print_flush();
}

static void show_done(const struct drain *drain)
{
	if (!print_is_json()) {
		print_text("done, %u flows cut\n", drain->n_cut);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_bool("done", true);
	json_u64("cut", drain->n_cut);
	json_end();
}

/* For the time of a step, or until the end is announced. */
static int hear_for_a_step(struct drain *drain)
{
	struct pollfd fd = { .fd = nl_fd(drain->events), .events = POLLIN };
	uint64_t now_us = clock_us();
	uint64_t end_us = now_us + STEP_MS * US_PER_MS;
	int err = 0;

	while (!err && !drain->is_done && now_us < end_us) {
		poll(&fd, 1, (end_us - now_us + US_PER_MS - 1) / US_PER_MS);
		err = hear(drain);
		now_us = clock_us();
	}
	return err;
}

/*
 * The end of a drain that was there already, and has no flows any more, is not
 * announced again.
 */
static int follow(struct drain *drain)
{
	uint64_t shown_flows = 0;
	int steps = 0, idle = 0;
	int err;

	do {
		err = look(drain);
		if (err || drain->is_taken_back)
			return err;
		if (steps % SHOW_STEPS == 0 || drain->flows != shown_flows) {
			show_left(drain);
			shown_flows = drain->flows;
			steps = 0;
		}
		steps++;
		idle = drain->flows ? 0 : idle + 1;
		err = hear_for_a_step(drain);
	} while (!err && !drain->is_done && idle < IDLE_STEPS);
	return err;
}

static int wait_for_end(struct drain *drain)
{
	char label[LABEL_SIZE];
	int err;

	print_one_line_each();
	object_label(drain->obj, label);
	err = follow(drain);
	if (err)
		return context_failed(drain->ctx, drain->obj->type, label, err);
	if (drain->is_taken_back) {
		complain("%s: its drain was ended", label);
		return EXIT_REFUSED;
	}
	if (!drain->is_done && drain->is_lost) {
		complain("%s: done, but not how many flows were cut: changes came too fast",
			 label);
		return EXIT_REFUSED;
	}
	show_done(drain);
	return drain->n_cut ? EXIT_CUT : EXIT_OK;
}

/**
 * drain_and_wait() - sends a request that begins a drain, shows what is left
 * @ctx: The context, connected.
 * @msg: The request.
 * @obj: The backend, by its names.
 *
 * Return: EXIT_OK, EXIT_CUT if the deadline cut flows, or EXIT_REFUSED after
 * having said why.
 */
int drain_and_wait(struct context *ctx, struct nl_msg *msg,
		   const struct object *obj)
{
	struct drain drain = { .ctx = ctx, .obj = obj };
	struct why why;
	int status, err;

	/* It listens before it asks, so that it misses no end. */
	drain.events = nl_open(&why);
	if (!drain.events) {
		complain("%s", why.text);
		return EXIT_REFUSED;
	}
	err = nl_listen(drain.events);
	if (err) {
		complain("drain: %s", strerror(-err));
		status = EXIT_REFUSED;
	} else {
		status = verb_request(ctx, msg, obj);
	}
	if (!status)
		status = wait_for_end(&drain);
	nl_close(drain.events);
	return status;
}

/**
 * drain_run() - lbctl backend drain
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int drain_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	bool is_waiting = argc > 2 && strcmp(argv[argc - 1], "wait") == 0;
	struct object *obj;
	struct nl_msg msg;
	int status;

	(void)command;
	obj = verb_parse_ids(ctx, KIND_BACKEND, 2, argc, argv);
	if (!obj)
		return EXIT_USAGE;
	nl_msg_init(&msg, NFLB_CMD_BACKEND_SET);
	wire_put_ids(&msg, obj);
	nl_put_u32(&msg, NFLB_A_BACKEND_DRAIN, 1);
	argc -= is_waiting;
	status = drain_put_note(&msg, obj, &argc, argv);
	if (!status)
		status = drain_put_deadline(ctx, &msg, obj, argc - 2, argv + 2);
	if (!status)
		status = context_open(ctx);
	if (!status)
		status = is_waiting ? drain_and_wait(ctx, &msg, obj) :
				      verb_request(ctx, &msg, obj);
	object_free(obj);
	return status;
}
