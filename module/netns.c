// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - birth and death of what each network namespace has, and applying its settings
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "netns.h"

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netns/generic.h>

static unsigned int rstwhy_net_id __read_mostly;
static atomic_t next_id = ATOMIC_INIT(0);
/* Serialises switching hooks on and off against sysctl writers of one namespace. */
static DEFINE_MUTEX(apply_lock);

/**
 * rstwhy_pernet() - a namespace's own
 * @net: any namespace while the module is loaded
 *
 * Context: any.
 * Return: never NULL.
 */
struct rstwhy_net *rstwhy_pernet(struct net *net)
{
	return net_generic(net, rstwhy_net_id);
}

/**
 * rstwhy_count_sum() - a counter, over all CPUs
 * @rn: the namespace
 * @what: which
 *
 * Context: any.
 * Return: the sum; counts made meanwhile may or may not be in it.
 */
u64 rstwhy_count_sum(const struct rstwhy_net *rn, enum rstwhy_count what)
{
	u64 sum = 0;
	int cpu;

	if (is_untold(what))
		return (u64)atomic64_read(&rn->untold[what - COUNT_SUPPRESSED_KNOWN]);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(rn->counts, cpu)->v[what]);
	return sum;
}

static bool is_conntracks(const struct nf_hook_ops *ops)
{
	return ops->priority == NF_IP_PRI_CONNTRACK && !ops->priv;
}

/**
 * rstwhy_tracking() - does conntrack run in a namespace
 * @net: the namespace
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Conntrack's hooks come and go with those who need them, and nothing tells of it: look whether its place in PRE_ROUTING is taken.
 * By it: a chain of somebody's ruleset that stands there, too, has private data.
 *
 * Context: any.
 * Return: true when it does.
 */
bool rstwhy_tracking(struct net *net, u8 pf)
{
	const struct nf_hook_entries *e;
	struct nf_hook_ops **ops;
	bool found = false;
	u16 i;

	rcu_read_lock();
	if (pf == NFPROTO_IPV4)
		e = rcu_dereference(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]);
	else
		e = rcu_dereference(net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]);
	if (e) {
		ops = nf_hook_entries_get_hook_ops(e);
		for (i = 0; i < e->num_hook_entries && !found; i++)
			found = is_conntracks(READ_ONCE(ops[i]));
	}
	rcu_read_unlock();
	return found;
}

static void relax(void)
{
	cond_resched();
}

static int switch_on(struct net *net, struct rstwhy_net *rn)
{
	int err;

	rn->id = atomic_inc_return(&next_id);
	rn->remembered = true;
	rn->watched_ns = ktime_get_boottime_ns();
	err = rstwhy_hooks_on(net);
	rn->hooked = !err;
	return err;
}

static void switch_off(struct net *net, struct rstwhy_net *rn)
{
	rstwhy_ingress_remove_all(net);
	rstwhy_hooks_off(net);
	rn->hooked = false;
}

/* Nothing finds them any more, and the assured ones would keep their places for days. No hook of the namespace runs. */
static void forget_flows(struct rstwhy_net *rn)
{
	if (rn->remembered)
		flowmem_forget(&rstwhy_flows, rn->id, relax);
	rn->remembered = false;
}

static int hold_conntrack(struct net *net, struct rstwhy_net *rn, bool hold)
{
	int err = 0;

	if (hold && !rn->holds_conntrack)
		err = nf_ct_netns_get(net, NFPROTO_INET);
	else if (!hold && rn->holds_conntrack)
		nf_ct_netns_put(net, NFPROTO_INET);
	if (!err)
		rn->holds_conntrack = hold;
	return err;
}

static int apply_locked(struct net *net, struct rstwhy_net *rn)
{
	bool enable = rn->set.enable;
	int err;

	if (!enable && rn->hooked)
		switch_off(net, rn);
	err = hold_conntrack(net, rn, enable && rn->set.conntrack);
	if (err)
		return err;
	return enable && !rn->hooked ? switch_on(net, rn) : 0;
}

