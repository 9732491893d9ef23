// SPDX-License-Identifier: GPL-2.0
/*
 * hints_table.c - the known timeouts that are built in
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The same as userspace/deploy/known-timeouts.conf; a unit test compares them.
 */
#include "hints.h"

#define S HINT_SILENT
#define N HINT_NEXT
#define B HINT_BOTH
#define F HINT_FIN
#define E HINT_END

static const struct hint table[] = {
	{ 432000, S | N, "Linux conntrack" },
	{ 86400, S | N, "kube-proxy conntrack setting" },
	{ 28800, E, "MariaDB wait_timeout" }, /* measured: SO_LINGER 0 and close() */
	{ 3600, S | N | B, "FortiGate" },
	{ 3600, S | B, "Cisco ASA" },
	{ 3600, S, "Palo Alto" },
	{ 3600, S, "Check Point" },
	{ 3600, F, "Envoy idle timeout" },
	{ 1800, S | N, "Juniper SRX" },
	{ 1200, S, "GCP Cloud NAT" },
	{ 900, S, "IPVS" },
	{ 600, S, "GCP VPC firewall" },
	{ 600, F, "nginx stream proxy_timeout" },
	{ 350, N, "AWS NLB" },
	{ 350, N, "AWS NAT gateway" },
	{ 350, S, "AWS GWLB" },
	{ 350, S, "AWS Network Firewall" },
	{ 350, S, "AWS security group tracking (Nitro v6)" },
	{ 300, S | B, "F5 BIG-IP TCP profile" },
	{ 240, S | B, "Azure Load Balancer" },
	{ 240, N, "Azure NAT gateway" },
	{ 240, F, "Azure Firewall" },
	{ 75, F, "nginx client keepalive_timeout" },
	{ 60, F, "AWS ALB or CLB" },
	{ 60, F, "nginx upstream keepalive" },
	{ 60, F, "HAProxy" },
	{ 10, E, "MariaDB connect_timeout" },
};

void hints_builtin(struct hints *hints)
{
	hints->count = 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		hints_add(hints, &table[i]);
}
