// SPDX-License-Identifier: GPL-2.0-only
/* Which service a packet is for, and which edits are refused. */

#include <kunit/test.h>
#include <linux/netlink.h>

#include "../../kmod/core.h"
#include "../../kmod/edit.h"
#include "../../kmod/match.h"
#include "../../kmod/snapshot.h"
#include "helper.h"

/**
 * struct nflb_match_ctx - a candidate to edit
 * @frontend: name of the frontend that services are made for
 * @pool: name of the pool that they and backends are made for
 * @addr: where packets that are asked for are sent to
 * @doomed: of the edit
 * @extack: where refusals go
 * @why: points there
 * @edit: the edit
 */
struct nflb_match_ctx {
	const char *frontend;
	const char *pool;
	struct nflb_addr addr;
	struct list_head doomed;
	struct netlink_ext_ack extack;
	struct nflb_why why;
	struct nflb_edit edit;
};

static int nflb_match_init(struct kunit *test)
{
	struct nflb_match_ctx *ctx;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	INIT_LIST_HEAD(&ctx->doomed);
	ctx->why.extack = &ctx->extack;
	ctx->edit.nn = nflb_test_nn();
	ctx->edit.cand = nflb_snapshot_copy(NULL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->edit.cand);
	ctx->edit.doomed = &ctx->doomed;
	ctx->edit.why = &ctx->why;
	test->priv = ctx;
	return 0;
}

static void nflb_match_exit(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;

	if (ctx)
		nflb_snapshot_free(ctx->edit.cand);
}

static struct nflb_addr nflb_match_v4(u32 host)
{
	struct nflb_addr addr = { .family = AF_INET };

	addr.ip.ip = htonl(0xcb007100 + host);
	return addr;
}

static struct nflb_addr nflb_match_v6(u32 host)
{
	struct nflb_addr addr = { .family = AF_INET6 };

	addr.ip.all[0] = (__force u32)htonl(0x20010db8);
	addr.ip.all[3] = (__force u32)htonl(host);
	return addr;
}

static int nflb_match_frontend_new(struct kunit *test, const char *name,
				   struct nflb_addr addr)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_frontend_spec spec = { .name = name, .addr = &addr };

	return nflb_frontend_new(&ctx->edit, &spec);
}

static int nflb_match_pool_new(struct kunit *test, const char *name)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_pool_spec spec = { .name = name, .slots = NFLB_NONE };

	return nflb_pool_new(&ctx->edit, &spec);
}

static int nflb_match_backend_new(struct kunit *test, const char *name,
				  struct nflb_addr addr)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_backend_spec spec = {
		.pool = ctx->pool, .name = name, .addr = &addr,
		.weight = NFLB_NONE, .zone = NFLB_NONE, .admin = NFLB_NONE,
		.drain = NFLB_NONE, .deadline_ms = NFLB_NONE,
		.admin_for_ms = NFLB_NONE,
	};

	return nflb_backend_new(&ctx->edit, &spec);
}

static int nflb_match_service_new(struct kunit *test, const char *name,
				  u32 protocol, u32 port, u32 port_last)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_service_spec spec = {
		.name = name, .frontend = ctx->frontend, .pool = ctx->pool,
		.protocol = protocol, .port = port, .port_last = port_last,
		.backend_port = NFLB_NONE, .backend_port_last = NFLB_NONE,
		.fastpath = NFLB_NONE,
		.new_flows = NFLB_NONE,
	};

	return nflb_service_new(&ctx->edit, &spec);
}

static void nflb_match_use(struct kunit *test, const char *frontend,
			   const char *pool, struct nflb_addr addr)
{
	struct nflb_match_ctx *ctx = test->priv;

	ctx->frontend = frontend;
	ctx->pool = pool;
	ctx->addr = addr;
}

static void nflb_match_set_up_for(struct kunit *test, const char *frontend,
				  const char *pool, struct nflb_addr addr)
{
	nflb_match_use(test, frontend, pool, addr);
	KUNIT_ASSERT_EQ(test, nflb_match_frontend_new(test, frontend, addr), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, pool), 0);
}

