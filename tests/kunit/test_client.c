// SPDX-License-Identifier: GPL-2.0-only
/* Clients: which flows are one client's, and what the table gives them. */

#include <linux/in.h>

#include "../../kmod/client.h"
#include "../../kmod/core.h"
#include "../../kmod/ramp.h"
#include "../../kmod/service.h"
#include "../../kmod/zone.h"
#include "helper.h"

#define N 5
#define CLIENTS 200

static struct nflb_tuple tuple_v4(u32 client, u8 protocol, u16 port)
{
	struct nflb_tuple tuple = {
		.src = { .family = AF_INET, .ip.ip = htonl(client) },
		.dst = { .family = AF_INET, .ip.ip = htonl(0xcb007100 + port) },
		.protocol = protocol, .src_port = 40000 + port,
		.dst_port = port,
	};

	return tuple;
}

static struct nflb_tuple tuple_v6(u32 net, u32 client, u8 protocol)
{
	struct nflb_tuple tuple = {
		.src.family = AF_INET6, .dst.family = AF_INET6,
		.protocol = protocol, .src_port = 40000, .dst_port = 80,
	};

	tuple.src.ip.all[0] = (__force u32)htonl(0x20010db8);
	tuple.src.ip.all[1] = (__force u32)htonl(net);
	tuple.src.ip.all[3] = (__force u32)htonl(client);
	tuple.dst.ip.all[3] = (__force u32)htonl(net + client);
	return tuple;
}

static u64 client_hash(const struct nflb_service *service,
		       struct nflb_tuple tuple)
{
	static const siphash_key_t key = { { 1, 2 } };
	struct nflb_tuple client;

	nflb_service_client(service, &tuple, &client);
	return nflb_tuple_hash(&client, &key);
}

static void client_ip_is_one_over_ports_and_protocols(struct kunit *test)
{
	static const struct nflb_service service = {
		.affinity = NFLB_AFFINITY_CLIENT_IP,
	};
	u64 hash = client_hash(&service, tuple_v4(1, IPPROTO_TCP, 80));

	KUNIT_EXPECT_EQ(test, hash,
			client_hash(&service, tuple_v4(1, IPPROTO_TCP, 81)));
	KUNIT_EXPECT_EQ(test, hash,
			client_hash(&service, tuple_v4(1, IPPROTO_UDP, 53)));
	KUNIT_EXPECT_NE(test, hash,
			client_hash(&service, tuple_v4(2, IPPROTO_TCP, 80)));
}

/* Gateways of other versions make the same of it: tuples' hashes are frozen. */
static void client_hash_is_that_of_a_tuple_without_the_rest(struct kunit *test)
{
	static const struct nflb_service service = {
		.affinity = NFLB_AFFINITY_CLIENT_IP_PROTO,
		.affinity_prefix = 24,
	};
	static const siphash_key_t key = { { 1, 2 } };
	const struct nflb_tuple bare = {
		.src = { .family = AF_INET, .ip.ip = htonl(0x0a000100) },
		.dst.family = AF_INET,
		.protocol = IPPROTO_UDP,
	};

	KUNIT_EXPECT_EQ(test, nflb_tuple_hash(&bare, &key),
			client_hash(&service,
				    tuple_v4(0x0a000123, IPPROTO_UDP, 53)));
}

static void client_ip_proto_is_one_of_each_protocol(struct kunit *test)
{
	static const struct nflb_service service = {
		.affinity = NFLB_AFFINITY_CLIENT_IP_PROTO,
	};
	u64 hash = client_hash(&service, tuple_v4(1, IPPROTO_TCP, 80));

	KUNIT_EXPECT_EQ(test, hash,
			client_hash(&service, tuple_v4(1, IPPROTO_TCP, 81)));
	KUNIT_EXPECT_NE(test, hash,
			client_hash(&service, tuple_v4(1, IPPROTO_UDP, 80)));
}

static void client_prefix_is_one_for_all_in_it(struct kunit *test)
{
	static const struct nflb_service by_24 = {
		.affinity = NFLB_AFFINITY_CLIENT_IP, .affinity_prefix = 24,
	};
	static const struct nflb_service by_32 = {
		.affinity = NFLB_AFFINITY_CLIENT_IP, .affinity_prefix = 32,
	};
	static const struct nflb_service whole = {
		.affinity = NFLB_AFFINITY_CLIENT_IP,
	};
	const struct nflb_tuple low = tuple_v4(0x0a000000, IPPROTO_TCP, 80);
	const struct nflb_tuple high = tuple_v4(0x0a0000ff, IPPROTO_TCP, 80);
	const struct nflb_tuple next = tuple_v4(0x0a000100, IPPROTO_TCP, 80);

	KUNIT_EXPECT_EQ(test, client_hash(&by_24, low),
			client_hash(&by_24, high));
	KUNIT_EXPECT_NE(test, client_hash(&by_24, high),
			client_hash(&by_24, next));
	KUNIT_EXPECT_EQ(test, client_hash(&by_32, high),
			client_hash(&whole, high));
}

