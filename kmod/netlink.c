// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: the requests that change something, and the table
 * of all. uapi/nflb.yaml says what they mean.
 */

#include <linux/module.h>
#include <net/genetlink.h>
#include <uapi/nflb.h>

#include "agent.h"
#include "allow.h"
#include "health.h"
#include "net.h"
#include "netlink.h"
#include "netlink_policy.h"
#include "refuse.h"
#include "txn.h"

static const char *nflb_nl_string(const struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_data(info->attrs[attr]) : NULL;
}

static u32 nflb_nl_u32(const struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : NFLB_NONE;
}

static u32 nflb_nl_u32_or_0(const struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : 0;
}

/* Reads an address that may be there; *addr is NULL without. */
static int nflb_nl_addr(const struct genl_info *info, int attr,
			struct nflb_addr *buf, const struct nflb_addr **addr)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const struct nlattr *nla = info->attrs[attr];

	*addr = NULL;
	if (!nla)
		return 0;
	if (nflb_nl_get_addr(nla, buf))
		return nflb_refuse(&why, -EINVAL, attr,
				   "an address has 4 or 16 bytes, not %d",
				   nla_len(nla));
	*addr = buf;
	return 0;
}

/**
 * nflb_nl_get_addr() - reads an address
 * @nla: the attribute
 * @addr: where it goes
 *
 * Return: 0, or -EINVAL when its length is that of neither family.
 */
int nflb_nl_get_addr(const struct nlattr *nla, struct nflb_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (nla_len(nla) != 4 && nla_len(nla) != 16)
		return -EINVAL;
	addr->family = nla_len(nla) == 4 ? AF_INET : AF_INET6;
	memcpy(&addr->ip, nla_data(nla), nla_len(nla));
	return 0;
}

/*
 * Has each of an attribute taken that may be there several times: attrs has the
 * last, and then the one that is taken.
 */
static int nflb_nl_each(struct genl_info *info, int attr,
			int (*take)(struct genl_info *info, void *data),
			void *data)
{
	struct nlattr *nla;
	int err = 0;
	int left;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(nla) != attr)
			continue;
		info->attrs[attr] = nla;
		err = take(info, data);
		if (err)
			break;
	}
	return err;
}

static int nflb_nl_change(struct genl_info *info, nflb_change_fn change,
			  const void *spec)
{
	const struct nflb_why why = { info->extack, info->attrs };

	int err;

	err = nflb_txn_change(nflb_net(genl_info_net(info)), info->snd_portid,
			      change, spec, &why);
	return nflb_refuse_memory(&why, err);
}

static int nflb_nl_txn_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	u32 generation = nflb_nl_u32(info, NFLB_A_TXN_GENERATION);
	bool is_given = info->attrs[NFLB_A_TXN_GENERATION];
	int err;

	err = nflb_txn_begin(nflb_net(genl_info_net(info)), info->snd_portid,
			     is_given ? &generation : NULL, &why);
	return nflb_refuse_memory(&why, err);
}

static int nflb_nl_txn_commit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	u32 generation, n_changes;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return nflb_refuse_memory(&why, -ENOMEM);
	err = nflb_txn_commit(nn, info->snd_portid, &generation, &n_changes,
			      &why);
	if (err)
		goto err_free_msg;
	hdr = genlmsg_put_reply(msg, info, &nflb_family, 0,
				NFLB_CMD_TXN_COMMIT);
	err = -EMSGSIZE;
	if (!hdr || nla_put_u32(msg, NFLB_A_TXN_GENERATION, generation) ||
	    nla_put_u32(msg, NFLB_A_TXN_CHANGES, n_changes))
		goto err_free_msg;
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

err_free_msg:
	nlmsg_free(msg);
	return nflb_refuse_memory(&why, err);
}

static int nflb_nl_txn_abort(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };

	return nflb_txn_abort(nflb_net(genl_info_net(info)), info->snd_portid,
			      &why);
}

static int nflb_nl_txn_rehearse(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	int err;

	err = nflb_txn_rehearse(nflb_net(genl_info_net(info)),
				info->snd_portid, &why);
	return nflb_refuse_memory(&why, err);
}

