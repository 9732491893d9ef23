// SPDX-License-Identifier: GPL-2.0
/*
 * report.c - rstwhy report: the log, added up
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "command.h"
#include "log_reader.h"
#include "report.h"
#include "report_options.h"

#include "../daemon/clock.h"
#include "../daemon/progress.h"
#include "../learn/known_timeouts.h"
#include "../learn/state.h"
#include "../record/record_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATHS_MOST 65536 /* more than any daemon keeps */

struct reading {
	const struct report_options *options;
	struct selection counted; /* noise is counted, asked for or not */
	struct report report;
	struct learn *learned;
	struct progress progress;
	uint64_t before; /* bytes of the files that have been read */
	bool damaged;
	char copy[LOG_LINE_MAX + 1];
};

static void take_line(struct reading *reading, char *line, size_t len)
{
	struct report *report = &reading->report;
	bool keep = reading->options->html && reading->options->rows > 0;
	struct record record;

	report->lines++;
	if (keep)
		memcpy(reading->copy, line, len); /* scanning changes the line */
	if (!record_scan(line, len, &record)) {
		report->unreadable += len > 0;
		return;
	}
	if (!selection_match(&reading->counted, &record)) {
		tally_pass_over(report->tally, &record);
		return;
	}
	tally_add(report->tally, &record);
	if (keep && record.kind != RECORD_LOSS && selection_match(&reading->options->selection, &record))
		last_lines_add(report->last, record.ts_ns, reading->copy, len);
}

static void read_file(struct reading *reading, const char *path)
{
	char error[LOG_READER_ERROR_MAX];
	struct log_reader *reader = log_reader_open(path, error);
	char *line;
	size_t len;

	while (reader && log_reader_next(reader, &line, &len)) {
		take_line(reading, line, len);
		progress_at(&reading->progress, reading->before + log_reader_position(reader), reading->report.lines);
	}
	if (reader) {
		reading->before += log_reader_size(reader);
		reading->report.unreadable += log_reader_too_long(reader);
	}
	if (reader && log_reader_close(reader, error))
		return;
	progress_clear(&reading->progress);
	complain("%s: %s", path, error);
	reading->damaged = true;
}

static void read_logs(struct reading *reading)
{
	const struct report_options *options = reading->options;
	struct log_files found = { .count = 0 };
	char **files = options->files;
	size_t count = options->files_count;

	if (count == 0) {
		log_files_find(&found, options->log, options->selection.since_ns);
		files = found.name;
		count = found.count;
	}
	progress_begin(&reading->progress, log_files_size(files, count));
	for (size_t i = 0; i < count; i++)
		read_file(reading, files[i]);
	progress_clear(&reading->progress);
	log_files_free(&found);
	if (reading->report.unreadable)
		complain("%llu lines are no records that this version knows; they are left out", (unsigned long long)reading->report.unreadable);
}

/* What was learned, if anything was: a report of the log alone is one, too. */
static void read_learned(struct reading *reading)
{
	struct report *report = &reading->report;
	char why[STATE_WHY_MAX];
	enum state_result result = state_load(reading->options->state, reading->learned, why);

	if (result == STATE_UNREADABLE || result == STATE_CORRUPT)
		complain("%s: %s; the report is without what was learned", reading->options->state, why);
	if (result != STATE_READ)
		return;
	report->learned = calloc(learn_count(reading->learned) + 1, sizeof(*report->learned));
	if (!report->learned)
		return;
	timeouts_rows(reading->learned, &report->hints, report->made_ns / 1000000000ULL, report->learned);
	report->learned_count = learn_count(reading->learned);
}

/* Beside the page first, so that one that is there stays whole until the new one is. */
static bool write_page(const struct report *report, const char *path)
{
	char *beside;
	FILE *out;
	bool good;

	if (!strcmp(path, "-")) {
		report_html(report, stdout);
		return fflush(stdout) == 0;
	}
	if (asprintf(&beside, "%s.tmp", path) < 0)
		return false;
	out = fopen(beside, "we");
	if (out)
		report_html(report, out);
	good = out && !ferror(out);
	good = out && fclose(out) == 0 && good;
	good = good && rename(beside, path) == 0;
	if (out && !good) {
		int why = errno;

		unlink(beside);
		errno = why;
	}
	free(beside);
	return good;
}

static int write_report(const struct reading *reading)
{
	const char *page = reading->options->html;
	bool good;

	if (page) {
		good = write_page(&reading->report, page);
	} else {
		report_text(&reading->report, stdout);
		good = fflush(stdout) == 0 && !ferror(stdout);
	}
	if (!good)
		complain("%s: %s", page && strcmp(page, "-") ? page : "standard output", strerror(errno));
	return good && !reading->damaged ? STATUS_OK : STATUS_FAILED;
}

static bool set_up(struct reading *reading, const struct report_options *options)
{
	reading->options = options;
	reading->counted = options->selection;
	reading->counted.filter.all = true;
	reading->report.made_ns = clock_realtime_ns();
	reading->report.top = options->top;
	reading->report.tally = tally_new();
	reading->report.last = last_lines_new(options->rows);
	reading->learned = learn_new(PATHS_MOST, LEARN_HALF_LIFE_DAYS);
	return reading->report.tally && reading->report.last && reading->learned;
}

static void tear_down(struct reading *reading)
{
	tally_free(reading->report.tally);
	last_lines_free(reading->report.last);
	learn_free(reading->learned);
	free(reading->report.learned);
	free(reading);
}

int command_report(int argc, char **argv)
{
	struct known_timeouts_error error;
	struct report_options options;
	struct reading *reading;
	int status;

	if (!report_options_parse(argc, argv, &options, &status))
		return status;
	reading = calloc(1, sizeof(*reading));
	if (!reading || !set_up(reading, &options)) {
		complain("no memory");
		status = STATUS_FAILED;
	} else if (!known_timeouts_load(options.known, &reading->report.hints, &error)) {
		complain("%s", error.text);
		status = STATUS_USAGE;
	} else {
		read_logs(reading);
		read_learned(reading);
		status = write_report(reading);
	}
	if (reading)
		tear_down(reading);
	return status;
}
