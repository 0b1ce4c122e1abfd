// SPDX-License-Identifier: GPL-2.0-only
/*
 * Agents: which of several is the active one.
 *
 * It has the claim, which ends with its socket. One that hangs does not renew
 * its claim, and another may take it then; as long as nobody does, it holds.
 * The former agent may go on any time, and does not know yet: its reports bear
 * the number of a claim that is over, by which they are refused.
 */

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <uapi/nflb.h>

#include "agent.h"
#include "event.h"
#include "net.h"
#include "refuse.h"

static bool nflb_agent_is_silent(const struct nflb_claim *claim)
{
	return time_after_eq64(get_jiffies_64(), claim->until);
}

static int nflb_agent_take(struct nflb_net *nn, u32 portid,
			   const struct nflb_why *why)
{
	struct nflb_claim *claim = &nn->claim;
	u32 former = claim->portid;

	if (former && former != portid && !nflb_agent_is_silent(claim))
		return nflb_refuse(why, -EBUSY, 0,
				   "the agent with port id %u is active",
				   former);
	claim->until = get_jiffies_64() + msecs_to_jiffies(NFLB_CLAIM_MS);
	if (former == portid)
		return 0;
	WRITE_ONCE(claim->portid, portid);
	claim->number++;
	nflb_event_agent(nn, true, former);
	return 0;
}

/**
 * nflb_agent_claim() - makes a socket's agent the active one, or keeps it so
 * @nn: the namespace
 * @portid: the socket
 * @number: where the number of its claim goes
 * @why: where refusals go
 *
 * Context: process, may sleep.
 * Return: 0, or -EBUSY while another one is active.
 */
int nflb_agent_claim(struct nflb_net *nn, u32 portid, u32 *number,
		     const struct nflb_why *why)
{
	int err;

	mutex_lock(&nn->cfg_mutex);
	err = nflb_agent_take(nn, portid, why);
	*number = nn->claim.number;
	mutex_unlock(&nn->cfg_mutex);
	return err;
}

/**
 * nflb_agent_check() - says whether a report is the active agent's
 * @nn: the namespace
 * @number: number of the claim that it was made under
 * @why: where refusals go
 *
 * Context: process, under cfg_mutex.
 * Return: 0 or -ESTALE.
 */
int nflb_agent_check(const struct nflb_net *nn, u32 number,
		     const struct nflb_why *why)
{
	lockdep_assert_held(&nn->cfg_mutex);
	if (nn->claim.portid && nn->claim.number == number)
		return 0;
	return nflb_refuse(why, -ESTALE, NFLB_A_HEALTH_CLAIM,
			   "claim %u is not that of the active agent", number);
}

/**
 * nflb_agent_release() - ends the claim of a closed socket
 * @nn: the namespace
 * @portid: the socket
 *
 * Context: process, may sleep.
 */
void nflb_agent_release(struct nflb_net *nn, u32 portid)
{
	/* What the socket has claimed, it has claimed before it was closed. */
	if (READ_ONCE(nn->claim.portid) != portid)
		return;
	mutex_lock(&nn->cfg_mutex);
	if (nn->claim.portid == portid) {
		nflb_event_agent(nn, false, 0);
		WRITE_ONCE(nn->claim.portid, 0);
	}
	mutex_unlock(&nn->cfg_mutex);
}
