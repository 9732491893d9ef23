// SPDX-License-Identifier: GPL-2.0
/*
 * ingress_devices.c - the devices that are looked at ahead of their flowtable
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The list is under the RTNL, as devices are. A device that goes, or moves to another namespace, leaves by the notifier: nothing
 * holds it.
 */
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "netns.h"

#define DEVICES_MOST 1024 /* of all namespaces */

struct ingress_device {
	struct list_head node;
	struct net *net;
	struct net_device *dev;
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

static LIST_HEAD(devices);
static unsigned int devices_count;

static struct ingress_device *find(const struct net_device *dev)
{
	struct ingress_device *d;

	list_for_each_entry(d, &devices, node)
		if (d->dev == dev)
			return d;
	return NULL;
}

static void drop(struct ingress_device *d)
{
	nf_unregister_net_hook(d->net, &d->ops);
	list_del(&d->node);
	devices_count--;
	WRITE_ONCE(rstwhy_ingress_used, devices_count > 0);
	kfree_rcu(d, rcu);
}

static int add(struct net *net, struct net_device *dev)
{
	struct ingress_device *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err;

	if (!d)
		return -ENOMEM;
	d->net = net;
	d->dev = dev;
	d->ops.hook = rstwhy_ingress_hook;
	d->ops.priv = rstwhy_pernet(net); /* spares each packet the look-up */
	d->ops.dev = dev;
	d->ops.pf = NFPROTO_NETDEV;
	d->ops.hooknum = NF_NETDEV_INGRESS;
	d->ops.priority = INT_MIN; /* of equals the newcomer is first: a flowtable cannot be ahead */
	err = nf_register_net_hook(net, &d->ops);
	if (err) {
		kfree(d);
		return err;
	}
	list_add_tail(&d->node, &devices);
	devices_count++;
	WRITE_ONCE(rstwhy_ingress_used, true);
	return 0;
}

/**
 * rstwhy_ingress_add() - look at what comes in by a device, ahead of its flowtable
 * @net: the namespace
 * @name: the device's name
 *
 * Context: process, may sleep; takes the RTNL.
 * Return: 0; -ENODEV no such device here, -EEXIST looked at already, -ENOSPC too many, or what the hook's registration says.
 */
int rstwhy_ingress_add(struct net *net, const char *name)
{
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = __dev_get_by_name(net, name);
	if (!dev)
		err = -ENODEV;
	else if (find(dev))
		err = -EEXIST;
	else if (devices_count >= DEVICES_MOST)
		err = -ENOSPC;
	else
		err = add(net, dev);
	rtnl_unlock();
	return err;
}

/**
 * rstwhy_ingress_remove() - look no longer
 * @net: the namespace
 * @name: the device's name
 *
 * Context: process, may sleep; takes the RTNL.
 * Return: 0, or -ENOENT: it was not looked at.
 */
int rstwhy_ingress_remove(struct net *net, const char *name)
{
	struct ingress_device *d;
	struct net_device *dev;

	rtnl_lock();
	dev = __dev_get_by_name(net, name);
	d = dev ? find(dev) : NULL;
	if (d)
		drop(d);
	rtnl_unlock();
	return d ? 0 : -ENOENT;
}

/**
 * rstwhy_ingress_remove_all() - look at no device of a namespace any more
 * @net: the namespace
 *
 * The hook may still run until the next RCU grace period.
 *
 * Context: process, may sleep; takes the RTNL.
 */
void rstwhy_ingress_remove_all(struct net *net)
{
	struct ingress_device *d, *next;

	rtnl_lock();
	list_for_each_entry_safe(d, next, &devices, node)
		if (d->net == net)
			drop(d);
	rtnl_unlock();
}

/**
 * rstwhy_ingress_show() - the devices of a namespace, one a line
 * @m: written to
 * @net: the namespace
 *
 * Context: process, may sleep; takes the RTNL.
 */
void rstwhy_ingress_show(struct seq_file *m, struct net *net)
{
	const struct ingress_device *d;

	rtnl_lock();
	list_for_each_entry(d, &devices, node)
		if (d->net == net)
			seq_printf(m, "%s\n", d->dev->name);
	rtnl_unlock();
}

static int on_event(struct notifier_block *nb, unsigned long event, void *info)
{
	struct ingress_device *d;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	d = find(netdev_notifier_info_to_dev(info));
	if (d)
		drop(d);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_event };

/**
 * rstwhy_ingress_init() - begin to hear of devices that go
 *
 * Context: module load, before the first namespace.
 * Return: 0 or a negative errno.
 */
int rstwhy_ingress_init(void)
{
	return register_netdevice_notifier(&notifier);
}

/**
 * rstwhy_ingress_exit() - hear no more
 *
 * Context: module unload, when no namespace has a device here any more.
 */
void rstwhy_ingress_exit(void)
{
	unregister_netdevice_notifier(&notifier);
	WARN_ON_ONCE(!list_empty(&devices));
}
