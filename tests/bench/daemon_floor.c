// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_floor.c - an NFLOG group read as rstwhyd reads it, and for each message a line of the usual length written, the same each time
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * daemon_floor GROUP FILE: what receiving and writing cost with nothing between, hence what no daemon can be cheaper than. Until SIGTERM.
 */
#include "../../userspace/daemon/group.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE	 905 /* a mixed record's */
#define LINES	 64
#define BUFFER	 (64U << 20)

struct floor {
	int file;
	size_t lines;
	char line[LINE];
	char text[LINES * LINE];
};

static volatile sig_atomic_t ended;

static void end(int number)
{
	(void)number;
	ended = 1;
}

static void write_lines(void *user)
{
	struct floor *floor = user;

	if (floor->lines && write(floor->file, floor->text, floor->lines * LINE) < 0)
		perror("daemon_floor: write");
	floor->lines = 0;
}

static void take(void *user, const uint8_t *message, size_t len)
{
	struct floor *floor = user;

	(void)message;
	(void)len;
	memcpy(floor->text + floor->lines++ * LINE, floor->line, LINE);
	if (floor->lines == LINES)
		write_lines(floor);
}

int main(int argc, char **argv)
{
	static struct floor floor;
	struct group_settings settings = {.buffer = BUFFER, .buffer_max = BUFFER, .packet = take, .user = &floor, .batch = write_lines, .batch_user = &floor};
	struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: poll() ends */
	struct group *group;

	if (argc != 3) {
		fputs("daemon_floor GROUP FILE\n", stderr);
		return 2;
	}
	memset(floor.line, 'x', LINE - 1);
	floor.line[LINE - 1] = '\n';
	floor.file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
	settings.number = (uint16_t)atoi(argv[1]);
	group = floor.file < 0 ? NULL : group_open(&settings);
	if (!group) {
		perror("daemon_floor");
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	while (!ended) {
		struct pollfd wait = {.fd = group_fd(group), .events = POLLIN};

		if (poll(&wait, 1, -1) == 1)
			group_read(group);
	}
	group_close(group);
	return 0;
}