static int nflb_nl_flush(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_change(info, nflb_edit_flush, NULL);
}

static int nflb_nl_frontend(struct genl_info *info, nflb_change_fn change)
{
	struct nflb_frontend_spec spec = {};
	struct nflb_addr addr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_FRONTEND_NAME))
		return -EINVAL;
	spec.name = nflb_nl_string(info, NFLB_A_FRONTEND_NAME);
	spec.ping = nflb_nl_u32(info, NFLB_A_FRONTEND_PING);
	err = nflb_nl_addr(info, NFLB_A_FRONTEND_ADDRESS, &addr, &spec.addr);
	if (err)
		return err;
	return nflb_nl_change(info, change, &spec);
}

static int nflb_nl_frontend_new(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_FRONTEND_ADDRESS))
		return -EINVAL;
	return nflb_nl_frontend(info, nflb_frontend_new);
}

static int nflb_nl_frontend_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_frontend(info, nflb_frontend_set);
}

static int nflb_nl_frontend_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_frontend(info, nflb_frontend_del);
}

/* A text that is empty is none, as bytes are that are none. */
static void nflb_nl_options(const struct genl_info *info,
			    struct nflb_bytes *option)
{
	const struct nlattr *nla;
	int i;

	for (i = 0; i < NFLB_N_PROBE_OPTIONS; i++) {
		nla = info->attrs[nflb_options[i].attr];
		if (!nla)
			continue;
		option[i].data = nla_data(nla);
		option[i].len = nla_len(nla);
		if (!nflb_options[i].is_text)
			continue;
		option[i].len = strlen(option[i].data);
		option[i].len += !!option[i].len;
	}
}

static int nflb_nl_probe(struct genl_info *info, nflb_change_fn change)
{
	struct nflb_probe_spec spec;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_PROBE_NAME))
		return -EINVAL;
	spec = (struct nflb_probe_spec) {
		.name = nflb_nl_string(info, NFLB_A_PROBE_NAME),
		.type = nflb_nl_u32(info, NFLB_A_PROBE_TYPE),
		.port = nflb_nl_u32(info, NFLB_A_PROBE_PORT),
		.interval_ms = nflb_nl_u32(info, NFLB_A_PROBE_INTERVAL_MS),
		.timeout_ms = nflb_nl_u32(info, NFLB_A_PROBE_TIMEOUT_MS),
		.rise = nflb_nl_u32(info, NFLB_A_PROBE_RISE),
		.fall = nflb_nl_u32(info, NFLB_A_PROBE_FALL),
		.initial = nflb_nl_u32(info, NFLB_A_PROBE_INITIAL),
		.verify = nflb_nl_u32(info, NFLB_A_PROBE_VERIFY),
		.cert_expiry_ms =
			nflb_nl_u32(info, NFLB_A_PROBE_CERT_EXPIRY_MS),
		.json_state = nflb_nl_u32(info, NFLB_A_PROBE_JSON_STATE),
		.answers = nflb_nl_u32(info, NFLB_A_PROBE_ANSWERS),
		.mark = nflb_nl_u32(info, NFLB_A_PROBE_MARK),
	};
	nflb_nl_options(info, spec.option);
	return nflb_nl_change(info, change, &spec);
}

static int nflb_nl_probe_new(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_PROBE_TYPE))
		return -EINVAL;
	return nflb_nl_probe(info, nflb_probe_new);
}

static int nflb_nl_probe_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_probe(info, nflb_probe_set);
}

static int nflb_nl_probe_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_probe(info, nflb_probe_del);
}

