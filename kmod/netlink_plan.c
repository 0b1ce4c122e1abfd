// SPDX-License-Identifier: GPL-2.0-only
/*
 * The request that says how the ports of a snat are shared out: the functions
 * that a commit goes by, for numbers that need not be those of the snat.
 */

#include <net/genetlink.h>
#include <uapi/nflb.h>

#include "edit.h"
#include "net.h"
#include "netlink.h"
#include "netlink_fill.h"
#include "refuse.h"
#include "reserve.h"
#include "snapshot.h"

/**
 * struct nflb_plan - what is asked
 * @snat: the snat, or NULL
 * @ports: how many each backend has, as configured
 * @n_backends: how many there are
 * @n_addresses: how many there are
 * @n_blocks: blocks of ports that services leave of them
 */
struct nflb_plan {
	const struct nflb_snat *snat;
	u32 ports;
	u32 n_backends;
	u32 n_addresses;
	u32 n_blocks;
};

static u32 nflb_plan_number(const struct genl_info *info, int attr, u32 number)
{
	return info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : number;
}

static u32 nflb_plan_n_blocks_of(const struct nflb_plan *plan, u32 i)
{
	return plan->snat ? nflb_snat_n_blocks_of(plan->snat, i) :
			    NFLB_N_BLOCKS;
}

/* The numbers of the snat, or those of one that is not there yet. */
static int nflb_plan_begin(const struct genl_info *info,
			   const struct nflb_snapshot *snap,
			   struct nflb_plan *plan)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const struct nlattr *name = info->attrs[NFLB_A_PLAN_SNAT];
	u32 pos = NFLB_NONE;

	if (!name && !info->attrs[NFLB_A_PLAN_BACKENDS])
		return nflb_refuse_missing(&why, NFLB_A_PLAN_BACKENDS,
					   "without a snat, the number of backends is needed");
	*plan = (struct nflb_plan) {
		.ports = NFLB_SNAT_PORTS_DYNAMIC,
		.n_addresses = 1,
	};
	if (!name)
		return 0;
	if (snap)
		pos = nflb_table_find(&snap->snats, nla_data(name));
	if (pos == NFLB_NONE)
		return nflb_refuse(&why, -ENOENT, NFLB_A_PLAN_SNAT,
				   "there is no snat %s",
				   (const char *)nla_data(name));
	plan->snat = nflb_snapshot_snat(snap, pos);
	plan->ports = plan->snat->ports;
	plan->n_backends = nflb_snapshot_pool(snap,
					      plan->snat->pool)->n_members;
	plan->n_addresses = plan->snat->addrs.n;
	return 0;
}

static int nflb_plan_read(const struct genl_info *info,
			  const struct nflb_snapshot *snap,
			  struct nflb_plan *plan)
{
	const struct nflb_why why = { info->extack, info->attrs };
	int err;
	u32 i;

	err = nflb_plan_begin(info, snap, plan);
	if (err)
		return err;
	plan->ports = nflb_plan_number(info, NFLB_A_PLAN_PORTS, plan->ports);
	plan->n_backends = nflb_plan_number(info, NFLB_A_PLAN_BACKENDS,
					    plan->n_backends);
	plan->n_addresses = nflb_plan_number(info, NFLB_A_PLAN_ADDRESSES,
					     plan->n_addresses);
	for (i = 0; i < plan->n_addresses; i++)
		plan->n_blocks += nflb_plan_n_blocks_of(plan, i);
	return nflb_snat_check_ports(plan->ports, NFLB_A_PLAN_PORTS, &why);
}

