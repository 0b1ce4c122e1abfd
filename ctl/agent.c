// SPDX-License-Identifier: GPL-2.0-only
/*
 * lbctl agent: one loop for the checks, for what the kernel announces, and for
 * signals. Definitions and states are in the kernel: it begins with what it
 * finds there, and leaves there what it has found out.
 *
 * Of several agents one is active. The others stand by, and keep nothing: who
 * is active next begins as if it had just been started.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "alerts.h"
#include "clock.h"
#include "commands.h"
#include "execdir.h"
#include "load.h"
#include "mem.h"
#include "metrics.h"
#include "nflb.h"
#include "print.h"
#include "prober.h"
#include "ready.h"
#include "scrape.h"
#include "sock.h"

#define EVENTS_MAX		512
#define PASSES_MAX		8
#define STATUS_SIZE		512
#define METRICS_TRIES		3
#define RELOAD_STEP_US		(100 * US_PER_MS)
#define LOOK_STEP_US		(1000 * US_PER_MS)

/**
 * struct agent_options - what the command line says
 * @ca_file: File of the certificates that are trusted, or NULL.
 * @exec_dir: Where programs are that may be run, or NULL.
 * @metrics: Where metrics are served; without a port nowhere.
 */
struct agent_options {
	const char *ca_file;
	const char *exec_dir;
	struct endpoint metrics;
};

/**
 * struct agent - the agent
 * @ctx: The context; its connection is for requests.
 * @events: Connection for what the kernel announces.
 * @epoll_fd: What it waits for.
 * @signal_fd: Where signals come that end it.
 * @prober: Does the work.
 * @alerts: Alerts that the kernel tells of.
 * @scrape: Serves metrics, or NULL.
 * @generation: Of the configuration that the prober works by.
 * @reload_us: When to read the configuration, or NEVER_US.
 * @reload_pause_us: Not before, lest there be no time for anything else.
 * @look_us: When to look whether the module is there and of one mind with us,
 *           and who is the active agent.
 * @is_standby: Another agent is.
 * @is_over: A signal has ended it.
 */
struct agent {
	struct context *ctx;
	struct nl *events;
	int epoll_fd;
	int signal_fd;
	struct prober prober;
	struct alerts alerts;
	struct scrape *scrape;
	uint32_t generation;
	uint64_t reload_us;
	uint64_t reload_pause_us;
	uint64_t look_us;
	bool is_standby;
	bool is_over;
};

/* Changes that come close together are read together. */
static void want_reload(struct agent *agent)
{
	if (agent->is_standby)
		return;
	agent->prober.is_outdated = true;
	if (agent->reload_us == NEVER_US)
		agent->reload_us = agent->reload_pause_us;
}

static int hear_event(const struct nl_attrs *attrs, void *arg)
{
	struct agent *agent = arg;

	alerts_hear(&agent->alerts, attrs);
	if (attrs->cmd == NFLB_CMD_COMMIT_NTF)
		want_reload(agent);
	else if (attrs->cmd == NFLB_CMD_HEALTH_NTF)
		prober_hear(&agent->prober, attrs);
	else if (attrs->cmd == NFLB_CMD_AGENT_NTF)
		agent->look_us = 0;
	return 0;
}

static void note_loss(struct agent *agent)
{
	want_reload(agent);
	alerts_want(&agent->alerts);
}

/* Nothing is left when it returns; what was lost on the way is read anew. */
static int hear(struct agent *agent)
{
	int err;

	do {
		err = nl_next_event(agent->events, hear_event, agent);
		if (err == -ENOBUFS)
			note_loss(agent);
	} while (!err || err == -ENOBUFS);
	return err == -EAGAIN ? 0 : err;
}

/*
 * What has been announced so far is heard first: it must not come on top of
 * what is read now.
 */
static int read_anew(struct agent *agent)
{
	int err;

	err = hear(agent);
	agent->reload_us = NEVER_US;
	agent->prober.is_outdated = false;
	if (!err)
		err = load_generation(agent->ctx, &agent->generation);
	if (!err)
		err = prober_reload(&agent->prober);
	return err;
}

/* At most half of the time, however many changes there are. */
static int reload(struct agent *agent)
{
	uint64_t from_us = clock_us();
	uint64_t pause_us;
	int err;

	err = read_anew(agent);
	pause_us = clock_us() - from_us;
	if (pause_us < RELOAD_STEP_US)
		pause_us = RELOAD_STEP_US;
	agent->reload_pause_us = clock_us() + pause_us;
	if (err != -EINTR)
		return err;
	want_reload(agent);
	return 0;
}

static void show_role_json(const char *role, const char *text)
{
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("event", "agent");
	json_string("state", role);
	if (text)
		json_string("text", text);
	json_end();
}

