// SPDX-License-Identifier: GPL-2.0
/*
 * bracket.c - what was learned of a path's idle timeout, and what it says of one gap
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * causes.md, "confidence": a gap that others did not survive raises it, one that they survived lowers it, one of which nothing is known
 * leaves a silent box and a host that was lost alike, unless the RST bears marks of a box.
 */
#include "rules.h"

#define UNDECIDED_MOST	 0.5  /* a socketless RST after a gap between survived and killed */
#define SURVIVED_FACTOR	 0.6  /* three peers have survived as much */
#define CONTRADICTION	 0.85 /* the path has no single timeout */
#define AGREEMENT	 0.5  /* of what is left to certainty */
#define SLACK_LEAST_MS	 1000.0
#define SLACK_PER_GAP	 0.02 /* timers are looked at in steps */

bool bracket_contradicts(const struct path_bracket *bracket)
{
	return bracket->have_survived && bracket->have_killed && bracket->survived_ms >= bracket->killed_ms;
}

static double slack(double ms)
{
	return ms * SLACK_PER_GAP > SLACK_LEAST_MS ? ms * SLACK_PER_GAP : SLACK_LEAST_MS;
}

/* Others were killed after as little; where the timer fired, after as much, too. */
static bool agrees(const struct path_bracket *b, double gap_ms, bool expiry)
{
	double room = slack(b->killed_ms);

	return b->have_killed && gap_ms >= b->killed_ms - room && (!expiry || gap_ms <= b->killed_ms + room);
}

/* Neither a host that lost its state nor a box has been seen at this length; the packet does not tell them apart either. */
static bool undecided(const struct facts *f, double gap_ms)
{
	const struct path_bracket *b = &f->incident->bracket;

	return b->have_killed && gap_ms < b->killed_ms && f->shape == SHAPE_PASSIVE && !(f->marks & MARKS_BOX);
}

double bracket_weigh(const struct facts *f, bool expiry, double confidence)
{
	const struct path_bracket *b = &f->incident->bracket;
	double gap_ms = f->gap.ms;

	if ((!b->have_survived && !b->have_killed) || f->gap.blind)
		return confidence;
	if (bracket_contradicts(b))
		return confidence * CONTRADICTION;
	if (b->have_survived && gap_ms <= b->survived_ms)
		return confidence * SURVIVED_FACTOR;
	if (agrees(b, gap_ms, expiry))
		return confidence + (1 - confidence) * AGREEMENT;
	return undecided(f, gap_ms) && confidence > UNDECIDED_MOST ? UNDECIDED_MOST : confidence;
}

void bracket_say(const struct facts *f, struct verdict *v)
{
	const struct path_bracket *b = &f->incident->bracket;

	if (bracket_contradicts(b))
		say(v, "this path (%u peers) contradicts itself: silences of %s survived, of %s killed", b->peers,
		    duration(b->survived_ms).s, duration(b->killed_ms).s);
	else if (b->have_survived && b->have_killed)
		say(v, "on this path (%u peers) silences of up to %s survive, and from %s on they do not", b->peers,
		    duration(b->survived_ms).s, duration(b->killed_ms).s);
	else if (b->have_survived)
		say(v, "on this path (%u peers) silences of up to %s survive", b->peers, duration(b->survived_ms).s);
	else if (b->have_killed)
		say(v, "on this path (%u peers) silences from %s on are killed", b->peers, duration(b->killed_ms).s);
}
