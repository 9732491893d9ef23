/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysctl_net.h - registering a namespace's own sysctl table
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_COMPAT_SYSCTL_NET_H
#define RSTWHY_COMPAT_SYSCTL_NET_H

#include <linux/sysctl.h>
#include <net/net_namespace.h>

/*
 * Before commit 95d4977876d2 (6.6, "sysctl: Add size to register_net_sysctl function") tables ended with an empty row; an empty row
 * is what later kernels refuse. Tables here are allocated one row longer than their size, zeroed, and registered by size where possible.
 */
static inline struct ctl_table_header *compat_register_net_sysctl(struct net *net, const char *path, struct ctl_table *table,
								   size_t rows)
{
#ifdef RSTWHY_HAVE_SYSCTL_SZ
	return register_net_sysctl_sz(net, path, table, rows);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* Handlers take a const table since commit 78eb4ea25cd5 (6.11, "sysctl: treewide: constify the ctl_table argument of proc_handlers"). */
#ifdef RSTWHY_HAVE_SYSCTL_CONST
typedef const struct ctl_table compat_ctl_table;
#else
typedef struct ctl_table compat_ctl_table;
#endif

#endif