static void nflb_match_set_up(struct kunit *test)
{
	nflb_match_set_up_for(test, "f", "p", nflb_match_v4(10));
}

/* One is sure of the service that is found, if it has ports; of no other. */
static void nflb_match_check_sure(struct kunit *test,
				  const struct nflb_addr *addr, u8 protocol,
				  u16 port, u32 found)
{
	const struct nf_conntrack_tuple tuple = {
		.src.l3num = addr->family,
		.dst.u3 = addr->ip,
		.dst.u.all = htons(port),
		.dst.protonum = protocol,
	};
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_snapshot *cand = ctx->edit.cand;
	const struct nflb_service *service;
	bool is_sure;
	u32 pos;

	for (pos = 0; pos < cand->services.n_slots; pos++) {
		service = nflb_snapshot_service(cand, pos);
		if (!service)
			continue;
		is_sure = nflb_match_is_sure(cand, service, &tuple);
		KUNIT_EXPECT_EQ(test, is_sure,
				pos == found && service->ports.first);
	}
}

/* Name of the service that a port matches, "-" for none. */
static const char *nflb_match_who(struct kunit *test, u8 protocol, u16 port)
{
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_snapshot *cand = ctx->edit.cand;
	u32 pos = nflb_match_frontend(cand, &ctx->addr);

	if (pos == NFLB_NONE)
		return "-";
	pos = nflb_match_service(cand, pos, protocol, port);
	nflb_match_check_sure(test, &ctx->addr, protocol, port, pos);
	return pos == NFLB_NONE ? "-" :
				  cand->services.slot[pos].object->name;
}

static void match_exact_before_range_before_any(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "proto-any", 0,
						     NFLB_NONE, NFLB_NONE), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80),
			   "proto-any");
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "any", IPPROTO_TCP,
						     0, NFLB_NONE), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "range",
						     IPPROTO_TCP, 80, 90), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "exact",
						     IPPROTO_TCP, 85,
						     NFLB_NONE), 0);

	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 85),
			   "exact");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80),
			   "range");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 90),
			   "range");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 79), "any");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 91), "any");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_UDP, 85),
			   "proto-any");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_ICMP, 0),
			   "proto-any");
}

static void match_other_address_matches_nothing(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_addr addr = nflb_match_v4(11);

	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_frontend(ctx->edit.cand, &addr),
			NFLB_NONE);
	addr = nflb_match_v6(10);
	KUNIT_EXPECT_EQ(test, nflb_match_frontend(ctx->edit.cand, &addr),
			NFLB_NONE);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80), "-");
}

static void match_v6_exact_before_range_before_any(struct kunit *test)
{
	nflb_match_set_up_for(test, "f6", "p6", nflb_match_v6(10));
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "any", IPPROTO_TCP,
						     0, NFLB_NONE), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "range",
						     IPPROTO_TCP, 80, 90), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "exact",
						     IPPROTO_TCP, 85,
						     NFLB_NONE), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 85),
			   "exact");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 90),
			   "range");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 91), "any");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_UDP, 85), "-");
}

/* Each word of an address counts. */
static void match_v6_other_address_matches_nothing(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	u32 i;

	nflb_match_set_up_for(test, "f6", "p6", nflb_match_v6(10));
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "s", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	for (i = 0; i < ARRAY_SIZE(ctx->addr.ip.all); i++) {
		ctx->addr = nflb_match_v6(10);
		ctx->addr.ip.all[i] ^= (__force u32)htonl(1);
		KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80),
				   "-");
	}
	ctx->addr = nflb_match_v6(10);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80), "s");
}

/* An IPv4 address and an IPv6 address that begins with the same 32 bits */
static void match_same_bits_are_told_by_family(struct kunit *test)
{
	struct nflb_addr v4 = nflb_match_v4(10);
	struct nflb_addr v6 = { .family = AF_INET6 };

	v6.ip.all[0] = v4.ip.all[0];
	nflb_match_set_up_for(test, "f", "p", v4);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "s4", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	nflb_match_set_up_for(test, "f6", "p6", v6);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80), "-");
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "s6", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80), "s6");
	nflb_match_use(test, "f", "p", v4);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 80), "s4");
}

