// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forces: what an administrator says of a backend, for a time.
 *
 * Who is up or down whatever probes say is easily forgotten. When the time is
 * over that was said with it, a commit of its own leaves it to probes again.
 */

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "edit.h"
#include "force.h"
#include "net.h"
#include "refuse.h"
#include "snapshot.h"
#include "txn.h"

static bool nflb_force_is_over(const struct nflb_member *member)
{
	return member->admin_until &&
	       time_after_eq64(get_jiffies_64(), member->admin_until);
}

/**
 * nflb_force_follow() - sees to it that what is said of a member ends in time
 * @nn: the namespace
 * @member: a member of a pool that is being published, or has been
 *
 * Context: process, under cfg_mutex.
 */
void nflb_force_follow(struct nflb_net *nn, const struct nflb_member *member)
{
	u64 until = member->admin_until;
	u64 now = get_jiffies_64();

	lockdep_assert_held(&nn->cfg_mutex);
	if (!until || (nn->force_until && nn->force_until <= until))
		return;
	nn->force_until = until;
	mod_delayed_work(nflb_wq, &nn->force_work,
			 until > now ? until - now : 0);
}

static bool nflb_force_has_any_over(const struct nflb_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->n_members; i++) {
		if (nflb_force_is_over(&pool->member[i]))
			return true;
	}
	return false;
}

static void nflb_force_end(struct nflb_pool *pool)
{
	struct nflb_member *member;

	for (member = pool->member; member < pool->member + pool->n_members;
	     member++) {
		if (!nflb_force_is_over(member))
			continue;
		member->admin = NFLB_ADMIN_NONE;
		member->admin_until = 0;
		nflb_member_settle_note(member);
	}
}

/* There may be nothing to do any more. */
static int nflb_force_edit(const struct nflb_edit *edit, const void *data)
{
	struct nflb_pool *pool;
	int err = -ENOENT;
	u32 pos;

	for (pos = 0; pos < edit->cand->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(edit->cand, pos);
		if (!pool || !nflb_force_has_any_over(pool))
			continue;
		pool = nflb_snapshot_edit_pool(edit->cand, pos);
		if (!pool)
			return -ENOMEM;
		nflb_force_end(pool);
		err = 0;
	}
	return err;
}

/* Waits for the next one, or again for those that are not over. */
static void nflb_force_watch(struct nflb_net *nn)
{
	const struct nflb_snapshot *snap;
	const struct nflb_pool *pool;
	u32 pos, i;

	snap = rcu_dereference_protected(nn->snap,
					 lockdep_is_held(&nn->cfg_mutex));
	for (pos = 0; snap && pos < snap->pools.n_slots; pos++) {
		pool = nflb_snapshot_pool(snap, pos);
		for (i = 0; pool && i < pool->n_members; i++)
			nflb_force_follow(nn, &pool->member[i]);
	}
}

static void nflb_force_work(struct work_struct *work)
{
	struct nflb_net *nn = container_of(to_delayed_work(work),
					   struct nflb_net, force_work);
	static const struct nflb_why nobody;
	int err;

	err = nflb_txn_change(nn, 0, nflb_force_edit, NULL, &nobody);
	if (err && err != -ENOENT) {
		if (err != -ENODEV)
			queue_delayed_work(nflb_wq, &nn->force_work, HZ);
		return;
	}
	mutex_lock(&nn->cfg_mutex);
	nn->force_until = 0;
	nflb_force_watch(nn);
	mutex_unlock(&nn->cfg_mutex);
}

/**
 * nflb_force_init() - prepares a namespace
 * @nn: the namespace
 */
void nflb_force_init(struct nflb_net *nn)
{
	INIT_DELAYED_WORK(&nn->force_work, nflb_force_work);
}
