// SPDX-License-Identifier: GPL-2.0-only
/*
 * nflb_kunit: the unit tests. The module has all of nflb's code in it but
 * kmod/main.c, whose part it takes. It shares nothing with nflb.ko and may be
 * there with it: namespaces have their nflb_net twice, and neither netlink,
 * nor /proc, nor hooks are registered. KUnit runs the suites of all files when
 * the module is inserted.
 */

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "../../kmod/net.h"
#include "../../kmod/txn.h"

unsigned int nflb_net_id;
struct workqueue_struct *nflb_wq;
struct workqueue_struct *nflb_free_wq;

static int __net_init nflb_test_net_init(struct net *net)
{
	return nflb_net_init(nflb_net(net), net);
}

static void __net_exit nflb_test_net_pre_exit(struct net *net)
{
	nflb_txn_close(nflb_net(net));
}

static void __net_exit nflb_test_net_exit(struct net *net)
{
	nflb_net_end_flows(nflb_net(net));
}

static void __net_exit nflb_test_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	rcu_barrier();
	flush_workqueue(nflb_free_wq);
	list_for_each_entry(net, nets, exit_list)
		nflb_net_fini(nflb_net(net));
}

static struct pernet_operations nflb_test_net_ops = {
	.init = nflb_test_net_init,
	.pre_exit = nflb_test_net_pre_exit,
	.exit = nflb_test_net_exit,
	.exit_batch = nflb_test_net_exit_batch,
	.id = &nflb_net_id,
	.size = sizeof(struct nflb_net),
};

static int __init nflb_test_init(void)
{
	int err;

	nflb_wq = alloc_workqueue("nflb_kunit", WQ_UNBOUND, 0);
	if (!nflb_wq)
		return -ENOMEM;
	/* One for both: here nobody waits for long. */
	nflb_free_wq = nflb_wq;
	err = register_pernet_subsys(&nflb_test_net_ops);
	if (err)
		destroy_workqueue(nflb_wq);
	return err;
}

static void __exit nflb_test_exit(void)
{
	unregister_pernet_subsys(&nflb_test_net_ops);
	rcu_barrier();
	destroy_workqueue(nflb_wq);
}

module_init(nflb_test_init);
module_exit(nflb_test_exit);

MODULE_DESCRIPTION("Unit tests of nflb");
MODULE_LICENSE("GPL");
