// SPDX-License-Identifier: GPL-2.0-only
/*
 * newflows SOURCE DESTINATION PORT N - sends N UDP datagrams, each from a
 * source port of its own or, when these run out, from the next source
 * address, and prints the nanoseconds that one takes.
 *
 * Written by hand into a raw socket: so little of the time is the sender's.
 */

#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char data[22];
};

#define FIRST_PORT 1024
#define N_PORTS (65536 - FIRST_PORT)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fill(struct packet *packet, char **argv)
{
	packet->ip.version = 4;
	packet->ip.ihl = 5;
	packet->ip.ttl = 64;
	packet->ip.protocol = IPPROTO_UDP;
	packet->ip.saddr = inet_addr(argv[1]);
	packet->ip.daddr = inet_addr(argv[2]);
	packet->udp.dest = htons(atoi(argv[3]));
	packet->udp.len = htons(sizeof(*packet) - sizeof(packet->ip));
}

static void send_all(int fd, struct packet *packet, unsigned int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	uint32_t source = ntohl(packet->ip.saddr);
	unsigned int i;

	to.sin_addr.s_addr = packet->ip.daddr;
	for (i = 0; i < n; i++) {
		packet->ip.saddr = htonl(source + i / N_PORTS);
		packet->udp.source = htons(FIRST_PORT + i % N_PORTS);
		if (sendto(fd, packet, sizeof(*packet), 0,
			   (struct sockaddr *)&to, sizeof(to)) < 0)
			err(1, "sendto");
	}
}

int main(int argc, char **argv)
{
	struct packet packet = { 0 };
	unsigned int n;
	uint64_t start;
	int fd;

	if (argc != 5)
		errx(2, "usage: newflows SOURCE DESTINATION PORT N");
	n = atoi(argv[4]);
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		err(1, "socket");
	fill(&packet, argv);
	start = now_ns();
	send_all(fd, &packet, n);
	printf("%.1f\n", (double)(now_ns() - start) / n);
	return 0;
}
