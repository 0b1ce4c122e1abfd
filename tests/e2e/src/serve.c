// SPDX-License-Identifier: GPL-2.0-only
/* traffic serve: one process that is a server in many namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "traffic.h"

enum role { LISTENER, CONNECTION, DATAGRAMS };

/**
 * struct peer - a socket that is waited for
 * @role: what it is
 * @fd: its descriptor
 * @port: port of the server
 * @space: its namespace
 * @who: what a connection is told at first, empty when it has been
 */
struct peer {
	enum role role;
	int fd;
	int port;
	const char *space;
	char who[WHO_SIZE];
};

static int queue;

static struct peer *watch(enum role role, int fd, int port, const char *space)
{
	struct peer *peer = malloc(sizeof(*peer));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

	if (!peer)
		die("no memory");
	*peer = (struct peer){ role, fd, port, space, "" };
	if (epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl: %s", strerror(errno));
	return peer;
}

static void listen_at(const struct endpoint *end, const char *space)
{
	int fd = endpoint_socket(end);
	bool is_udp = end->protocol == IPPROTO_UDP;

	if (bind(fd, &end->address.any, end->len))
		die("%s: bind to port %d: %s", space, endpoint_port(end),
		    strerror(errno));
	if (!is_udp && listen(fd, 1024))
		die("%s: listen: %s", space, strerror(errno));
	watch(is_udp ? DATAGRAMS : LISTENER, fd, endpoint_port(end), space);
}

static bool is_usable(const struct sockaddr *address)
{
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (!address)
		return false;
	if (address->sa_family == AF_INET6)
		return !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) &&
		       !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	return address->sa_family == AF_INET &&
	       ((const struct sockaddr_in *)address)->sin_addr.s_addr !=
	       htonl(INADDR_LOOPBACK);
}

/*
 * Bound to each address rather than to all: datagrams are answered from where
 * they came to, and SCTP does not name other addresses to its peer.
 */
static void listen_on_port(int protocol, int port, const char *space,
			   const struct ifaddrs *addrs)
{
	struct endpoint end = { .protocol = protocol };

	for (; addrs; addrs = addrs->ifa_next) {
		if (!is_usable(addrs->ifa_addr))
			continue;
		end.len = addrs->ifa_addr->sa_family == AF_INET ?
			  sizeof(end.address.v4) : sizeof(end.address.v6);
		memcpy(&end.address, addrs->ifa_addr, end.len);
		endpoint_set_port(&end, port);
		listen_at(&end, space);
	}
}

/* PROTOCOL/PORT[-LAST] */
static void listen_on(const char *what, const char *space,
		      const struct ifaddrs *addrs)
{
	char protocol[8];
	int first, last;
	int n;

	n = sscanf(what, "%7[a-z]/%d-%d", protocol, &first, &last);
	if (n < 2)
		die("%s: PROTOCOL/PORT[-LAST] is needed", what);
	if (n == 2)
		last = first;
	for (; first <= last; first++)
		listen_on_port(parse_protocol(protocol), first, space, addrs);
}

static void enter(const char *space)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", space);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static void listen_in(const char *space, int n, char **what)
{
	struct ifaddrs *addrs;
	int i;

	enter(space);
	if (getifaddrs(&addrs))
		die("getifaddrs: %s", strerror(errno));
	for (i = 0; i < n; i++)
		listen_on(what[i], space, addrs);
	freeifaddrs(addrs);
}

static size_t say_who(const struct peer *peer, const struct endpoint *client,
		      char *text)
{
	char address[INET6_ADDRSTRLEN];

	endpoint_text(client, address);
	return snprintf(text, WHO_SIZE, "%s %s %d %d\n", peer->space, address,
			endpoint_port(client), peer->port);
}

/* A client that is slow to read stops everybody, but not for long. */
static void accept_one(const struct peer *listener)
{
	struct endpoint client = { .len = sizeof(client.address) };
	struct timeval patience = { .tv_sec = 5 };
	struct peer *peer;
	int fd;

	fd = accept4(listener->fd, &client.address.any, &client.len,
		     SOCK_CLOEXEC);
	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	peer = watch(CONNECTION, fd, listener->port, listener->space);
	say_who(peer, &client, peer->who);
}

/*
 * The client's first byte asks who we are. We do not speak before: SCTP loses
 * what overtakes the end of its handshake, for three seconds.
 */
static bool introduce(struct peer *peer)
{
	size_t len = strlen(peer->who);
	bool is_sent;

	is_sent = send(peer->fd, peer->who, len, MSG_NOSIGNAL) == (ssize_t)len;
	peer->who[0] = '\0';
	return is_sent;
}

static void echo(struct peer *peer)
{
	size_t skip = peer->who[0] ? 1 : 0;
	char data[16384];
	ssize_t len;

	len = recv(peer->fd, data, sizeof(data), 0);
	if (len > 0 && (!skip || introduce(peer))) {
		len -= skip;
		if (!len ||
		    send(peer->fd, data + skip, len, MSG_NOSIGNAL) == len)
			return;
	}
	close(peer->fd);
	free(peer);
}

static void answer(const struct peer *peer)
{
	struct endpoint client = { .len = sizeof(client.address) };
	char text[WHO_SIZE + DATAGRAM_MAX];
	char data[DATAGRAM_MAX];
	size_t who_len;
	ssize_t len;

	len = recvfrom(peer->fd, data, sizeof(data), 0, &client.address.any,
		       &client.len);
	if (len < 0)
		return;
	who_len = say_who(peer, &client, text);
	memcpy(text + who_len, data, len);
	sendto(peer->fd, text, who_len + len, 0, &client.address.any,
	       client.len);
}

static void work(void)
{
	struct epoll_event event;
	struct peer *peer;

	if (epoll_wait(queue, &event, 1, -1) != 1)
		return;
	peer = event.data.ptr;
	switch (peer->role) {
	case LISTENER:
		accept_one(peer);
		break;
	case CONNECTION:
		echo(peer);
		break;
	case DATAGRAMS:
		answer(peer);
		break;
	}
}

int serve(int argc, char **argv)
{
	int n_spaces = 0;
	int i;

	while (n_spaces < argc && strcmp(argv[n_spaces], "--") != 0)
		n_spaces++;
	queue = epoll_create1(EPOLL_CLOEXEC);
	if (queue < 0)
		die("epoll_create1: %s", strerror(errno));
	for (i = 0; i < n_spaces; i++)
		listen_in(argv[i], argc - n_spaces - 1, argv + n_spaces + 1);
	puts("listening");
	while (true)
		work();
}