static void match_removed_service_is_gone(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_service_spec spec = { .name = "range" };

	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "range",
						     IPPROTO_TCP, 80, 90), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "low", IPPROTO_TCP,
						     10, 20), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "high", IPPROTO_TCP,
						     100, 65535), 0);
	KUNIT_EXPECT_EQ(test, nflb_service_del(&ctx->edit, &spec), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 85), "-");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 10), "low");
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 65535),
			   "high");
	spec.name = "low";
	KUNIT_EXPECT_EQ(test, nflb_service_del(&ctx->edit, &spec), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_TCP, 10), "-");
}

static void match_ranges_of_every_order_are_found(struct kunit *test)
{
	static const u16 first[] = { 500, 100, 300, 200, 400, 600 };
	char name[8];
	u32 i;

	nflb_match_set_up(test);
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		snprintf(name, sizeof(name), "r%u", first[i]);
		KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, name,
							     IPPROTO_UDP,
							     first[i],
							     first[i] + 49), 0);
	}
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		snprintf(name, sizeof(name), "r%u", first[i]);
		KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_UDP,
							first[i] + 49), name);
		KUNIT_EXPECT_STREQ(test, nflb_match_who(test, IPPROTO_UDP,
							first[i] + 50), "-");
	}
}

/* Probes until the index has found what was put in with a hash. */
static u32 nflb_match_probes(const struct nflb_index *index, u32 hash, u32 pos)
{
	u32 at, found;

	nflb_index_for_each(index, hash, at, found) {
		if (found == pos)
			break;
	}
	return at - hash;
}

static u32 nflb_match_addr_hash(u32 host)
{
	struct nflb_addr addr = nflb_match_v4(host);

	return nflb_addr_hash(&addr);
}

/* The most probes that it takes to find one of 64 addresses. */
static u32 nflb_match_most_probes(struct kunit *test, u32 step)
{
	struct nflb_index index = {};
	u32 hash, pos, most = 0;

	for (pos = 0; pos < 64; pos++) {
		hash = nflb_match_addr_hash(pos * step);
		KUNIT_ASSERT_EQ(test, nflb_index_insert(&index, hash, pos), 0);
	}
	for (pos = 0; pos < 64; pos++) {
		hash = nflb_match_addr_hash(pos * step);
		most = max(most, nflb_match_probes(&index, hash, pos));
	}
	nflb_index_free(&index);
	return most;
}

/* Addresses of networks that follow each other are in one place of each. */
static void match_addresses_in_steps_do_not_cluster(struct kunit *test)
{
	static const u32 step[] = { 1, 16, 64, 128, 256, 65536 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(step); i++)
		KUNIT_EXPECT_LE(test, nflb_match_most_probes(test, step[i]),
				16);
}

/* Gateways that take over from each other choose by it. */
static u32 nflb_match_ask_answer(struct kunit *test, u16 port)
{
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_snapshot *cand = ctx->edit.cand;

	return nflb_match_answer(cand, IPPROTO_TCP,
				 nflb_table_find(&cand->pools, ctx->pool),
				 port);
}

static void match_answer_is_from_a_named_port(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_service_spec del = { .name = "exact" };

	nflb_match_set_up(test);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, "q"), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "proto-any", 0,
						     NFLB_NONE, NFLB_NONE), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "any", IPPROTO_TCP,
						     0, NFLB_NONE), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "udp", IPPROTO_UDP,
						     53, NFLB_NONE), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 53), NFLB_NONE);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "range",
						     IPPROTO_TCP, 80, 90), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "exact",
						     IPPROTO_TCP, 443,
						     NFLB_NONE), 0);
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 80), NFLB_NONE);
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 90), NFLB_NONE);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 91), NFLB_NONE);
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 443), NFLB_NONE);

	KUNIT_EXPECT_EQ(test, nflb_service_del(&ctx->edit, &del), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 443), NFLB_NONE);
	ctx->pool = "q";
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 80), NFLB_NONE);
}

