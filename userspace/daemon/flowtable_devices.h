/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flowtable_devices.h - a set of device names: from nftables' messages, and against what the module has
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FLOWTABLE_DEVICES_H
#define RSTWHY_FLOWTABLE_DEVICES_H

#include <libmnl/libmnl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#define FLOWTABLE_DEVICES_MOST 256

struct flowtable_devices {
	size_t count;
	size_t dropped; /* for lack of room */
	char name[FLOWTABLE_DEVICES_MOST][IF_NAMESIZE];
};

/* Once each; what is no device name is left out, what finds no room is counted. */
void flowtable_devices_add(struct flowtable_devices *devices, const char *name);

bool flowtable_devices_have(const struct flowtable_devices *devices, const char *name);

/* What to do with a name that is given by its beginning only. */
typedef void flowtable_devices_prefix(struct flowtable_devices *devices, const char *beginning);

/* Add those of one NFT_MSG_NEWFLOWTABLE message; false: it is malformed. prefix may be NULL: such names are left out. */
bool flowtable_devices_parse(struct flowtable_devices *devices, const struct nlmsghdr *message, flowtable_devices_prefix *prefix);

/* One name a line, as the module's file has them. */
void flowtable_devices_lines(struct flowtable_devices *devices, const char *text);

#endif
