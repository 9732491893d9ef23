// SPDX-License-Identifier: GPL-2.0
/*
 * held.c - the incidents that wait for their verdict
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Chains link (slot, key) pairs: node = slot * FLOWKEYS_MAX + key. The heap orders slots by due time, then by arrival; it has four
 * children to a node, which lie side by side: half the levels, half the cache misses. Slots are large and lie far apart, so what is
 * compared while searching and sorting lies apart from them, close together.
 */
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "noisy.h"

#define CACHE_LINE 64U

struct node {
	uint64_t hash; /* of its key */
	uint32_t next;
};

struct due {
	uint64_t ns, seq;
	uint32_t slot;
};

struct held {
	uint32_t capacity, count, mask;
	uint32_t free; /* first free slot; linked by newer */
	uint64_t seed;
	struct held_slot *slots;
	uint32_t *buckets; /* nodes */
	struct node *nodes;
	struct due *heap;
	uint32_t *heap_at; /* by slot: where in the heap */
	uint32_t *oldest;  /* by source */
	uint32_t *newest;
	struct noisy *noisy;
};

static uint32_t buckets_for(uint32_t capacity)
{
	uint32_t n = 1;

	while (n < capacity * 2 && n < 1U << 30)
		n <<= 1;
	return n;
}

void held_free(struct held *h)
{
	if (!h)
		return;
	noisy_free(h->noisy);
	free(h->slots);
	free(h->buckets);
	free(h->nodes);
	free(h->heap);
	free(h->heap_at);
	free(h->oldest);
	free(h->newest);
	free(h);
}

static bool allocate(struct held *h, uint32_t capacity, uint32_t buckets)
{
	h->slots = calloc(capacity, sizeof(*h->slots));
	h->buckets = malloc(buckets * sizeof(*h->buckets));
	h->nodes = calloc((size_t)capacity * FLOWKEYS_MAX, sizeof(*h->nodes));
	h->heap = calloc(capacity, sizeof(*h->heap));
	h->heap_at = calloc(capacity, sizeof(*h->heap_at));
	h->oldest = calloc(capacity, sizeof(*h->oldest));
	h->newest = calloc(capacity, sizeof(*h->newest));
	h->noisy = noisy_new(capacity, h->seed);
	return h->slots && h->buckets && h->nodes && h->heap && h->heap_at && h->oldest && h->newest && h->noisy;
}

struct held *held_new(uint32_t capacity, uint64_t seed)
{
	struct held *h = calloc(1, sizeof(*h));
	uint32_t buckets = buckets_for(capacity);

	if (!h)
		return NULL;
	h->seed = seed;
	if (!allocate(h, capacity, buckets)) {
		held_free(h);
		return NULL;
	}
	memset(h->buckets, 0xff, buckets * sizeof(*h->buckets));
	memset(h->oldest, 0xff, capacity * sizeof(*h->oldest));
	memset(h->newest, 0xff, capacity * sizeof(*h->newest));
	for (uint32_t i = 0; i < capacity; i++)
		h->slots[i].newer = i + 1 < capacity ? i + 1 : HELD_NONE;
	h->capacity = capacity;
	h->mask = buckets - 1;
	return h;
}

uint32_t held_count(const struct held *h)
{
	return h->count;
}

uint64_t held_resets(const struct held *h)
{
	uint64_t resets = 0;

	for (uint32_t i = 0; i < h->count; i++) {
		const struct incident *incident = &h->slots[h->heap[i].slot].incident;

		resets += incident->kind == INCIDENT_RESET ? incident->count : 0;
	}
	return resets;
}

bool held_full(const struct held *h)
{
	return h->count == h->capacity;
}

uint32_t held_any(const struct held *h, uint32_t number)
{
	return h->heap[number].slot;
}

struct held_slot *held_at(struct held *h, uint32_t index)
{
	return &h->slots[index];
}

/* heap */

#define CHILDREN 4U

static bool sooner(const struct due *a, const struct due *b)
{
	return a->ns != b->ns ? a->ns < b->ns : a->seq < b->seq;
}

static void place(struct held *h, uint32_t at, const struct due *due)
{
	h->heap[at] = *due;
	h->heap_at[due->slot] = at;
}

static void sift_up(struct held *h, uint32_t at)
{
	struct due due = h->heap[at];

	while (at && sooner(&due, &h->heap[(at - 1) / CHILDREN])) {
		place(h, at, &h->heap[(at - 1) / CHILDREN]);
		at = (at - 1) / CHILDREN;
	}
	place(h, at, &due);
}

static uint32_t soonest_child(const struct held *h, uint32_t first)
{
	uint32_t end = first + CHILDREN < h->count ? first + CHILDREN : h->count, soonest = first;

	for (uint32_t child = first + 1; child < end; child++)
		if (sooner(&h->heap[child], &h->heap[soonest]))
			soonest = child;
	return soonest;
}

static void sift_down(struct held *h, uint32_t at)
{
	struct due due = h->heap[at];
	uint32_t child;

	while ((child = CHILDREN * at + 1) < h->count) {
		child = soonest_child(h, child);
		if (!sooner(&h->heap[child], &due))
			break;
		place(h, at, &h->heap[child]);
		at = child;
	}
	place(h, at, &due);
}

void held_reschedule(struct held *h, uint32_t index, uint64_t due_ns)
{
	h->slots[index].due_ns = due_ns;
	h->heap[h->heap_at[index]].ns = due_ns;
	sift_up(h, h->heap_at[index]);
	sift_down(h, h->heap_at[index]);
}

