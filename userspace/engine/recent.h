/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recent.h - flows whose reset was handed out moments ago, so that its stragglers are known for what they are
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_RECENT_H
#define RSTWHY_RECENT_H

#include "flowkey.h"

struct recent; /* opaque: a ring of fixed size, the oldest is overwritten */

/* NULL without memory. */
struct recent *recent_new(uint32_t capacity);
void recent_free(struct recent *r);

/* What is remembered of one: from where it came, when, and its number. */
struct recent_reset {
	struct origin origin;
	uint32_t more; /* the last RST of its train has a number so much higher */
	uint64_t when_ns;
	uint64_t seq;
};

/* Remember a reset of these keys. */
void recent_add(struct recent *r, const struct flowkeys *keys, const struct recent_reset *reset);

/* What was remembered of these keys killed nothing. */
void recent_forget(struct recent *r, const struct flowkeys *keys);

/* Soon these will be looked for, or remembered. */
void recent_expect(const struct recent *r, const struct flowkeys *keys);

/* The latest one that shares a key, not before since_ns. Returns false when there is none. */
bool recent_find(const struct recent *r, const struct flowkeys *keys, uint64_t since_ns, struct recent_reset *reset);

#endif
