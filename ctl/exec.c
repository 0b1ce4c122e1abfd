// SPDX-License-Identifier: GPL-2.0-only
/* Checks by programs, a bounded number at once; the others wait. */
#include "exec.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "due.h"
#include "execdir.h"
#include "mem.h"
#include "program.h"
#include "sock.h"

#define RUNNING_MAX	32
#define ENV_MAX		9
#define WORDS_MAX	(NFLB_COMMAND_MAX / 2 + 2)
#define PATH_VARIABLE	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/**
 * struct exec_run - a program that runs
 * @program: The program.
 * @check: The check that it is for, or NULL if nobody wants it any more.
 */
struct exec_run {
	struct program program;
	struct exec_check *check;
};

/**
 * struct exec_checks - all checks under way
 * @dir: Where the programs are that may be run, or NULL.
 * @epoll_fd: Where their ends are waited for.
 * @heap: The checks by the time when they give up.
 * @waiting: Those whose program has not begun, by @n_begun when they came.
 * @n_begun: How many have been begun in all.
 * @runs: The programs that run; NULL where there is room for one more.
 */
struct exec_checks {
	const char *dir;
	int epoll_fd;
	struct due_heap heap;
	struct due_heap waiting;
	uint64_t n_begun;
	struct exec_run *runs[RUNNING_MAX];
};

/**
 * struct exec_check - a check under way
 * @head: What all checks begin with.
 * @checks: Where it belongs.
 * @due: When it gives up.
 * @turn: Its place among those that wait.
 * @run: Its program, or NULL.
 * @begin_us: When its program began.
 * @timeout_ms: How long that may take.
 * @command: The program and its arguments.
 * @env: Its environment.
 */
struct exec_check {
	struct check head;
	struct exec_checks *checks;
	struct due due;
	struct due turn;
	struct exec_run *run;
	uint64_t begin_us;
	uint64_t timeout_ms;
	char command[NFLB_COMMAND_MAX + 1];
	char *env[ENV_MAX + 1];
};

/**
 * exec_checks_new() - gets ready for checks
 *
 * Return: What to give to the other functions; exec_checks_free() it.
 */
struct exec_checks *exec_checks_new(void)
{
	struct exec_checks *checks = mem_zalloc(sizeof(*checks));

	/* Ignored, it would take the ends of programs away from us. */
	signal(SIGCHLD, SIG_DFL);
	checks->epoll_fd = sock_waiter();
	return checks;
}

/**
 * exec_checks_allow() - says which programs may be run
 * @checks: The checks.
 * @dir: Where they are, or NULL for none; stays as long as @checks.
 */
void exec_checks_allow(struct exec_checks *checks, const char *dir)
{
	checks->dir = dir;
}

/* What epoll has of it is forgotten first, as that is about to be freed. */
static void free_run(struct exec_checks *checks, struct exec_run **run)
{
	epoll_ctl(checks->epoll_fd, EPOLL_CTL_DEL, (*run)->program.pid_fd,
		  NULL);
	program_close(&(*run)->program);
	free(*run);
	*run = NULL;
}

/**
 * exec_checks_free() - gives back what exec_checks_new() took
 * @checks: What it returned; no check is under way.
 *
 * Programs that nobody wants any more have been killed.
 */
void exec_checks_free(struct exec_checks *checks)
{
	size_t i;

	for (i = 0; i < RUNNING_MAX; i++)
		if (checks->runs[i])
			free_run(checks, &checks->runs[i]);
	due_free(&checks->heap);
	due_free(&checks->waiting);
	close(checks->epoll_fd);
	free(checks);
}

/**
 * exec_checks_fd() - says what is readable when exec_checks_ready() has to do
 * @checks: The checks.
 *
 * Return: The file.
 */
int exec_checks_fd(const struct exec_checks *checks)
{
	return checks->epoll_fd;
}

static struct exec_check *check_of(struct check *head)
{
	return (struct exec_check *)((char *)head -
				     offsetof(struct exec_check, head));
}

static struct exec_check *check_that_is(struct due *due)
{
	return (struct exec_check *)((char *)due -
				     offsetof(struct exec_check, due));
}

static struct exec_check *check_that_waits(struct due *turn)
{
	return (struct exec_check *)((char *)turn -
				     offsetof(struct exec_check, turn));
}

