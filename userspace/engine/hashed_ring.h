/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hashed_ring.h - places of a ring, found again by hash; the oldest is overwritten
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Every entry has a running number, from 1. A bucket names its newest entry and each entry the next older of its bucket. A number that has
 * left the ring ends the chain, so that overwriting needs no unlinking. What an entry holds is the caller's, in arrays of as many places:
 * what is looked at on the way through a chain lies here, close together.
 */
#ifndef RSTWHY_HASHED_RING_H
#define RSTWHY_HASHED_RING_H

#include <stdbool.h>
#include <stdint.h>

struct hashed_ring {
	uint64_t last;	/* running number of the newest entry; 0: nothing has come yet */
	uint32_t mask;	/* of places: there are one more */
	uint32_t buckets_mask;
	struct ring_link {
		uint64_t hash;
		uint64_t older; /* the next older entry of the bucket, 0 none */
	} *links; /* by place */
	uint64_t *buckets; /* numbers; 0 none */
};

/*
 * A power of two of places, capacity at least, and so many buckets a place, itself a power of two: with several, what is not there is mostly
 * known from its bucket alone. False without memory; free it then too.
 */
bool hashed_ring_init(struct hashed_ring *ring, uint32_t capacity, uint32_t buckets_a_place);
void hashed_ring_free(struct hashed_ring *ring);

/* How many places there are. */
static inline uint32_t hashed_ring_size(const struct hashed_ring *ring)
{
	return ring->mask + 1;
}

static inline uint32_t hashed_ring_place(const struct hashed_ring *ring, uint64_t number)
{
	return (uint32_t)number & ring->mask;
}

/* That number, if its entry is still there; else 0. */
static inline uint64_t hashed_ring_kept(const struct hashed_ring *ring, uint64_t number)
{
	return number && number + ring->mask >= ring->last ? number : 0;
}

/* Where the bucket's newest entry is named. */
static inline uint64_t *hashed_ring_bucket(const struct hashed_ring *ring, uint64_t hash)
{
	return &ring->buckets[hash & ring->buckets_mask];
}

/* The number of the newest entry in the bucket of that hash, then of each next older one; 0: no more. Of that hash not all need be. */
static inline uint64_t hashed_ring_newest(const struct hashed_ring *ring, uint64_t hash)
{
	return hashed_ring_kept(ring, *hashed_ring_bucket(ring, hash));
}

static inline uint64_t hashed_ring_older(const struct hashed_ring *ring, uint64_t number)
{
	return hashed_ring_kept(ring, ring->links[hashed_ring_place(ring, number)].older);
}

static inline bool hashed_ring_is(const struct hashed_ring *ring, uint64_t number, uint64_t hash)
{
	return ring->links[hashed_ring_place(ring, number)].hash == hash;
}

/* A new entry; returns its place, which the oldest has left. */
static inline uint32_t hashed_ring_add(struct hashed_ring *ring, uint64_t hash)
{
	uint64_t *bucket = hashed_ring_bucket(ring, hash), number = ++ring->last;
	uint32_t place = hashed_ring_place(ring, number);

	ring->links[place] = (struct ring_link){.hash = hash, .older = *bucket};
	*bucket = number;
	return place;
}

/* Soon that hash will be asked for, or added. */
static inline void hashed_ring_expect(const struct hashed_ring *ring, uint64_t hash)
{
	__builtin_prefetch(hashed_ring_bucket(ring, hash));
}

#endif
