// SPDX-License-Identifier: GPL-2.0
/*
 * unpacker.c - which program reads what logrotate has compressed
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "unpacker.h"

#include <string.h>
#include <unistd.h>

#define MAGIC_MAX 6

/* The magic numbers are those of RFC 1952, the .xz file format 1.2.1, RFC 8878, bzip2(1) and the LZ4 frame format 1.6.4. */
static const struct unpacker {
	const char *program, *suffix;
	size_t magic_len;
	unsigned char magic[MAGIC_MAX];
} unpackers[] = {
	{"gzip", ".gz", 2, {0x1f, 0x8b}},
	{"xz", ".xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
	{"zstd", ".zst", 4, {0x28, 0xb5, 0x2f, 0xfd}},
	{"bzip2", ".bz2", 3, {'B', 'Z', 'h'}},
	{"lz4", ".lz4", 4, {0x04, 0x22, 0x4d, 0x18}},
};

#define UNPACKERS (sizeof(unpackers) / sizeof(unpackers[0]))

const char *unpacker_of(int file)
{
	unsigned char begin[MAGIC_MAX];
	ssize_t len = pread(file, begin, sizeof(begin), 0);

	for (size_t i = 0; i < UNPACKERS; i++)
		if (len >= (ssize_t)unpackers[i].magic_len && !memcmp(begin, unpackers[i].magic, unpackers[i].magic_len))
			return unpackers[i].program;
	return NULL;
}

bool unpacker_is_suffix(const char *suffix)
{
	for (size_t i = 0; i < UNPACKERS; i++)
		if (!strcmp(suffix, unpackers[i].suffix))
			return true;
	return false;
}
