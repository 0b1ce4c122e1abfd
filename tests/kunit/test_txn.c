// SPDX-License-Identifier: GPL-2.0-only
/* Transactions: all or nothing, and what goes over from one to the next. */

#include <kunit/test.h>
#include <linux/netlink.h>

#include "../../kmod/counters.h"
#include "../../kmod/owner.h"
#include "../../kmod/snapshot.h"
#include "../../kmod/txn.h"
#include "helper.h"

/* Sockets that transactions are opened on. */
#define PORT_A 1
#define PORT_B 2

static const struct nflb_why nflb_txn_no_why;

static struct nflb_snapshot *published(void)
{
	/* Only this test writes it. */
	return rcu_dereference_protected(nflb_test_nn()->snap, true);
}

static int nflb_txn_exit_flush(void)
{
	return nflb_txn_change(nflb_test_nn(), 0, nflb_edit_flush, NULL,
			       &nflb_txn_no_why);
}

static void nflb_txn_exit(struct kunit *test)
{
	nflb_txn_release(nflb_test_nn(), PORT_A);
	nflb_txn_release(nflb_test_nn(), PORT_B);
	nflb_txn_exit_flush();
}

static int add_pool(u32 port, const char *name)
{
	struct nflb_pool_spec spec = { .name = name, .slots = 251 };

	return nflb_txn_change(nflb_test_nn(), port, nflb_pool_new, &spec,
			       &nflb_txn_no_why);
}

static struct nflb_addr addr_of(u32 host)
{
	struct nflb_addr addr = { .family = AF_INET };

	addr.ip.ip = htonl(0x0a000000 + host);
	return addr;
}

static int edit_backend(u32 port, nflb_change_fn change, const char *name,
			u32 host, u32 weight)
{
	struct nflb_addr addr = addr_of(host);
	struct nflb_backend_spec spec = {
		.pool = "p", .name = name, .weight = weight,
		.zone = NFLB_NONE, .admin = NFLB_NONE, .drain = NFLB_NONE,
		.deadline_ms = NFLB_NONE, .admin_for_ms = NFLB_NONE,
	};

	if (host)
		spec.addr = &addr;
	return nflb_txn_change(nflb_test_nn(), port, change, &spec,
			       &nflb_txn_no_why);
}

static int commit(u32 port)
{
	u32 generation, n_changes;

	return nflb_txn_commit(nflb_test_nn(), port, &generation, &n_changes,
			       &nflb_txn_no_why);
}

static struct nflb_backend *find_backend(struct kunit *test, const char *name)
{
	struct nflb_snapshot *snap = published();
	struct nflb_pool *pool;
	u32 pos;

	pool = nflb_snapshot_pool(snap, nflb_table_find(&snap->pools, "p"));
	KUNIT_ASSERT_NOT_NULL(test, pool);
	pos = nflb_pool_find(pool, name);
	return pos == NFLB_NONE ? NULL : pool->member[pos].backend;
}

static void txn_open_changes_are_not_published(struct kunit *test)
{
	u32 generation = nflb_txn_generation(nflb_test_nn());

	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "p"), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(PORT_A, nflb_backend_new, "a", 1,
					   1), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_generation(nflb_test_nn()), generation);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_generation(nflb_test_nn()),
			generation + 1);
	KUNIT_EXPECT_NOT_NULL(test, find_backend(test, "a"));
	KUNIT_EXPECT_EQ(test, published()->n_backends, 1);
}

static void txn_abort_and_release_leave_nothing(struct kunit *test)
{
	u32 generation = nflb_txn_generation(nflb_test_nn());

	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), -EBUSY);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "p"), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_abort(nflb_test_nn(), PORT_A,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), -ENOENT);

	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "p"), 0);
	nflb_txn_release(nflb_test_nn(), PORT_A);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), -ENOENT);
	KUNIT_EXPECT_EQ(test, nflb_txn_generation(nflb_test_nn()), generation);
}

