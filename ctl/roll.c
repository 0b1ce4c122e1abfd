// SPDX-License-Identifier: GPL-2.0-only
/*
 * lbctl pool roll: drain one, wait, run a command for it, wait until it passes
 * its probes, give it back; the next.
 */
#include "roll.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend.h"
#include "clock.h"
#include "drain.h"
#include "nflb.h"
#include "print.h"
#include "verbs.h"
#include "wire.h"

#define STEP_MS		500
#define NS_PER_MS	1000000L

/* Files of the command. */
#define ITS_OUTPUT	1

const struct help_word roll_words[] = {
	{ "COMMAND", "for a shell; in $NFLB_BACKEND is whose turn it is" },
	{ "deadline TIME", "resets what is left of flows then, 0s to 168h" },
	{ NULL, NULL },
};

/**
 * struct roll - a roll under way
 * @ctx: The context, connected.
 * @pool: Name of the pool.
 * @command: What is done to each server.
 * @deadline: The words that say it, as of backend drain.
 * @n_deadline: Number of these words.
 * @obj: The backend whose turn it is.
 * @n_done: How many have had theirs.
 * @has_cut: A deadline has cut flows.
 */
struct roll {
	struct context *ctx;
	const char *pool;
	const char *command;
	char **deadline;
	int n_deadline;
	struct object *obj;
	unsigned int n_done;
	bool has_cut;
};

static void say(const struct roll *roll, const char *step)
{
	if (!print_is_json()) {
		print_text("backend %s: %s\n", object_name(roll->obj), step);
	} else {
		json_begin_object(NULL, LAYOUT_INLINE);
		json_string("backend", object_name(roll->obj));
		json_string("step", step);
		json_end();
	}
	print_flush();
}

/* Something is not as it must be; the backend stays as it is. */
static int stop(const struct roll *roll, const char *why)
{
	char label[LABEL_SIZE];

	complain("%s: %s", object_label(roll->obj, label), why);
	return EXIT_REFUSED;
}

static int read_pool(const struct roll *roll, struct nl_list *list)
{
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	nl_put_text(&msg, NFLB_A_BACKEND_POOL, roll->pool);
	err = nl_collect(roll->ctx->nl, &msg, list);
	if (err)
		return context_failed(roll->ctx, &object_types[KIND_BACKEND],
				      "pool roll", err);
	return EXIT_OK;
}

/* By what the administrator says, and the probes unless he knows better. */
static bool is_up(const struct nl_attrs *attrs)
{
	switch (nl_u32(attrs, NFLB_A_BACKEND_ADMIN)) {
	case NFLB_ADMIN_UP:
		return true;
	case NFLB_ADMIN_DOWN:
		return false;
	}
	return backend_passes(attrs);
}

/* New flows go to it. */
static bool serves(const struct nl_attrs *attrs)
{
	return nl_u32(attrs, NFLB_A_BACKEND_WEIGHT) &&
	       !nl_u32(attrs, NFLB_A_BACKEND_DRAIN) &&
	       !nl_has(attrs, NFLB_A_BACKEND_LEAVING) && is_up(attrs);
}

/* A state of old says nothing of what an upgrade does to a server. */
static int check_probes(const struct roll *roll, const struct nl_attrs *attrs)
{
	const char *probe = backend_stale_probe(attrs);
	struct why why;

	if (!probe || nl_u32(attrs, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_UP)
		return EXIT_OK;
	because(&why, "what probe %s says is stale, nobody reports", probe);
	return stop(roll, why.text);
}

static int check_others(const struct roll *roll, const struct nl_list *list)
{
	const char *name = object_name(roll->obj);
	struct nl_attrs attrs;
	size_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, &attrs);
		if (strcmp(nl_text(&attrs, NFLB_A_BACKEND_NAME), name) != 0)
			n += serves(&attrs);
	}
	return n ? EXIT_OK : stop(roll, "no other backend of the pool serves");
}

static void begin_set(const struct roll *roll, struct nl_msg *msg,
		      bool is_draining)
{
	nl_msg_init(msg, NFLB_CMD_BACKEND_SET);
	wire_put_ids(msg, roll->obj);
	nl_put_u32(msg, NFLB_A_BACKEND_DRAIN, is_draining);
}

static int begin_drain(const struct roll *roll)
{
	struct nl_msg msg;
	int status;

	begin_set(roll, &msg, true);
	status = drain_put_deadline(roll->ctx, &msg, roll->obj,
				    roll->n_deadline, roll->deadline);
	return status ?: drain_and_wait(roll->ctx, &msg, roll->obj);
}

