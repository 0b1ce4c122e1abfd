/* SPDX-License-Identifier: GPL-2.0-only */
/* What several suites need: pools that end with their test, and flows. */
#ifndef _NFLB_TEST_HELPER_H
#define _NFLB_TEST_HELPER_H

#include <kunit/test.h>

#include "../../kmod/net.h"
#include "../../kmod/pool.h"
#include "../../kmod/sched.h"

/* Where a flow lands that has hashed to slot @slot of @n_slots. */
#define NFLB_TEST_SLOT_HASH(slot, n_slots) \
	((u64)DIV_ROUND_UP_ULL((u64)(slot) << 32, n_slots) << 32)

struct nflb_net *nflb_test_nn(void);

struct nflb_pool *nflb_test_pool(struct kunit *test,
				 const struct nflb_sched *sched);
void nflb_test_add(struct kunit *test, struct nflb_pool *pool,
		   const char *name, u32 weight);
void nflb_test_add_letters(struct kunit *test, struct nflb_pool *pool,
			   const char *letters, const u32 *weight);
void nflb_test_add_many(struct kunit *test, struct nflb_pool *pool, u32 n,
			u32 weights);
void nflb_test_finish(struct kunit *test, struct nflb_pool *pool);
struct nflb_pool *nflb_test_equals(struct kunit *test,
				   const struct nflb_sched *sched, u32 n);
void nflb_test_set_eligible(struct nflb_pool *pool, u32 pos, bool eligible);
void nflb_test_set_none_eligible(struct nflb_pool *pool);
void nflb_test_set_active(struct nflb_pool *pool, u32 pos, int active);

u64 nflb_test_hash(u32 i);
struct nflb_choice nflb_test_ask(struct nflb_pool *pool, u64 hash);
struct nflb_choice nflb_test_choose(struct nflb_pool *pool, u64 hash);
u32 nflb_test_pick(struct nflb_pool *pool);
void nflb_test_pick_letters(struct nflb_pool *pool, char *letters, u32 n);
u32 *nflb_test_count(struct kunit *test, struct nflb_pool *pool, u32 n);
const char *nflb_test_name(const struct nflb_pool *pool, u32 pos);

#endif /* _NFLB_TEST_HELPER_H */
