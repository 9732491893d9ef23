// SPDX-License-Identifier: GPL-2.0
/*
 * analyze.c - rstwhy analyze: the resets in a capture
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "analyze_options.h"
#include "command.h"

#include "../daemon/progress.h"
#include "../offline/analysis.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOLD_MS 1500 /* verdict.hold_ms */

struct analyze {
	const struct analyze_options *options;
	struct savefile *file;
	struct analysis *analysis;
	struct progress progress;
	bool colour;
	uint64_t day;
	char buf[RECORD_LINE_MAX];
};

static void print_record(void *user, const struct record *record)
{
	struct analyze *analyze = user;
	struct line line;

	progress_clear(&analyze->progress);
	line_init(&line, analyze->buf, sizeof(analyze->buf));
	if (analyze->options->json) {
		record_json(&line, record);
	} else {
		record_day(&line, record->ts_ns, &analyze->day);
		record_text(&line, record, analyze->colour);
	}
	fwrite(line.data, 1, line.len, stdout);
}

/* False: there is nothing that could be read; why has been said. */
static bool open_file(struct analyze *analyze)
{
	const char *path = analyze->options->file;
	char error[SAVEFILE_ERROR_MAX];

	analyze->file = savefile_open(path, error);
	if (!analyze->file) {
		complain("%s: %s", path, error);
		return false;
	}
	if (link_known(savefile_link(analyze->file)))
		return true;
	complain("%s: link type %d (%s) is not understood; understood are: %s", path, savefile_link(analyze->file),
		 savefile_link_name(analyze->file), link_types);
	return false;
}

static bool begin(struct analyze *analyze)
{
	const char *path = analyze->options->file, *slash = strrchr(path, '/');
	struct analysis_settings settings = {
		.link = savefile_link(analyze->file),
		.flows = (uint32_t)analyze->options->flows,
		.rules = { .idle_min_ms = (uint32_t)analyze->options->idle_min_ms, .hold_ms = HOLD_MS },
		.name = slash && slash[1] ? slash + 1 : path,
		.record = print_record,
		.user = analyze,
	};

	analyze->analysis = analysis_new(&settings);
	if (!analyze->analysis)
		complain("no memory for %u flows; --flows takes fewer", settings.flows);
	return analyze->analysis;
}

static unsigned long long number(uint64_t value)
{
	return value;
}

static void tell_counts(const struct analyze *analyze, const struct analysis_counts *counts)
{
	const struct observer_counts *seen = &counts->observer;

	if (counts->evidence)
		complain("%llu messages of nf_rstwhy, %llu records", number(counts->evidence), number(counts->records));
	else
		complain("%llu packets, %llu TCP segments, %llu resets, %llu records", number(counts->packets), number(seen->segments),
			 number(seen->resets), number(counts->records));
	if (seen->copies)
		complain("%llu packets were seen again on another interface or hop, and counted once", number(seen->copies));
	if (seen->malformed)
		complain("%llu packets are malformed or cut within their headers (capture at least 128 bytes of each)", number(seen->malformed));
	if (seen->refused)
		complain("%llu connections found no room among %zu; --flows takes more", number(seen->refused), analyze->options->flows);
}

/* What the records cannot say, since nobody was asked. */
static void tell_limits(const struct analyze *analyze, const struct analysis_counts *counts)
{
	if (counts->observer.resets == 0)
		return;
	complain("judged from packets alone: the gateway's timeouts in force, and whether it had forgotten a connection, are not known here");
	if (!link_tells_outgoing(savefile_link(analyze->file)))
		complain("nor, in a capture of this kind, whether the capturing host itself sent a reset (tcpdump -i any shows that)");
	if (counts->observer.by_host)
		complain("%llu resets left the capturing host without having come in (by: unseen): its rules, its stack or a program made them, or "
			 "it translated them",
			 number(counts->observer.by_host));
}

/* Reads to the end, or to the damage. */
static int read_all(struct analyze *analyze)
{
	struct savefile_packet packet;
	enum savefile_result result = SAVEFILE_END;

	while (!ferror(stdout) && (result = savefile_next(analyze->file, &packet)) == SAVEFILE_PACKET) {
		analysis_packet(analyze->analysis, &packet);
		progress_at(&analyze->progress, savefile_position(analyze->file), analysis_counts(analyze->analysis).records);
	}
	analysis_finish(analyze->analysis);
	progress_clear(&analyze->progress);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("standard output cannot be written");
		return STATUS_FAILED;
	}
	if (result == SAVEFILE_END)
		return STATUS_OK;
	complain("%s: %s; judged up to there", analyze->options->file, savefile_error(analyze->file));
	return STATUS_FAILED;
}

static int run(struct analyze *analyze)
{
	struct analysis_counts counts;
	int status;

	progress_begin(&analyze->progress, savefile_size(analyze->file));
	analyze->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	status = read_all(analyze);
	counts = analysis_counts(analyze->analysis);
	tell_counts(analyze, &counts);
	tell_limits(analyze, &counts);
	return status;
}

int command_analyze(int argc, char **argv)
{
	struct analyze_options options;
	struct analyze *analyze;
	int status;

	if (!analyze_options_parse(argc, argv, &options, &status))
		return status;
	analyze = calloc(1, sizeof(*analyze));
	if (!analyze)
		return STATUS_FAILED;
	analyze->options = &options;
	status = STATUS_USAGE;
	if (open_file(analyze))
		status = begin(analyze) ? run(analyze) : STATUS_FAILED;
	analysis_free(analyze->analysis);
	savefile_close(analyze->file);
	free(analyze);
	return status;
}
