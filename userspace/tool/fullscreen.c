// SPDX-License-Identifier: GPL-2.0
/*
 * fullscreen.c - a terminal used as a whole screen, and its keys
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "fullscreen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SCREEN_ON "\033[?1049h\033[?25l\033[?7l" /* the other screen, no cursor, no wrapping */
#define SCREEN_OFF "\033[?7h\033[?25h\033[?1049l"
#define REST_MS 30 /* within which the rest of a key's sequence comes */

static struct termios before;
static volatile sig_atomic_t over;

static void on_signal(int number)
{
	(void)number;
	over = 1;
}

static bool put(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t written = write(STDOUT_FILENO, text, len);

		if (written < 0 && errno != EINTR)
			return false;
		text += written > 0 ? written : 0;
		len -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

bool fullscreen_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct termios raw;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) < 0)
		return false;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* stopped, it would leave the screen as it is */
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return put(SCREEN_ON, sizeof(SCREEN_ON) - 1);
}

void fullscreen_end(void)
{
	put(SCREEN_OFF, sizeof(SCREEN_OFF) - 1);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void fullscreen_size(size_t *columns, size_t *lines)
{
	struct winsize size;

	*columns = 80;
	*lines = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
		return;
	*columns = size.ws_col;
	*lines = size.ws_row;
}

bool fullscreen_show(const char *text)
{
	bool good = put("\033[H", 3);

	while (good && *text) {
		size_t len = strcspn(text, "\n");

		good = put(text, len) && put("\033[K", 3);
		text += len;
		if (*text == '\n' && *++text)
			good = good && put("\r\n", 2);
	}
	return good && put("\033[J", 3);
}

/* One byte, or -1: none in time, and -2: there will be none. */
static int next_byte(int wait_ms)
{
	struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char byte;
	ssize_t got;

	if (poll(&wait, 1, wait_ms) <= 0)
		return -1;
	got = read(STDIN_FILENO, &byte, 1);
	if (got == 1)
		return byte;
	return got < 0 && errno == EINTR ? -1 : -2;
}

/* Behind an escape: "[A", "OA", "[5~". */
static int sequence(void)
{
	static const struct {
		const char *text;
		int key;
	} known[] = { { "A", KEY_UP }, { "B", KEY_DOWN }, { "H", KEY_HOME }, { "F", KEY_END }, { "5~", KEY_PAGE_UP }, { "6~", KEY_PAGE_DOWN },
		      { "1~", KEY_HOME }, { "4~", KEY_END } };
	char text[8] = "";
	size_t len = 0;
	int byte = next_byte(REST_MS);

	if (byte != '[' && byte != 'O')
		return KEY_NONE;
	while (len + 1 < sizeof(text) && (byte = next_byte(REST_MS)) >= 0) {
		text[len++] = (char)byte;
		if (byte >= 0x40 && byte <= 0x7e)
			break;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(text, known[i].text))
			return known[i].key;
	return KEY_NONE;
}

int fullscreen_key(int wait_ms)
{
	int byte = over ? -2 : next_byte(wait_ms);

	if (over || byte == -2)
		return KEY_OVER;
	if (byte == '\033')
		return sequence();
	if (byte == '\r' || byte == '\n')
		return KEY_ENTER;
	return byte > 0 ? byte : KEY_NONE;
}
