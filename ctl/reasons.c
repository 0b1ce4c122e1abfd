// SPDX-License-Identifier: GPL-2.0-only
/* Why backends get new flows now, or get none. */
#include "reasons.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "result.h"
#include "schema.h"

/**
 * struct taking - what services are looked at with
 * @reasons: Where to put what is found.
 * @backends: All backends.
 */
struct taking {
	struct reasons *reasons;
	const struct nl_list *backends;
};

static bool is_ignored(const struct reasons *reasons, const char *pool,
		       const char *probe)
{
	size_t i;

	for (i = 0; i < reasons->n; i++) {
		if (strcmp(reasons->items[i].pool, pool) == 0 &&
		    strcmp(reasons->items[i].probe, probe) == 0)
			return true;
	}
	return false;
}

static void ignore(struct reasons *reasons, const char *pool,
		   const char *probe)
{
	struct ignored *item;

	if (is_ignored(reasons, pool, probe))
		return;
	if (reasons->n == reasons->cap)
		reasons->items = mem_grow(reasons->items, &reasons->cap,
					  sizeof(*reasons->items));
	item = &reasons->items[reasons->n++];
	snprintf(item->pool, sizeof(item->pool), "%s", pool);
	snprintf(item->probe, sizeof(item->probe), "%s", probe);
}

/* Has the administrator taken it out, in one of the ways that he has? */
static bool is_excluded(const struct nl_attrs *backend)
{
	return nl_u32(backend, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_DOWN ||
	       nl_u32(backend, NFLB_A_BACKEND_DRAIN) ||
	       !nl_u32(backend, NFLB_A_BACKEND_WEIGHT);
}

/* Does the probe let it serve, or would it, if it counted? */
static bool passes(const struct nl_attrs *probe_state)
{
	return nl_u32(probe_state, NFLB_A_PROBE_STATE_STATE) ==
		       NFLB_HEALTH_UP ||
	       nl_has(probe_state, NFLB_A_PROBE_STATE_INITIAL_UP);
}

static bool is_stopped(const struct reasons *reasons,
		       const struct nl_attrs *backend,
		       const struct nl_attrs *probe_state)
{
	return !passes(probe_state) &&
	       !is_ignored(reasons, nl_text(backend, NFLB_A_BACKEND_POOL),
			   nl_text(probe_state, NFLB_A_PROBE_STATE_PROBE));
}

static bool is_eligible(const struct reasons *reasons,
			const struct nl_attrs *backend, const char *probe)
{
	const struct nlattr *item = NULL;
	struct nl_attrs nest;

	if (is_excluded(backend))
		return false;
	if (nl_u32(backend, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_UP)
		return true;
	if (nl_u32(backend, NFLB_A_BACKEND_EJECTED))
		return false;
	while ((item = nl_next(backend, NFLB_A_BACKEND_HEALTH, item))) {
		nl_nest_of(item, &nest);
		if (strcmp(nl_text(&nest, NFLB_A_PROBE_STATE_PROBE), probe) ==
		    0)
			return !is_stopped(reasons, backend, &nest);
	}
	return false;
}

/* Can the pool serve those who use the probe? */
static bool serves(const struct taking *taking, const char *pool,
		   const char *probe)
{
	struct nl_attrs backend;
	size_t i;

	for (i = 0; i < taking->backends->n; i++) {
		nl_list_get(taking->backends, i, &backend);
		if (!nl_has(&backend, NFLB_A_BACKEND_LEAVING) &&
		    strcmp(nl_text(&backend, NFLB_A_BACKEND_POOL), pool) == 0 &&
		    is_eligible(taking->reasons, &backend, probe))
			return true;
	}
	return false;
}

static int take_pool(const struct nl_attrs *attrs, void *arg)
{
	struct taking *taking = arg;
	const struct nlattr *item = NULL;

	while ((item = nl_next(attrs, NFLB_A_POOL_PANIC_PROBE, item)))
		ignore(taking->reasons, nl_text(attrs, NFLB_A_POOL_NAME),
		       nl_text_of(item));
	return 0;
}

/* Nobody is eligible, of the backup pool neither, and so all are to serve. */
static int take_service(const struct nl_attrs *attrs, void *arg)
{
	const char *probe = nl_text(attrs, NFLB_A_SERVICE_PROBE);
	struct taking *taking = arg;

	if (nl_u32(attrs, NFLB_A_SERVICE_ALL_DOWN) == NFLB_ALL_DOWN_ALL &&
	    nl_has(attrs, NFLB_A_SERVICE_PROBE) &&
	    !nl_u32(attrs, NFLB_A_SERVICE_HEALTHY) &&
	    !serves(taking, nl_text(attrs, NFLB_A_SERVICE_BACKUP), probe))
		ignore(taking->reasons, nl_text(attrs, NFLB_A_SERVICE_POOL),
		       probe);
	return 0;
}

/**
 * reasons_take() - finds out which probes do not count
 * @reasons: Where to; to be given to reasons_free() in any case.
 * @nl: The connection.
 * @backends: All backends, as the kernel tells them.
 *
 * What panics is known before services are looked at, whose backup pool may.
 *
 * Return: 0 or a negative error number.
 */
int reasons_take(struct reasons *reasons, struct nl *nl,
		 const struct nl_list *backends)
{
	struct taking taking = { .reasons = reasons, .backends = backends };
	int err;

	memset(reasons, 0, sizeof(*reasons));
	err = nl_each(nl, NFLB_CMD_POOL_GET, take_pool, &taking);
	return err ?: nl_each(nl, NFLB_CMD_SERVICE_GET, take_service, &taking);
}

/**
 * reasons_free() - frees what was found out
 * @reasons: What.
 */
void reasons_free(struct reasons *reasons)
{
	free(reasons->items);
}

static const char *reported(const struct nl_attrs *probe_state)
{
	if (probe_state && nl_has(probe_state, NFLB_A_PROBE_STATE_REASON))
		return nl_text(probe_state, NFLB_A_PROBE_STATE_REASON);
	return word_name(reason_words, REASON_NONE);
}

/**
 * reasons_name() - names what decides whether a backend gets new flows
 * @reasons: What is known of others.
 * @backend: What the kernel tells of the backend.
 * @probe_state: What it tells of a probe, or NULL for services without one.
 *
 * Return: The name, within what the kernel tells or for ever.
 */
const char *reasons_name(const struct reasons *reasons,
			 const struct nl_attrs *backend,
			 const struct nl_attrs *probe_state)
{
	uint32_t ejection = nl_u32(backend, NFLB_A_BACKEND_EJECT_REASON);

	if (is_excluded(backend))
		return word_name(reason_words, REASON_ADMIN_DOWN);
	if (nl_u32(backend, NFLB_A_BACKEND_ADMIN) == NFLB_ADMIN_UP)
		return word_name(reason_words, REASON_ADMIN_UP);
	if (probe_state && is_stopped(reasons, backend, probe_state))
		return reported(probe_state);
	if (nl_u32(backend, NFLB_A_BACKEND_EJECTED))
		return word_name(eject_reason_words, ejection) ?: "unknown";
	if (probe_state && !passes(probe_state))
		return word_name(reason_words, REASON_ALL_DOWN);
	return reported(probe_state);
}
