// SPDX-License-Identifier: GPL-2.0
/*
 * sink.c - a file that takes whole lines
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "sink.h"

#include "announce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
	int fd;
	bool standard_output;
	uint64_t bytes;
	uint64_t missed; /* the file does not tell of them yet */
	uint64_t trouble; /* all of them, since it was announced */
	char path[];
};

static int open_path(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

struct sink *sink_open(const char *path)
{
	size_t size = strlen(path) + 1;
	struct sink *sink = calloc(1, sizeof(*sink) + size);

	if (!sink)
		return NULL;
	memcpy(sink->path, path, size);
	sink->standard_output = !strcmp(path, "-");
	sink->fd = sink->standard_output ? STDOUT_FILENO : open_path(path);
	if (sink->fd >= 0)
		return sink;
	free(sink);
	return NULL;
}

void sink_close(struct sink *sink)
{
	if (!sink)
		return;
	if (!sink->standard_output)
		close(sink->fd);
	free(sink);
}

void sink_place(const struct sink *sink, uint64_t *inode, uint64_t *length)
{
	struct stat st;
	bool plain = sink && fstat(sink->fd, &st) == 0 && S_ISREG(st.st_mode);

	*inode = plain ? (uint64_t)st.st_ino : 0;
	*length = plain ? (uint64_t)st.st_size : 0;
}

uint64_t sink_bytes(const struct sink *sink)
{
	return sink ? sink->bytes : 0;
}

const char *sink_path(const struct sink *sink)
{
	return sink->standard_output ? "standard output" : sink->path;
}

/* A line of which only the beginning fits on the disk must not become the beginning of the next one. */
static void take_back(struct sink *sink, size_t written)
{
	struct stat st;

	if (fstat(sink->fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(sink->fd, st.st_size - (off_t)written) < 0)
		announce("%s: a torn line could not be taken back: %s", sink_path(sink), strerror(errno));
}

/* Announced once. */
static void miss(struct sink *sink, const char *why)
{
	sink->missed++;
	if (sink->trouble++ == 0)
		announce("%s: %s; records are lost until it can be written again", sink_path(sink), why);
}

/* A line is there. The trouble is over when nothing is left to confess: the confession alone may just have fitted. */
static void recover(struct sink *sink)
{
	if (sink->trouble == 0 || sink->missed > 0)
		return;
	announce("%s: can be written again; %llu records were lost", sink_path(sink), (unsigned long long)sink->trouble);
	sink->trouble = 0;
}

bool sink_write(struct sink *sink, const char *text, size_t len)
{
	ssize_t written = write(sink->fd, text, len);

	if (written == (ssize_t)len) {
		sink->bytes += len;
		recover(sink);
		return true;
	}
	if (written > 0)
		take_back(sink, (size_t)written);
	miss(sink, written < 0 ? strerror(errno) : strerror(ENOSPC));
	return false;
}

uint64_t sink_missed(const struct sink *sink)
{
	return sink->missed;
}

void sink_confess(struct sink *sink)
{
	sink->missed = 0;
}
