// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_key.c - one key for both directions of a flow, and its hash
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem.h"

static inline u64 rotl64(u64 x, int b)
{
	return (x << b) | (x >> (64 - b));
}

struct sip {
	u64 v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotl64(s->v1, 13) ^ s->v0;
	s->v0 = rotl64(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotl64(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl64(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl64(s->v1, 17) ^ s->v2;
	s->v2 = rotl64(s->v2, 32);
}

static inline void sip_word(struct sip *s, u64 word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

static inline u64 word_at(const u8 *p)
{
	u64 w;

	memcpy(&w, p, 8);
	return w;
}

/**
 * flowmem_hash_ends() - SipHash-1-3 of a canonical tuple
 * @fm: holds the secret, so that nobody outside can choose colliding tuples
 * @ends: from fm_ends_of()
 *
 * The words have one length per family, and the family is in them: no length word is needed.
 *
 * Context: any; pure.
 * Return: the hash; its upper half is the tag, the lower one picks the sets.
 */
u64 flowmem_hash_ends(const struct flowmem *fm, const struct fm_ends *ends)
{
	struct sip s = {
		fm->secret[0] ^ 0x736f6d6570736575ULL,
		fm->secret[1] ^ 0x646f72616e646f6dULL,
		fm->secret[0] ^ 0x6c7967656e657261ULL,
		fm->secret[1] ^ 0x7465646279746573ULL ^ ends->netns,
	};

	if (ends->family == 4) {
		sip_word(&s, ((u64)fm_word(ends->addr[0]) << 32) | fm_word(ends->addr[1]));
	} else {
		sip_word(&s, word_at(ends->addr[0]));
		sip_word(&s, word_at(ends->addr[0] + 8));
		sip_word(&s, word_at(ends->addr[1]));
		sip_word(&s, word_at(ends->addr[1] + 8));
	}
	sip_word(&s, ((u64)ends->port[0] << 48) | ((u64)ends->port[1] << 32) | ((u64)ends->zone << 16) | ends->family);
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/**
 * flowmem_hash() - the same of a key
 * @fm: as above
 * @key: from flowmem_key() or flowmem_key_of()
 *
 * Context: any; pure.
 * Return: what flowmem_hash_ends() returns for the same tuple.
 */
u64 flowmem_hash(const struct flowmem *fm, const struct fm_key *key)
{
	struct fm_ends ends = {
		{ key->addr[0], key->addr[1] }, { key->port[0], key->port[1] }, key->zone, key->family, key->netns,
	};

	return flowmem_hash_ends(fm, &ends);
}

/**
 * flowmem_key_of() - a canonical tuple, copied
 * @key: filled, all of it
 * @ends: from fm_ends_of()
 *
 * Context: any; pure.
 */
void flowmem_key_of(struct fm_key *key, const struct fm_ends *ends)
{
	size_t len = ends->family == 4 ? 4 : 16;

	memset(key, 0, sizeof(*key));
	memcpy(key->addr[0], ends->addr[0], len);
	memcpy(key->addr[1], ends->addr[1], len);
	key->port[0] = ends->port[0];
	key->port[1] = ends->port[1];
	key->zone = ends->zone;
	key->family = ends->family;
	key->netns = ends->netns;
}

/**
 * flowmem_key() - the canonical form of a tuple
 * @key: filled, all of it
 * @tuple: addresses and ports as on the wire
 * @family: 4 or 6
 * @zone: conntrack zone of the ORIGINAL direction
 * @netns: the namespace's number
 *
 * Context: any; pure.
 * Return: the side of the tuple's source, 0 or 1.
 */
u8 flowmem_key(struct fm_key *key, const struct rstwhy_tuple *tuple, u8 family, u16 zone, u32 netns)
{
	struct fm_ends ends;
	u8 side = fm_ends_of(&ends, tuple->src, tuple->dst, tuple->sport, tuple->dport, family, zone, netns);

	flowmem_key_of(key, &ends);
	return side;
}
