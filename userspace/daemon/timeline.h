/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timeline.h - evidence time, and all that becomes due in it
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Everything that waits (verdicts, holes in the numbers, minutes of noise) is done at its own moment and in the order of these
 * moments, however seldom somebody says how far time has come. So the records depend on what came in, never on when we looked.
 */
#ifndef RSTWHY_TIMELINE_H
#define RSTWHY_TIMELINE_H

#include "report.h"

#include "../engine/correlate.h"

struct timeline; /* opaque, by timeline_new() and timeline_free() */

/* All three outlive it. NULL: no memory. */
struct timeline *timeline_new(struct correlate *correlate, struct loss *loss, struct report *report);
void timeline_free(struct timeline *timeline);

/* Evidence of this moment is at hand: of both clocks. What is due by then is done. */
void timeline_evidence(struct timeline *timeline, uint64_t boottime_ns, uint64_t realtime_ns);

/* Evidence time has come this far, without evidence. What is due by then is done. Never goes back. */
void timeline_reach(struct timeline *timeline, uint64_t boottime_ns);

/* How far it has come; the same moment by the wall's clock, as the last evidence told it. */
uint64_t timeline_now(const struct timeline *timeline);
uint64_t timeline_realtime(const struct timeline *timeline);

/* When something is due next, or UINT64_MAX; minutes of noise are not worth waking up for. */
uint64_t timeline_next(const struct timeline *timeline);

/* The end: all that waits is done. */
void timeline_finish(struct timeline *timeline);

#endif
