// SPDX-License-Identifier: GPL-2.0-only
/* Explain: what would become of a packet, and why. */

#include <net/genetlink.h>
#include <uapi/nflb.h>

#include "core.h"
#include "match.h"
#include "move.h"
#include "net.h"
#include "netlink.h"
#include "netlink_fill.h"
#include "ramp.h"
#include "refuse.h"
#include "snapshot.h"
#include "zone.h"

/**
 * struct nflb_question - what is asked
 * @tuple: of the packet
 * @affinity: what its service is to have instead of its own, enum
 *	nflb_affinity, or NFLB_NONE
 * @prefix: and by how many bits of an address, 0 for all
 */
struct nflb_question {
	struct nflb_tuple tuple;
	u32 affinity;
	u32 prefix;
};

static int nflb_explain_parse_tuple(struct genl_info *info,
				    struct nflb_tuple *tuple)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_EXPLAIN_PROTOCOL) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_EXPLAIN_SRC) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_EXPLAIN_DST))
		return -EINVAL;
	memset(tuple, 0, sizeof(*tuple));
	if (nflb_nl_get_addr(attrs[NFLB_A_EXPLAIN_SRC], &tuple->src))
		return nflb_refuse(&why, -EINVAL, NFLB_A_EXPLAIN_SRC,
				   "an address has 4 or 16 bytes, not %d",
				   nla_len(attrs[NFLB_A_EXPLAIN_SRC]));
	if (nflb_nl_get_addr(attrs[NFLB_A_EXPLAIN_DST], &tuple->dst) ||
	    tuple->src.family != tuple->dst.family)
		return nflb_refuse(&why, -EAFNOSUPPORT, NFLB_A_EXPLAIN_DST,
				   "dst is not of the family of src");
	tuple->protocol = nla_get_u32(attrs[NFLB_A_EXPLAIN_PROTOCOL]);
	if (!nflb_protocol_has_ports(tuple->protocol))
		return 0;
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_EXPLAIN_SRC_PORT) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_EXPLAIN_DST_PORT))
		return -EINVAL;
	tuple->src_port = nla_get_u32(attrs[NFLB_A_EXPLAIN_SRC_PORT]);
	tuple->dst_port = nla_get_u32(attrs[NFLB_A_EXPLAIN_DST_PORT]);
	return 0;
}

static int nflb_explain_parse(struct genl_info *info,
			      struct nflb_question *question)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const struct nlattr *nla;
	int err;

	err = nflb_explain_parse_tuple(info, &question->tuple);
	if (err)
		return err;
	nla = info->attrs[NFLB_A_EXPLAIN_AFFINITY];
	question->affinity = nla ? nla_get_u32(nla) : NFLB_NONE;
	nla = info->attrs[NFLB_A_EXPLAIN_CLIENT_PREFIX];
	question->prefix = nla ? nla_get_u32(nla) : 0;
	if (question->prefix > 32 && question->tuple.src.family == AF_INET)
		return nflb_refuse(&why, -ERANGE, NFLB_A_EXPLAIN_CLIENT_PREFIX,
				   "client-prefix %u: allowed for IPv4 are 1 to 32, or whole",
				   question->prefix);
	return 0;
}

static const char *nflb_explain_member(const struct nflb_decision *dec,
				       u32 pos)
{
	return dec->pool->member[pos].backend->account.name;
}

static int nflb_explain_fill_ramping(struct sk_buff *msg,
				     const struct nflb_decision *dec)
{
	u32 pos = dec->choice.ramping;

	if (pos == NFLB_NONE)
		return 0;
	if (nla_put_string(msg, NFLB_A_EXPLAIN_RAMPING,
			   nflb_explain_member(dec, pos)))
		return -EMSGSIZE;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_RAMPING_SHARE,
			   nflb_ramp_pct(dec->pool, dec->gate, pos));
}

static int nflb_explain_fill_zone(struct sk_buff *msg,
				  const struct nflb_decision *dec)
{
	if (dec->verdict != NFLB_VERDICT_PICKED || !dec->pool->prefer_zone ||
	    nflb_pool_is_panicking(dec->pool, dec->gate))
		return 0;
	if (nla_put_u32(msg, NFLB_A_EXPLAIN_PREFER_ZONE,
			dec->pool->prefer_zone))
		return -EMSGSIZE;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_ZONE_SHARE,
			   nflb_zone_pct(dec->pool, dec->gate));
}

