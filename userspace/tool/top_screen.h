/* SPDX-License-Identifier: GPL-2.0 */
/*
 * top_screen.h - a view as lines of a screen
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure. No line is wider than the screen, and there are exactly as many as it has; 40 columns and 8 lines are the least that is used.
 */
#ifndef RSTWHY_TOP_SCREEN_H
#define RSTWHY_TOP_SCREEN_H

#include "top_view.h"

#define TOP_SCREEN_MAX (1U << 18)

struct top_screen {
	size_t columns, lines;
	bool colour;
	bool whole;	/* no screen but a listing: as many lines as there are rows */
	const char *note; /* a line of its own, as that the log is not there; NULL: none */
	uint64_t now_ns;
};

/* Lines, each ended by a newline, into line. */
void top_screen_draw(struct line *line, const struct top_screen *screen, const struct top_view *view, const struct top_settings *settings,
		     uint64_t lost);

#endif
