/* SPDX-License-Identifier: GPL-2.0 */
/*
 * heavy.h - who comes most often among more than can be remembered
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. A fixed number of entries in sets of HEAVY_WAYS; in a full set a newcomer takes a vote off the weakest, and its place when no vote
 * is left. So whoever makes up more than 1 / (HEAVY_WAYS + 1) of what falls into its set stays, and a flood of rare ones meets itself. What is
 * counted of an entry is true from when it came in on, that is a lower bound.
 */
#ifndef RSTWHY_HEAVY_H
#define RSTWHY_HEAVY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAVY_WAYS 8
#define HEAVY_KEY_MAX 128

struct heavy; /* opaque, by heavy_new() and heavy_free() */

/* At least that many entries, each with value_size bytes of the caller's. NULL: no memory. */
struct heavy *heavy_new(size_t entries, size_t value_size);
void heavy_free(struct heavy *heavy);

/* The value of key, zeroed when it is new; NULL: there was no room, and one vote was taken. Keys longer than HEAVY_KEY_MAX are cut. */
void *heavy_vote(struct heavy *heavy, const void *key, size_t len);

/* The value of a key that is there, without a vote; NULL: it is not. */
void *heavy_find(const struct heavy *heavy, const void *key, size_t len);

/* Votes that no entry tells of: those that found no room, and those of entries that had to go. */
uint64_t heavy_left_out(const struct heavy *heavy);

/* Entries 0 to heavy_slots() - 1: the value, NULL where none is; *key is ended by a NUL. */
size_t heavy_slots(const struct heavy *heavy);
void *heavy_at(const struct heavy *heavy, size_t slot, const char **key);

#endif