static int nflb_nl_pool(struct genl_info *info, nflb_change_fn change)
{
	struct nflb_pool_spec spec = {};
	u64 seed;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_POOL_NAME))
		return -EINVAL;
	spec.name = nflb_nl_string(info, NFLB_A_POOL_NAME);
	spec.scheduler = nflb_nl_string(info, NFLB_A_POOL_SCHEDULER);
	spec.slots = nflb_nl_u32(info, NFLB_A_POOL_SLOTS);
	spec.panic_pct = nflb_nl_u32(info, NFLB_A_POOL_PANIC);
	spec.slow_start_ms = nflb_nl_u32(info, NFLB_A_POOL_SLOW_START_MS);
	spec.prefer_zone = nflb_nl_u32(info, NFLB_A_POOL_PREFER_ZONE);
	spec.spill_pct = nflb_nl_u32(info, NFLB_A_POOL_SPILL_BELOW);
	spec.eject_after = nflb_nl_u32(info, NFLB_A_POOL_EJECT_AFTER);
	spec.eject_time_ms = nflb_nl_u32(info, NFLB_A_POOL_EJECT_TIME_MS);
	if (info->attrs[NFLB_A_POOL_SEED]) {
		seed = nla_get_u64(info->attrs[NFLB_A_POOL_SEED]);
		spec.seed = &seed;
	}
	return nflb_nl_change(info, change, &spec);
}

static int nflb_nl_pool_new(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_pool(info, nflb_pool_new);
}

static int nflb_nl_pool_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_pool(info, nflb_pool_set);
}

static int nflb_nl_pool_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_pool(info, nflb_pool_del);
}

static int nflb_nl_backend(struct genl_info *info, nflb_change_fn change)
{
	struct nflb_backend_spec spec = {};
	struct nflb_addr addr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_BACKEND_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_BACKEND_NAME))
		return -EINVAL;
	spec.pool = nflb_nl_string(info, NFLB_A_BACKEND_POOL);
	spec.name = nflb_nl_string(info, NFLB_A_BACKEND_NAME);
	spec.weight = nflb_nl_u32(info, NFLB_A_BACKEND_WEIGHT);
	spec.zone = nflb_nl_u32(info, NFLB_A_BACKEND_ZONE);
	spec.admin = nflb_nl_u32(info, NFLB_A_BACKEND_ADMIN);
	spec.admin_for_ms = nflb_nl_u32(info, NFLB_A_BACKEND_ADMIN_FOR_MS);
	spec.drain = nflb_nl_u32(info, NFLB_A_BACKEND_DRAIN);
	spec.deadline_ms = nflb_nl_u32(info, NFLB_A_BACKEND_DEADLINE_MS);
	spec.max_flows = nflb_nl_u32(info, NFLB_A_BACKEND_MAX_FLOWS);
	spec.note = nflb_nl_string(info, NFLB_A_BACKEND_NOTE);
	spec.now = nla_get_flag(info->attrs[NFLB_A_BACKEND_NOW]);
	err = nflb_nl_addr(info, NFLB_A_BACKEND_ADDRESS, &addr, &spec.addr);
	if (err)
		return err;
	return nflb_nl_change(info, change, &spec);
}

static int nflb_nl_backend_new(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_BACKEND_ADDRESS))
		return -EINVAL;
	return nflb_nl_backend(info, nflb_backend_new);
}

static int nflb_nl_backend_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_backend(info, nflb_backend_set);
}

static int nflb_nl_backend_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_backend(info, nflb_backend_del);
}

/* How often an attribute is there. */
static u32 nflb_nl_count(const struct genl_info *info, int attr)
{
	const struct nlattr *nla;
	u32 n = 0;
	int left;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, left)
		n += nla_type(nla) == attr;
	return n;
}

static int nflb_nl_prefix(struct genl_info *info, void *data)
{
	const struct nlattr *nla = info->attrs[NFLB_A_SERVICE_ALLOW];
	const struct nflb_why why = { info->extack, info->attrs };

	return nflb_allow_add(data, nla_data(nla), nla_len(nla), &why);
}

