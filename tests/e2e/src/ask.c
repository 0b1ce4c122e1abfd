// SPDX-License-Identifier: GPL-2.0-only
/* traffic ask: a client. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traffic.h"

#define CHUNK_BYTES	16384
#define ERRORS_MAX	5	/* then it gives up */

struct question {
	struct endpoint server;
	const char *bind;
	long flows, bytes, repeat, from, timeout_ms, ttl, segment;
	bool hold, reset, share, each, spread, unchecked;
};

/**
 * struct answer - what came back
 * @who: the server's line, without its end
 * @len: bytes of it so far
 * @is_complete: that was all of it
 */
struct answer {
	char who[WHO_SIZE];
	size_t len;
	bool is_complete;
};

static bool parse_switch(const char *text)
{
	if (strcmp(text, "on") != 0)
		die("%s: only \"on\" is allowed", text);
	return true;
}

static void parse_option(struct question *q, const char *word,
			 const char *value)
{
	if (strcmp(word, "flows") == 0)
		q->flows = parse_number(value, 1000000);
	else if (strcmp(word, "bytes") == 0)
		q->bytes = parse_number(value, 1L << 40);
	else if (strcmp(word, "repeat") == 0)
		q->repeat = parse_number(value, 1000000);
	else if (strcmp(word, "from") == 0)
		q->from = parse_number(value, 65535);
	else if (strcmp(word, "bind") == 0)
		q->bind = value;
	else if (strcmp(word, "timeout") == 0)
		q->timeout_ms = parse_number(value, 1000000);
	else if (strcmp(word, "ttl") == 0)
		q->ttl = parse_number(value, 255);
	else if (strcmp(word, "segment") == 0)
		q->segment = parse_number(value, 65535);
	else if (strcmp(word, "spread") == 0)
		q->spread = parse_switch(value);
	else if (strcmp(word, "unchecked") == 0)
		q->unchecked = parse_switch(value);
	else if (strcmp(word, "hold") == 0)
		q->hold = parse_switch(value);
	else if (strcmp(word, "reset") == 0)
		q->reset = parse_switch(value);
	else if (strcmp(word, "share") == 0)
		q->share = parse_switch(value);
	else if (strcmp(word, "each") == 0)
		q->each = parse_switch(value);
	else
		die("unknown keyword %s", word);
}

static const char *protocol_word(int protocol)
{
	if (protocol == IPPROTO_UDP)
		return "udp";
	return protocol == IPPROTO_TCP ? "tcp" : "sctp";
}

static void add_to_address(struct endpoint *end, long n)
{
	uint32_t *word = &end->address.v6.sin6_addr.s6_addr32[3];

	if (end->address.any.sa_family == AF_INET)
		word = &end->address.v4.sin_addr.s_addr;
	*word = htonl(ntohl(*word) + n);
}

static int bind_source(int fd, const struct question *q, long flow)
{
	bool is_v4 = q->server.address.any.sa_family == AF_INET;
	struct endpoint source;
	int share = q->share;
	int each = q->each;

	if (!q->bind && !q->from)
		return 0;
	if (share)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &share, sizeof(share));
	parse_endpoint(&source, protocol_word(q->server.protocol),
		       q->bind ? q->bind : is_v4 ? "0.0.0.0" : "::", "0");
	if (q->from)
		endpoint_set_port(&source, q->from + flow);
	if (each) {
		setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &each, sizeof(each));
		add_to_address(&source, flow);
	}
	return bind(fd, &source.address.any, source.len);
}

static int set_timeouts(int fd, long timeout_ms)
{
	struct timeval patience = {
		.tv_sec = timeout_ms / 1000,
		.tv_usec = timeout_ms % 1000 * 1000,
	};

	/* The one for sending holds for connect() as well. */
	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			  sizeof(patience)) ||
	       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			  sizeof(patience));
}

/* Sent without a checksum, or as several datagrams of that size */
static void set_shape(int fd, const struct question *q)
{
	int unchecked = q->unchecked;
	int segment = q->segment;

	if (unchecked)
		setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &unchecked,
			   sizeof(unchecked));
	if (segment)
		setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment,
			   sizeof(segment));
}

static void set_ttl(int fd, const struct question *q)
{
	int ttl = q->ttl;

	if (q->server.address.any.sa_family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl,
			   sizeof(ttl));
}

/* Takes the server's line from the start of what came; what is left? */
static size_t take_who(struct answer *a, const char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && !a->is_complete; i++) {
		a->is_complete = data[i] == '\n';
		if (a->is_complete || a->len == WHO_SIZE - 1)
			a->who[a->len] = '\0';
		else
			a->who[a->len++] = data[i];
	}
	return len - i;
}

static int send_some(int fd, long total, long *sent)
{
	char data[CHUNK_BYTES];
	long len = total - *sent;
	ssize_t n;

	if (len > CHUNK_BYTES)
		len = CHUNK_BYTES;
	pattern_fill(data, len, *sent);
	n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		*sent += n;
	return n < 0 && errno != EAGAIN ? -1 : 0;
}

static int receive_some(int fd, struct answer *a, long *received)
{
	char data[CHUNK_BYTES];
	size_t left;
	ssize_t n;

	n = recv(fd, data, sizeof(data), 0);
	if (n == 0)
		errno = ECONNRESET;
	if (n <= 0)
		return -1;
	left = take_who(a, data, n);
	if (!pattern_matches(data + n - left, left, *received)) {
		errno = EBADMSG;
		return -1;
	}
	*received += left;
	return 0;
}

