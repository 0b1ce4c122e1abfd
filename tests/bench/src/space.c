// SPDX-License-Identifier: GPL-2.0-only
/*
 * The namespaces at both ends
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "meter.h"

/**
 * enter() - sockets that are made from now on belong to a namespace
 * @space: its name
 */
void enter(const char *space)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", space);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	close(fd);
}

/**
 * open_counters() - makes ready for received()
 * @space: the name of the namespace that receives
 *
 * Return: file descriptor.
 */
int open_counters(const char *space)
{
	int fd;

	enter(space);
	fd = open("/proc/thread-self/net/dev", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "/proc/net/dev of %s", space);
	return fd;
}

/**
 * received() - how many packets have arrived
 * @counters: of open_counters()
 *
 * Return: packets of device eth0 there.
 */
uint64_t received(int counters)
{
	uint64_t packets;
	char text[4096];
	const char *at;
	ssize_t length;

	length = pread(counters, text, sizeof(text) - 1, 0);
	if (length < 0)
		err(1, "/proc/net/dev");
	text[length] = 0;
	at = strstr(text, "eth0:");
	if (!at || sscanf(at, "eth0: %*u %" SCNu64, &packets) != 1)
		errx(1, "/proc/net/dev has no eth0");
	return packets;
}

/**
 * client_address() - an address that topo.sh has put at the client's
 * @opt: tells the family and with which address to begin
 * @n: number from there
 * @address: is written to
 */
void client_address(const struct options *opt, unsigned int n,
		    struct in6_addr *address)
{
	uint32_t host = htonl(opt->source + n);

	memset(address, 0, sizeof(*address));
	if (opt->family == AF_INET) {
		host |= htonl(0xc6120000);	/* 198.18.0.0/15 */
		memcpy(address, &host, sizeof(host));
		return;
	}
	inet_pton(AF_INET6, "2001:db8:c2::", address);
	memcpy(&address->s6_addr[12], &host, sizeof(host));
}
