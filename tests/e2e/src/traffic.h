/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of traffic have in common. */
#ifndef _TRAFFIC_H
#define _TRAFFIC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define WHO_SIZE	128	/* of a server's line about itself */
#define DATAGRAM_MAX	65507

/**
 * struct endpoint - one end of a flow
 * @protocol: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP
 * @address: address and port
 * @len: size of the address
 */
struct endpoint {
	int protocol;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t len;
};

int parse_protocol(const char *text);
long parse_number(const char *text, long max);
void parse_endpoint(struct endpoint *end, const char *protocol,
		    const char *address, const char *port);

void endpoint_set_port(struct endpoint *end, int port);
int endpoint_port(const struct endpoint *end);
void endpoint_text(const struct endpoint *end, char *text);
int endpoint_socket(const struct endpoint *end);

void pattern_fill(char *data, size_t len, size_t at);
bool pattern_matches(const char *data, size_t len, size_t at);

_Noreturn void die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

int serve(int argc, char **argv);
int ask(int argc, char **argv);
int race(int argc, char **argv);
int stream(int argc, char **argv);
int flood(int argc, char **argv);

#endif /* _TRAFFIC_H */
