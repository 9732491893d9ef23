// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - nf_rstwhy: load and unload
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kmod.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/vmalloc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_log.h>

#include "flowmem_arrays.h"
#include "netns.h"
#include "snapshot.h"

#define FLOWS_LEAST 4096
#define HOSTS_LEAST 1024
#define HOSTS_MOST 65536
#define MEMORY_SHARE 64 /* the flow memory takes at most one part in this many of all memory */

struct flowmem rstwhy_flows;
struct hostmem rstwhy_hosts;

static unsigned int flows;
module_param(flows, uint, 0444);
MODULE_PARM_DESC(flows, "connections remembered (default: nf_conntrack_max, at least 4096, at most 1/64 of memory)");

static unsigned int choose_flows(void)
{
	u64 most = div64_u64(((u64)totalram_pages() << PAGE_SHIFT) / MEMORY_SHARE, FM_FLOW_BYTES);
	u64 wanted = flows ? flows : nf_conntrack_max;

	most = clamp_t(u64, most, FLOWS_LEAST, 1U << 30);
	return round_down((unsigned int)clamp_t(u64, wanted, FLOWS_LEAST, most), FM_WAYS);
}

static void release(void *table)
{
	vfree(table);
}

static void free_memory(void)
{
	flowmem_release(&rstwhy_flows, release);
	vfree(rstwhy_hosts.hosts);
}

/* A refusal is told in one line of ours, not by the allocator's call trace. */
static void *table(unsigned int records, size_t size)
{
	return __vmalloc(array_size(records, size), GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
}

static int make_memory(void)
{
	unsigned int hosts;
	u64 secret[3];

	flows = choose_flows();
	hosts = round_up(clamp_t(unsigned int, flows / 16, HOSTS_LEAST, HOSTS_MOST), HM_WAYS);
	rstwhy_hosts.hosts = table(hosts, sizeof(struct hm_host));
	if (!flowmem_arrays(&rstwhy_flows, flows, table) || !rstwhy_hosts.hosts) {
		free_memory();
		pr_err("no memory for %u flows: give flows= a smaller number\n", flows);
		return -ENOMEM;
	}
	get_random_bytes(secret, sizeof(secret));
	flowmem_init(&rstwhy_flows, secret[0], secret[1]);
	hostmem_init(&rstwhy_hosts, hosts, secret[2]);
	return 0;
}

static int hold_logger(u8 pf)
{
	int err = nf_logger_find_get(pf, NF_LOG_TYPE_ULOG);

	if (err != -ENOENT)
		return err;
	request_module("nfnetlink_log");
	return nf_logger_find_get(pf, NF_LOG_TYPE_ULOG);
}

static int hold_loggers(void)
{
	int err = hold_logger(NFPROTO_IPV4);

	if (err)
		return err;
	err = hold_logger(NFPROTO_IPV6);
	if (err)
		nf_logger_put(NFPROTO_IPV4, NF_LOG_TYPE_ULOG);
	return err;
}

static void put_loggers(void)
{
	nf_logger_put(NFPROTO_IPV6, NF_LOG_TYPE_ULOG);
	nf_logger_put(NFPROTO_IPV4, NF_LOG_TYPE_ULOG);
}

static int __init rstwhy_load(void)
{
	int err;

	snapshot_init();
	err = make_memory();
	if (err)
		return err;
	err = hold_loggers();
	if (err) {
		pr_err("no NFLOG: nfnetlink_log cannot be loaded (%d)\n", err);
		goto free;
	}
	err = rstwhy_ingress_init();
	if (err)
		goto put;
	err = rstwhy_netns_init();
	if (err)
		goto ingress;
	pr_info("%s: remembers %u flows\n", THIS_MODULE->version, flows);
	return 0;

ingress:
	rstwhy_ingress_exit();
put:
	put_loggers();
free:
	free_memory();
	return err;
}

static void __exit rstwhy_unload(void)
{
	rstwhy_netns_exit();
	rstwhy_ingress_exit();
	put_loggers();
	free_memory();
}

module_init(rstwhy_load);
module_exit(rstwhy_unload);

MODULE_DESCRIPTION("Tells who reset a TCP connection, and why");
MODULE_AUTHOR("the rstwhy authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_SOFTDEP("pre: nf_conntrack nfnetlink_log");