/* The server says who it is, and echoes all that it is sent meanwhile. */
static int converse(int fd, const struct question *q, struct answer *a)
{
	long sent = 0, received = 0;
	long total = q->bytes * q->repeat;
	struct pollfd poll_fd = { .fd = fd };

	while (!a->is_complete || received < total) {
		poll_fd.events = POLLIN | (sent < total ? POLLOUT : 0);
		if (poll(&poll_fd, 1, q->timeout_ms) != 1) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (poll_fd.revents & POLLOUT && send_some(fd, total, &sent))
			return -1;
		if (poll_fd.revents & ~POLLOUT &&
		    receive_some(fd, a, &received))
			return -1;
	}
	return 0;
}

/* After this the gateway has seen the end of the connection. */
static int close_both_ways(int fd)
{
	char byte;

	if (shutdown(fd, SHUT_WR))
		return -1;
	return recv(fd, &byte, 1, 0) ? -1 : 0;
}

/* To a datagram with so much of the pattern, from there on */
static int take_answer(int fd, struct answer *a, size_t len, size_t at)
{
	static char data[WHO_SIZE + DATAGRAM_MAX];
	size_t left;
	ssize_t n;

	n = recv(fd, data, sizeof(data), 0);
	if (n < 0)
		return -1;
	left = take_who(a, data, n);
	if (a->is_complete && left == len &&
	    pattern_matches(data + n - left, left, at))
		return 0;
	errno = EBADMSG;
	return -1;
}

static int send_question(int fd, const struct question *q)
{
	static char data[DATAGRAM_MAX];

	pattern_fill(data, q->bytes, 0);
	return send(fd, data, q->bytes, 0) < 0 ? -1 : 0;
}

static int exchange(int fd, const struct question *q, struct answer *a)
{
	return send_question(fd, q) || take_answer(fd, a, q->bytes, 0) ? -1 : 0;
}

/* Each datagram, or segment of it, may be answered by another server. */
static int exchange_spread(int fd, const struct question *q)
{
	long len = q->segment ? q->segment : q->bytes;
	struct answer a;
	long i, at;

	for (i = 0; i < q->repeat; i++) {
		if (send_question(fd, q))
			return -1;
		at = 0;
		do {
			memset(&a, 0, sizeof(a));
			if (take_answer(fd, &a, len, at))
				return -1;
			puts(a.who);
			at += len;
		} while (at < q->bytes);
	}
	return 0;
}

/* All datagrams of a flow are to be answered by one server. */
static int exchange_all(int fd, const struct question *q, struct answer *a)
{
	struct answer next;
	long i;

	if (exchange(fd, q, a))
		return -1;
	if (q->ttl)
		set_ttl(fd, q);
	for (i = 1; i < q->repeat; i++) {
		memset(&next, 0, sizeof(next));
		if (exchange(fd, q, &next))
			return -1;
		if (strcmp(next.who, a->who) != 0) {
			errno = EXDEV;
			return -1;
		}
	}
	return 0;
}

/*
 * Lockdep complains of the kernel's SCTP if an abort finds the socket locked
 * (sctp_bind_addr_state(), from the socket's backlog): the server's is to have
 * come back from its last send.
 */
#define ABORT_DELAY_US 200000

static void end_flow(int fd, const struct question *q)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (q->reset && q->server.protocol == IPPROTO_SCTP)
		usleep(ABORT_DELAY_US);
	if (q->reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* Sockets say in several ways that nothing has come in time. */
static void say_error(void)
{
	if (errno == EAGAIN || errno == EINPROGRESS)
		errno = ETIMEDOUT;
	printf("error %s\n", strerrorname_np(errno));
}

/*
 * A UDP socket stays open, or the next one might get its port again; but not if
 * that has another address.
 */
static int ask_once(const struct question *q, long flow)
{
	bool is_tcp = q->server.protocol == IPPROTO_TCP;
	bool is_udp = q->server.protocol == IPPROTO_UDP;
	int fd = endpoint_socket(&q->server);
	struct answer a = {};
	int err;

	err = set_timeouts(fd, q->timeout_ms) || bind_source(fd, q, flow) ||
	      connect(fd, &q->server.address.any, q->server.len);
	if (!err && !is_udp)
		err = send(fd, "?", 1, MSG_NOSIGNAL) != 1;
	set_shape(fd, q);
	if (!err && q->spread)
		err = exchange_spread(fd, q);
	else if (!err)
		err = is_udp ? exchange_all(fd, q, &a) : converse(fd, q, &a);
	if (!err && is_tcp && !q->hold && !q->reset)
		err = close_both_ways(fd);
	if (err)
		say_error();
	else if (!q->spread)
		puts(a.who);
	if ((!is_udp || q->each) && (!q->hold || err))
		end_flow(fd, q);
	return err ? 1 : 0;
}

int ask(int argc, char **argv)
{
	struct question q = { .flows = 1, .repeat = 1, .timeout_ms = 5000 };
	int n_errors = 0;
	long i;

	if (argc < 3 || argc % 2 == 0)
		die("ask PROTOCOL ADDRESS PORT [KEYWORD VALUE]...");
	parse_endpoint(&q.server, argv[0], argv[1], argv[2]);
	for (i = 3; i < argc; i += 2)
		parse_option(&q, argv[i], argv[i + 1]);
	if (q.server.protocol == IPPROTO_UDP && q.bytes > 65000)
		die("%ld: too large a datagram", q.bytes);
	for (i = 0; i < q.flows && n_errors < ERRORS_MAX; i++)
		n_errors += ask_once(&q, i);
	if (q.hold) {
		puts("holding");
		pause();
	}
	return n_errors ? 1 : 0;
}
