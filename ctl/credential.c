// SPDX-License-Identifier: GPL-2.0-only
/* Files with certificates and keys, before a library reads them. */
#include "credential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREDENTIAL_MAX	(1 << 20)	/* bytes; no chain has so many */

static bool is_good(const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_size <= CREDENTIAL_MAX;
}

/**
 * credential_check() - says whether a file may be read as one
 * @word: What it is called.
 * @path: Where it is.
 * @why: What is wrong.
 *
 * Who names it may be another one than who runs the agent: a pipe, of which
 * nothing ever comes, or a device must not hold the agent up.
 *
 * Return: 0 or a negative number.
 */
int credential_check(const char *word, const char *path, struct why *why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;
	int err = 0;

	if (fd < 0)
		return because(why, "%s %s: %s", word, path, strerror(errno));
	if (fstat(fd, &status) < 0)
		err = because(why, "%s %s: %s", word, path, strerror(errno));
	else if (!is_good(&status))
		err = because(why, "%s %s: not a file of at most 1 MiB", word,
			      path);
	close(fd);
	return err;
}
