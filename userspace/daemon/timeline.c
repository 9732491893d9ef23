// SPDX-License-Identifier: GPL-2.0
/*
 * timeline.c - evidence time, and all that becomes due in it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "timeline.h"

#include <stdlib.h>

#define TICK_NS 1000000000ULL /* how often minutes of noise are looked at */
#define END_OF_TIME_NS (UINT64_MAX / 2) /* no clock comes here, but a recording may say so: sums must not wrap */
#define QUIET_TICKS 62U	      /* after so many without anything else no minute is open any more */

struct timeline {
	struct correlate *correlate;
	struct loss *loss;
	struct report *report;
	uint64_t now_ns;
	uint64_t offset_ns; /* from boottime to the wall's clock */
	uint64_t tick_ns;   /* the next one, 0 none yet */
	unsigned int quiet;
};

struct timeline *timeline_new(struct correlate *correlate, struct loss *loss, struct report *report)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));

	if (timeline)
		*timeline = (struct timeline){ .correlate = correlate, .loss = loss, .report = report };
	return timeline;
}

void timeline_free(struct timeline *timeline)
{
	free(timeline);
}

static void tell_losses(struct timeline *timeline, bool flush)
{
	enum loss_where where;
	uint64_t lost;

	while (loss_take(timeline->loss, timeline->now_ns, flush, &where, &lost))
		report_loss(timeline->report, where, lost, timeline->now_ns + timeline->offset_ns);
}

uint64_t timeline_next(const struct timeline *timeline)
{
	uint64_t verdict = correlate_next_due(timeline->correlate), loss = loss_next_due(timeline->loss);

	return verdict < loss ? verdict : loss;
}

/* One tick; when nothing has happened for long the ticks until the next thing would do nothing. */
static void tick(struct timeline *timeline, uint64_t until_ns)
{
	report_advance(timeline->report, timeline->tick_ns, false);
	timeline->tick_ns += TICK_NS;
	if (++timeline->quiet > QUIET_TICKS && until_ns > timeline->tick_ns)
		timeline->tick_ns = until_ns / TICK_NS * TICK_NS;
}

/* The first thing due until then. Losses go before the verdicts of the same moment, both before the tick. */
static bool step(struct timeline *timeline, uint64_t until_ns)
{
	uint64_t verdict = correlate_next_due(timeline->correlate), loss = loss_next_due(timeline->loss);
	uint64_t due = verdict < loss ? verdict : loss, at = due < timeline->tick_ns ? due : timeline->tick_ns;

	if (at > until_ns)
		return false;
	if (at > timeline->now_ns)
		timeline->now_ns = at;
	if (due > at) {
		tick(timeline, due < until_ns ? due : until_ns);
		return true;
	}
	timeline->quiet = 0;
	if (loss <= at)
		tell_losses(timeline, false);
	else
		correlate_advance(timeline->correlate, timeline->now_ns);
	return true;
}

void timeline_reach(struct timeline *timeline, uint64_t boottime_ns)
{
	if (boottime_ns > END_OF_TIME_NS)
		boottime_ns = END_OF_TIME_NS;
	if (boottime_ns < timeline->now_ns)
		boottime_ns = timeline->now_ns;
	if (timeline->tick_ns == 0)
		timeline->tick_ns = boottime_ns / TICK_NS * TICK_NS + TICK_NS;
	while (step(timeline, boottime_ns))
		;
	timeline->now_ns = boottime_ns;
	correlate_advance(timeline->correlate, boottime_ns);
}

void timeline_evidence(struct timeline *timeline, uint64_t boottime_ns, uint64_t realtime_ns)
{
	timeline_reach(timeline, boottime_ns);
	timeline->offset_ns = realtime_ns - boottime_ns;
	timeline->quiet = 0;
}

uint64_t timeline_now(const struct timeline *timeline)
{
	return timeline->now_ns;
}

uint64_t timeline_realtime(const struct timeline *timeline)
{
	return timeline->now_ns + timeline->offset_ns;
}

void timeline_finish(struct timeline *timeline)
{
	correlate_flush(timeline->correlate);
	report_advance(timeline->report, timeline->now_ns, true);
	tell_losses(timeline, true);
}
