// SPDX-License-Identifier: GPL-2.0
/*
 * report_options.c - what rstwhy report was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "report_options.h"

#include "command.h"

#include "../daemon/clock.h"
#include "../learn/known_timeouts.h"
#include "../learn/state.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_DEFAULT 1000
#define ROWS_MAX 20000
#define TOP_DEFAULT 10
#define TOP_MAX 100

static const char help[] =
	"usage: rstwhy report [OPTION]... [FILE]...\n"
	"\n"
	"Who reset whom and why, added up: by class and cause, over time, by server and path; how long the silences were, and what the\n"
	"paths have shown of their timeouts. Without FILE the daemon's log with its rotated ones; FILE may be gzipped, - is standard input.\n"
	"\n"
	"      --html PAGE          a self-contained page into the file PAGE instead; - is standard output\n"
	"      --rows N             how many of the last resets the page's table has (1000; 0 to 20000)\n"
	"      --top N              how many servers and paths the text lists (10; 1 to 100)\n"
	SELECTION_HELP
	"      --state FILE         what was learned of paths; default " STATE_DEFAULT_FILE "\n"
	"      --known FILE         known timeouts; default " KNOWN_TIMEOUTS_FILE "\n"
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

static bool set_number(size_t *number, const char *option, size_t least, size_t most, char *error)
{
	size_t digits = strspn(optarg, "0123456789");

	*number = digits > 0 && digits < 10 ? strtoul(optarg, NULL, 10) : most + 1;
	if (!optarg[digits] && *number >= least && *number <= most)
		return true;
	snprintf(error, FILTER_ERROR_MAX, "%s: \"%.40s\" is not possible; allowed: %zu to %zu", option, optarg, least, most);
	return false;
}

static bool take(struct report_options *options, int option, char *error)
{
	if (selection_is_option(option))
		return selection_take(&options->selection, option, optarg, clock_realtime_ns(), error);
	switch (option) {
	case OPTION_HTML:
		options->html = optarg;
		return true;
	case OPTION_ROWS:
		return set_number(&options->rows, "--rows", 0, ROWS_MAX, error);
	case OPTION_TOP:
		return set_number(&options->top, "--top", 1, TOP_MAX, error);
	case OPTION_STATE:
		options->state = optarg;
		return true;
	case OPTION_KNOWN:
		options->known = optarg;
		return true;
	default:
		error[0] = '\0'; /* getopt has told */
		return false;
	}
}

static bool usage_error(const char *error, int *status)
{
	if (error[0])
		complain("%s", error);
	fputs("try rstwhy report --help\n", stderr);
	*status = STATUS_USAGE;
	return false;
}

bool report_options_parse(int argc, char **argv, struct report_options *options, int *status)
{
	char error[FILTER_ERROR_MAX] = "";
	const char *config_file = NULL;
	int option;

	*options = (struct report_options){
		.rows = ROWS_DEFAULT, .top = TOP_DEFAULT, .state = STATE_DEFAULT_FILE, .known = KNOWN_TIMEOUTS_FILE
	};
	while ((option = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			*status = STATUS_OK;
			return false;
		}
		if (option == 'c')
			config_file = optarg;
		else if (!take(options, option, error))
			return usage_error(error, status);
	}
	options->files = argv + optind;
	options->files_count = (size_t)(argc - optind);
	if (options->files_count == 0 && !log_files_default(config_file, options->log, error))
		return usage_error(error, status);
	return true;
}
