// SPDX-License-Identifier: GPL-2.0-only
/* Probes: how health is checked. */

#include <linux/bits.h>
#include <linux/slab.h>
#include <linux/stddef.h>

#include "probe.h"

#define NFLB_OF_HTTPS	BIT(NFLB_PROBE_TYPE_HTTPS)
#define NFLB_OF_GRPCS	BIT(NFLB_PROBE_TYPE_GRPCS)
#define NFLB_OF_TLS \
	(BIT(NFLB_PROBE_TYPE_TLS) | NFLB_OF_HTTPS | NFLB_OF_GRPCS)
#define NFLB_OF_HTTP	(BIT(NFLB_PROBE_TYPE_HTTP) | NFLB_OF_HTTPS)
#define NFLB_OF_GRPC	(BIT(NFLB_PROBE_TYPE_GRPC) | NFLB_OF_GRPCS)
#define NFLB_OF_UDP	BIT(NFLB_PROBE_TYPE_UDP)
#define NFLB_OF_EXEC	BIT(NFLB_PROBE_TYPE_EXEC)
#define NFLB_OF_ALL	GENMASK(NFLB_PROBE_TYPE_GRPCS, NFLB_PROBE_TYPE_TCP)
#define NFLB_OF_PORTS	(NFLB_OF_ALL & ~BIT(NFLB_PROBE_TYPE_ICMP))

/* What a new probe has when a request does not say otherwise. */
const struct nflb_probe_config nflb_probe_default = {
	.type = NFLB_PROBE_TYPE_TCP,
	.interval_ms = 5000,
	.timeout_ms = 2000,
	.rise = 2,
	.fall = 2,
	.initial = NFLB_HEALTH_DOWN,
};

const struct nflb_option nflb_options[NFLB_N_PROBE_OPTIONS] = {
	[NFLB_PROBE_PATH] = {
		NFLB_A_PROBE_PATH, "path", NFLB_OF_HTTP, true
	},
	[NFLB_PROBE_HOST] = {
		NFLB_A_PROBE_HOST, "host", NFLB_OF_HTTP | NFLB_OF_GRPC, true
	},
	[NFLB_PROBE_SNI] = {
		NFLB_A_PROBE_SNI, "sni", NFLB_OF_TLS, true
	},
	[NFLB_PROBE_EXPECT] = {
		NFLB_A_PROBE_EXPECT, "expect", NFLB_OF_HTTP, false
	},
	[NFLB_PROBE_BODY] = {
		NFLB_A_PROBE_BODY, "body", NFLB_OF_HTTP, false
	},
	[NFLB_PROBE_SOURCE] = {
		NFLB_A_PROBE_SOURCE, "source", NFLB_OF_ALL, false
	},
	[NFLB_PROBE_DEVICE] = {
		NFLB_A_PROBE_DEVICE, "device", NFLB_OF_ALL, true
	},
	[NFLB_PROBE_SEND] = {
		NFLB_A_PROBE_SEND, "send", NFLB_OF_UDP, false
	},
	[NFLB_PROBE_RECEIVE] = {
		NFLB_A_PROBE_RECEIVE, "receive", NFLB_OF_UDP, false
	},
	[NFLB_PROBE_COMMAND] = {
		NFLB_A_PROBE_COMMAND, "command", NFLB_OF_EXEC, true
	},
	[NFLB_PROBE_CERT] = {
		NFLB_A_PROBE_CERT, "cert", NFLB_OF_TLS, true
	},
	[NFLB_PROBE_KEY] = {
		NFLB_A_PROBE_KEY, "key", NFLB_OF_TLS, true
	},
	[NFLB_PROBE_GRPC_SERVICE] = {
		NFLB_A_PROBE_GRPC_SERVICE, "grpc-service", NFLB_OF_GRPC, true
	},
};

const struct nflb_number nflb_numbers[NFLB_N_PROBE_NUMBERS] = {
	{ NFLB_A_PROBE_PORT, "port", NFLB_OF_PORTS,
	  offsetof(struct nflb_probe_config, port) },
	{ NFLB_A_PROBE_VERIFY, "verify", NFLB_OF_TLS,
	  offsetof(struct nflb_probe_config, verify) },
	{ NFLB_A_PROBE_CERT_EXPIRY_MS, "cert-expiry", NFLB_OF_TLS,
	  offsetof(struct nflb_probe_config, cert_expiry_ms) },
	{ NFLB_A_PROBE_JSON_STATE, "json-state", NFLB_OF_HTTP,
	  offsetof(struct nflb_probe_config, json_state) },
};

/* Those of http and https probes; the first bit is status 200. */
static const u8 nflb_probe_expect[NFLB_EXPECT_BYTES] = { BIT(0) };
static const char nflb_probe_path[] = "/";

static void nflb_probe_free(struct nflb_object *object)
{
	struct nflb_probe *probe = container_of(object, struct nflb_probe,
						object);
	int i;

	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++)
		kfree(probe->config.option[i].data);
	kfree(probe);
}

static const struct nflb_kind nflb_probe_kind = {
	.name = "probe",
	.free = nflb_probe_free,
};

static int nflb_probe_copy(struct nflb_bytes *to, const struct nflb_bytes *from)
{
	if (!from->len)
		return 0;
	to->data = kmemdup(from->data, from->len, GFP_KERNEL_ACCOUNT);
	if (!to->data)
		return -ENOMEM;
	to->len = from->len;
	return 0;
}

/**
 * nflb_probe_alloc() - makes a probe
 * @name: its name
 * @config: the rest; the probe gets copies of the bytes
 *
 * Context: process, may sleep.
 * Return: the probe with one reference, or NULL.
 */
struct nflb_probe *nflb_probe_alloc(const char *name,
				    const struct nflb_probe_config *config)
{
	struct nflb_probe *probe;
	int i;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return NULL;
	nflb_object_init(&probe->object, &nflb_probe_kind, name);
	probe->config = *config;
	memset(probe->config.option, 0, sizeof(probe->config.option));
	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++) {
		if (!nflb_probe_copy(&probe->config.option[i],
				     &config->option[i]))
			continue;
		nflb_object_put(&probe->object);
		return NULL;
	}
	return probe;
}

/**
 * nflb_probe_number() - finds a number that only some types have
 * @config: what is said of a probe
 * @i: which one of nflb_numbers
 *
 * Return: where it is.
 */
u32 *nflb_probe_number(struct nflb_probe_config *config, int i)
{
	return (void *)config + nflb_numbers[i].offset;
}

/**
 * nflb_probe_get_number() - reads a number that only some types have
 * @config: what is said of a probe
 * @i: which one of nflb_numbers
 *
 * Return: the number.
 */
u32 nflb_probe_get_number(const struct nflb_probe_config *config, int i)
{
	return *(const u32 *)((const void *)config + nflb_numbers[i].offset);
}

/**
 * nflb_probe_fill_defaults() - gives what is empty and may not be its default
 * @config: what is said of a probe
 */
void nflb_probe_fill_defaults(struct nflb_probe_config *config)
{
	struct nflb_bytes *expect = &config->option[NFLB_PROBE_EXPECT];
	struct nflb_bytes *path = &config->option[NFLB_PROBE_PATH];

	if (!(NFLB_OF_HTTP & BIT(config->type)))
		return;
	if (!path->len)
		*path = (struct nflb_bytes){ nflb_probe_path,
					     sizeof(nflb_probe_path) };
	if (!expect->len)
		*expect = (struct nflb_bytes){ nflb_probe_expect,
					       sizeof(nflb_probe_expect) };
}
