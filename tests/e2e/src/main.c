// SPDX-License-Identifier: GPL-2.0-only
/*
 * traffic - servers that say who they are, and their clients
 *
 *   traffic serve SPACE... -- PROTOCOL/PORT[-LAST]...
 *	serves in network namespaces, on each of their addresses, from one
 *	process. TCP and SCTP: answers the first byte with a line "SPACE CLIENT
 *	CLIENT-PORT PORT", echoes the others. UDP: answers each datagram with
 *	that line and the datagram.
 *
 *   traffic ask PROTOCOL ADDRESS PORT [KEYWORD VALUE]...
 *	opens flows and prints what the server said, a line each, or "error"
 *	and the errno's name; exit status 1 if there was an error
 *	  flows N	one after another (1)
 *	  bytes N	to be echoed, checked byte by byte (0)
 *	  repeat N	times in each flow (1)
 *	  from PORT	source port of the first flow, the next one's is higher
 *	  bind ADDRESS	source address
 *	  each on	each flow has the next one, which may be nobody's: the
 *			way back to it is enough
 *	  timeout MS	for each answer (5000)
 *	  ttl N		of all but the first datagram of a flow
 *	  hold on	keeps the flows open until it is killed
 *	  spread on	UDP: each datagram may be answered by another server
 *	  segment N	then: sends N bytes in each, by one call for all bytes
 *	  unchecked on	UDP: sends without checksums
 *	  reset on	closes TCP and SCTP by force
 *	  share on	others may have the same source port, who do so, too
 *
 *   traffic race ADDRESS PORT SOCKETS
 *	two processors send the first datagram of each UDP socket at the same
 *	time; prints who answered both, "lost", or "split" if two did
 *
 *   traffic stream ADDRESS PORT
 *	sends a UDP datagram each millisecond from one socket, until it is
 *	killed; prints who answers, "lost" as long as nobody does, when that
 *	changes, after the time of day in milliseconds
 *
 *   traffic flood ADDRESS PORT SECONDS
 *	sends SYNs from random sources of 198.18.0.0/15 or 2001:db8:bad::/96, as
 *	fast as it goes, until it is ended or so long, and prints how many
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic.h"

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("traffic: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(2);
}

long parse_number(const char *text, long max)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || end == text || n < 0 || n > max)
		die("%s: a number up to %ld is needed", text, max);
	return n;
}

int parse_protocol(const char *text)
{
	if (strcmp(text, "tcp") == 0)
		return IPPROTO_TCP;
	if (strcmp(text, "udp") == 0)
		return IPPROTO_UDP;
	if (strcmp(text, "sctp") == 0)
		return IPPROTO_SCTP;
	die("%s: no such protocol", text);
}

void parse_endpoint(struct endpoint *end, const char *protocol,
		    const char *address, const char *port)
{
	memset(end, 0, sizeof(*end));
	end->protocol = parse_protocol(protocol);
	if (inet_pton(AF_INET, address, &end->address.v4.sin_addr) == 1) {
		end->address.v4.sin_family = AF_INET;
		end->len = sizeof(end->address.v4);
	} else if (inet_pton(AF_INET6, address,
			     &end->address.v6.sin6_addr) == 1) {
		end->address.v6.sin6_family = AF_INET6;
		end->len = sizeof(end->address.v6);
	} else {
		die("%s: not an address", address);
	}
	endpoint_set_port(end, parse_number(port, 65535));
}

/* The port has the same place in both families. */
void endpoint_set_port(struct endpoint *end, int port)
{
	end->address.v4.sin_port = htons(port);
}

int endpoint_port(const struct endpoint *end)
{
	return ntohs(end->address.v4.sin_port);
}

void endpoint_text(const struct endpoint *end, char *text)
{
	if (end->address.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &end->address.v4.sin_addr, text,
			  INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &end->address.v6.sin6_addr, text,
			  INET6_ADDRSTRLEN);
}

/* An SCTP socket for IPv6 would tell its peer the IPv4 addresses, too. */
int endpoint_socket(const struct endpoint *end)
{
	int family = end->address.any.sa_family;
	int on = 1;
	int fd;

	fd = socket(family, (end->protocol == IPPROTO_UDP ? SOCK_DGRAM :
			     SOCK_STREAM) | SOCK_CLOEXEC, end->protocol);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	/* With this, two UDP sockets might get the same port of their own. */
	if (end->protocol != IPPROTO_UDP)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

static char pattern_at(size_t at)
{
	return (at * 31 + (at >> 8) * 7) & 0xff;
}

void pattern_fill(char *data, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = pattern_at(at + i);
}

bool pattern_matches(const char *data, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != pattern_at(at + i))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "ask") == 0)
		return ask(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "race") == 0)
		return race(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "stream") == 0)
		return stream(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "flood") == 0)
		return flood(argc - 2, argv + 2);
	die("serve, ask, race, stream or flood is needed");
}
