/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects and their fields, once: word on the command line, key in JSON,
 * netlink attribute, what is allowed, default and help. Everything that reads,
 * writes, compares or explains an object works from these tables.
 */
#ifndef LBCTL_SCHEMA_H
#define LBCTL_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "value.h"

#define FIELDS_MAX	32	/* no kind of object has more */

/**
 * enum object_kind - the kinds of objects
 * @KIND_FRONTEND: A virtual address.
 * @KIND_PROBE: How health is checked.
 * @KIND_POOL: A set of backends.
 * @KIND_BACKEND: One member of a pool.
 * @KIND_SERVICE: What is balanced.
 * @KIND_NAT: Inbound NAT: ports that each lead to one backend.
 * @KIND_MAPPING: Which port of a nat leads to a backend.
 * @KIND_SNAT: Addresses that flows of backends leave through.
 * @KIND_FASTPATH: The fast path as a whole; there always is one.
 * @KINDS: How many there are.
 */
enum object_kind {
	KIND_FRONTEND,
	KIND_PROBE,
	KIND_POOL,
	KIND_BACKEND,
	KIND_SERVICE,
	KIND_NAT,
	KIND_MAPPING,
	KIND_SNAT,
	KIND_FASTPATH,
	KINDS,
};

/* Places of the fields in the tables, for the rules between fields. */
enum {
	FRONTEND_NAME,
	FRONTEND_ADDRESS,
	FRONTEND_PING,
};

enum {
	PROBE_NAME,
	PROBE_TYPE,
	PROBE_PORT,
	PROBE_PATH,
	PROBE_INTERVAL,
	PROBE_TIMEOUT,
	PROBE_RISE,
	PROBE_FALL,
	PROBE_INITIAL,
	PROBE_ANSWERS,
	PROBE_HOST,
	PROBE_SNI,
	PROBE_EXPECT,
	PROBE_BODY,
	PROBE_JSON_STATE,
	PROBE_VERIFY,
	PROBE_CERT_EXPIRY,
	PROBE_CERT,
	PROBE_KEY,
	PROBE_SOURCE,
	PROBE_DEVICE,
	PROBE_MARK,
	PROBE_SEND,
	PROBE_RECEIVE,
	PROBE_COMMAND,
	PROBE_GRPC_SERVICE,
};

enum {
	POOL_NAME,
	POOL_SCHEDULER,
	POOL_SLOTS,
	POOL_SEED,
	POOL_PANIC,
	POOL_SLOW_START,
	POOL_PREFER_ZONE,
	POOL_SPILL_BELOW,
	POOL_EJECT_AFTER,
	POOL_EJECT_TIME,
};

enum {
	BACKEND_POOL,
	BACKEND_NAME,
	BACKEND_ADDRESS,
	BACKEND_WEIGHT,
	BACKEND_ZONE,
	BACKEND_ADMIN,
	BACKEND_DRAIN,
	BACKEND_MAX_FLOWS,
	BACKEND_NOTE,
};

enum {
	SERVICE_NAME,
	SERVICE_FRONTEND,
	SERVICE_PROTOCOL,
	SERVICE_PORT,
	SERVICE_POOL,
	SERVICE_BACKEND_PORT,
	SERVICE_PROBE,
	SERVICE_FASTPATH,
	SERVICE_NEW_FLOWS,
	SERVICE_BACKUP,
	SERVICE_ALL_DOWN,
	SERVICE_ON_DOWN,
	SERVICE_AFFINITY,
	SERVICE_AFFINITY_PREFIX,
	SERVICE_IDLE_TIMEOUT,
	SERVICE_HALF_OPEN_TIMEOUT,
	SERVICE_HALF_CLOSED_TIMEOUT,
	SERVICE_UDP_TIMEOUT,
	SERVICE_TCP_RESET,
	SERVICE_ALLOW,
	SERVICE_MAX_FLOWS,
	SERVICE_MAX_RATE,
	SERVICE_NO_FLOW,
	SERVICE_UDP_MODE,
	SERVICE_SYN_PROXY,
	SERVICE_FLOATING,
};

enum {
	SNAT_NAME,
	SNAT_POOL,
	SNAT_ADDRESS,
	SNAT_PROTOCOL,
	SNAT_PORTS,
	SNAT_IDLE_TIMEOUT,
	SNAT_HALF_OPEN_TIMEOUT,
	SNAT_HALF_CLOSED_TIMEOUT,
	SNAT_UDP_TIMEOUT,
	SNAT_TCP_RESET,
};