/* Reads an allow list that may be there; *allow is NULL without. */
static int nflb_nl_allow(struct genl_info *info, struct nflb_allow **allow)
{
	const struct nflb_why why = { info->extack, info->attrs };
	u32 n = nflb_nl_count(info, NFLB_A_SERVICE_ALLOW);
	int err;

	*allow = NULL;
	if (!n)
		return 0;
	if (n > NFLB_ALLOW_MAX)
		return nflb_refuse(&why, -ENOSPC, NFLB_A_SERVICE_ALLOW,
				   "allow has %u prefixes, allowed are %u", n,
				   NFLB_ALLOW_MAX);
	*allow = nflb_allow_alloc(n);
	if (!*allow)
		return nflb_refuse_memory(&why, -ENOMEM);
	/* From anywhere: there is no list. */
	if (n == 1 && !nla_len(info->attrs[NFLB_A_SERVICE_ALLOW]))
		return 0;
	err = nflb_nl_each(info, NFLB_A_SERVICE_ALLOW, nflb_nl_prefix, *allow);
	if (err)
		nflb_allow_put(*allow);
	else
		nflb_allow_finish(*allow);
	return err;
}

static int nflb_nl_backup(struct genl_info *info, void *data)
{
	const char ***next = data;

	*(*next)++ = nflb_nl_string(info, NFLB_A_SERVICE_BACKUP);
	return 0;
}

/* Reads backups that may be there; those that are not stay NULL. */
static int nflb_nl_backups(struct genl_info *info,
			   const char *backup[NFLB_BACKUPS_MAX])
{
	const struct nflb_why why = { info->extack, info->attrs };

	if (nflb_nl_count(info, NFLB_A_SERVICE_BACKUP) > NFLB_BACKUPS_MAX)
		return nflb_refuse(&why, -ENOSPC, NFLB_A_SERVICE_BACKUP,
				   "backup: allowed are at most %u pools",
				   NFLB_BACKUPS_MAX);
	return nflb_nl_each(info, NFLB_A_SERVICE_BACKUP, nflb_nl_backup,
			    &backup);
}

/* What services have and nats have not, and the other way round. */
static int nflb_nl_check_kind(const struct genl_info *info, bool is_nat)
{
	static const struct {
		int attr;
		bool is_nat;
	} only[] = {
		{ NFLB_A_SERVICE_BACKEND_PORT_LAST, false },
		{ NFLB_A_SERVICE_BACKUP, false },
		{ NFLB_A_SERVICE_AFFINITY, false },
		{ NFLB_A_SERVICE_AFFINITY_PREFIX, false },
		{ NFLB_A_SERVICE_UDP_MODE, false },
		{ NFLB_A_SERVICE_SYN_PROXY, false },
		{ NFLB_A_SERVICE_BACKEND, true },
		{ NFLB_A_SERVICE_QUARANTINE_MS, true },
	};
	const struct nflb_why why = { info->extack, info->attrs };
	int i;

	for (i = 0; i < ARRAY_SIZE(only); i++) {
		if (info->attrs[only[i].attr] && only[i].is_nat != is_nat)
			return nflb_refuse(&why, -EINVAL, only[i].attr,
					   "only a %s has this",
					   is_nat ? "service" : "nat");
	}
	return 0;
}

