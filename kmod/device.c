// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that our ingress hook is attached to.
 *
 * A device gets the hook when a flow's packet has come in by it. Packets ask
 * for that, a work does it, and until then they go the slow path.
 */

#include <linux/netdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/slab.h>

#include "device.h"
#include "ingress.h"
#include "net.h"

/*
 * After the chains that the administrator has on the device's ingress, which
 * so see every packet.
 */
#define NFLB_DEVICE_PRIORITY INT_MAX

/**
 * struct nflb_device - a device with our hook
 * @ops: the hook, which names the device; a reference to that is held
 * @tracker: of the reference
 * @ifindex: the device when it was given the hook
 * @rcu: frees it, as a packet may still look at it
 */
struct nflb_device {
	struct nf_hook_ops ops;
	netdevice_tracker tracker;
	int ifindex;
	struct rcu_head rcu;
};

static void nflb_device_detach(struct nflb_net *nn, struct nflb_device *device)
{
	lockdep_assert_held(&nn->device_mutex);
	nf_unregister_net_hook(nn->net, &device->ops);
	xa_erase_bh(&nn->devices, device->ifindex);
	netdev_put(device->ops.dev, &device->tracker);
	kfree_rcu(device, rcu);
}

static int nflb_device_store(struct nflb_net *nn, struct nflb_device *device)
{
	int err;

	err = nf_register_net_hook(nn->net, &device->ops);
	if (err)
		return err;
	err = xa_err(xa_store_bh(&nn->devices, device->ifindex, device,
				 GFP_KERNEL_ACCOUNT));
	if (err)
		nf_unregister_net_hook(nn->net, &device->ops);
	return err;
}

/* Without memory the device's packets go the slow path, and ask again. */
static void nflb_device_attach(struct nflb_net *nn, struct net_device *dev)
{
	struct nflb_device *device;

	lockdep_assert_held(&nn->device_mutex);
	if (xa_load(&nn->devices, dev->ifindex))
		return;
	device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	if (!device)
		return;
	device->ops = (struct nf_hook_ops) {
		.hook = nflb_ingress,
		.dev = dev,
		.priv = nn,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = NFLB_DEVICE_PRIORITY,
	};
	device->ifindex = dev->ifindex;
	netdev_hold(dev, &device->tracker, GFP_KERNEL);
	if (nflb_device_store(nn, device)) {
		netdev_put(dev, &device->tracker);
		kfree(device);
	}
}

static void nflb_device_attach_one(struct nflb_net *nn, int ifindex)
{
	struct net_device *dev;

	/*
	 * A device leaves the namespace first and calls nflb_device_event()
	 * then, which waits for the mutex: what is found here is seen there.
	 */
	mutex_lock(&nn->device_mutex);
	dev = dev_get_by_index(nn->net, ifindex);
	if (dev && !nn->is_device_closed)
		nflb_device_attach(nn, dev);
	mutex_unlock(&nn->device_mutex);
	dev_put(dev);
}

static void nflb_device_attach_wanted(struct work_struct *work)
{
	struct nflb_net *nn = container_of(work, struct nflb_net, device_work);
	int wanted[NFLB_N_WANTED];
	int i, n;

	spin_lock_bh(&nn->wanted_lock);
	n = nn->n_wanted;
	memcpy(wanted, nn->wanted, sizeof(wanted));
	nn->n_wanted = 0;
	spin_unlock_bh(&nn->wanted_lock);
	for (i = 0; i < n; i++)
		nflb_device_attach_one(nn, wanted[i]);
}

/* One that finds no room is wanted again by the next packet. */
static void nflb_device_want(struct nflb_net *nn, int ifindex)
{
	int i;

	spin_lock_bh(&nn->wanted_lock);
	for (i = 0; i < nn->n_wanted && nn->wanted[i] != ifindex; i++)
		;
	if (i == nn->n_wanted && i < NFLB_N_WANTED)
		nn->wanted[nn->n_wanted++] = ifindex;
	spin_unlock_bh(&nn->wanted_lock);
	queue_work(nflb_wq, &nn->device_work);
}

/**
 * nflb_device_use() - tells whether a device has our hook, or asks for it
 * @nn: the namespace
 * @ifindex: the device
 *
 * Context: softirq or process, under RCU.
 * Return: true if it has.
 */
bool nflb_device_use(struct nflb_net *nn, int ifindex)
{
	if (xa_load(&nn->devices, ifindex))
		return true;
	nflb_device_want(nn, ifindex);
	return false;
}

/**
 * nflb_device_net_init() - begins with no devices
 * @nn: the namespace
 */
void nflb_device_net_init(struct nflb_net *nn)
{
	mutex_init(&nn->device_mutex);
	xa_init_flags(&nn->devices, XA_FLAGS_LOCK_BH);
	spin_lock_init(&nn->wanted_lock);
	INIT_WORK(&nn->device_work, nflb_device_attach_wanted);
}

/**
 * nflb_device_net_idle() - takes our hook off all devices
 * @nn: the namespace, which has no flows
 * @is_closed: for good; packets may still ask for it
 *
 * Context: process, may sleep.
 */
void nflb_device_net_idle(struct nflb_net *nn, bool is_closed)
{
	struct nflb_device *device;
	unsigned long ifindex;

	mutex_lock(&nn->device_mutex);
	nn->is_device_closed = is_closed;
	xa_for_each(&nn->devices, ifindex, device)
		nflb_device_detach(nn, device);
	mutex_unlock(&nn->device_mutex);
}

/* Unregistered, or on its way to another namespace. */
static int nflb_device_event(struct notifier_block *nb, unsigned long event,
			     void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct nflb_net *nn = nflb_net(dev_net(dev));
	struct nflb_device *device;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&nn->device_mutex);
	device = xa_load(&nn->devices, dev->ifindex);
	if (device)
		nflb_device_detach(nn, device);
	mutex_unlock(&nn->device_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block nflb_device_notifier = {
	.notifier_call = nflb_device_event,
};

/**
 * nflb_device_init() - notices devices that leave
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_device_init(void)
{
	return register_netdevice_notifier(&nflb_device_notifier);
}

/**
 * nflb_device_exit() - takes back nflb_device_init()
 *
 * The kernel tells us of all devices as if they left, so our hook comes off.
 *
 * Context: process, may sleep.
 */
void nflb_device_exit(void)
{
	unregister_netdevice_notifier(&nflb_device_notifier);
}
