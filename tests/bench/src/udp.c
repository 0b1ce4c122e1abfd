// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP, written by hand into packet sockets at both ends: so little of the
 * instructions are the sender's. As a socket's packets have on veth, these
 * have a checksum that is left to the device (CHECKSUM_PARTIAL): conntrack
 * does not verify them, as it does not those that a network card has verified.
 */

#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "meter.h"

#define FIRST_PORT 1024
#define N_PORTS 60000
#define LENGTH_MAX 1500
/* Flows are taken with this distance: many of them with few packets */
#define STRIDE 7919

static const unsigned char gateway_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
static const unsigned char client_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

/* What follows an IP header; the flow's number is the start of the data */
struct datagram {
	struct udphdr udp;
	uint32_t number;
};

/* A packet as far as it is not zeros */
struct packet {
	struct virtio_net_hdr vnet;
	struct ethhdr eth;
	union {
		struct {
			struct iphdr ip;
			struct datagram datagram;
		} v4;
		struct {
			struct ip6_hdr ip;
			struct datagram datagram;
		} v6;
	};
};

_Static_assert(offsetof(struct packet, v4) == 10 + ETH_HLEN,
	       "a packet has gaps");

struct flow {
	struct packet request;
	struct packet reply;
};

/**
 * struct ends - the sockets at both ends
 * @client: sends there
 * @backend: sends there
 * @client_counters: for received() there
 * @backend_counters: for received() there
 * @length: of the part of a packet that is in struct packet
 * @rest: number of zeros behind
 */
struct ends {
	int client;
	int backend;
	int client_counters;
	int backend_counters;
	size_t length;
	size_t rest;
};

static char zeros[LENGTH_MAX];

static void set_option(int fd, int option)
{
	int on = 1;

	if (setsockopt(fd, SOL_PACKET, option, &on, sizeof(on)) < 0)
		err(1, "setsockopt");
}

/* open_packets SPACE, PROTOCOL: PROTOCOL is 0 for a socket that only sends */
static int open_packets(const char *space, int protocol)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	int fd;

	enter(space);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	at.sll_ifindex = if_nametoindex("eth0");
	at.sll_protocol = htons(protocol);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		err(1, "bind");
	return fd;
}

static int open_sender(const char *space)
{
	int fd = open_packets(space, 0);

	set_option(fd, PACKET_QDISC_BYPASS);
	set_option(fd, PACKET_VNET_HDR);
	return fd;
}

/* Sees packets before a filter drops them */
static int open_receiver(const char *space)
{
	int fd = open_packets(space, ETH_P_ALL);

	set_option(fd, PACKET_IGNORE_OUTGOING);
	return fd;
}

static void open_ends(struct ends *ends, const struct options *opt)
{
	size_t headers = opt->family == AF_INET ?
		sizeof(((struct packet *)0)->v4) :
		sizeof(((struct packet *)0)->v6);

	if (opt->bytes < headers || opt->bytes > LENGTH_MAX)
		errx(2, "bytes: allowed %zu to %d", headers, LENGTH_MAX);
	ends->length = offsetof(struct packet, v4) + headers;
	ends->rest = opt->bytes - headers;
	ends->client = open_sender("cl");
	ends->backend = open_sender("be");
	ends->client_counters = open_counters("cl");
	ends->backend_counters = open_counters("be");
}

