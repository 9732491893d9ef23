/* SPDX-License-Identifier: GPL-2.0 */
/*
 * module_state.h - what /proc/net/nf_rstwhy tells
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_MODULE_STATE_H
#define RSTWHY_MODULE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODULE_STATE_FILE "/proc/net/nf_rstwhy"

struct module_state {
	bool have_epoch; /* it is shown to CAP_NET_ADMIN only */
	uint64_t epoch;
	bool have_abi;
	unsigned int major, minor;
	char version[32];	/* "" not told */
	char conntrack[32];	/* "on", "off"; "" not told */
	bool have_enabled, enabled; /* its hooks are in place in this namespace */
	bool flowtable_built_in; /* nftables and its flowtable are no modules of this kernel */
	bool have_group;
	uint32_t group; /* where it sends to */
	bool have_sequence;
	uint64_t sequence; /* the last one used in this namespace */
	uint64_t suppressed; /* by the rate limit, both buckets */
	uint64_t failed;
	uint64_t rst_seen, rst_told; /* RSTs that came by; of these, sent to the group */
	uint64_t other_told;	     /* messages of all other kinds, sent */
	uint64_t refused; /* flows that found no room in the flow memory */
};

enum module_presence {
	MODULE_PRESENT,
	MODULE_ABSENT,
	MODULE_UNREADABLE, /* errno tells */
};

/* Lines of a name, a space and a value; unknown names are skipped. Pure. */
void module_state_parse(const char *text, struct module_state *state);

/* How the module and this program agree: < 0 the module is older than we understand, > 0 it is newer, 0 they fit. */
int module_state_abi(const struct module_state *state);

enum module_presence module_state_read(const char *path, struct module_state *state);

#endif
