// SPDX-License-Identifier: GPL-2.0
/*
 * recent.c - flows whose reset was handed out moments ago
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>
#include <string.h>

#include "hashed_ring.h"
#include "recent.h"

#define BUCKETS 4U /* a place */

struct entry {
	struct flowkey key;
	struct recent_reset reset;
};

struct recent {
	struct hashed_ring ring;
	struct entry *entries; /* by place */
};

void recent_free(struct recent *r)
{
	if (!r)
		return;
	hashed_ring_free(&r->ring);
	free(r->entries);
	free(r);
}

struct recent *recent_new(uint32_t capacity)
{
	struct recent *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	if (hashed_ring_init(&r->ring, capacity, BUCKETS))
		r->entries = calloc(hashed_ring_size(&r->ring), sizeof(*r->entries));
	if (r->entries)
		return r;
	recent_free(r);
	return NULL;
}

void recent_add(struct recent *r, const struct flowkeys *keys, const struct recent_reset *reset)
{
	for (unsigned int k = 0; k < keys->count; k++)
		r->entries[hashed_ring_add(&r->ring, keys->of[k].hash)] = (struct entry){.key = keys->of[k].key, .reset = *reset};
	__builtin_prefetch(&r->entries[hashed_ring_place(&r->ring, r->ring.last + 1)], 1);
}

static struct entry *find_key(const struct recent *r, const struct flowkeys *keys, unsigned int k)
{
	uint64_t hash = keys->of[k].hash;

	for (uint64_t number = hashed_ring_newest(&r->ring, hash); number; number = hashed_ring_older(&r->ring, number)) {
		struct entry *e = &r->entries[hashed_ring_place(&r->ring, number)];

		if (hashed_ring_is(&r->ring, number, hash) && flowkey_equal(&e->key, &keys->of[k].key))
			return e;
	}
	return NULL;
}

void recent_forget(struct recent *r, const struct flowkeys *keys)
{
	for (unsigned int k = 0; r->ring.last && k < keys->count; k++) {
		struct entry *e = find_key(r, keys, k);

		if (e)
			e->reset.when_ns = 0;
	}
}

void recent_expect(const struct recent *r, const struct flowkeys *keys)
{
	for (unsigned int k = 0; k < keys->count; k++)
		hashed_ring_expect(&r->ring, keys->of[k].hash);
}

bool recent_find(const struct recent *r, const struct flowkeys *keys, uint64_t since_ns, struct recent_reset *reset)
{
	for (unsigned int k = 0; r->ring.last && k < keys->count; k++) {
		const struct entry *e = find_key(r, keys, k);

		if (!e || e->reset.when_ns < since_ns)
			continue;
		*reset = e->reset;
		return true;
	}
	return false;
}