/* Its program is killed if it still runs; what waits for its end is its run. */
static void end_check(struct exec_check *check)
{
	size_t i;

	if (check->run) {
		check->run->check = NULL;
		program_kill(&check->run->program);
	}
	due_drop(&check->checks->heap, &check->due);
	due_drop(&check->checks->waiting, &check->turn);
	for (i = 0; check->env[i]; i++)
		free(check->env[i]);
	free(check);
}

static void cancel(struct check *head)
{
	end_check(check_of(head));
}

static __printf(3, 4) void add_env(struct exec_check *check, size_t i,
				   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&check->env[i], fmt, ap) < 0)
		mem_need(NULL);
	va_end(ap);
}

/* All that the program is told; nothing of this process's own. */
static void set_env(struct exec_check *check, const struct check_spec *spec)
{
	char text[ADDRESS_TEXT_SIZE];

	add_env(check, 0, "%s", PATH_VARIABLE);
	add_env(check, 1, "NFLB_POOL=%s", spec->pool);
	add_env(check, 2, "NFLB_BACKEND=%s", spec->backend);
	add_env(check, 3, "NFLB_ADDRESS=%s",
		format_address(&spec->address, text));
	add_env(check, 4, "NFLB_PORT=%u", spec->port);
	add_env(check, 5, "NFLB_TIMEOUT_MS=%llu",
		(unsigned long long)spec->timeout_ms);
	add_env(check, 6, "NFLB_SOURCE=%s", spec->way.source.len ?
		format_address(&spec->way.source, text) : "");
	add_env(check, 7, "NFLB_DEVICE=%s", spec->way.device);
	if (spec->way.mark)
		add_env(check, 8, "NFLB_MARK=%u", spec->way.mark);
	else
		add_env(check, 8, "NFLB_MARK=");
}

/**
 * exec_check_begin() - begins a check
 * @checks: Where it belongs.
 * @spec: What to check; not needed after the call.
 * @on_done: Called in the end, from exec_checks_ready() or
 *           exec_checks_expire().
 * @arg: For @on_done.
 *
 * Its program begins with the next exec_checks_expire(), or when others have
 * ended.
 *
 * Return: The check, until @on_done is called.
 */
struct check *exec_check_begin(struct exec_checks *checks,
			       const struct check_spec *spec,
			       check_done_fn on_done, void *arg)
{
	struct exec_check *check = mem_zalloc(sizeof(*check));

	check->head = (struct check){ cancel, on_done, arg };
	check->checks = checks;
	check->timeout_ms = spec->timeout_ms;
	snprintf(check->command, sizeof(check->command), "%s", spec->command);
	set_env(check, spec);
	due_set(&checks->heap, &check->due,
		clock_us() + spec->timeout_ms * US_PER_MS);
	due_set(&checks->waiting, &check->turn, checks->n_begun++);
	return &check->head;
}

static void finish(struct exec_check *check, struct check_result *result)
{
	struct check head = check->head;

	if (check->begin_us)
		result->rtt_us = clock_us() - check->begin_us;
	end_check(check);
	head.on_done(result, head.arg);
}

/* A place for one more program, or RUNNING_MAX. */
static size_t find_room(const struct exec_checks *checks)
{
	size_t room = 0;

	while (room < RUNNING_MAX && checks->runs[room])
		room++;
	return room;
}

/* The words of the command, which is cut up; at least its path. */
static void split(char *command, char *words[WORDS_MAX])
{
	char *rest = NULL;
	size_t n = 0;

	words[n] = strtok_r(command, " ", &rest);
	while (words[n] && n + 1 < WORDS_MAX)
		words[++n] = strtok_r(NULL, " ", &rest);
	words[n] = NULL;
}

static int run(struct exec_check *check, struct exec_run *exec_run,
	       struct why *why)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = exec_run };
	struct exec_checks *checks = check->checks;
	char *words[WORDS_MAX];

	split(check->command, words);
	if (!words[0])
		return because(why, "there is no command");
	if (execdir_allows(checks->dir, words[0], why) ||
	    program_begin(&exec_run->program, words, check->env, why))
		return -1;
	if (epoll_ctl(checks->epoll_fd, EPOLL_CTL_ADD,
		      exec_run->program.pid_fd, &event) == 0)
		return 0;
	/* Nobody would hear of its end, and its room would never be free. */
	because_of_errno(why, errno);
	program_end(&exec_run->program);
	return -1;
}

