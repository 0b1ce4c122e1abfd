// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that our ingress hook is attached to.
 *
 * Left to itself, a device gets the hook when a flow's packet has come in by
 * it. Packets ask for that, a work does it, and until then they go the slow
 * path. If the configuration names the devices, they get it with the commit,
 * or when they appear or are given their name.
 */

#include <linux/netdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "device.h"
#include "fast.h"
#include "flow.h"
#include "ingress.h"
#include "net.h"
#include "refuse.h"

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
 * @is_trial: it has been given the hook for a commit that may yet fail
 * @rcu: frees it, as a packet may still look at it
 */
struct nflb_device {
	struct nf_hook_ops ops;
	netdevice_tracker tracker;
	int ifindex;
	bool is_trial;
	struct rcu_head rcu;
};

/**
 * nflb_device_set_has() - tells whether a set names a device
 * @set: the set
 * @name: the name
 *
 * Return: true if so.
 */
bool nflb_device_set_has(const struct nflb_device_set *set, const char *name)
{
	u32 i;

	for (i = 0; i < set->n_names; i++) {
		if (!strncmp(set->name[i], name, IFNAMSIZ))
			return true;
	}
	return false;
}

/*
 * May the device have the hook? If it is given another name just now, an event
 * follows, which asks again.
 */
static bool nflb_device_is_wanted(const struct nflb_net *nn,
				  const struct net_device *dev)
{
	lockdep_assert_held(&nn->device_mutex);
	/* When the module goes, nobody tells us that a device leaves. */
	if (nn->is_device_idle || nflb_flow_is_stopped())
		return false;
	return nn->device_set.devices == NFLB_DEVICES_AUTO ||
	       nflb_device_set_has(&nn->device_set, dev->name);
}

/* Where the device is found at once, if no other has been put there. */
static int *nflb_device_slot(struct nflb_net *nn, int ifindex)
{
	return &nn->hooked[ifindex % NFLB_N_HOOKED];
}

static void nflb_device_detach(struct nflb_net *nn, struct nflb_device *device)
{
	lockdep_assert_held(&nn->device_mutex);
	nf_unregister_net_hook(nn->net, &device->ops);
	if (*nflb_device_slot(nn, device->ifindex) == device->ifindex)
		WRITE_ONCE(*nflb_device_slot(nn, device->ifindex),
			   NFLB_NO_DEVICE);
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
	else
		WRITE_ONCE(*nflb_device_slot(nn, device->ifindex),
			   device->ifindex);
	return err;
}

static int nflb_device_attach(struct nflb_net *nn, struct net_device *dev,
			      bool is_trial)
{
	struct nflb_device *device;
	int err;

	lockdep_assert_held(&nn->device_mutex);
	if (xa_load(&nn->devices, dev->ifindex))
		return 0;
	device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	if (!device)
		return -ENOMEM;
	device->ops = (struct nf_hook_ops) {
		.hook = nflb_ingress,
		.dev = dev,
		.priv = nn,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = NFLB_DEVICE_PRIORITY,
	};
	device->ifindex = dev->ifindex;
	device->is_trial = is_trial;
	netdev_hold(dev, &device->tracker, GFP_KERNEL);
	err = nflb_device_store(nn, device);
	if (err) {
		netdev_put(dev, &device->tracker);
		kfree(device);
	}
	return err;
}

/*
 * Without memory the device's packets go the slow path, and ask again.
 *
 * A device leaves the namespace first and calls nflb_device_event() then, which
 * waits for the mutex: what is found here is seen there.
 */
static void nflb_device_attach_one(struct nflb_net *nn, int ifindex)
{
	struct net_device *dev;

	mutex_lock(&nn->device_mutex);
	dev = dev_get_by_index(nn->net, ifindex);
	if (dev && nflb_device_is_wanted(nn, dev))
		nflb_device_attach(nn, dev, false);
	mutex_unlock(&nn->device_mutex);
	dev_put(dev);
}

