// SPDX-License-Identifier: GPL-2.0
/*
 * flowmem_key.c - one key for both directions of a flow, and its hash
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowmem_fast.h"

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

/* SipHash-1-3 of one number. */
static u64 sip_draw(u64 secret0, u64 secret1, u64 number)
{
	struct sip s = {
		secret0 ^ 0x736f6d6570736575ULL,
		secret1 ^ 0x646f72616e646f6dULL,
		secret0 ^ 0x6c7967656e657261ULL,
		secret1 ^ 0x7465646279746573ULL,
	};

	sip_word(&s, number);
	sip_word(&s, 8ULL << 56);
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/**
 * flowmem_hash_keys() - draw the hash's keys
 * @keys: filled
 * @secret0: random
 * @secret1: random
 *
 * Context: any; pure: the same secret gives the same keys.
 */
void flowmem_hash_keys(struct fm_hash_keys *keys, u64 secret0, u64 secret1)
{
	u64 drawn[sizeof(*keys) / sizeof(u64)];
	size_t i;

	for (i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		drawn[i] = sip_draw(secret0, secret1, i);
	memcpy(keys, drawn, sizeof(*keys));
	keys->netns |= 1;
}

/**
 * flowmem_hash() - fm_hash_ends() of a key
 * @fm: holds the keys
 * @key: from flowmem_key() or flowmem_key_of()
 *
 * Context: any; pure.
 * Return: what fm_hash_ends() returns for the same tuple.
 */
u64 flowmem_hash(const struct flowmem *fm, const struct fm_key *key)
{
	struct fm_ends ends = { .zone = key->zone, .family = key->family, .netns = key->netns };

	ends.end[0] = fm_end_of(key->addr[0], key->port[0], key->family);
	ends.end[1] = fm_end_of(key->addr[1], key->port[1], key->family);

	return fm_hash_ends(&fm->keys, &ends);
}

static void put_addr(u8 *addr, const struct fm_end *end, u8 family)
{
	u32 four = (u32)end->first;

	if (family == 4) {
		memcpy(addr, &four, sizeof(four));
		return;
	}
	memcpy(addr, &end->first, sizeof(end->first));
	memcpy(addr + sizeof(end->first), &end->second, sizeof(end->second));
}

/**
 * flowmem_key_of() - a canonical tuple as it is kept
 * @key: filled, all of it
 * @ends: from fm_ends_of()
 *
 * Context: any; pure.
 */
void flowmem_key_of(struct fm_key *key, const struct fm_ends *ends)
{
	memset(key, 0, sizeof(*key));
	put_addr(key->addr[0], &ends->end[0], ends->family);
	put_addr(key->addr[1], &ends->end[1], ends->family);
	key->port[0] = ends->end[0].port;
	key->port[1] = ends->end[1].port;
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
	u8 side;
	struct fm_ends ends = fm_ends_of(&side, tuple->src, tuple->dst, tuple->sport, tuple->dport, family, zone, netns);

	flowmem_key_of(key, &ends);
	return side;
}
