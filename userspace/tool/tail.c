// SPDX-License-Identifier: GPL-2.0
/*
 * tail.c - rstwhy tail: the log, for people
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "follow.h"
#include "log_files.h"
#include "log_reader.h"
#include "log_trouble.h"
#include "tail_options.h"

#include "../daemon/progress.h"
#include "../record/record_scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_AGAIN_NS 100000000L

/* The last lines that passed, until they are printed. */
struct kept {
	char **line;
	size_t capacity, next, count;
};

struct tail {
	const struct tail_options *options;
	struct follow *follow;
	struct kept kept;
	bool colour;
	struct progress progress; /* of reading what the log holds already */
	uint64_t position, lines;
	uint64_t day;
	char buf[RECORD_LINE_MAX];
	char copy[RECORD_LINE_MAX + 1];
};

static void keep(struct kept *kept, const char *line, size_t len)
{
	char *copy = kept->capacity ? strndup(line, len) : NULL;

	if (!copy)
		return;
	free(kept->line[kept->next]);
	kept->line[kept->next] = copy;
	kept->next = (kept->next + 1) % kept->capacity;
	if (kept->count < kept->capacity)
		kept->count++;
}

static void print_text(struct tail *tail, const struct record *record)
{
	struct line line;

	line_init(&line, tail->buf, sizeof(tail->buf));
	record_day(&line, record->ts_ns, &tail->day);
	record_text(&line, record, tail->colour);
	fwrite(line.data, 1, line.len, stdout);
}

/* Nothing but printable ASCII, as the daemon writes it: a log that somebody else wrote into shall not reach the terminal. */
static bool is_plain(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			return false;
	return true;
}

static void print(struct tail *tail, const char *text, size_t len)
{
	struct record_document *document;
	struct record record;

	progress_clear(&tail->progress);
	if (tail->options->json) {
		fwrite(text, 1, len, stdout);
		fputc('\n', stdout);
		return;
	}
	document = record_parse(text, len, &record);
	if (document)
		print_text(tail, &record);
	record_release(document);
}

/* Most lines of a long log are not: so the fast reader, on a copy, for it changes what it reads. */
static bool is_wanted(struct tail *tail, const char *text, size_t len)
{
	struct record record;

	if (len > RECORD_LINE_MAX || !is_plain(text, len))
		return false;
	memcpy(tail->copy, text, len);
	return record_scan(tail->copy, len, &record) && selection_match(&tail->options->selection, &record);
}

/* One line of what the log holds already: printed, or kept for when the last ones are known. */
static void take_past(struct tail *tail, const char *text, size_t len, uint64_t position)
{
	progress_at(&tail->progress, position, ++tail->lines);
	if (!is_wanted(tail, text, len))
		return;
	if (tail->options->lines == TAIL_ALL_LINES)
		print(tail, text, len);
	else
		keep(&tail->kept, text, len);
}

static void print_kept(struct tail *tail)
{
	struct kept *kept = &tail->kept;

	for (size_t i = 0; i < kept->count; i++) {
		char *line = kept->line[(kept->next + kept->capacity - kept->count + i) % kept->capacity];

		print(tail, line, strlen(line));
	}
}

/* A rotated file; what is wrong with it is said, and the others are read all the same. */
static void take_rotated(struct tail *tail, const char *path)
{
	char error[LOG_READER_ERROR_MAX];
	struct log_reader *reader = log_reader_open(path, error);
	char *text;
	size_t len;

	while (reader && !ferror(stdout) && log_reader_next(reader, &text, &len))
		take_past(tail, text, len, tail->position + log_reader_position(reader));
	if (reader)
		tail->position += log_reader_size(reader);
	if (reader && log_reader_close(reader, error))
		return;
	progress_clear(&tail->progress);
	complain("%s: %s", path, error);
}

/* --since may reach back beyond the last rotation. */
static void take_all_rotated(struct tail *tail)
{
	struct log_files files;

	log_files_find(&files, tail->options->file, tail->options->selection.since_ns);
	progress_begin(&tail->progress, log_files_size(files.name, files.count));
	for (size_t i = 0; i + 1 < files.count; i++)
		take_rotated(tail, files.name[i]);
	log_files_free(&files);
}

/* What the log holds already: all is read, the last ones are printed. */
static void print_past(struct tail *tail)
{
	char *const file = (char *)tail->options->file;
	const char *text;
	size_t len;

	if (tail->options->selection.since_ns && strcmp(file, "-") != 0)
		take_all_rotated(tail);
	else
		progress_begin(&tail->progress, log_files_size(&file, 1));
	while (!ferror(stdout) && follow_next(tail->follow, &text, &len)) {
		tail->position += len + 1;
		take_past(tail, text, len, tail->position);
	}
	progress_clear(&tail->progress);
	print_kept(tail);
	fflush(stdout);
}

static void print_new(struct tail *tail)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_NS };
	const char *text;
	size_t len;

	while (!ferror(stdout)) {
		while (follow_next(tail->follow, &text, &len))
			if (is_wanted(tail, text, len))
				print(tail, text, len);
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
}

static int run(struct tail *tail)
{
	const char *file = tail->options->file;

	if (!follow_present(tail->follow)) {
		bool wait = tail->options->follow && errno == ENOENT;

		complain("%s: %s%s", file, log_trouble(errno), wait ? "; waiting for it" : "");
		if (!wait)
			return STATUS_FAILED;
	}
	print_past(tail);
	if (tail->options->follow && strcmp(file, "-") != 0)
		print_new(tail);
	return ferror(stdout) ? STATUS_FAILED : STATUS_OK;
}

static bool set_up(struct tail *tail)
{
	tail->follow = follow_new(tail->options->file);
	tail->kept.capacity = tail->options->lines == TAIL_ALL_LINES ? 0 : tail->options->lines;
	tail->kept.line = calloc(tail->kept.capacity + 1, sizeof(char *));
	tail->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return tail->follow && tail->kept.line;
}

static void tear_down(struct tail *tail)
{
	for (size_t i = 0; tail->kept.line && i < tail->kept.count; i++)
		free(tail->kept.line[i]);
	free(tail->kept.line);
	follow_free(tail->follow);
}

int command_tail(int argc, char **argv)
{
	struct tail_options options;
	struct tail tail = { .options = &options };
	int status;

	if (!tail_options_parse(argc, argv, &options, &status))
		return status;
	status = STATUS_FAILED;
	if (set_up(&tail))
		status = run(&tail);
	else
		complain("no memory");
	tear_down(&tail);
	return status;
}
