/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A probe in front of a pool: how the pool's backends are checked for the
 * services that the probe gates.
 */
#ifndef LBCTL_GATE_H
#define LBCTL_GATE_H

#include "latency.h"
#include "netlink.h"
#include "object.h"

/**
 * struct gate - a probe that services of a pool name
 * @pool: Name of the pool.
 * @probe: Name of the probe.
 * @definition: The probe, or NULL as long as it has not been read.
 * @spec: How to check, but for address and port; what it points to is in
 *        @definition.
 * @rule: How results are counted.
 * @ports: Ports to check, one after another; the probe's, or if it has none
 *         those to which the services send; 0 alone where there are no ports.
 * @n_ports: How many; 0 if the services take any port.
 * @ports_cap: Room in @ports.
 * @latency: What its checks have said; set by the prober, which keeps it when
 *           gates are read anew.
 */
struct gate {
	char *pool;
	char *probe;
	struct object *definition;
	struct check_spec spec;
	struct tally_rule rule;
	uint16_t *ports;
	size_t n_ports;
	size_t ports_cap;
	struct latency *latency;
};

/**
 * struct gates - all gates, sorted
 * @items: The gates.
 * @n: How many.
 * @cap: Room in @items.
 */
struct gates {
	struct gate *items;
	size_t n;
	size_t cap;
};

int gates_read(struct nl *nl, struct gates *gates);
void gates_free(struct gates *gates);
struct gate *gates_find(const struct gates *gates, const char *pool,
			const char *probe);
bool gate_is_equal(const struct gate *a, const struct gate *b);

#endif /* LBCTL_GATE_H */
