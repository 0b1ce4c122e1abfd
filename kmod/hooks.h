/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks on packets that are there only as long as something needs them. */
#ifndef _NFLB_HOOKS_H
#define _NFLB_HOOKS_H

#include <linux/netfilter_ipv4.h>
#include <linux/types.h>

struct nflb_net;
struct nflb_snapshot;

#define NFLB_N_HOOK_SETS 4

/**
 * struct nflb_hook_set - hooks that come and go together
 * @is_wanted: tells whether a configuration needs them; called under cfg_mutex
 * @ops: the hooks
 * @n_ops: number of them
 */
struct nflb_hook_set {
	bool (*is_wanted)(const struct nflb_snapshot *snap);
	const struct nf_hook_ops *ops;
	unsigned int n_ops;
};

#define NFLB_HOOK_OP(fn, family, num, prio)				\
{									\
	.hook		= fn,						\
	.pf		= family,					\
	.hooknum	= NF_INET_##num,				\
	.priority	= prio,						\
}

/* Just before conntrack, whose priority both families have alike */
#define NFLB_OPS_BEFORE_CONNTRACK(fn)					\
{									\
	NFLB_HOOK_OP(fn, NFPROTO_IPV4, PRE_ROUTING,			\
		     NF_IP_PRI_CONNTRACK - 1),				\
	NFLB_HOOK_OP(fn, NFPROTO_IPV4, LOCAL_OUT,			\
		     NF_IP_PRI_CONNTRACK - 1),				\
	NFLB_HOOK_OP(fn, NFPROTO_IPV6, PRE_ROUTING,			\
		     NF_IP_PRI_CONNTRACK - 1),				\
	NFLB_HOOK_OP(fn, NFPROTO_IPV6, LOCAL_OUT,			\
		     NF_IP_PRI_CONNTRACK - 1),				\
}

extern const struct nflb_hook_set nflb_bounce_hooks;
extern const struct nflb_hook_set nflb_datagram_hooks;
extern const struct nflb_hook_set nflb_stray_hooks;
extern const struct nflb_hook_set nflb_unreach_hooks;

int nflb_hooks_add(struct nflb_net *nn, const struct nflb_snapshot *snap);
void nflb_hooks_remove(struct nflb_net *nn, const struct nflb_snapshot *snap);

#endif /* _NFLB_HOOKS_H */
