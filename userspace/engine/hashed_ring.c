// SPDX-License-Identifier: GPL-2.0
/*
 * hashed_ring.c - the memory of a ring whose places are found again by hash
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>

#include "hashed_ring.h"
#include "power_of_two.h"

bool hashed_ring_init(struct hashed_ring *ring, uint32_t capacity, uint32_t buckets_a_place)
{
	size_t size = power_of_two_from(capacity);

	*ring = (struct hashed_ring){.mask = (uint32_t)(size - 1), .buckets_mask = (uint32_t)(size * buckets_a_place - 1)};
	ring->links = calloc(size, sizeof(*ring->links));
	ring->buckets = calloc(size * buckets_a_place, sizeof(*ring->buckets));
	return ring->links && ring->buckets;
}

void hashed_ring_free(struct hashed_ring *ring)
{
	free(ring->links);
	free(ring->buckets);
}