static void match_answer_is_of_the_backups_too(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_service_spec spec = {
		.name = "s", .frontend = "f", .pool = "p",
		.backup = { "q", "r" },
		.protocol = IPPROTO_TCP, .port = 80, .port_last = NFLB_NONE,
		.backend_port = 8080, .backend_port_last = NFLB_NONE,
	};

	nflb_match_set_up(test);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, "q"), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, "r"), 0);
	KUNIT_ASSERT_EQ(test, nflb_service_new(&ctx->edit, &spec), 0);
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 80), NFLB_NONE);
	ctx->pool = "q";
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);
	ctx->pool = "r";
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);

	spec.backup[1] = NULL;
	KUNIT_EXPECT_EQ(test, nflb_service_set(&ctx->edit, &spec), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);
	ctx->pool = "q";
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);

	spec.backup[0] = "";
	KUNIT_EXPECT_EQ(test, nflb_service_set(&ctx->edit, &spec), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);
	ctx->pool = "p";
	KUNIT_EXPECT_NE(test, nflb_match_ask_answer(test, 8080), NFLB_NONE);
}

static void hash_known_tuples_is_frozen(struct kunit *test)
{
	const siphash_key_t key = { { 0x0123456789abcdefULL,
				      0x6e666c62706f6f6cULL } };
	struct nflb_tuple tuple = {
		.src = { .family = AF_INET, .ip.ip = htonl(0xc6336402) },
		.dst = { .family = AF_INET, .ip.ip = htonl(0xcb00710a) },
		.protocol = IPPROTO_TCP, .src_port = 40000, .dst_port = 443,
	};

	KUNIT_EXPECT_EQ(test, nflb_tuple_hash(&tuple, &key),
			0x50cc1b3508bad8ecULL);
	tuple.src = nflb_match_v6(2);
	tuple.src.ip.all[1] = (__force u32)htonl(0x00c10000);
	tuple.dst = nflb_match_v6(16);
	tuple.dst.ip.all[1] = (__force u32)htonl(0x000f0000);
	KUNIT_EXPECT_EQ(test, nflb_tuple_hash(&tuple, &key),
			0x55f04693e8154ec1ULL);
}

static void expect_refusal(struct kunit *test, int got, int wanted,
			   const char *sentence)
{
	struct nflb_match_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, got, wanted);
	KUNIT_ASSERT_NOT_NULL(test, ctx->extack._msg);
	KUNIT_EXPECT_STREQ(test, ctx->extack._msg, sentence);
}

static void edit_overlapping_range_is_refused(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "range",
						     IPPROTO_TCP, 80, 90), 0);
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_TCP, 90,
						    95), -EEXIST,
		       "service range has some of these ports already");
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_TCP, 70,
						    80), -EEXIST,
		       "service range has some of these ports already");
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_TCP, 1,
						    65535), -EEXIST,
		       "service range has some of these ports already");
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "b", IPPROTO_UDP,
						     90, 95), 0);
}

static void edit_same_port_is_refused(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "a", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_TCP, 80,
						    NFLB_NONE), -EEXIST,
		       "service a has this port already");
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_TCP, 90,
						    80), -EINVAL,
		       "port range 90-80 is empty");
	expect_refusal(test, nflb_match_service_new(test, "b", IPPROTO_ICMP,
						    0, NFLB_NONE), -EINVAL,
		       "protocol 1: allowed are tcp, udp, sctp and any");
}

static void edit_family_mix_is_refused(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_backend_new(test, "a",
						     nflb_match_v6(1)), 0);
	expect_refusal(test, nflb_match_backend_new(test, "b",
						    nflb_match_v4(1)),
		       -EAFNOSUPPORT, "pool p is for IPv6 backends");
	expect_refusal(test, nflb_match_service_new(test, "s", IPPROTO_TCP, 80,
						    NFLB_NONE), -EAFNOSUPPORT,
		       "pool p is for IPv6, frontend f is not");
}