static void txn_refused_change_leaves_only_abort(struct kunit *test)
{
	u32 generation = nflb_txn_generation(nflb_test_nn());

	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "p"), 0);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "p"), -EEXIST);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "q"), -ECANCELED);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), -ECANCELED);
	KUNIT_EXPECT_EQ(test, nflb_txn_generation(nflb_test_nn()), generation);
}

static void txn_second_commit_is_refused(struct kunit *test)
{
	u32 old;

	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_B, NULL,
					     &nflb_txn_no_why), 0);
	old = nflb_txn_generation(nflb_test_nn());
	KUNIT_EXPECT_EQ(test, add_pool(PORT_A, "a"), 0);
	KUNIT_EXPECT_EQ(test, add_pool(PORT_B, "b"), 0);
	KUNIT_EXPECT_EQ(test, commit(PORT_B), 0);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), -EAGAIN);
	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, &old,
					     &nflb_txn_no_why), -EAGAIN);
}

static void txn_unchanged_backend_keeps_its_account(struct kunit *test)
{
	struct nflb_backend *a, *b;
	u64 sum[NFLB_N_COUNTERS];

	KUNIT_ASSERT_EQ(test, add_pool(0, "p"), 0);
	KUNIT_ASSERT_EQ(test, edit_backend(0, nflb_backend_new, "a", 1, 1), 0);
	KUNIT_ASSERT_EQ(test, edit_backend(0, nflb_backend_new, "b", 2, 1), 0);
	a = find_backend(test, "a");
	b = find_backend(test, "b");
	local_bh_disable();
	nflb_counters_packet(a->account.counters, false, 3, 300);
	local_bh_enable();

	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_set, "b", 0, 7), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_set, "a", 0, 9), 0);
	KUNIT_EXPECT_PTR_EQ(test, find_backend(test, "a"), a);
	KUNIT_EXPECT_PTR_EQ(test, find_backend(test, "b"), b);
	nflb_counters_fold(a->account.counters, sum);
	KUNIT_EXPECT_EQ(test, sum[NFLB_IN_PKTS], 3);
	KUNIT_EXPECT_EQ(test, sum[NFLB_IN_BYTES], 300);
	KUNIT_EXPECT_EQ(test, sum[NFLB_OUT_PKTS], 0);

	/* Removed and added again in one transaction: still the same. */
	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(PORT_A, nflb_backend_del, "a", 0,
					   0), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(PORT_A, nflb_backend_new, "a", 1,
					   1), 0);
	KUNIT_EXPECT_EQ(test, commit(PORT_A), 0);
	KUNIT_EXPECT_PTR_EQ(test, find_backend(test, "a"), a);

	/* Another address is another server. */
	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_set, "a", 3, 1), 0);
	KUNIT_EXPECT_PTR_NE(test, find_backend(test, "a"), a);
}

static void txn_backend_with_flows_leaves_and_returns(struct kunit *test)
{
	struct nflb_backend *a;

	KUNIT_ASSERT_EQ(test, add_pool(0, "p"), 0);
	KUNIT_ASSERT_EQ(test, edit_backend(0, nflb_backend_new, "a", 1, 1), 0);
	a = find_backend(test, "a");
	/* As a flow would. */
	nflb_account_get(&a->account);
	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_del, "a", 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, a->is_leaving);
	KUNIT_EXPECT_NULL(test, find_backend(test, "a"));

	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_new, "a", 1, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, find_backend(test, "a"), a);
	KUNIT_EXPECT_FALSE(test, a->is_leaving);
	nflb_backend_put(a);
}

/* In a pool of its own, which has the name of the backend. */
static int add_twin(const char *name, u32 host)
{
	struct nflb_addr addr = addr_of(host);
	struct nflb_backend_spec spec = {
		.pool = name, .name = name, .addr = &addr, .weight = 1,
		.zone = NFLB_NONE, .admin = NFLB_NONE, .drain = NFLB_NONE,
		.deadline_ms = NFLB_NONE, .admin_for_ms = NFLB_NONE,
	};
	int err;

	err = add_pool(0, name);
	if (err)
		return err;
	return nflb_txn_change(nflb_test_nn(), 0, nflb_backend_new, &spec,
			       &nflb_txn_no_why);
}

