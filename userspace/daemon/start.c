// SPDX-License-Identifier: GPL-2.0
/*
 * start.c - what is said and looked at when the daemon starts
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "start.h"

#include "nflog_peer.h"
#include "announce.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void tell_conflict(uint32_t group, uint32_t portid)
{
	char program[64];

	if (portid == 0)
		announce("another program reads NFLOG group %u, and a group has one reader only", group);
	else if (nflog_peer_program(portid, program, sizeof(program)))
		announce("another program reads NFLOG group %u (netlink port %u: %s, process %u), and a group has one reader only", group, portid,
		    program, portid);
	else
		announce("another program reads NFLOG group %u (netlink port %u), and a group has one reader only", group, portid);
	announce("stop it, or use another group on both sides: nflog.group=N and sysctl net.netfilter.nf_rstwhy_group=N");
}

/* To bind a group that another socket has bound is EPERM, like lacking the capability: so who reads it is asked first. */
void start_tell_bind_error(uint32_t group, int error)
{
	uint32_t portid = 0;

	if (nflog_peer_find(group, &portid) || error == EBUSY) {
		tell_conflict(group, portid);
		return;
	}
	switch (error) {
	case EPERM:
		announce("NFLOG group %u cannot be bound: that needs CAP_NET_ADMIN; run rstwhyd as root or from its systemd unit", group);
		break;
	case EINVAL:
	case ENOENT:
	case EPROTONOSUPPORT:
		announce("NFLOG group %u cannot be bound: this kernel has no nfnetlink_log; modprobe nfnetlink_log", group);
		break;
	default:
		announce("NFLOG group %u cannot be bound: %s", group, strerror(error));
	}
}

void start_tell_limits(const struct config *config, const struct module_state *state)
{
	if (!strcmp(state->conntrack, "off"))
		announce("conntrack does not run in this network namespace: the flow memory alone serves, with less confidence; "
		    "`sysctl net.netfilter.nf_rstwhy_conntrack=1` turns it on");
	if (state->have_enabled && !state->enabled)
		announce("the module is not enabled in this network namespace: `sysctl net.netfilter.nf_rstwhy_enable=1`");
	if (state->have_group && state->group != config->group)
		announce("the module sends to NFLOG group %u, but nflog.group is %u: `sysctl net.netfilter.nf_rstwhy_group=%u`",
		    state->group, config->group, config->group);
}

uint32_t start_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) == 0 ? (uint32_t)st.st_ino : 0;
}
