// SPDX-License-Identifier: GPL-2.0
/*
 * procfile.c - /proc/net/nf_rstwhy: a name and a value a line; /proc/net/nf_rstwhy_ingress: devices with a flowtable
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/user_namespace.h>

#include "flowmem_arrays.h"
#include "flowmem_table.h"
#include "netns.h"

#define FILE_NAME "nf_rstwhy"
#define INGRESS_FILE_NAME "nf_rstwhy_ingress"

static const char *const count_names[COUNTS] = {
	[COUNT_RST_SEEN] = "rst_seen",
	[COUNT_RST_TOLD] = "rst_told",
	[COUNT_AFTER_TOLD] = "after_told",
	[COUNT_SILENCE_TOLD] = "silence_told",
	[COUNT_SURVIVED_TOLD] = "survived_told",
	[COUNT_SUPPRESSED_KNOWN] = "suppressed_known",
	[COUNT_SUPPRESSED_UNKNOWN] = "suppressed_unknown",
	[COUNT_FAILED] = "failed",
	[COUNT_MALFORMED] = "malformed",
	[COUNT_NO_SNAPSHOT] = "no_snapshot",
	[COUNT_ZONES_FORGOTTEN] = "zones_forgotten",
};

static const char *const flow_names[FM_COUNTS] = {
	[FM_CREATED] = "flows_created",
	[FM_REFUSED] = "flows_refused",
	[FM_EVICTED_DEAD] = "flows_evicted_dead",
	[FM_EVICTED_PROBATION] = "flows_evicted_probation",
	[FM_EVICTED_OUTLIVED] = "flows_evicted_outlived",
	[FM_ALIAS_REPLACED] = "aliases_replaced",
};

static void show_place(struct seq_file *m, struct net *net, const struct rstwhy_net *rn)
{
	seq_printf(m, "version %s\n", THIS_MODULE->version);
	seq_printf(m, "abi %u.%u\n", RSTWHY_ABI_MAJOR, RSTWHY_ABI_MINOR);
	/* What makes evidence genuine is not for everybody who may read /proc; and as anybody may make a namespace, each has its own. */
	if (file_ns_capable(m->file, net->user_ns, CAP_NET_ADMIN))
		seq_printf(m, "epoch %016llx\n", rn->epoch);
	seq_printf(m, "netns %u\n", net->ns.inum);
	seq_printf(m, "enabled %d\n", rn->hooked);
	seq_printf(m, "conntrack %s\n", rstwhy_tracking(net, NFPROTO_IPV4) || rstwhy_tracking(net, NFPROTO_IPV6) ? "on" : "off");
	/* Then /sys/module does not tell whether it is in use, and to ask nftables loads nothing. */
	seq_printf(m, "flowtable %s\n", IS_BUILTIN(CONFIG_NF_FLOW_TABLE) && IS_BUILTIN(CONFIG_NF_TABLES) ? "built-in" : "module");
	seq_printf(m, "group %d\n", rn->set.group);
	seq_printf(m, "sequence %lld\n", (s64)atomic64_read(&rn->sequence));
}

static void show_memory(struct seq_file *m)
{
	int i;

	seq_printf(m, "flows_slots %u\n", rstwhy_flows.flows);
	seq_printf(m, "flows_used %u\n", flowmem_used(&rstwhy_flows));
	seq_printf(m, "flows_guests %llu\n", fm_count_read(&rstwhy_flows.guests));
	seq_printf(m, "slot_bytes %zu\n", FM_FLOW_BYTES);
	for (i = 0; i < FM_COUNTS; i++)
		seq_printf(m, "%s %llu\n", flow_names[i], fm_count_read(&rstwhy_flows.counts[i]));
	seq_printf(m, "hosts_replaced %llu\n", fm_count_read(&rstwhy_hosts.replaced));
}

static int show(struct seq_file *m, void *v)
{
	struct net *net = seq_file_single_net(m);
	const struct rstwhy_net *rn = rstwhy_pernet(net);
	int i;

	show_place(m, net, rn);
	for (i = 0; i < COUNTS; i++)
		seq_printf(m, "%s %llu\n", count_names[i], rstwhy_count_sum(rn, i));
	show_memory(m);
	return 0;
}

static int show_ingress(struct seq_file *m, void *v)
{
	rstwhy_ingress_show(m, seq_file_single_net(m));
	return 0;
}

/*
 * "+DEVICE" or "-DEVICE", one a write. A hook for each packet of a device is not for a container's root, and the daemon that writes
 * here is not root but has CAP_NET_ADMIN: so the file's mode is open, and the capability decides.
 */
static int write_ingress(struct file *file, char *text, size_t size)
{
	struct net *net = seq_file_single_net(file->private_data);
	char *name = text + 1;

	if (!file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';
	if ((text[0] != '+' && text[0] != '-') || !dev_valid_name(name))
		return -EINVAL;
	return rstwhy_ingress_write(net, name, text[0] == '+');
}

/**
 * rstwhy_procfile_init() - make the files
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM; then neither is there.
 */
int rstwhy_procfile_init(struct net *net)
{
	if (!proc_create_net_single(FILE_NAME, 0444, net->proc_net, show, NULL))
		return -ENOMEM;
	if (proc_create_net_single_write(INGRESS_FILE_NAME, 0666, net->proc_net, show_ingress, write_ingress, NULL))
		return 0;
	remove_proc_entry(FILE_NAME, net->proc_net);
	return -ENOMEM;
}

/**
 * rstwhy_procfile_exit() - remove the files; nobody reads or writes them any more when it returns
 * @net: the namespace
 *
 * Context: process.
 */
void rstwhy_procfile_exit(struct net *net)
{
	remove_proc_entry(INGRESS_FILE_NAME, net->proc_net);
	remove_proc_entry(FILE_NAME, net->proc_net);
}
