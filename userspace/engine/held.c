// SPDX-License-Identifier: GPL-2.0
/*
 * held.c - the incidents that wait for their verdict
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Chains link (slot, key) pairs, nodes. Slots are large and lie far apart, so what is looked at while searching and sorting, and of
 * neighbours, lies apart from them, close together: of the nodes all slots' first ones, since most flows have one key.
 */
#include <stdlib.h>
#include <string.h>

#include "due.h"
#include "held.h"
#include "noisy.h"
#include "power_of_two.h"

#define CACHE_LINE 64U

struct node {
	uint64_t hash; /* of its key */
	uint32_t next;
};

/* A slot's place among those of its source, and where its incident lies. */
struct kin {
	uint32_t source;
	uint32_t newer, older;
	const struct incident *incident;
};

struct held {
	uint32_t capacity, count, mask;
	uint32_t shift; /* a node is its key's number, and below so many bits its slot's */
	uint32_t next; /* the slot that will be opened next: there is one more than can be open */
	uint32_t free; /* first of the other free ones; linked by kin.newer */
	uint64_t seed;
	struct held_slot *slots;
	struct incident *rooms; /* one for each at first; then they change hands (written.h) */
	uint32_t *buckets; /* nodes */
	struct node *nodes;
	struct kin *kin;  /* by slot */
	uint32_t *oldest; /* by source */
	uint32_t *newest;
	struct due *due;
	struct noisy *noisy;
};

void held_free(struct held *h)
{
	if (!h)
		return;
	noisy_free(h->noisy);
	free(h->slots);
	free(h->rooms);
	free(h->buckets);
	free(h->nodes);
	due_free(h->due);
	free(h->kin);
	free(h->oldest);
	free(h->newest);
	free(h);
}

static bool allocate(struct held *h, uint32_t capacity, uint32_t buckets)
{
	uint32_t slots = capacity + 1;

	h->shift = (uint32_t)__builtin_ctz(power_of_two_from(slots));
	h->slots = calloc(slots, sizeof(*h->slots));
	h->rooms = calloc(slots, sizeof(*h->rooms));
	h->buckets = malloc(buckets * sizeof(*h->buckets));
	h->nodes = calloc((size_t)FLOWKEYS_MAX << h->shift, sizeof(*h->nodes));
	h->kin = calloc(slots, sizeof(*h->kin));
	h->oldest = calloc(capacity, sizeof(*h->oldest));
	h->newest = calloc(capacity, sizeof(*h->newest));
	h->due = due_new(slots);
	h->noisy = noisy_new(capacity, h->seed);
	return h->slots && h->rooms && h->buckets && h->nodes && h->kin && h->oldest && h->newest && h->due && h->noisy;
}

/* A slot gets its room when it is wanted first: most are never, and cost no memory until then. */
static void take_next(struct held *h)
{
	h->next = h->free;
	h->free = h->kin[h->next].newer;
	if (!h->slots[h->next].incident)
		h->slots[h->next].incident = &h->rooms[h->next];
}

struct held *held_new(uint32_t capacity, uint64_t seed)
{
	struct held *h = calloc(1, sizeof(*h));
	uint32_t buckets = power_of_two_from(2 * capacity);

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
	for (uint32_t i = 0; i <= capacity; i++)
		h->kin[i].newer = i < capacity ? i + 1 : HELD_NONE;
	take_next(h);
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

	for (uint32_t i = held_next(h, 0); i != HELD_NONE; i = held_next(h, i + 1)) {
		const struct incident *incident = h->slots[i].incident;

		resets += incident->kind == INCIDENT_RESET ? incident->count : 0;
	}
	return resets;
}

bool held_full(const struct held *h)
{
	return h->count == h->capacity;
}

uint32_t held_next(const struct held *h, uint32_t from)
{
	return due_next(h->due, from);
}

struct held_slot *held_at(struct held *h, uint32_t index)
{
	return &h->slots[index];
}

void held_reschedule(struct held *h, uint32_t index, uint64_t due_ns)
{
	h->slots[index].due_ns = due_ns;
	due_move(h->due, index, due_ns);
}

uint32_t held_first_due(const struct held *h)
{
	return due_first(h->due);
}

uint64_t held_first_due_ns(const struct held *h)
{
	return due_first_ns(h->due);
}

/* chains */

static uint32_t *bucket_of(const struct held *h, const struct flowkeys *keys, unsigned int k)
{
	return &h->buckets[keys->of[k].hash & h->mask];
}

static uint32_t node_of(const struct held *h, uint32_t index, unsigned int k)
{
	return k << h->shift | index;
}

static uint32_t slot_of(const struct held *h, uint32_t node)
{
	return node & ((1U << h->shift) - 1);
}

