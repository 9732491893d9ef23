// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl.c - net.netfilter.nf_rstwhy_*, per namespace
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "compat/sysctl_net.h"
#include "netns.h"

static int zero;
static int one = 1;
static int most_group = 65535;
static int least_resume = 100;
static int most_resume = 60000;
static int most_rate = 1000000;
static int most_copy = 1024;

/* A value that is out of range is refused; one that cannot be applied is taken back. */
static int write_and_apply(compat_ctl_table *table, int write, void *buffer, size_t *len, loff_t *pos)
{
	struct net *net = table->extra2;
	struct ctl_table limited = *table;
	int *value = table->data;
	int old = *value, err;

	limited.extra1 = &zero;
	limited.extra2 = &one;
	err = proc_dointvec_minmax(&limited, write, buffer, len, pos);
	if (err || !write || *value == old)
		return err;
	err = rstwhy_apply(net);
	if (err)
		*value = old;
	return err;
}

/* The packets' form of it is made here once. */
static int write_resume(compat_ctl_table *table, int write, void *buffer, size_t *len, loff_t *pos)
{
	struct rstwhy_net *rn = container_of((int *)table->data, struct rstwhy_net, set.resume_ms);
	int err = proc_dointvec_minmax(table, write, buffer, len, pos);

	if (!err && write)
		WRITE_ONCE(rn->resume, fm_ms_ticks(READ_ONCE(rn->set.resume_ms)));
	return err;
}

/* data: offset into struct rstwhy_settings until the table is made for a namespace */
#define ROW(name, field, low, high) ROW_WITH(name, field, low, high, proc_dointvec_minmax)

#define ROW_WITH(name, field, low, high, handler)                                                                               \
	{                                                                                                         \
		.procname = "nf_rstwhy_" name, .data = (void *)offsetof(struct rstwhy_settings, field),           \
		.maxlen = sizeof(int), .mode = 0644, .proc_handler = (handler), .extra1 = (low),                   \
		.extra2 = (high),                                                                                 \
	}

#define ROW_APPLIED(name, field)                                                                                  \
	{                                                                                                         \
		.procname = "nf_rstwhy_" name, .data = (void *)offsetof(struct rstwhy_settings, field),           \
		.maxlen = sizeof(int), .mode = 0644, .proc_handler = write_and_apply,                             \
	}

static const struct ctl_table rows[] = {
	ROW_APPLIED("enable", enable),
	ROW_APPLIED("conntrack", conntrack),
	ROW("group", group, &zero, &most_group),
	ROW_WITH("resume_ms", resume_ms, &least_resume, &most_resume, write_resume),
	ROW("rate", rate, &zero, &most_rate),
	ROW("burst", burst, &one, &most_rate),
	ROW("copy", copy, &zero, &most_copy),
	ROW("report_init", report_init, &zero, &one),
};

/**
 * rstwhy_sysctl_init() - make a namespace's settings visible
 * @net: the namespace; its settings hold their defaults
 *
 * Only the owner of the initial user namespace may write: a container's root must not be able to fill the memory or the log.
 *
 * Context: process.
 * Return: 0 or -ENOMEM; then nothing is left.
 */
int rstwhy_sysctl_init(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);
	struct ctl_table *table = kcalloc(ARRAY_SIZE(rows) + 1, sizeof(*table), GFP_KERNEL);
	size_t i;

	if (!table)
		return -ENOMEM;
	memcpy(table, rows, sizeof(rows));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		table[i].data = (u8 *)&rn->set + (unsigned long)rows[i].data;
		if (table[i].proc_handler == write_and_apply)
			table[i].extra2 = net;
		if (net->user_ns != &init_user_ns)
			table[i].mode = 0444;
	}
	rn->sysctl = compat_register_net_sysctl(net, "net/netfilter", table, ARRAY_SIZE(rows));
	if (!rn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	rn->sysctl_table = table;
	return 0;
}

/**
 * rstwhy_sysctl_exit() - take the settings away; nobody writes any more when it returns
 * @net: the namespace
 *
 * Context: process.
 */
void rstwhy_sysctl_exit(struct net *net)
{
	struct rstwhy_net *rn = rstwhy_pernet(net);

	unregister_net_sysctl_table(rn->sysctl);
	kfree(rn->sysctl_table);
}