static void client_prefix_of_ipv6_ends_in_any_word(struct kunit *test)
{
	static const struct nflb_service by_64 = {
		.affinity = NFLB_AFFINITY_CLIENT_IP, .affinity_prefix = 64,
	};
	static const struct nflb_service by_127 = {
		.affinity = NFLB_AFFINITY_CLIENT_IP, .affinity_prefix = 127,
	};
	const struct nflb_tuple tuple = tuple_v6(1, 2, IPPROTO_TCP);

	KUNIT_EXPECT_EQ(test, client_hash(&by_64, tuple),
			client_hash(&by_64, tuple_v6(1, 9, IPPROTO_UDP)));
	KUNIT_EXPECT_NE(test, client_hash(&by_64, tuple),
			client_hash(&by_64, tuple_v6(2, 2, IPPROTO_TCP)));
	KUNIT_EXPECT_EQ(test, client_hash(&by_127, tuple),
			client_hash(&by_127, tuple_v6(1, 3, IPPROTO_UDP)));
	KUNIT_EXPECT_NE(test, client_hash(&by_127, tuple),
			client_hash(&by_127, tuple_v6(1, 4, IPPROTO_TCP)));
}

/* A pool of members of weight 1, not finished, that remembers clients. */
static struct nflb_pool *unfinished(struct kunit *test,
				    const struct nflb_sched *sched)
{
	struct nflb_pool *pool = nflb_test_pool(test, sched);

	nflb_test_add_many(test, pool, N, 1);
	pool->n_affine = 1;
	return pool;
}

static struct nflb_pool *affine(struct kunit *test,
				const struct nflb_sched *sched)
{
	struct nflb_pool *pool = unfinished(test, sched);

	nflb_test_finish(test, pool);
	KUNIT_ASSERT_NOT_NULL(test, pool->clients);
	return pool;
}

static struct nflb_choice choose(struct nflb_pool *pool, u64 hash, bool is_dry)
{
	struct nflb_choice choice = {
		.hash = hash, .is_dry = is_dry, .kept = NFLB_NONE,
	};

	nflb_clients_pick(pool, 0, &choice);
	return choice;
}

/* Of the client with that hash. */
static u32 picked(struct nflb_pool *pool, u64 hash)
{
	return choose(pool, hash, false).member;
}

static struct nflb_client_bucket *bucket_of(struct nflb_pool *pool, u64 hash)
{
	return &pool->clients->bucket[hash % NFLB_N_CLIENT_BUCKETS];
}

static struct nflb_client *find_client(struct nflb_pool *pool, u64 hash)
{
	struct nflb_client_bucket *bucket = bucket_of(pool, hash);
	u32 i;

	for (i = 0; i < NFLB_N_CLIENT_WAYS; i++) {
		if (bucket->way[i].hash == hash)
			return &bucket->way[i];
	}
	return NULL;
}

/* The client opens no flow for a time. */
static void let_pass(struct kunit *test, struct nflb_pool *pool, u64 hash,
		     unsigned long jiffies_ago)
{
	struct nflb_client *client = find_client(pool, hash);

	KUNIT_ASSERT_NOT_NULL(test, client);
	client->at_jiffies -= jiffies_ago;
}

static void pick_with_any_scheduler_keeps_the_backend(struct kunit *test)
{
	const struct nflb_sched *sched;
	struct nflb_pool *pool;
	u32 i, client, first;

	for (i = 0; (sched = nflb_sched_at(i)); i++) {
		if (sched->is_stable)
			continue;
		pool = affine(test, sched);
		for (client = 0; client < CLIENTS; client++) {
			first = picked(pool, nflb_test_hash(client));
			nflb_test_set_active(pool, first, client);
			picked(pool, nflb_test_hash(CLIENTS + client));
			KUNIT_EXPECT_EQ_MSG(test, first,
					    picked(pool,
						   nflb_test_hash(client)),
					    "%s", sched->name);
		}
	}
}

static void pick_says_that_the_client_keeps_it(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	struct nflb_choice first = choose(pool, 1, false);
	struct nflb_choice second = choose(pool, 1, false);

	KUNIT_EXPECT_FALSE(test, nflb_choice_is_kept(&first));
	KUNIT_EXPECT_TRUE(test, nflb_choice_is_kept(&second));
	KUNIT_EXPECT_EQ(test, second.attempts, 1);
	KUNIT_EXPECT_EQ(test, second.first, NFLB_NONE);
	KUNIT_EXPECT_EQ(test, second.slot, NFLB_NONE);
}

