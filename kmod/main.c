// SPDX-License-Identifier: GPL-2.0-only
/* nflb: an L4 load balancer on netfilter. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/nflb.h>

#include "bind.h"
#include "device.h"
#include "fast.h"
#include "flow.h"
#include "net.h"
#include "netlink.h"
#include "proc.h"
#include "txn.h"
#include "version.h"

unsigned int nflb_net_id;
struct workqueue_struct *nflb_wq;
struct workqueue_struct *nflb_free_wq;

static int __net_init nflb_main_net_init(struct net *net)
{
	struct nflb_net *nn = nflb_net(net);
	int err;

	err = nflb_net_init(nn, net);
	if (err)
		return err;
	err = nflb_proc_init(net);
	if (err)
		nflb_net_fini(nn);
	return err;
}

/*
 * The end of a namespace, in three steps with the kernel's own grace period
 * after the first, for all namespaces that end together. Its conntrack goes
 * after us, so the entries are still there.
 */
static void __net_exit nflb_main_net_pre_exit(struct net *net)
{
	nflb_txn_close(nflb_net(net));
}

static void __net_exit nflb_main_net_exit(struct net *net)
{
	nflb_proc_exit(net);
	nflb_net_end_flows(nflb_net(net));
}

static void __net_exit nflb_main_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	/* Old snapshots go from RCU to the workqueue. */
	rcu_barrier();
	flush_workqueue(nflb_free_wq);
	list_for_each_entry(net, nets, exit_list)
		nflb_net_fini(nflb_net(net));
}

static struct pernet_operations nflb_net_ops = {
	.init = nflb_main_net_init,
	.pre_exit = nflb_main_net_pre_exit,
	.exit = nflb_main_net_exit,
	.exit_batch = nflb_main_net_exit_batch,
	.id = &nflb_net_id,
	.size = sizeof(struct nflb_net),
};

static int __init nflb_main_init(void)
{
	int err = -ENOMEM;

	nflb_wq = alloc_workqueue("nflb", WQ_UNBOUND, 0);
	if (!nflb_wq)
		return err;
	nflb_free_wq = alloc_workqueue("nflb-free", WQ_UNBOUND, 0);
	if (!nflb_free_wq)
		goto err_destroy_wq;
	err = nflb_fast_init();
	if (err)
		goto err_destroy_free_wq;
	err = nflb_bind_init();
	if (err)
		goto err_exit_fast;
	err = register_pernet_subsys(&nflb_net_ops);
	if (err)
		goto err_exit_bind;
	err = nflb_device_init();
	if (err)
		goto err_unregister_net;
	err = nflb_netlink_init();
	if (err)
		goto err_exit_device;
	return 0;

err_exit_device:
	nflb_device_exit();
err_unregister_net:
	unregister_pernet_subsys(&nflb_net_ops);
err_exit_bind:
	nflb_bind_exit();
err_exit_fast:
	nflb_fast_exit();
err_destroy_free_wq:
	destroy_workqueue(nflb_free_wq);
err_destroy_wq:
	destroy_workqueue(nflb_wq);
	return err;
}

/* The mirror of init; then conntrack must have forgotten our helper. */
static void __exit nflb_main_exit(void)
{
	nflb_netlink_exit();
	nflb_flow_stop();
	/* Floating flows hold devices of which nobody tells us from then on. */
	synchronize_net();
	nflb_flow_exit();
	nflb_device_exit();
	unregister_pernet_subsys(&nflb_net_ops);
	nflb_flow_exit();
	nflb_bind_exit();
	rcu_barrier();
	nflb_fast_exit();
	destroy_workqueue(nflb_free_wq);
	destroy_workqueue(nflb_wq);
}

module_init(nflb_main_init);
module_exit(nflb_main_exit);

MODULE_DESCRIPTION("L4 load balancer on netfilter");
MODULE_AUTHOR("The nflb authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(NFLB_VERSION);
MODULE_ALIAS_GENL_FAMILY(NFLB_FAMILY_NAME);