/* What a request says of idle flows, where the attributes of @set begin so. */
#define NFLB_NL_IDLE(info, set)						\
	((struct nflb_idle_spec) {					\
		.established_ms = nflb_nl_u32(				\
			info, NFLB_A_##set##_IDLE_TIMEOUT_MS),		\
		.half_open_ms = nflb_nl_u32(				\
			info, NFLB_A_##set##_HALF_OPEN_TIMEOUT_MS),	\
		.half_closed_ms = nflb_nl_u32(				\
			info, NFLB_A_##set##_HALF_CLOSED_TIMEOUT_MS),	\
		.udp_ms = nflb_nl_u32(info,				\
				      NFLB_A_##set##_UDP_TIMEOUT_MS),	\
		.is_reset = nflb_nl_u32(info, NFLB_A_##set##_TCP_RESET), \
	})

static int nflb_nl_service_or_nat(struct genl_info *info, nflb_change_fn change,
				  bool is_nat)
{
	struct nflb_service_spec spec;
	struct nflb_allow *allow;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_NAME) ||
	    nflb_nl_check_kind(info, is_nat))
		return -EINVAL;
	spec = (struct nflb_service_spec) {
		.name = nflb_nl_string(info, NFLB_A_SERVICE_NAME),
		.is_nat = is_nat,
		.backend = nflb_nl_string(info, NFLB_A_SERVICE_BACKEND),
		.frontend = nflb_nl_string(info, NFLB_A_SERVICE_FRONTEND),
		.pool = nflb_nl_string(info, NFLB_A_SERVICE_POOL),
		.probe = nflb_nl_string(info, NFLB_A_SERVICE_PROBE),
		.protocol = nflb_nl_u32(info, NFLB_A_SERVICE_PROTOCOL),
		.port = nflb_nl_u32(info, NFLB_A_SERVICE_PORT),
		.port_last = nflb_nl_u32(info, NFLB_A_SERVICE_PORT_LAST),
		.backend_port = nflb_nl_u32(info, NFLB_A_SERVICE_BACKEND_PORT),
		.backend_port_last =
			nflb_nl_u32(info, NFLB_A_SERVICE_BACKEND_PORT_LAST),
		.fastpath = nflb_nl_u32(info, NFLB_A_SERVICE_FASTPATH),
		.new_flows = nflb_nl_u32(info, NFLB_A_SERVICE_NEW_FLOWS),
		.all_down = nflb_nl_u32(info, NFLB_A_SERVICE_ALL_DOWN),
		.on_down = nflb_nl_u32(info, NFLB_A_SERVICE_ON_DOWN),
		.affinity = nflb_nl_u32(info, NFLB_A_SERVICE_AFFINITY),
		.affinity_prefix =
			nflb_nl_u32(info, NFLB_A_SERVICE_AFFINITY_PREFIX),
		.idle = NFLB_NL_IDLE(info, SERVICE),
		.max_flows = nflb_nl_u32(info, NFLB_A_SERVICE_MAX_FLOWS),
		.max_rate = nflb_nl_u32(info, NFLB_A_SERVICE_MAX_RATE),
		.syn_proxy = nflb_nl_u32(info, NFLB_A_SERVICE_SYN_PROXY),
		.no_flow = nflb_nl_u32(info, NFLB_A_SERVICE_NO_FLOW),
		.udp_mode = nflb_nl_u32(info, NFLB_A_SERVICE_UDP_MODE),
		.floating = nflb_nl_u32(info, NFLB_A_SERVICE_FLOATING),
		.quarantine_ms = nflb_nl_u32(info,
					     NFLB_A_SERVICE_QUARANTINE_MS),
	};
	err = nflb_nl_backups(info, spec.backup) ?: nflb_nl_allow(info, &allow);
	if (err)
		return err;
	spec.allow = allow;
	err = nflb_nl_change(info, change, &spec);
	nflb_allow_put(allow);
	return err;
}

static int nflb_nl_new_service_or_nat(struct genl_info *info, bool is_nat)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_FRONTEND) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_PROTOCOL) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_POOL))
		return -EINVAL;
	return nflb_nl_service_or_nat(info, nflb_service_new, is_nat);
}

static int nflb_nl_service_new(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_new_service_or_nat(info, false);
}

static int nflb_nl_service_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_service_or_nat(info, nflb_service_set, false);
}

static int nflb_nl_service_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_service_or_nat(info, nflb_service_del, false);
}

static int nflb_nl_nat_new(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_PORT) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_SERVICE_BACKEND_PORT))
		return -EINVAL;
	return nflb_nl_new_service_or_nat(info, true);
}

static int nflb_nl_nat_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_service_or_nat(info, nflb_service_set, true);
}

static int nflb_nl_nat_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_service_or_nat(info, nflb_service_del, true);
}

static int nflb_nl_mapping_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nflb_mapping_spec spec;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_MAPPING_NAT) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_MAPPING_BACKEND) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_MAPPING_PORT))
		return -EINVAL;
	spec.nat = nflb_nl_string(info, NFLB_A_MAPPING_NAT);
	spec.backend = nflb_nl_string(info, NFLB_A_MAPPING_BACKEND);
	spec.port = nflb_nl_u32(info, NFLB_A_MAPPING_PORT);
	return nflb_nl_change(info, nflb_mapping_set, &spec);
}

