// SPDX-License-Identifier: GPL-2.0-only
/* Checks by programs, which are scripts in a directory of this test's own. */
#include "helper.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "exec.h"
#include "execdir.h"

#define PATIENCE_MS	60000	/* no check that ends takes that long */
#define IMPATIENCE_MS	300
#define MANY		40	/* more than run at once */

static char dir[] = "/tmp/nflb-exec.XXXXXX";
static char command[300];
static struct check_result got;
static size_t n_done, n_passed;

static void take(const struct check_result *result, void *arg)
{
	assert_ptr_equal(arg, &got);
	got = *result;
	n_done++;
	n_passed += result->is_made && result->outcome == OUTCOME_PASS;
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* A script, and how it is checked. */
static struct check_spec script(const char *name, const char *text)
{
	struct check_spec spec = {
		.type = NFLB_PROBE_TYPE_EXEC,
		.address = { 4, { 10, 0, 0, 1 } },
		.port = 8080,
		.timeout_ms = PATIENCE_MS,
		.command = command,
		.pool = "web",
		.backend = "b1",
	};
	FILE *file;

	snprintf(command, sizeof(command), "%s/%s", dir, name);
	file = fopen(command, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fchmod(fileno(file), 0755), 0);
	fclose(file);
	return spec;
}

static void wait_for_checks(struct exec_checks *checks, size_t n)
{
	struct pollfd poll_fd = { exec_checks_fd(checks), POLLIN, 0 };

	while (n_done < n) {
		exec_checks_expire(checks, clock_us());
		if (poll(&poll_fd, 1, 5) > 0)
			exec_checks_ready(checks);
	}
	assert_int_equal(exec_checks_next_us(checks), NEVER_US);
}

static void run_where(const char *allowed, const struct check_spec *spec)
{
	struct exec_checks *checks = exec_checks_new();

	exec_checks_allow(checks, allowed);
	n_done = 0;
	exec_check_begin(checks, spec, take, &got);
	assert_int_equal(n_done, 0);
	wait_for_checks(checks, 1);
	exec_checks_free(checks);
}

static void run(const struct check_spec *spec)
{
	run_where(dir, spec);
}

static void expect_result(enum outcome outcome, enum reason reason,
			  const char *text)
{
	assert_string_equal(got.text, text);
	assert_true(got.is_made);
	assert_int_equal(got.outcome, outcome);
	assert_int_equal(got.reason, reason);
}

static void exit_status_decides(void **state)
{
	struct check_spec spec;

	(void)state;
	spec = script("good", "exit 0");
	run(&spec);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "exit status 0");
	spec = script("bad", "exit 3");
	run(&spec);
	expect_result(OUTCOME_FAIL, REASON_EXEC_STATUS, "exit status 3");
	spec = script("killed", "kill -9 $$");
	run(&spec);
	expect_result(OUTCOME_FAIL, REASON_EXEC_STATUS, "signal 9");
}

static void first_line_is_told(void **state)
{
	struct check_spec spec;

	(void)state;
	spec = script("loud", "echo 'no table' >&2; echo more; exit 1");
	run(&spec);
	expect_result(OUTCOME_FAIL, REASON_EXEC_STATUS,
		      "exit status 1: no table");
	spec = script("colorful", "printf 'a\\033[2Jb\\303\\251'; exit 1");
	run(&spec);
	expect_result(OUTCOME_FAIL, REASON_EXEC_STATUS,
		      "exit status 1: a?[2Jb??");
	spec = script("talkative", "yes | head -c 5000 | tr '\\n' x; exit 1");
	run(&spec);
	assert_int_equal(got.outcome, OUTCOME_FAIL);
	assert_true(strlen(got.text) < sizeof(got.text));
}

/* In the place of what waits for ends there is what cannot do that. */
static void program_that_is_not_waited_for_says_nothing(void **state)
{
	struct exec_checks *checks = exec_checks_new();
	struct check_spec spec;
	int fd = open("/dev/null", O_RDWR);
	int i;

	(void)state;
	spec = script("long", "exec sleep 60");
	assert_int_equal(dup2(fd, exec_checks_fd(checks)),
			 exec_checks_fd(checks));
	close(fd);
	exec_checks_allow(checks, dir);
	n_done = 0;
	for (i = 0; i < MANY; i++)
		exec_check_begin(checks, &spec, take, &got);
	wait_for_checks(checks, MANY);
	assert_false(got.is_made);
	assert_non_null(strstr(got.text, "/long: Invalid argument"));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	exec_checks_free(checks);
}

