// SPDX-License-Identifier: GPL-2.0
/*
 * heavy.c - who comes most often among more than can be remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "heavy.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t votes; /* 0: free */
	uint64_t counted; /* votes ever */
	uint64_t hash;
	size_t len;
	char key[HEAVY_KEY_MAX + 1];
};

struct heavy {
	size_t sets, value_size;
	uint64_t left_out;
	struct entry *entries;
	char *values;
};

struct heavy *heavy_new(size_t entries, size_t value_size)
{
	struct heavy *heavy = calloc(1, sizeof(*heavy));

	if (!heavy)
		return NULL;
	heavy->sets = (entries + HEAVY_WAYS - 1) / HEAVY_WAYS;
	heavy->value_size = (value_size + 7) / 8 * 8;
	heavy->entries = calloc(heavy->sets * HEAVY_WAYS, sizeof(struct entry));
	heavy->values = calloc(heavy->sets * HEAVY_WAYS, heavy->value_size);
	if (heavy->entries && heavy->values)
		return heavy;
	heavy_free(heavy);
	return NULL;
}

void heavy_free(struct heavy *heavy)
{
	if (!heavy)
		return;
	free(heavy->entries);
	free(heavy->values);
	free(heavy);
}

static uint64_t hash_of(const unsigned char *key, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ key[i]) * 0x100000001b3ULL;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

static size_t slot_of(const struct heavy *heavy, uint64_t hash)
{
	return hash % heavy->sets * HEAVY_WAYS;
}

static void *value_at(const struct heavy *heavy, size_t slot)
{
	return heavy->values + slot * heavy->value_size;
}

/* The key's slot in its set, or heavy_slots(). */
static size_t find(const struct heavy *heavy, const void *key, size_t len, uint64_t hash)
{
	size_t first = slot_of(heavy, hash);

	for (size_t slot = first; slot < first + HEAVY_WAYS; slot++) {
		const struct entry *entry = &heavy->entries[slot];

		if (entry->votes && entry->hash == hash && entry->len == len && !memcmp(entry->key, key, len))
			return slot;
	}
	return heavy_slots(heavy);
}

static size_t weakest(const struct heavy *heavy, uint64_t hash)
{
	size_t first = slot_of(heavy, hash), least = first;

	for (size_t slot = first + 1; slot < first + HEAVY_WAYS; slot++)
		if (heavy->entries[slot].votes < heavy->entries[least].votes)
			least = slot;
	return least;
}

static void *settle(struct heavy *heavy, size_t slot, const void *key, size_t len, uint64_t hash)
{
	struct entry *entry = &heavy->entries[slot];

	heavy->left_out += entry->counted;
	*entry = (struct entry){ .votes = 1, .counted = 1, .hash = hash, .len = len };
	memcpy(entry->key, key, len);
	memset(value_at(heavy, slot), 0, heavy->value_size);
	return value_at(heavy, slot);
}

void *heavy_vote(struct heavy *heavy, const void *key, size_t len)
{
	uint64_t hash;
	size_t slot;

	len = len < HEAVY_KEY_MAX ? len : HEAVY_KEY_MAX;
	hash = hash_of(key, len);
	slot = find(heavy, key, len, hash);
	if (slot < heavy_slots(heavy)) {
		heavy->entries[slot].votes++;
		heavy->entries[slot].counted++;
		return value_at(heavy, slot);
	}
	slot = weakest(heavy, hash);
	if (heavy->entries[slot].votes > 0 && --heavy->entries[slot].votes > 0) {
		heavy->left_out++;
		return NULL;
	}
	return settle(heavy, slot, key, len, hash);
}

void *heavy_find(const struct heavy *heavy, const void *key, size_t len)
{
	size_t slot;

	len = len < HEAVY_KEY_MAX ? len : HEAVY_KEY_MAX;
	slot = find(heavy, key, len, hash_of(key, len));
	return slot < heavy_slots(heavy) ? value_at(heavy, slot) : NULL;
}

uint64_t heavy_left_out(const struct heavy *heavy)
{
	return heavy->left_out;
}

size_t heavy_slots(const struct heavy *heavy)
{
	return heavy->sets * HEAVY_WAYS;
}

void *heavy_at(const struct heavy *heavy, size_t slot, const char **key)
{
	if (!heavy->entries[slot].votes)
		return NULL;
	*key = heavy->entries[slot].key;
	return value_at(heavy, slot);
}
