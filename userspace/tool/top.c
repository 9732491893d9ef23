// SPDX-License-Identifier: GPL-2.0
/*
 * top.c - rstwhy top: who resets whom and why, live
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "follow.h"
#include "fullscreen.h"
#include "log_trouble.h"
#include "top_options.h"
#include "top_screen.h"

#include "../daemon/clock.h"
#include "../record/record_scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAST_BYTES (32L << 20) /* how much of the log is read at the start */
#define WAIT_MS 250
#define REDRAW_NS 1000000000ULL
#define LISTING_COLUMNS 120

struct top {
	const struct top_options *options;
	struct top_settings settings;
	struct follow *follow;
	struct top_events *events;
	uint64_t drawn_ns;
	struct top_view view;
	char line[FOLLOW_LINE_MAX + 1];
	char screen[TOP_SCREEN_MAX];
};

/* What the log has now and was not read yet. */
static void take_news(struct top *top)
{
	struct record record;
	const char *text;
	size_t len;

	while (follow_next(top->follow, &text, &len)) {
		if (len > FOLLOW_LINE_MAX)
			continue;
		memcpy(top->line, text, len);
		if (!record_scan(top->line, len, &record))
			continue;
		if (selection_match(&top->options->selection, &record))
			top_events_add(top->events, &record);
		else
			top_events_pass_over(top->events, &record);
	}
}

static bool draw(struct top *top, bool listing)
{
	struct top_screen screen = { .columns = LISTING_COLUMNS, .whole = listing, .now_ns = clock_realtime_ns() };
	struct line line;

	if (!listing)
		fullscreen_size(&screen.columns, &screen.lines);
	screen.colour = !listing && !getenv("NO_COLOR");
	screen.note = follow_present(top->follow) ? NULL : errno == ENOENT ? "the log is not there yet; waiting for it" : log_trouble(errno);
	if (!top_view_make(&top->view, top->events, &top->settings, screen.now_ns))
		return false;
	if (top->settings.selected >= top->view.rows)
		top->settings.selected = top->view.rows ? top->view.rows - 1 : 0;
	line_init(&line, top->screen, sizeof(top->screen));
	top_screen_draw(&line, &screen, &top->view, &top->settings, top_events_lost(top->events));
	top->drawn_ns = screen.now_ns;
	return listing ? fputs(top->screen, stdout) >= 0 && fflush(stdout) == 0 : fullscreen_show(top->screen);
}

static void select_row(struct top *top, int key)
{
	size_t last = top->view.rows ? top->view.rows - 1 : 0, step = key == KEY_PAGE_UP || key == KEY_PAGE_DOWN ? 10 : 1;
	size_t *at = &top->settings.selected;

	if (key == KEY_HOME)
		*at = 0;
	else if (key == KEY_END)
		*at = last;
	else if (key == KEY_DOWN || key == KEY_PAGE_DOWN)
		*at = *at + step < last ? *at + step : last;
	else
		*at = *at > step ? *at - step : 0;
}

/* True: something is to be drawn anew. */
static bool take_key(struct top *top, int key)
{
	struct top_settings *settings = &top->settings;

	switch (key) {
	case 'w':
		settings->window = (settings->window + 1) % TOP_WINDOWS;
		return true;
	case 'g':
		settings->by = (settings->by + 1) % TOP_BYS;
		return true;
	case 's':
		settings->sort = (settings->sort + 1) % TOP_SORTS;
		return true;
	case 'n':
		settings->noise = !settings->noise;
		return true;
	case 'p':
	case ' ':
		settings->paused = !settings->paused;
		return true;
	case 'c':
		top_events_clear(top->events);
		return true;
	case 'h':
	case '?':
		settings->help = !settings->help;
		return true;
	case KEY_ENTER:
		settings->details = !settings->details;
		settings->help = false;
		return true;
	default:
		if (key != 'j' && key != 'k' && key < KEY_UP)
			return false;
		select_row(top, key == 'j' ? KEY_DOWN : key == 'k' ? KEY_UP : key);
		return true;
	}
}

/* Paused, the screen stands still; what comes is read all the same. */
static bool run(struct top *top)
{
	bool good = draw(top, false);

	while (good) {
		int key = fullscreen_key(WAIT_MS);
		bool due;

		if (key == 'q' || key == KEY_OVER)
			return true;
		take_news(top);
		due = take_key(top, key) || (!top->settings.paused && clock_realtime_ns() - top->drawn_ns >= REDRAW_NS);
		if (due)
			good = draw(top, false);
	}
	return false;
}

static int show(struct top *top)
{
	bool good;

	follow_near_end(top->follow, PAST_BYTES);
	take_news(top);
	if (top->options->once)
		return draw(top, true) ? STATUS_OK : STATUS_FAILED;
	if (!fullscreen_begin()) {
		complain("top needs a terminal; --once prints one listing");
		return STATUS_USAGE;
	}
	good = run(top);
	fullscreen_end();
	return good ? STATUS_OK : STATUS_FAILED;
}

int command_top(int argc, char **argv)
{
	struct top_options options;
	struct top *top;
	int status;

	if (!top_options_parse(argc, argv, &options, &status))
		return status;
	top = calloc(1, sizeof(*top));
	if (top) {
		top->options = &options;
		top->settings = (struct top_settings){ .by = options.by, .window = options.window, .noise = options.noise };
		top->follow = follow_new(options.file);
		top->events = top_events_new();
	}
	status = STATUS_FAILED;
	if (top && top->follow && top->events)
		status = show(top);
	else
		complain("no memory");
	if (top) {
		follow_free(top->follow);
		top_events_free(top->events);
	}
	free(top);
	return status;
}
