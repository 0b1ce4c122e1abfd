/* SPDX-License-Identifier: GPL-2.0-only */
/* What nflb keeps per network namespace. */
#ifndef _NFLB_NET_H
#define _NFLB_NET_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>

#include "agent.h"
#include "alerts.h"
#include "device.h"
#include "hooks.h"
#include "outlist.h"
#include "reset.h"
#include "wheel.h"

struct nflb_fast_list;
struct nflb_reasons;
struct nflb_recent;
struct nflb_snapshot;

/**
 * struct nflb_hint - what was chosen last on one CPU
 * @service: place of the service
 * @pool: place of the pool
 * @member: place of the backend in that
 *
 * A guess, as good as it fits: written and read without a lock.
 */
struct nflb_hint {
	u32 service;
	u32 pool;
	u32 member;
};

/* Devices that may wait for our hook at a time. */
#define NFLB_N_WANTED 8

/* Devices with our hook that are found at once, and the index of none. */
#define NFLB_N_HOOKED 16U
#define NFLB_NO_DEVICE (-1)

/**
 * struct nflb_net - one network namespace
 * @snap: published configuration, NULL before the first commit and from the
 *	moment that the namespace or the module goes away; written under
 *	cfg_mutex
 * @recent: recent picks for racing first datagrams; written under cfg_mutex
 * @hint: whom the flow is for that is next to be asked about
 * @reasons: reasons counted for the namespace
 * @has_express: the flows of some service are opened at ingress; written under
 *	cfg_mutex
 * @has_cookies: SYNs to some service are answered by cookies, or what answers
 *	these may come
 * @flows: the open flows
 * @fast: directions of flows that take the fast path, by tuple
 * @owners: the backends by address
 * @devices: struct nflb_device by interface index; written under
 *	@device_mutex, read under RCU
 * @hooked: interface indexes of the last that have come among @devices, by
 *	their remainders, or NFLB_NO_DEVICE; written under @device_mutex
 * @net: the namespace; nflb_net does not outlive it
 * @cfg_mutex: serialises all that changes configuration, health or hooks
 * @walk_mutex: serialises walks along @flows
 * @is_used: there has been a configuration; under cfg_mutex
 * @is_closed: no configuration is accepted any more; written under cfg_mutex
 * @has_hooks: the NAT core calls us for IPv4 [0], IPv6 [1]; under cfg_mutex
 * @txns: open transactions; under cfg_mutex
 * @leaving_lock: protects @leaving, taken with bottom halves off
 * @leaving: removed backends that have flows, oldest first
 * @leaving_id: last number given to one of them; under @leaving_lock
 * @alg_mutex: whose holder may take the flows off @algs to look after them
 * @alg_lock: protects @algs, taken with bottom halves off
 * @algs: flows that have a helper of their own
 * @n_new_algs: how many came since @alg_work ran last; under @alg_lock
 * @alg_work: looks after @algs while there are any
 * @move_work: ends flows that their backends may not have
 * @resets: connections that are being ended
 * @wheel: finds connections that have been idle for too long
 * @outlist: the flows of backends through a snat
 * @drains: backends that are watched while they drain; under cfg_mutex
 * @drain_state: grace period that began with the last drain, as
 *	get_state_synchronize_rcu() says it; under cfg_mutex
 * @drain_work: looks after them
 * @report_work: looks after what probers have reported
 * @report_until: when that runs, in jiffies, or 0; under cfg_mutex
 * @claim: which agent is the active one; under cfg_mutex
 * @ramp_work: ends ramps
 * @remap_work: gives ports of nats to backends that wait for one
 * @n_editions: requests for services so far; under cfg_mutex
 * @force_work: ends what the administrator has said for a time
 * @force_until: when that is due, in jiffies, 0 for never; under cfg_mutex
 * @eject_work: ejects backends, and lets them come back
 * @alerts: what an operator has to know
 * @has_hook_set: hooks that are registered, see hooks.c; under cfg_mutex
 * @has_synproxy: the hooks of cookies are there; under cfg_mutex
 * @synproxy_lock: protects @synproxies and writing @has_cookies, taken with
 *	bottom halves off
 * @synproxies: struct nflb_account of services that are watched, a reference is
 *	held
 * @synproxy_work: looks after them
 * @has_floating: there may be floating flows, whose packets are routed; written
 *	under cfg_mutex
 * @outlets: addresses that flows of backends leave through; under cfg_mutex
 * @idle_work: takes the hooks off when the last flow has ended
 * @device_mutex: serialises what attaches our hook to devices and takes it off
 * @device_set: the devices that are to have it; under @device_mutex
 * @is_device_idle: none is to have it, as there is nothing to do for it; under
 *	@device_mutex
 * @is_device_auto: packets may ask for it; written under @device_mutex
 * @has_lost_device: one has lost it, and flows may still be in the fast path
 *	that came in by that, or one is gone that floating flows may leave by;
 *	under @device_mutex
 * @wanted_lock: protects @wanted and @n_wanted, taken with bottom halves off
 * @n_wanted: number of devices that are to have our hook
 * @wanted: their interface indexes
 * @device_work: attaches it to them, and looks after @has_lost_device
 * @n_flows: open flow records, and flows of backends through a snat
 * @has_idle_hooks: hooks go when there are no flows any more; written under
 *	cfg_mutex
 */