static u32 nflb_explain_chosen_by(const struct nflb_decision *dec)
{
	if (dec->pool->sched->is_stable)
		return NFLB_CHOSEN_BY_HASH;
	return nflb_choice_is_kept(&dec->choice) ? NFLB_CHOSEN_BY_TABLE :
						   NFLB_CHOSEN_BY_SCHEDULER;
}

/* The port has chosen that of a nat. */
static int nflb_explain_fill_chosen_by(struct sk_buff *msg,
				       const struct nflb_decision *dec)
{
	if (dec->service->nat)
		return 0;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_CHOSEN_BY,
			   nflb_explain_chosen_by(dec));
}

static int nflb_explain_fill_affinity(struct sk_buff *msg,
				      const struct nflb_tuple *tuple,
				      const struct nflb_decision *dec)
{
	const struct nflb_service *service = dec->service;
	struct nflb_tuple client;

	if (!service->affinity)
		return 0;
	nflb_service_client(service, tuple, &client);
	if (nla_put_u32(msg, NFLB_A_EXPLAIN_AFFINITY, service->affinity) ||
	    nflb_fill_addr(msg, NFLB_A_EXPLAIN_CLIENT, &client.src))
		return -EMSGSIZE;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_CLIENT_PREFIX,
			   nflb_service_prefix(service, client.src.family));
}

static int nflb_explain_fill_choice(struct sk_buff *msg,
				    const struct nflb_decision *dec)
{
	const struct nflb_choice *choice = &dec->choice;

	if (choice->slot != NFLB_NONE &&
	    nla_put_u32(msg, NFLB_A_EXPLAIN_SLOT, choice->slot))
		return -EMSGSIZE;
	if (choice->first != NFLB_NONE && choice->first != choice->member &&
	    nla_put_string(msg, NFLB_A_EXPLAIN_FIRST_CHOICE,
			   nflb_explain_member(dec, choice->first)))
		return -EMSGSIZE;
	if (choice->full != NFLB_NONE &&
	    nla_put_string(msg, NFLB_A_EXPLAIN_FULL,
			   nflb_explain_member(dec, choice->full)))
		return -EMSGSIZE;
	if (dec->service->nat)
		return 0;
	if (nflb_explain_fill_ramping(msg, dec) ||
	    nflb_explain_fill_zone(msg, dec))
		return -EMSGSIZE;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_ATTEMPTS, choice->attempts);
}

static int nflb_explain_fill_fallback(struct sk_buff *msg,
				      const struct nflb_decision *dec)
{
	if (dec->verdict != NFLB_VERDICT_PICKED)
		return nla_put_u32(msg, NFLB_A_EXPLAIN_ALL_DOWN,
				   dec->service->all_down);
	if (dec->fallback == NFLB_FALLBACK_NONE)
		return 0;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_FALLBACK, dec->fallback);
}

static int nflb_explain_fill_mode(struct sk_buff *msg,
				  const struct nflb_tuple *tuple,
				  const struct nflb_decision *dec)
{
	if (dec->service->nat || !nflb_protocol_moves(tuple->protocol))
		return 0;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_UDP_MODE,
			   dec->service->udp_mode);
}

static int nflb_explain_fill_backend(struct sk_buff *msg,
				     const struct nflb_tuple *tuple,
				     const struct nflb_decision *dec)
{
	u32 pos = dec->choice.member;

	if (nla_put_string(msg, NFLB_A_EXPLAIN_BACKEND,
			   nflb_explain_member(dec, pos)) ||
	    nflb_fill_addr(msg, NFLB_A_EXPLAIN_BACKEND_ADDRESS,
			   &dec->pool->member[pos].backend->addr))
		return -EMSGSIZE;
	if (dec->service->is_floating &&
	    nla_put_flag(msg, NFLB_A_EXPLAIN_FLOATING))
		return -EMSGSIZE;
	if (!nflb_protocol_has_ports(tuple->protocol))
		return 0;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_BACKEND_PORT,
			   nflb_service_backend_port(dec->service,
						     tuple->dst_port));
}

/* Then no backend is asked for. */
static bool nflb_explain_is_unwanted(enum nflb_verdict verdict)
{
	return verdict == NFLB_VERDICT_NOT_ALLOWED ||
	       verdict == NFLB_VERDICT_MAX_FLOWS ||
	       verdict == NFLB_VERDICT_MAX_RATE;
}

