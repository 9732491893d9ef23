// SPDX-License-Identifier: GPL-2.0
/*
 * keepalive.c - the keepalive that a path would bear
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Nine tenths of what is proven, where that is not much shorter than need be; else half of what is known to kill, which leaves room for
 * one lost probe.
 */
#include "keepalive.h"

#define OF_SURVIVED 0.9
#define OF_KILLED   0.5

static unsigned int whole_seconds(double ms)
{
	return ms < 2000 ? 1 : ms > 4e12 ? 4000000000U : (unsigned int)(ms / 1000);
}

struct keepalive keepalive_for(const struct path_bracket *b)
{
	double proven = b->have_survived ? b->survived_ms * OF_SURVIVED : 0, guessed = b->killed_ms * OF_KILLED;

	if (!b->have_killed)
		return (struct keepalive){ b->have_survived ? KEEPALIVE_NEEDLESS : KEEPALIVE_UNKNOWN, 0 };
	if (bracket_contradicts(b))
		return (struct keepalive){ KEEPALIVE_DOUBTFUL, whole_seconds(guessed) };
	if (proven >= guessed)
		return (struct keepalive){ KEEPALIVE_PROVEN, whole_seconds(proven) };
	return (struct keepalive){ KEEPALIVE_GUESSED, whole_seconds(guessed) };
}
