/* SPDX-License-Identifier: GPL-2.0 */
/*
 * noise.h - a cap on records that nobody reads one by one
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Ten records a minute for every source and cause; the rest of that minute becomes one summary. Pure: evidence time comes in. The
 * table is of fixed size; when it is full, the oldest minute nearby ends early and its summary is handed out.
 */
#ifndef RSTWHY_NOISE_H
#define RSTWHY_NOISE_H

#include "../engine/cause.h"

#include <stdbool.h>
#include <stdint.h>

#define NOISE_PER_MINUTE 10
#define NOISE_MINUTE_NS 60000000000ULL

/* One reset that is noise. */
struct noise_event {
	uint8_t family;
	uint8_t source[16];
	enum cause cause;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	uint64_t count; /* RSTs in it */
};

/* What was held back in a minute. */
struct noise_summary {
	uint8_t family;
	uint8_t source[16];
	enum cause cause;
	uint64_t from_ns, to_ns; /* realtime of the first and last held back */
	uint64_t count; /* RSTs */
};

typedef void noise_summary_fn(void *user, const struct noise_summary *summary);

struct noise; /* opaque, by noise_new() and noise_free() */

struct noise *noise_new(noise_summary_fn *summary, void *user);
void noise_free(struct noise *noise);

/* Whether this one is to be written. */
bool noise_admit(struct noise *noise, const struct noise_event *event);

/* Hand out the summaries of minutes that are over; with flush, of all. */
void noise_advance(struct noise *noise, uint64_t boottime_ns, bool flush);

/* RSTs held back whose summary is still to come; walks all minutes. */
uint64_t noise_pending(const struct noise *noise);

#endif