/* That of a nat's pool is not asked. */
static int nflb_explain_fill_scheduler(struct sk_buff *msg,
				       const struct nflb_decision *dec)
{
	if (dec->service->nat)
		return 0;
	return nla_put_string(msg, NFLB_A_EXPLAIN_SCHEDULER,
			      dec->pool->sched->name);
}

static int nflb_explain_fill_protected(struct sk_buff *msg,
				       const struct nflb_decision *dec)
{
	if (!nflb_synproxy_is_on(&dec->service->account->synproxy))
		return 0;
	return nla_put_u32(msg, NFLB_A_EXPLAIN_PROTECTED, 1);
}

static int nflb_explain_fill(struct sk_buff *msg,
			     const struct nflb_snapshot *snap,
			     const struct nflb_tuple *tuple,
			     const struct nflb_decision *dec)
{
	int err;

	if (nla_put_u32(msg, NFLB_A_EXPLAIN_VERDICT, dec->verdict))
		return -EMSGSIZE;
	if (dec->verdict == NFLB_VERDICT_NO_FRONTEND)
		return 0;
	if (nla_put_string(msg, NFLB_A_EXPLAIN_FRONTEND,
			   snap->frontends.slot[dec->frontend].object->name))
		return -EMSGSIZE;
	if (dec->verdict == NFLB_VERDICT_NO_SERVICE)
		return 0;
	if (nla_put_string(msg, NFLB_A_EXPLAIN_SERVICE,
			   dec->service->object.name) ||
	    nla_put_string(msg, NFLB_A_EXPLAIN_POOL, dec->pool->object.name) ||
	    nflb_explain_fill_scheduler(msg, dec) ||
	    nflb_explain_fill_protected(msg, dec))
		return -EMSGSIZE;
	if (nflb_explain_is_unwanted(dec->verdict))
		return 0;
	err = nflb_explain_fill_fallback(msg, dec);
	if (err || !dec->pool->n_members)
		return err;
	err = nflb_explain_fill_choice(msg, dec);
	if (err || dec->verdict != NFLB_VERDICT_PICKED)
		return err;
	if (nflb_explain_fill_affinity(msg, tuple, dec) ||
	    nflb_explain_fill_chosen_by(msg, dec) ||
	    nflb_explain_fill_mode(msg, tuple, dec))
		return -EMSGSIZE;
	return nflb_explain_fill_backend(msg, tuple, dec);
}

/*
 * As nflb_decide(), but the service may be another one in part, which @as_if
 * has room for.
 */
static void nflb_explain_run(const struct nflb_snapshot *snap,
			     const struct nflb_question *question,
			     struct nflb_service *as_if,
			     struct nflb_decision *dec)
{
	dec->frontend = nflb_match_frontend(snap, &question->tuple.dst);
	nflb_decide_service(snap, &question->tuple, dec);
	if (dec->verdict != NFLB_VERDICT_NO_BACKEND)
		return;
	if (question->affinity != NFLB_NONE) {
		*as_if = *dec->service;
		as_if->affinity = question->affinity;
		as_if->affinity_prefix = question->prefix;
		dec->service = as_if;
	}
	nflb_decide_backend(snap, NULL, &question->tuple, dec);
}

static int nflb_explain_decide(struct sk_buff *msg, struct nflb_net *nn,
			       const struct nflb_question *question)
{
	struct nflb_decision dec = { .choice.is_dry = true };
	const struct nflb_snapshot *snap;
	struct nflb_service as_if;
	int err;

	rcu_read_lock();
	snap = rcu_dereference(nn->snap);
	if (snap)
		nflb_explain_run(snap, question, &as_if, &dec);
	err = nflb_explain_fill(msg, snap, &question->tuple, &dec);
	rcu_read_unlock();
	return err;
}

/**
 * nflb_nl_explain() - says what would become of a packet
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_nl_explain(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct nflb_question question;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = nflb_explain_parse(info, &question);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return nflb_refuse_memory(&why, -ENOMEM);
	hdr = genlmsg_put_reply(msg, info, &nflb_family, 0, NFLB_CMD_EXPLAIN);
	err = hdr ? nflb_explain_decide(msg, nflb_net(genl_info_net(info)),
					&question) : -EMSGSIZE;
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
