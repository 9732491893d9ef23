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

#define GATHER_BYTES (4 * SINK_LINE_MAX) /* more than the lines of one batch of messages mostly take */
#define GATHER_LINES 512

struct taken {
	size_t end; /* of the line, in gathered */
	uint64_t tag;
};

struct sink {
	int fd;
	bool standard_output;
	bool plain; /* a plain file: only there can what was torn be taken back */
	bool torn;  /* elsewhere: the last line has no end yet */
	sink_lost_fn *lost;
	void *user;
	char *gathered; /* lines taken, not written yet */
	struct taken taken[GATHER_LINES];
	size_t lines;
	uint64_t bytes;
	uint64_t missed; /* the file does not tell of them yet */
	uint64_t trouble; /* all of them, since it was announced */
	char path[];
};

/*
 * Whether somebody reads a FIFO, and fast enough, must stop nobody: opened for reading, too, it needs no reader and does not end (fifo(7)).
 * Who may only write needs one now.
 */
static int open_fifo(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 && errno == EACCES ? open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC) : fd;
}

static int open_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return open_fifo(path);
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

static bool is_plain(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Not where the file may only be written: then nobody can tell. */
static bool ends_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	char last = '\n';

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		last = '\n';
	close(fd);
	return last != '\n';
}

/* A daemon that was killed, or a machine that lost its power, may have left half a line. The next one must not become its end. */
static void mend_torn(const struct sink *sink)
{
	if (sink->plain && ends_torn(sink->path) && write(sink->fd, "\n", 1) == 1)
		announce("%s: its last line is not whole: written by a daemon that was killed", sink_path(sink));
}

struct sink *sink_open(const char *path)
{
	size_t size = strlen(path) + 1;
	struct sink *sink = calloc(1, sizeof(*sink) + size);

	if (!sink)
		return NULL;
	memcpy(sink->path, path, size);
	sink->standard_output = !strcmp(path, "-");
	sink->gathered = malloc(GATHER_BYTES);
	sink->fd = !sink->gathered ? -1 : sink->standard_output ? STDOUT_FILENO : open_path(path);
	if (sink->fd < 0) {
		free(sink->gathered);
		free(sink);
		return NULL;
	}
	sink->plain = is_plain(sink->fd);
	if (!sink->standard_output)
		mend_torn(sink);
	return sink;
}

void sink_on_lost(struct sink *sink, sink_lost_fn *lost, void *user)
{
	sink->lost = lost;
	sink->user = user;
}

void sink_close(struct sink *sink)
{
	if (!sink)
		return;
	sink_flush(sink);
	if (!sink->standard_output)
		close(sink->fd);
	free(sink->gathered);
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

/* A line of which only the beginning fits must not become the beginning of the next one. */
static void take_back(struct sink *sink, size_t written)
{
	struct stat st;

	sink->torn = !sink->plain;
	if (!sink->plain || fstat(sink->fd, &st) < 0)
		return;
	st.st_size -= (off_t)written;
	/* standard output may have been opened without O_APPEND, and would leave a hole */
	if (ftruncate(sink->fd, st.st_size) < 0 || lseek(sink->fd, st.st_size, SEEK_SET) < 0)
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

/* Only so many bytes of what was gathered are in the file: a line that is not whole goes out again, and it and the rest are lost. */
static void settle_torn(struct sink *sink, size_t written, const char *why)
{
	size_t whole = 0, line = 0;

	for (; line < sink->lines && sink->taken[line].end <= written; line++)
		whole = sink->taken[line].end;
	sink->bytes += whole;
	if (written > whole)
		take_back(sink, written - whole);
	for (; line < sink->lines; line++) {
		miss(sink, why);
		if (sink->lost)
			sink->lost(sink->user, sink->taken[line].tag);
	}
}

static size_t gathered(const struct sink *sink)
{
	return sink->lines ? sink->taken[sink->lines - 1].end : 0;
}

bool sink_flush(struct sink *sink)
{
	size_t len = sink ? gathered(sink) : 0;
	ssize_t written;

	if (len == 0)
		return true;
	written = write(sink->fd, sink->gathered, len);
	if (written == (ssize_t)len)
		sink->bytes += len;
	else
		settle_torn(sink, written > 0 ? (size_t)written : 0, strerror(written < 0 ? errno : ENOSPC));
	sink->lines = 0;
	return written == (ssize_t)len;
}

/* Why a write fell short: only of a FIFO is a part, or nothing, taken for now. */
static const char *why_short(const struct sink *sink, ssize_t written)
{
	if (written < 0 && errno != EAGAIN)
		return strerror(errno);
	return sink->plain ? strerror(ENOSPC) : "it is full: its reader does not keep up, or there is none";
}

static bool end_torn(struct sink *sink)
{
	if (sink->torn)
		sink->torn = write(sink->fd, "\n", 1) != 1;
	return !sink->torn;
}

bool sink_write(struct sink *sink, const char *text, size_t len)
{
	ssize_t written;

	sink_flush(sink);
	written = end_torn(sink) ? write(sink->fd, text, len) : -1;
	if (written == (ssize_t)len) {
		sink->bytes += len;
		recover(sink);
		return true;
	}
	if (written > 0)
		take_back(sink, (size_t)written);
	miss(sink, why_short(sink, written));
	return false;
}

static bool gathers(const struct sink *sink)
{
	return sink->plain && sink->trouble == 0;
}

char *sink_room(const struct sink *sink)
{
	size_t at = gathered(sink);

	return gathers(sink) && sink->lines < GATHER_LINES && GATHER_BYTES - at >= SINK_LINE_MAX ? sink->gathered + at : NULL;
}

bool sink_take(struct sink *sink, const char *text, size_t len, uint64_t tag)
{
	size_t at = gathered(sink);

	if (!gathers(sink) || len > SINK_LINE_MAX)
		return sink_write(sink, text, len);
	if (sink->lines == GATHER_LINES || len > GATHER_BYTES - at) {
		if (!sink_flush(sink)) { /* the file has to tell of those first */
			sink->missed++;
			sink->trouble++;
			return false;
		}
		at = 0;
	}
	if (text != sink->gathered + at)
		memcpy(sink->gathered + at, text, len);
	sink->taken[sink->lines++] = (struct taken){ .end = at + len, .tag = tag };
	return true;
}

uint64_t sink_missed(const struct sink *sink)
{
	return sink->missed;
}

void sink_confess(struct sink *sink)
{
	sink->missed = 0;
}

void sink_inherit(struct sink *sink, const struct sink *from)
{
	if (!sink || !from)
		return;
	sink->missed += from->missed;
	sink->trouble += from->trouble;
}
