/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nflog_peer.h - who reads an NFLOG group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_NFLOG_PEER_H
#define RSTWHY_NFLOG_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NFLOG_PEER_FILE "/proc/net/netfilter/nfnetlink_log"

/* The netlink port of the group's reader in the text of that file, or false when it has none. Pure. */
bool nflog_peer_parse(const char *text, uint32_t group, uint32_t *portid);

/* Its netlink port on this machine. False: no reader, or the file cannot be read (errno is then not 0). */
bool nflog_peer_find(uint32_t group, uint32_t *portid);

/* The program behind a netlink port, where the port is a process id (as it is for most): "ulogd". False: not known. */
bool nflog_peer_program(uint32_t portid, char *name, size_t size);

#endif
