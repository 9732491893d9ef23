// SPDX-License-Identifier: GPL-2.0
/*
 * follow.c - the lines of a file that grows and may be rotated
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "follow.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct follow {
	int fd; /* -1: no file yet */
	bool standard_input;
	off_t offset; /* bytes read of it */
	bool skipping; /* inside a line that is too long */
	size_t begin, end; /* unread bytes of buf */
	char *path;
	char buf[FOLLOW_LINE_MAX];
};

struct follow *follow_new(const char *path)
{
	struct follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		return NULL;
	follow->standard_input = !strcmp(path, "-");
	follow->fd = follow->standard_input ? STDIN_FILENO : -1;
	follow->path = strdup(path);
	if (follow->path)
		return follow;
	free(follow);
	return NULL;
}

void follow_free(struct follow *follow)
{
	if (!follow)
		return;
	if (follow->fd >= 0 && !follow->standard_input)
		close(follow->fd);
	free(follow->path);
	free(follow);
}

static void start_over(struct follow *follow)
{
	follow->offset = 0;
	follow->begin = follow->end = 0;
	follow->skipping = false;
}

bool follow_present(struct follow *follow)
{
	if (follow->fd >= 0)
		return true;
	follow->fd = open(follow->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	start_over(follow);
	return follow->fd >= 0;
}

void follow_near_end(struct follow *follow, long bytes)
{
	struct stat info;

	if (!follow_present(follow) || fstat(follow->fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_size <= bytes)
		return;
	follow->offset = lseek(follow->fd, info.st_size - bytes, SEEK_SET);
	follow->skipping = true;
}

/* At the end of the file: whether it was cut, or another one has taken its path; then reading goes on from the beginning. */
static bool was_rotated(struct follow *follow)
{
	struct stat ours, named;

	if (follow->standard_input || fstat(follow->fd, &ours) < 0)
		return false;
	if (S_ISREG(ours.st_mode) && ours.st_size < follow->offset) {
		lseek(follow->fd, 0, SEEK_SET);
		start_over(follow);
		return true;
	}
	if (stat(follow->path, &named) < 0 || (named.st_ino == ours.st_ino && named.st_dev == ours.st_dev))
		return false;
	if (fstat(follow->fd, &ours) == 0 && ours.st_size > follow->offset)
		return true; /* written to meanwhile: that first */
	close(follow->fd);
	follow->fd = -1;
	return follow_present(follow);
}

/* More bytes behind those that are left. */
static bool fill(struct follow *follow)
{
	ssize_t got;

	memmove(follow->buf, follow->buf + follow->begin, follow->end - follow->begin);
	follow->end -= follow->begin;
	follow->begin = 0;
	if (follow->end == sizeof(follow->buf)) {
		follow->skipping = true;
		follow->end = 0;
	}
	got = read(follow->fd, follow->buf + follow->end, sizeof(follow->buf) - follow->end);
	if (got <= 0)
		return false;
	follow->end += (size_t)got;
	follow->offset += got;
	return true;
}

/* A whole line of what is in the buffer. */
static bool take_line(struct follow *follow, const char **line, size_t *len)
{
	while (follow->begin < follow->end) {
		char *start = follow->buf + follow->begin;
		char *newline = memchr(start, '\n', follow->end - follow->begin);
		bool skipped = follow->skipping;

		if (!newline)
			return false;
		follow->begin += (size_t)(newline - start) + 1;
		follow->skipping = false;
		if (skipped)
			continue;
		*line = start;
		*len = (size_t)(newline - start);
		return true;
	}
	return false;
}

/* What standard input ends with is a line also without a newline: nothing more comes. */
static bool take_rest(struct follow *follow, const char **line, size_t *len)
{
	if (!follow->standard_input || follow->skipping || follow->begin == follow->end)
		return false;
	*line = follow->buf + follow->begin;
	*len = follow->end - follow->begin;
	follow->begin = follow->end;
	return true;
}

bool follow_next(struct follow *follow, const char **line, size_t *len)
{
	if (!follow_present(follow))
		return false;
	while (!take_line(follow, line, len))
		if (!fill(follow) && !(was_rotated(follow) && fill(follow)))
			return take_rest(follow, line, len);
	return true;
}
