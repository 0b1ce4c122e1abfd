// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients of a service: how many would another affinity move? The kernel is
 * asked about each flow that there is, as if it were new and the service had
 * that affinity.
 */
#include "clients.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "flows.h"
#include "mem.h"
#include "nflb.h"
#include "print.h"

/**
 * struct forecast - what becomes of the clients of a service
 * @n: Clients that have flows now.
 * @n_moving: Those of which a flow, if it were opened anew, would go to a
 *	backend that the client has no flow with.
 * @n_undecided: Those of the others of which that cannot be told, as the
 *	scheduler would pick without a hash, or nobody would be picked.
 */
struct forecast {
	size_t n;
	size_t n_moving;
	size_t n_undecided;
};

/**
 * struct client_flow - a flow of a client
 * @tuple: It.
 * @backend: Its backend.
 * @pick: The one that it would have; of no length if that cannot be told.
 */
struct client_flow {
	struct tuple tuple;
	struct address backend;
	struct address pick;
};

/**
 * struct clients - those of a service, by their flows
 * @flows: The flows.
 * @n: How many.
 * @cap: Room in @flows.
 */
struct clients {
	struct client_flow *flows;
	size_t n;
	size_t cap;
};

static int add_flow(const struct nl_attrs *attrs, void *arg)
{
	struct clients *clients = arg;
	struct client_flow *flow;

	if (clients->n == clients->cap)
		clients->flows = mem_grow(clients->flows, &clients->cap,
					  sizeof(*clients->flows));
	flow = &clients->flows[clients->n++];
	memset(flow, 0, sizeof(*flow));
	flow->tuple.protocol = nl_u32(attrs, NFLB_A_FLOW_PROTOCOL);
	flow->tuple.src = nl_endpoint(attrs, NFLB_A_FLOW_CLIENT,
				      NFLB_A_FLOW_CLIENT_PORT);
	flow->tuple.dst = nl_endpoint(attrs, NFLB_A_FLOW_FRONTEND_ADDRESS,
				      NFLB_A_FLOW_FRONTEND_PORT);
	flow->backend = nl_address(attrs, NFLB_A_FLOW_BACKEND_ADDRESS);
	return 0;
}

static int read_flows(struct context *ctx, const struct object *service,
		      struct clients *clients)
{
	struct nl_msg msg;

	nl_msg_init(&msg, NFLB_CMD_FLOW_GET);
	nl_put_text(&msg, NFLB_A_FLOW_SERVICE, object_name(service));
	return flows_dump(ctx, &msg, add_flow, clients);
}

static int on_pick(size_t idx, const struct nl_attrs *attrs, void *arg)
{
	struct clients *clients = arg;

	if (nl_u32(attrs, NFLB_A_EXPLAIN_VERDICT) == NFLB_VERDICT_PICKED &&
	    nl_u32(attrs, NFLB_A_EXPLAIN_CHOSEN_BY) !=
		    NFLB_CHOSEN_BY_SCHEDULER)
		clients->flows[idx].pick =
			nl_address(attrs, NFLB_A_EXPLAIN_BACKEND_ADDRESS);
	return 0;
}

static int on_refusal(size_t idx, const struct nl_refusal *refusal, void *arg)
{
	(void)idx;
	(void)arg;
	return -refusal->err;
}

static int ask(struct context *ctx, const struct object *service,
	       struct clients *clients)
{
	struct nl_stream stream = {
		.nl = ctx->nl,
		.is_answered = true,
		.on_reply = on_pick,
		.on_refusal = on_refusal,
		.arg = clients,
	};
	const struct value *values = service->values;
	struct nl_msg msg;
	int err = 0;
	size_t i;

	nl_stream_begin(&stream);
	for (i = 0; i < clients->n && !err; i++) {
		progress("flows", i, clients->n);
		explain_begin(&msg, &clients->flows[i].tuple);
		nl_put_u32(&msg, NFLB_A_EXPLAIN_AFFINITY,
			   values[SERVICE_AFFINITY].number);
		nl_put_u32(&msg, NFLB_A_EXPLAIN_CLIENT_PREFIX,
			   values[SERVICE_AFFINITY_PREFIX].number);
		err = nl_stream_add(&stream, &msg);
	}
	if (!err)
		err = nl_stream_send(&stream);
	progress_end();
	return err;
}