static void nflb_device_attach_asked(struct nflb_net *nn)
{
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

static void nflb_device_run(struct work_struct *work)
{
	struct nflb_net *nn = container_of(work, struct nflb_net, device_work);
	bool has_lost;

	nflb_device_attach_asked(nn);
	mutex_lock(&nn->device_mutex);
	has_lost = nn->has_lost_device;
	nn->has_lost_device = false;
	mutex_unlock(&nn->device_mutex);
	if (has_lost)
		nflb_device_settle(nn);
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
	if (READ_ONCE(*nflb_device_slot(nn, ifindex)) == ifindex ||
	    xa_load(&nn->devices, ifindex))
		return true;
	if (READ_ONCE(nn->is_device_auto))
		nflb_device_want(nn, ifindex);
	return false;
}

/**
 * nflb_device_count() - counts the devices that have our hook
 * @nn: the namespace
 *
 * Context: any.
 * Return: their number.
 */
u32 nflb_device_count(struct nflb_net *nn)
{
	struct nflb_device *device;
	unsigned long ifindex;
	u32 n = 0;

	xa_for_each(&nn->devices, ifindex, device)
		n++;
	return n;
}

/* If there is one; a second name that a device has does not count. */
static int nflb_device_attach_named(struct nflb_net *nn, const char *name)
{
	struct net_device *dev = dev_get_by_name(nn->net, name);
	int err = 0;

	if (dev && !strncmp(dev->name, name, IFNAMSIZ))
		err = nflb_device_attach(nn, dev, true);
	dev_put(dev);
	return err;
}

/* Where nobody may wait for long: the work sees to the flows. */
static void nflb_device_look_after(struct nflb_net *nn)
{
	nn->has_lost_device = true;
	queue_work(nflb_wq, &nn->device_work);
}

static void nflb_device_lose(struct nflb_net *nn, struct nflb_device *device)
{
	nflb_device_detach(nn, device);
	nflb_device_look_after(nn);
}

/* Those that a set names and that are there, or no more than before. */
static int nflb_device_attach_set(struct nflb_net *nn,
				  const struct nflb_device_set *set,
				  const struct nflb_why *why)
{
	struct nflb_device *device;
	unsigned long ifindex;
	int err = 0;
	u32 i;

	for (i = 0; i < set->n_names; i++) {
		err = nflb_device_attach_named(nn, set->name[i]);
		if (!err)
			continue;
		nflb_refuse(why, err, 0, "device %s cannot take our hook",
			    set->name[i]);
		break;
	}
	xa_for_each(&nn->devices, ifindex, device) {
		if (err && device->is_trial)
			nflb_device_lose(nn, device);
		else
			device->is_trial = false;
	}
	return err;
}

/* Takes the hook off the devices that are not to have it any more. */
static bool nflb_device_prune(struct nflb_net *nn)
{
	struct nflb_device *device;
	unsigned long ifindex;
	bool has_lost = false;

	xa_for_each(&nn->devices, ifindex, device) {
		if (nflb_device_is_wanted(nn, device->ops.dev))
			continue;
		nflb_device_detach(nn, device);
		has_lost = true;
	}
	return has_lost;
}

/**
 * nflb_device_choose() - says which devices are to have our hook
 * @nn: the namespace, which has something to do for it
 * @set: the devices
 * @has_lost: whether one has lost it, so that nflb_device_settle() is to be
 *	called; set only if there is no error
 * @why: where refusals go
 *
 * Those that are named have it at once, others with the next packet of a flow.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0, or a negative errno with nothing changed.
 */
int nflb_device_choose(struct nflb_net *nn, const struct nflb_device_set *set,
		       bool *has_lost, const struct nflb_why *why)
{
	int err;

	mutex_lock(&nn->device_mutex);
	err = nflb_device_attach_set(nn, set, why);
	if (!err) {
		nn->device_set = *set;
		nn->is_device_idle = false;
		WRITE_ONCE(nn->is_device_auto,
			   set->devices == NFLB_DEVICES_AUTO);
		*has_lost = nflb_device_prune(nn);
	}
	mutex_unlock(&nn->device_mutex);
	return err;
}

/**
 * nflb_device_settle() - sees to the flows of devices that have lost our hook
 * @nn: the namespace
 *
 * Packets on their way through it have passed, none is on its way any more.
 *
 * Context: process, may sleep.
 */
void nflb_device_settle(struct nflb_net *nn)
{
	synchronize_net();
	nflb_fast_recheck(nn);
}

/**
 * nflb_device_net_init() - begins with no devices
 * @nn: the namespace
 */
void nflb_device_net_init(struct nflb_net *nn)
{
	mutex_init(&nn->device_mutex);
	xa_init_flags(&nn->devices, XA_FLAGS_LOCK_BH);
	memset32(nn->hooked, NFLB_NO_DEVICE, NFLB_N_HOOKED);
	nn->is_device_idle = true;
	spin_lock_init(&nn->wanted_lock);
	INIT_WORK(&nn->device_work, nflb_device_run);
}

/**
 * nflb_device_net_idle() - takes our hook off all devices
 * @nn: the namespace, which has no flows, or none that matter any more
 *
 * Until nflb_device_choose() is called; packets may still ask for it.
 *
 * Context: process, may sleep.
 */
void nflb_device_net_idle(struct nflb_net *nn)
{
	mutex_lock(&nn->device_mutex);
	nn->is_device_idle = true;
	WRITE_ONCE(nn->is_device_auto, false);
	nflb_device_prune(nn);
	mutex_unlock(&nn->device_mutex);
}

/* A new device, one from another namespace, or one with a new name. */
static void nflb_device_review(struct nflb_net *nn, struct net_device *dev)
{
	struct nflb_device *device = xa_load(&nn->devices, dev->ifindex);
	bool is_wanted = nflb_device_is_wanted(nn, dev);

	if (device && !is_wanted)
		nflb_device_lose(nn, device);
	else if (is_wanted && nn->device_set.devices == NFLB_DEVICES_LIST)
		nflb_device_attach(nn, dev, false);
}

/*
 * May a flow keep a device without our hook, as a floating one does? In
 * a namespace that ends, devices go before the flows, but after our hooks.
 */
static bool nflb_device_may_be_kept(struct nflb_net *nn)
{
	return READ_ONCE(nn->has_floating) ||
	       (READ_ONCE(nn->is_closed) && atomic_read(&nn->n_flows));
}

/* Unregistered, or on its way to another namespace. */
static void nflb_device_leave(struct nflb_net *nn, struct net_device *dev)
{
	struct nflb_device *device = xa_load(&nn->devices, dev->ifindex);

	if (device)
		nflb_device_lose(nn, device);
	else if (nflb_device_may_be_kept(nn))
		nflb_device_look_after(nn);
}

static int nflb_device_event(struct notifier_block *nb, unsigned long event,
			     void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct nflb_net *nn = nflb_net(dev_net(dev));

	if (event != NETDEV_REGISTER && event != NETDEV_CHANGENAME &&
	    event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&nn->device_mutex);
	if (event == NETDEV_UNREGISTER)
		nflb_device_leave(nn, dev);
	else
		nflb_device_review(nn, dev);
	mutex_unlock(&nn->device_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block nflb_device_notifier = {
	.notifier_call = nflb_device_event,
};

/**
 * nflb_device_init() - notices devices that come, leave or change names
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