/* Arguments, environment, directory and files: all that it has. */
static void program_is_told_what_to_check(void **state)
{
	struct check_spec spec;

	(void)state;
	setenv("NFLB_SECRET", "x", 1);
	spec = script("env",
		      "[ \"$#-$1-$2\" = '2--a-$b;' ] || exit 1\n"
		      "[ \"$NFLB_POOL/$NFLB_BACKEND\" = web/b1 ] || exit 2\n"
		      "[ \"$NFLB_ADDRESS:$NFLB_PORT\" = 10.0.0.1:8080 ] || exit 3\n"
		      "[ -z \"$NFLB_SECRET$NFLB_SOURCE$HOME\" ] || exit 4\n"
		      "[ \"$(pwd)\" = / ] || exit 5\n"
		      "! read -r line || exit 6\n"
		      "[ \"$NFLB_DEVICE:$NFLB_MARK\" = eth0:7 ] || exit 7\n"
		      "! (echo x >&9) 2>/dev/null || exit 8");
	snprintf(spec.way.device, sizeof(spec.way.device), "eth0");
	spec.way.mark = 7;
	strcat(command, "  -a  $b; ");
	assert_int_equal(dup2(STDOUT_FILENO, 9), 9);
	run(&spec);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "exit status 0");
	close(9);
}

static bool is_running(const char *file)
{
	char path[300];
	int pid = 0;
	FILE *from;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	from = fopen(path, "r");
	if (!from)
		return false;
	if (fscanf(from, "%d", &pid) != 1)
		pid = 0;
	fclose(from);
	return pid && kill(pid, 0) == 0;
}

static void wait_until(const char *file, bool is_wanted)
{
	int i;

	for (i = 0; i < PATIENCE_MS && is_running(file) != is_wanted; i++)
		usleep(1000);
	assert_int_equal(is_running(file), is_wanted);
}

static void wait_for_end(struct exec_checks *checks, const char *file)
{
	int i;

	for (i = 0; i < PATIENCE_MS && is_running(file); i++) {
		exec_checks_ready(checks);
		usleep(1000);
	}
	assert_false(is_running(file));
}

/* A child that this process has not begun is somebody else's to wait for. */
static void time_ends_all_of_it(void **state)
{
	char text[300];
	struct check_spec spec;

	(void)state;
	snprintf(text, sizeof(text),
		 "sleep 1000 & echo $! >%s/child; trap '' TERM; wait", dir);
	spec = script("slow", text);
	spec.timeout_ms = 2000;
	run(&spec);
	expect_result(OUTCOME_SILENCE, REASON_EXEC_TIMEOUT,
		      "not ended within 2s");
	wait_until("child", false);
}

/* This program itself, in the group that it was begun from. */
static int stray(const char *file)
{
	FILE *to = fopen(file, "w");

	if (!to || setpgid(0, getpgid(getppid())) < 0)
		return 1;
	fprintf(to, "%d", getpid());
	fclose(to);
	sleep(1000);
	return 0;
}

static void time_ends_what_has_left_its_group(void **state)
{
	struct exec_checks *checks = exec_checks_new();
	char self[PATH_MAX] = "", text[2 * PATH_MAX];
	struct check_spec spec;

	(void)state;
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(text, sizeof(text), "exec %s %s/stray", self, dir);
	spec = script("strays", text);
	spec.timeout_ms = 2000;
	exec_checks_allow(checks, dir);
	n_done = 0;
	exec_check_begin(checks, &spec, take, &got);
	exec_checks_expire(checks, clock_us());
	wait_until("stray", true);
	wait_for_checks(checks, 1);
	expect_result(OUTCOME_SILENCE, REASON_EXEC_TIMEOUT,
		      "not ended within 2s");
	wait_for_end(checks, "stray");
	exec_checks_free(checks);
}

static void end_ends_all_of_it(void **state)
{
	char text[300];
	struct check_spec spec;

	(void)state;
	snprintf(text, sizeof(text), "sleep 1000 & echo $! >%s/left", dir);
	spec = script("leaves", text);
	run(&spec);
	expect_result(OUTCOME_PASS, REASON_SUCCESS, "exit status 0");
	wait_until("left", false);
}

static void only_some_run_at_once(void **state)
{
	struct exec_checks *checks = exec_checks_new();
	struct check_spec spec;
	size_t i;

	(void)state;
	spec = script("good", "exit 0");
	exec_checks_allow(checks, dir);
	n_done = 0;
	n_passed = 0;
	for (i = 0; i < MANY; i++)
		exec_check_begin(checks, &spec, take, &got);
	wait_for_checks(checks, MANY);
	assert_int_equal(n_passed, MANY);
	exec_checks_free(checks);
}

/* Who has had no turn in time says so, and nothing of the backend. */
static void who_waits_too_long_says_nothing(void **state)
{
	struct exec_checks *checks = exec_checks_new();
	struct check *running[32];
	struct check_spec spec;
	size_t i;

	(void)state;
	spec = script("slow", "exec sleep 1000");
	exec_checks_allow(checks, dir);
	n_done = 0;
	for (i = 0; i < ARRAY_SIZE(running); i++)
		running[i] = exec_check_begin(checks, &spec, take, &got);
	spec.timeout_ms = IMPATIENCE_MS;
	exec_check_begin(checks, &spec, take, &got);
	while (!n_done)
		exec_checks_expire(checks, clock_us());
	assert_false(got.is_made);
	assert_string_equal(got.text,
			    "no turn within 300ms: 32 programs run");
	for (i = 0; i < ARRAY_SIZE(running); i++)
		running[i]->cancel(running[i]);
	exec_checks_free(checks);
	assert_int_equal(n_done, 1);
}