static int compare_clients(const struct client_flow *a,
			   const struct client_flow *b)
{
	return address_compare(&a->tuple.src.address, &b->tuple.src.address);
}

static int compare_flows(const void *left, const void *right)
{
	const struct client_flow *a = left, *b = right;

	return compare_clients(a, b) ?:
	       address_compare(&a->backend, &b->backend);
}

static int compare_backend(const void *key, const void *item)
{
	const struct client_flow *flow = item;

	return address_compare(key, &flow->backend);
}

/* The flows of one client, sorted by their backends. */
static void count_client(const struct client_flow *flows, size_t n,
			 struct forecast *forecast)
{
	bool is_undecided = false;
	size_t i;

	forecast->n++;
	for (i = 0; i < n; i++) {
		if (!flows[i].pick.len) {
			is_undecided = true;
		} else if (!bsearch(&flows[i].pick, flows, n, sizeof(*flows),
				    compare_backend)) {
			forecast->n_moving++;
			return;
		}
	}
	forecast->n_undecided += is_undecided;
}

static void count(const struct clients *clients, struct forecast *forecast)
{
	size_t begin, end;

	qsort(clients->flows, clients->n, sizeof(*clients->flows),
	      compare_flows);
	for (begin = 0; begin < clients->n; begin = end) {
		end = begin + 1;
		while (end < clients->n &&
		       !compare_clients(&clients->flows[begin],
					&clients->flows[end]))
			end++;
		count_client(&clients->flows[begin], end - begin, forecast);
	}
}

/* What becomes of them if @service has the affinity that it is to have. */
static int make_forecast(struct context *ctx, const struct object *service,
			 struct forecast *forecast)
{
	struct clients clients = {};
	int err;

	memset(forecast, 0, sizeof(*forecast));
	err = read_flows(ctx, service, &clients);
	if (!err)
		err = ask(ctx, service, &clients);
	if (!err)
		count(&clients, forecast);
	free(clients.flows);
	return err;
}

static void print_forecast(const struct object *service,
			   const struct forecast *forecast)
{
	if (!print_is_json()) {
		print_text("service %s: of %zu clients with flows, %zu would go to another backend, %zu perhaps\n",
			   object_name(service), forecast->n,
			   forecast->n_moving, forecast->n_undecided);
		return;
	}
	json_begin_object(NULL, LAYOUT_INLINE);
	json_string("service", object_name(service));
	json_u64("clients", forecast->n);
	json_u64("moving", forecast->n_moving);
	json_u64("undecided", forecast->n_undecided);
	json_end();
}

static bool has_new_affinity(const struct change *change)
{
	return change->before && change->after &&
	       change->after->type->kind == KIND_SERVICE &&
	       change->fields & (1u << SERVICE_AFFINITY |
				 1u << SERVICE_AFFINITY_PREFIX);
}

/**
 * clients_show() - says how many clients the changes of affinity would move
 * @ctx: The context, connected.
 * @diff: The changes, of which none has been made; of others nothing is said.
 *
 * As lines of text, or a member of a JSON object. Without the privilege to see
 * flows, nothing.
 *
 * Return: The exit status.
 */
int clients_show(struct context *ctx, const struct diff *diff)
{
	const struct object *service = NULL;
	struct forecast forecast;
	int err = 0;
	size_t i;

	if (print_is_json())
		json_begin_array("clients", LAYOUT_LINES);
	for (i = 0; i < diff->n && !err; i++) {
		service = diff->changes[i].after;
		if (!has_new_affinity(&diff->changes[i]))
			continue;
		err = make_forecast(ctx, service, &forecast);
		if (!err)
			print_forecast(service, &forecast);
	}
	if (print_is_json())
		json_end();
	if (!err || err == -EPERM || err == -EACCES)
		return EXIT_OK;
	return context_failed(ctx, service->type, object_name(service), err);
}