static void edit_pool_of_service_gets_its_family(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "s", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	expect_refusal(test, nflb_match_backend_new(test, "a",
						    nflb_match_v6(1)),
		       -EAFNOSUPPORT, "pool p is for IPv4 backends");
}

static void edit_object_in_use_stays(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_frontend_spec frontend = { .name = "f" };
	struct nflb_pool_spec pool = { .name = "p" };

	nflb_match_set_up(test);
	KUNIT_EXPECT_EQ(test, nflb_match_service_new(test, "s", IPPROTO_TCP,
						     80, NFLB_NONE), 0);
	expect_refusal(test, nflb_frontend_del(&ctx->edit, &frontend), -EBUSY,
		       "service s uses frontend f");
	expect_refusal(test, nflb_pool_del(&ctx->edit, &pool), -EBUSY,
		       "service s uses pool p");
}

static void service_backend_port_follows_its_rule(struct kunit *test)
{
	struct nflb_service service = { .ports = { 100, 199, 0, 0 } };

	KUNIT_EXPECT_EQ(test, nflb_service_backend_port(&service, 150), 150);
	service.ports.backend_first = 8080;
	KUNIT_EXPECT_EQ(test, nflb_service_backend_port(&service, 150), 8080);
	service.ports.backend_first = 1000;
	service.ports.backend_last = 1099;
	KUNIT_EXPECT_EQ(test, nflb_service_backend_port(&service, 100), 1000);
	KUNIT_EXPECT_EQ(test, nflb_service_backend_port(&service, 199), 1099);
}

static void name_valid_is_told_from_invalid(struct kunit *test)
{
	char name[NFLB_NAME_MAX + 2];

	KUNIT_EXPECT_TRUE(test, nflb_name_is_valid("a-b_c.1"));
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid(""));
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid("-a"));
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid("a b"));
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid("a/b"));
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid("\xc3\xa4"));
	memset(name, 'a', sizeof(name));
	name[NFLB_NAME_MAX] = '\0';
	KUNIT_EXPECT_TRUE(test, nflb_name_is_valid(name));
	name[NFLB_NAME_MAX] = 'a';
	name[NFLB_NAME_MAX + 1] = '\0';
	KUNIT_EXPECT_FALSE(test, nflb_name_is_valid(name));
}

/* A service of UDP, on ports of the frontend that its backends have, too. */
static int nflb_match_udp_new(struct kunit *test, const char *name, u32 port,
			      u32 port_last, u32 backend_port)
{
	struct nflb_match_ctx *ctx = test->priv;
	struct nflb_service_spec spec = {
		.name = name, .frontend = ctx->frontend, .pool = ctx->pool,
		.protocol = IPPROTO_UDP, .port = port, .port_last = port_last,
		.backend_port = backend_port,
		.backend_port_last = NFLB_NONE, .fastpath = NFLB_NONE,
		.new_flows = NFLB_NONE, .udp_mode = NFLB_UDP_MODE_ONE_PACKET,
	};

	if (port_last != NFLB_NONE)
		spec.backend_port_last = backend_port + port_last - port;
	return nflb_service_new(&ctx->edit, &spec);
}

static const char *nflb_match_answering(struct kunit *test, u16 port)
{
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_snapshot *cand = ctx->edit.cand;
	u32 pos;

	pos = nflb_match_answer(cand, IPPROTO_UDP,
				nflb_table_find(&cand->pools, ctx->pool),
				port);
	if (pos == NFLB_NONE)
		return "";
	return nflb_snapshot_service(cand, pos)->object.name;
}

