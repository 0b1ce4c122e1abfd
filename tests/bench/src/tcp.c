// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP, by the kernel's own sockets at both ends. The packets of a connection
 * pass while the system call lasts that caused them: where the gateway is no
 * process, none of these calls has to wait.
 */

#include <err.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "meter.h"

#define REQUEST 100
#define RESPONSE 1000
#define CHUNK 65536
#define MB (1 << 20)
#define FIRST_PORT 1024
#define N_PORTS 60000

static char buffer[CHUNK];

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct connection {
	int client;
	int backend;
};

static socklen_t fill_address(union address *address, int family,
			      const struct in6_addr *host, unsigned int port)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = family;
	if (family == AF_INET) {
		memcpy(&address->v4.sin_addr, host, 4);
		address->v4.sin_port = htons(port);
		return sizeof(address->v4);
	}
	address->v6.sin6_addr = *host;
	address->v6.sin6_port = htons(port);
	return sizeof(address->v6);
}

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static int open_listener(const struct options *opt)
{
	union address address;
	socklen_t length;
	int fd;

	enter("be");
	fd = new_socket(opt->family);
	length = fill_address(&address, opt->family, &in6addr_any,
			      opt->backend_port);
	if (bind(fd, &address.any, length) < 0 || listen(fd, 4096) < 0)
		err(1, "backend");
	enter("cl");
	return fd;
}

/*
 * open_connection() - from a source port of its own: to find one would take
 * the client a number of instructions that depends on chance
 */
static void open_connection(struct connection *conn, int listener,
			    const struct options *opt, unsigned int n)
{
	struct in6_addr source;
	union address address;
	socklen_t length;

	conn->client = new_socket(opt->family);
	client_address(opt, n / N_PORTS, &source);
	length = fill_address(&address, opt->family, &source,
			      FIRST_PORT + n % N_PORTS);
	if (bind(conn->client, &address.any, length) < 0)
		err(1, "bind");
	length = fill_address(&address, opt->family, &opt->target, opt->port);
	if (connect(conn->client, &address.any, length) < 0)
		err(1, "connection %u", n);
	conn->backend = accept(listener, NULL, NULL);
	if (conn->backend < 0)
		err(1, "accept");
}

static void pass(int from, int to, size_t length)
{
	if (send(from, buffer, length, 0) != (ssize_t)length)
		err(1, "send");
	if (recv(to, buffer, length, MSG_WAITALL) != (ssize_t)length)
		err(1, "recv");
}

static void ask(const struct connection *conn)
{
	pass(conn->client, conn->backend, REQUEST);
	pass(conn->backend, conn->client, RESPONSE);
}

static void close_connection(const struct connection *conn)
{
	close(conn->client);
	if (recv(conn->backend, buffer, 1, 0) != 0)
		errx(1, "the connection was not closed");
	close(conn->backend);
}

static void connections(int listener, const struct options *opt,
			unsigned int first, unsigned int n)
{
	struct connection conn;
	unsigned int i;

	for (i = first; i < first + n; i++) {
		open_connection(&conn, listener, opt, i);
		ask(&conn);
		close_connection(&conn);
	}
}

static void expect_busy(uint64_t idle_before)
{
	if (idle_ticks() != idle_before)
		errx(1, "the guest was idle while it was measured");
}

/**
 * tcp_connect() - measures whole connections
 * @opt: how many
 */
void tcp_connect(const struct options *opt)
{
	unsigned int n = opt->batches * opt->batch;
	int listener = open_listener(opt);
	struct samples samples = { 0 };
	uint64_t idle, begin;

	/* As many again: the first ones find the kernel's caches empty. */
	connections(listener, opt, 0, n);
	settle();
	idle = idle_ticks();
	for (; samples.n < opt->batches; n += opt->batch) {
		begin = instructions();
		connections(listener, opt, n, opt->batch);
		samples_add(&samples, begin, opt->batch);
	}
	expect_busy(idle);
	samples_print(&samples, "connect");
}

static void requests(const struct connection *conns, const struct options *opt,
		     unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		ask(&conns[i % opt->flows]);
}

/**
 * tcp_request() - measures requests and responses on open connections
 * @opt: how many connections
 */
void tcp_request(const struct options *opt)
{
	struct connection *conns = calloc(opt->flows, sizeof(*conns));
	int listener = open_listener(opt);
	struct samples samples = { 0 };
	uint64_t idle, begin;
	unsigned int i;

	if (!conns)
		err(1, "calloc");
	for (i = 0; i < opt->flows; i++)
		open_connection(&conns[i], listener, opt, i);
	/*
	 * A connection acknowledges its first packets one by one, and again
	 * those after a pause.
	 */
	requests(conns, opt, 64 * opt->flows);
	idle = idle_ticks();
	while (samples.n < opt->batches) {
		begin = instructions();
		requests(conns, opt, opt->batch);
		samples_add(&samples, begin, opt->batch);
	}
	expect_busy(idle);
	samples_print(&samples, "request");
}

static void megabytes(const struct connection *conn, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n * (MB / CHUNK); i++)
		pass(conn->client, conn->backend, CHUNK);
}

/**
 * tcp_bulk() - measures a connection that is always full, in packets as big as
 * the sender's stack makes them (GSO)
 * @opt: how much
 */
void tcp_bulk(const struct options *opt)
{
	int listener = open_listener(opt);
	struct samples samples = { 0 };
	struct connection conn;
	uint64_t idle, begin;

	open_connection(&conn, listener, opt, 0);
	megabytes(&conn, 4 * opt->batch);
	idle = idle_ticks();
	while (samples.n < opt->batches) {
		begin = instructions();
		megabytes(&conn, opt->batch);
		samples_add(&samples, begin, opt->batch);
	}
	expect_busy(idle);
	samples_print(&samples, "bulk");
}
