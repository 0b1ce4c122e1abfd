/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that our ingress hook is attached to. */
#ifndef _NFLB_DEVICE_H
#define _NFLB_DEVICE_H

#include <linux/if.h>
#include <linux/types.h>
#include <uapi/nflb.h>

struct nflb_net;
struct nflb_why;

/**
 * struct nflb_device_set - the devices that are to have our hook
 * @devices: enum nflb_devices
 * @n_names: number of names, 0 if @devices is not a list
 * @name: the names; there need be no devices that have them
 *
 * All zero, which is what a configuration begins with, it says auto.
 */
struct nflb_device_set {
	u32 devices;
	u32 n_names;
	char name[NFLB_DEVICES_MAX][IFNAMSIZ];
};

bool nflb_device_set_has(const struct nflb_device_set *set, const char *name);

bool nflb_device_use(struct nflb_net *nn, int ifindex);
u32 nflb_device_count(struct nflb_net *nn);
int nflb_device_choose(struct nflb_net *nn, const struct nflb_device_set *set,
		       bool *has_lost, const struct nflb_why *why);
void nflb_device_settle(struct nflb_net *nn);

void nflb_device_net_init(struct nflb_net *nn);
void nflb_device_net_idle(struct nflb_net *nn);
int nflb_device_init(void);
void nflb_device_exit(void);

#endif /* _NFLB_DEVICE_H */
