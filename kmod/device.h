/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that our ingress hook is attached to. */
#ifndef _NFLB_DEVICE_H
#define _NFLB_DEVICE_H

#include <linux/types.h>

struct nflb_net;

bool nflb_device_use(struct nflb_net *nn, int ifindex);

void nflb_device_net_init(struct nflb_net *nn);
void nflb_device_net_idle(struct nflb_net *nn, bool is_closed);
int nflb_device_init(void);
void nflb_device_exit(void);

#endif /* _NFLB_DEVICE_H */
