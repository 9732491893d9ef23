// SPDX-License-Identifier: GPL-2.0
/*
 * nflog_peer.c - who reads an NFLOG group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "nflog_peer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Columns: group, reader's port, queued messages, copy mode, copy range, flush timeout, use count. */
bool nflog_peer_parse(const char *text, uint32_t group, uint32_t *portid)
{
	unsigned int number;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (sscanf(text, "%u %u", &number, portid) == 2 && number == group)
			return true;
	return false;
}

/* As much of a file as fits, as text; false: errno tells. */
static bool read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		return false;
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	fclose(file);
	return true;
}

bool nflog_peer_find(uint32_t group, uint32_t *portid)
{
	char text[16384];

	errno = 0;
	if (!read_text(NFLOG_PEER_FILE, text, sizeof(text)))
		return false;
	errno = 0;
	return nflog_peer_parse(text, group, portid);
}

bool nflog_peer_program(uint32_t portid, char *name, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/comm", portid);
	if (!read_text(path, name, size))
		return false;
	name[strcspn(name, "\n")] = '\0';
	for (char *c = name; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	return name[0] != '\0';
}