static void pick_full_bucket_forgets_the_oldest(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	const u64 step = NFLB_N_CLIENT_BUCKETS;
	struct nflb_choice choice;
	u64 i;

	for (i = 1; i <= NFLB_N_CLIENT_WAYS; i++) {
		choice = choose(pool, i * step, false);
		KUNIT_EXPECT_FALSE(test, choice.evicts);
		let_pass(test, pool, i * step, i == 3 ? 3 * HZ : HZ);
	}
	choice = choose(pool, i * step, false);
	KUNIT_EXPECT_TRUE(test, choice.evicts);
	KUNIT_EXPECT_NULL(test, find_client(pool, 3 * step));
	for (i = 1; i <= NFLB_N_CLIENT_WAYS + 1; i++) {
		if (i != 3)
			KUNIT_EXPECT_NOT_NULL(test,
					      find_client(pool, i * step));
	}
}

static void pick_after_the_time_is_anew(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	struct nflb_choice choice;
	u32 first = picked(pool, 1);

	let_pass(test, pool, 1, NFLB_CLIENT_JIFFIES - HZ);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), first);
	/* That was a flow */
	let_pass(test, pool, 1, NFLB_CLIENT_JIFFIES - HZ);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), first);
	let_pass(test, pool, 1, NFLB_CLIENT_JIFFIES);
	choice = choose(pool, 1, false);
	KUNIT_EXPECT_NE(test, choice.member, first);
	KUNIT_EXPECT_FALSE(test, choice.evicts);
}

/* Who is forgotten is not missed. */
static void pick_in_place_of_the_forgotten_evicts_nobody(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	const u64 step = NFLB_N_CLIENT_BUCKETS;
	u64 i;

	for (i = 1; i <= NFLB_N_CLIENT_WAYS; i++) {
		picked(pool, i * step);
		let_pass(test, pool, i * step, NFLB_CLIENT_JIFFIES);
	}
	KUNIT_EXPECT_FALSE(test, choose(pool, i * step, false).evicts);
}

static void pick_ineligible_is_anew_and_stays(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	u32 first = picked(pool, 1);
	u32 second;

	nflb_test_set_eligible(pool, first, false);
	second = picked(pool, 1);
	KUNIT_EXPECT_NE(test, second, first);
	nflb_test_set_eligible(pool, first, true);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), second);
}

static void pick_none_eligible_forgets_nothing(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	u32 first = picked(pool, 1);

	nflb_test_set_none_eligible(pool);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), NFLB_NONE);
	nflb_test_set_eligible(pool, first, true);
	nflb_test_set_eligible(pool, (first + 1) % N, true);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), first);
}

static void pick_dry_changes_nothing(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);

	choose(pool, 1, true);
	KUNIT_EXPECT_NULL(test, find_client(pool, 1));
	picked(pool, 1);
	let_pass(test, pool, 1, HZ);
	KUNIT_EXPECT_TRUE(test, time_before(find_client(pool, 1)->at_jiffies,
					    jiffies - HZ / 2));
	choose(pool, 1, true);
	KUNIT_EXPECT_TRUE(test, time_before(find_client(pool, 1)->at_jiffies,
					    jiffies - HZ / 2));
}

/* Places change when one is removed, and one that comes back has another. */
static void pick_follows_the_backend_to_its_place(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	struct nflb_member member;
	u64 of_last;

	for (of_last = 1; picked(pool, of_last) != N - 1; of_last++)
		;
	member = pool->member[1];
	nflb_account_get(&member.backend->account);
	KUNIT_ASSERT_EQ(test, nflb_pool_remove(pool, 1), 0);
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, picked(pool, of_last), 1);
	/* The second client was given the second one, which is not there. */
	KUNIT_ASSERT_EQ(test, nflb_pool_add(pool, &member), 0);
	nflb_test_finish(test, pool);
	KUNIT_EXPECT_EQ(test, picked(pool, 2), N - 1);
}

/* The zone is preferred again as soon as it can be. */
static void pick_is_of_the_zone_that_the_client_is_for(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_rr);
	u32 far;

	pool->member[0].zone = 1;
	pool->prefer_zone = 1;
	nflb_test_finish(test, pool);
	nflb_test_set_eligible(pool, 0, false);
	nflb_zone_update(pool, 0);
	far = picked(pool, 1);
	KUNIT_EXPECT_NE(test, far, 0);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), far);
	nflb_test_set_eligible(pool, 0, true);
	nflb_zone_update(pool, 0);
	KUNIT_EXPECT_EQ(test, picked(pool, 1), 0);
}