static int nflb_nl_snat_addr(struct genl_info *info, void *data)
{
	const struct nflb_why why = { info->extack, info->attrs };
	const struct nflb_addr *addr;
	struct nflb_addr buf;
	int err;

	err = nflb_nl_addr(info, NFLB_A_SNAT_ADDRESS, &buf, &addr);
	return err ?: nflb_snat_addr(data, addr, &why);
}

static int nflb_nl_snat(struct genl_info *info, nflb_change_fn change)
{
	struct nflb_snat_spec spec = {};
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_SNAT_NAME))
		return -EINVAL;
	spec.name = nflb_nl_string(info, NFLB_A_SNAT_NAME);
	spec.pool = nflb_nl_string(info, NFLB_A_SNAT_POOL);
	spec.protocol = nflb_nl_u32(info, NFLB_A_SNAT_PROTOCOL);
	spec.ports = nflb_nl_u32(info, NFLB_A_SNAT_PORTS);
	spec.idle = NFLB_NL_IDLE(info, SNAT);
	err = nflb_nl_each(info, NFLB_A_SNAT_ADDRESS, nflb_nl_snat_addr,
			   &spec.addrs);
	if (err)
		return err;
	return nflb_nl_change(info, change, &spec);
}

static int nflb_nl_snat_new(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_SNAT_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, NFLB_A_SNAT_ADDRESS))
		return -EINVAL;
	return nflb_nl_snat(info, nflb_snat_new);
}

static int nflb_nl_snat_set(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_snat(info, nflb_snat_set);
}

static int nflb_nl_snat_del(struct sk_buff *skb, struct genl_info *info)
{
	return nflb_nl_snat(info, nflb_snat_del);
}

static int nflb_nl_health_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct nflb_health_spec spec;
	int attr;

	for (attr = NFLB_A_HEALTH_POOL; attr <= NFLB_A_HEALTH_STATE; attr++) {
		if (GENL_REQ_ATTR_CHECK(info, attr))
			return -EINVAL;
	}
	spec.pool = nflb_nl_string(info, NFLB_A_HEALTH_POOL);
	spec.backend = nflb_nl_string(info, NFLB_A_HEALTH_BACKEND);
	spec.probe = nflb_nl_string(info, NFLB_A_HEALTH_PROBE);
	spec.state = nflb_nl_u32(info, NFLB_A_HEALTH_STATE);
	spec.reason = nflb_nl_string(info, NFLB_A_HEALTH_REASON);
	spec.text = nflb_nl_string(info, NFLB_A_HEALTH_TEXT);
	spec.rtt_us = nflb_nl_u32_or_0(info, NFLB_A_HEALTH_RTT_US);
	spec.n_results = nflb_nl_u32_or_0(info, NFLB_A_HEALTH_RESULTS);
	spec.passes = nflb_nl_u32_or_0(info, NFLB_A_HEALTH_PASSES);
	spec.claim = nflb_nl_u32_or_0(info, NFLB_A_HEALTH_CLAIM);
	spec.share = nflb_nl_u32_or_0(info, NFLB_A_HEALTH_SHARE);
	return nflb_health_set(nflb_net(genl_info_net(info)), &spec, &why);
}

static int nflb_nl_device(struct genl_info *info, void *data)
{
	const struct nflb_why why = { info->extack, info->attrs };

	return nflb_fastpath_name(data,
				  nflb_nl_string(info, NFLB_A_FASTPATH_DEVICE),
				  &why);
}

static int nflb_nl_fastpath_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nflb_device_set set = {};
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NFLB_A_FASTPATH_DEVICES))
		return -EINVAL;
	set.devices = nflb_nl_u32(info, NFLB_A_FASTPATH_DEVICES);
	err = nflb_nl_each(info, NFLB_A_FASTPATH_DEVICE, nflb_nl_device,
			   &set);
	if (err)
		return err;
	return nflb_nl_change(info, nflb_fastpath_set, &set);
}

