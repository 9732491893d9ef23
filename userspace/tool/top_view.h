/* SPDX-License-Identifier: GPL-2.0 */
/*
 * top_view.h - what top shows: groups of resets in a window of time, and which of them
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Pure: events and settings in, rows and lines out.
 */
#ifndef RSTWHY_TOP_VIEW_H
#define RSTWHY_TOP_VIEW_H

#include "top_events.h"

#define TOP_GROUPS 4096
#define TOP_ROWS 500 /* shown at most */

enum top_by { TOP_BY_PATH, TOP_BY_CAUSE, TOP_BY_SERVER, TOP_BY_CLIENT, TOP_BYS };
enum top_sort { TOP_SORT_COUNT, TOP_SORT_LAST, TOP_SORTS };
enum top_window { TOP_MINUTE, TOP_FIVE, TOP_HOUR, TOP_ALL, TOP_WINDOWS };

/* What the keys change. */
struct top_settings {
	enum top_by by;
	enum top_sort sort;
	enum top_window window;
	bool noise;
	bool paused;
	bool details; /* of the selected row */
	bool help;
	size_t selected;
};

/* What makes events one group; zero bytes where it does not matter. Compared as bytes. */
struct top_key {
	struct top_host client, server; /* client: its /24 or /64 by path, else itself */
	uint8_t sender, cause, class;
	uint8_t zero;
	uint16_t port;
};

struct top_row {
	struct top_key key;
	uint64_t count, last_ns;
	uint32_t causes[CAUSE_COUNT + 1];
	float gap_ms; /* the latest one's; negative: none */
};

struct top_view {
	struct top_row row[TOP_ROWS];
	size_t rows;
	uint64_t events; /* in the window, noise left out where it is hidden */
	uint64_t classes[CLASS_UNKNOWN + 1];
	uint64_t begin_ns; /* of the window; 0: all */
	uint64_t latest_ns; /* of any event, in the window or not; 0: none */
	bool short_memory; /* the window reaches back beyond what is remembered */
};

/* False: no memory. */
bool top_view_make(struct top_view *view, const struct top_events *events, const struct top_settings *settings, uint64_t now_ns);

/* Of a window in seconds; 0: all. */
uint64_t top_window_s(enum top_window window);
const char *top_window_name(enum top_window window);
const char *top_by_name(enum top_by by);

/* The cause a row is mostly of; TOP_OTHER where this version knows none. */
size_t top_row_cause(const struct top_row *row);

#endif
