/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hash.h - where a key's bytes lie in a table
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Here, so that each key's length is known where it is hashed.
 */
#ifndef RSTWHY_HASH_H
#define RSTWHY_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Multiply and fold, eight bytes at a time, with a final avalanche. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ seed, word;
	const uint8_t *p = bytes;

#pragma GCC unroll 8
	for (size_t i = len / sizeof(word); i > 0; i--, p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	word = 0;
	memcpy(&word, p, len % sizeof(word));
	h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

#endif
