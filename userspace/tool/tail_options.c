// SPDX-License-Identifier: GPL-2.0
/*
 * tail_options.c - what rstwhy tail was asked for
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "tail_options.h"

#include "command.h"
#include "log_files.h"

#include "../daemon/clock.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
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

static bool set_lines(size_t *lines, const char *text, char *error)
{
	size_t digits = strspn(text, "0123456789");

	*lines = digits && digits < 10 ? strtoul(text, NULL, 10) : LINES_MAX + 1UL;
	if (!text[digits] && *lines <= LINES_MAX)
		return true;
	snprintf(error, FILTER_ERROR_MAX, "\"%.40s\" is no number of lines; allowed: 0 to %d", text, LINES_MAX);
	return false;
}

static bool set_file(char *file, const char *path, char *error)
{
	if (strlen(path) < CONFIG_PATH_MAX) {
		strcpy(file, path);
		return true;
	}
	snprintf(error, FILTER_ERROR_MAX, "the name of the file is too long");
	return false;
}

static bool take(struct tail_options *options, int option, char *error)
{
	if (selection_is_option(option))
		return selection_take(&options->selection, option, optarg, clock_realtime_ns(), error);
	switch (option) {
	case 'n':
		return set_lines(&options->lines, optarg, error);
	case 'f':
		return set_file(options->file, optarg, error);
	case OPTION_NO_FOLLOW:
		options->follow = false;
		return true;
	case OPTION_JSON:
		return options->json = true;
	default:
		error[0] = '\0'; /* getopt has told */
		return false;
	}
}

static bool usage_error(const char *error, int *status)
{
	if (error[0])
		complain("%s", error);
	fputs("try rstwhy tail --help\n", stderr);
	*status = STATUS_USAGE;
	return false;
}

bool tail_options_parse(int argc, char **argv, struct tail_options *options, int *status)
{
	const char *config_file = NULL;
	char error[FILTER_ERROR_MAX] = "";
	int option;

	*options = (struct tail_options){ .lines = LINES_UNSAID, .follow = true };
	while ((option = getopt_long(argc, argv, "n:f:c:h", longs, NULL)) != -1) {
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
	if (optind < argc)
		return usage_error("tail takes options only", status);
	if (!options->file[0] && !log_files_default(config_file, options->file, error))
		return usage_error(error, status);
	if (options->lines == LINES_UNSAID)
		options->lines = options->selection.since_ns ? TAIL_ALL_LINES : LINES_DEFAULT;
	return true;
}
