// SPDX-License-Identifier: GPL-2.0-only
/*
 * prober TYPE PORT TARGETS INTERVAL SECONDS
 *
 * The agent's prober without a kernel: TARGETS addresses from 127.1.0.1 on are
 * checked at PORT by TYPE (tcp, http, https) every INTERVAL milliseconds. Says
 * how late the checks were and what CPU time they took, as JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "mem.h"
#include "nflb.h"
#include "prober.h"
#include "schema.h"

#define US_PER_SEC	1000000ULL
#define EVENTS_MAX	64

/* What lbctl.c would have. */
const struct command top_command = { .name = "prober" };

static void add_target(struct prober *prober, const struct gate *gate, size_t i)
{
	struct target *target = mem_zalloc(sizeof(*target));
	uint64_t step_us = gate->rule.interval_ms * 1000 / prober->targets.cap;

	target->gate = gate;
	target->backend = mem_strdup("b");
	target->prober = prober;
	target->reported = NFLB_HEALTH_UP;
	target->address = (struct address){ .len = 4, .bytes = { 127, 1 } };
	target->address.bytes[2] = i / 250;
	target->address.bytes[3] = i % 250 + 1;
	tally_init(&target->tally, NFLB_HEALTH_UP);
	prober->targets.items[prober->targets.n++] = target;
	due_set(&prober->heap, &target->due, clock_us() + i * step_us);
}

static void add_targets(struct prober *prober, const struct gate *gate,
			size_t n)
{
	size_t i;

	prober->targets.items = mem_zalloc(n * sizeof(struct target *));
	prober->targets.cap = n;
	for (i = 0; i < n; i++)
		add_target(prober, gate, i);
}

static void wait_for_events(struct prober *prober, int epoll_fd)
{
	struct epoll_event events[EVENTS_MAX];
	uint64_t next_us = prober_next_us(prober);
	uint64_t now_us = clock_us();
	uint64_t from_us = now_us;
	int i, n, timeout_ms = 0;

	if (next_us > now_us)
		timeout_ms = next_us - now_us > US_PER_SEC ? 1000 :
			(next_us - now_us + 999) / 1000;
	n = epoll_wait(epoll_fd, events, EVENTS_MAX, timeout_ms);
	checks_waited(prober->checker.checks, from_us,
		      n < EVENTS_MAX ? clock_us() : from_us);
	for (i = 0; i < n; i++)
		checker_ready(&prober->checker, events[i].data.fd,
			     events[i].events);
	prober_run(prober);
}

static size_t count_failing(const struct prober *prober)
{
	size_t i, n = 0;

	for (i = 0; i < prober->targets.n; i++)
		n += prober->targets.items[i]->tally.last == NFLB_HEALTH_DOWN;
	return n;
}

static double seconds(const struct timeval *time)
{
	return time->tv_sec + time->tv_usec / 1e6;
}

static void say(const struct prober *prober, uint64_t took_us)
{
	const struct prober_figures *figures = &prober->figures;
	double n = figures->n_rounds ? figures->n_rounds : 1;
	struct rusage usage;
	double cpu_sec;

	getrusage(RUSAGE_SELF, &usage);
	cpu_sec = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	printf("{\"checks\": %.0f, \"failing\": %zu, \"not_made\": %llu, \"user_us_per_check\": %.1f, \"cpu_us_per_check\": %.1f, \"cpu_pct\": %.1f, \"late_mean_us\": %.0f, \"late_max_us\": %llu, \"memory_kib\": %ld}\n",
	       n, count_failing(prober),
	       (unsigned long long)figures->n_lacks,
	       seconds(&usage.ru_utime) * 1e6 / n,
	       cpu_sec * 1e6 / n, cpu_sec * 1e8 / took_us,
	       figures->late_sum_us / n,
	       (unsigned long long)figures->late_max_us, usage.ru_maxrss);
}

int main(int argc, char **argv)
{
	struct latency latency = { 0 };
	struct gate gate = { .pool = "pool", .probe = "probe", .spec.path = "/",
			     .spec.host = "", .spec.sni = "", .spec.cert = "",
			     .spec.expect.bits = { 1 }, .latency = &latency };
	int epoll_fd = epoll_create1(0);
	uint64_t begin_us = clock_us();
	struct prober prober;
	uint16_t port;

	if (argc != 6)
		return 2;
	port = atoi(argv[2]);
	gate.ports = &port;
	gate.n_ports = 1;
	gate.spec.type = !strcmp(argv[1], "tcp") ? NFLB_PROBE_TYPE_TCP :
		    !strcmp(argv[1], "http") ? NFLB_PROBE_TYPE_HTTP :
					       NFLB_PROBE_TYPE_HTTPS;
	gate.rule.rise = 1;
	gate.rule.fall = UINT32_MAX;
	gate.rule.interval_ms = atoi(argv[4]);
	gate.spec.timeout_ms = gate.rule.interval_ms;
	prober_init(&prober, NULL, epoll_fd);
	/* There is no kernel to report to. */
	prober.is_superseded = true;
	add_targets(&prober, &gate, atoi(argv[3]));
	while (clock_us() < begin_us + atoi(argv[5]) * US_PER_SEC)
		wait_for_events(&prober, epoll_fd);
	say(&prober, clock_us() - begin_us);
	prober_end(&prober);
	return 0;
}
