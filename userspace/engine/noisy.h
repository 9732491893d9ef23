/* SPDX-License-Identifier: GPL-2.0 */
/*
 * noisy.h - who has most: counts per source, with the largest at hand in O(1)
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A count changes by one at a time, so sources are kept in one list per count, and the highest non-empty list moves by one.
 */
#ifndef RSTWHY_NOISY_H
#define RSTWHY_NOISY_H

#include "event.h"

#define NOISY_NONE UINT32_MAX

struct noisy; /* opaque */

/* NULL without memory. capacity: sources at once, and the largest count. */
struct noisy *noisy_new(uint32_t capacity, uint64_t seed);
void noisy_free(struct noisy *n);

/* One more of the event's source (its address; /64 in IPv6): returns the source's index. */
uint32_t noisy_raise(struct noisy *n, const struct event *event);
/* One less; the index is free again at zero. */
void noisy_lower(struct noisy *n, uint32_t source);
/* The source with the highest count; NOISY_NONE when there is none. */
uint32_t noisy_top(const struct noisy *n);

#endif
