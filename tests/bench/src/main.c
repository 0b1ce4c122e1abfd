// SPDX-License-Identifier: GPL-2.0-only
/*
 * meter WORKLOAD [KEYWORD VALUE]... - prints lines "FIGURE VALUE SPREAD": what
 * one unit costs, in instructions, and how far the middle half of the batches
 * are apart, in percent
 *
 *	first		first packet of a UDP flow
 *	oneway		packet of one of the flows, from the client
 *	roundtrip	the same and a packet back
 *	many		all of these, and the memory of a flow, in bytes
 *	connect		a TCP connection: open, request, response, close
 *	request		request and response on one of the open connections
 *	bulk		a MB from the client to the backend
 *
 * Ends with an error if anything that was sent did not arrive.
 */

#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "meter.h"

static const struct workload {
	const char *name;
	void (*run)(const struct options *opt);
} workloads[] = {
	{ "first", udp_first },
	{ "oneway", udp_oneway },
	{ "roundtrip", udp_roundtrip },
	{ "many", udp_many },
	{ "connect", tcp_connect },
	{ "request", tcp_request },
	{ "bulk", tcp_bulk },
};

static const struct number {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "port", offsetof(struct options, port) },
	{ "backend-port", offsetof(struct options, backend_port) },
	{ "source", offsetof(struct options, source) },
	{ "flows", offsetof(struct options, flows) },
	{ "bytes", offsetof(struct options, bytes) },
	{ "batches", offsetof(struct options, batches) },
	{ "batch", offsetof(struct options, batch) },
};

static void set_target(struct options *opt, const char *word)
{
	opt->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(opt->family, word, &opt->target) != 1)
		errx(2, "'%s' is no address", word);
}

static void set_number(struct options *opt, const char *name, const char *word)
{
	size_t i;

	for (i = 0; i < N_ELEMENTS(numbers); i++) {
		if (strcmp(name, numbers[i].name))
			continue;
		*(unsigned int *)((char *)opt + numbers[i].offset) =
			strtoul(word, NULL, 10);
		return;
	}
	errx(2, "'%s' is no keyword", name);
}

static void parse(struct options *opt, char **words)
{
	for (; *words; words += 2) {
		if (!words[1])
			errx(2, "%s: value missing", *words);
		if (!strcmp(*words, "target"))
			set_target(opt, words[1]);
		else
			set_number(opt, *words, words[1]);
	}
	if (opt->batches > BATCHES_MAX)
		errx(2, "more than %d batches", BATCHES_MAX);
}

int main(int argc, char **argv)
{
	struct options opt = {
		.port = 80, .backend_port = 8080, .source = 1, .flows = 256,
		.bytes = 64, .batches = 15, .batch = 1024,
	};
	size_t i;

	if (argc < 2)
		errx(2, "usage: meter WORKLOAD [KEYWORD VALUE]...");
	parse(&opt, argv + 2);
	/* Nothing has to be fetched from a file while it is measured. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		err(1, "mlockall");
	for (i = 0; i < N_ELEMENTS(workloads); i++) {
		if (strcmp(argv[1], workloads[i].name))
			continue;
		workloads[i].run(&opt);
		return 0;
	}
	errx(2, "'%s' is no workload", argv[1]);
}
