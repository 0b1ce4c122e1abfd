// SPDX-License-Identifier: GPL-2.0-only
/* Where programs of probes may lie. */
#include "execdir.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS_WRITE	0022	/* group and all */

/*
 * In a directory with the sticky bit, nobody replaces what is another's. A
 * link is refused, as others may be able to write on the way that it leads.
 */
static int check_one(const char *dir, bool is_sticky_good, struct why *why)
{
	struct stat st;

	if (lstat(dir, &st) < 0)
		return because_of_errno(why, errno);
	if (S_ISLNK(st.st_mode))
		return because(why, "%s is a symbolic link", dir);
	if (!S_ISDIR(st.st_mode))
		return because(why, "%s is no directory", dir);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return because(why, "%s belongs to somebody else", dir);
	if (st.st_mode & OTHERS_WRITE &&
	    !(is_sticky_good && st.st_mode & S_ISVTX))
		return because(why, "others may write to %s", dir);
	return 0;
}

/**
 * execdir_check() - checks that nobody else can put programs into a directory
 * @dir: The directory, an absolute path.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int execdir_check(const char *dir, struct why *why)
{
	char path[PATH_MAX];
	char *slash;

	if (*dir != '/' || !dir[1] || strlen(dir) >= sizeof(path))
		return because(why, "an absolute path is needed");
	if (dir[strlen(dir) - 1] == '/' || strstr(dir, "//") ||
	    strstr(dir, "/."))
		return because(why, "a path without // and /. is needed");
	snprintf(path, sizeof(path), "%s", dir);
	if (check_one(path, false, why))
		return -1;
	while ((slash = strrchr(path, '/')) != path) {
		*slash = '\0';
		if (check_one(path, true, why))
			return -1;
	}
	return check_one("/", true, why);
}

/**
 * execdir_allows() - says whether a program may be run
 * @dir: The directory of those that may, or NULL if none may.
 * @program: The program's path.
 * @why: What is wrong.
 *
 * Return: 0 or a negative number.
 */
int execdir_allows(const char *dir, const char *program, struct why *why)
{
	size_t len = dir ? strlen(dir) : 0;
	const char *name = program + len + 1;

	if (!dir)
		return because(why, "the agent may run no programs: it has no exec-dir");
	if (strncmp(program, dir, len) != 0 || program[len] != '/' ||
	    !*name || *name == '.' || strchr(name, '/'))
		return because(why, "the agent may only run programs in %s",
			       dir);
	return 0;
}
