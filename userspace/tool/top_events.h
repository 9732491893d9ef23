/* SPDX-License-Identifier: GPL-2.0 */
/*
 * top_events.h - the latest resets, as top remembers them
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. A ring of fixed size: where more come in a window than it holds, the oldest are gone, and top says since when it knows.
 */
#ifndef RSTWHY_TOP_EVENTS_H
#define RSTWHY_TOP_EVENTS_H

#include "../engine/cause.h"
#include "../record/record.h"

#define TOP_EVENTS 65536
#define TOP_OTHER CAUSE_COUNT /* a cause of a newer daemon */

enum top_sender { TOP_SOMEBODY, TOP_CLIENT, TOP_SERVER, TOP_GATEWAY };

struct top_host {
	uint8_t family; /* 4, 6; 0: not known */
	uint8_t addr[16];
};

struct top_event {
	uint64_t ts_ns;
	uint64_t id; /* a hash of the record's, for amendments */
	uint32_t count; /* 1, or what a summary says; 0: it is not wanted any more */
	float gap_ms;	/* negative: none */
	uint8_t class, cause, sender;
	uint16_t port; /* the server's */
	struct top_host client, server;
};

struct top_events; /* opaque, by top_events_new() and top_events_free() */

/* NULL: no memory. */
struct top_events *top_events_new(void);
void top_events_free(struct top_events *events);

/* An amendment changes the event that it amends; a loss is added up. */
void top_events_add(struct top_events *events, const struct record *record);
/* A record that is not wanted: where it is an amendment, what it amends is not wanted any more, either. */
void top_events_pass_over(struct top_events *events, const struct record *record);
void top_events_clear(struct top_events *events);

size_t top_events_count(const struct top_events *events);
/* From 0, the latest, on. */
const struct top_event *top_events_at(const struct top_events *events, size_t index);
uint64_t top_events_lost(const struct top_events *events);
/* Whether older ones had to go. */
bool top_events_full(const struct top_events *events);

#endif
