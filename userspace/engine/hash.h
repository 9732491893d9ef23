/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hash.h - where a key lies in a table
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A key that was put together a moment ago is hashed by its own members, a word at a time: read back as eight bytes that were written as two
 * and four, it would have to wait until all that was written before has reached the cache.
 */
#ifndef RSTWHY_HASH_H
#define RSTWHY_HASH_H

#include "../../module/wide_product.h"
#include "tuple.h"

#define HASH_MULTIPLIER 0x9e3779b97f4a7c15ULL

static inline uint64_t hash_begin(uint64_t seed)
{
	return 0xcbf29ce484222325ULL ^ seed;
}

static inline uint64_t hash_word(uint64_t h, uint64_t word)
{
	return fm_fold(h ^ word, HASH_MULTIPLIER);
}

static inline uint64_t hash_address(uint64_t h, const uint8_t addr[16])
{
	struct address_words words = address_words(addr);

	return hash_word(hash_word(h, words.word[0]), words.word[1]);
}

/* The avalanche: each bit of the words moves each of the result. */
static inline uint64_t hash_end(uint64_t h)
{
	h ^= h >> 32;
	h *= HASH_MULTIPLIER;
	return h ^ h >> 29;
}

#endif
