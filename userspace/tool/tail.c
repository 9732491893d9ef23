// SPDX-License-Identifier: GPL-2.0
/*
 * tail.c - rstwhy tail: the log, for people
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "follow.h"
#include "tail_options.h"

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
	uint64_t day;
	char buf[RECORD_LINE_MAX];
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

static bool is_wanted(const struct tail *tail, const char *text, size_t len)
{
	struct record_document *document;
	struct record record;
	bool wanted;

	if (!is_plain(text, len))
		return false;
	document = record_parse(text, len, &record);
	wanted = document && filter_match(&tail->options->filter, &record);
	record_release(document);
	return wanted;
}

/* What the file holds already: all is read, the last ones are printed. */
static void print_past(struct tail *tail)
{
	struct kept *kept = &tail->kept;
	const char *text;
	size_t len;

	while (follow_next(tail->follow, &text, &len))
		if (is_wanted(tail, text, len))
			keep(kept, text, len);
	for (size_t i = 0; i < kept->count; i++) {
		char *line = kept->line[(kept->next + kept->capacity - kept->count + i) % kept->capacity];

		print(tail, line, strlen(line));
	}
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
		complain("%s: %s%s", file, strerror(errno), tail->options->follow && errno == ENOENT ? "; waiting for it" : "");
		if (!tail->options->follow || errno != ENOENT)
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
	tail->kept.capacity = tail->options->lines;
	tail->kept.line = calloc(tail->options->lines + 1, sizeof(char *));
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