/**
 * rstwhy_apply() - make hooks and conntrack follow the settings
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int rstwhy_apply(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);
	int err;

	mutex_lock(&apply_lock);
	err = apply_locked(net, rn);
	if (!rn->hooked && rn->remembered) { /* switched off; or not all hooks could be had, and some were in place for a moment */
		synchronize_net();
		forget_flows(rn);
	}
	mutex_unlock(&apply_lock);
	return err;
}

/**
 * rstwhy_ingress_write() - look at a device ahead of its flowtable, or no longer
 * @net: the namespace
 * @name: the device's
 * @add: begin, or end
 *
 * Context: process, may sleep.
 * Return: 0; -ENETDOWN where the module is not enabled; else what rstwhy_ingress_add() and _remove() return.
 */
int rstwhy_ingress_write(struct net *net, const char *name, bool add)
{
	int err = -ENETDOWN;

	mutex_lock(&apply_lock);
	if (rstwhy_pernet(net)->hooked)
		err = add ? rstwhy_ingress_add(net, name) : rstwhy_ingress_remove(net, name);
	mutex_unlock(&apply_lock);
	return err;
}

static const struct rstwhy_settings defaults = {
	.group = RSTWHY_DEFAULT_GROUP,
	.resume_ms = 1000,
	.rate = 10000,
	.burst = 20000,
	.copy = 256,
};

static int __net_init init_net_of(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);
	int err = -ENOMEM;

	rn->set = defaults;
	rn->resume = fm_ms_ticks(rn->set.resume_ms);
	rn->set.enable = net_eq(net, &init_net);
	rn->guest = !net_eq(net, &init_net);
	do {
		get_random_bytes(&rn->epoch, sizeof(rn->epoch));
	} while (!rn->epoch);
	atomic64_set(&rn->sequence, 0);
	ratelimit_init(&rn->limit);
	rn->counts = alloc_percpu(struct rstwhy_counts);
	if (!rn->counts)
		return err;
	err = rstwhy_procfile_init(net);
	if (err)
		goto free_counts;
	err = rstwhy_sysctl_init(net);
	if (err)
		goto remove_procfile;
	err = rstwhy_apply(net);
	if (err)
		goto remove_sysctl;
	return 0;

remove_sysctl:
	rstwhy_sysctl_exit(net);
remove_procfile:
	rstwhy_procfile_exit(net);
free_counts:
	free_percpu(rn->counts);
	return err;
}

/* Writers first, then hooks; a grace period passes before exit_net_of(). */
static void __net_exit pre_exit_net_of(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);

	rstwhy_sysctl_exit(net);
	rstwhy_procfile_exit(net);
	mutex_lock(&apply_lock);
	rn->set.enable = 0;
	apply_locked(net, rn);
	mutex_unlock(&apply_lock);
}

static void __net_exit exit_net_of(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);

	WARN_ON_ONCE(rn->hooked || rn->holds_conntrack);
	if (rn->guest) /* the initial namespace ends with the module, and the memory with it */
		forget_flows(rn);
	free_percpu(rn->counts);
}

static struct pernet_operations rstwhy_net_ops = {
	.init = init_net_of,
	.pre_exit = pre_exit_net_of,
	.exit = exit_net_of,
	.id = &rstwhy_net_id,
	.size = sizeof(struct rstwhy_net),
};

/**
 * rstwhy_netns_init() - begin in all namespaces, those to come included
 *
 * Context: module load.
 * Return: 0 or a negative errno; then nothing is left.
 */
int rstwhy_netns_init(void)
{
	return register_pernet_subsys(&rstwhy_net_ops);
}

/**
 * rstwhy_netns_exit() - end in all namespaces
 *
 * When it returns no hook of ours runs any more.
 *
 * Context: module unload.
 */
void rstwhy_netns_exit(void)
{
	unregister_pernet_subsys(&rstwhy_net_ops);
}
