// SPDX-License-Identifier: GPL-2.0-only
/* The ports that backends have by snats. */
#include "leases.h"

#include <stdlib.h>

#include "mem.h"
#include "metrics.h"
#include "nflb.h"

#define LABELS_SIZE	256	/* three names, and what stands around them */

/**
 * struct lease - the ports of a backend
 * @labels: Its labels, with commas between them.
 * @figures: By enum lease_figure.
 */
struct lease {
	char labels[LABELS_SIZE];
	uint64_t figures[LEASE_FIGURES];
};

static const struct {
	const char *name;
	const char *type;
	const char *help;
} metrics[LEASE_FIGURES] = {
	[LEASE_ALLOCATED] = { "snat_allocated_ports", "gauge",
			      "Ports that the backend has." },
	[LEASE_LIMIT] = { "snat_limit_ports", "gauge",
			  "Ports that the backend may have." },
	[LEASE_USED] = { "snat_used_ports", "gauge",
			 "Ports that flows have which are not closed." },
	[LEASE_FAILED] = { "snat_failed_flows_total", "counter",
			   "Flows that got no port." },
};

static int take(const struct nl_attrs *attrs, void *arg)
{
	struct leases *leases = arg;
	struct lease *lease;

	if (leases->n == leases->cap)
		leases->items = mem_grow(leases->items, &leases->cap,
					 sizeof(*leases->items));
	lease = &leases->items[leases->n++];
	snprintf(lease->labels, LABELS_SIZE,
		 "snat=\"%s\",pool=\"%s\",backend=\"%s\"",
		 nl_text(attrs, NFLB_A_LEASE_SNAT),
		 nl_text(attrs, NFLB_A_LEASE_POOL),
		 nl_text(attrs, NFLB_A_LEASE_BACKEND));
	lease->figures[LEASE_ALLOCATED] = nl_u32(attrs, NFLB_A_LEASE_ALLOCATED);
	lease->figures[LEASE_LIMIT] = nl_u32(attrs, NFLB_A_LEASE_LIMIT);
	lease->figures[LEASE_USED] = nl_u32(attrs, NFLB_A_LEASE_USED);
	lease->figures[LEASE_FAILED] = nl_u64(attrs, NFLB_A_LEASE_FAILED);
	return 0;
}

/**
 * leases_take() - asks the kernel for them
 * @leases: Where they go; leases_free() it.
 * @nl: The connection.
 *
 * Return: 0 or a negative error number.
 */
int leases_take(struct leases *leases, struct nl *nl)
{
	return nl_each(nl, NFLB_CMD_LEASE_GET, take, leases);
}

/**
 * leases_write() - writes their metrics
 * @out: Where to.
 * @leases: The leases.
 */
void leases_write(FILE *out, const struct leases *leases)
{
	const struct lease *lease;
	unsigned int figure;
	size_t i;

	for (figure = 0; figure < LEASE_FIGURES; figure++) {
		metrics_head(out, metrics[figure].name, metrics[figure].type,
			     metrics[figure].help);
		for (i = 0; i < leases->n; i++) {
			lease = &leases->items[i];
			fprintf(out, "nflb_%s{%s} %llu\n",
				metrics[figure].name, lease->labels,
				(unsigned long long)lease->figures[figure]);
		}
	}
}

/**
 * leases_free() - frees what they hold
 * @leases: The leases.
 */
void leases_free(struct leases *leases)
{
	free(leases->items);
}
