// SPDX-License-Identifier: GPL-2.0-only
/* A program that runs. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_UNKNOWN	255	/* somebody else has waited for it */

/* The program's own files, not ours. */
enum {
	ITS_INPUT,
	ITS_OUTPUT,
	ITS_ERRORS,
	NOT_ITS,
};

/*
 * Nothing in, both outputs into the pipe. The rest is closed: libcurl, and who
 * has begun this process, leave files open that would not be closed on exec.
 */
static int set_files(posix_spawn_file_actions_t *actions, int out)
{
	int err;

	err = posix_spawn_file_actions_addopen(actions, ITS_INPUT,
					       "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(actions, out,
						       ITS_OUTPUT);
	if (!err)
		err = posix_spawn_file_actions_adddup2(actions, out,
						       ITS_ERRORS);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(actions,
							       NOT_ITS);
	if (!err)
		err = posix_spawn_file_actions_addchdir_np(actions, "/");
	return err;
}

/* Signals as a program expects them, not as this one has them. */
static int set_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	err = posix_spawnattr_setsigmask(attr, &none);
	if (!err)
		err = posix_spawnattr_setsigdefault(attr, &all);
	if (!err)
		err = posix_spawnattr_setpgroup(attr, 0);
	if (!err)
		err = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF |
						     POSIX_SPAWN_SETPGROUP);
	return err;
}

/* Returns when the program is there, or cannot be. */
static int spawn(pid_t *pid, int out, char *const argv[], char *const envp[])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	if (posix_spawn_file_actions_init(&actions))
		return -ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	err = set_files(&actions, out);
	if (!err)
		err = set_signals(&attr);
	if (!err)
		err = posix_spawn(pid, argv[0], &actions, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

/**
 * program_begin() - runs a program
 * @program: What becomes of it.
 * @argv: Its path and its arguments, ended by NULL.
 * @envp: Its environment, ended by NULL.
 * @why: Why it cannot be run.
 *
 * Return: 0 or a negative number.
 */
int program_begin(struct program *program, char *const argv[],
		  char *const envp[], struct why *why)
{
	int fds[2];
	int err;

	memset(program, 0, sizeof(*program));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return because_of_errno(why, errno);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	err = spawn(&program->pid, fds[1], argv, envp);
	close(fds[1]);
	program->out_fd = fds[0];
	if (err) {
		close(fds[0]);
		return because_of_errno(why, -err);
	}
	program->pid_fd = pidfd_open(program->pid, 0);
	if (program->pid_fd >= 0)
		return 0;
	because_of_errno(why, errno);
	program_kill(program);
	waitpid(program->pid, NULL, 0);
	close(fds[0]);
	return -1;
}

/**
 * program_first_line() - reads the first line that it has written
 * @program: The program, which has ended.
 * @line: Where the line goes; of what would steer a terminal only marks.
 */
void program_first_line(const struct program *program,
			char line[PROGRAM_LINE_SIZE])
{
	ssize_t i, len = read(program->out_fd, line, PROGRAM_LINE_SIZE - 1);

	for (i = 0; i < len && line[i] != '\n'; i++)
		if (!is_printable(line[i]))
			line[i] = '?';
	line[i] = '\0';
}

/**
 * program_kill() - ends it and those that it has begun
 * @program: The program; it has not been waited for, so its group is its own.
 *
 * It may have left that group, but not what it has begun in there.
 */
void program_kill(const struct program *program)
{
	kill(-program->pid, SIGKILL);
	kill(program->pid, SIGKILL);
}

/**
 * program_end() - kills it, waits for it, and gives back what it took
 * @program: The program; it has not been waited for.
 */
void program_end(const struct program *program)
{
	program_kill(program);
	waitpid(program->pid, NULL, 0);
	program_close(program);
}

/**
 * program_has_ended() - says whether it has ended, and ends the rest of it
 * @program: The program; once it has ended it is not to be killed any more.
 * @status: How it has ended, as from waitpid().
 *
 * Return: Whether it has.
 */
bool program_has_ended(const struct program *program, int *status)
{
	siginfo_t info = { 0 };

	/* Looks first: once it is waited for, its number may be another's. */
	if (waitid(P_PIDFD, program->pid_fd, &info,
		   WEXITED | WNOHANG | WNOWAIT) == 0 && !info.si_pid)
		return false;
	program_kill(program);
	if (waitpid(program->pid, status, 0) != program->pid)
		*status = W_EXITCODE(EXIT_UNKNOWN, 0);
	return true;
}

/**
 * program_close() - gives back what it took
 * @program: The program, which has ended.
 */
void program_close(const struct program *program)
{
	close(program->pid_fd);
	close(program->out_fd);
}
