/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meter - counts the instructions that traffic takes which crosses the
 * gateway of tests/bench/topo.sh. It is client and backend in one process and
 * one thread: nothing is scheduled while it counts, unless the gateway itself
 * is a process.
 */
#ifndef METER_H
#define METER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <x86intrin.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct options - what is to be done; main.c says what the words mean
 * @family: AF_INET or AF_INET6
 * @target: where the client sends to
 * @port: the port of @target
 * @backend_port: where the backend listens (TCP)
 * @source: number of the first client's address
 * @flows: how many flows, or connections
 * @bytes: length of an IP packet (UDP)
 * @batches: how often is measured; the median counts
 * @batch: how many packets, connections, requests or MB in one batch
 */
struct options {
	int family;
	struct in6_addr target;
	unsigned int port;
	unsigned int backend_port;
	unsigned int source;
	unsigned int flows;
	unsigned int bytes;
	unsigned int batches;
	unsigned int batch;
};

#define BATCHES_MAX 1024

/**
 * struct samples - the cost of one unit, as each batch had it
 * @n: number of batches so far
 * @value: of each
 */
struct samples {
	unsigned int n;
	double value[BATCHES_MAX];
};

/*
 * The cycle counter of a guest under -icount is its number of instructions,
 * and reading it takes no system call.
 */
static inline uint64_t instructions(void)
{
	return __rdtsc();
}

/* stats.c */
void samples_add(struct samples *samples, uint64_t begin, unsigned int units);
void samples_print(struct samples *samples, const char *name);
uint64_t idle_ticks(void);
uint64_t kernel_bytes(void);
void settle(void);

/* space.c */
void enter(const char *space);
int open_counters(const char *space);
uint64_t received(int counters);
void client_address(const struct options *opt, unsigned int n,
		    struct in6_addr *address);

/* udp.c */
void udp_first(const struct options *opt);
void udp_oneway(const struct options *opt);
void udp_roundtrip(const struct options *opt);
void udp_many(const struct options *opt);

/* tcp.c */
void tcp_connect(const struct options *opt);
void tcp_request(const struct options *opt);
void tcp_bulk(const struct options *opt);

#endif /* METER_H */
