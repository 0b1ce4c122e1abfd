// SPDX-License-Identifier: GPL-2.0-only
/* Edits of probes. */

#include <linux/errno.h>
#include <linux/minmax.h>

#include "edit.h"
#include "snapshot.h"

static void nflb_probe_apply(struct nflb_probe_config *config,
			     const struct nflb_probe_spec *spec)
{
	if (spec->type != NFLB_NONE)
		config->type = spec->type;
	if (spec->port != NFLB_NONE)
		config->port = spec->port;
	if (spec->interval_ms != NFLB_NONE)
		config->interval_ms = spec->interval_ms;
	if (spec->timeout_ms != NFLB_NONE)
		config->timeout_ms = spec->timeout_ms;
	if (spec->rise != NFLB_NONE)
		config->rise = spec->rise;
	if (spec->fall != NFLB_NONE)
		config->fall = spec->fall;
	if (spec->initial != NFLB_NONE)
		config->initial = spec->initial;
	if (spec->path)
		strscpy(config->path, spec->path, sizeof(config->path));
}

static int nflb_probe_check(const struct nflb_edit *edit,
			    const struct nflb_probe_config *config)
{
	if (config->timeout_ms > config->interval_ms)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_TIMEOUT_MS,
				   "timeout %u ms is longer than interval %u ms",
				   config->timeout_ms, config->interval_ms);
	if (config->initial == NFLB_HEALTH_UNKNOWN)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_INITIAL,
				   "initial is up or down");
	if (*config->path && config->path[0] != '/')
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_PATH,
				   "path \"%s\" does not begin with /",
				   config->path);
	if (*config->path && config->type == NFLB_PROBE_TYPE_TCP)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_PATH,
				   "a tcp probe has no path");
	return 0;
}

/**
 * nflb_probe_new() - adds a probe
 * @edit: the edit
 * @data: struct nflb_probe_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_probe_new(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_probe_spec *spec = data;
	struct nflb_probe_config config = nflb_probe_default;
	struct nflb_table *table = &edit->cand->probes;
	struct nflb_probe *probe;
	u32 pos;
	int err;

	err = nflb_edit_name(edit, NFLB_A_PROBE_NAME, spec->name);
	if (err)
		return err;
	if (nflb_table_find(table, spec->name) != NFLB_NONE)
		return nflb_refuse(edit->why, -EEXIST, NFLB_A_PROBE_NAME,
				   "probe %s exists already", spec->name);
	nflb_probe_apply(&config, spec);
	if (spec->timeout_ms == NFLB_NONE)
		config.timeout_ms = min(config.timeout_ms, config.interval_ms);
	if (!*config.path && config.type != NFLB_PROBE_TYPE_TCP)
		strscpy(config.path, "/", sizeof(config.path));
	err = nflb_probe_check(edit, &config);
	if (err)
		return err;

	probe = nflb_probe_alloc(spec->name, &config);
	if (!probe)
		return -ENOMEM;
	err = nflb_table_insert(table, &probe->object, &pos);
	if (err)
		nflb_object_put(&probe->object);
	return err;
}

static int nflb_probe_find(const struct nflb_edit *edit, const char *name,
			   u32 *pos)
{
	*pos = nflb_table_find(&edit->cand->probes, name);
	if (*pos != NFLB_NONE)
		return 0;
	return nflb_refuse(edit->why, -ENOENT, NFLB_A_PROBE_NAME,
			   "there is no probe %s", name);
}

/* Pools whose unknown backends the probe's initial state decides on. */
static int nflb_probe_edit_pools(const struct nflb_edit *edit, u32 probe)
{
	struct nflb_pool *pool;
	u32 pos;

	for (pos = 0; pos < edit->cand->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(edit->cand, pos);
		if (!pool || nflb_pool_gate_find(pool, probe) == NFLB_NONE)
			continue;
		if (!nflb_snapshot_edit_pool(edit->cand, pos))
			return -ENOMEM;
	}
	return 0;
}

/**
 * nflb_probe_set() - changes a probe
 * @edit: the edit
 * @data: struct nflb_probe_spec, what the request says
 *
 * What it has found out about backends stays.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_probe_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_probe_spec *spec = data;
	struct nflb_probe_config config;
	struct nflb_probe *old, *new;
	u32 pos;
	int err;

	err = nflb_probe_find(edit, spec->name, &pos);
	if (err)
		return err;
	old = nflb_snapshot_probe(edit->cand, pos);
	config = old->config;
	nflb_probe_apply(&config, spec);
	if (config.type == NFLB_PROBE_TYPE_TCP && !spec->path)
		*config.path = '\0';
	if (config.type != NFLB_PROBE_TYPE_TCP && !*config.path)
		strscpy(config.path, "/", sizeof(config.path));
	err = nflb_probe_check(edit, &config);
	if (err)
		return err;
	if (config.initial != old->config.initial) {
		err = nflb_probe_edit_pools(edit, pos);
		if (err)
			return err;
	}

	new = nflb_probe_alloc(spec->name, &config);
	if (!new)
		return -ENOMEM;
	nflb_table_replace(&edit->cand->probes, pos, &new->object);
	return 0;
}

/**
 * nflb_probe_del() - removes a probe
 * @edit: the edit
 * @data: struct nflb_probe_spec, what the request says
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_probe_del(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_probe_spec *spec = data;
	const char *name = spec->name;
	struct nflb_snapshot *cand = edit->cand;
	const struct nflb_service *service;
	u32 pos, i;
	int err;

	err = nflb_probe_find(edit, name, &pos);
	if (err)
		return err;
	if (!cand->probes.slot[pos].n_uses) {
		nflb_table_remove(&cand->probes, pos);
		return 0;
	}
	for (i = 0; i < cand->services.n_slots; i++) {
		service = nflb_snapshot_service(cand, i);
		if (service && service->probe == pos)
			break;
	}
	return nflb_refuse(edit->why, -EBUSY, NFLB_A_PROBE_NAME,
			   "service %s uses probe %s",
			   cand->services.slot[i].object->name, name);
}
