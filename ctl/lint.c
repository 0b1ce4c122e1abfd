// SPDX-License-Identifier: GPL-2.0-only
/* What in a configuration is allowed, but is seldom what somebody wants. */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "names.h"
#include "nflb.h"

/**
 * struct pool_use - a pool, and who uses it
 * @name: Its name.
 * @n_backends: Its backends.
 * @n_serving: Those of them that may serve, as far as the administrator says.
 * @n_services: Services that it serves, also as their backup.
 * @n_others: Nats that lead to it, and snats of it.
 */
struct pool_use {
	const char *name;
	size_t n_backends;
	size_t n_serving;
	size_t n_services;
	size_t n_others;
};

/**
 * struct lint - a configuration that is looked through
 * @doc: The configuration, sorted.
 * @uses: Its pools, in the same order.
 * @found: Takes a finding.
 * @arg: For that.
 */
struct lint {
	const struct doc *doc;
	struct pool_use *uses;
	lint_fn *found;
	void *arg;
};

static __printf(3, 4) void find(const struct lint *lint,
				const struct object *obj, const char *fmt, ...)
{
	char sentence[WHY_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	lint->found(obj, sentence, lint->arg);
}

static int compare_use(const void *left, const void *right)
{
	const struct pool_use *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static struct pool_use *use_of(const struct lint *lint, const char *name)
{
	const struct pool_use key = { .name = name };

	return bsearch(&key, lint->uses, lint->doc->n[KIND_POOL], sizeof(key),
		       compare_use);
}

static bool may_serve(const struct object *backend)
{
	return backend->values[BACKEND_ADMIN].number != NFLB_ADMIN_DOWN &&
	       backend->values[BACKEND_WEIGHT].number &&
	       !backend->values[BACKEND_DRAIN].number;
}

static void count_backends(struct lint *lint)
{
	const struct doc *doc = lint->doc;
	const struct object *backend;
	struct pool_use *use;
	size_t i;

	for (i = 0; i < doc->n[KIND_BACKEND]; i++) {
		backend = doc->objects[KIND_BACKEND][i];
		use = use_of(lint, backend->values[BACKEND_POOL].text);
		use->n_backends++;
		use->n_serving += may_serve(backend);
	}
}

static void count_backups(struct lint *lint, const struct object *service)
{
	const char *rest = service->values[SERVICE_BACKUP].text;
	char name[NFLB_NAME_MAX + 1];

	while (names_take(&rest, name))
		use_of(lint, name)->n_services++;
}

/* Services, and whatever else uses pools */
static void count_users(struct lint *lint)
{
	const struct doc *doc = lint->doc;
	const struct object *service, *snat;
	size_t i;

	for (i = 0; i < doc->n[KIND_SERVICE]; i++) {
		service = doc->objects[KIND_SERVICE][i];
		use_of(lint, service->values[SERVICE_POOL].text)->n_services++;
		count_backups(lint, service);
	}
	for (i = 0; i < doc->n[KIND_NAT]; i++) {
		service = doc->objects[KIND_NAT][i];
		use_of(lint, service->values[NAT_POOL].text)->n_others++;
	}
	for (i = 0; i < doc->n[KIND_SNAT]; i++) {
		snat = doc->objects[KIND_SNAT][i];
		use_of(lint, snat->values[SNAT_POOL].text)->n_others++;
	}
}

static void lint_pool(const struct lint *lint, const struct object *pool,
		      const struct pool_use *use)
{
	if (!use->n_services) {
		if (!use->n_others)
			find(lint, pool, "no service, nat or snat uses it");
		return;
	}
	if (!use->n_serving)
		find(lint, pool, "none of its %zu backends may serve",
		     use->n_backends);
	else if (use->n_serving == 1)
		find(lint, pool,
		     "one of its %zu backends may serve, nobody takes over when that fails",
		     use->n_backends);
	if (!strcmp(pool->values[POOL_SCHEDULER].text, "maglev") &&
	    !pool->values[POOL_SEED].number)
		find(lint, pool,
		     "its seed is the default, which all know: clients can choose ports that lead to one backend");
}

static void lint_backend(const struct lint *lint, const struct object *backend)
{
	if (backend->values[BACKEND_ADMIN].number == NFLB_ADMIN_UP)
		find(lint, backend,
		     "admin is up: it gets new flows whatever probes say");
}

/* By its own flows, if not by a probe, one that fails is noticed. */
static bool has_passive_health(const struct doc *doc,
			       const struct object *service)
{
	const struct object *pool;

	pool = doc_find(doc, KIND_POOL, service->values[SERVICE_POOL].text);
	return pool->values[POOL_EJECT_AFTER].number;
}

/* At the backend; with any port, first is 0. */
static struct ports backend_ports(const struct object *service)
{
	struct ports ports = service->values[SERVICE_BACKEND_PORT].ports;

	return ports.first ? ports : service->values[SERVICE_PORT].ports;
}

/* A service, or a nat, whose fields have the same places. */
static void lint_probe_port(const struct lint *lint,
			    const struct object *service,
			    const struct object *probe)
{
	unsigned int port = probe->values[PROBE_PORT].ports.first;
	struct ports ports = backend_ports(service);

	if (!port || !ports.first)
		return;
	if (port >= ports.first && port <= (ports.last ?: ports.first))
		return;
	find(lint, service,
	     "probe \"%s\" checks port %u, which is none of its own at the backends: that may answer while these do not",
	     object_name(probe), port);
}

static void lint_service(const struct lint *lint, const struct object *service)
{
	const char *name = service->values[SERVICE_PROBE].text;

	if (*name)
		lint_probe_port(lint, service,
				doc_find(lint->doc, KIND_PROBE, name));
	else if (service->type->kind == KIND_SERVICE &&
		 !has_passive_health(lint->doc, service))
		find(lint, service,
		     "it has no probe: backends that fail go on to get new flows");
}

static void lint_kind(const struct lint *lint, enum object_kind kind,
		      void (*look)(const struct lint *lint,
				   const struct object *obj))
{
	size_t i;

	for (i = 0; i < lint->doc->n[kind]; i++)
		look(lint, lint->doc->objects[kind][i]);
}

/**
 * lint_doc() - looks for what is seldom wanted
 * @doc: The configuration, complete, sorted, and with nothing wrong in it.
 * @found: Takes each finding.
 * @arg: For that.
 */
void lint_doc(const struct doc *doc, lint_fn *found, void *arg)
{
	struct lint lint = { .doc = doc, .found = found, .arg = arg };
	size_t n = doc->n[KIND_POOL], i;

	lint.uses = mem_zalloc(n * sizeof(*lint.uses));
	for (i = 0; i < n; i++)
		lint.uses[i].name = object_name(doc->objects[KIND_POOL][i]);
	count_backends(&lint);
	count_users(&lint);
	for (i = 0; i < n; i++)
		lint_pool(&lint, doc->objects[KIND_POOL][i], &lint.uses[i]);
	lint_kind(&lint, KIND_BACKEND, lint_backend);
	lint_kind(&lint, KIND_SERVICE, lint_service);
	lint_kind(&lint, KIND_NAT, lint_service);
	free(lint.uses);
}