static int end_drain(const struct roll *roll)
{
	struct nl_msg msg;

	begin_set(roll, &msg, false);
	return verb_request(roll->ctx, &msg, roll->obj);
}

/* Its output is not ours: what we write may be JSON. */
static void become_command(const struct roll *roll)
{
	char address[ADDRESS_TEXT_SIZE];

	format_address(&roll->obj->values[BACKEND_ADDRESS].address, address);
	if (setenv("NFLB_POOL", roll->pool, 1) == 0 &&
	    setenv("NFLB_BACKEND", object_name(roll->obj), 1) == 0 &&
	    setenv("NFLB_ADDRESS", address, 1) == 0 &&
	    dup2(STDERR_FILENO, ITS_OUTPUT) >= 0)
		execl("/bin/sh", "sh", "-c", roll->command, (char *)NULL);
	_exit(127);
}

static int run_command(const struct roll *roll)
{
	char label[LABEL_SIZE];
	int status = 0;
	pid_t pid;

	/* Ignored, as by some who begin us, it would take the end from us. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0)
		become_command(roll);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			pid = -1;
	if (pid < 0)
		return stop(roll, strerror(errno));
	if (status == 0)
		return EXIT_OK;
	object_label(roll->obj, label);
	if (WIFSIGNALED(status))
		complain("%s: the command ended by signal %d; it still drains",
			 label, WTERMSIG(status));
	else
		complain("%s: the command ended with %d; it still drains",
			 label, WEXITSTATUS(status));
	return EXIT_REFUSED;
}

static int take_settle_ms(const struct nl_attrs *attrs, void *arg)
{
	struct object *probe = wire_read(attrs, KIND_PROBE);
	const struct value *values = probe->values;
	uint64_t *settle_ms = arg;
	uint64_t ms;

	ms = values[PROBE_INTERVAL].number * values[PROBE_FALL].number +
	     values[PROBE_TIMEOUT].number;
	if (ms > *settle_ms)
		*settle_ms = ms;
	object_free(probe);
	return 0;
}

static int read_settle_ms(const struct roll *roll,
			  const struct nl_attrs *backend, uint64_t *settle_ms)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;
	struct nl_msg msg;
	int err = 0;

	/* A probe that is there no more has nothing to notice. */
	while ((!err || err == -ENOENT) &&
	       (item = nl_next(backend, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		nl_msg_init(&msg, NFLB_CMD_PROBE_GET);
		nl_put_text(&msg, NFLB_A_PROBE_NAME,
			    nl_text(&nest, NFLB_A_PROBE_STATE_PROBE));
		err = nl_call(roll->ctx->nl, &msg, take_settle_ms, settle_ms);
	}
	return err == -ENOENT ? 0 : err;
}

static int failed(const struct roll *roll, int err)
{
	char label[LABEL_SIZE];

	return context_failed(roll->ctx, roll->obj->type,
			      object_label(roll->obj, label), err);
}

static int look(const struct roll *roll, struct nl_list *list)
{
	struct nl_attrs attrs;
	struct nl_msg msg;
	int err;

	nl_list_free(list);
	nl_msg_init(&msg, NFLB_CMD_BACKEND_GET);
	wire_put_ids(&msg, roll->obj);
	err = nl_call(roll->ctx->nl, &msg, nl_list_keep, list);
	if (err)
		return failed(roll, err);
	nl_list_get(list, 0, &attrs);
	return check_probes(roll, &attrs);
}

static bool is_back(const struct nl_list *list)
{
	struct nl_attrs attrs;

	nl_list_get(list, 0, &attrs);
	return nl_u32(&attrs, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_UP ||
	       backend_passes(&attrs);
}

/*
 * The command may have come back before its server does, and the probes not
 * have noticed that it was away: so their time to notice goes by first.
 */
static int wait_until_it_passes(const struct roll *roll, struct nl_list *list)
{
	struct timespec step = { .tv_nsec = STEP_MS * NS_PER_MS };
	uint64_t settle_ms = 0, from_us = clock_us();
	struct nl_attrs attrs;
	int status, err;

	status = look(roll, list);
	if (status)
		return status;
	nl_list_get(list, 0, &attrs);
	if (nl_u32(&attrs, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_UP)
		return EXIT_OK;
	err = read_settle_ms(roll, &attrs, &settle_ms);
	if (err)
		return failed(roll, err);
	while (!status && (clock_us() - from_us < settle_ms * US_PER_MS ||
			   !is_back(list))) {
		nanosleep(&step, NULL);
		status = look(roll, list);
	}
	return status;
}

static int wait_for_probes(const struct roll *roll)
{
	struct nl_list list;
	int status;

	nl_list_init(&list);
	status = wait_until_it_passes(roll, &list);
	nl_list_free(&list);
	return status;
}

static int take_turn(struct roll *roll)
{
	int status;

	say(roll, "drains");
	status = begin_drain(roll);
	roll->has_cut |= status == EXIT_CUT;
	if (status && status != EXIT_CUT)
		return status;
	say(roll, "command");
	status = run_command(roll);
	if (status)
		return status;
	say(roll, "probes");
	status = wait_for_probes(roll);
	if (status)
		return status;
	status = end_drain(roll);
	if (status)
		return status;
	say(roll, "back");
	roll->n_done++;
	return EXIT_OK;
}

/* One that leaves may have the name of another that has come since. */
static bool find_member(const struct nl_list *list, const char *name,
			struct nl_attrs *attrs)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		nl_list_get(list, i, attrs);
		if (!nl_has(attrs, NFLB_A_BACKEND_LEAVING) &&
		    strcmp(nl_text(attrs, NFLB_A_BACKEND_NAME), name) == 0)
			return true;
	}
	return false;
}

/* With another address by now it is another server, which is rolled as well. */
static void take_up(struct roll *roll, const struct nl_attrs *attrs)
{
	object_free(roll->obj);
	roll->obj = wire_read(attrs, KIND_BACKEND);
}

/* What the list of the beginning says may be wrong when its turn comes. */
static int roll_one(struct roll *roll)
{
	struct nl_attrs attrs;
	struct nl_list list;
	bool is_in = false;
	int status;

	nl_list_init(&list);
	status = read_pool(roll, &list);
	if (!status && find_member(&list, object_name(roll->obj), &attrs) &&
	    serves(&attrs)) {
		is_in = true;
		take_up(roll, &attrs);
		status = check_probes(roll, &attrs) ?:
			 check_others(roll, &list);
	}
	nl_list_free(&list);
	if (status)
		return status;
	if (is_in)
		return take_turn(roll);
	say(roll, "left out");
	return EXIT_OK;
}

static int roll_list(struct roll *roll, const struct nl_list *list)
{
	struct nl_attrs attrs;
	int status = EXIT_OK;
	size_t i;

	for (i = 0; i < list->n && !status; i++) {
		nl_list_get(list, i, &attrs);
		if (nl_has(&attrs, NFLB_A_BACKEND_LEAVING))
			continue;
		roll->obj = wire_read(&attrs, KIND_BACKEND);
		status = roll_one(roll);
		object_free(roll->obj);
	}
	return status;
}

static void show_end(const struct roll *roll)
{
	if (!print_is_json()) {
		print_text("done, %u backends\n", roll->n_done);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_bool("done", true);
	json_u64("backends", roll->n_done);
	json_bool("cut", roll->has_cut);
	json_end();
}

/* The names are those of the beginning: who joins meanwhile is new anyway. */
static int roll_pool(struct roll *roll)
{
	struct nl_list list;
	int status;

	print_one_line_each();
	nl_list_init(&list);
	status = read_pool(roll, &list);
	if (!status)
		status = roll_list(roll, &list);
	nl_list_free(&list);
	if (status)
		return status;
	show_end(roll);
	return roll->has_cut ? EXIT_CUT : EXIT_OK;
}

/* All words are looked at before anything is done. */
static int parse(struct roll *roll, const struct object *pool, int argc,
		 char **argv)
{
	struct nl_msg unused;

	if (argc < 2)
		return command_usage(roll->ctx, "COMMAND is missing");
	roll->pool = object_name(pool);
	roll->command = argv[1];
	roll->deadline = argv + 2;
	roll->n_deadline = argc - 2;
	nl_msg_init(&unused, NFLB_CMD_BACKEND_SET);
	return drain_put_deadline(roll->ctx, &unused, pool, roll->n_deadline,
				  roll->deadline);
}

/* The backends of a pool that is not there are just none. */
static int check_pool(const struct roll *roll, const struct object *pool)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_POOL_GET);
	wire_put_ids(&msg, pool);
	return verb_request(roll->ctx, &msg, pool);
}

/**
 * roll_run() - lbctl pool roll NAME COMMAND [deadline TIME]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int roll_run(struct context *ctx, const struct command *command, int argc,
	     char **argv)
{
	struct roll roll = { .ctx = ctx };
	struct object *pool;
	int status;

	(void)command;
	pool = verb_parse_ids(ctx, KIND_POOL, 1, argc, argv);
	if (!pool)
		return EXIT_USAGE;
	status = parse(&roll, pool, argc, argv);
	if (!status)
		status = context_open(ctx);
	if (!status)
		status = check_pool(&roll, pool);
	if (!status)
		status = roll_pool(&roll);
	object_free(pool);
	return status;
}
