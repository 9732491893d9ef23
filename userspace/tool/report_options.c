// SPDX-License-Identifier: GPL-2.0
/*
 * report_options.c - what rstwhy report was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "report_options.h"

#include "options.h"

#include "../daemon/clock.h"

#define ROWS_DEFAULT 1000
#define ROWS_MAX 20000
#define TOP_DEFAULT 10
#define TOP_MAX 100

static const char help[] =
	"usage: rstwhy report [OPTION]... [FILE]...\n"
	"\n"
	"Who reset whom and why, added up: by class and cause, over time, by server and path; how long the silences were, and what the\n"
	"paths have shown of their timeouts. Without FILE the daemon's log with its rotated ones; FILE may be compressed, - is standard input.\n"
	"\n"
	"      --html PAGE          a self-contained page into the file PAGE instead; - is standard output\n"
	"      --rows N             how many of the last resets the page's table has (1000; 0 to 20000)\n"
	"      --top N              how many servers and paths the text lists (10; 1 to 100)\n"
	SELECTION_HELP
	"      --state FILE         what was learned of paths; default state.file of the daemon's settings\n"
	"      --known FILE         known timeouts; default hints.file of the daemon's settings\n"
	"  -c, --config FILE        the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
	"\n"
	"Noise is counted, but is in no list of servers or paths, and in the table only with --all or when asked for. Times are UTC.\n"
	"Exit: 0, 1 a log could not be read to its end (the rest is reported), or nothing could be written, 2 usage.\n";

enum {
	OPTION_HTML = SELECTION_END,
	OPTION_ROWS,
	OPTION_TOP,
	OPTION_STATE,
	OPTION_KNOWN,
};

static const struct option longs[] = {
	SELECTION_LONGS,
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "rows", required_argument, NULL, OPTION_ROWS },
	{ "top", required_argument, NULL, OPTION_TOP },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "known", required_argument, NULL, OPTION_KNOWN },
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool take(void *to, int option, char *error)
{
	struct report_options *options = to;

	if (selection_is_option(option))
		return selection_take(&options->selection, option, optarg, clock_realtime_ns(), error);
	switch (option) {
	case OPTION_HTML:
		options->html = optarg;
		return true;
	case OPTION_ROWS:
		return options_number(&options->rows, "--rows", 0, ROWS_MAX, error);
	case OPTION_TOP:
		return options_number(&options->top, "--top", 1, TOP_MAX, error);
	case OPTION_STATE:
		options->state = optarg;
		return true;
	case OPTION_KNOWN:
		options->known = optarg;
		return true;
	default:
		options->config = optarg;
		return true;
	}
}

static const struct options_syntax syntax = {
	.command = "report", .help = help, .shorts = "c:h", .longs = longs, .operands = true, .take = take,
};

/* Of logs from elsewhere a report can be made whatever is wrong with the settings here, as long as nobody named them. */
static bool settle(struct report_options *options, char error[OPTIONS_ERROR_MAX])
{
	if (!log_files_settings(options->config, &options->settings, error) && (options->config || options->files_count == 0))
		return false;
	if (!options->state)
		options->state = options->settings.state;
	if (!options->known)
		options->known = options->settings.hints;
	return options->files_count > 0 || log_files_default(options->config, options->log, error);
}

bool report_options_parse(int argc, char **argv, struct report_options *options, int *status)
{
	char error[OPTIONS_ERROR_MAX];

	*options = (struct report_options){ .rows = ROWS_DEFAULT, .top = TOP_DEFAULT };
	if (!options_read(&syntax, argc, argv, options, status))
		return false;
	options->files = argv + optind;
	options->files_count = (size_t)(argc - optind);
	return settle(options, error) || options_refuse(&syntax, error, status);
}
