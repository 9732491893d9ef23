// SPDX-License-Identifier: GPL-2.0
/*
 * noisy.c - who has most
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "noisy.h"
#include "power_of_two.h"
#include "tuple.h"

struct source_key {
	uint64_t prefix; /* as in the packet: an IPv4 address, of IPv6 a /64 */
	uint32_t netns;
	uint32_t family;
};

struct source {
	struct source_key key;
	uint32_t count;
	uint32_t chain;	     /* next in its bucket, or in the free list */
	uint32_t prev, next; /* in the list of its count */
};

struct noisy {
	uint32_t capacity, mask;
	uint32_t free, top;
	uint64_t seed;
	struct source *sources;
	uint32_t *buckets;
	uint32_t *levels; /* by count, 1 .. capacity */
};

void noisy_free(struct noisy *n)
{
	if (!n)
		return;
	free(n->sources);
	free(n->buckets);
	free(n->levels);
	free(n);
}

struct noisy *noisy_new(uint32_t capacity, uint64_t seed)
{
	struct noisy *n = calloc(1, sizeof(*n));
	uint32_t buckets = power_of_two_from(capacity);

	if (!n)
		return NULL;
	n->sources = calloc(capacity, sizeof(*n->sources));
	n->buckets = malloc(buckets * sizeof(*n->buckets));
	n->levels = malloc(((size_t)capacity + 1) * sizeof(*n->levels));
	if (!n->sources || !n->buckets || !n->levels) {
		noisy_free(n);
		return NULL;
	}
	memset(n->buckets, 0xff, buckets * sizeof(*n->buckets));
	memset(n->levels, 0xff, ((size_t)capacity + 1) * sizeof(*n->levels));
	for (uint32_t i = 0; i < capacity; i++)
		n->sources[i].chain = i + 1 < capacity ? i + 1 : NOISY_NONE;
	n->capacity = capacity;
	n->mask = buckets - 1;
	n->seed = seed;
	return n;
}

static struct source_key key_of(const struct event *event)
{
	struct source_key key = {.netns = event->ev.netns_inum, .family = event->seg.family};

	key.prefix = address_words(event->seg.tuple.src).word[0]; /* an IPv4 address ends in zeros */
	return key;
}

static bool is_source(const struct source *s, const struct source_key *key)
{
	return s->key.netns == key->netns && s->key.family == key->family && s->key.prefix == key->prefix;
}

static uint32_t *bucket_of(const struct noisy *n, const struct source_key *key)
{
	uint64_t h = hash_word(hash_word(hash_begin(n->seed), key->prefix), (uint64_t)key->family << 32 | key->netns);

	return &n->buckets[hash_end(h) & n->mask];
}

static void leave_level(struct noisy *n, uint32_t i)
{
	struct source *s = &n->sources[i];

	if (s->prev != NOISY_NONE)
		n->sources[s->prev].next = s->next;
	else
		n->levels[s->count] = s->next;
	if (s->next != NOISY_NONE)
		n->sources[s->next].prev = s->prev;
}

static void enter_level(struct noisy *n, uint32_t i, uint32_t count)
{
	struct source *s = &n->sources[i];

	s->count = count;
	s->prev = NOISY_NONE;
	s->next = n->levels[count];
	if (s->next != NOISY_NONE)
		n->sources[s->next].prev = i;
	n->levels[count] = i;
}

static uint32_t find_or_add(struct noisy *n, const struct source_key *key)
{
	uint32_t *bucket = bucket_of(n, key), i = *bucket;

	while (i != NOISY_NONE && !is_source(&n->sources[i], key))
		i = n->sources[i].chain;
	if (i != NOISY_NONE)
		return i;
	i = n->free;
	n->free = n->sources[i].chain;
	n->sources[i] = (struct source){.key = *key, .chain = *bucket};
	*bucket = i;
	return i;
}

uint32_t noisy_raise(struct noisy *n, const struct event *event)
{
	struct source_key key = key_of(event);
	uint32_t i = find_or_add(n, &key), count = n->sources[i].count + 1;

	if (count > 1)
		leave_level(n, i);
	enter_level(n, i, count);
	if (count > n->top)
		n->top = count;
	return i;
}

static void forget(struct noisy *n, uint32_t i)
{
	uint32_t *link = bucket_of(n, &n->sources[i].key);

	while (*link != i)
		link = &n->sources[*link].chain;
	*link = n->sources[i].chain;
	n->sources[i].chain = n->free;
	n->free = i;
}

void noisy_lower(struct noisy *n, uint32_t source)
{
	uint32_t count = n->sources[source].count - 1;

	leave_level(n, source);
	if (count)
		enter_level(n, source, count);
	else
		forget(n, source);
	if (n->levels[n->top] == NOISY_NONE)
		n->top--;
}

uint32_t noisy_top(const struct noisy *n)
{
	return n->top ? n->levels[n->top] : NOISY_NONE;
}
