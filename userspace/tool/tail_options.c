// SPDX-License-Identifier: GPL-2.0
/*
 * tail_options.c - what rstwhy tail was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tail_options.h"

#include "log_files.h"
#include "options.h"

#include "../daemon/clock.h"

#include <stdio.h>
#include <string.h>

#define LINES_DEFAULT 10
#define LINES_MAX 100000
#define LINES_UNSAID (TAIL_ALL_LINES - 1)

static const char help[] =
	"usage: rstwhy tail [OPTION]...\n"
	"\n"
	"The resets of the log, for people: the last ones, then each as it comes.\n"
	"\n"
	"  -n, --lines N            how many of the log's last records that pass the filter (10; with --since all)\n"
	"      --no-follow          stop then\n"
	SELECTION_HELP
	"      --json               the records as they are in the log\n"
	"  -f, --file FILE          the log; default log.json of the daemon's settings; - is standard input\n"
	"  -c, --config FILE        the daemon's settings; default " CONFIG_DEFAULT_FILE "\n"
	"\n"
	"Colours only on a terminal and without NO_COLOR in the environment. Times are UTC.\n";

enum {
	OPTION_NO_FOLLOW = SELECTION_END,
	OPTION_JSON,
};

static const struct option longs[] = {
	{ "lines", required_argument, NULL, 'n' },
	{ "no-follow", no_argument, NULL, OPTION_NO_FOLLOW },
	SELECTION_LONGS,
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "file", required_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool set_file(char *file, const char *path, char *error)
{
	if (strlen(path) < CONFIG_PATH_MAX) {
		strcpy(file, path);
		return true;
	}
	snprintf(error, FILTER_ERROR_MAX, "the name of the file is too long");
	return false;
}

static bool take(void *to, int option, char *error)
{
	struct tail_options *options = to;

	if (selection_is_option(option))
		return selection_take(&options->selection, option, optarg, clock_realtime_ns(), error);
	switch (option) {
	case 'n':
		return options_number(&options->lines, "--lines", 0, LINES_MAX, error);
	case 'f':
		return set_file(options->file, optarg, error);
	case OPTION_NO_FOLLOW:
		options->follow = false;
		return true;
	case OPTION_JSON:
		return options->json = true;
	default:
		options->config = optarg;
		return true;
	}
}

static const struct options_syntax syntax = {
	.command = "tail", .help = help, .shorts = "n:f:c:h", .longs = longs, .take = take,
};

bool tail_options_parse(int argc, char **argv, struct tail_options *options, int *status)
{
	char error[OPTIONS_ERROR_MAX];

	*options = (struct tail_options){ .lines = LINES_UNSAID, .follow = true };
	if (!options_read(&syntax, argc, argv, options, status))
		return false;
	if (!options->file[0] && !log_files_default(options->config, options->file, error))
		return options_refuse(&syntax, error, status);
	if (options->lines == LINES_UNSAID)
		options->lines = options->selection.since_ns ? TAIL_ALL_LINES : LINES_DEFAULT;
	return true;
}