static int nflb_nl_agent_claim(struct sk_buff *skb, struct genl_info *info)
{
	const struct nflb_why why = { info->extack, info->attrs };
	struct nflb_net *nn = nflb_net(genl_info_net(info));
	struct sk_buff *msg;
	u32 number;
	void *hdr;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return nflb_refuse_memory(&why, -ENOMEM);
	err = nflb_agent_claim(nn, info->snd_portid, &number, &why);
	if (err)
		goto err_free_msg;
	hdr = genlmsg_put_reply(msg, info, &nflb_family, 0,
				NFLB_CMD_AGENT_CLAIM);
	err = -EMSGSIZE;
	if (!hdr || nla_put_u32(msg, NFLB_A_AGENT_CLAIM, number))
		goto err_free_msg;
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

err_free_msg:
	nlmsg_free(msg);
	return err;
}

/* A request that changes configuration. */
#define NFLB_WRITE(CMD, fn, set)					\
	{								\
		.cmd = NFLB_CMD_##CMD,					\
		.flags = GENL_UNS_ADMIN_PERM,				\
		.doit = nflb_nl_##fn,					\
		.policy = nflb_##set##_policy,				\
		.maxattr = ARRAY_SIZE(nflb_##set##_policy) - 1,		\
	}

/* A request that reads one object or all. */
#define NFLB_READ(CMD, set)						\
	{								\
		.cmd = NFLB_CMD_##CMD##_GET,				\
		.doit = nflb_nl_##set##_get,				\
		.start = nflb_nl_dump_start,				\
		.dumpit = nflb_nl_##set##_dump,				\
		.policy = nflb_##set##_policy,				\
		.maxattr = ARRAY_SIZE(nflb_##set##_policy) - 1,		\
	}

static const struct genl_ops nflb_ops[] = {
	NFLB_WRITE(TXN_BEGIN, txn_begin, txn),
	NFLB_WRITE(TXN_COMMIT, txn_commit, txn),
	NFLB_WRITE(TXN_ABORT, txn_abort, txn),
	NFLB_WRITE(TXN_REHEARSE, txn_rehearse, txn),
	NFLB_WRITE(FLUSH, flush, txn),
	{
		.cmd = NFLB_CMD_INFO_GET,
		.doit = nflb_nl_info_get,
		.policy = nflb_no_policy,
		.maxattr = ARRAY_SIZE(nflb_no_policy) - 1,
	},
	NFLB_WRITE(FRONTEND_NEW, frontend_new, frontend),
	NFLB_WRITE(FRONTEND_SET, frontend_set, frontend),
	NFLB_WRITE(FRONTEND_DEL, frontend_del, frontend),
	NFLB_READ(FRONTEND, frontend),
	NFLB_WRITE(PROBE_NEW, probe_new, probe),
	NFLB_WRITE(PROBE_SET, probe_set, probe),
	NFLB_WRITE(PROBE_DEL, probe_del, probe),
	NFLB_READ(PROBE, probe),
	NFLB_WRITE(POOL_NEW, pool_new, pool),
	NFLB_WRITE(POOL_SET, pool_set, pool),
	NFLB_WRITE(POOL_DEL, pool_del, pool),
	NFLB_READ(POOL, pool),
	NFLB_WRITE(BACKEND_NEW, backend_new, backend),
	NFLB_WRITE(BACKEND_SET, backend_set, backend),
	NFLB_WRITE(BACKEND_DEL, backend_del, backend),
	NFLB_READ(BACKEND, backend),
	NFLB_WRITE(SERVICE_NEW, service_new, service),
	NFLB_WRITE(SERVICE_SET, service_set, service),
	NFLB_WRITE(SERVICE_DEL, service_del, service),
	NFLB_READ(SERVICE, service),
	NFLB_WRITE(HEALTH_SET, health_set, health),
	NFLB_WRITE(EXPLAIN, explain, explain),
	{
		.cmd = NFLB_CMD_FLOW_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = nflb_nl_flow_start,
		.dumpit = nflb_nl_flow_dump,
		.done = nflb_nl_flow_done,
		.policy = nflb_flow_policy,
		.maxattr = ARRAY_SIZE(nflb_flow_policy) - 1,
	},
	NFLB_WRITE(FASTPATH_SET, fastpath_set, fastpath),
	{
		.cmd = NFLB_CMD_FASTPATH_GET,
		.doit = nflb_nl_fastpath_get,
		.policy = nflb_no_policy,
		.maxattr = ARRAY_SIZE(nflb_no_policy) - 1,
	},
	NFLB_WRITE(AGENT_CLAIM, agent_claim, no),
	NFLB_WRITE(SNAT_NEW, snat_new, snat),
	NFLB_WRITE(SNAT_SET, snat_set, snat),
	NFLB_WRITE(SNAT_DEL, snat_del, snat),
	NFLB_READ(SNAT, snat),
	{
		.cmd = NFLB_CMD_LEASE_GET,
		.start = nflb_nl_dump_start,
		.dumpit = nflb_nl_lease_dump,
		.policy = nflb_lease_policy,
		.maxattr = ARRAY_SIZE(nflb_lease_policy) - 1,
	},
	NFLB_WRITE(NAT_NEW, nat_new, service),
	NFLB_WRITE(NAT_SET, nat_set, service),
	NFLB_WRITE(NAT_DEL, nat_del, service),
	{
		.cmd = NFLB_CMD_NAT_GET,
		.doit = nflb_nl_nat_get,
		.start = nflb_nl_dump_start,
		.dumpit = nflb_nl_nat_dump,
		.policy = nflb_service_policy,
		.maxattr = ARRAY_SIZE(nflb_service_policy) - 1,
	},
	NFLB_WRITE(MAPPING_SET, mapping_set, mapping),
	{
		.cmd = NFLB_CMD_MAPPING_GET,
		.start = nflb_nl_dump_start,
		.dumpit = nflb_nl_mapping_dump,
		.policy = nflb_mapping_policy,
		.maxattr = ARRAY_SIZE(nflb_mapping_policy) - 1,
	},
	{
		.cmd = NFLB_CMD_ALERT_GET,
		.start = nflb_nl_dump_start,
		.dumpit = nflb_nl_alert_dump,
		.policy = nflb_alert_policy,
		.maxattr = ARRAY_SIZE(nflb_alert_policy) - 1,
	},
	{
		.cmd = NFLB_CMD_OUTBOUND_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = nflb_nl_outbound_start,
		.dumpit = nflb_nl_flow_dump,
		.done = nflb_nl_flow_done,
		.policy = nflb_outbound_policy,
		.maxattr = ARRAY_SIZE(nflb_outbound_policy) - 1,
	},
	{
		.cmd = NFLB_CMD_PLAN_GET,
		.doit = nflb_nl_plan_get,
		.policy = nflb_plan_policy,
		.maxattr = ARRAY_SIZE(nflb_plan_policy) - 1,
	},
};

static const struct genl_multicast_group nflb_groups[] = {
	[NFLB_GROUP_CHANGES] = { .name = NFLB_MCGRP_CHANGES },
};

struct genl_family nflb_family __ro_after_init = {
	.name = NFLB_FAMILY_NAME,
	.version = NFLB_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = nflb_ops,
	.n_ops = ARRAY_SIZE(nflb_ops),
	.resv_start_op = 1,
	.mcgrps = nflb_groups,
	.n_mcgrps = ARRAY_SIZE(nflb_groups),
};

/* A client that dies midway, or an agent, leaves nothing behind. */
static int nflb_netlink_notify(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	const struct netlink_notify *notify = data;
	struct nflb_net *nn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	nn = nflb_net(notify->net);
	nflb_txn_release(nn, notify->portid);
	nflb_agent_release(nn, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block nflb_netlink_notifier = {
	.notifier_call = nflb_netlink_notify,
};

/**
 * nflb_netlink_init() - registers the family
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int __init nflb_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&nflb_netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&nflb_family);
	if (err)
		netlink_unregister_notifier(&nflb_netlink_notifier);
	return err;
}

/**
 * nflb_netlink_exit() - takes back nflb_netlink_init()
 *
 * Context: process, may sleep.
 */
void nflb_netlink_exit(void)
{
	genl_unregister_family(&nflb_family);
	netlink_unregister_notifier(&nflb_netlink_notifier);
}