/* For who reads what it writes, and for the service manager */
static void show_role(const char *role, const char *text)
{
	char status[STATUS_SIZE];

	snprintf(status, sizeof(status), "STATUS=%s%s%s", role,
		 text ? ": " : "", text ?: "");
	ready_tell(status);
	if (print_is_json())
		show_role_json(role, text);
	else
		print_text("agent: %s\n", status + strlen("STATUS="));
	print_flush();
}

static void begin_standby(struct agent *agent)
{
	prober_stop(&agent->prober);
	agent->is_standby = true;
	agent->reload_us = NEVER_US;
	show_role("standby", nl_refusal(agent->ctx->nl)->text);
}

/* Whatever it knew before, another agent may have found out more since. */
static void begin_active(struct agent *agent, uint32_t claim)
{
	prober_stop(&agent->prober);
	agent->prober.claim = claim;
	agent->is_standby = false;
	want_reload(agent);
	show_role("active", NULL);
}

static int take_claim(const struct nl_attrs *attrs, void *arg)
{
	uint32_t *claim = arg;

	*claim = nl_u32(attrs, NFLB_A_AGENT_CLAIM);
	return 0;
}

/* Claims to be the active one, or keeps on being that. */
static int claim(struct agent *agent)
{
	uint32_t number = 0;
	struct nl_msg msg;
	int err;

	nl_msg_init(&msg, NFLB_CMD_AGENT_CLAIM);
	err = nl_call(agent->ctx->nl, &msg, take_claim, &number);
	if (err == -EBUSY) {
		if (!agent->is_standby)
			begin_standby(agent);
		return 0;
	}
	if (!err && number != agent->prober.claim)
		begin_active(agent, number);
	return err;
}

/*
 * Announcements may have been lost, and a module that is unloaded does not
 * announce that, nor does an agent that hangs.
 */
static int look(struct agent *agent)
{
	uint32_t generation;
	int err;

	agent->look_us = clock_us() + LOOK_STEP_US;
	if (agent->scrape)
		scrape_run(agent->scrape);
	err = claim(agent);
	if (!err)
		err = load_generation(agent->ctx, &generation);
	if (!err && generation != agent->generation)
		want_reload(agent);
	return err;
}

static int handle(struct agent *agent, const struct epoll_event *event)
{
	int fd = event->data.fd;

	if (fd == nl_fd(agent->events))
		return hear(agent);
	if (agent->scrape && fd == scrape_fd(agent->scrape))
		scrape_run(agent->scrape);
	else if (fd == agent->signal_fd)
		agent->is_over = true;
	else
		checker_ready(&agent->prober.checker, fd, event->events);
	return 0;
}

static bool is_serving(const struct agent *agent)
{
	return agent->scrape && scrape_is_busy(agent->scrape);
}

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* In milliseconds, rounded up: too early is to wait twice. */
static int time_to_wait(const struct agent *agent)
{
	uint64_t now_us = clock_us();
	uint64_t next_us;

	if (is_serving(agent))
		return 0;
	next_us = earlier(agent->look_us, agent->reload_us);
	next_us = earlier(next_us, agent->alerts.due_us);
	next_us = earlier(next_us, prober_next_us(&agent->prober));
	if (next_us <= now_us)
		return 0;
	return (next_us - now_us + US_PER_MS - 1) / US_PER_MS;
}

/* The number of those that were ready, or a negative error number */
static int handle_ready(struct agent *agent, int timeout_ms, uint64_t from_us)
{
	struct epoll_event events[EVENTS_MAX];
	int i, n, err;

	n = epoll_wait(agent->epoll_fd, events, EVENTS_MAX, timeout_ms);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	checks_waited(agent->prober.checker.checks, from_us,
		      n < EVENTS_MAX ? clock_us() : from_us);
	for (i = 0; i < n; i++) {
		err = handle(agent, &events[i]);
		if (err)
			return err;
	}
	return n;
}

/*
 * As long as there may be more that is ready nobody can say of a check that it
 * has no answer; but what is due must have its turn some time.
 */
static int wait(struct agent *agent)
{
	uint64_t from_us = clock_us();
	int passes = 1;
	int n;

	n = handle_ready(agent, time_to_wait(agent), from_us);
	while (n == EVENTS_MAX && passes++ < PASSES_MAX)
		n = handle_ready(agent, 0, from_us);
	return n < 0 ? n : 0;
}

/*
 * What is long to read is read one at a time: what is due to be checked has its
 * turn in between. Who cannot tell of alerts goes on to check; look() finds out
 * whether there is nothing to check any more.
 */
static int read_kernel(struct agent *agent)
{
	if (clock_us() >= agent->reload_us)
		return reload(agent);
	if (alerts_run(&agent->alerts))
		agent->look_us = 0;
	return 0;
}

static int run_once(struct agent *agent)
{
	int err = wait(agent);

	if (is_serving(agent))
		scrape_run(agent->scrape);
	prober_run(&agent->prober);
	if (!err)
		err = agent->prober.err;
	if (agent->prober.is_superseded)
		agent->look_us = 0;
	if (!err && clock_us() >= agent->look_us)
		err = look(agent);
	return err ?: read_kernel(agent);
}

