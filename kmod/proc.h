/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/net/nflb: figures to read, nothing to write. */
#ifndef _NFLB_PROC_H
#define _NFLB_PROC_H

struct net;

int nflb_proc_init(struct net *net);
void nflb_proc_exit(struct net *net);

#endif /* _NFLB_PROC_H */
