/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nflog_owner.h - whose netlink socket it is
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A process's first netlink socket has its process id as port, further ones have any number: they are found by their inode.
 */
#ifndef RSTWHY_NFLOG_OWNER_H
#define RSTWHY_NFLOG_OWNER_H

#include <stdbool.h>
#include <stdint.h>

/* The inode of the NETLINK_NETFILTER socket with that port, in the text of /proc/net/netlink; 0: there is none. Pure. */
uint64_t nflog_owner_inode(const char *text, uint32_t portid);

/* The process that holds it, on this machine; root sees all. False: not found. */
bool nflog_owner(uint32_t portid, uint32_t *pid);

#endif
