// SPDX-License-Identifier: GPL-2.0
/*
 * learn.c - what each path has shown of its idle timeout
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "learn.h"

#include "../engine/hash.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MOST (1U << 20)
#define NONE	      UINT32_MAX
#define KILL_WORTH    4 /* one who was killed tells as much as so many who were not */
#define DAY_S	      86400ULL

struct learn {
	struct learn_entry *entry;
	uint64_t *worth;   /* by entry: apart, because the least is looked for */
	uint32_t *next;	   /* by entry: the chain of its bucket */
	uint32_t *bucket;  /* first entry */
	uint32_t capacity, count, buckets;
	uint64_t seed, half_life_s, evicted, changes;
};

static uint32_t buckets_for(uint32_t capacity)
{
	uint32_t buckets = 1;

	while (buckets < capacity)
		buckets *= 2;
	return buckets;
}

struct learn *learn_new(size_t capacity, unsigned int half_life_days)
{
	struct learn *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->capacity = capacity < 1 ? 1 : capacity > CAPACITY_MOST ? CAPACITY_MOST : (uint32_t)capacity;
	l->buckets = buckets_for(l->capacity);
	l->seed = (uint64_t)(uintptr_t)l; /* differs from run to run; nothing visible depends on it */
	l->half_life_s = (half_life_days ? half_life_days : 1) * DAY_S;
	l->entry = calloc(l->capacity, sizeof(*l->entry));
	l->worth = calloc(l->capacity, sizeof(*l->worth));
	l->next = calloc(l->capacity, sizeof(*l->next));
	l->bucket = malloc(l->buckets * sizeof(*l->bucket));
	if (!l->entry || !l->worth || !l->next || !l->bucket) {
		learn_free(l);
		return NULL;
	}
	memset(l->bucket, 0xff, l->buckets * sizeof(*l->bucket));
	return l;
}

void learn_free(struct learn *l)
{
	if (!l)
		return;
	free(l->entry);
	free(l->worth);
	free(l->next);
	free(l->bucket);
	free(l);
}

static uint32_t *bucket_of(const struct learn *l, const struct path *path)
{
	uint64_t h = hash_address(hash_address(hash_begin(l->seed), path->prefix), (const uint8_t *)path->in);

	h = hash_word(h, (uint64_t)path->port << 32 | (uint64_t)path->family << 8 | path->side);
	return &l->bucket[hash_end(h) & (l->buckets - 1)];
}

static uint32_t find(const struct learn *l, const struct path *path)
{
	uint32_t i = *bucket_of(l, path);

	while (i != NONE && !path_equal(&l->entry[i].path, path))
		i = l->next[i];
	return i;
}

static void link_entry(struct learn *l, uint32_t index)
{
	uint32_t *bucket = bucket_of(l, &l->entry[index].path);

	l->next[index] = *bucket;
	*bucket = index;
}

static void unlink_entry(struct learn *l, uint32_t index)
{
	uint32_t *at = bucket_of(l, &l->entry[index].path);

	while (*at != index)
		at = &l->next[*at];
	*at = l->next[index];
}

/* What it has shown halves each half-life: doubling it is one half-life more. So worths compare without knowing the time. */
static uint64_t worth_of(const struct learn *l, const struct learn_entry *e)
{
	uint32_t shown = 1 + e->survived.peers + KILL_WORTH * e->killed.peers;

	return e->last_s + l->half_life_s * (uint64_t)(31 - __builtin_clz(shown));
}

static uint32_t least_worth(const struct learn *l)
{
	uint32_t least = 0;

	for (uint32_t i = 1; i < l->count; i++)
		if (l->worth[i] < l->worth[least])
			least = i;
	return least;
}

static uint32_t make(struct learn *l, const struct path *path)
{
	uint32_t index = l->count;

	if (index < l->capacity) {
		l->count++;
	} else {
		index = least_worth(l);
		unlink_entry(l, index);
		l->evicted++;
	}
	l->entry[index] = (struct learn_entry){ .path = *path };
	link_entry(l, index);
	return index;
}

static void learn_gap(struct learn *l, const struct path *path, enum bound_kind kind, const struct bound_peer *sample)
{
	struct learn_entry *e;
	uint32_t index;

	if (sample->gap_ms > LEARN_GAP_MOST_MS)
		return;
	index = find(l, path);
	if (index == NONE)
		index = make(l, path);
	e = &l->entry[index];
	bound_add(kind == BOUND_SURVIVED ? &e->survived : &e->killed, kind, sample, l->half_life_s);
	if (kind == BOUND_SURVIVED)
		bound_refute(&e->killed, &e->survived, sample->seen_s, l->half_life_s);
	e->last_s = sample->seen_s;
	l->worth[index] = worth_of(l, e);
	l->changes++;
}

void learn_survived(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms, uint64_t now_s)
{
	learn_gap(l, path, BOUND_SURVIVED, &(struct bound_peer){ peer, gap_ms, now_s });
}

void learn_killed(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms, uint64_t now_s)
{
	learn_gap(l, path, BOUND_KILLED, &(struct bound_peer){ peer, gap_ms, now_s });
}

void learn_not_killed(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms)
{
	uint32_t index = find(l, path);

	if (index == NONE || !bound_remove(&l->entry[index].killed, peer, gap_ms))
		return;
	l->worth[index] = worth_of(l, &l->entry[index]);
	l->changes++;
}

void learn_entry_bracket(const struct learn *l, const struct learn_entry *entry, uint64_t now_s, struct path_bracket *bracket)
{
	uint64_t samples = (uint64_t)entry->survived.samples + entry->killed.samples;

	*bracket = (struct path_bracket){ 0 };
	bracket->have_survived = bound_value(&entry->survived, BOUND_SURVIVED, now_s, l->half_life_s, &bracket->survived_ms);
	bracket->have_killed = bound_value(&entry->killed, BOUND_KILLED, now_s, l->half_life_s, &bracket->killed_ms);
	bracket->samples = samples > UINT32_MAX ? UINT32_MAX : (unsigned int)samples;
	bracket->peers = bound_peers(&entry->survived, &entry->killed, now_s, l->half_life_s);
}

void learn_bracket(const struct learn *l, const struct path *path, uint64_t now_s, struct path_bracket *bracket)
{
	uint32_t index = find(l, path);

	if (index == NONE)
		*bracket = (struct path_bracket){ 0 };
	else
		learn_entry_bracket(l, &l->entry[index], now_s, bracket);
}

size_t learn_count(const struct learn *l)
{
	return l->count;
}

const struct learn_entry *learn_at(const struct learn *l, size_t index)
{
	return &l->entry[index];
}

bool learn_put(struct learn *l, const struct learn_entry *entry)
{
	uint32_t index;

	if (l->count == l->capacity || find(l, &entry->path) != NONE)
		return false;
	index = make(l, &entry->path);
	l->entry[index] = *entry;
	l->worth[index] = worth_of(l, entry);
	return true;
}

uint64_t learn_evicted(const struct learn *l)
{
	return l->evicted;
}

uint64_t learn_changes(const struct learn *l)
{
	return l->changes;
}
