// SPDX-License-Identifier: GPL-2.0-only
/* Gates, made of what the kernel says of services and probes. */
#include "gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "mem.h"
#include "names.h"
#include "nflb.h"
#include "service.h"
#include "wire.h"

static int compare_gates(const void *left, const void *right)
{
	const struct gate *a = left;
	const struct gate *b = right;
	int order = strcmp(a->pool, b->pool);

	return order ? order : strcmp(a->probe, b->probe);
}

/**
 * gates_find() - finds a gate
 * @gates: The gates.
 * @pool: Name of the pool.
 * @probe: Name of the probe.
 *
 * Return: The gate, or NULL.
 */
struct gate *gates_find(const struct gates *gates, const char *pool,
			const char *probe)
{
	struct gate key = { .pool = (char *)pool, .probe = (char *)probe };

	if (!gates->n)
		return NULL;
	return bsearch(&key, gates->items, gates->n, sizeof(key),
		       compare_gates);
}

static void add_port(struct gate *gate, uint16_t port)
{
	size_t i;

	for (i = 0; i < gate->n_ports; i++)
		if (gate->ports[i] == port)
			return;
	if (gate->n_ports == gate->ports_cap)
		gate->ports = mem_grow(gate->ports, &gate->ports_cap,
				       sizeof(*gate->ports));
	gate->ports[gate->n_ports++] = port;
}

/* Of a range, its first port stands for all. */
static uint16_t port_of(const struct object *service)
{
	const struct value *values = service->values;

	if (values[SERVICE_BACKEND_PORT].ports.first)
		return values[SERVICE_BACKEND_PORT].ports.first;
	return values[SERVICE_PORT].ports.first;
}

/*
 * Makes a gate in a pool of a service. Services that are alike make gates that
 * are alike; these become one.
 */
static void add_gate(struct gates *gates, const struct object *service,
		     const char *pool)
{
	uint16_t port = port_of(service);
	struct gate *gate;

	if (gates->n == gates->cap)
		gates->items = mem_grow(gates->items, &gates->cap,
					sizeof(*gates->items));
	gate = &gates->items[gates->n++];
	*gate = (struct gate){
		.pool = mem_strdup(pool),
		.probe = mem_strdup(service->values[SERVICE_PROBE].text),
	};
	if (port)
		add_port(gate, port);
}

static void free_gate(struct gate *gate)
{
	free(gate->pool);
	free(gate->probe);
	object_free(gate->definition);
	free(gate->ports);
	free(gate->latency);
}

static void merge(struct gates *gates)
{
	struct gate *last = gates->items;
	struct gate *gate;
	size_t i, j;

	for (i = 1; i < gates->n; i++) {
		gate = &gates->items[i];
		if (compare_gates(last, gate) != 0) {
			*++last = *gate;
			continue;
		}
		for (j = 0; j < gate->n_ports; j++)
			add_port(last, gate->ports[j]);
		free_gate(gate);
	}
	gates->n = last - gates->items + 1;
}

