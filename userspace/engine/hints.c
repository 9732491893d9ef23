// SPDX-License-Identifier: GPL-2.0
/*
 * hints.c - known idle timeouts that fit a gap
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Several devices share a value: candidates, never a culprit.
 */
#include <string.h>

#include "hints.h"
#include "sentence.h"

#define TICK_MS	    100.0 /* ticks of both clocks */
#define NEXT_MOST   1.5	  /* a gap this much longer than a timeout hints at another one */
#define MEASURE_MS  2000.0 /* a device looks at its timers every second or so, large tables less often */
#define MEASURE_PER 100.0

bool hints_add(struct hints *hints, const struct hint *hint)
{
	size_t at = hints->count;

	if (at == HINTS_MAX)
		return false;
	while (at > 0 && hints->hint[at - 1].seconds < hint->seconds)
		at--;
	memmove(&hints->hint[at + 1], &hints->hint[at], (hints->count - at) * sizeof(*hint));
	hints->hint[at] = *hint;
	hints->count++;
	return true;
}

bool hint_fits(const struct hint *hint, unsigned int kinds, const struct hint_bounds *bounds)
{
	double ms = hint->seconds * 1000.0, slack = ms / MEASURE_PER > MEASURE_MS ? ms / MEASURE_PER : MEASURE_MS;
	unsigned int common = hint->kinds & kinds;

	if (bounds->killed_ms < 0 || bounds->survived_ms >= ms + TICK_MS)
		return false;
	if ((common & (HINT_SILENT | HINT_NEXT)) && bounds->survived_ms < ms && bounds->killed_ms >= ms - TICK_MS &&
	    bounds->killed_ms <= NEXT_MOST * ms)
		return true;
	return (common & (HINT_BOTH | HINT_FIN | HINT_END)) && bounds->killed_ms >= ms - slack && bounds->killed_ms <= ms + slack;
}

/* What is known of the timeout: this flow, and its path where that does not contradict itself. */
static struct hint_bounds bounds_of(const struct facts *f, unsigned int kinds)
{
	const struct path_bracket *path = &f->incident->bracket;
	struct hint_bounds bounds = { .survived_ms = (double)f->mem->survived_ms, .killed_ms = f->gap.ms };

	if (bracket_contradicts(path))
		return bounds;
	if (path->have_survived && path->survived_ms > bounds.survived_ms)
		bounds.survived_ms = path->survived_ms;
	if ((kinds & (HINT_SILENT | HINT_NEXT)) && path->have_killed && path->killed_ms < bounds.killed_ms)
		bounds.killed_ms = path->killed_ms;
	return bounds;
}

void hint_kinds(const struct facts *f, unsigned int kinds, struct verdict *v)
{
	struct hint_bounds bounds = bounds_of(f, kinds);
	const struct hints *hints = f->settings->hints;
	struct hints builtin;

	if (!hints) {
		hints_builtin(&builtin);
		hints = &builtin;
	}
	for (size_t i = 0; i < hints->count && v->candidates_count < VERDICT_CANDIDATES_MAX; i++)
		if ((hints->hint[i].kinds & kinds) && hint_fits(&hints->hint[i], kinds, &bounds))
			candidate(v, "%s %u s", hints->hint[i].name, hints->hint[i].seconds);
}

void hint_candidates(const struct facts *f, bool on_next, struct verdict *v)
{
	hint_kinds(f, on_next ? HINT_NEXT : HINT_BOTH, v);
}
