/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bracket.h - what was learned of a path's idle timeout, and what it says of one gap
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_BRACKET_H
#define RSTWHY_BRACKET_H

#include <stdbool.h>

struct event;
struct facts;
struct verdict;

/* survived_ms < the path's timeout <= killed_ms, each only where at least three peers have shown it. All zero: nothing learned. */
struct path_bracket {
	bool have_survived, have_killed;
	double survived_ms, killed_ms;
	unsigned int samples, peers;
};

/* Fill *bracket for the path that a reset came by; left zero where nothing is known. */
typedef void bracket_lookup_fn(void *user, const struct event *reset, struct path_bracket *bracket);

/* What was survived is as long as what was killed: the path has no single timeout, or it has changed. */
bool bracket_contradicts(const struct path_bracket *bracket);

/*
 * Confidence in an idle kill by a box on the path, weighed with the path's bracket. expiry: the gap is the timeout itself (reset when
 * the timer fired); else it only is an upper bound. Without a bracket, confidence as it is.
 */
double bracket_weigh(const struct facts *f, bool expiry, double confidence);

/* The sentence about the path; nothing when nothing is learned. */
void bracket_say(const struct facts *f, struct verdict *v);

#endif
