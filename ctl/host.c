// SPDX-License-Identifier: GPL-2.0-only
/* Hosts that http probes ask for. */
#include "host.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static int check_length(const char *text, struct why *why)
{
	size_t len = strlen(text);

	if (len > NFLB_HOST_MAX)
		return because(why, "a host has at most %u characters, not %zu",
			       NFLB_HOST_MAX, len);
	return 0;
}

/**
 * host_parse() - checks a host as it stands in a request, also with a port
 * @text: The host.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int host_parse(const char *text, struct why *why)
{
	if (check_length(text, why))
		return -EINVAL;
	if (!*text || text[strspn(text, NAME_CHARS ":[]")])
		return because(why, "a host has letters, digits and . _ - : [ ]");
	return 0;
}

/* What ends with a number is an address, in whatever writing. */
static bool is_name(const char *text)
{
	const char *dot = strrchr(text, '.');
	const char *last = dot ? dot + 1 : text;

	return text[0] != '.' && *last && !isdigit((unsigned char)*last) &&
	       !text[strspn(text, NAME_CHARS)];
}

/**
 * host_parse_name() - checks the name of a host
 * @text: The name.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int host_parse_name(const char *text, struct why *why)
{
	if (check_length(text, why))
		return -EINVAL;
	if (!is_name(text))
		return because(why, "a name has letters, digits and . _ -, and is no address");
	return 0;
}

/**
 * host_name() - finds the name in a host
 * @host: The host, with or without a port.
 * @buf: Memory for the name.
 *
 * Return: @buf; empty if there is an address, or nothing.
 */
const char *host_name(const char *host, char buf[HOST_NAME_SIZE])
{
	snprintf(buf, HOST_NAME_SIZE, "%.*s", (int)strcspn(host, ":"), host);
	if (!is_name(buf))
		*buf = '\0';
	return buf;
}
