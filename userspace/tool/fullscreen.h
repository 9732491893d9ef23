/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fullscreen.h - a terminal used as a whole screen, and its keys
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_FULLSCREEN_H
#define RSTWHY_FULLSCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum {
	KEY_NONE = 0, /* no key came in time; other values below 256 are the byte */
	KEY_UP = 256,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_ENTER,
	KEY_OVER, /* a signal asks to end, or the terminal is gone */
};

/* Take the screen over: keys come one by one, the old content comes back on fullscreen_end(). False: it is no terminal. */
bool fullscreen_begin(void);
void fullscreen_end(void);

void fullscreen_size(size_t *columns, size_t *lines);

/* Show lines (each ended by a newline) from the upper left corner on. False: it is gone. */
bool fullscreen_show(const char *text);

/* The next key, waiting at most so many milliseconds. */
int fullscreen_key(int wait_ms);

#endif
