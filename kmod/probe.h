/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes: how health is checked. The kernel keeps them, lbctl runs them. */
#ifndef _NFLB_PROBE_H
#define _NFLB_PROBE_H

#include "object.h"

/**
 * enum nflb_probe_option - what can be said of a probe in bytes
 * @NFLB_PROBE_PATH: path of an http or https probe
 * @NFLB_PROBE_HOST: host that it asks for
 * @NFLB_PROBE_SNI: name for TLS
 * @NFLB_PROBE_EXPECT: set of statuses that are good
 * @NFLB_PROBE_BODY: what the answer must contain
 * @NFLB_PROBE_SOURCE: address that checks come from
 * @NFLB_PROBE_DEVICE: device that they go out by
 * @NFLB_PROBE_SEND: what a udp probe sends
 * @NFLB_PROBE_RECEIVE: what the answer to that must contain
 * @NFLB_PROBE_COMMAND: program of an exec probe, and its arguments
 * @NFLB_PROBE_CERT: file of the certificate that it has itself
 * @NFLB_PROBE_KEY: file of the key to that
 * @NFLB_PROBE_GRPC_SERVICE: service that a grpc or grpcs probe asks about
 * @NFLB_N_PROBE_OPTIONS: number of these
 */
enum nflb_probe_option {
	NFLB_PROBE_PATH,
	NFLB_PROBE_HOST,
	NFLB_PROBE_SNI,
	NFLB_PROBE_EXPECT,
	NFLB_PROBE_BODY,
	NFLB_PROBE_SOURCE,
	NFLB_PROBE_DEVICE,
	NFLB_PROBE_SEND,
	NFLB_PROBE_RECEIVE,
	NFLB_PROBE_COMMAND,
	NFLB_PROBE_CERT,
	NFLB_PROBE_KEY,
	NFLB_PROBE_GRPC_SERVICE,
	NFLB_N_PROBE_OPTIONS
};

/* How many numbers there are that only some types have */
#define NFLB_N_PROBE_NUMBERS	4

/**
 * struct nflb_bytes - bytes, of which texts end with a zero
 * @data: the bytes; of another's memory unless said otherwise
 * @len: how many, with the zero; 0 for none, and for an empty text
 */
struct nflb_bytes {
	const void *data;
	u32 len;
};

/**
 * struct nflb_option - what is the same for an option of all probes
 * @attr: id of its attribute
 * @word: what it is called
 * @types: the types of probes that have it, a bit for each
 * @is_text: it is a text
 */
struct nflb_option {
	int attr;
	const char *word;
	u32 types;
	bool is_text;
};

/**
 * struct nflb_number - a number that only probes of some types have
 * @attr: id of its attribute
 * @word: what it is called
 * @types: the types of probes that have it, a bit for each
 * @offset: where it is in struct nflb_probe_config; 0 says nothing
 */
struct nflb_number {
	int attr;
	const char *word;
	u32 types;
	size_t offset;
};

/**
 * struct nflb_probe_config - what can be said of a probe
 * @type: enum nflb_probe_type
 * @port: port to check, 0 for the service's backend port
 * @interval_ms: time between two checks
 * @timeout_ms: time after which a check has failed
 * @rise: passes in a row that make a backend up
 * @fall: failures in a row that make a backend down
 * @initial: what unknown counts as, NFLB_HEALTH_UP or NFLB_HEALTH_DOWN
 * @verify: 1 if a certificate must be trusted
 * @cert_expiry_ms: time that a certificate must have left, 0 for any
 * @json_state: 1 if the body must say, as JSON, that all is well
 * @answers: enum nflb_answers
 * @mark: mark of what checks send, 0 for none
 * @option: the rest, by enum nflb_probe_option
 */
struct nflb_probe_config {
	u32 type;
	u32 port;
	u32 interval_ms;
	u32 timeout_ms;
	u32 rise;
	u32 fall;
	u32 initial;
	u32 verify;
	u32 cert_expiry_ms;
	u32 json_state;
	u32 answers;
	u32 mark;
	struct nflb_bytes option[NFLB_N_PROBE_OPTIONS];
};

/**
 * struct nflb_probe - how health is checked
 * @object: name and references
 * @config: the rest; it owns the bytes of its options
 */
struct nflb_probe {
	struct nflb_object object;
	struct nflb_probe_config config;
};

extern const struct nflb_probe_config nflb_probe_default;
extern const struct nflb_option nflb_options[NFLB_N_PROBE_OPTIONS];
extern const struct nflb_number nflb_numbers[NFLB_N_PROBE_NUMBERS];

struct nflb_probe *nflb_probe_alloc(const char *name,
				    const struct nflb_probe_config *config);
u32 *nflb_probe_number(struct nflb_probe_config *config, int i);
u32 nflb_probe_get_number(const struct nflb_probe_config *config, int i);
void nflb_probe_fill_defaults(struct nflb_probe_config *config);

#endif /* _NFLB_PROBE_H */