/* How many backends of the published configuration have an address? */
static u32 count_owners(u32 host)
{
	struct nflb_addr addr = addr_of(host);
	struct nflb_owner owner;
	u32 n = 0;

	rcu_read_lock();
	nflb_owner_for_each(nflb_test_nn(), published(), &addr, &owner)
		n++;
	rcu_read_unlock();
	return n;
}

static void txn_owner_is_found_once_published(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, add_pool(0, "p"), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_begin(nflb_test_nn(), PORT_A, NULL,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(PORT_A, nflb_backend_new, "a", 1,
					   1), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_abort(nflb_test_nn(), PORT_A,
					     &nflb_txn_no_why), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 0);

	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_new, "a", 1, 1), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 1);
	KUNIT_EXPECT_EQ(test, count_owners(2), 0);
	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_set, "a", 2, 1), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 0);
	KUNIT_EXPECT_EQ(test, count_owners(2), 1);
}

static void txn_owners_are_found_in_all_pools(struct kunit *test)
{
	struct nflb_addr addr = addr_of(1);
	struct nflb_owner owner;
	u32 seen = 0;

	KUNIT_ASSERT_EQ(test, add_twin("p", 1), 0);
	KUNIT_ASSERT_EQ(test, add_twin("q", 1), 0);
	KUNIT_ASSERT_EQ(test, add_twin("r", 1), 0);
	rcu_read_lock();
	nflb_owner_for_each(nflb_test_nn(), published(), &addr, &owner) {
		seen |= 1 << (owner.pool->object.name[0] - 'p');
		KUNIT_EXPECT_PTR_EQ(test, owner.pool,
				    nflb_snapshot_pool(published(),
						       owner.place_of_pool));
		KUNIT_EXPECT_EQ(test, owner.member, 0);
	}
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, seen, 7);
}

static void txn_owner_that_leaves_is_not_found(struct kunit *test)
{
	struct nflb_backend *a;

	KUNIT_ASSERT_EQ(test, add_twin("p", 1), 0);
	KUNIT_ASSERT_EQ(test, add_twin("q", 1), 0);
	a = find_backend(test, "p");
	/* As a flow would. */
	nflb_account_get(&a->account);
	KUNIT_EXPECT_EQ(test, edit_backend(0, nflb_backend_del, "p", 0, 0), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 1);
	nflb_backend_put(a);
	KUNIT_EXPECT_EQ(test, count_owners(1), 1);
	KUNIT_EXPECT_EQ(test, nflb_txn_exit_flush(), 0);
	KUNIT_EXPECT_EQ(test, count_owners(1), 0);
}

static void txn_flush_removes_all(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, add_pool(0, "p"), 0);
	KUNIT_ASSERT_EQ(test, edit_backend(0, nflb_backend_new, "a", 1, 1), 0);
	KUNIT_EXPECT_EQ(test, nflb_txn_exit_flush(), 0);
	KUNIT_EXPECT_EQ(test, published()->pools.n_objects, 0);
	KUNIT_EXPECT_EQ(test, published()->n_backends, 0);
	KUNIT_EXPECT_EQ(test, add_pool(0, "p"), 0);
}

static struct kunit_case nflb_txn_cases[] = {
	KUNIT_CASE(txn_open_changes_are_not_published),
	KUNIT_CASE(txn_abort_and_release_leave_nothing),
	KUNIT_CASE(txn_refused_change_leaves_only_abort),
	KUNIT_CASE(txn_second_commit_is_refused),
	KUNIT_CASE(txn_unchanged_backend_keeps_its_account),
	KUNIT_CASE(txn_backend_with_flows_leaves_and_returns),
	KUNIT_CASE(txn_owner_is_found_once_published),
	KUNIT_CASE(txn_owners_are_found_in_all_pools),
	KUNIT_CASE(txn_owner_that_leaves_is_not_found),
	KUNIT_CASE(txn_flush_removes_all),
	{}
};

static struct kunit_suite nflb_txn_suite = {
	.name = "nflb_txn",
	.exit = nflb_txn_exit,
	.test_cases = nflb_txn_cases,
};

kunit_test_suite(nflb_txn_suite);