static void enter_chains(struct held *h, uint32_t index)
{
	const struct held_slot *s = &h->slots[index];

	for (unsigned int k = 0; k < s->keys.count; k++) {
		uint32_t *bucket = bucket_of(h, &s->keys, k), node = node_of(h, index, k);

		h->nodes[node] = (struct node){.hash = s->keys.of[k].hash, .next = *bucket};
		*bucket = node;
	}
}

static void leave_chains(struct held *h, uint32_t index)
{
	const struct held_slot *s = &h->slots[index];

	for (unsigned int k = 0; k < s->keys.count; k++) {
		uint32_t *link = bucket_of(h, &s->keys, k), node = node_of(h, index, k);

		while (*link != node)
			link = &h->nodes[*link].next;
		*link = h->nodes[node].next;
	}
}

static bool holds_seq(const struct held_slot *s, uint64_t seq)
{
	return seq >= s->incident->first.ev.seq && seq <= s->last_seq;
}

static bool is_key(const struct held *h, uint32_t node, const struct flowkeys *keys, unsigned int k)
{
	return h->nodes[node].hash == keys->of[k].hash &&
	       flowkey_equal(&h->slots[slot_of(h, node)].keys.of[node >> h->shift].key, &keys->of[k].key);
}

static uint32_t find(const struct held *h, const struct flowkeys *keys, bool any_seq, uint64_t seq)
{
	for (unsigned int k = 0; k < keys->count; k++)
		for (uint32_t node = *bucket_of(h, keys, k); node != HELD_NONE; node = h->nodes[node].next)
			if (is_key(h, node, keys, k) && (any_seq || holds_seq(&h->slots[slot_of(h, node)], seq)))
				return slot_of(h, node);
	return HELD_NONE;
}

void held_expect_keys(const struct held *h, const struct flowkeys *keys)
{
	for (unsigned int k = 0; k < keys->count; k++)
		__builtin_prefetch(bucket_of(h, keys, k));
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
	const char *slot, *incident;

	if (index == HELD_NONE)
		return;
	slot = (const char *)&h->slots[index];
	incident = (const char *)h->kin[index].incident;
#pragma GCC unroll 40
	for (size_t at = 0; at < sizeof(struct held_slot); at += CACHE_LINE)
		__builtin_prefetch(slot + at);
#pragma GCC unroll 40
	for (size_t at = 0; at < offsetof(struct incident, first.payload); at += CACHE_LINE)
		__builtin_prefetch(incident + at);
}

/* sources */

static void enter_source(struct held *h, uint32_t index)
{
	struct kin *kin = &h->kin[index];

	kin->incident = h->slots[index].incident;
	kin->source = noisy_raise(h->noisy, &kin->incident->first);
	kin->newer = HELD_NONE;
	kin->older = h->newest[kin->source];
	*(kin->older != HELD_NONE ? &h->kin[kin->older].newer : &h->oldest[kin->source]) = index;
	h->newest[kin->source] = index;
}

static void leave_source(struct held *h, uint32_t index)
{
	const struct kin *kin = &h->kin[index];

	*(kin->older != HELD_NONE ? &h->kin[kin->older].newer : &h->oldest[kin->source]) = kin->newer;
	*(kin->newer != HELD_NONE ? &h->kin[kin->newer].older : &h->newest[kin->source]) = kin->older;
	noisy_lower(h->noisy, kin->source);
}

uint32_t held_oldest_of_noisiest(const struct held *h)
{
	uint32_t source = noisy_top(h->noisy);

	return source == NOISY_NONE ? HELD_NONE : h->oldest[source];
}

struct event *held_room(struct held *h)
{
	return &h->slots[h->next].incident->first;
}

uint32_t held_add(struct held *h, const struct event *event, const struct flowkeys *keys, uint64_t due_ns)
{
	uint32_t index = h->next;
	struct held_slot *s = &h->slots[index];

	take_next(h);
	memset(s->incident, 0, offsetof(struct incident, first));
	if (event != &s->incident->first)
		event_copy(&s->incident->first, event);
	s->incident->count = 1;
	s->in_crowd = false;
	s->last_seq = event->ev.seq;
	s->origin = origin_of(event);
	s->due_ns = due_ns;
	flowkeys_copy(&s->keys, keys);
	enter_chains(h, index);
	enter_source(h, index);
	due_add(h->due, index, due_ns, event->ev.seq);
	h->count++;
	return index;
}

void held_remove(struct held *h, uint32_t index)
{
	leave_chains(h, index);
	leave_source(h, index);
	due_remove(h->due, index);
	h->count--;
	h->kin[index].newer = h->free;
	h->free = index;
}
