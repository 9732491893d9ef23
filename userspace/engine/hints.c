// SPDX-License-Identifier: GPL-2.0
/*
 * hints.c - known idle timeouts that fit a gap
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Several devices share a value: candidates, never a culprit.
 */
#include <stdio.h>
#include <string.h>

#include "hints.h"
#include "sentence.h"

#define TICK_MS	    100.0 /* ticks of both clocks */
#define NEXT_MOST   1.5	  /* a gap this much longer than a timeout hints at another one */
#define MEASURE_MS  2000.0 /* a device looks at its timers every second or so, large tables less often */
#define MEASURE_PER 100.0

_Static_assert(HINT_TEXT_MAX == sizeof(((struct verdict *)0)->candidates[0]), "a hint's text is a candidate");
_Static_assert(HINT_TEXT_MAX > HINT_NAME_MAX - 1 + sizeof(" 31536000 s") - 1, "a hint's text has room");

bool hints_add(struct hints *hints, const struct hint *hint)
{
	size_t at = hints->count;

	if (at == HINTS_MAX)
		return false;
	while (at > 0 && hints->hint[at - 1].seconds < hint->seconds)
		at--;
	memmove(&hints->hint[at + 1], &hints->hint[at], (hints->count - at) * sizeof(*hint));
	memmove(&hints->text[at + 1], &hints->text[at], (hints->count - at) * sizeof(hints->text[0]));
	memmove(&hints->text_len[at + 1], &hints->text_len[at], (hints->count - at) * sizeof(hints->text_len[0]));
	hints->hint[at] = *hint;
	memset(hints->text[at], 0, sizeof(hints->text[0]));
	hints->text_len[at] = (unsigned char)snprintf(hints->text[at], sizeof(hints->text[0]), "%s %u s", hint->name, hint->seconds);
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

static unsigned int whole_seconds(double ms)
{
	if (ms < 1000.0)
		return 0;
	return ms < HINT_SECONDS_MOST * 1000.0 ? (unsigned int)(ms / 1000.0) : HINT_SECONDS_MOST;
}

/*
 * The shortest and the longest timeout that may fit: the gap is at most half as long again, or differs by two seconds or a hundredth of the
 * timeout, which is less than two of the gap. hint_fits() decides; all are in order, so that it need not be asked of most.
 */
struct hint_span {
	unsigned int least, most;
};

static struct hint_span span_of(double gap_ms)
{
	return (struct hint_span){
		.least = whole_seconds(gap_ms / NEXT_MOST - MEASURE_MS),
		.most = whole_seconds(gap_ms * (1 + 2 / MEASURE_PER) + MEASURE_MS),
	};
}

static void add_candidate(struct verdict *v, const struct hints *hints, size_t hint)
{
	size_t i = v->candidates_count++;

	memcpy(v->candidates[i], hints->text[hint], sizeof(v->candidates[i]));
	v->candidates_len[i] = hints->text_len[hint];
}

void hint_kinds(const struct facts *f, unsigned int kinds, struct verdict *v)
{
	struct hint_bounds bounds = bounds_of(f, kinds);
	struct hint_span span = span_of(bounds.killed_ms);
	const struct hints *hints = f->settings->hints;
	struct hints builtin;
	size_t i = 0, count;

	if (!hints) {
		hints_builtin(&builtin);
		hints = &builtin;
	}
	count = hints->count;
	while (i < count && hints->hint[i].seconds > span.most)
		i++;
	for (; i < count && hints->hint[i].seconds >= span.least && v->candidates_count < VERDICT_CANDIDATES_MAX; i++)
		if ((hints->hint[i].kinds & kinds) && hint_fits(&hints->hint[i], kinds, &bounds))
			add_candidate(v, hints, i);
}

void hint_candidates(const struct facts *f, bool on_next, struct verdict *v)
{
	hint_kinds(f, on_next ? HINT_NEXT : HINT_BOTH, v);
}
