// SPDX-License-Identifier: GPL-2.0-only
/* traffic race: first datagrams of one socket, from two processors at once. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traffic.h"

/* What both processors know: the socket, and the rounds of the race. */
static struct {
	int fd;
	long rounds;
	atomic_long is_open;
	atomic_long is_ready;
	atomic_long go;
	atomic_long is_done;
} track;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("processor %d: %s", cpu, strerror(errno));
}

/* Others may need the processor, except in the last moment before the start */
static void *second_racer(void *arg)
{
	long round;

	(void)arg;
	pin(1);
	for (round = 1; round <= track.rounds; round++) {
		while (atomic_load(&track.is_open) < round)
			sched_yield();
		atomic_store(&track.is_ready, round);
		while (atomic_load(&track.go) < round)
			;
		send(track.fd, "x", 1, 0);
		atomic_store(&track.is_done, round);
	}
	return NULL;
}

static void send_both(long round)
{
	atomic_store(&track.is_open, round);
	while (atomic_load(&track.is_ready) < round)
		sched_yield();
	atomic_store(&track.go, round);
	send(track.fd, "x", 1, 0);
	while (atomic_load(&track.is_done) < round)
		sched_yield();
}

static bool receive_who(char *who)
{
	ssize_t len = recv(track.fd, who, WHO_SIZE - 1, 0);

	if (len <= 0)
		return false;
	who[len] = '\0';
	*strchrnul(who, ' ') = '\0';
	return true;
}

/* Both datagrams are answered, by one server. */
static void judge(void)
{
	char first[WHO_SIZE], second[WHO_SIZE];

	if (!receive_who(first) || !receive_who(second))
		puts("lost");
	else if (strcmp(first, second) != 0)
		puts("split");
	else
		puts(first);
}

static void run(const struct endpoint *server, long round)
{
	struct timeval patience = { .tv_sec = 2 };

	track.fd = endpoint_socket(server);
	setsockopt(track.fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	if (connect(track.fd, &server->address.any, server->len))
		die("connect: %s", strerror(errno));
	send_both(round);
	judge();
	close(track.fd);
}

int race(int argc, char **argv)
{
	struct endpoint server;
	pthread_t second;
	long round;

	if (argc != 3)
		die("race ADDRESS PORT SOCKETS");
	parse_endpoint(&server, "udp", argv[0], argv[1]);
	track.rounds = parse_number(argv[2], 1000000);
	pin(0);
	if (pthread_create(&second, NULL, second_racer, NULL))
		die("no thread");
	for (round = 1; round <= track.rounds; round++)
		run(&server, round);
	pthread_join(second, NULL);
	return 0;
}
