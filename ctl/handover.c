// SPDX-License-Identifier: GPL-2.0-only
/*
 * The prober is in a program of its own: the libraries that it needs take ten
 * times as long to load as lbctl takes for anything else.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "mem.h"
#include "print.h"

#define SUFFIX	"-agent"

/* "lbctl-agent agent", and JSON where it was asked for */
#define N_WORDS_BEFORE	3

/* It is beside this program, whatever that is called. */
static int find_program(char *path)
{
	size_t room = PATH_MAX - sizeof(SUFFIX);
	ssize_t n;

	n = readlink("/proc/self/exe", path, room);
	if (n < 0)
		return -errno;
	if ((size_t)n == room)
		return -ENAMETOOLONG;
	memcpy(path + n, SUFFIX, sizeof(SUFFIX));
	return 0;
}

static char **make_words(int argc, char **argv)
{
	char **words = mem_zalloc((argc + N_WORDS_BEFORE + 1) * sizeof(*words));
	int n = 0;

	words[n++] = "lbctl" SUFFIX;
	if (print_is_json())
		words[n++] = "--json";
	words[n++] = "agent";
	memcpy(words + n, argv, argc * sizeof(*argv));
	return words;
}

/**
 * agent_run() - lbctl agent, where the prober is not in the program
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * The program that has it takes this one's place, in the network namespace
 * that this one has entered.
 *
 * Return: The exit status, if there is no such program.
 */
int agent_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	char path[PATH_MAX];
	char **words;
	int err;

	(void)ctx;
	(void)command;
	err = find_program(path);
	if (err) {
		complain("/proc/self/exe: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	words = make_words(argc, argv);
	execv(path, words);
	complain("%s, which checks backends: %s", path, strerror(errno));
	free(words);
	return EXIT_REFUSED;
}
