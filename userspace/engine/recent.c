// SPDX-License-Identifier: GPL-2.0
/*
 * recent.c - flows whose reset was handed out moments ago
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A ring of (key, origin, time); a hash bucket names its newest entry and each entry the next older of its bucket by a running
 * number. A number that has left the ring ends the chain, so overwriting needs no unlinking.
 */
#include <stdlib.h>
#include <string.h>

#include "power_of_two.h"
#include "recent.h"

struct entry {
	struct flowkey key;
	struct recent_reset reset;
};

/* What is looked at on the way through a chain, apart from the entries, close together. */
struct link {
	uint64_t hash;	/* of the entry's key */
	uint64_t older; /* running number of the next older entry of the bucket, 0 none */
};

#define BUCKETS 4U /* to a place: what is not there is mostly known from its bucket alone */

struct recent {
	uint32_t size, mask;
	uint64_t last; /* running number of the newest entry, from 1 */
	struct entry *ring;
	struct link *links; /* by place in the ring */
	uint64_t *buckets;
};

void recent_free(struct recent *r)
{
	if (!r)
		return;
	free(r->ring);
	free(r->links);
	free(r->buckets);
	free(r);
}

struct recent *recent_new(uint32_t capacity)
{
	struct recent *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->size = power_of_two_from(capacity);
	r->mask = r->size - 1;
	r->ring = calloc(r->size, sizeof(*r->ring));
	r->links = calloc(r->size, sizeof(*r->links));
	r->buckets = calloc(r->size * (size_t)BUCKETS, sizeof(*r->buckets));
	if (r->ring && r->links && r->buckets)
		return r;
	recent_free(r);
	return NULL;
}

static uint64_t *bucket_of(const struct recent *r, const struct flowkeys *keys, unsigned int k)
{
	return &r->buckets[keys->of[k].hash & (r->size * (uint64_t)BUCKETS - 1)];
}

/* Whether the entry of that running number is still there. */
static bool is_kept(const struct recent *r, uint64_t number)
{
	return number && number + r->size > r->last;
}

void recent_add(struct recent *r, const struct flowkeys *keys, const struct recent_reset *reset)
{
	for (unsigned int k = 0; k < keys->count; k++) {
		uint64_t *bucket = bucket_of(r, keys, k), number = ++r->last;

		r->ring[number & r->mask] = (struct entry){.key = keys->of[k].key, .reset = *reset};
		r->links[number & r->mask] = (struct link){.hash = keys->of[k].hash, .older = *bucket};
		*bucket = number;
	}
	__builtin_prefetch(&r->ring[(r->last + 1) & r->mask], 1);
}

static struct entry *find_key(const struct recent *r, const struct flowkeys *keys, unsigned int k)
{
	uint64_t number = *bucket_of(r, keys, k);

	while (is_kept(r, number)) {
		struct entry *e = &r->ring[number & r->mask];
		const struct link *link = &r->links[number & r->mask];

		if (link->hash == keys->of[k].hash && flowkey_equal(&e->key, &keys->of[k].key))
			return e;
		if (link->older >= number)
			break;
		number = link->older;
	}
	return NULL;
}

void recent_forget(struct recent *r, const struct flowkeys *keys)
{
	for (unsigned int k = 0; r->last && k < keys->count; k++) {
		struct entry *e = find_key(r, keys, k);

		if (e)
			e->reset.when_ns = 0;
	}
}

void recent_expect(const struct recent *r, const struct flowkeys *keys)
{
	for (unsigned int k = 0; k < keys->count; k++)
		__builtin_prefetch(bucket_of(r, keys, k));
}

bool recent_find(const struct recent *r, const struct flowkeys *keys, uint64_t since_ns, struct recent_reset *reset)
{
	for (unsigned int k = 0; r->last && k < keys->count; k++) {
		const struct entry *e = find_key(r, keys, k);

		if (!e || e->reset.when_ns < since_ns)
			continue;
		*reset = e->reset;
		return true;
	}
	return false;
}