static uint32_t sum(const void *data, size_t length)
{
	const uint16_t *word = data;
	uint32_t total = 0;

	for (; length > 1; length -= 2)
		total += *word++;
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

/* fill_udp(): @addresses are the two of the IP header, @length is of both */
static void fill_udp(struct datagram *datagram, const void *addresses,
		     size_t length, size_t bytes)
{
	datagram->udp.len = htons(bytes);
	/* The sum of the pseudo header: the device would do the rest. */
	datagram->udp.check = fold(sum(addresses, length) +
				   htons(IPPROTO_UDP) + htons(bytes));
}

static void fill4(struct packet *packet, size_t bytes)
{
	struct iphdr *ip = &packet->v4.ip;

	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(bytes);
	ip->check = 0;
	ip->check = ~fold(sum(ip, sizeof(*ip)));
	fill_udp(&packet->v4.datagram, &ip->saddr, 8, bytes - sizeof(*ip));
}

static void fill6(struct packet *packet, size_t bytes)
{
	struct ip6_hdr *ip = &packet->v6.ip;

	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_plen = htons(bytes - sizeof(*ip));
	ip->ip6_nxt = IPPROTO_UDP;
	ip->ip6_hlim = 64;
	fill_udp(&packet->v6.datagram, &ip->ip6_src, 32, bytes - sizeof(*ip));
}

/* fill(): all but the Ethernet addresses, the addresses, ports and number */
static void fill(struct packet *packet, const struct options *opt)
{
	size_t headers = opt->family == AF_INET ? sizeof(struct iphdr) :
						  sizeof(struct ip6_hdr);

	packet->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	packet->vnet.csum_start = ETH_HLEN + headers;
	packet->vnet.csum_offset = offsetof(struct udphdr, check);
	packet->eth.h_proto = htons(opt->family == AF_INET ? ETH_P_IP :
							     ETH_P_IPV6);
	if (opt->family == AF_INET)
		fill4(packet, opt->bytes);
	else
		fill6(packet, opt->bytes);
}

static struct datagram *datagram_of(struct packet *packet, int family)
{
	return family == AF_INET ? &packet->v4.datagram : &packet->v6.datagram;
}

static void fill_request(struct packet *packet, const struct options *opt,
			 unsigned int n)
{
	struct datagram *datagram = datagram_of(packet, opt->family);
	struct in6_addr client;

	client_address(opt, n / N_PORTS, &client);
	memcpy(packet->eth.h_dest, gateway_mac, ETH_ALEN);
	memcpy(packet->eth.h_source, client_mac, ETH_ALEN);
	if (opt->family == AF_INET) {
		memcpy(&packet->v4.ip.saddr, &client, 4);
		memcpy(&packet->v4.ip.daddr, &opt->target, 4);
	} else {
		packet->v6.ip.ip6_src = client;
		packet->v6.ip.ip6_dst = opt->target;
	}
	datagram->udp.source = htons(FIRST_PORT + n % N_PORTS);
	datagram->udp.dest = htons(opt->port);
	datagram->number = n;
	fill(packet, opt);
}

static struct flow *make_flows(const struct options *opt)
{
	struct flow *flows = calloc(opt->flows, sizeof(*flows));
	unsigned int i;

	if (!flows)
		err(1, "calloc");
	for (i = 0; i < opt->flows; i++)
		fill_request(&flows[i].request, opt, i);
	return flows;
}

static void transmit(int fd, const struct ends *ends, struct packet *packet)
{
	struct iovec parts[] = {
		{ packet, ends->length },
		{ zeros, ends->rest },
	};

	if (writev(fd, parts, N_ELEMENTS(parts)) < 0)
		err(1, "writev");
}

/* receive(): the packet of that flow, whatever else may have come before */
static void receive(int fd, struct packet *packet, const struct options *opt,
		    const char *where, unsigned int number)
{
	const struct datagram *datagram = datagram_of(packet, opt->family);
	ssize_t length;

	do {
		length = recv(fd, &packet->eth, sizeof(*packet) -
			      offsetof(struct packet, eth), MSG_DONTWAIT);
		if (length < 0)
			errx(1, "packet %u did not reach the %s: %s", number,
			     where, strerror(errno));
	} while (packet->eth.h_proto != htons(opt->family == AF_INET ?
					      ETH_P_IP : ETH_P_IPV6) ||
		 datagram->number != number);
}

static void swap_addresses(struct packet *to, const struct packet *from,
			   int family)
{
	if (family == AF_INET) {
		to->v4.ip.saddr = from->v4.ip.daddr;
		to->v4.ip.daddr = from->v4.ip.saddr;
	} else {
		to->v6.ip.ip6_src = from->v6.ip.ip6_dst;
		to->v6.ip.ip6_dst = from->v6.ip.ip6_src;
	}
}

/* The answer to what has arrived at the backend */
static void fill_reply(struct packet *to, struct packet *from,
		       const struct options *opt)
{
	struct datagram *answer = datagram_of(to, opt->family);
	const struct datagram *question = datagram_of(from, opt->family);

	memcpy(to->eth.h_dest, from->eth.h_source, ETH_ALEN);
	memcpy(to->eth.h_source, from->eth.h_dest, ETH_ALEN);
	swap_addresses(to, from, opt->family);
	answer->udp.source = question->udp.dest;
	answer->udp.dest = question->udp.source;
	answer->number = question->number;
	fill(to, opt);
}

/* An answer must come from where the question went to. */
static void check_reply(struct flow *flow, struct packet *packet, int family)
{
	const struct datagram *question = datagram_of(&flow->request, family);
	const struct datagram *answer = datagram_of(packet, family);
	struct packet swapped = *packet;

	swap_addresses(&swapped, packet, family);
	if (answer->udp.source != question->udp.dest ||
	    answer->udp.dest != question->udp.source ||
	    (family == AF_INET &&
	     memcmp(&swapped.v4.ip.saddr, &flow->request.v4.ip.saddr, 8)) ||
	    (family == AF_INET6 &&
	     memcmp(&swapped.v6.ip.ip6_src, &flow->request.v6.ip.ip6_src, 32)))
		errx(1, "the answer to packet %u comes from somewhere else",
		     question->number);
}

/*
 * Each flow once there and back, to learn what the backends see of it, and
 * once more: gateways may want to see both directions before a flow is
 * established to them.
 */
static void establish(const struct ends *ends, struct flow *flows,
		      const struct options *opt)
{
	int client = open_receiver("cl"), backend = open_receiver("be");
	struct packet packet;
	unsigned int i;

	for (i = 0; i < opt->flows; i++) {
		transmit(ends->client, ends, &flows[i].request);
		receive(backend, &packet, opt, "backend", i);
		fill_reply(&flows[i].reply, &packet, opt);
		transmit(ends->backend, ends, &flows[i].reply);
		receive(client, &packet, opt, "client", i);
		check_reply(&flows[i], &packet, opt->family);
	}
	close(client);
	close(backend);
	for (i = 0; i < opt->flows; i++) {
		transmit(ends->client, ends, &flows[i].request);
		transmit(ends->backend, ends, &flows[i].reply);
	}
	settle();
}

static void expect_received(int counters, uint64_t before, uint64_t wanted,
			    const char *where)
{
	uint64_t got = received(counters) - before;

	if (got != wanted)
		errx(1, "%ju of %ju packets reached the %s", (uintmax_t)got,
		     (uintmax_t)wanted, where);
}

static void measure_first(const struct ends *ends, struct flow *flows,
			  const struct options *opt, unsigned int batch)
{
	uint64_t before = received(ends->backend_counters), begin;
	struct samples samples = { 0 };
	unsigned int i, first;

	for (first = 0; first + batch <= opt->flows; first += batch) {
		begin = instructions();
		for (i = first; i < first + batch; i++)
			transmit(ends->client, ends, &flows[i].request);
		samples_add(&samples, begin, batch);
	}
	expect_received(ends->backend_counters, before, first, "backend");
	samples_print(&samples, "first");
}

static void measure(const struct ends *ends, struct flow *flows,
		    const struct options *opt, int with_reply)
{
	uint64_t there = received(ends->backend_counters), begin;
	uint64_t back = received(ends->client_counters);
	struct samples samples = { 0 };
	unsigned int i, k = 0;

	while (samples.n < opt->batches) {
		begin = instructions();
		for (i = 0; i < opt->batch; i++) {
			k = (k + STRIDE) % opt->flows;
			transmit(ends->client, ends, &flows[k].request);
			if (with_reply)
				transmit(ends->backend, ends, &flows[k].reply);
		}
		samples_add(&samples, begin, opt->batch);
	}
	i = opt->batches * opt->batch;
	expect_received(ends->backend_counters, there, i, "backend");
	expect_received(ends->client_counters, back, with_reply ? i : 0,
			"client");
	samples_print(&samples, with_reply ? "roundtrip" : "oneway");
}

/**
 * udp_first() - measures the first packet of flows
 * @opt: how many
 */
void udp_first(const struct options *opt)
{
	struct ends ends;

	open_ends(&ends, opt);
	settle();
	measure_first(&ends, make_flows(opt), opt, opt->batch);
}

static void established(const struct options *opt, int with_reply)
{
	struct flow *flows = make_flows(opt);
	struct ends ends;

	open_ends(&ends, opt);
	establish(&ends, flows, opt);
	measure(&ends, flows, opt, with_reply);
}

/**
 * udp_oneway() - measures packets to the backend
 * @opt: of which flows
 */
void udp_oneway(const struct options *opt)
{
	established(opt, 0);
}

/**
 * udp_roundtrip() - measures packets to the backend together with the answers
 * @opt: of which flows
 */
void udp_roundtrip(const struct options *opt)
{
	established(opt, 1);
}

/**
 * udp_many() - measures flows beside many others
 * @opt: how many
 */
void udp_many(const struct options *opt)
{
	struct flow *flows = make_flows(opt);
	struct ends ends;
	uint64_t before;

	open_ends(&ends, opt);
	settle();
	before = kernel_bytes();
	measure_first(&ends, flows, opt, opt->batch);
	establish(&ends, flows, opt);
	printf("memory %.1f 0\n",
	       ((double)kernel_bytes() - before) / opt->flows);
	measure(&ends, flows, opt, 0);
	measure(&ends, flows, opt, 1);
}
