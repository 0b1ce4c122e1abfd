// SPDX-License-Identifier: GPL-2.0-only
/* traffic stream: datagrams of one socket, one each millisecond. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "traffic.h"

#define NS_PER_MS	1000000L
#define MS_PER_SEC	1000L
#define SILENCE_MS	20	/* without an answer, that is a loss */

/**
 * struct stream - the stream
 * @fd: its socket
 * @who: who answers now, or "lost"
 * @answer_ms: when the last answer came
 */
struct stream {
	int fd;
	char who[WHO_SIZE];
	long answer_ms;
};

static long clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * MS_PER_SEC + now.tv_nsec / NS_PER_MS;
}

/* With the time of day, which others can read, too */
static void note(struct stream *stream, const char *who)
{
	if (strcmp(stream->who, who) == 0)
		return;
	snprintf(stream->who, sizeof(stream->who), "%s", who);
	printf("%ld %s\n", clock_ms(CLOCK_REALTIME), who);
}

/* ICMP errors come as errors of the socket: they are no answers. */
static void receive(struct stream *stream)
{
	char who[WHO_SIZE];
	ssize_t len;

	while ((len = recv(stream->fd, who, sizeof(who) - 1,
			   MSG_DONTWAIT)) > 0) {
		who[len] = '\0';
		*strchrnul(who, ' ') = '\0';
		stream->answer_ms = clock_ms(CLOCK_MONOTONIC);
		note(stream, who);
	}
}

static void listen_until(struct stream *stream, long until_ms)
{
	struct pollfd poll_fd = { .fd = stream->fd, .events = POLLIN };
	long now_ms;

	while ((now_ms = clock_ms(CLOCK_MONOTONIC)) < until_ms) {
		if (poll(&poll_fd, 1, until_ms - now_ms) > 0)
			receive(stream);
		if (now_ms - stream->answer_ms >= SILENCE_MS)
			note(stream, "lost");
	}
}

int stream(int argc, char **argv)
{
	struct stream stream = {};
	struct endpoint server;
	long due_ms;

	if (argc != 2)
		die("stream ADDRESS PORT");
	parse_endpoint(&server, "udp", argv[0], argv[1]);
	stream.fd = endpoint_socket(&server);
	if (connect(stream.fd, &server.address.any, server.len))
		die("connect: %s", strerror(errno));
	due_ms = clock_ms(CLOCK_MONOTONIC);
	stream.answer_ms = due_ms;
	for (;;) {
		send(stream.fd, "x", 1, MSG_DONTWAIT);
		listen_until(&stream, ++due_ms);
	}
}