/* Who ramps gets clients that are new to it, others keep what they have. */
static void pick_on_a_ramp_keeps_clients_of_the_settled(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_rr);
	u8 first[CLIENTS];
	u32 n_new = 0;
	u32 i;

	pool->slow_start_ms = 3600000;
	nflb_test_finish(test, pool);
	nflb_test_set_eligible(pool, 0, false);
	for (i = 1; i < N; i++)
		nflb_ramp_settle(pool->ramp[0], i);
	for (i = 0; i < CLIENTS; i++)
		first[i] = picked(pool, nflb_test_hash(i));
	nflb_ramp_start(pool->ramp[0], 0, false);
	nflb_test_set_eligible(pool, 0, true);
	for (i = 0; i < CLIENTS; i++)
		KUNIT_EXPECT_EQ(test, picked(pool, nflb_test_hash(i)),
				first[i]);
	for (i = CLIENTS; i < 2 * CLIENTS; i++)
		n_new += !picked(pool, nflb_test_hash(i));
	KUNIT_EXPECT_LT(test, n_new, CLIENTS / N / 2);
}

/* A client of who comes back is as new to it as any other. */
static void pick_on_a_ramp_takes_former_clients_by_and_by(struct kunit *test)
{
	struct nflb_pool *pool = unfinished(test, &nflb_sched_rr);
	u32 n_former = 0;
	u32 n_back = 0;
	u32 i;

	pool->slow_start_ms = 3600000;
	nflb_test_finish(test, pool);
	for (i = 0; i < N; i++)
		nflb_ramp_settle(pool->ramp[0], i);
	for (i = 0; i < CLIENTS; i++)
		n_former += !picked(pool, nflb_test_hash(i));
	KUNIT_EXPECT_EQ(test, n_former, CLIENTS / N);
	nflb_ramp_start(pool->ramp[0], 0, false);
	for (i = 0; i < CLIENTS; i++)
		n_back += !picked(pool, nflb_test_hash(i));
	KUNIT_EXPECT_LT(test, n_back, n_former / 2);
}

static void finish_shares_the_table_with_the_next_version(struct kunit *test)
{
	struct nflb_pool *pool = affine(test, &nflb_sched_rr);
	struct nflb_pool *next = nflb_pool_copy(pool);

	KUNIT_ASSERT_NOT_NULL(test, next);
	next->sched = &nflb_sched_lc;
	nflb_test_finish(test, next);
	KUNIT_EXPECT_PTR_EQ(test, next->clients, pool->clients);
	KUNIT_EXPECT_EQ(test, picked(next, 1), picked(pool, 1));
	KUNIT_EXPECT_GT(test, nflb_pool_bytes(pool), sizeof(*pool->clients));
	next->sched = &nflb_sched_maglev;
	nflb_test_finish(test, next);
	KUNIT_EXPECT_NULL(test, next->clients);
	next->sched = &nflb_sched_rr;
	next->n_affine = 0;
	nflb_test_finish(test, next);
	KUNIT_EXPECT_NULL(test, next->clients);
	KUNIT_EXPECT_EQ(test, refcount_read(&pool->clients->ref), 1);
	nflb_object_put(&next->object);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(client_ip_is_one_over_ports_and_protocols),
	KUNIT_CASE(client_hash_is_that_of_a_tuple_without_the_rest),
	KUNIT_CASE(client_ip_proto_is_one_of_each_protocol),
	KUNIT_CASE(client_prefix_is_one_for_all_in_it),
	KUNIT_CASE(client_prefix_of_ipv6_ends_in_any_word),
	KUNIT_CASE(pick_with_any_scheduler_keeps_the_backend),
	KUNIT_CASE(pick_says_that_the_client_keeps_it),
	KUNIT_CASE(pick_full_bucket_forgets_the_oldest),
	KUNIT_CASE(pick_after_the_time_is_anew),
	KUNIT_CASE(pick_in_place_of_the_forgotten_evicts_nobody),
	KUNIT_CASE(pick_ineligible_is_anew_and_stays),
	KUNIT_CASE(pick_none_eligible_forgets_nothing),
	KUNIT_CASE(pick_dry_changes_nothing),
	KUNIT_CASE(pick_follows_the_backend_to_its_place),
	KUNIT_CASE(pick_is_of_the_zone_that_the_client_is_for),
	KUNIT_CASE(pick_on_a_ramp_keeps_clients_of_the_settled),
	KUNIT_CASE(pick_on_a_ramp_takes_former_clients_by_and_by),
	KUNIT_CASE(finish_shares_the_table_with_the_next_version),
	{}
};

static struct kunit_suite suite = {
	.name = "nflb_client",
	.test_cases = cases,
};

kunit_test_suite(suite);
