/* SPDX-License-Identifier: GPL-2.0 */
/*
 * correlate.h - from events to incidents: trains, echoes and what follows, on evidence time
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * An incident is one reset of one connection. It is held until its verdict is certain or its hold is over, then handed to the
 * callback exactly once. A certain verdict is handed out at once where no train can follow (an answer to a SYN, noise), else after
 * half a second, so that the train counts into one record. RSTs of a flow that was handed out within the last five seconds
 * are incidents of their own, marked as repeats (judged noise/duplicate or noise/after-close), unless a new connection began since.
 * Memory is bounded by capacity; when full, the oldest incident of the noisiest source is handed out at once with held = false.
 * Nothing is dropped. A later finding about incidents handed out (their host had lost many others, too) is handed out as an
 * incident of kind AMENDMENT: the first event as it was, judged anew. A silence (kind SILENCE) that is answered in its hold, or
 * followed by a RST, is not handed out at all; answered later, it is amended. No clock: time comes in with events and correlate_advance(). The callback must not call back in.
 */
#ifndef RSTWHY_CORRELATE_H
#define RSTWHY_CORRELATE_H

#include "verdict.h"

struct correlate; /* opaque, owned by the caller through correlate_new()/correlate_free() */

/* held: false when the verdict could not wait as long as it should have (overflow). */
typedef void correlate_emit_fn(void *user, const struct incident *incident, const struct verdict *verdict, bool held);

/* Returns NULL without memory. capacity: incidents held at once, at least 1. */
struct correlate *correlate_new(size_t capacity, const struct verdict_settings *settings, correlate_emit_fn *emit, void *user);
void correlate_free(struct correlate *c);

/* Ask this for the bracket of each new incident's path, once, before it is judged; NULL: nobody. */
void correlate_set_bracket(struct correlate *c, bracket_lookup_fn *lookup, void *user);

/* New settings, for incidents judged from now on. */
void correlate_settings(struct correlate *c, const struct verdict_settings *settings);

/* Where the next event may be put together before it is fed, so that it is not copied; valid until one is. */
struct event *correlate_room(struct correlate *c);

/* Feed one event (RST, AFTER, SILENCE, SURVIVED; others are ignored). Evidence time advances to event->ev.boottime_ns first. */
void correlate_event(struct correlate *c, const struct event *event);

/* Evidence time has reached now_ns (boottime): hand out what is due. Time never goes back; an earlier now is ignored. */
void correlate_advance(struct correlate *c, uint64_t now_ns);

/* When the next held incident is due (boottime ns), or UINT64_MAX when nothing is held. */
uint64_t correlate_next_due(const struct correlate *c);

/* Hand out all that is held, judged with what there is (SIGTERM, end of a recording). */
void correlate_flush(struct correlate *c);

/* Incidents held now, and the RSTs in them. */
size_t correlate_held(const struct correlate *c);
uint64_t correlate_held_resets(const struct correlate *c);

struct correlate_counts {
	uint64_t evicted;   /* handed out before their time for want of room */
	uint64_t withdrawn; /* silences that were answered in time, or ended in a RST */
	uint64_t amended;
	uint64_t resets; /* RSTs fed */
};

const struct correlate_counts *correlate_counts(const struct correlate *c);

#endif
