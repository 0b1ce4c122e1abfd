/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that runs: begun without a shell, in a process group of its own,
 * and ended with all that is in there.
 */
#ifndef LBCTL_PROGRAM_H
#define LBCTL_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "msg.h"

#define PROGRAM_LINE_SIZE	96

/**
 * struct program - a program that runs
 * @pid: Its process, which leads its group.
 * @pid_fd: Readable when it has ended.
 * @out_fd: What it writes; there is room for 64 KiB, of which the beginning is
 *          read when it has ended.
 */
struct program {
	pid_t pid;
	int pid_fd;
	int out_fd;
};

int program_begin(struct program *program, char *const argv[],
		  char *const envp[], struct why *why);
void program_kill(const struct program *program);
void program_end(const struct program *program);
bool program_has_ended(const struct program *program, int *status);
void program_first_line(const struct program *program,
			char line[PROGRAM_LINE_SIZE]);
void program_close(const struct program *program);

#endif /* LBCTL_PROGRAM_H */
