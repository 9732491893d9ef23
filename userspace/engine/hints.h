/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hints.h - known idle timeouts: who expires when, and what it does then
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * A hint names candidates and never decides alone.
 */
#ifndef RSTWHY_HINTS_H
#define RSTWHY_HINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "bracket.h"

#define HINTS_MAX	  256
#define HINT_NAME_MAX	  48
#define HINT_TEXT_MAX	  64
#define HINT_SECONDS_MOST 31536000U

/* What it does at its timeout; several may be possible. */
#define HINT_SILENT (1U << 0) /* S: drops in silence, for ever */
#define HINT_NEXT   (1U << 1) /* N: answers the next packet by RST: the gap is an upper bound */
#define HINT_BOTH   (1U << 2) /* B: resets at expiry: the gap is the timeout */
#define HINT_FIN    (1U << 3) /* F: closes at expiry */
#define HINT_END    (1U << 4) /* E: an end of the connection, not a box: resets at expiry */

struct hint {
	unsigned int seconds;
	unsigned int kinds;
	char name[HINT_NAME_MAX];
};

/* Plain data; longest first; filled by hints_add() alone. */
struct hints {
	struct hint hint[HINTS_MAX];
	char text[HINTS_MAX][HINT_TEXT_MAX]; /* each as a candidate: "AWS NLB 350 s" */
	unsigned char text_len[HINTS_MAX];
	size_t count;
};

/* hints_table.c: those of userspace/deploy/known-timeouts.conf, for where that file is not. */
void hints_builtin(struct hints *hints);

/* Add one at its place; false: full. */
bool hints_add(struct hints *hints, const struct hint *hint);

/* A gap that was survived on the flow itself or by enough peers on its path, and the one that killed; killed_ms negative: not known. */
struct hint_bounds {
	double survived_ms, killed_ms;
};

/*
 * Whether a timeout fits: killed_ms as an upper bound (S, N: at most half as much again as the timeout, so that the nearest below is
 * named), or as its measure (B, F).
 */
bool hint_fits(const struct hint *hint, unsigned int kinds, const struct hint_bounds *bounds);

#endif