static int compare_ports(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void sort(struct gates *gates)
{
	size_t i;

	if (!gates->n)
		return;
	qsort(gates->items, gates->n, sizeof(*gates->items), compare_gates);
	merge(gates);
	for (i = 0; i < gates->n; i++)
		if (gates->items[i].n_ports)
			qsort(gates->items[i].ports, gates->items[i].n_ports,
			      sizeof(uint16_t), compare_ports);
}

/* Texts of the kernel's that this lbctl would not take say nothing to it. */
static void set_spec(struct gate *gate, const struct value *values)
{
	struct check_spec *spec = &gate->spec;
	struct why why;

	*spec = (struct check_spec){
		.type = values[PROBE_TYPE].number,
		.timeout_ms = values[PROBE_TIMEOUT].number,
		.path = values[PROBE_PATH].text,
		.host = values[PROBE_HOST].text,
		.sni = values[PROBE_SNI].text,
		.json_state = values[PROBE_JSON_STATE].number,
		.grpc_service = values[PROBE_GRPC_SERVICE].text,
		.verify = values[PROBE_VERIFY].number,
		.cert_expiry_ms = values[PROBE_CERT_EXPIRY].number,
		.cert = values[PROBE_CERT].text,
		.key = values[PROBE_KEY].text,
		.way.source = values[PROBE_SOURCE].address,
		.way.mark = values[PROBE_MARK].number,
		.command = values[PROBE_COMMAND].text,
		.pool = gate->pool,
	};
	snprintf(spec->way.device, sizeof(spec->way.device), "%s",
		 values[PROBE_DEVICE].text);
	statuses_parse(values[PROBE_EXPECT].text, &spec->expect, &why);
	bytes_parse(values[PROBE_BODY].text, &spec->body, &why);
	bytes_parse(values[PROBE_SEND].text, &spec->send, &why);
	bytes_parse(values[PROBE_RECEIVE].text, &spec->receive, &why);
}

/* The gate owns the probe. */
static void set_probe(struct gate *gate, struct object *probe)
{
	const struct value *values = probe->values;
	uint16_t port = values[PROBE_PORT].ports.first;
	uint32_t answers = values[PROBE_ANSWERS].number;

	object_free(gate->definition);
	gate->definition = probe;
	set_spec(gate, values);
	gate->rule = (struct tally_rule){
		.rise = values[PROBE_RISE].number,
		.fall = values[PROBE_FALL].number,
		.answers_decide = tally_answers_decide(gate->spec.type,
						       answers),
		.interval_ms = values[PROBE_INTERVAL].number,
	};
	if (port || gate->spec.type == NFLB_PROBE_TYPE_ICMP) {
		gate->n_ports = 0;
		add_port(gate, port);
	}
}

static int read_service(const struct nl_attrs *attrs, void *arg)
{
	struct object *service = wire_read(attrs, KIND_SERVICE);
	const char *rest = service->values[SERVICE_BACKUP].text;
	char backup[NFLB_NAME_MAX + 1];

	if (service->values[SERVICE_PROBE].text[0]) {
		add_gate(arg, service, service->values[SERVICE_POOL].text);
		while (names_take(&rest, backup))
			add_gate(arg, service, backup);
	}
	object_free(service);
	return 0;
}

static int read_probe(const struct nl_attrs *attrs, void *arg)
{
	const char *name = nl_text(attrs, NFLB_A_PROBE_NAME);
	struct gates *gates = arg;
	size_t i;

	for (i = 0; i < gates->n; i++)
		if (strcmp(gates->items[i].probe, name) == 0)
			set_probe(&gates->items[i],
				  wire_read(attrs, KIND_PROBE));
	return 0;
}

/* A probe that came or went between the two dumps. */
static bool is_whole(const struct gates *gates)
{
	size_t i;

	for (i = 0; i < gates->n; i++)
		if (!gates->items[i].definition)
			return false;
	return true;
}

/**
 * gates_read() - asks the kernel
 * @nl: The connection.
 * @gates: Where they go; gates_free() it also after an error.
 *
 * Return: 0, -EINTR when the configuration changed meanwhile, or another
 * negative error number.
 */
int gates_read(struct nl *nl, struct gates *gates)
{
	int err;

	*gates = (struct gates){ 0 };
	err = services_each(nl, read_service, gates);
	if (err)
		return err;
	sort(gates);
	err = nl_each(nl, NFLB_CMD_PROBE_GET, read_probe, gates);
	if (err)
		return err;
	return is_whole(gates) ? 0 : -EINTR;
}

/**
 * gates_free() - frees gates
 * @gates: The gates, empty afterwards.
 */
void gates_free(struct gates *gates)
{
	size_t i;

	for (i = 0; i < gates->n; i++)
		free_gate(&gates->items[i]);
	free(gates->items);
	*gates = (struct gates){ 0 };
}

/**
 * gate_is_equal() - says whether two gates check and count alike
 * @a: The one.
 * @b: The other.
 *
 * Return: Whether they do.
 */
bool gate_is_equal(const struct gate *a, const struct gate *b)
{
	uint32_t differing;

	if (compare_gates(a, b) != 0)
		return false;
	differing = object_differing_fields(a->definition, b->definition);
	return !(differing & ~(1u << PROBE_INITIAL)) &&
	       a->n_ports == b->n_ports &&
	       (!a->n_ports || memcmp(a->ports, b->ports,
				      a->n_ports * sizeof(*a->ports)) == 0);
}
