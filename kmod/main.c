// SPDX-License-Identifier: GPL-2.0-only
/* nflb: an L4 load balancer on netfilter. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/nflb.h>

#include "flow.h"
#include "net.h"
#include "netlink.h"
#include "proc.h"
#include "version.h"

unsigned int nflb_net_id;
struct workqueue_struct *nflb_wq;

static int __net_init nflb_main_net_init(struct net *net)
{
	struct nflb_net *nn = nflb_net(net);
	int err;

	err = nflb_net_init(nn, net);
	if (err)
		return err;
	err = nflb_proc_init(net);
	if (err) {
		nflb_net_close(nn);
		nflb_net_fini(nn);
	}
	return err;
}

/* The namespace's conntrack goes after us, so its entries are still there. */
static void __net_exit nflb_main_net_exit(struct net *net)
{
	struct nflb_net *nn = nflb_net(net);

	nflb_proc_exit(net);
	nflb_net_close(nn);
	nflb_net_fini(nn);
}

static struct pernet_operations nflb_net_ops = {
	.init = nflb_main_net_init,
	.exit = nflb_main_net_exit,
	.id = &nflb_net_id,
	.size = sizeof(struct nflb_net),
};

static int __init nflb_main_init(void)
{
	int err;

	nflb_wq = alloc_workqueue("nflb", WQ_UNBOUND, 0);
	if (!nflb_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&nflb_net_ops);
	if (err)
		goto err_free_wq;
	err = nflb_netlink_init();
	if (err)
		goto err_unregister_net;
	return 0;

err_unregister_net:
	unregister_pernet_subsys(&nflb_net_ops);
err_free_wq:
	destroy_workqueue(nflb_wq);
	return err;
}

/* The mirror of init; then conntrack must have forgotten our helper. */
static void __exit nflb_main_exit(void)
{
	nflb_netlink_exit();
	nflb_flow_stop();
	unregister_pernet_subsys(&nflb_net_ops);
	nflb_flow_exit();
	rcu_barrier();
	destroy_workqueue(nflb_wq);
}

module_init(nflb_main_init);
module_exit(nflb_main_exit);

MODULE_DESCRIPTION("L4 load balancer on netfilter");
MODULE_AUTHOR("The nflb authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(NFLB_VERSION);
MODULE_ALIAS_GENL_FAMILY(NFLB_FAMILY_NAME);
