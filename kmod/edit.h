/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Edits: single changes to a candidate. Each is validated against the
 * candidate as it stands; after a refusal the candidate may only be freed, so
 * none of them ever has to be taken back.
 */
#ifndef _NFLB_EDIT_H
#define _NFLB_EDIT_H

#include <linux/list.h>

#include "backend.h"
#include "device.h"
#include "frontend.h"
#include "probe.h"
#include "refuse.h"
#include "service.h"
#include "snat.h"

struct nflb_net;
struct nflb_snapshot;

/**
 * struct nflb_edit - a candidate and what comes with it
 * @nn: the namespace
 * @base: the published snapshot, or NULL before the first
 * @cand: the candidate
 * @doomed: struct nflb_doom, backends whose flows end with the commit
 * @expiring: struct nflb_doom, backends that leave and have a deadline
 * @why: where refusals go
 */
struct nflb_edit {
	struct nflb_net *nn;
	const struct nflb_snapshot *base;
	struct nflb_snapshot *cand;
	struct list_head *doomed;
	struct list_head *expiring;
	const struct nflb_why *why;
};

/**
 * struct nflb_doom - a backend whose flows end with the commit, or later
 * @node: in a list of the transaction's
 * @backend: the backend, a reference is held
 * @until_jiffies: when, 0 for at once
 */
struct nflb_doom {
	struct list_head node;
	struct nflb_backend *backend;
	u64 until_jiffies;
};

/**
 * struct nflb_probe_spec - what a request says of a probe
 * @name: its name
 * @type: enum nflb_probe_type, or NFLB_NONE when not said
 * @port: port, or NFLB_NONE
 * @interval_ms: interval, or NFLB_NONE
 * @timeout_ms: timeout, or NFLB_NONE
 * @rise: rise, or NFLB_NONE
 * @fall: fall, or NFLB_NONE
 * @initial: enum nflb_health, or NFLB_NONE
 * @verify: 1 to verify, 0 not to, or NFLB_NONE
 * @cert_expiry_ms: time that a certificate must have left, or NFLB_NONE
 * @json_state: 1 if the body must say that all is well, 0 if not, or NFLB_NONE
 * @answers: enum nflb_answers, or NFLB_NONE
 * @mark: mark of what checks send, or NFLB_NONE
 * @option: the rest, by enum nflb_probe_option; without data when not said
 */
struct nflb_probe_spec {
	const char *name;
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
 * struct nflb_pool_spec - what a request says of a pool
 * @name: its name
 * @scheduler: keyword of the algorithm, or NULL when not said
 * @slots: slots, or NFLB_NONE
 * @panic_pct: panic threshold, or NFLB_NONE
 * @slow_start_ms: what a ramp takes, 0 for none, or NFLB_NONE
 * @prefer_zone: the preferred zone, 0 for none, or NFLB_NONE
 * @spill_pct: how many of it must be eligible, or NFLB_NONE
 * @eject_after: failed flows in a row, 0 for any number, or NFLB_NONE
 * @eject_time_ms: how long the first ejection is, or NFLB_NONE
 * @seed: seed, or NULL
 */
struct nflb_pool_spec {
	const char *name;
	const char *scheduler;
	u32 slots;
	u32 panic_pct;
	u32 slow_start_ms;
	u32 prefer_zone;
	u32 spill_pct;
	u32 eject_after;
	u32 eject_time_ms;
	const u64 *seed;
};

int nflb_edit_name(const struct nflb_edit *edit, int attr, const char *name);
const char *nflb_family_name(u8 family);
bool nflb_device_name_is_reserved(const char *name);
bool nflb_device_name_is_valid(const char *name);

int nflb_edit_unicast(const struct nflb_edit *edit, int attr,
		      const struct nflb_addr *addr, const char *what);
int nflb_snat_addr(struct nflb_addr_list *list, const struct nflb_addr *addr,
		   const struct nflb_why *why);
int nflb_snat_check_ports(u32 ports, int attr, const struct nflb_why *why);
int nflb_snat_check_room(const char *name, u32 ports, u32 n_backends,
			 u32 n_blocks, const struct nflb_why *why);
int nflb_nat_open(const struct nflb_edit *edit, struct nflb_service *service);
int nflb_nat_apply(const struct nflb_edit *edit, struct nflb_service *service,
		   const struct nflb_service_spec *spec);

int nflb_udp_check(struct nflb_net *nn, const struct nflb_snapshot *cand,
		   const struct nflb_why *why);

int nflb_fastpath_name(struct nflb_device_set *set, const char *name,
		       const struct nflb_why *why);

/*
 * The edits. Each is given a struct nflb_<kind>_spec, of which a removal only
 * looks at the names; that of the fast path a struct nflb_device_set.
 */
int nflb_frontend_new(const struct nflb_edit *edit, const void *data);
int nflb_frontend_set(const struct nflb_edit *edit, const void *data);
int nflb_frontend_del(const struct nflb_edit *edit, const void *data);
int nflb_probe_new(const struct nflb_edit *edit, const void *data);
int nflb_probe_set(const struct nflb_edit *edit, const void *data);
int nflb_probe_del(const struct nflb_edit *edit, const void *data);
int nflb_pool_new(const struct nflb_edit *edit, const void *data);
int nflb_pool_set(const struct nflb_edit *edit, const void *data);
int nflb_pool_del(const struct nflb_edit *edit, const void *data);
int nflb_backend_new(const struct nflb_edit *edit, const void *data);
int nflb_backend_set(const struct nflb_edit *edit, const void *data);
int nflb_backend_del(const struct nflb_edit *edit, const void *data);
int nflb_service_new(const struct nflb_edit *edit, const void *data);
int nflb_service_set(const struct nflb_edit *edit, const void *data);
int nflb_service_del(const struct nflb_edit *edit, const void *data);
int nflb_snat_new(const struct nflb_edit *edit, const void *data);
int nflb_snat_set(const struct nflb_edit *edit, const void *data);
int nflb_snat_del(const struct nflb_edit *edit, const void *data);
int nflb_mapping_set(const struct nflb_edit *edit, const void *data);
int nflb_fastpath_set(const struct nflb_edit *edit, const void *data);
int nflb_edit_flush(const struct nflb_edit *edit, const void *data);

#endif /* _NFLB_EDIT_H */
