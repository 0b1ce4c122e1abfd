// SPDX-License-Identifier: GPL-2.0-only
/* Other network namespaces, by the names that `ip netns` gives them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

#define NETNS_DIR	"/var/run/netns"

static int open_netns(const char *name, struct why *why)
{
	char path[PATH_MAX];
	int fd;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "%s/%s", NETNS_DIR, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		because(why, "there is no such namespace");
	else if (fd < 0)
		because_of_errno(why, errno);
	return fd;
}

/**
 * nl_enter_netns() - moves this process to another network namespace
 * @name: Its name, or a path to it.
 * @why: What is wrong.
 *
 * Return: 0 or a negative error number.
 */
int nl_enter_netns(const char *name, struct why *why)
{
	int fd = open_netns(name, why);
	int err = 0;

	if (fd < 0)
		return fd;
	if (setns(fd, CLONE_NEWNET) < 0)
		err = because_of_errno(why, errno);
	close(fd);
	return err;
}