struct nflb_net {
	struct nflb_snapshot __rcu *snap;
	struct nflb_recent __rcu *recent;
	struct nflb_hint __percpu *hint;
	struct nflb_reasons __percpu *reasons;
	bool has_express;
	bool has_cookies;
	struct nflb_fast_list __percpu *flows;
	struct rhashtable fast;
	struct rhltable owners;
	struct xarray devices;
	int hooked[NFLB_N_HOOKED];

	struct net *net;
	struct mutex cfg_mutex;
	struct mutex walk_mutex;
	bool is_used;
	bool is_closed;
	bool has_hooks[2];
	struct list_head txns;
	spinlock_t leaving_lock;
	struct list_head leaving;
	u64 leaving_id;
	struct mutex alg_mutex;
	spinlock_t alg_lock;
	struct list_head algs;
	u32 n_new_algs;
	struct delayed_work alg_work;
	struct work_struct move_work;
	struct nflb_resets resets;
	struct nflb_wheel wheel;
	struct nflb_outlist outlist;
	struct list_head drains;
	unsigned long drain_state;
	struct delayed_work drain_work;
	struct delayed_work report_work;
	u64 report_until;
	struct nflb_claim claim;
	struct delayed_work ramp_work;
	struct delayed_work remap_work;
	u64 n_editions;
	struct delayed_work force_work;
	u64 force_until;
	struct delayed_work eject_work;
	struct nflb_alerts alerts;
	bool has_hook_set[NFLB_N_HOOK_SETS];
	bool has_synproxy;
	spinlock_t synproxy_lock;
	struct list_head synproxies;
	struct delayed_work synproxy_work;
	bool has_floating;
	struct list_head outlets;
	struct work_struct idle_work;
	struct mutex device_mutex;
	struct nflb_device_set device_set;
	bool is_device_idle;
	bool is_device_auto;
	bool has_lost_device;
	spinlock_t wanted_lock;
	int n_wanted;
	int wanted[NFLB_N_WANTED];
	struct work_struct device_work;

	/* Changed for every flow, far from what every packet reads */
	atomic_t n_flows;
	bool has_idle_hooks;
};

extern unsigned int nflb_net_id;

/**
 * nflb_net() - finds what nflb keeps for a namespace
 * @net: the namespace
 *
 * Return: the struct nflb_net.
 */
static inline struct nflb_net *nflb_net(const struct net *net)
{
	return net_generic(net, nflb_net_id);
}

int nflb_net_init(struct nflb_net *nn, struct net *net);
void nflb_net_put_flow(struct nflb_net *nn);
void nflb_net_end_flows(struct nflb_net *nn);
void nflb_net_fini(struct nflb_net *nn);

/* Works of namespaces, which may wait for their cfg_mutex. */
extern struct workqueue_struct *nflb_wq;

/*
 * Frees what RCU has let go. The end of any namespace waits for all of that,
 * and so must not wait for what another one does.
 */
extern struct workqueue_struct *nflb_free_wq;

#endif /* _NFLB_NET_H */