static void match_answer_of_one_packet_is_of_its_service(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;
	const struct nflb_service_spec del = { .name = "dns" };
	const struct nflb_service *range;

	nflb_match_set_up(test);
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "dns", 53, NFLB_NONE,
						 5353), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "range", 100, 109,
						 200), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 5353), "dns");
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 53), "");
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 199), "");
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 200), "range");
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 209), "range");
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 210), "");
	KUNIT_EXPECT_EQ(test, nflb_match_ask_answer(test, 5353), NFLB_NONE);

	range = nflb_snapshot_service(ctx->edit.cand, 1);
	KUNIT_EXPECT_EQ(test, nflb_service_frontend_port(range, 207), 107);
	KUNIT_EXPECT_EQ(test, nflb_service_backend_port(range, 107), 207);

	KUNIT_EXPECT_EQ(test, nflb_service_del(&ctx->edit, &del), 0);
	KUNIT_EXPECT_STREQ(test, nflb_match_answering(test, 5353), "");
}

static int nflb_match_check_udp(struct kunit *test)
{
	struct nflb_match_ctx *ctx = test->priv;

	return nflb_udp_check(nflb_test_nn(), ctx->edit.cand, &ctx->why);
}

static void one_packet_services_share_no_backend_port(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, "q"), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "a", 53, NFLB_NONE,
						 5353), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "b", 100, 109, 5360),
			0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), 0);
	nflb_match_use(test, "f", "q", nflb_match_v4(1));
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "c", 54, NFLB_NONE,
						 5369), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), 0);
	nflb_match_use(test, "f", "p", nflb_match_v4(1));
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "d", 55, NFLB_NONE,
						 5369), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), -EEXIST);
}

/* Pools without a service in common may have a backend in common. */
static void one_packet_services_share_no_backend_address(struct kunit *test)
{
	nflb_match_set_up(test);
	KUNIT_ASSERT_EQ(test, nflb_match_pool_new(test, "q"), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "a", 53, NFLB_NONE, 53),
			0);
	KUNIT_ASSERT_EQ(test, nflb_match_backend_new(test, "x",
						     nflb_match_v4(77)), 0);
	nflb_match_use(test, "f", "q", nflb_match_v4(1));
	KUNIT_ASSERT_EQ(test, nflb_match_udp_new(test, "b", 54, NFLB_NONE, 53),
			0);
	KUNIT_ASSERT_EQ(test, nflb_match_backend_new(test, "y",
						     nflb_match_v4(78)), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), 0);
	KUNIT_ASSERT_EQ(test, nflb_match_backend_new(test, "z",
						     nflb_match_v4(77)), 0);
	KUNIT_EXPECT_EQ(test, nflb_match_check_udp(test), -EEXIST);
}

static struct kunit_case nflb_match_cases[] = {
	KUNIT_CASE(match_exact_before_range_before_any),
	KUNIT_CASE(match_other_address_matches_nothing),
	KUNIT_CASE(match_v6_exact_before_range_before_any),
	KUNIT_CASE(match_v6_other_address_matches_nothing),
	KUNIT_CASE(match_same_bits_are_told_by_family),
	KUNIT_CASE(match_removed_service_is_gone),
	KUNIT_CASE(match_ranges_of_every_order_are_found),
	KUNIT_CASE(match_addresses_in_steps_do_not_cluster),
	KUNIT_CASE(match_answer_is_from_a_named_port),
	KUNIT_CASE(match_answer_is_of_the_backups_too),
	KUNIT_CASE(match_answer_of_one_packet_is_of_its_service),
	KUNIT_CASE(one_packet_services_share_no_backend_port),
	KUNIT_CASE(one_packet_services_share_no_backend_address),
	KUNIT_CASE(hash_known_tuples_is_frozen),
	KUNIT_CASE(edit_overlapping_range_is_refused),
	KUNIT_CASE(edit_same_port_is_refused),
	KUNIT_CASE(edit_family_mix_is_refused),
	KUNIT_CASE(edit_pool_of_service_gets_its_family),
	KUNIT_CASE(edit_object_in_use_stays),
	KUNIT_CASE(service_backend_port_follows_its_rule),
	KUNIT_CASE(name_valid_is_told_from_invalid),
	{}
};

static struct kunit_suite nflb_match_suite = {
	.name = "nflb_match",
	.init = nflb_match_init,
	.exit = nflb_match_exit,
	.test_cases = nflb_match_cases,
};

kunit_test_suite(nflb_match_suite);
