// SPDX-License-Identifier: GPL-2.0
/*
 * timer.c - has a silence the length that people give timers
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "timer.h"

#define TOGETHER_MS 1000.0 /* data and its acknowledgement */
#define EARLY_MS    10.0
#define LATE_MS	    100.0
#define SHORT_MS    2000.0
#define LONG_MS	    60000.0 /* from here on timers are of whole minutes, or of five seconds, and later */
#define ROUND_MS    5000.0

/* A timer begins with data, received or sent, not with what acknowledged that: the older one of two last segments that belong together. */
static double length_ms(const struct facts *f)
{
	uint64_t self = f->mem->last_ms[f->rd], peer = f->mem->last_ms[f->pd], older = self > peer ? self : peer;

	return older != RSTWHY_NEVER && (double)older < f->gap.ms + TOGETHER_MS ? (double)older : f->gap.ms;
}

/* So many whole steps, and a little late: by the way to that host and back as well. */
static bool of_steps(const struct facts *f, double step_ms)
{
	double ms = length_ms(f), late = ms - (double)(uint64_t)((ms + EARLY_MS) / step_ms) * step_ms;

	return late <= LATE_MS + f->mem->rtt_us[f->rd] / 1000.0;
}

bool timer_round(const struct facts *f)
{
	double ms = length_ms(f), nearest = (double)(uint64_t)(ms / ROUND_MS + 0.5) * ROUND_MS;
	double off = ms > nearest ? ms - nearest : nearest - ms;

	return nearest > 0 && (off <= LATE_MS || off <= nearest / 500);
}

bool timer_whole(const struct facts *f)
{
	return length_ms(f) < LONG_MS ? of_steps(f, 1000.0) : timer_round(f);
}

bool timer_too_short(const struct facts *f)
{
	return f->gap.ms < SHORT_MS && !of_steps(f, 500.0);
}
