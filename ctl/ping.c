// SPDX-License-Identifier: GPL-2.0-only
/* ICMP echo requests. */
#include "ping.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/random.h>

#define TOKEN_AT	8	/* behind type, code, checksum, id and number */

/* RFC 1071; that of ICMPv6 is the kernel's to set. */
static uint16_t checksum(const uint8_t bytes[PING_SIZE])
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < PING_SIZE; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

/**
 * ping_open() - opens a socket for an echo request
 * @ping: The request; what it says is made up.
 * @address: Whom it is for; the socket is not connected.
 * @way: How it goes.
 *
 * One that net.ipv4.ping_group_range allows, or a raw one, which needs a right.
 *
 * Return: The socket, or -1, and errno says why; EACCES if neither is allowed.
 */
int ping_open(struct ping *ping, const struct address *address,
	      const struct sock_way *way)
{
	bool is_v4 = address->len == 4;
	int family = is_v4 ? AF_INET : AF_INET6;
	int protocol = is_v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	int fd;

	*ping = (struct ping){ .is_v4 = is_v4 };
	if (getrandom(&ping->token, sizeof(ping->token), 0) < 0)
		return -1;
	fd = sock_open(family, SOCK_DGRAM | SOCK_NONBLOCK, protocol, way);
	if (fd >= 0 || errno != EACCES)
		return fd;
	ping->is_raw = true;
	fd = sock_open(family, SOCK_RAW | SOCK_NONBLOCK, protocol, way);
	if (fd < 0 && errno == EPERM)
		errno = EACCES;
	return fd;
}

/**
 * ping_request() - writes the request
 * @ping: The request.
 * @bytes: Where it goes. A socket that is not raw puts in an id of its own.
 */
void ping_request(const struct ping *ping, uint8_t bytes[PING_SIZE])
{
	uint16_t sum;

	memset(bytes, 0, PING_SIZE);
	bytes[0] = ping->is_v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
	memcpy(bytes + 4, &ping->token, 2);
	memcpy(bytes + TOKEN_AT, &ping->token, sizeof(ping->token));
	if (!ping->is_v4)
		return;
	sum = checksum(bytes);
	bytes[2] = sum >> 8;
	bytes[3] = sum;
}

/* A raw socket of IPv4, and only that, gets the IP header, too. */
static size_t header_len(const struct ping *ping, const uint8_t *bytes,
			 size_t len)
{
	return ping->is_raw && ping->is_v4 && len ? (bytes[0] & 0xf) * 4 : 0;
}

/**
 * ping_is_answer() - says whether something answers the request
 * @ping: The request.
 * @bytes: What its socket got.
 * @len: How much that is.
 *
 * Return: true if it does.
 */
bool ping_is_answer(const struct ping *ping, const uint8_t *bytes, size_t len)
{
	size_t skip = header_len(ping, bytes, len);

	if (len < skip + PING_SIZE)
		return false;
	bytes += skip;
	return bytes[0] == (ping->is_v4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY) &&
	       memcmp(bytes + TOKEN_AT, &ping->token,
		      sizeof(ping->token)) == 0;
}
