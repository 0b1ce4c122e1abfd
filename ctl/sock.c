// SPDX-License-Identifier: GPL-2.0-only
/* Sockets of checks. */
#include "sock.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "msg.h"

static int bind_device(int fd, const char *device)
{
	if (!*device)
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
			  strlen(device));
}

static int set_mark(int fd, uint32_t mark)
{
	if (!mark)
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
}

/*
 * The port is chosen when the other end is known: so the ports of the address
 * are enough for each backend, not for all of them.
 */
static int bind_source(int fd, const struct address *source)
{
	struct sockaddr_storage address;
	socklen_t len;
	int on = 1;

	if (!source->len)
		return 0;
	len = sock_address(&address, source, 0);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&address, len);
}

static bool is_of_family(const struct address *source, int family)
{
	return !source->len || source->len == (family == AF_INET ? 4 : 16);
}

/**
 * sock_open() - opens a socket that is not connected yet
 * @family: AF_INET or AF_INET6.
 * @type: As for socket(); the socket is closed on exec in any case.
 * @protocol: As for socket().
 * @way: How it goes.
 *
 * Return: The socket, or -1, and errno says why. That is about this machine,
 * whatever it is.
 */
int sock_open(int family, int type, int protocol, const struct sock_way *way)
{
	int fd, err;

	if (!is_of_family(&way->source, family)) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -1;
	if (set_mark(fd, way->mark) == 0 &&
	    bind_device(fd, way->device) == 0 &&
	    bind_source(fd, &way->source) == 0)
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

/**
 * sock_waiter() - opens what sockets and other files are waited for with
 *
 * Return: The file, of epoll; without one lbctl ends.
 */
int sock_waiter(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd >= 0)
		return fd;
	complain("epoll: %s", strerror(errno));
	exit(EXIT_REFUSED);
}

/**
 * sock_is_lack() - says whether an error is about this machine
 * @err: The error number.
 *
 * Return: true if it says nothing of the other end.
 */
bool sock_is_lack(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case ENOSPC:	/* of epoll, when a user waits for too much */
	case EADDRNOTAVAIL:
	case EAGAIN:
	case ENODEV:
	case EAFNOSUPPORT:
		return true;
	default:
		return false;
	}
}

/**
 * sock_address() - writes an address as sockets want it
 * @to: Where it goes.
 * @address: The address.
 * @port: The port.
 *
 * Return: Its length.
 */
socklen_t sock_address(struct sockaddr_storage *to,
		       const struct address *address, uint16_t port)
{
	struct sockaddr_in6 *to6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *to4 = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (address->len == 4) {
		to4->sin_family = AF_INET;
		to4->sin_port = htons(port);
		memcpy(&to4->sin_addr, address->bytes, 4);
		return sizeof(*to4);
	}
	to6->sin6_family = AF_INET6;
	to6->sin6_port = htons(port);
	memcpy(&to6->sin6_addr, address->bytes, 16);
	return sizeof(*to6);
}