static int nflb_plan_fill_numbers(struct sk_buff *msg,
				  const struct nflb_plan *plan)
{
	struct nflb_reserve reserve;
	u32 fit;

	nflb_reserve_make(&reserve, plan->ports, plan->n_backends,
			  plan->n_blocks);
	fit = nflb_reserve_fit(plan->ports, plan->n_blocks, 1,
			       NFLB_BACKENDS_MAX);
	if (nla_put_u32(msg, NFLB_A_PLAN_PORTS, plan->ports) ||
	    nla_put_u32(msg, NFLB_A_PLAN_BACKENDS, plan->n_backends) ||
	    nla_put_u32(msg, NFLB_A_PLAN_ADDRESSES, plan->n_addresses) ||
	    nla_put_u32(msg, NFLB_A_PLAN_CAPACITY,
			plan->n_blocks * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(msg, NFLB_A_PLAN_RESERVED,
			reserve.base * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(msg, NFLB_A_PLAN_LIMIT,
			reserve.limit * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(msg, NFLB_A_PLAN_SUM, plan->n_backends *
			reserve.base * NFLB_SNAT_BLOCK) ||
	    nla_put_u32(msg, NFLB_A_PLAN_FIT, fit))
		return -EMSGSIZE;
	return 0;
}

/* The sentence goes into the answer, as a refusal would have no numbers. */
static int nflb_plan_fill_refusal(struct sk_buff *msg,
				  const struct nflb_plan *plan)
{
	struct netlink_ext_ack extack = {};
	const struct nflb_why why = { .extack = &extack };
	const char *name = plan->snat ? plan->snat->object.name : "";

	if (!nflb_snat_check_room(name, plan->ports, plan->n_backends,
				  plan->n_blocks, &why))
		return 0;
	return nla_put_string(msg, NFLB_A_PLAN_REFUSAL, extack._msg);
}

static int nflb_plan_fill_address(struct sk_buff *msg,
				  const struct nflb_plan *plan, u32 i)
{
	struct nlattr *nest = nla_nest_start(msg, NFLB_A_PLAN_ADDRESS);
	const struct nflb_snat *snat = plan->snat;

	if (!nest ||
	    nla_put_u32(msg, NFLB_A_PLAN_ADDRESS_PORTS,
			nflb_plan_n_blocks_of(plan, i) * NFLB_SNAT_BLOCK))
		return -EMSGSIZE;
	if (snat && i < snat->addrs.n &&
	    nflb_fill_addr(msg, NFLB_A_PLAN_ADDRESS_ADDRESS,
			   &snat->addrs.addr[i]))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int nflb_plan_fill_step(struct sk_buff *msg,
			       const struct nflb_plan *plan, u32 first,
			       const struct nflb_azure_row *row)
{
	struct nlattr *nest = nla_nest_start(msg, NFLB_A_PLAN_STEP);
	u32 fit;

	fit = nflb_reserve_fit(NFLB_SNAT_PORTS_AZURE, plan->n_blocks, first,
			       row->n_backends);
	if (!nest ||
	    nla_put_u32(msg, NFLB_A_PLAN_STEP_BACKENDS, row->n_backends) ||
	    nla_put_u32(msg, NFLB_A_PLAN_STEP_PORTS, row->ports) ||
	    nla_put_u32(msg, NFLB_A_PLAN_STEP_FIT, fit))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int nflb_plan_fill_steps(struct sk_buff *msg,
				const struct nflb_plan *plan)
{
	const struct nflb_azure_row *row;
	u32 first = 1;
	u32 i;

	for (i = 0; (row = nflb_reserve_azure_row(i)); i++) {
		if (nflb_plan_fill_step(msg, plan, first, row))
			return -EMSGSIZE;
		first = row->n_backends + 1;
	}
	return 0;
}

static int nflb_plan_fill(struct sk_buff *msg, const struct nflb_plan *plan)
{
	u32 i;

	if (plan->snat && nla_put_string(msg, NFLB_A_PLAN_SNAT,
					 plan->snat->object.name))
		return -EMSGSIZE;
	if (nflb_plan_fill_numbers(msg, plan) ||
	    nflb_plan_fill_refusal(msg, plan))
		return -EMSGSIZE;
	for (i = 0; i < plan->n_addresses; i++) {
		if (nflb_plan_fill_address(msg, plan, i))
			return -EMSGSIZE;
	}
	return nflb_plan_fill_steps(msg, plan);
}

static int nflb_plan_answer(struct sk_buff *msg, struct genl_info *info)
{
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	struct nflb_plan plan;
	int err;

	rcu_read_lock();
	err = nflb_plan_read(info, rcu_dereference(nn->snap), &plan);
	if (!err)
		err = nflb_plan_fill(msg, &plan);
	rcu_read_unlock();
	return err;
}

/**
 * nflb_nl_plan_get() - says how the ports of a snat are shared out
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_plan_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err = -EMSGSIZE;
	void *hdr;

	if (!msg)
		return nflb_refuse_memory(&why, -ENOMEM);
	hdr = genlmsg_put_reply(msg, info, &nflb_family, 0, NFLB_CMD_PLAN_GET);
	if (hdr)
		err = nflb_plan_answer(msg, info);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