/* That a program cannot be run says nothing of the backend. */
static void start(struct exec_check *check, size_t room)
{
	struct exec_run *exec_run = mem_zalloc(sizeof(*exec_run));
	struct check_result result = { 0 };
	struct why why;

	due_drop(&check->checks->waiting, &check->turn);
	if (run(check, exec_run, &why)) {
		result_set_lack(&result, "%.*s: %.80s",
				(int)strcspn(check->command, " "),
				check->command, why.text);
		free(exec_run);
		finish(check, &result);
		return;
	}
	check->checks->runs[room] = exec_run;
	exec_run->check = check;
	check->run = exec_run;
	check->begin_us = clock_us();
	due_set(&check->checks->heap, &check->due,
		check->begin_us + check->timeout_ms * US_PER_MS);
}

static void start_waiting(struct exec_checks *checks)
{
	struct due *turn;
	size_t room;

	while ((turn = due_first(&checks->waiting)) &&
	       (room = find_room(checks)) < RUNNING_MAX)
		start(check_that_waits(turn), room);
}

static void judge_status(int status, const char *line,
			 struct check_result *result)
{
	bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bool is_killed = WIFSIGNALED(status);

	result_set(result, is_good ? OUTCOME_PASS : OUTCOME_FAIL,
		   is_good ? REASON_SUCCESS : REASON_EXEC_STATUS,
		   "%s %d%s%s", is_killed ? "signal" : "exit status",
		   is_killed ? WTERMSIG(status) : WEXITSTATUS(status),
		   *line ? ": " : "", line);
}

/* What has ended too late has perhaps ended in time, and nobody has looked. */
static bool is_late(const struct exec_check *check)
{
	return clock_us() > check->due.at_us + US_PER_MS;
}

static void end_run(struct exec_checks *checks, struct exec_run *exec_run,
		    int status)
{
	struct exec_check *check = exec_run->check;
	char line[PROGRAM_LINE_SIZE];
	struct check_result result = { 0 };
	size_t i = 0;

	program_first_line(&exec_run->program, line);
	while (checks->runs[i] != exec_run)
		i++;
	free_run(checks, &checks->runs[i]);
	if (!check)
		return;
	check->run = NULL;
	if (is_late(check))
		result_set_lack(&result, "no time to look at its end");
	else
		judge_status(status, line, &result);
	finish(check, &result);
}

/**
 * exec_checks_ready() - lets checks go on whose program has ended
 * @checks: The checks.
 */
void exec_checks_ready(struct exec_checks *checks)
{
	struct epoll_event event;
	struct exec_run *exec_run;
	int status;

	while (epoll_wait(checks->epoll_fd, &event, 1, 0) == 1) {
		exec_run = event.data.ptr;
		if (!program_has_ended(&exec_run->program, &status))
			break;
		end_run(checks, exec_run, status);
	}
	start_waiting(checks);
}

static void give_up(struct exec_check *check)
{
	struct check_result result = { 0 };
	char text[TIME_TEXT_SIZE];

	format_ms(check->timeout_ms, text);
	if (check->run)
		result_set(&result, OUTCOME_SILENCE, REASON_EXEC_TIMEOUT,
			   "not ended within %s", text);
	else
		result_set_lack(&result, "no turn within %s: %u programs run",
				text, RUNNING_MAX);
	finish(check, &result);
}

/**
 * exec_checks_expire() - begins programs, and ends those whose time is over
 * @checks: The checks.
 * @now_us: The time.
 */
void exec_checks_expire(struct exec_checks *checks, uint64_t now_us)
{
	struct due *due;

	start_waiting(checks);
	due = due_first(&checks->heap);
	if (!due || due->at_us > now_us)
		return;
	exec_checks_ready(checks);
	while ((due = due_first(&checks->heap)) && due->at_us <= now_us)
		give_up(check_that_is(due));
}

/**
 * exec_checks_next_us() - says when exec_checks_expire() is to be called
 * @checks: The checks.
 *
 * Return: The time, or NEVER_US.
 */
uint64_t exec_checks_next_us(const struct exec_checks *checks)
{
	struct due *due = due_first(&checks->heap);

	if (due_first(&checks->waiting) && find_room(checks) < RUNNING_MAX)
		return 0;
	return due ? due->at_us : NEVER_US;
}