static void expect_lack(const char *text)
{
	char sentence[300];

	snprintf(sentence, sizeof(sentence), text, dir);
	assert_false(got.is_made);
	assert_string_equal(got.text, sentence);
}

static void only_what_is_allowed_is_run(void **state)
{
	struct check_spec spec;

	(void)state;
	spec = script("good", "exit 0");
	run_where(NULL, &spec);
	expect_lack("%s/good: the agent may run no programs: it has no exec-dir");
	spec.command = "/bin/true";
	run(&spec);
	expect_lack("/bin/true: the agent may only run programs in %s");
	snprintf(command, sizeof(command), "%s/none", dir);
	spec.command = command;
	run(&spec);
	expect_lack("%s/none: No such file or directory");
}

static void paths_lead_nowhere_else(void **state)
{
	static const char *const bad[] = {
		"/e", "/e/", "/e/../bin/sh", "/e/.hidden", "/e/sub/x", "/ex/y",
		"/bin/sh", "/e//x", "", "/e/..",
	};
	struct why why;
	size_t i;

	(void)state;
	assert_int_equal(execdir_allows("/e", "/e/x", &why), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(execdir_allows("/e", bad[i], &why), 0);
		assert_string_equal(why.text,
				    "the agent may only run programs in /e");
	}
}

static void directory_is_nobody_elses(void **state)
{
	char sub[300];
	struct why why;

	(void)state;
	assert_int_equal(execdir_check(dir, &why), 0);
	assert_int_not_equal(execdir_check("e", &why), 0);
	assert_string_equal(why.text, "an absolute path is needed");
	assert_int_not_equal(execdir_check("/e/../f", &why), 0);
	assert_int_not_equal(execdir_check("/e/", &why), 0);
	assert_int_not_equal(execdir_check("/tmp", &why), 0);
	assert_string_equal(why.text, "others may write to /tmp");
	snprintf(sub, sizeof(sub), "%s/sub", dir);
	assert_int_not_equal(execdir_check(sub, &why), 0);
	assert_string_equal(why.text, "No such file or directory");
	assert_int_equal(mkdir(sub, 0755), 0);
	assert_int_equal(execdir_check(sub, &why), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_not_equal(execdir_check(sub, &why), 0);
	assert_int_equal(chmod(dir, 0700), 0);
	snprintf(sub, sizeof(sub), "%s/good", dir);
	assert_int_not_equal(execdir_check(sub, &why), 0);
}

/* Whoever may write where a link lies says where it leads. */
static void directory_is_not_found_by_links(void **state)
{
	char path[200], to[300];
	struct why why;

	(void)state;
	snprintf(path, sizeof(path), "%s/theirs", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/theirs/programs", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/link", dir);
	snprintf(to, sizeof(to), "%s/theirs", dir);
	assert_int_equal(symlink(to, path), 0);
	snprintf(to, sizeof(to), "%s is a symbolic link", path);
	assert_int_not_equal(execdir_check(path, &why), 0);
	assert_string_equal(why.text, to);
	strcat(path, "/programs");
	assert_int_not_equal(execdir_check(path, &why), 0);
	assert_string_equal(why.text, to);
}

static void can_be_cancelled(void **state)
{
	struct exec_checks *checks = exec_checks_new();
	struct check_spec spec;
	struct check *check;
	char text[300];

	(void)state;
	snprintf(text, sizeof(text), "echo $$ >%s/self; exec sleep 1000", dir);
	spec = script("slow", text);
	exec_checks_allow(checks, dir);
	n_done = 0;
	check = exec_check_begin(checks, &spec, take, &got);
	check->cancel(check);
	check = exec_check_begin(checks, &spec, take, &got);
	exec_checks_expire(checks, clock_us());
	wait_until("self", true);
	check->cancel(check);
	wait_for_checks(checks, 0);
	wait_for_end(checks, "self");
	exec_checks_free(checks);
	assert_int_equal(n_done, 0);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest cases[] = {
		CASE(exit_status_decides),
		CASE(first_line_is_told),
		CASE(program_that_is_not_waited_for_says_nothing),
		CASE(program_is_told_what_to_check),
		CASE(time_ends_all_of_it),
		CASE(time_ends_what_has_left_its_group),
		CASE(end_ends_all_of_it),
		CASE(only_some_run_at_once),
		CASE(who_waits_too_long_says_nothing),
		CASE(only_what_is_allowed_is_run),
		CASE(paths_lead_nowhere_else),
		CASE(directory_is_nobody_elses),
		CASE(directory_is_not_found_by_links),
		CASE(can_be_cancelled),
	};

	if (argc > 1)
		return stray(argv[1]);
	return cmocka_run_group_tests(cases, make_dir, remove_dir);
}
