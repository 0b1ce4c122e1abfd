// SPDX-License-Identifier: GPL-2.0-only
/* Edits of probes. */

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "edit.h"
#include "snapshot.h"

/* What the type does not have is gone with the type that had it. */
static void nflb_probe_set_type(struct nflb_probe_config *config, u32 type)
{
	int i;

	config->type = type;
	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++) {
		if (!(nflb_options[i].types & BIT(type)))
			config->option[i] = (struct nflb_bytes){};
	}
	for (i = 0; i < NFLB_N_PROBE_NUMBERS; i++) {
		if (!(nflb_numbers[i].types & BIT(type)))
			*nflb_probe_number(config, i) = 0;
	}
}

static void nflb_probe_apply_u32(u32 *value, u32 said)
{
	if (said != NFLB_NONE)
		*value = said;
}

static void nflb_probe_apply(struct nflb_probe_config *config,
			     const struct nflb_probe_spec *spec)
{
	int i;

	if (spec->type != NFLB_NONE)
		nflb_probe_set_type(config, spec->type);
	nflb_probe_apply_u32(&config->port, spec->port);
	nflb_probe_apply_u32(&config->interval_ms, spec->interval_ms);
	nflb_probe_apply_u32(&config->timeout_ms, spec->timeout_ms);
	nflb_probe_apply_u32(&config->rise, spec->rise);
	nflb_probe_apply_u32(&config->fall, spec->fall);
	nflb_probe_apply_u32(&config->initial, spec->initial);
	nflb_probe_apply_u32(&config->verify, spec->verify);
	nflb_probe_apply_u32(&config->cert_expiry_ms, spec->cert_expiry_ms);
	nflb_probe_apply_u32(&config->json_state, spec->json_state);
	nflb_probe_apply_u32(&config->answers, spec->answers);
	nflb_probe_apply_u32(&config->mark, spec->mark);
	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++) {
		if (spec->option[i].data)
			config->option[i] = spec->option[i];
	}
	nflb_probe_fill_defaults(config);
}

static const char *nflb_probe_type_name(u32 type)
{
	static const char *const names[] = {
		[NFLB_PROBE_TYPE_TCP] = "a tcp",
		[NFLB_PROBE_TYPE_HTTP] = "an http",
		[NFLB_PROBE_TYPE_HTTPS] = "an https",
		[NFLB_PROBE_TYPE_UDP] = "a udp",
		[NFLB_PROBE_TYPE_EXEC] = "an exec",
		[NFLB_PROBE_TYPE_TLS] = "a tls",
		[NFLB_PROBE_TYPE_ICMP] = "an icmp",
		[NFLB_PROBE_TYPE_GRPC] = "a grpc",
		[NFLB_PROBE_TYPE_GRPCS] = "a grpcs",
	};

	return names[type];
}

static int nflb_probe_check_types(const struct nflb_edit *edit,
				  const struct nflb_probe_config *config)
{
	const struct nflb_number *number;
	int i;

	for (i = 0; i < NFLB_N_PROBE_NUMBERS; i++) {
		number = &nflb_numbers[i];
		if (nflb_probe_get_number(config, i) &&
		    !(number->types & BIT(config->type)))
			return nflb_refuse(edit->why, -EINVAL, number->attr,
					   "%s probe has no %s",
					   nflb_probe_type_name(config->type),
					   number->word);
	}
	return 0;
}

static int nflb_probe_check_numbers(const struct nflb_edit *edit,
				    const struct nflb_probe_config *config)
{
	if (config->timeout_ms > config->interval_ms)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_TIMEOUT_MS,
				   "timeout %u ms is longer than interval %u ms",
				   config->timeout_ms, config->interval_ms);
	if (config->initial != NFLB_HEALTH_UP &&
	    config->initial != NFLB_HEALTH_DOWN)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_INITIAL,
				   "initial is up or down");
	return nflb_probe_check_types(edit, config);
}

static bool nflb_probe_is_path(int attr)
{
	return attr == NFLB_A_PROBE_PATH || attr == NFLB_A_PROBE_COMMAND ||
	       attr == NFLB_A_PROBE_CERT || attr == NFLB_A_PROBE_KEY;
}

static int nflb_probe_check_text(const struct nflb_edit *edit, int attr,
				 const char *word, const char *text)
{
	bool is_command = attr == NFLB_A_PROBE_COMMAND;

	if (nflb_probe_is_path(attr) && *text != '/')
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "%s \"%s\" does not begin with /", word,
				   text);
	if (attr == NFLB_A_PROBE_DEVICE &&
	    (!nflb_device_name_is_valid(text) ||
	     nflb_device_name_is_reserved(text)))
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "device \"%s\": allowed are names of devices, no / : ,",
				   text);
	if (!nflb_text_is_visible(text, is_command))
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "%s \"%s\": allowed are visible characters",
				   word, text);
	return 0;
}

static int nflb_probe_check_binary(const struct nflb_edit *edit, int attr,
				   const struct nflb_bytes *bytes)
{
	if (attr == NFLB_A_PROBE_SOURCE && bytes->len != 4 && bytes->len != 16)
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "an address has 4 or 16 bytes, not %u",
				   bytes->len);
	if (attr != NFLB_A_PROBE_EXPECT)
		return 0;
	if (bytes->len != NFLB_EXPECT_BYTES)
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "a set of statuses has %u bytes, not %u",
				   NFLB_EXPECT_BYTES, bytes->len);
	if (!memchr_inv(bytes->data, 0, bytes->len))
		return nflb_refuse(edit->why, -EINVAL, attr,
				   "expect has no status, allowed are 200 to 599");
	return 0;
}

static int nflb_probe_check_option(const struct nflb_edit *edit, u32 type,
				   const struct nflb_option *option,
				   const struct nflb_bytes *bytes)
{
	if (!bytes->len)
		return 0;
	if (!(option->types & BIT(type)))
		return nflb_refuse(edit->why, -EINVAL, option->attr,
				   "%s probe has no %s",
				   nflb_probe_type_name(type), option->word);
	if (option->is_text)
		return nflb_probe_check_text(edit, option->attr, option->word,
					     bytes->data);
	return nflb_probe_check_binary(edit, option->attr, bytes);
}

static int nflb_probe_check(const struct nflb_edit *edit,
			    const struct nflb_probe_config *config)
{
	int i, err;

	if (config->type == NFLB_PROBE_TYPE_EXEC &&
	    !config->option[NFLB_PROBE_COMMAND].len)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_COMMAND,
				   "an exec probe needs a command");
	if (config->option[NFLB_PROBE_KEY].len &&
	    !config->option[NFLB_PROBE_CERT].len)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_PROBE_KEY,
				   "key needs a cert, which it is of");
	err = nflb_probe_check_numbers(edit, config);
	for (i = 0; i < NFLB_N_PROBE_OPTIONS && !err; i++)
		err = nflb_probe_check_option(edit, config->type,
					      &nflb_options[i],
					      &config->option[i]);
	return err;
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
			   "%s %s uses probe %s", nflb_service_word(service),
			   service->object.name, name);
}
