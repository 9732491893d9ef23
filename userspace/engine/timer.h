/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timer.h - has a silence the length that people give timers
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Of a RST that came out of silence by itself. What sets no timer (a program that thinks, somebody who leaves, a death) takes any time.
 * All are pure, of facts whose gap is known.
 */
#ifndef RSTWHY_TIMER_H
#define RSTWHY_TIMER_H

#include "facts.h"

/* Of a multiple of five seconds. */
bool timer_round(const struct facts *f);

/* Of whole seconds; from a minute on timer_round(). */
bool timer_whole(const struct facts *f);

/* So short that it is a program's at work, too, and not of half seconds. */
bool timer_too_short(const struct facts *f);

#endif
