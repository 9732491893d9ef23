/* SPDX-License-Identifier: GPL-2.0 */
/*
 * learn.h - what each path has shown of its idle timeout
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure: no clock, no I/O. Time is seconds of evidence time since 1970. A fixed number of paths; when full, the one of least worth makes
 * room: few peers, no kill, not heard of for long. So a flood of new paths meets itself.
 */
#ifndef RSTWHY_LEARN_H
#define RSTWHY_LEARN_H

#include "bound.h"
#include "path.h"

#include "../engine/bracket.h"

#define LEARN_HALF_LIFE_DAYS 7
#define LEARN_GAP_MOST_MS    (400ULL * 86400 * 1000) /* longer ones are nobody's timer */

struct learn; /* opaque, by learn_new() and learn_free() */

/* One path, as kept. Plain data. */
struct learn_entry {
	struct path path;
	struct bound survived, killed;
	uint64_t last_s;
};

/* NULL: no memory. capacity: paths, at least 1. half_life_days: at least 1. */
struct learn *learn_new(size_t capacity, unsigned int half_life_days);
void learn_free(struct learn *l);

/* A silence of gap_ms of a connection of peer's was survived, or was killed, on this path. Gaps beyond LEARN_GAP_MOST_MS are left out. */
void learn_survived(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms, uint64_t now_s);
void learn_killed(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms, uint64_t now_s);

/* It turned out to have had another reason than an idle timer. */
void learn_not_killed(struct learn *l, const struct path *path, uint64_t peer, uint64_t gap_ms);

/* What is known of the path; all zero where nothing is. */
void learn_bracket(const struct learn *l, const struct path *path, uint64_t now_s, struct path_bracket *bracket);
/* The same of an entry. */
void learn_entry_bracket(const struct learn *l, const struct learn_entry *entry, uint64_t now_s, struct path_bracket *bracket);

/* Entries 0 to learn_count() - 1, in no order that means anything. */
size_t learn_count(const struct learn *l);
const struct learn_entry *learn_at(const struct learn *l, size_t index);
/* Put an entry as it is, for state that was kept; false: the table is full, or holds the path already. */
bool learn_put(struct learn *l, const struct learn_entry *entry);

/* Paths that had to make room. */
uint64_t learn_evicted(const struct learn *l);
/* Goes up with everything learned. */
uint64_t learn_changes(const struct learn *l);

#endif
