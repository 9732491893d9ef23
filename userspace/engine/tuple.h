/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tuple.h - tuples and their addresses compared, a word at a time
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Each flow is asked for by a dozen of these: they are to cost no call.
 */
#ifndef RSTWHY_TUPLE_H
#define RSTWHY_TUPLE_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../../module/uapi/rstwhy.h"

struct address_words {
	uint64_t word[2];
};

static inline struct address_words address_words(const uint8_t addr[16])
{
	struct address_words words;

	memcpy(&words, addr, sizeof(words));
	return words;
}

/* Not 0: they are not the same. */
static inline uint64_t address_differs(const uint8_t a[16], const uint8_t b[16])
{
	struct address_words x = address_words(a), y = address_words(b);

	return (x.word[0] ^ y.word[0]) | (x.word[1] ^ y.word[1]);
}

/* As memcmp() orders them: below 0, 0, above. */
static inline int address_order(const uint8_t a[16], const uint8_t b[16])
{
	struct address_words x = address_words(a), y = address_words(b);
	unsigned int i = x.word[0] == y.word[0];
	uint64_t left = be64toh(x.word[i]), right = be64toh(y.word[i]);

	return (left > right) - (left < right);
}

static inline bool tuple_is_zero(const struct rstwhy_tuple *t)
{
	struct address_words src = address_words(t->src), dst = address_words(t->dst);

	return !(src.word[0] | src.word[1] | dst.word[0] | dst.word[1] | t->sport | t->dport);
}

static inline bool tuple_equal(const struct rstwhy_tuple *a, const struct rstwhy_tuple *b)
{
	return !(address_differs(a->src, b->src) | address_differs(a->dst, b->dst) | (a->sport ^ b->sport) | (a->dport ^ b->dport));
}

/* b is a seen from the other side, nothing translated */
static inline bool tuple_mirrors(const struct rstwhy_tuple *a, const struct rstwhy_tuple *b)
{
	return !(address_differs(a->src, b->dst) | address_differs(a->dst, b->src) | (a->sport ^ b->dport) | (a->dport ^ b->sport));
}

#endif
