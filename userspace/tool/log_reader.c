// SPDX-License-Identifier: GPL-2.0
/*
 * log_reader.c - the lines of a log from its beginning to its end, fast
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "log_reader.h"
#include "log_trouble.h"
#include "unpacker.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK (4U * LOG_LINE_MAX)

struct log_reader {
	int file; /* shares its position with the unpacker, where that reads it */
	int from; /* what the lines come from: file, or the unpacker's pipe */
	const char *unpacker; /* its name; NULL: none is needed */
	pid_t unpacking; /* 0: none */
	uint64_t size;
	uint64_t taken; /* bytes, where the position cannot be asked for */
	uint64_t too_long;
	bool skipping; /* inside a line that is too long */
	bool ended;
	int failed; /* errno of a read */
	size_t begin, end;
	char buf[BLOCK + 1];
};

/* The unpacker between the file and us; 0 or an errno. */
static int start_unpacker(struct log_reader *reader)
{
	char *arguments[] = { (char *)reader->unpacker, "-dc", NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, reader->file, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	error = posix_spawnp(&reader->unpacking, reader->unpacker, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error) {
		reader->unpacking = 0;
		close(ends[0]);
		return error;
	}
	reader->from = ends[0];
	return 0;
}

static int open_file(struct log_reader *reader, const char *path)
{
	struct stat info;

	reader->file = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	reader->from = reader->file;
	if (reader->file < 0 || fstat(reader->file, &info) < 0)
		return errno;
	if (S_ISDIR(info.st_mode))
		return EISDIR;
	reader->size = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
	posix_fadvise(reader->file, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

struct log_reader *log_reader_open(const char *path, char error[LOG_READER_ERROR_MAX])
{
	struct log_reader *reader = calloc(1, sizeof(*reader));
	int failed = reader ? open_file(reader, path) : ENOMEM, unstarted = 0;

	if (!failed && (reader->unpacker = unpacker_of(reader->file)))
		unstarted = start_unpacker(reader);
	if (!failed && !unstarted)
		return reader;
	if (unstarted)
		snprintf(error, LOG_READER_ERROR_MAX, "%s, which reads it, cannot be started: %.100s", reader->unpacker, strerror(unstarted));
	else
		snprintf(error, LOG_READER_ERROR_MAX, "%.200s", log_trouble(failed));
	if (reader && reader->file >= 0)
		close(reader->file);
	free(reader);
	return NULL;
}

/* More bytes behind those that are left. False: there are none. */
static bool fill(struct log_reader *reader)
{
	ssize_t got;

	if (reader->ended)
		return false;
	memmove(reader->buf, reader->buf + reader->begin, reader->end - reader->begin);
	reader->end -= reader->begin;
	reader->begin = 0;
	do
		got = read(reader->from, reader->buf + reader->end, BLOCK - reader->end);
	while (got < 0 && errno == EINTR);
	reader->failed = got < 0 ? errno : 0;
	reader->ended = got <= 0;
	reader->end += got > 0 ? (size_t)got : 0;
	reader->taken += got > 0 ? (uint64_t)got : 0;
	return got > 0;
}

/* What is in the buffer has no newline: too long a line is left out from here on. */
static void leave_out(struct log_reader *reader)
{
	if (reader->end - reader->begin <= LOG_LINE_MAX)
		return;
	reader->too_long += !reader->skipping;
	reader->skipping = true;
	reader->begin = reader->end = 0;
}

/* The line from begin to at, where its newline is, or the end. False: it was to be left out. */
static bool take_line(struct log_reader *reader, char *at, char **line, size_t *len)
{
	bool wanted = !reader->skipping;

	*line = reader->buf + reader->begin;
	*len = (size_t)(at - *line);
	reader->begin += *len + (reader->begin + *len < reader->end);
	reader->skipping = false;
	if (wanted && *len > LOG_LINE_MAX) {
		reader->too_long++;
		wanted = false;
	}
	return wanted;
}

bool log_reader_next(struct log_reader *reader, char **line, size_t *len)
{
	for (;;) {
		char *begin = reader->buf + reader->begin;
		char *newline = memchr(begin, '\n', reader->end - reader->begin);

		if (newline) {
			if (take_line(reader, newline, line, len))
				return true;
			continue;
		}
		leave_out(reader);
		if (fill(reader))
			continue;
		if (reader->begin == reader->end)
			return false;
		if (take_line(reader, reader->buf + reader->end, line, len))
			return true;
	}
}

uint64_t log_reader_position(const struct log_reader *reader)
{
	off_t at = reader->size ? lseek(reader->file, 0, SEEK_CUR) : -1;

	return at < 0 ? reader->taken : (uint64_t)at;
}

uint64_t log_reader_size(const struct log_reader *reader)
{
	return reader->size;
}

uint64_t log_reader_too_long(const struct log_reader *reader)
{
	return reader->too_long;
}

/* Whether the unpacker ended well; when reading stopped before the end, how it ended says nothing. */
static bool unpacked_well(const struct log_reader *reader)
{
	int status = 0;

	if (!reader->unpacking)
		return true;
	while (waitpid(reader->unpacking, &status, 0) < 0 && errno == EINTR)
		;
	return !reader->ended || status == 0;
}

bool log_reader_close(struct log_reader *reader, char error[LOG_READER_ERROR_MAX])
{
	bool well;

	if (reader->unpacking)
		close(reader->from);
	well = unpacked_well(reader);
	if (!well)
		snprintf(error, LOG_READER_ERROR_MAX, "%s could not read all of it: cut short, or damaged", reader->unpacker);
	else if (reader->failed)
		snprintf(error, LOG_READER_ERROR_MAX, "%.200s", strerror(reader->failed));
	well = well && !reader->failed;
	close(reader->file);
	free(reader);
	return well;
}