/* What services have, too, has the same place, as far as NAT_NEW_FLOWS. */
enum {
	NAT_NAME,
	NAT_FRONTEND,
	NAT_PROTOCOL,
	NAT_PORT,
	NAT_POOL,
	NAT_BACKEND_PORT,
	NAT_PROBE,
	NAT_FASTPATH,
	NAT_NEW_FLOWS,
	NAT_BACKEND,
	NAT_QUARANTINE,
	NAT_ALL_DOWN,
	NAT_ON_DOWN,
	NAT_IDLE_TIMEOUT,
	NAT_HALF_OPEN_TIMEOUT,
	NAT_HALF_CLOSED_TIMEOUT,
	NAT_UDP_TIMEOUT,
	NAT_TCP_RESET,
};

enum {
	MAPPING_NAT,
	MAPPING_BACKEND,
	MAPPING_PORT,
};

enum {
	FASTPATH_DEVICES,
};

/**
 * struct field - one field of an object
 * @word: Keyword on the command line.
 * @key: Key in JSON.
 * @arg: What stands for the value in a synopsis.
 * @help: One line of help.
 * @kind: Kind of its value.
 * @attr: Netlink attribute.
 * @attr_last: Attribute of the last port of a range, or of a device, or 0.
 * @is_required: It has no default.
 * @min: Smallest number.
 * @max: Largest number; for keywords the greatest length.
 * @number_default: Default of a number.
 * @text_default: Default of a text.
 * @words: Words of a VALUE_WORD or VALUE_COUNT; the word for 0 of a port, and
 *         of a number or a time that has one.
 * @check: Says what is wrong with a text; NULL for a name.
 * @types: The types of probes that have it, a bit for each; 0 for all, and for
 *         fields of other objects.
 */
struct field {
	const char *word;
	const char *key;
	const char *arg;
	const char *help;
	enum value_kind kind;
	uint16_t attr;
	uint16_t attr_last;
	bool is_required;
	uint64_t min;
	uint64_t max;
	uint64_t number_default;
	const char *text_default;
	const struct word *words;
	int (*check)(const char *text, struct why *why);
	uint32_t types;
};

/**
 * struct object_type - one kind of object
 * @kind: Which.
 * @name: The word for one.
 * @plural: Key of their array in JSON.
 * @fields: The fields, those that identify the object first.
 * @n_fields: Number of fields.
 * @n_ids: Number of fields that identify the object; 0 if there is only one.
 * @inner: Kind of the objects that stand in it in a document, or 0 for none.
 * @outer: Kind of the object that it stands in itself, whose name is the first
 *         of its own, or 0 for none.
 * @positional: Field that a command takes without its keyword, or 0.
 * @cmd_new: Netlink command that adds one.
 * @cmd_set: Netlink command that changes one.
 * @cmd_del: Netlink command that removes one.
 * @cmd_get: Netlink command that reads one or all.
 * @cmd_ntf: Netlink command of its notifications.
 * @attr_generation: Attribute of the generation that it was read from.
 * @attr_change: Attribute that says what happened to it.
 */
struct object_type {
	enum object_kind kind;
	const char *name;
	const char *plural;
	const struct field *fields;
	unsigned int n_fields;
	unsigned int n_ids;
	enum object_kind inner;
	enum object_kind outer;
	unsigned int positional;
	uint8_t cmd_new;
	uint8_t cmd_set;
	uint8_t cmd_del;
	uint8_t cmd_get;
	uint8_t cmd_ntf;
	uint16_t attr_generation;
	uint16_t attr_change;
};

extern const struct object_type object_types[KINDS];
extern const struct word admin_words[];
extern const struct word health_words[];
extern const struct word eject_reason_words[];
extern const struct word alert_severity_words[];
extern const struct word change_words[];
extern const struct word verdict_words[];
extern const struct word fallback_words[];
extern const struct word all_down_words[];
extern const struct word affinity_words[];
extern const struct word chosen_by_words[];
extern const struct word udp_mode_words[];
extern const struct word mapping_state_words[];

const struct field *field_by_word(const struct object_type *type,
				  const char *word);
const struct field *field_by_key(const struct object_type *type,
				 const char *key);
const struct field *field_by_attr(const struct object_type *type,
				  uint16_t attr);
unsigned int field_idx(const struct object_type *type,
		       const struct field *field);

#endif /* LBCTL_SCHEMA_H */