static int watch(struct agent *agent, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(agent->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ?
		-errno : 0;
}

/* Whoever reads what it writes may end before it does. */
static int watch_signals(struct agent *agent)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	agent->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return agent->signal_fd < 0 ? -errno : watch(agent, agent->signal_fd);
}

/* Each check under way is an open file. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* As long as the configuration changes all the time, there are none. */
static int write_metrics(FILE *out, void *arg)
{
	struct agent *agent = arg;
	int err, tries = 0;

	do {
		err = metrics_write(out, agent->ctx, &agent->prober);
	} while (err == -EINTR && ++tries < METRICS_TRIES);
	return err;
}

static int serve_metrics(struct agent *agent, const struct endpoint *at)
{
	struct why why;

	agent->scrape = scrape_open(at, write_metrics, agent, &why);
	if (agent->scrape)
		return watch(agent, scrape_fd(agent->scrape));
	complain("metrics: %s", why.text);
	return -ECANCELED;
}

/* Listens before it reads, so that it misses no change. */
static int begin(struct agent *agent, const struct endpoint *metrics)
{
	int err;

	err = watch_signals(agent);
	if (!err && metrics->has_port)
		err = serve_metrics(agent, metrics);
	if (!err)
		err = nl_listen(agent->events);
	if (!err)
		err = watch(agent, nl_fd(agent->events));
	if (!err)
		err = claim(agent);
	if (!err && !agent->is_standby)
		err = reload(agent);
	return err;
}

static void show_figures(const struct prober_figures *figures)
{
	uint64_t n = figures->n_rounds ?: 1;

	if (print_is_json()) {
		json_begin_object(NULL, LAYOUT_INLINE);
		json_string("event", "end");
		json_u64("rounds", figures->n_rounds);
		json_u64("not_made", figures->n_lacks);
		json_u64("late_mean_us", figures->late_sum_us / n);
		json_u64("late_max_us", figures->late_max_us);
		json_end();
		return;
	}
	print_text("end: %llu rounds of checks, late by %llu us on average and %llu us at most, %llu not made\n",
		   (unsigned long long)figures->n_rounds,
		   (unsigned long long)figures->late_sum_us / n,
		   (unsigned long long)figures->late_max_us,
		   (unsigned long long)figures->n_lacks);
}

static int work(struct agent *agent, const struct endpoint *metrics)
{
	int err = begin(agent, metrics);

	if (!err)
		ready_tell("READY=1");
	while (!err && !agent->is_over)
		err = run_once(agent);
	if (agent->is_over)
		show_figures(&agent->prober.figures);
	return err;
}

static int run_agent(struct context *ctx, const struct agent_options *options)
{
	struct agent agent = { .ctx = ctx, .signal_fd = -1 };
	struct why why;
	int err;

	agent.reload_us = NEVER_US;
	agent.events = nl_open(&why);
	if (!agent.events) {
		complain("%s", why.text);
		return EXIT_REFUSED;
	}
	agent.epoll_fd = sock_waiter();
	prober_init(&agent.prober, ctx->nl, agent.epoll_fd);
	alerts_init(&agent.alerts, ctx->nl);
	checks_trust(agent.prober.checker.checks, options->ca_file);
	exec_checks_allow(agent.prober.checker.exec, options->exec_dir);
	err = work(&agent, &options->metrics);
	scrape_close(agent.scrape);
	prober_end(&agent.prober);
	close(agent.signal_fd);
	close(agent.epoll_fd);
	nl_close(agent.events);
	if (err == -ECANCELED)
		return EXIT_REFUSED;
	return err ? context_failed(ctx, NULL, "agent", err) : EXIT_OK;
}

static int take_ca_file(void *arg, const char *file, struct why *why)
{
	struct agent_options *options = arg;

	options->ca_file = file;
	return access(file, R_OK) < 0 ? because_of_errno(why, errno) : 0;
}

static int take_metrics(void *arg, const char *at, struct why *why)
{
	struct agent_options *options = arg;
	int err = parse_endpoint(at, &options->metrics, why);

	if (err || options->metrics.has_port)
		return err;
	return because(why, "a port is needed, as in 127.0.0.1:9180");
}

static int take_exec_dir(void *arg, const char *dir, struct why *why)
{
	struct agent_options *options = arg;

	options->exec_dir = dir;
	return execdir_check(dir, why);
}

static const struct command_option agent_options[] = {
	{ "ca-file", take_ca_file },
	{ "exec-dir", take_exec_dir },
	{ "metrics", take_metrics },
	{ NULL, NULL },
};

/**
 * agent_run() - lbctl agent [OPTION VALUE]...
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status, after a signal or when it cannot go on.
 */
int agent_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	struct agent_options options = { 0 };

	(void)command;
	if (command_options(ctx, agent_options, &options, argc, argv))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	print_one_line_each();
	raise_limit();
	return run_agent(ctx, &options);
}
