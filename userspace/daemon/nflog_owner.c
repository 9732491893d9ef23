// SPDX-License-Identifier: GPL-2.0
/*
 * nflog_owner.c - whose netlink socket it is
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "nflog_owner.h"

#include <dirent.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKETS_FILE "/proc/net/netlink"
#define SOCKETS_MAX (1U << 20)

/* Columns: sk, protocol, port, groups, rmem, wmem, dump, locks, drops, inode. */
uint64_t nflog_owner_inode(const char *text, uint32_t portid)
{
	unsigned int protocol, port;
	uint64_t inode;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (sscanf(text, "%*s %u %u %*s %*s %*s %*s %*s %*s %" SCNu64, &protocol, &port, &inode) == 3 &&
		    protocol == NETLINK_NETFILTER && port == portid)
			return inode;
	return 0;
}

static uint64_t read_inode(uint32_t portid)
{
	char *text = malloc(SOCKETS_MAX);
	FILE *file = fopen(SOCKETS_FILE, "re");
	uint64_t inode = 0;

	if (text && file) {
		text[fread(text, 1, SOCKETS_MAX - 1, file)] = '\0';
		inode = nflog_owner_inode(text, portid);
	}
	if (file)
		fclose(file);
	free(text);
	return inode;
}

static bool holds(const char *pid, const char *socket)
{
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	directory = opendir(path);
	while (directory && !found && (entry = readdir(directory))) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%.16s/fd/%.16s", pid, entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		found = !strcmp(target, socket);
	}
	if (directory)
		closedir(directory);
	return found;
}

bool nflog_owner(uint32_t portid, uint32_t *pid)
{
	uint64_t inode = read_inode(portid);
	DIR *processes = inode ? opendir("/proc") : NULL;
	struct dirent *entry;
	bool found = false;
	char socket[64];

	snprintf(socket, sizeof(socket), "socket:[%" PRIu64 "]", inode);
	while (processes && !found && (entry = readdir(processes))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		found = holds(entry->d_name, socket);
		if (found)
			*pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
	}
	if (processes)
		closedir(processes);
	return found;
}