uint32_t held_first_due(const struct held *h)
{
	return h->count ? h->heap[0].slot : HELD_NONE;
}

uint64_t held_first_due_ns(const struct held *h)
{
	return h->count ? h->heap[0].ns : UINT64_MAX;
}

/* Takes a slot out of the heap; count is lower by one afterwards. */
static void leave_heap(struct held *h, uint32_t index)
{
	uint32_t at = h->heap_at[index];
	struct due last = h->heap[--h->count];

	if (last.slot == index)
		return;
	place(h, at, &last);
	sift_up(h, at);
	sift_down(h, h->heap_at[last.slot]);
}

static void enter_heap(struct held *h, uint32_t index)
{
	const struct due due = {.ns = h->slots[index].due_ns, .seq = h->slots[index].incident.first.ev.seq, .slot = index};

	place(h, h->count++, &due);
	sift_up(h, h->count - 1);
}

/* chains */

static uint32_t *bucket_of(const struct held *h, const struct flowkeys *keys, unsigned int k)
{
	return &h->buckets[keys->hash[k] & h->mask];
}

static void enter_chains(struct held *h, uint32_t index)
{
	const struct held_slot *s = &h->slots[index];

	for (unsigned int k = 0; k < s->keys.count; k++) {
		uint32_t *bucket = bucket_of(h, &s->keys, k), node = index * FLOWKEYS_MAX + k;

		h->nodes[node] = (struct node){.hash = s->keys.hash[k], .next = *bucket};
		*bucket = node;
	}
}

static void leave_chains(struct held *h, uint32_t index)
{
	const struct held_slot *s = &h->slots[index];

	for (unsigned int k = 0; k < s->keys.count; k++) {
		uint32_t *link = bucket_of(h, &s->keys, k), node = index * FLOWKEYS_MAX + k;

		while (*link != node)
			link = &h->nodes[*link].next;
		*link = h->nodes[node].next;
	}
}

static bool holds_seq(const struct held_slot *s, uint64_t seq)
{
	return seq >= s->incident.first.ev.seq && seq <= s->last_seq;
}

static bool is_key(const struct held *h, uint32_t node, const struct flowkeys *keys, unsigned int k)
{
	return h->nodes[node].hash == keys->hash[k] &&
	       flowkey_equal(&h->slots[node / FLOWKEYS_MAX].keys.key[node % FLOWKEYS_MAX], &keys->key[k]);
}

static uint32_t find(const struct held *h, const struct flowkeys *keys, bool any_seq, uint64_t seq)
{
	for (unsigned int k = 0; k < keys->count; k++)
		for (uint32_t node = *bucket_of(h, keys, k); node != HELD_NONE; node = h->nodes[node].next)
			if (is_key(h, node, keys, k) && (any_seq || holds_seq(&h->slots[node / FLOWKEYS_MAX], seq)))
				return node / FLOWKEYS_MAX;
	return HELD_NONE;
}

uint32_t held_find(const struct held *h, const struct flowkeys *keys)
{
	return find(h, keys, true, 0);
}

uint32_t held_find_seq(const struct held *h, const struct flowkeys *keys, uint64_t seq)
{
	return find(h, keys, false, seq);
}

void held_expect(const struct held *h, uint32_t index)
{
	const char *slot = (const char *)&h->slots[index];

	for (size_t at = 0; index != HELD_NONE && at < offsetof(struct held_slot, incident.first.payload); at += CACHE_LINE)
		__builtin_prefetch(slot + at);
}

/* sources */

static void enter_source(struct held *h, uint32_t index)
{
	struct held_slot *s = &h->slots[index];

	s->source = noisy_raise(h->noisy, &s->incident.first);
	s->newer = HELD_NONE;
	s->older = h->newest[s->source];
	if (s->older != HELD_NONE)
		h->slots[s->older].newer = index;
	else
		h->oldest[s->source] = index;
	h->newest[s->source] = index;
}

static void leave_source(struct held *h, uint32_t index)
{
	struct held_slot *s = &h->slots[index];

	if (s->older != HELD_NONE)
		h->slots[s->older].newer = s->newer;
	else
		h->oldest[s->source] = s->newer;
	if (s->newer != HELD_NONE)
		h->slots[s->newer].older = s->older;
	else
		h->newest[s->source] = s->older;
	noisy_lower(h->noisy, s->source);
}

uint32_t held_oldest_of_noisiest(const struct held *h)
{
	uint32_t source = noisy_top(h->noisy);

	return source == NOISY_NONE ? HELD_NONE : h->oldest[source];
}

uint32_t held_add(struct held *h, const struct event *event, const struct flowkeys *keys, uint64_t due_ns)
{
	uint32_t index = h->free;
	struct held_slot *s = &h->slots[index];

	h->free = s->newer;
	memset(&s->incident, 0, offsetof(struct incident, first));
	event_copy(&s->incident.first, event);
	s->incident.count = 1;
	s->in_crowd = false;
	s->last_seq = event->ev.seq;
	s->origin = origin_of(event);
	s->due_ns = due_ns;
	s->keys = *keys;
	enter_chains(h, index);
	enter_source(h, index);
	enter_heap(h, index);
	return index;
}

void held_remove(struct held *h, uint32_t index)
{
	leave_chains(h, index);
	leave_source(h, index);
	leave_heap(h, index);
	h->slots[index].newer = h->free;
	h->free = index;
}
