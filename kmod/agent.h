/* SPDX-License-Identifier: GPL-2.0-only */
/* Agents: which of several is the active one. */
#ifndef _NFLB_AGENT_H
#define _NFLB_AGENT_H

#include <linux/types.h>

struct nflb_net;
struct nflb_why;

/**
 * struct nflb_claim - what makes an agent the active one
 * @portid: its socket, 0 if there is no claim
 * @number: of the claim, or of the last one
 * @until: when another may take it, in jiffies
 */
struct nflb_claim {
	u32 portid;
	u32 number;
	u64 until;
};

int nflb_agent_claim(struct nflb_net *nn, u32 portid, u32 *number,
		     const struct nflb_why *why);
int nflb_agent_check(const struct nflb_net *nn, u32 number,
		     const struct nflb_why *why);
void nflb_agent_release(struct nflb_net *nn, u32 portid);

#endif /* _NFLB_AGENT_H */
