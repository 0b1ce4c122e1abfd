// SPDX-License-Identifier: GPL-2.0-only
/* traffic flood: SYNs from addresses that are nobody's, as fast as it goes. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

/* Sources are in these, 198.18.0.0/15 and 2001:db8:bad::/96. */
#define SOURCE4 0xc6120000U
#define SOURCE4_MASK 0x1ffffU
#define SOURCE6 "2001:db8:bad::"

#define LOOK_EACH 256	/* SYNs, at the clock */

/**
 * struct packet - a SYN
 * @v4: header of IP
 * @v6: the other one's
 * @tcp: header of TCP, behind either
 * @mss: its option
 */
struct packet {
	union {
		struct {
			char gap[sizeof(struct ip6_hdr) - sizeof(struct ip)];
			struct ip v4;
		};
		struct ip6_hdr v6;
	};
	struct tcphdr tcp;
	uint8_t mss[4];
};

static volatile sig_atomic_t is_over;

#define TCP_BYTES (sizeof(struct tcphdr) + 4)

/* xorshift64: nobody is to guess it, but all sources are to come. */
static uint32_t chance(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

static uint32_t sum_bytes(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += byte[i] << 8 | byte[i + 1];
	return sum;
}

/* The addresses stand in one piece, whose length tells the family. */
static void set_checksum(struct packet *packet, const void *addresses,
			 size_t len)
{
	uint32_t sum = IPPROTO_TCP + TCP_BYTES;

	packet->tcp.check = 0;
	sum = sum_bytes(addresses, len, sum);
	sum = sum_bytes(&packet->tcp, TCP_BYTES, sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	packet->tcp.check = htons(~sum & 0xffff);
}

static void begin_packet(struct packet *packet, const struct endpoint *end)
{
	*packet = (struct packet){ .mss = { TCPOPT_MAXSEG, 4, 1460 >> 8,
					    1460 & 0xff } };
	packet->tcp.dest = end->address.v4.sin_port;
	packet->tcp.doff = TCP_BYTES / 4;
	packet->tcp.syn = 1;
	packet->tcp.window = htons(64240);
	if (end->address.any.sa_family == AF_INET) {
		packet->v4.ip_v = 4;
		packet->v4.ip_hl = sizeof(packet->v4) / 4;
		packet->v4.ip_len = htons(sizeof(packet->v4) + TCP_BYTES);
		packet->v4.ip_ttl = 64;
		packet->v4.ip_p = IPPROTO_TCP;
		packet->v4.ip_dst = end->address.v4.sin_addr;
		return;
	}
	packet->v6.ip6_flow = htonl(6U << 28);
	packet->v6.ip6_plen = htons(TCP_BYTES);
	packet->v6.ip6_nxt = IPPROTO_TCP;
	packet->v6.ip6_hlim = 64;
	packet->v6.ip6_dst = end->address.v6.sin6_addr;
	inet_pton(AF_INET6, SOURCE6, &packet->v6.ip6_src);
}

static void send_one(int fd, struct packet *packet, const struct endpoint *end)
{
	struct endpoint to = *end;
	const void *data = packet;
	size_t len = sizeof(*packet);

	packet->tcp.source = htons(1024 + chance() % 60000);
	packet->tcp.seq = chance();
	if (end->address.any.sa_family == AF_INET) {
		packet->v4.ip_src.s_addr =
			htonl(SOURCE4 | (chance() & SOURCE4_MASK));
		set_checksum(packet, &packet->v4.ip_src, 8);
		data = &packet->v4;
		len -= sizeof(packet->gap);
	} else {
		packet->v6.ip6_src.s6_addr32[3] = chance();
		set_checksum(packet, &packet->v6.ip6_src, 32);
	}
	/* A port there would be that of a raw socket. */
	endpoint_set_port(&to, 0);
	if (sendto(fd, data, len, 0, &to.address.any, to.len) < 0 &&
	    errno != ENOBUFS)
		die("sendto: %s", strerror(errno));
}

static void end(int number)
{
	(void)number;
	is_over = 1;
}

int flood(int argc, char **argv)
{
	struct endpoint server;
	struct packet packet;
	unsigned long n = 0;
	time_t until;
	int fd;

	if (argc != 3)
		die("flood ADDRESS PORT SECONDS");
	parse_endpoint(&server, "tcp", argv[0], argv[1]);
	until = time(NULL) + parse_number(argv[2], 60);
	fd = socket(server.address.any.sa_family, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	begin_packet(&packet, &server);
	signal(SIGTERM, end);
	do
		send_one(fd, &packet, &server);
	while (++n % LOOK_EACH || (!is_over && time(NULL) < until));
	close(fd);
	printf("%lu\n", n);
	return 0;
}
